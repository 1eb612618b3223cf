//! `committee inspect`: whether a pool is sound, and what is in it.

use std::process::ExitCode;

use clap::Args;

use committee::pool::{CostProblem, Pool};
use committee::report::inspected;
use committee::{Error, inspect};

use super::args::PoolArgs;
use super::common::Common;
use super::progress::Terminal;

#[derive(Debug, Args)]
pub struct InspectArgs {
    #[command(flatten)]
    pub pool: PoolArgs,
}

pub const EXAMPLES: &str = "\
Example:
  committee inspect data/digits/pool.toml";

pub fn run(args: &InspectArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let pool = open(&args.pool)?;
    let terminal = Terminal::new(common.quiet);
    let inspection = inspect(&pool, &terminal);
    terminal.clear();
    let inspection = inspection?;
    for warning in &inspection.warnings {
        common.remark(format_args!("warning: {warning}"));
    }
    let json = serde_json::to_value(&inspection)?;
    common.print(|| inspected(&inspection), || json)?;
    Ok(ExitCode::SUCCESS)
}

/// The pool on any of its axes of cost: all are shown, and the chosen one only sets the order.
fn open(args: &PoolArgs) -> anyhow::Result<Pool> {
    let source = args.source()?;
    match Pool::open(&source, args.cost_axis.as_deref()) {
        Err(Error::Cost(CostProblem::ManyAxes { axes })) => {
            Ok(Pool::open(&source, axes.first().map(String::as_str))?)
        }
        opened => Ok(opened?),
    }
}
