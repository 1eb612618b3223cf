//! The terminal: one file per verb.

mod args;
pub mod exit;
mod inspect;
mod optimize;
mod progress;
mod replay;
mod select;

use std::io::Write;
use std::process::ExitCode;

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
        Command::Replay(args) => replay::run(args, &cli.common),
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
        let text = if self.json { serde_json::to_string_pretty(&json())? } else { text() };
        writeln!(std::io::stdout().lock(), "{text}")?;
        Ok(())
    }

    /// Prints a remark that is no result, on stderr.
    fn remark(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }
}
