//! `committee diff`: what changed between two specs or two frontiers.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use committee::diff::diff;
use committee::report::compared;
use committee::spec::Document;

use super::common::Common;

#[derive(Debug, Args)]
pub struct DiffArgs {
    /// A cascade.json or frontier.json
    #[arg(value_name = "A.json")]
    pub before: PathBuf,
    /// Another one of the same kind
    #[arg(value_name = "B.json")]
    pub after: PathBuf,
}

pub const EXAMPLES: &str = "\
Exits with 0 whether or not they differ.

Examples:
  committee select out/frontier.json --max-cost 500 --out cheaper.json
  committee diff out/cascade.json cheaper.json
  committee optimize data/digits/pool.toml --max-models 3 --out out-3
  committee diff out/frontier.json out-3/frontier.json";

pub fn run(args: &DiffArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let names = [args.before.display().to_string(), args.after.display().to_string()];
    let names = [names[0].as_str(), names[1].as_str()];
    let difference = diff(&Document::read(&args.before)?, &Document::read(&args.after)?, names)?;
    let json = serde_json::to_value(&difference)?;
    common.print(|| compared(&difference, names), || json)?;
    Ok(ExitCode::SUCCESS)
}
