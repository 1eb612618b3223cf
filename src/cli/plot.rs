//! `committee plot`: the frontier as a figure.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use committee::report::{
    PlotFormat, Run, boxed_letters, check_writable, plot, refuse_inputs, write_atomically,
};

use super::common::{Common, misnamed};

#[derive(Debug, Args)]
pub struct PlotArgs {
    /// The folder that optimize wrote to
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
    /// Where to write the figure; the name's end says what it becomes
    ///
    /// A .png is set in a font that has most Latin, Greek and Cyrillic letters; boxes stand for others. A .svg is set
    /// in the reader's own font.
    #[arg(long, value_name = "FILE.svg|FILE.png")]
    pub out: PathBuf,
}

pub const EXAMPLES: &str = "\
Examples:
  committee plot out --out frontier.svg
  committee plot out --out frontier.png";

/// Most letters that a note names.
const SHOWN: usize = 8;

pub fn run(args: &PlotArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let out = args.out.display().to_string();
    let format = match args.out.extension().and_then(|end| end.to_str()) {
        Some("svg") => PlotFormat::Svg,
        Some("png") => PlotFormat::Png,
        _ => return Err(misnamed("--out", &args.out, &["svg", "png"])),
    };
    let run = Run::read(&args.run)?;
    let inputs = Run::FILES.map(|name| args.run.join(name));
    check_writable(&args.out)?;
    refuse_inputs(&args.out, inputs.iter().map(|path| path.as_path()))?;
    write_atomically(&args.out, &plot(&run, format)?)?;
    let boxed = boxed_letters(&run);
    if format == PlotFormat::Png && !boxed.is_empty() {
        let shown: Vec<String> = boxed.iter().take(SHOWN).map(char::to_string).collect();
        let more = if boxed.len() > SHOWN { " and others" } else { "" };
        common.remark(format_args!(
            "note: the font of a .png lacks {}{more}, which stand there as boxes; a .svg has them all",
            shown.join(" ")
        ));
    }
    common.print(|| format!("written to {out}"), || json!({ "files": [out] }))?;
    Ok(ExitCode::SUCCESS)
}
