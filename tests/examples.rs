//! The examples that `--help` shows work as they are written, after the README's main job.
#![cfg(unix)]

mod common {
    pub mod program;
}

use std::process::Command;

use common::program::{Folder, run};

/// All commands, and the program itself.
const COMMANDS: [&str; 15] = [
    "",
    "inspect",
    "optimize",
    "select",
    "report",
    "plot",
    "export",
    "export notebook",
    "replay",
    "certify",
    "check",
    "diff",
    "schema",
    "completions",
    "man",
];

/// The command lines below `Example:` or `Examples:`, each on one line.
fn examples(help: &str) -> Vec<String> {
    let after = help.lines().skip_while(|line| !line.starts_with("Example"));
    let lines = after.skip(1).take_while(|line| !line.is_empty());
    let text = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn every_example_works_as_it_is_written() {
    let folder = Folder::new();
    let digits = folder.path("data/digits");
    std::fs::create_dir_all(&digits).unwrap();
    for entry in std::fs::read_dir("data/digits").unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), digits.join(entry.file_name())).unwrap();
    }
    let shells = [".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions"];
    for shell in shells {
        std::fs::create_dir_all(folder.path(shell)).unwrap();
    }
    let program = assert_cmd::cargo::cargo_bin!("committee");
    let path =
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let works = |line: &str| {
        let mut shell = Command::new("sh");
        let shell = shell.args(["-c", line]).current_dir(folder.root());
        let ran = shell.env("HOME", folder.root()).env("PATH", &path).output().unwrap();
        assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
    };
    works("committee optimize data/digits/pool.toml --out out --quiet");
    for command in COMMANDS {
        let found = examples(&run(&format!("{command} --help")).stdout);
        assert!(!found.is_empty(), "{command}");
        for line in found {
            assert!(line.starts_with("committee "), "{line:?} is broken");
            works(&line);
        }
    }
}
