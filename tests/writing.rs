//! Where results go: through links, into pipes, in place of files, and never half.
#![cfg(unix)]

mod common {
    pub mod program;
}

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::process::Command;

use common::program::{DIGITS, Folder, Ran, committee, run};

/// A folder with the results of a quick run in `out`, and the same spec in `chosen.json`.
fn optimized() -> Folder {
    let folder = Folder::new();
    let quick = "--max-models 2 --resolution 8 --quiet";
    let ran = run(&format!("optimize {DIGITS} --out {} {quick}", folder.at("out")));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(select(&folder, "chosen.json").code, Some(0));
    folder
}

fn select(folder: &Folder, out: &str) -> Ran {
    run(&format!("select {} --quiet --out {}", folder.at("out/frontier.json"), folder.at(out)))
}

fn mode(folder: &Folder, name: &str) -> u32 {
    folder.path(name).metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn links_stay_and_their_files_are_replaced() {
    let folder = optimized();
    std::fs::create_dir(folder.path("kept")).unwrap();
    symlink("kept/real.json", folder.path("second")).unwrap();
    symlink("second", folder.path("first")).unwrap();
    // Once where the links lead to no file yet, once where they do.
    for before in [None, Some("old")] {
        if let Some(before) = before {
            std::fs::write(folder.path("kept/real.json"), before).unwrap();
        }
        assert_eq!(select(&folder, "first").code, Some(0));
        assert!(folder.path("first").is_symlink() && folder.path("second").is_symlink());
        assert!(!folder.path("kept/real.json").is_symlink());
        assert_eq!(folder.bytes("kept/real.json"), folder.bytes("chosen.json"));
    }
    symlink("round", folder.path("round")).unwrap();
    let ran = select(&folder, "round");
    assert!(ran.code == Some(2) && ran.stderr.contains("round: "), "{ran:?}");

    // The spec of an earlier run is removed, and the link to it stays.
    std::fs::rename(folder.path("out/cascade.json"), folder.path("kept/spec.json")).unwrap();
    symlink("../kept/spec.json", folder.path("out/cascade.json")).unwrap();
    let quick = "--max-models 1 --resolution 8 --min-accuracy 1";
    let ran = run(&format!("optimize {DIGITS} --out {} {quick}", folder.at("out")));
    assert!(ran.code == Some(3) && ran.stderr.contains("was removed"), "{ran:?}");
    assert!(folder.path("out/cascade.json").is_symlink());
    assert!(!folder.path("kept/spec.json").exists());
}

#[test]
fn a_pipe_is_written_to_and_stays() {
    let folder = optimized();
    assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
    // Open at both ends, so that nobody waits for the other; a spec fits into a pipe's buffer.
    let mut pipe = OpenOptions::new().read(true).write(true).open(folder.path("pipe")).unwrap();
    assert_eq!(select(&folder, "pipe").code, Some(0));
    assert!(folder.path("pipe").symlink_metadata().unwrap().file_type().is_fifo());
    let mut written = vec![0; folder.bytes("chosen.json").len()];
    pipe.write_all(b"the end").unwrap();
    pipe.read_exact(&mut written).unwrap();
    assert_eq!(written, folder.bytes("chosen.json"));
}

#[test]
#[cfg(target_os = "linux")]
fn standard_output_can_be_the_file() {
    let folder = optimized();
    symlink("/proc/self/fd/1", folder.path("stdout")).unwrap();
    let ran = select(&folder, "stdout");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(ran.stdout.as_bytes(), folder.bytes("chosen.json"));
    assert!(folder.path("stdout").is_symlink());
}

#[test]
fn a_folder_in_the_way_is_found_before_the_work() {
    for name in ["frontier.json", "frontier.parquet", "frontier.csv", "cascade.json"] {
        let folder = Folder::new();
        std::fs::create_dir_all(folder.path("out").join(name)).unwrap();
        let before = folder.files();
        let ran = run(&format!("optimize {DIGITS} --out {}", folder.at("out")));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        let line = format!("committee: {}: is a directory\n", folder.at(&format!("out/{name}")));
        assert_eq!(ran.stderr, line);
        assert!(folder.files() == before, "{name}");
    }
}

#[test]
fn a_link_to_nowhere_is_no_folder() {
    let folder = Folder::new();
    symlink("nowhere", folder.path("out")).unwrap();
    let ran = run(&format!("optimize {DIGITS} --out {}", folder.at("out")));
    assert!(ran.code == Some(2) && ran.stderr.contains("/out, which is no folder"), "{ran:?}");
    assert_eq!((ran.stderr.lines().count(), ran.stdout.as_str()), (1, ""));
}

#[test]
fn rights_are_those_of_new_files_and_those_that_replaced_files_had() {
    let folder = optimized();
    let program = committee([""; 0]).get_program().to_owned();
    let select = |out: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", "umask 027; exec \"$0\" select \"$1\" --quiet --out \"$2\""]);
        shell.arg(&program).args([folder.path("out/frontier.json"), folder.path(out)]);
        assert!(shell.status().unwrap().success());
    };
    select("new.json");
    assert_eq!(mode(&folder, "new.json"), 0o640);
    for kept in [0o600, 0o664, 0o444] {
        let rights = std::fs::Permissions::from_mode(kept);
        std::fs::set_permissions(folder.path("new.json"), rights).unwrap();
        select("new.json");
        assert_eq!(mode(&folder, "new.json"), kept);
    }
}

/// Of runs that write to one folder at once, none fails, and what is left is of one of them.
#[test]
fn runs_that_write_at_once_do_not_meet() {
    let folder = Folder::new();
    let out = folder.at("out");
    let quick = "--resolution 2 --max-models 2 --no-report --quiet";
    for _ in 0..4 {
        std::thread::scope(|scope| {
            let run_of = |more: &str| run(&format!("optimize {DIGITS} --out {out} {quick} {more}"));
            let runs = ["--seed 1", "--seed 2", "--seed 3 --min-accuracy 1"]
                .map(|more| scope.spawn(move || run_of(more)));
            let codes = runs.map(|run| {
                let ran = run.join().unwrap();
                assert!(ran.stderr.is_empty() || ran.code == Some(3), "{}", ran.stderr);
                ran.code
            });
            assert_eq!(codes, [Some(0), Some(0), Some(3)]);
        });
        let seed = |name: &str| folder.json(name)["provenance"]["split"]["seed"].clone();
        let last = seed("out/frontier.json");
        let rows = folder.json("out/frontier.json")["points"].as_array().unwrap().len();
        assert_eq!(folder.table("out/frontier.parquet").height(), rows);
        let chosen = folder.path("out/cascade.json").exists();
        assert_eq!((chosen, folder.path("out/diagnostics.json").exists()), (last != 3, last != 3));
        assert!(!chosen || seed("out/cascade.json") == last);
        let names = std::fs::read_dir(folder.path("out")).unwrap();
        assert_eq!(names.count(), if chosen { 5 } else { 3 });
    }
}

/// Files that a killed run has left go.
#[test]
fn what_killed_runs_left_is_swept() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("out")).unwrap();
    let names = [".committee-left.tmp", "mine.tmp"];
    names.iter().for_each(|name| std::fs::write(folder.path("out").join(name), "").unwrap());
    let quick = "--resolution 2 --max-models 2 --no-report --quiet";
    assert_eq!(run(&format!("optimize {DIGITS} --out {} {quick}", folder.at("out"))).code, Some(0));
    let left = names.map(|name| folder.path("out").join(name).exists());
    assert_eq!(left, [false, true]);
}
