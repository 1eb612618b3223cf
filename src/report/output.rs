//! Writing files, each whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::files::Export;
use crate::error::{Error, Result};

/// The folder that a run writes to.
#[derive(Debug)]
pub struct OutputDir {
    path: PathBuf,
}

impl OutputDir {
    /// Sees before any work that files can be made in `path`, or in the folder that `path` is to be
    /// made in. Leaves nothing behind.
    ///
    /// # Errors
    /// [`Error::Io`] that names the folder.
    pub fn plan(path: &Path) -> Result<Self> {
        let absolute = std::path::absolute(path).map_err(|source| failed(path, source))?;
        let there = absolute.ancestors().find(|folder| folder.exists());
        temporary(there.unwrap_or(path)).map_err(|source| failed(path, source))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Writes all files, each in place of what was there, and makes the folder where it is missing.
    /// All are encoded before the first is written. Says where they are.
    ///
    /// # Errors
    /// [`Error::Io`]; a file that was not written is what it was.
    pub fn write(&self, exports: &[Box<dyn Export + '_>]) -> Result<Vec<PathBuf>> {
        let encoded = exports.iter().map(|export| Ok((export.file_name(), export.bytes()?)));
        let encoded: Vec<_> = encoded.collect::<Result<_>>()?;
        std::fs::create_dir_all(&self.path).map_err(|source| failed(&self.path, source))?;
        let written = encoded.iter().map(|(name, bytes)| {
            let path = self.path.join(name);
            write_atomically(&path, bytes)?;
            Ok(path)
        });
        written.collect()
    }

    /// Removes a file of an earlier run; says whether there was one.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn remove(&self, file_name: &str) -> Result<bool> {
        let path = self.path.join(file_name);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(failed(&path, source)),
        }
    }
}

/// Sees before any work that a file can be made at `path`. Leaves nothing behind.
///
/// # Errors
/// [`Error::Io`] that names the file.
pub fn check_writable(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(failed(path, std::io::ErrorKind::IsADirectory.into()));
    }
    temporary(folder_of(path)).map_err(|source| failed(path, source))?;
    Ok(())
}

/// Sees that `path` is none of `inputs`, by whatever name.
///
/// # Errors
/// [`Error::Overwrite`].
pub fn refuse_inputs<'a>(path: &Path, mut inputs: impl Iterator<Item = &'a Path>) -> Result<()> {
    // Where there is no file yet, nothing can be lost.
    let Ok(real) = path.canonicalize() else { return Ok(()) };
    if inputs.any(|input| input.canonicalize().is_ok_and(|input| input == real)) {
        return Err(Error::Overwrite { path: path.to_owned() });
    }
    Ok(())
}

/// Writes `bytes` to `path`: to a sibling first, which then takes its place.
///
/// # Errors
/// [`Error::Io`]; what was there stays.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |source| failed(path, source);
    let mut file = temporary(folder_of(path)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    open_to_readers(&file).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// A new file in `folder`. Its made-up name would only puzzle whoever reads the error.
fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder).map_err(|error| error.kind().into())
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::Io { path: path.to_owned(), source }
}

/// Gives a temporary file, which only its owner may read, the rights of an ordinary new file.
#[cfg(unix)]
fn open_to_readers(file: &NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_readers(_file: &NamedTempFile) -> std::io::Result<()> {
    Ok(())
}
