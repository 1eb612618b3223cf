//! Running the program, and folders to run it in.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use polars::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

/// Real predictions, from the project's folder.
pub const DIGITS: &str = "data/digits/pool.toml";

/// The program, in the project's folder.
pub fn committee<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("committee");
    command.args(args);
    command
}

/// What a run did.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("stdout is JSON")
    }
}

/// Runs the program with the words of `line`.
pub fn run(line: &str) -> Ran {
    run_in(Path::new("."), line)
}

/// Runs the program in `folder`.
pub fn run_in(folder: &Path, line: &str) -> Ran {
    let words: Vec<&str> = line.split_whitespace().collect();
    ran(committee(words).current_dir(folder))
}

/// Runs the program with `words`, which may hold blanks.
pub fn run_words(words: &[&str]) -> Ran {
    ran(&mut committee(words))
}

fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("all that is printed is text");
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A folder that is there as long as this.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A path in this folder, as part of a command line.
    pub fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.bytes(name)).unwrap()
    }

    pub fn write(&self, name: &str, columns: Vec<Column>) {
        let file = std::fs::File::create(self.path(name)).unwrap();
        let mut frame = DataFrame::new_infer_height(columns).unwrap();
        ParquetWriter::new(file).finish(&mut frame).unwrap();
    }

    pub fn table(&self, name: &str) -> DataFrame {
        let file = std::fs::File::open(self.path(name)).unwrap();
        ParquetReader::new(file).finish().unwrap()
    }

    /// Every file below this folder and what it holds.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path.clone());
                    files.insert(path, vec![]);
                } else {
                    files.insert(path.clone(), std::fs::read(path).unwrap());
                }
            }
        }
        files
    }
}

/// A column of lists.
pub fn lists<R: AsRef<[f32]>>(name: &str, rows: &[R]) -> Column {
    let rows: Vec<Series> = rows.iter().map(|row| Series::new("".into(), row.as_ref())).collect();
    Column::new(name.into(), rows)
}

/// A column of integers.
pub fn integers(name: &str, values: &[i64]) -> Column {
    Column::new(name.into(), values)
}
