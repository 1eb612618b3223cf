//! Exit codes.

use std::process::ExitCode;

/// What each code means, for `--help`. The README says the same in the same words.
pub const MEANINGS: &str = "\
Exit codes:
    0  done; a search that was stopped early counts as done
    1  replay disagrees with the spec or contradicts its guarantee, or check
       finds drift
    2  an input or an option is wrong, and the message names it; no results are
       written
    3  no cascade meets what is asked for, or it is not certified; the message
       says what comes nearest
    4  all is done and written, but standard output could not take the text
  130  ended by Ctrl-C before there was a result; earlier files are as they were";

/// A replay disagrees with its spec or contradicts its guarantee, or a check finds drift.
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
