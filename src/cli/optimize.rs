//! `committee optimize`: from a pool to a frontier and a spec.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use committee::frontier::{Merit, choose};
use committee::pool::Pool;
use committee::report::{
    Export, FrontierCsv, FrontierJson, FrontierParquet, OutputDir, SpecJson, comparison, headline,
    summary, unmet_message,
};
use committee::search::{Options, Scope, Status};
use committee::spec::wire::Frontier;
use committee::trust::SplitRule;
use committee::{Optimized, Settings, optimize};

use super::args::{Common, OptimizeArgs};
use super::complain;
use super::exit;
use super::progress::Terminal;

pub fn run(args: &OptimizeArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let settings = settings(args)?;
    // Whatever can be wrong is found before any work, and nothing is written before all is done.
    let goal = args.choice.goal();
    let pool = Pool::open(&args.pool.source()?, args.pool.cost_axis.as_deref())?;
    goal.check(pool.models().iter().map(|model| model.name.as_str()))?;
    let folder = OutputDir::plan(&args.out)?;

    Terminal::catch_interrupts()?;
    let terminal = Terminal::new(common.quiet);
    let found = optimize(&pool, &settings, &terminal);
    terminal.clear();
    let Optimized { frontier, warnings } = found?;
    for warning in &warnings {
        common.remark(format_args!("warning: {warning}"));
    }
    // A run that was stopped with nothing in hand leaves what an earlier one found.
    let status = frontier.search.status;
    if frontier.points.is_empty() && matches!(status, Status::Interrupted | Status::TimeLimit) {
        complain(format_args!("{status}: no cascade was scored, and nothing was written"));
        let by_hand = status == Status::Interrupted;
        return Ok(if by_hand { exit::interrupted() } else { exit::bad_input() });
    }

    let (limits, reference) = goal.limits(&frontier)?;
    let merits: Vec<Merit> = frontier.points.iter().map(Merit::from).collect();
    let chosen = choose(&merits, &limits);
    let spec = chosen.as_ref().ok().and_then(|&index| frontier.spec(index));

    let mut exports: Vec<Box<dyn Export + '_>> = vec![
        Box::new(FrontierJson(&frontier)),
        Box::new(FrontierParquet(&frontier)),
        Box::new(FrontierCsv(&frontier)),
    ];
    match &spec {
        Some(spec) => exports.push(Box::new(SpecJson(spec))),
        // That of an earlier run would pass for this one's.
        None => folder.remove("cascade.json")?,
    }
    let files = folder.write(&exports)?;

    let point = spec.as_ref().map(|spec| &spec.point);
    let names: Vec<&str> = exports.iter().map(|export| export.file_name()).collect();
    let written = format!("written to {}: {}", args.out.display(), names.join(", "));
    common.print(
        || format!("{}\n{written}", summary(&frontier, point, reference)),
        || {
            json!({
                "headline": point.zip(reference).map(|(point, model)| headline(point, model)),
                "chosen": spec,
                "comparison": comparison_json(&frontier),
                "search": frontier.search,
                "pool": frontier.pool,
                "warnings": warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "files": files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
            })
        },
    )?;
    match chosen {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(unmet) => {
            complain(unmet_message(&frontier, unmet));
            Ok(exit::unmet())
        }
    }
}

fn settings(args: &OptimizeArgs) -> anyhow::Result<Settings> {
    let time_limit = Duration::try_from_secs_f64(args.time_limit).map_err(|_| {
        anyhow::anyhow!("--time-limit: expected a number of seconds, found {:?}", args.time_limit)
    })?;
    let scope = Scope {
        max_models: args.max_models,
        aggregations: args.aggregation.clone(),
        confidences: args.confidence.clone(),
        max_worst_case_cost: args.choice.max_worst_case_cost,
    };
    let time_limit = Some(time_limit);
    let options = Options { scope, resolution: args.resolution, gap: args.gap, time_limit };
    options.clone().check()?;
    let split = SplitRule { holdout: args.holdout, seed: args.seed };
    Ok(Settings { options, split, max_points: args.max_points })
}

fn comparison_json(frontier: &Frontier) -> serde_json::Value {
    let rows = comparison(frontier).into_iter().map(|row| {
        json!({
            "model": row.model,
            "similar_cost": row.similar_cost,
            "similar_accuracy": row.similar_accuracy,
        })
    });
    rows.collect()
}
