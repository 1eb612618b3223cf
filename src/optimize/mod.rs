//! The main job, end to end: from a pool to a frontier with held-out figures.

mod scorer;
mod settings;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::error::Result;
use crate::frontier::{Merit, Single, Unmet, choose, similar, thin};
use crate::pool::{InputFile, Pool};
use crate::search::{Observer, Space, reading, search};
use crate::signal::Signals;
use crate::spec::wire::{Frontier, Input, ModelEntry, Point, PoolEntry, Provenance, SearchEntry};
use crate::warning::{Warning, warnings};

pub use settings::Settings;

use scorer::Scorer;

/// What [`optimize`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimized {
    /// The frontier, ready to be written.
    pub frontier: Frontier,
    /// Which of its points was chosen, or why none.
    pub chosen: std::result::Result<usize, Unmet>,
    /// Which of the pool's models the choice is measured against.
    pub reference: Option<usize>,
    /// What the user should know about the data.
    pub warnings: Vec<Warning>,
}

/// Searches `pool` for its frontier.
///
/// # Errors
/// [`Error::Option`](crate::Error::Option) for settings out of range, and what [`Pool::read`] finds
/// wrong with the files.
pub fn optimize(pool: &Pool, settings: &Settings, observer: &dyn Observer) -> Result<Optimized> {
    let options = settings.options.clone().check()?;
    let scope = &settings.options.scope;
    settings.goal.check(pool.models().iter().map(|model| model.name.as_str()))?;
    let split = settings.split.split(pool.labels())?;
    let on_chunk = reading(observer, pool.samples());
    let signals = Signals::compute(pool, scope.signal_keys(pool), on_chunk)?;
    let space = Space::new(pool, &signals, scope, &split.tuning);
    let outcome = search(&space, &options, observer);

    let scorer = Scorer::new(pool, &signals, space.scale, &split);
    let models: Vec<ModelEntry> =
        (0..pool.models().len()).map(|model| scorer.model(model, settings)).collect();
    let singles: Vec<Single<'_>> = models.iter().map(Single::from).collect();
    let merits: Vec<Merit> = outcome.frontier.iter().map(|found| scorer.merit(found)).collect();
    let (limits, reference) = settings.goal.limits(&singles);
    let chosen = choose(&merits, &limits);

    // Whatever is chosen or shown is taken from the whole frontier, and stays when it is thinned.
    let shown = singles.iter().map(|single| similar(&merits, single));
    let mut pinned: BTreeSet<usize> = shown.flat_map(|s| [s.cost, s.accuracy]).flatten().collect();
    pinned.extend(chosen.as_ref().ok());
    let keep = if settings.max_points == 0 { usize::MAX } else { settings.max_points };
    let places: Vec<(f64, f64)> = merits.iter().map(|merit| (merit.cost, merit.accuracy)).collect();
    let kept = thin(&places, keep, &pinned);
    let points: Vec<Point> =
        kept.par_iter().map(|&at| scorer.point(&outcome.frontier[at].cascade)).collect();
    let chosen = chosen.map(|chosen| kept.partition_point(|&at| at < chosen));
    let frontier = Frontier {
        points,
        search: SearchEntry {
            status: outcome.status,
            certified_gap: outcome.certified_gap,
            candidates: outcome.candidates,
            evaluated: outcome.evaluated,
            pruned: outcome.pruned,
            points_found: outcome.frontier.len(),
            seconds: outcome.duration.as_secs_f64(),
        },
        pool: PoolEntry {
            cost_unit: pool.cost_unit().to_owned(),
            classes: pool.classes(),
            tuning_samples: split.tuning.len(),
            holdout_samples: split.holdout.len(),
            models,
        },
        provenance: Provenance {
            tool: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options: settings.to_json(pool),
            split: settings.split,
            samples: pool.samples(),
            inputs: inputs(pool)?,
        },
    };
    Ok(Optimized { frontier, chosen, reference, warnings: warnings(pool, &signals) })
}

fn inputs(pool: &Pool) -> Result<Vec<Input>> {
    let input =
        |input: InputFile| Input { file: input.path.display().to_string(), sha256: input.sha256 };
    Ok(pool.inputs()?.into_iter().map(input).collect())
}
