//! `committee inspect`: whether a pool is sound, and what is in it.

use std::process::ExitCode;

use committee::inspect;
use committee::pool::Pool;
use committee::report::inspected;

use super::args::{Common, InspectArgs};
use super::progress::Terminal;

pub fn run(args: &InspectArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let pool = Pool::open(&args.pool.source()?, args.pool.cost_axis.as_deref())?;
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
