//! The main job, end to end: from a pool to a frontier with held-out figures.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::json;

use crate::cascade::{Cascade, Committee, CostScale, Stage, Ticks};
use crate::error::Result;
use crate::frontier::{Goal, Merit, Single, Unmet, choose, similar, thin};
use crate::pool::{InputFile, Pool};
use crate::search::{Found, Observer, Options, Resolution, Space, reading, search};
use crate::signal::{Signals, Tally};
use crate::spec::wire::{
    FORMAT, Frontier, Held, Input, ModelEntry, Point, PoolEntry, Provenance, SearchEntry,
    StageEntry, VERSION,
};
use crate::trust::{Split, SplitRule, binomial_interval};
use crate::warning::{Warning, warnings};

/// What to search, on which part of the samples, and how much of it to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The search.
    pub options: Options,
    /// Which samples tune.
    pub split: SplitRule,
    /// Most points to keep, beside those that are chosen or compared with; 0 keeps all.
    pub max_points: usize,
    /// Which cascade to choose.
    pub goal: Goal,
}

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

/// Turns cascades into points, with figures on both parts of the samples.
struct Scorer<'a> {
    pool: &'a Pool,
    signals: &'a Signals,
    scale: CostScale,
    costs: Vec<Ticks>,
    split: &'a Split,
}

impl<'a> Scorer<'a> {
    fn new(pool: &'a Pool, signals: &'a Signals, scale: CostScale, split: &'a Split) -> Self {
        let costs = pool.models().iter().map(|model| scale.ticks(model.cost)).collect();
        Self { pool, signals, scale, costs, split }
    }

    fn point(&self, cascade: &Cascade) -> Point {
        let tuning = self.tally(cascade, &self.split.tuning);
        let name = |&model: &usize| self.pool.models()[model].name.clone();
        let stages = cascade.stages.iter().zip(tuning.exit_fractions());
        let stages = stages.map(|(stage, exit_fraction)| StageEntry {
            models: stage.models.models().iter().map(name).collect(),
            threshold: stage.threshold,
            exit_fraction,
        });
        let models = cascade.stages.iter().flat_map(|stage| stage.models.models());
        Point {
            format: FORMAT.to_owned(),
            version: VERSION,
            aggregation: cascade.aggregation,
            confidence: cascade.confidence,
            stages: stages.collect(),
            cost_unit: self.pool.cost_unit().to_owned(),
            model_costs: models.map(|model| (name(model), self.cost(*model))).collect(),
            cost: self.scale.mean(tuning.cost, tuning.samples),
            worst_case_cost: self.worst_case(cascade),
            accuracy: tuning.accuracy(),
            holdout: self.held(cascade),
        }
    }

    /// The figures that a choice goes by.
    fn merit(&self, found: &Found) -> Merit {
        let samples = self.split.tuning.len();
        Merit {
            accuracy: f64::from(found.correct) / samples as f64,
            cost: self.scale.mean(found.cost, samples),
            worst_case_cost: self.worst_case(&found.cascade),
        }
    }

    /// What all models of a cascade cost together.
    fn worst_case(&self, cascade: &Cascade) -> f64 {
        let models = cascade.stages.iter().flat_map(|stage| stage.models.models());
        self.scale.cost(models.map(|&model| self.costs[model]).sum())
    }

    fn model(&self, model: usize, settings: &Settings) -> ModelEntry {
        let scope = &settings.options.scope;
        let cascade = Cascade {
            aggregation: scope.aggregations[0],
            confidence: scope.confidences[0],
            stages: vec![Stage { models: Committee::new(vec![model]), threshold: None }],
        };
        let Point { accuracy, holdout, .. } = self.point(&cascade);
        let entry = &self.pool.models()[model];
        ModelEntry { name: entry.name.clone(), cost: self.cost(model), accuracy, holdout }
    }

    /// What a model costs, to the last digit that its cascades' costs are sums of.
    fn cost(&self, model: usize) -> f64 {
        self.scale.cost(self.costs[model])
    }

    fn held(&self, cascade: &Cascade) -> Option<Held> {
        if self.split.holdout.is_empty() {
            return None;
        }
        let held = self.tally(cascade, &self.split.holdout);
        Some(Held {
            samples: held.samples,
            cost: self.scale.mean(held.cost, held.samples),
            accuracy: held.accuracy(),
            accuracy_interval: binomial_interval(held.correct, held.samples, 0.95),
        })
    }

    fn tally(&self, cascade: &Cascade, samples: &[u32]) -> Tally {
        let tally = self.signals.tally(cascade, &self.costs, samples);
        tally.expect("the signals of every cascade of the scope are computed")
    }
}

impl Settings {
    /// The settings that bear on the result, by the names of their options.
    fn to_json(&self, pool: &Pool) -> BTreeMap<String, serde_json::Value> {
        let Options { scope, resolution, gap, time_limit } = &self.options;
        let resolution = match resolution {
            Resolution::Exact => json!("exact"),
            Resolution::Quantiles(count) => json!(count),
        };
        let mut options = BTreeMap::from([
            ("cost-axis".to_owned(), json!(pool.cost_axis())),
            ("max-models".to_owned(), json!(scope.max_models)),
            ("aggregation".to_owned(), json!(scope.aggregations)),
            ("confidence".to_owned(), json!(scope.confidences)),
            ("resolution".to_owned(), resolution),
            ("gap".to_owned(), json!(gap)),
            ("time-limit".to_owned(), json!(time_limit.map(|limit| limit.as_secs_f64()))),
            ("max-points".to_owned(), json!(self.max_points)),
        ]);
        options.extend(self.goal.to_json());
        options
    }
}
