//! Writing files, each whole or not at all.
//!
//! Links are followed: a link stays, and the file that it leads to is replaced. Devices, pipes and
//! sockets are no files that could be replaced: they are written to.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::files::Export;
use crate::error::{Error, Result};

/// How the names of files begin and end that have not yet taken their place.
const LEFTOVER: (&str, &str) = (".committee-", ".tmp");

/// How often, and how far apart, a run asks whether another one has written its files.
const ASKING: (u32, Duration) = (500, Duration::from_millis(10));

/// The folder that a run writes to.
#[derive(Debug)]
pub struct OutputDir {
    path: PathBuf,
}

impl OutputDir {
    /// Sees before any work that files of these names can be made in `path`, or that `path` can be
    /// made. Leaves nothing behind.
    ///
    /// # Errors
    /// [`Error::Option`] for what is no folder, [`Error::Io`] that names the folder or the file.
    pub fn plan(path: &Path, file_names: &[&str]) -> Result<Self> {
        if path.is_dir() {
            file_names.iter().try_for_each(|name| check_writable(&path.join(name)))?;
        } else {
            let absolute = std::path::absolute(path).map_err(|source| failed(path, source))?;
            // A link that leads nowhere is there too, and no folder can take its place.
            let there = absolute.ancestors().find(|folder| folder.symlink_metadata().is_ok());
            let there = there.unwrap_or(path);
            if !there.is_dir() {
                let found = match there == absolute {
                    true => format!("{}, which is no folder", path.display()),
                    false => format!("{}, and {} is no folder", path.display(), there.display()),
                };
                return Err(Error::option("--out", "a folder, or where to make one", found));
            }
            temporary(there).map_err(|source| match source.kind() {
                // A folder that takes no files, such as /proc.
                ErrorKind::NotFound => {
                    let found = format!("{}, and {} takes none", path.display(), there.display());
                    Error::option("--out", "a folder, or where to make one", found)
                }
                _ => failed(path, source),
            })?;
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Writes all files, each in place of what was there, and makes the folder where it is missing. All are
    /// whole on disk before the first takes its place. What an earlier run left of the `others` would pass for
    /// this one's and is removed. Of runs that write here at once, the files are those of one.
    ///
    /// # Errors
    /// [`Error::Io`]; every file is what it was, unless the disk fails between two renames.
    pub fn write(&self, exports: &[Box<dyn Export + '_>], others: &[&str]) -> Result<Written> {
        let encoded = exports.iter().map(|export| Ok((export.file_name(), export.bytes()?)));
        let encoded: Vec<_> = encoded.collect::<Result<_>>()?;
        std::fs::create_dir_all(&self.path).map_err(|source| failed(&self.path, source))?;
        let turn = turn(&self.path);
        // Nobody else writes here now.
        if turn.is_some() {
            self.clear_leftovers();
        }
        let staged =
            encoded.into_iter().map(|(name, bytes)| Staged::new(self.path.join(name), bytes));
        let staged: Vec<Staged> = staged.collect::<Result<_>>()?;
        let files = staged.into_iter().map(Staged::publish).collect::<Result<_>>()?;
        let removed = others.iter().map(|name| self.path.join(name));
        let removed =
            removed.filter_map(|path| remove(&path).map(|was| was.then_some(path)).transpose());
        let removed = removed.collect::<Result<_>>()?;
        drop(turn);
        Ok(Written { files, removed })
    }

    /// Removes what runs that were killed while they wrote have left here.
    fn clear_leftovers(&self) {
        let entries = std::fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in entries {
            if let Some(name) = entry.file_name().to_str()
                && name.starts_with(LEFTOVER.0)
                && name.ends_with(LEFTOVER.1)
            {
                // One that stays does no harm.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// Waits until no other run writes to `folder`, and keeps others from it as long as this is held: a run that
/// is killed holds nothing. Where that cannot be told, or somebody else keeps the folder locked, nobody waits
/// for long.
fn turn(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    for _ in 0..ASKING.0 {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) => std::thread::sleep(ASKING.1),
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}

/// What a run did to its folder.
#[derive(Debug)]
pub struct Written {
    /// The files that it wrote.
    pub files: Vec<PathBuf>,
    /// Files of an earlier run that it removed.
    pub removed: Vec<PathBuf>,
}

/// Removes a file; says whether there was one.
fn remove(path: &Path) -> Result<bool> {
    let remove = || match Target::of(path)? {
        Target::File(file) if file.exists() => std::fs::remove_file(file).map(|()| true),
        Target::File(_) | Target::Stream => Ok(false),
    };
    remove().map_err(|source| failed(path, source))
}

/// Sees before any work that `path` can be written to. Leaves nothing behind.
///
/// # Errors
/// [`Error::Io`] that names the file or its folder.
pub fn check_writable(path: &Path) -> Result<()> {
    let Target::File(file) = Target::of(path).map_err(|source| failed(path, source))? else {
        return Ok(());
    };
    let folder = folder_of(&file);
    if !folder.is_dir() {
        let next = format!("there is no such folder; create it: mkdir -p {}", in_shell(folder));
        return Err(failed(folder, std::io::Error::new(ErrorKind::NotFound, next)));
    }
    temporary(folder).map_err(|source| failed(path, source))?;
    Ok(())
}

/// A path as a shell reads it.
fn in_shell(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+,@".contains(letter);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
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

/// Writes `bytes` to `path`: a file is replaced whole, anything else is written to.
///
/// # Errors
/// [`Error::Io`]; a file that was there stays.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let _turn = turn(folder_of(path));
    Staged::new(path.to_owned(), bytes.to_vec())?.publish()?;
    Ok(())
}

/// What a path that is to be written leads to.
enum Target {
    /// A file, there or not, by a path that is no link.
    File(PathBuf),
    /// A device, a pipe or a socket.
    Stream,
}

impl Target {
    /// Follows links, also those that lead to no file yet.
    fn of(path: &Path) -> std::io::Result<Self> {
        match path.metadata() {
            Ok(there) if there.is_dir() => Err(ErrorKind::IsADirectory.into()),
            Ok(there) if there.is_file() => match path.canonicalize() {
                // Another run removed it meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    Ok(Self::File(path.to_owned()))
                }
                real => real.map(Self::File),
            },
            Ok(_) => Ok(Self::Stream),
            Err(error) if error.kind() == ErrorKind::NotFound => match path.read_link() {
                Ok(link) => Self::of(&folder_of(path).join(link)),
                Err(_) => Ok(Self::File(path.to_owned())),
            },
            Err(error) => Err(error),
        }
    }
}

/// Bytes that are ready to take their place. Dropped, they leave nothing behind.
struct Staged {
    path: PathBuf,
    ready: Ready,
}

enum Ready {
    /// Whole on disk, next to the file that it will be.
    File(NamedTempFile, PathBuf),
    /// For what cannot be replaced.
    Stream(Vec<u8>),
}

impl Staged {
    fn new(path: PathBuf, bytes: Vec<u8>) -> Result<Self> {
        let stage = || -> std::io::Result<Ready> {
            let Target::File(place) = Target::of(&path)? else { return Ok(Ready::Stream(bytes)) };
            let mut file = temporary(folder_of(&place))?;
            if let Ok(there) = place.metadata() {
                file.as_file().set_permissions(there.permissions())?;
            }
            // Its own `write_all` would put the made-up name into the message.
            file.as_file_mut().write_all(&bytes)?;
            file.as_file().sync_all()?;
            Ok(Ready::File(file, place))
        };
        match stage() {
            Ok(ready) => Ok(Self { path, ready }),
            Err(source) => Err(failed(&path, source)),
        }
    }

    /// Takes the place of what was at its path.
    fn publish(self) -> Result<PathBuf> {
        let published = match self.ready {
            Ready::File(file, place) => file.persist(place).map(drop).map_err(|error| error.error),
            Ready::Stream(bytes) => write_to(&self.path, &bytes),
        };
        match published {
            Ok(()) => Ok(self.path),
            Err(source) => Err(failed(&self.path, source)),
        }
    }
}

fn write_to(stream: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let written = OpenOptions::new().write(true).open(stream)?.write_all(bytes);
    match written {
        // Whoever read it has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// A new file in `folder`, with the rights of any new file. Its made-up name would only puzzle
/// whoever reads the error.
fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(LEFTOVER.0).suffix(LEFTOVER.1);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::Io { path: path.to_owned(), source }
}
