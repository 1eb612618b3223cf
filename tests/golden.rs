//! What the program prints, word for word. `TRYCMD=overwrite cargo test --release --test golden`
//! writes down what it prints now.

use std::path::Path;

#[test]
fn the_program_prints_what_is_written_down() {
    // The commands write: they get a folder of their own with a copy of the digits.
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let digits = folder.path().join("data/digits");
    std::fs::create_dir_all(&digits).unwrap();
    for entry in std::fs::read_dir(project.join("data/digits")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), digits.join(entry.file_name())).unwrap();
    }
    std::env::set_current_dir(&folder).unwrap();
    let golden = project.join("tests/golden");
    trycmd::TestCases::new().env("COLUMNS", "80").case(golden.join("*.md"));
    std::env::set_current_dir(project).unwrap();
}
