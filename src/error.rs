//! The one error of the library. Each message names the file, column, row or model it is about and
//! says what was expected.

use std::path::PathBuf;

/// What can be wrong with an input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An option has a value that makes no sense.
    #[error("{option}: expected {expected}, found {found}")]
    Option {
        /// The option as it is written on the command line.
        option: String,
        /// What would make sense.
        expected: String,
        /// What was given.
        found: String,
    },
}

impl Error {
    pub(crate) fn option(
        option: &str,
        expected: impl Into<String>,
        found: impl std::fmt::Display,
    ) -> Self {
        Self::Option {
            option: option.to_owned(),
            expected: expected.into(),
            found: found.to_string(),
        }
    }
}

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;
