//! `committee select`: another cascade from a frontier that is there.

use std::process::ExitCode;

use serde_json::json;

use committee::frontier::{Merit, choose};
use committee::report::{Export, SpecJson, headline, summary, unmet_message, write_atomically};
use committee::spec::wire::Frontier;

use super::args::{Common, SelectArgs};
use super::complain;
use super::exit;

pub fn run(args: &SelectArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let frontier = Frontier::read(&args.frontier)?;
    let goal = args.choice.goal();
    goal.check(frontier.pool.models.iter().map(|model| model.name.as_str()))?;
    let (limits, reference) = goal.limits(&frontier)?;
    let merits: Vec<Merit> = frontier.points.iter().map(Merit::from).collect();
    let spec = match choose(&merits, &limits) {
        Ok(index) => frontier.spec(index),
        Err(unmet) => {
            complain(unmet_message(&frontier, unmet));
            return Ok(exit::unmet());
        }
    };
    let Some(spec) = spec else { anyhow::bail!("the frontier is empty") };
    write_atomically(&args.out, &SpecJson(&spec).bytes()?)?;
    common.print(
        || {
            let text = summary(&frontier, Some(&spec.point), reference);
            format!("{text}\nwritten to {}", args.out.display())
        },
        || {
            json!({
                "headline": reference.map(|model| headline(&spec.point, model)),
                "chosen": spec,
                "files": [args.out.display().to_string()],
            })
        },
    )?;
    Ok(ExitCode::SUCCESS)
}
