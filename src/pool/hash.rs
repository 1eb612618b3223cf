//! What a pool was read from, so that results can be traced to it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Bytes read at a time.
const BUFFER: usize = 1 << 18;

/// A file that a pool was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Its path as the user gave it; what a manifest names is found from the manifest's folder.
    pub path: PathBuf,
    /// The SHA-256 of its content, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

impl InputFile {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let (sha256, bytes) =
            digest(path).map_err(|source| Error::Io { path: path.into(), source })?;
        Ok(Self { path: path.into(), sha256, bytes })
    }
}

fn digest(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    let mut bytes = 0;
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
    Ok((format!("{:x}", hasher.finalize()), bytes))
}
