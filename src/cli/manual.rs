//! `committee completions` and `committee man`: what a shell and `man` want to know of this program.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;

use committee::report::{OutputDir, write_atomically};

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
    let pages = pages(program)?;
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    OutputDir::plan(&args.out, &names)?;
    std::fs::create_dir_all(&args.out)
        .map_err(|source| committee::Error::Io { path: args.out.clone(), source })?;
    let paths: Vec<PathBuf> = pages.iter().map(|(name, _)| args.out.join(name)).collect();
    for (path, (_, page)) in paths.iter().zip(&pages) {
        write_atomically(path, page)?;
    }
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
    let after = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let after = After::of(&after);
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).into_iter().chain(after.remarks);
    let about = about.collect::<Vec<_>>().join("\n\n");
    // clap_mangen would fill the lines of what stands after the options.
    let command = command.override_usage(usage).long_about(about).after_long_help(None::<&str>);
    let man = clap_mangen::Man::new(command);
    let mut text = vec![];
    man.render(&mut text)?;
    let mut text = String::from_utf8_lossy(&text).into_owned();
    let end = text.find(".SH VERSION").unwrap_or(text.len());
    text.insert_str(end, &(after.exit_status + &after.examples));
    Ok((man.get_filename(), text.into_bytes()))
}

/// What `--help` says after the options, as parts of a page.
#[derive(Default)]
struct After {
    /// Plain paragraphs.
    remarks: Vec<String>,
    /// A section, each example as it is to be typed; may be empty.
    examples: String,
    /// A section of codes and meanings; may be empty.
    exit_status: String,
}

impl After {
    fn of(text: &str) -> Self {
        let mut after = Self::default();
        for part in text.split("\n\n").filter(|part| !part.is_empty()) {
            match part.split_once('\n') {
                Some(("Example:" | "Examples:", lines)) => after.examples = examples(lines),
                Some(("Exit codes:", lines)) => after.exit_status = exit_status(lines),
                _ => after.remarks.push(part.to_owned()),
            }
        }
        after
    }
}

/// Lines that are neither filled nor broken.
fn examples(lines: &str) -> String {
    let lines: String =
        lines.lines().map(|line| roff(line.strip_prefix("  ").unwrap_or(line)) + "\n").collect();
    format!(".SH EXAMPLES\n.EX\n{lines}.EE\n")
}

/// A tagged paragraph for each code; lines without one go on with the meaning before them.
fn exit_status(lines: &str) -> String {
    let mut text = ".SH \"EXIT STATUS\"\n".to_owned();
    for line in lines.lines().map(str::trim) {
        match line.split_once("  ") {
            Some((code, meaning)) => text += &format!(".TP\n\\fB{code}\\fR\n{}\n", roff(meaning)),
            None => text += &format!("{}\n", roff(line)),
        }
    }
    text
}

/// A line of plain text as roff reads it.
fn roff(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    if line.starts_with('.') { format!("\\&{line}") } else { line }
}
