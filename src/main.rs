//! The `committee` program: parses, runs, prints what went wrong.

mod cli;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, exit};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli::run(&cli) {
        Ok(code) => code,
        Err(error) => {
            // Each message holds its cause already.
            cli::complain(error);
            exit::bad_input()
        }
    }
}
