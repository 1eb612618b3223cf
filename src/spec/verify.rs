//! Whether a replay agrees with what a spec claims.

use std::collections::BTreeSet;

use serde::Serialize;

use super::wire::{Held, Spec};
use super::{Exit, tally};
use crate::cascade::CostScale;
use crate::error::Result;
use crate::pool::Pool;
use crate::signal::Tally;
use crate::trust::{Interval, binomial_interval};

/// Figures of a replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Number of samples.
    pub samples: usize,
    /// Share of right answers.
    pub accuracy: f64,
    /// Exact 95 % interval of the accuracy.
    pub accuracy_interval: Interval,
    /// Mean cost of a sample.
    pub cost: f64,
    /// Share of the samples that exit at each stage.
    pub exit_fractions: Vec<f64>,
}

/// One claim of a spec and what the replay found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Which figure, on which samples.
    pub figure: String,
    /// What the spec says.
    pub claimed: f64,
    /// What the replay found.
    pub found: f64,
    /// Whether the two agree.
    pub agrees: bool,
}

/// The outcome of holding a replay against a spec.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// On all samples of the pool.
    pub all: Figures,
    /// Whether the pool is, byte for byte, the one that the spec was made from. If so figures must
    /// be equal; if not, accuracies must be consistent with each other.
    pub same_inputs: bool,
    /// Claim by claim.
    pub comparisons: Vec<Comparison>,
    /// Whether all agree.
    pub agrees: bool,
}

/// Holds the `exits` of a replay against `spec`. On the very files that the spec was made from, its
/// tuning and held-out figures are found again and must be equal. On other data, the claimed
/// accuracy (held out where there is one) must have a 95 % interval that overlaps the replay's. The
/// models' costs must be the pool's in either case.
///
/// # Errors
/// If the pool's files cannot be hashed.
pub fn verify(spec: &Spec, pool: &Pool, exits: &[Exit], scale: CostScale) -> Result<Verdict> {
    let everyone: Vec<u32> = (0..pool.samples() as u32).collect();
    let count = |samples: &[u32]| tally(exits, pool.labels(), spec.point.stages.len(), samples);
    let all = Figures::new(&count(&everyone), scale);
    let same_inputs = has_same_inputs(spec, pool)?;
    let mut comparisons = costs(spec, pool, scale);
    if same_inputs {
        let split = spec.provenance.split.split(pool.labels())?;
        comparisons.extend(exact(spec, &count(&split.tuning), scale));
        if let Some(held) = &spec.point.holdout {
            comparisons.extend(exact_held(held, &count(&split.holdout), scale));
        }
    } else {
        comparisons.push(consistent(spec, &all));
    }
    let agrees = comparisons.iter().all(|comparison| comparison.agrees);
    Ok(Verdict { all, same_inputs, comparisons, agrees })
}

impl Figures {
    fn new(tally: &Tally, scale: CostScale) -> Self {
        Self {
            samples: tally.samples,
            accuracy: tally.accuracy(),
            accuracy_interval: binomial_interval(tally.correct, tally.samples, 0.95),
            cost: scale.mean(tally.cost, tally.samples),
            exit_fractions: tally.exit_fractions(),
        }
    }
}

/// Whether every file of predictions or labels of `pool` is among the files that `spec` was made
/// from. Paths may differ, and so may the manifest.
fn has_same_inputs(spec: &Spec, pool: &Pool) -> Result<bool> {
    let known: BTreeSet<&str> = spec.provenance.inputs.iter().map(|i| i.sha256.as_str()).collect();
    let found = pool.inputs()?;
    let predictions = pool.models().iter().map(|model| model.predictions.as_path());
    Ok(predictions.chain(pool.labels_file()).all(|path| {
        let file = found.iter().find(|input| input.path == path);
        file.is_some_and(|file| known.contains(file.sha256.as_str()))
    }))
}

/// The costs of the spec's models against those of the pool, on the axis that it was opened on.
fn costs(spec: &Spec, pool: &Pool, scale: CostScale) -> Vec<Comparison> {
    let models = pool.models().iter().filter_map(|model| {
        let claimed = *spec.point.model_costs.get(&model.name)?;
        let found = scale.cost(scale.ticks(model.cost));
        Some(equal(format!("cost of {}", model.name), claimed, found))
    });
    models.collect()
}

fn exact(spec: &Spec, tally: &Tally, scale: CostScale) -> Vec<Comparison> {
    let mut comparisons = vec![
        equal("accuracy, tuning".into(), spec.point.accuracy, tally.accuracy()),
        equal("cost, tuning".into(), spec.point.cost, scale.mean(tally.cost, tally.samples)),
        equal("cost, worst case".into(), spec.point.worst_case_cost, worst_case(spec, scale)),
    ];
    let fractions = tally.exit_fractions();
    for (number, (stage, found)) in spec.point.stages.iter().zip(fractions).enumerate() {
        let figure = format!("exits at stage {}, tuning", number + 1);
        comparisons.push(equal(figure, stage.exit_fraction, found));
    }
    comparisons
}

/// What all models of the cascade cost together.
fn worst_case(spec: &Spec, scale: CostScale) -> f64 {
    let models = spec.point.stages.iter().flat_map(|stage| &stage.models);
    let costs = models.filter_map(|model| spec.point.model_costs.get(model));
    scale.cost(costs.map(|&cost| scale.ticks(cost)).sum())
}

fn exact_held(held: &Held, tally: &Tally, scale: CostScale) -> Vec<Comparison> {
    let interval = binomial_interval(tally.correct, tally.samples, 0.95);
    vec![
        equal("samples, held out".into(), held.samples as f64, tally.samples as f64),
        equal("accuracy, held out".into(), held.accuracy, tally.accuracy()),
        equal("interval from, held out".into(), held.accuracy_interval.0, interval.0),
        equal("interval to, held out".into(), held.accuracy_interval.1, interval.1),
        equal("cost, held out".into(), held.cost, scale.mean(tally.cost, tally.samples)),
    ]
}

fn equal(figure: String, claimed: f64, found: f64) -> Comparison {
    Comparison { figure, claimed, found, agrees: claimed == found }
}

fn consistent(spec: &Spec, all: &Figures) -> Comparison {
    let (figure, claimed, interval) = match &spec.point.holdout {
        Some(held) => ("accuracy, held out", held.accuracy, held.accuracy_interval),
        None => {
            let samples = spec.provenance.samples;
            let correct = (spec.point.accuracy * samples as f64).round() as u32;
            ("accuracy, tuning", spec.point.accuracy, binomial_interval(correct, samples, 0.95))
        }
    };
    Comparison {
        figure: format!("{figure}, within its interval"),
        claimed,
        found: all.accuracy,
        agrees: interval.overlaps(all.accuracy_interval),
    }
}
