//! `committee optimize`: from a pool to a frontier and a spec.

mod args;

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use committee::cascade::Fit;
use committee::expected;
use committee::pool::Pool;
use committee::report::{
    DiagnosticsJson, Export, FrontierCsv, FrontierJson, FrontierParquet, OutputDir, ReportHtml,
    Run, SpecJson, Written, calibrated, comparison, guaranteed, headline, how_found, not_certified,
    refuse_inputs, summary, unmet_message,
};
use committee::search::{Options, Scope};
use committee::spec::wire::{Frontier, Spec};
use committee::trust::Claim;
use committee::{NoChoice, Optimized, Settings, optimize};

use super::common::{Common, complain, written};
use super::exit;
use super::progress::{Terminal, uninterrupted};

pub use args::{EXAMPLES, OptimizeArgs};

/// All that a run may write.
const FILES: [&str; 6] = [
    "frontier.json",
    "frontier.parquet",
    "frontier.csv",
    "cascade.json",
    "diagnostics.json",
    "report.html",
];

pub fn run(args: &OptimizeArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let options = options(args)?;
    // Whatever can be wrong is found before any work, and nothing is written before all is done.
    let pool = Pool::open(&args.pool.source()?, args.pool.cost_axis.as_deref())?;
    let holdout = args.holdout.holdout(&pool)?;
    let (seed, max_points, goal) = (args.holdout.seed, args.max_points, args.choice.goal());
    let claim = |statement| Claim { statement, error_rate: args.error_rate };
    let guarantee = args.guarantee.clone().map(claim);
    let judging = args.judging.judging();
    judging.check()?;
    let settings = Settings { options, holdout, seed, max_points, goal, guarantee, judging };
    settings.goal.check(pool.models().iter().map(|model| model.name.as_str()))?;
    let folder = OutputDir::plan(&args.out, &FILES)?;
    for name in FILES {
        let other = settings.holdout_pool().into_iter().flat_map(Pool::files);
        refuse_inputs(&args.out.join(name), pool.files().chain(other))?;
    }

    Terminal::catch_interrupts(common.quiet)?;
    let terminal = Terminal::new(common.quiet);
    let found = optimize(&pool, &settings, &terminal);
    terminal.clear();
    let Optimized { frontier, chosen, diagnostics, reference, profile, warnings } = found?;
    let guarantee = frontier.guarantee.as_ref().and_then(|it| it.certified.clone());
    let spec = chosen.as_ref().ok().and_then(|&index| frontier.spec(index));
    let spec = spec.map(|spec| Spec { guarantee, profile, ..spec });
    let run = Run { frontier, spec, diagnostics };
    let Run { frontier, spec, diagnostics } = &run;
    let reference = reference.and_then(|model| frontier.pool.models.get(model));

    let mut exports: Vec<Box<dyn Export + '_>> = vec![
        Box::new(FrontierJson(frontier)),
        Box::new(FrontierParquet(frontier)),
        Box::new(FrontierCsv(frontier)),
    ];
    if let Some(spec) = spec {
        exports.push(Box::new(SpecJson(spec)));
    }
    if let Some(diagnostics) = diagnostics {
        exports.push(Box::new(DiagnosticsJson(diagnostics)));
    }
    if !args.no_report {
        exports.push(Box::new(ReportHtml(&run)));
    }
    let names: Vec<&str> = exports.iter().map(|export| export.file_name()).collect();
    let others: Vec<&str> = FILES.into_iter().filter(|name| !names.contains(name)).collect();
    let Written { files, removed } = uninterrupted(|| folder.write(&exports, &others))?;
    let removed = removed.iter().any(|path| path.ends_with("cascade.json"));
    for warning in &warnings {
        common.remark(format_args!("warning: {warning}"));
    }

    let point = spec.as_ref().map(|spec| &spec.point);
    let written = written(&args.out, &names);
    common.print(
        || {
            let summary = summary(frontier, point, reference);
            let guarantee = guaranteed(frontier).map(|text| text + "\n\n").unwrap_or_default();
            let fitted = calibrated(frontier).map(|text| text + "\n\n").unwrap_or_default();
            format!("{summary}\n\n{fitted}{guarantee}{}\n{written}", how_found(frontier))
        },
        || {
            json!({
                "headline": point.zip(reference).map(|(point, model)| headline(point, model)),
                "chosen": spec,
                "comparison": comparison_json(frontier),
                "holdout": frontier.holdout,
                "calibration": frontier.calibration,
                "guarantee": frontier.guarantee,
                "judgement": frontier.judgement,
                "search": frontier.search,
                "pool": frontier.pool,
                "warnings": warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "files": files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
            })
        },
    )?;
    match chosen {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(reason) => {
            let message = match reason {
                NoChoice::Unmet(unmet) => {
                    let told = unmet_message(None, frontier, &unmet, &settings.goal);
                    // Unless the limit leaves none at all.
                    match settings.goal.max_worst_case_cost.filter(|_| !frontier.points.is_empty())
                    {
                        Some(most) => {
                            format!(
                                "{told}; beyond --max-worst-case-cost {most} none was looked at"
                            )
                        }
                        None => told,
                    }
                }
                NoChoice::NotCertified => not_certified(frontier),
            };
            let earlier =
                if removed { "; the cascade.json of an earlier run was removed" } else { "" };
            complain(format_args!("{message}{earlier}"));
            Ok(exit::unmet())
        }
    }
}

fn options(args: &OptimizeArgs) -> anyhow::Result<Options> {
    let time_limit = time_limit(args.time_limit)?;
    let scope = Scope {
        max_models: args.max_models,
        aggregations: args.aggregation.clone(),
        confidences: args.confidence.clone(),
        fit: Fit { temperature: args.calibrate.is_some(), weights: args.weights },
        max_worst_case_cost: args.choice.max_worst_case_cost,
    };
    let options = Options { scope, resolution: args.resolution, gap: args.gap, time_limit };
    options.clone().check()?;
    Ok(options)
}

/// The time limit that `--time-limit` names; none for more seconds than a clock counts.
fn time_limit(seconds: f64) -> anyhow::Result<Option<Duration>> {
    if seconds >= 0.0 {
        return Ok(Duration::try_from_secs_f64(seconds).ok());
    }
    anyhow::bail!("--time-limit: expected {}, found {seconds}", expected::TIME_LIMIT)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_no_clock_reaches_is_none() {
        for seconds in [1e30, 1e20, f64::INFINITY] {
            assert_eq!(time_limit(seconds).unwrap(), None);
        }
        for seconds in [0.0, 0.25, 60.0, 1e9] {
            assert_eq!(time_limit(seconds).unwrap(), Some(Duration::from_secs_f64(seconds)));
        }
        for seconds in [-1.0, f64::NAN, f64::NEG_INFINITY] {
            assert!(time_limit(seconds).is_err());
        }
    }
}
