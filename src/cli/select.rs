//! `committee select`: another cascade from a frontier that is there.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use committee::frontier::choose;
use committee::missed;
use committee::pool::{Pool, PoolSource};
use committee::report::{
    Export, SpecJson, check_writable, counted, headline, none_found, refuse_inputs, summary,
    unmet_message, write_atomically,
};
use committee::spec::wire::{Frontier, Profile};

use super::args::{ChoiceArgs, is_manifest};
use super::common::{Common, complain};
use super::exit;

#[derive(Debug, Args)]
pub struct SelectArgs {
    /// A frontier.json that optimize wrote
    #[arg(value_name = "FRONTIER.json")]
    pub frontier: PathBuf,
    /// Where to write the spec
    #[arg(long, value_name = "FILE", default_value = "cascade.json")]
    pub out: PathBuf,
    /// The manifest that was searched: adds to the spec what check compares confidences with
    #[arg(long, value_name = "POOL.toml")]
    pub pool: Option<PathBuf>,
    #[command(flatten)]
    pub choice: ChoiceArgs,
}

pub const EXAMPLES: &str = "\
Exits with 3 if no cascade meets what is asked for, and writes nothing.

Example:
  committee select out/frontier.json --max-cost 500 --out cascade.json";

pub fn run(args: &SelectArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let frontier = Frontier::read(&args.frontier)?;
    check_writable(&args.out)?;
    refuse_inputs(&args.out, [args.frontier.as_path()].into_iter())?;
    let goal = args.choice.goal();
    goal.check(frontier.pool.models.iter().map(|model| model.name.as_str()))?;
    if let Some(least) = goal.min_group_accuracy
        && frontier.points.iter().any(|point| point.min_group_accuracy.is_none())
    {
        anyhow::bail!(
            "--min-group-accuracy: expected a frontier of a pool with a column \"group\", found {least} \
             and points without \"min_group_accuracy\" in {}",
            args.frontier.display()
        );
    }
    let (limits, reference) = goal.limits(&frontier.singles());
    let reference = reference.and_then(|model| frontier.pool.models.get(model));
    let spec = match choose(&frontier.merits(), &limits) {
        Ok(index) => frontier.spec(index),
        Err(unmet) => {
            let left = if args.out.exists() {
                format!("; {} is left as it was", args.out.display())
            } else {
                String::new()
            };
            if frontier.points.is_empty() {
                let why = none_found(&frontier).map(|why| format!(": {why}")).unwrap_or_default();
                let file = args.frontier.display();
                complain(format_args!("{file}: the frontier is empty{why}{left}"));
                return Ok(exit::unmet());
            }
            // The limit of the search is another one: there, more cascades are on the frontier.
            let better = match goal.max_worst_case_cost {
                Some(_) => "; optimize with --max-worst-case-cost looks at all others too",
                None => "",
            };
            let (count, file) = (frontier.points.len(), args.frontier.display());
            let none = format!("none of the {} in {file}", counted(count, "cascade"));
            complain(format_args!(
                "{}{better}{left}",
                unmet_message(Some(&none), &frontier, &unmet, &goal)
            ));
            return Ok(exit::unmet());
        }
    };
    let Some(mut spec) = spec else { anyhow::bail!("the frontier is empty") };
    let mut choice = goal.to_json();
    if goal.max_worst_case_cost.is_none() {
        // That of the search still holds.
        choice.remove("max-worst-case-cost");
    }
    // A guarantee is one of the cascade that it was tested for.
    for option in ["guarantee", "error-rate"] {
        choice.insert(option.to_owned(), serde_json::Value::Null);
    }
    spec.provenance.options.extend(choice);
    if let Some(manifest) = &args.pool {
        if !is_manifest(manifest) {
            anyhow::bail!("--pool: expected a manifest (name.toml), found {}", manifest.display());
        }
        let axis = spec.provenance.options.get("cost-axis").and_then(|axis| axis.as_str());
        let pool = Pool::open(&PoolSource::Manifest(manifest.clone()), axis)?;
        refuse_inputs(&args.out, pool.files())?;
        spec.profile = Some(Profile::of(&spec, &args.frontier, &pool)?);
    }
    if goal.max_worst_case_cost.is_some() {
        common.remark(
            "note: chosen from the frontier of expected cost; within a worst-case limit, optimize \
             with --max-worst-case-cost may find better ones",
        );
    }
    for warning in missed(&goal, &spec.point, None) {
        common.remark(format_args!("warning: {warning}"));
    }
    write_atomically(&args.out, &SpecJson(&spec).bytes()?)?;
    common.print(
        || {
            let text = summary(&frontier, Some(&spec.point), reference);
            format!("{text}\n\nwritten to {}", args.out.display())
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
