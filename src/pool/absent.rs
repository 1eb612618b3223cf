//! Files of a pool that are not there.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::FileProblem;
use crate::error::{Error, Result};
use crate::hint::near;

/// `error`, unless it is that a file is not there: then that `expected` was, and which file may be meant,
/// other than those that are `named` already.
pub(super) fn absent(error: Error, named: &[&Path], expected: impl FnOnce() -> String) -> Error {
    match error {
        Error::Io { path, source } if source.kind() == ErrorKind::NotFound => {
            let hint = hint(beside(&path, named));
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
        let problem = FileProblem::Folder { hint: hint(inside) };
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
        return Err(Error::NoPoolFile { path: path.into(), expected, hint: hint(meant) });
    }
    Ok(())
}

/// `, named by pool.toml` where a manifest names what is read; else nothing.
pub(super) fn named_by(manifest: Option<&Path>) -> String {
    manifest.map_or_else(String::new, |manifest| format!(", named by {}", manifest.display()))
}

/// The end of a message, if another file may be meant.
fn hint(meant: Option<PathBuf>) -> String {
    meant.map_or_else(String::new, |meant| format!("; did you mean {}?", meant.display()))
}

/// A file of the same kind with nearly the name of one that is not there.
fn beside(path: &Path, named: &[&Path]) -> Option<PathBuf> {
    let folder = path.parent()?;
    let end = format!(".{}", path.extension()?.to_str()?);
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names = std::fs::read_dir(here).ok()?.filter_map(|entry| Some(entry.ok()?.file_name()));
    let free = names.filter(|name| !named.contains(&folder.join(name).as_path()));
    // Names that share nothing but their end are not near.
    let stem = |name: OsString| name.to_str()?.strip_suffix(&end).map(str::to_owned);
    let mut stems: Vec<String> = free.filter_map(stem).collect();
    stems.sort();
    let near = near(path.file_stem()?.to_str()?, &stems)?;
    Some(folder.join(format!("{near}{end}")))
}
