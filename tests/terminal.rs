//! What a terminal shows: lines that fit, whatever models are called and cost.

mod common {
    pub mod program;
}

use common::program::{Folder, run};
use unicode_width::UnicodeWidthStr;

/// Models of the digits, renamed: of 120 letters, and of letters that take two columns each.
fn renamed() -> [(&'static str, String, f64); 4] {
    [
        ("softmax_14", "線形分類器・十四画素の縮小入力版".repeat(3), 4.714),
        ("cnn_s", "대형합성곱신경망".to_owned(), 52.538),
        ("cnn_m", "efficientnet_b7-in1k".repeat(6), 732.266),
        ("cnn_l", "m".repeat(120), 19420.938),
    ]
}

/// A manifest of these at `scale` times their costs.
fn manifest(folder: &Folder, scale: f64) -> String {
    let digits = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/digits");
    let models = renamed().map(|(file, name, cost)| {
        let file = digits.join(file).display().to_string();
        let cost = cost * scale;
        format!("[[model]]\nname = \"{name}\"\npredictions = \"{file}.parquet\"\ncost = {cost:e}\n")
    });
    let path = folder.path("pool.toml");
    std::fs::write(&path, format!("cost_unit = \"kFLOPs\"\n{}", models.concat())).unwrap();
    path.display().to_string()
}

/// Every line of every command fits 80 columns, but for the headline, which is one sentence.
#[test]
fn all_tables_fit_80_columns() {
    for scale in [1.0, 1e12, 1e-9] {
        let folder = Folder::new();
        let pool = manifest(&folder, scale);
        let (out, other) = (folder.at("out"), folder.at("other.json"));
        let spec = format!("{out}/cascade.json");
        let fitted = "--resolution 8 --calibrate temperature --weights";
        for (line, headlines) in [
            (format!("inspect {pool}"), 0),
            (format!("optimize {pool} --out {out} {fitted}"), 1),
            (format!("select {out}/frontier.json --max-cost {} --out {other}", 60.0 * scale), 1),
            (format!("replay {spec} {pool}"), 0),
            (format!("check {spec} {pool}"), 0),
            (format!("diff {spec} {other}"), 0),
        ] {
            let ran = run(&line);
            assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
            assert!(ran.stdout.lines().count() > 3, "{line}: {}", ran.stdout);
            // The folder of the test has a long name of its own.
            let shown = ran.stdout.lines().skip(headlines).filter(|line| !line.contains(&out));
            for shown in shown.filter(|line| !line.contains(&other)) {
                assert!(shown.width() <= 80, "{line}: {shown}");
            }
        }
    }
}
