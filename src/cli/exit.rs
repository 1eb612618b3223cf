//! Exit codes.

use std::process::ExitCode;

/// A replay disagrees with what its spec claims.
pub fn disagrees() -> ExitCode {
    ExitCode::from(1)
}

/// An input or an option is wrong; nothing was written. Also clap's code for a wrong command line.
pub fn bad_input() -> ExitCode {
    ExitCode::from(2)
}

/// What a shell reports for a program that SIGINT ended.
pub const ENDED_BY_SIGNAL: u8 = 130;

/// No cascade meets what was asked for, or it is not certified.
pub fn unmet() -> ExitCode {
    ExitCode::from(3)
}

/// The work is done, its files are written, but standard output took no text.
#[derive(Debug, thiserror::Error)]
#[error("standard output: {0}")]
pub struct Unprinted(pub std::io::Error);

/// How the program ends after `error`.
pub fn after(error: &anyhow::Error) -> ExitCode {
    if error.is::<Unprinted>() { ExitCode::from(4) } else { bad_input() }
}
