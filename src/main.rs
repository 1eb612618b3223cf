//! The `committee` program: parses, runs, prints what went wrong.

mod cli;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, exit};

fn main() -> ExitCode {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // The message on a damaged file is that of the error.
        if !committee::pool::is_decoding() {
            report(panic);
        }
    }));
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
