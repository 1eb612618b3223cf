//! What is said to a command line that is no command.

use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::command::Cli;
use super::common::complain;
use super::exit;

/// Answers a command line that is no command: with the help that it asks for, or one line on what is
/// wrong with it.
pub fn refuse(error: &clap::Error) -> ExitCode {
    if error.exit_code() != 2 || error.kind() == HELP_FOR_NOTHING {
        error.exit();
    }
    if let Some(fault) = misfit(error) {
        complain(fault);
        return exit::bad_input();
    }
    let fault = parts(error).into_iter().next().unwrap_or_default();
    let tip = tip(error).or_else(|| tip_for_help(error)).map(|tip| format!("; {tip}"));
    let fault = fault.trim_start_matches("error: ");
    complain(format_args!("{fault}{}; see --help", tip.unwrap_or_default()));
    exit::bad_input()
}

/// clap's text, which has the fault first, then tips, then the usage.
fn parts(error: &clap::Error) -> Vec<String> {
    let words = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    error.to_string().split("\n\n").map(words).collect()
}

fn tip(error: &clap::Error) -> Option<String> {
    // How to pass what looks like an option as a value helps nobody who mistyped one.
    let helps = |part: &String| part.starts_with("tip:") && !part.contains("as a value");
    parts(error).into_iter().find(helps)
}

/// The tip on a command that `help` was asked about, for which clap looks for no near names.
fn tip_for_help(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::InvalidSubcommand)? {
        ContextValue::String(name) => {
            tip(&Cli::command().try_get_matches_from(["committee", name]).err()?)
        }
        _ => None,
    }
}

/// A value that is not what its option takes, said as a number out of range is.
fn misfit(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let expected = std::error::Error::source(error)?.to_string();
    // What says more than that says it of a part of the value.
    if error.kind() != ErrorKind::ValueValidation || expected.contains(", found ") {
        return None;
    }
    let option = text(ContextKind::InvalidArg)?.split_whitespace().next()?;
    Some(format!("{option}: {expected}, found {}", text(ContextKind::InvalidValue)?))
}

/// What clap calls an empty command line.
const HELP_FOR_NOTHING: ErrorKind = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
