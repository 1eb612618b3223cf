//! Files of a pool that are not there.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::FileProblem;
use crate::error::{Error, Result};
use crate::hint::{beside, of_file};

/// `error`, unless it is that a file is not there: then that `expected` was, and which file may be meant,
/// other than those that are `named` already.
pub(super) fn absent(error: Error, named: &[&Path], expected: impl FnOnce() -> String) -> Error {
    match error {
        Error::Io { path, source } if source.kind() == ErrorKind::NotFound => {
            let hint = of_file(beside(&path, named));
            Error::NoPoolFile { path, expected: expected(), hint }
        }
        other => other,
    }
}

/// Looks for a file that a user gave for a pool, or for a model of one, beside those that are `named`
/// already.
///
/// # Errors
/// [`Error::NoPoolFile`] if it is not there, [`Error::File`] if it is a folder; each says which file may
/// be meant.
pub fn look_for(path: &Path, named: &[PathBuf]) -> Result<()> {
    if path.is_dir() {
        let inside = Some(path.join("pool.toml")).filter(|inside| inside.is_file());
        let problem = FileProblem::Folder { hint: of_file(inside) };
        return Err(Error::File { path: path.into(), problem });
    }
    if !path.exists() {
        let ends = ["toml", "parquet"].map(|end| path.with_extension(end));
        let named: Vec<&Path> = named.iter().map(PathBuf::as_path).collect();
        let meant = beside(path, &named).or_else(|| ends.into_iter().find(|other| other.is_file()));
        let expected =
            match path.file_stem().filter(|_| path.extension() == Some("parquet".as_ref())) {
                Some(model) => format!("the Parquet file of model {:?}", model.to_string_lossy()),
                None => "a manifest (name.toml) or a model's predictions".to_owned(),
            };
        return Err(Error::NoPoolFile { path: path.into(), expected, hint: of_file(meant) });
    }
    Ok(())
}

/// `, named by pool.toml` where a manifest names what is read; else nothing.
pub(super) fn named_by(manifest: Option<&Path>) -> String {
    manifest.map_or_else(String::new, |manifest| format!(", named by {}", manifest.display()))
}
