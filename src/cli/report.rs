//! `committee report`: the page of an earlier run.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use committee::report::{Export, ReportHtml, Run, check_writable, refuse_inputs, write_atomically};

use super::common::{Common, check_ending};

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The folder that optimize wrote to
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
    /// Where to write the page; DIR/report.html if left out
    #[arg(long, value_name = "FILE.html")]
    pub out: Option<PathBuf>,
}

pub const EXAMPLES: &str = "\
Example:
  committee report out";

pub fn run(args: &ReportArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let run = Run::read(&args.run)?;
    let page = ReportHtml(&run);
    let out = args.out.clone().unwrap_or_else(|| args.run.join(page.file_name()));
    let inputs = Run::FILES.map(|name| args.run.join(name));
    check_ending("--out", &out, "html")?;
    check_writable(&out)?;
    refuse_inputs(&out, inputs.iter().map(|path| path.as_path()))?;
    write_atomically(&out, &page.bytes()?)?;
    let out = out.display().to_string();
    common.print(|| format!("written to {out}"), || json!({ "files": [out] }))?;
    Ok(ExitCode::SUCCESS)
}
