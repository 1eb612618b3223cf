//! What all commands share: their options, and how they speak.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use clap::Args;

use committee::expected;
use committee::report::paragraph;

use super::args::parsed;
use super::{color, exit};

/// More of them would only use up memory. What [`expected::THREADS`] says.
const MOST_THREADS: u16 = 1024;

/// Widest line.
const WIDTH: usize = 80;

#[derive(Debug, Args)]
pub struct Common {
    /// Print JSON for machines instead of text
    #[arg(long, global = true, display_order = 100)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short, global = true, display_order = 101)]
    pub quiet: bool,
    /// Threads to use; all cores if left out. No result depends on it
    #[arg(
        long,
        global = true,
        value_name = "N",
        display_order = 102,
        allow_negative_numbers = true
    )]
    #[arg(value_parser = parse_threads)]
    pub threads: Option<u16>,
}

fn parse_threads(text: &str) -> Result<u16, String> {
    let threads = parsed(expected::THREADS)(text)?;
    match (1..=MOST_THREADS).contains(&threads) {
        true => Ok(threads),
        false => Err(format!("expected {}", expected::THREADS)),
    }
}

impl Common {
    /// Prints a result: as text for people, or as JSON, or not at all.
    pub fn print(
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

    /// Prints a remark that is no result, on stderr, in lines as wide as those of results.
    pub fn remark(&self, text: impl Display) {
        if !self.quiet {
            say(paragraph(&text.to_string()));
        }
    }
}

/// Sees that a file that `option` names is called what it will be: its name ends in `.end`. What is there and
/// no file, such as /dev/stdout, may have any name.
pub fn check_ending(option: &str, path: &Path, end: &str) -> anyhow::Result<()> {
    let is_device = path.exists() && !path.is_file();
    if is_device || path.extension().is_some_and(|found| found == end) {
        return Ok(());
    }
    Err(misnamed(option, path, &[end]))
}

/// What to say of a file that `option` names and that is to be called `name.end`, with one of `ends`.
pub fn misnamed(option: &str, path: &Path, ends: &[&str]) -> anyhow::Error {
    let found = path.display();
    let is_end = |end: &&&str| path.file_name().is_some_and(|name| *name == *format!(".{end}"));
    match ends.iter().find(is_end) {
        Some(end) => anyhow::anyhow!("{option}: expected a name before .{end}, found {found}"),
        None => {
            let ends = ends.join(" or .");
            anyhow::anyhow!("{option}: expected a name that ends in .{ends}, found {found}")
        }
    }
}

/// Prints why the program does not end with success.
pub fn complain(text: impl Display) {
    say(format_args!("committee: {text}"));
}

/// Prints a line on stderr; nobody may be there to read it.
fn say(text: impl Display) {
    let _ = color::write(std::io::stderr().lock(), &text.to_string());
}

/// Where the files are, and which one to open first.
pub fn written(folder: &Path, names: &[&str]) -> String {
    let (files, report): (Vec<&str>, Vec<&str>) =
        names.iter().copied().partition(|name| *name != "report.html");
    let mut text = format!("written to {}:", folder.display());
    let mut used = text.chars().count();
    for (number, name) in files.iter().enumerate() {
        let comma = if number + 1 < files.len() { "," } else { "" };
        let word = format!(" {name}{comma}");
        if used + word.len() > WIDTH {
            text += "\n ";
            used = 1;
        }
        used += word.len();
        text += &word;
    }
    for name in report {
        text += &format!("\nto look at: {}", folder.join(name).display());
    }
    text
}
