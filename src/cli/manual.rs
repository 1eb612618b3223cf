//! `committee completions` and `committee man`: what a shell and `man` want to know of this program.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;

use committee::report::{check_writable, write_atomically};

use super::common::{Common, written};

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub shell: Shell,
}

pub const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  committee completions bash > ~/.local/share/bash-completion/completions/committee
  committee completions zsh > ~/.zfunc/_committee
  committee completions fish > ~/.config/fish/completions/committee.fish";

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder for the pages
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

pub const MAN_EXAMPLES: &str = "\
Writes committee.1 and a page for every command, such as committee-optimize.1.

Example:
  committee man --out ~/.local/share/man/man1";

/// Prints what completes the command line of `program` in a shell.
pub fn completions(
    mut program: Command,
    args: &CompletionsArgs,
    common: &Common,
) -> anyhow::Result<ExitCode> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut program, "committee", &mut script);
    let script = String::from_utf8(script)?;
    let shell = args.shell.to_string();
    common.print(
        || script.trim_end().to_owned(),
        || serde_json::json!({"shell": shell, "script": script}),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages of `program` and its commands.
pub fn man(program: Command, args: &ManArgs, common: &Common) -> anyhow::Result<ExitCode> {
    if args.out.is_file() {
        anyhow::bail!(
            "--out: expected a folder for the pages, found the file {}",
            args.out.display()
        );
    }
    let pages = pages(program)?;
    std::fs::create_dir_all(&args.out)
        .map_err(|source| committee::Error::Io { path: args.out.clone(), source })?;
    let paths: Vec<PathBuf> = pages.iter().map(|(name, _)| args.out.join(name)).collect();
    paths.iter().try_for_each(|path| check_writable(path))?;
    for (path, (_, page)) in paths.iter().zip(&pages) {
        write_atomically(path, page)?;
    }
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    common.print(|| written(&args.out, &names), || serde_json::json!({"files": paths}))?;
    Ok(ExitCode::SUCCESS)
}

/// The name and text of every page.
fn pages(program: Command) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let mut pages = vec![page(program.clone())?];
    let mut below: Vec<Command> = program.get_subcommands().cloned().collect();
    below.reverse();
    while let Some(command) = below.pop() {
        let commands = command.get_subcommands().cloned().collect::<Vec<_>>();
        below.extend(commands.into_iter().rev());
        pages.push(page(command)?);
    }
    Ok(pages)
}

fn page(mut command: Command) -> std::io::Result<(String, Vec<u8>)> {
    // The synopsis of clap_mangen has all options, and no values of them.
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim_start().to_owned();
    let man = clap_mangen::Man::new(command.override_usage(usage));
    let mut text = vec![];
    man.render(&mut text)?;
    // What stands after the options are examples; clap_mangen has no heading of its own for them.
    let text = String::from_utf8_lossy(&text).replace(".SH EXTRA\n", ".SH EXAMPLES\n");
    let text = text.replace("\nExit codes:\n", "\n.SH \"EXIT STATUS\"\n");
    Ok((man.get_filename(), text.into_bytes()))
}
