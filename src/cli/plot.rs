//! `committee plot`: the frontier as a figure.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use committee::report::{PlotFormat, Run, check_writable, plot, refuse_inputs, write_atomically};

use super::common::Common;

#[derive(Debug, Args)]
pub struct PlotArgs {
    /// The folder that optimize wrote to
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
    /// Where to write the figure; the name's end says what it becomes
    #[arg(long, value_name = "FILE.svg|FILE.png")]
    pub out: PathBuf,
}

pub const EXAMPLES: &str = "\
Examples:
  committee plot out --out frontier.svg
  committee plot out --out frontier.png";

pub fn run(args: &PlotArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let out = args.out.display().to_string();
    let format = match args.out.extension().and_then(|end| end.to_str()) {
        Some("svg") => PlotFormat::Svg,
        Some("png") => PlotFormat::Png,
        _ => anyhow::bail!("--out: expected a name that ends in .svg or .png, found {out}"),
    };
    let run = Run::read(&args.run)?;
    let inputs = Run::FILES.map(|name| args.run.join(name));
    check_writable(&args.out)?;
    refuse_inputs(&args.out, inputs.iter().map(|path| path.as_path()))?;
    write_atomically(&args.out, &plot(&run, format)?)?;
    common.print(|| format!("written to {out}"), || json!({ "files": [out] }))?;
    Ok(ExitCode::SUCCESS)
}
