//! The terminal: one file per verb.

mod args;
mod certify;
mod check;
mod color;
mod diff;
pub mod exit;
mod export;
mod inspect;
mod manual;
mod optimize;
mod plot;
mod progress;
mod replay;
mod report;
mod schema;
mod select;
mod spec_pool;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

pub use args::Cli;
use args::{Command, Common};

/// Runs one command and says how the program is to end.
pub fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    if let Some(threads) = cli.common.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global()?;
    }
    match &cli.command {
        Command::Inspect(args) => inspect::run(args, &cli.common),
        Command::Optimize(args) => optimize::run(args, &cli.common),
        Command::Select(args) => select::run(args, &cli.common),
        Command::Report(args) => report::run(args, &cli.common),
        Command::Plot(args) => plot::run(args, &cli.common),
        Command::Export(args) => export::run(args, &cli.common),
        Command::Replay(args) => replay::run(args, &cli.common),
        Command::Certify(args) => certify::run(args, &cli.common),
        Command::Check(args) => check::run(args, &cli.common),
        Command::Diff(args) => diff::run(args, &cli.common),
        Command::Schema(args) => schema::run(args, &cli.common),
        Command::Completions(args) => manual::completions(args, &cli.common),
        Command::Man(args) => manual::man(args, &cli.common),
    }
}

impl Common {
    /// Prints a result: as text for people, or as JSON, or not at all.
    fn print(
        &self,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> serde_json::Value,
    ) -> anyhow::Result<()> {
        if self.quiet {
            return Ok(());
        }
        let stdout = std::io::stdout().lock();
        let written = if self.json {
            let mut stdout = stdout;
            writeln!(stdout, "{}", serde_json::to_string_pretty(&json())?)
        } else {
            color::write(stdout, &text())
        };
        match written {
            // Whoever read our output has read enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written.map_err(exit::Unprinted)?),
        }
    }

    /// Prints a remark that is no result, on stderr.
    fn remark(&self, text: impl Display) {
        if !self.quiet {
            say(text);
        }
    }
}

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
    // clap's text has the fault first, then a tip, then the usage.
    let text = error.to_string();
    let words = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut parts = text.split("\n\n").map(words);
    let fault = parts.next().unwrap_or_default();
    // How to pass what looks like an option as a value helps nobody who mistyped one.
    let helps = |part: &String| part.starts_with("tip:") && !part.contains("as a value");
    let tip = parts.find(helps).map(|tip| format!("; {tip}"));
    let fault = fault.trim_start_matches("error: ");
    complain(format_args!("{fault}{}; see --help", tip.unwrap_or_default()));
    exit::bad_input()
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

/// Prints why the program does not end with success.
pub fn complain(text: impl Display) {
    say(format_args!("committee: {text}"));
}

/// Prints a line on stderr; nobody may be there to read it.
fn say(text: impl Display) {
    let _ = color::write(std::io::stderr().lock(), &text.to_string());
}
