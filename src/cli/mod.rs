//! The terminal: one file per verb.

mod args;
mod certify;
mod check;
mod color;
mod command;
mod common;
mod diff;
pub mod exit;
mod export;
mod inspect;
mod manual;
mod optimize;
mod plot;
mod progress;
mod refuse;
mod replay;
mod report;
mod schema;
mod select;
mod spec_pool;

use std::process::ExitCode;

use clap::CommandFactory;

pub use command::Cli;
use command::Command;
pub use common::complain;
pub use refuse::refuse;

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
        Command::Completions(args) => manual::completions(Cli::command(), args, &cli.common),
        Command::Man(args) => manual::man(Cli::command(), args, &cli.common),
    }
}
