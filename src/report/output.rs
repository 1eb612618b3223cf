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
    /// All are whole on disk before the first takes its place. Says where they are.
    ///
    /// # Errors
    /// [`Error::Io`]; every file is what it was, unless the disk fails between two renames.
    pub fn write(&self, exports: &[Box<dyn Export + '_>]) -> Result<Vec<PathBuf>> {
        let encoded = exports.iter().map(|export| Ok((export.file_name(), export.bytes()?)));
        let encoded: Vec<_> = encoded.collect::<Result<_>>()?;
        std::fs::create_dir_all(&self.path).map_err(|source| failed(&self.path, source))?;
        let staged = encoded.iter().map(|(name, bytes)| Staged::new(self.path.join(name), bytes));
        let staged: Vec<Staged> = staged.collect::<Result<_>>()?;
        staged.into_iter().map(Staged::publish).collect()
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
    let folder = folder_of(path);
    if !folder.is_dir() {
        let missing = std::io::Error::new(std::io::ErrorKind::NotFound, "there is no such folder");
        return Err(failed(folder, missing));
    }
    temporary(folder).map_err(|source| failed(path, source))?;
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
    Staged::new(path.to_owned(), bytes)?.publish()?;
    Ok(())
}

/// A file that is whole on disk, but under another name yet. Dropped, it leaves nothing behind.
struct Staged {
    path: PathBuf,
    file: NamedTempFile,
}

impl Staged {
    fn new(path: PathBuf, bytes: &[u8]) -> Result<Self> {
        let write = || -> std::io::Result<NamedTempFile> {
            let mut file = temporary(folder_of(&path))?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            open_to_readers(&file)?;
            Ok(file)
        };
        match write() {
            Ok(file) => Ok(Self { path, file }),
            Err(source) => Err(failed(&path, source)),
        }
    }

    /// Takes the place of what was at its path.
    fn publish(self) -> Result<PathBuf> {
        self.file.persist(&self.path).map_err(|error| failed(&self.path, error.error))?;
        Ok(self.path)
    }
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
