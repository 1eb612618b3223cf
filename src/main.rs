//! The `committee` program: parses, runs, prints what went wrong.

mod cli;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, exit};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return cli::refuse(&error),
    };
    match cli::run(&cli) {
        Ok(code) => code,
        Err(error) => {
            // Each message holds its cause already.
            cli::complain(&error);
            exit::after(&error)
        }
    }
}
