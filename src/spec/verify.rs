//! Whether a replay agrees with what a spec claims.

use serde::Serialize;

use super::certify::{Retest, chosen_for, is_hardest, retest};
use super::known::{Known, is_among, is_whole};
use super::wire::{Held, Spec};
use super::{Exit, replay, tally};
use crate::cascade::{Cascade, CostScale, Ticks};
use crate::error::Result;
use crate::pool::Pool;
use crate::signal::Tally;
use crate::trust::{Interval, Method, binomial_interval, cost_interval};

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

/// What a figure measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// A share of samples.
    Share,
    /// A cost, in the spec's unit.
    Cost,
    /// A number of samples.
    Samples,
}

/// One claim of a spec and what the replay found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Which figure, on which samples.
    pub figure: String,
    /// What it measures.
    pub quantity: Quantity,
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
    /// Whether the pool is, byte for byte, the one that the spec was made from, or the second one
    /// that it was reported on. If so figures must be equal; if not, accuracies must be consistent
    /// with each other.
    pub same_inputs: bool,
    /// Claim by claim.
    pub comparisons: Vec<Comparison>,
    /// What became of the guarantee, where the spec carries one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guarantee: Option<Retest>,
    /// The model that the guarantee is about, where the pool has it not: then it is not tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_baseline: Option<String>,
    /// The statement for which these samples chose the cascade, where that is not the guarantee: then they
    /// have no say in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chosen_for: Option<String>,
    /// Whether all agree.
    pub agrees: bool,
}

/// Holds the `exits` of a replay against `spec`. On the very files that the spec was made from, its
/// tuning and held-out figures are found again and must be equal; on the files of a second pool that
/// it was reported on, the held-out ones. On other data, the claimed accuracy (held out where there
/// is one) must have a 95 % interval that overlaps the replay's. The models' costs must be the
/// pool's in any case. Cross-fitted figures are about tuning anew, not about this cascade, and are
/// held against nothing.
///
/// # Errors
/// If the pool's files cannot be hashed, or have no such column as the spec's samples were divided
/// by.
pub fn verify(spec: &Spec, pool: &Pool, exits: &[Exit], scale: CostScale) -> Result<Verdict> {
    let everyone: Vec<u32> = (0..pool.samples() as u32).collect();
    let count = |samples: &[u32]| tally(exits, pool.labels(), spec.point.stages.len(), samples);
    let all = Figures::new(&count(&everyone), scale);
    let held = spec.held();
    let files = pool.inputs()?;
    let known = Known::of(spec, pool, &files);
    let mut comparisons = costs(spec, pool, scale);
    let mut untuned = everyone.clone();
    match known {
        Known::Tuning => {
            let split = spec.provenance.split.split(pool)?;
            comparisons.extend(exact(spec, &count(&split.tuning), scale));
            if let Some(held) = held.filter(|held| held.method != Method::Pool) {
                comparisons.extend(exact_held(spec, held, &count(&split.holdout), scale));
            }
            let is_hardest = || is_hardest(spec, pool, exits, &split.holdout, scale);
            comparisons.extend(not_the_best(spec, pool, &split.tuning, is_hardest)?);
            untuned = split.holdout;
        }
        Known::Holdout => {
            let held = held.map(|held| exact_held(spec, held, &count(&everyone), scale));
            comparisons.extend(held.unwrap_or_default());
        }
        Known::No => comparisons.push(consistent(spec, held, &all)),
    }
    let same_inputs = known != Known::No;
    // Certified on the spec's own held-out samples, or on a pool of its own.
    let tested_on = spec.guarantee.as_ref().map_or(&[][..], |guarantee| &guarantee.inputs);
    let is_that_pool = !tested_on.is_empty() && is_among(tested_on.iter(), pool, &files);
    let (samples, same) = match is_that_pool {
        true => (everyone, true),
        false => (untuned, tested_on.is_empty() && same_inputs),
    };
    // What was certified on another pool cannot be found again on samples that all tuned.
    let missing_baseline = spec.guarantee.as_ref().and_then(|it| it.baseline.clone());
    // The whole pool that the spec was made from has the model: another name is a mistake, which the test
    // finds.
    let missing_baseline = missing_baseline.filter(|baseline| {
        !is_whole(spec, &files) && pool.models().iter().all(|model| model.name != *baseline)
    });
    let other = spec.guarantee.as_ref().filter(|_| same_inputs && !same && !samples.is_empty());
    let chosen_for = other.and_then(|it| Some(chosen_for(spec, &it.statement, it.error_rate)?.0));
    let untested = samples.is_empty() || missing_baseline.is_some() || chosen_for.is_some();
    let guarantee = match untested {
        true => None,
        false => retest(spec, pool, exits, &samples, scale, same)?,
    };
    let agrees = comparisons.iter().all(|comparison| comparison.agrees)
        && guarantee.as_ref().is_none_or(|retest| retest.agreement.agrees());
    Ok(Verdict { all, same_inputs, comparisons, guarantee, missing_baseline, chosen_for, agrees })
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

/// The costs of the spec's models against those of the pool, on the axis that it was opened on.
fn costs(spec: &Spec, pool: &Pool, scale: CostScale) -> Vec<Comparison> {
    let models = pool.models().iter().filter_map(|model| {
        let claimed = *spec.point.model_costs.get(&model.name)?;
        let found = scale.rounded(model.cost);
        Some(equal(Quantity::Cost, format!("cost of {}", model.name), claimed, found))
    });
    models.collect()
}

fn exact(spec: &Spec, tally: &Tally, scale: CostScale) -> Vec<Comparison> {
    let mut comparisons = vec![
        equal(Quantity::Share, "accuracy, tuning", spec.point.accuracy, tally.accuracy()),
        equal(
            Quantity::Cost,
            "cost, tuning",
            spec.point.cost,
            scale.mean(tally.cost, tally.samples),
        ),
        equal(
            Quantity::Cost,
            "cost, worst case",
            spec.point.worst_case_cost,
            worst_case(spec, scale),
        ),
    ];
    let fractions = tally.exit_fractions();
    for (number, (stage, found)) in spec.point.stages.iter().zip(fractions).enumerate() {
        let figure = format!("exits at stage {}, tuning", number + 1);
        comparisons.push(equal(Quantity::Share, figure, stage.exit_fraction, found));
    }
    for (number, (stage, found)) in
        spec.point.stages.iter().zip(tally.exit_accuracies()).enumerate()
    {
        if let (Some(claimed), Some(found)) = (stage.exit_accuracy, found) {
            let figure = format!("right at stage {}, tuning", number + 1);
            comparisons.push(equal(Quantity::Share, figure, claimed, found));
        }
    }
    comparisons
}

/// What all models of the cascade cost together.
fn worst_case(spec: &Spec, scale: CostScale) -> f64 {
    scale.cost(exit_costs(spec, scale).last().copied().unwrap_or(0))
}

fn exact_held(spec: &Spec, held: &Held, tally: &Tally, scale: CostScale) -> Vec<Comparison> {
    let interval = binomial_interval(tally.correct, tally.samples, 0.95);
    let mut comparisons = vec![
        equal(Quantity::Samples, "samples, held out", held.samples as f64, tally.samples as f64),
        equal(Quantity::Share, "accuracy, held out", held.accuracy, tally.accuracy()),
        near(Quantity::Share, "interval from, held out", held.accuracy_interval.0, interval.0),
        near(Quantity::Share, "interval to, held out", held.accuracy_interval.1, interval.1),
        equal(Quantity::Cost, "cost, held out", held.cost, scale.mean(tally.cost, tally.samples)),
    ];
    if let Some(claimed) = held.cost_interval {
        let exits: Vec<(Ticks, u32)> =
            exit_costs(spec, scale).into_iter().zip(tally.exits.iter().copied()).collect();
        let found = cost_interval(&exits, scale, 0.95);
        comparisons.push(near(Quantity::Cost, "cost from, held out", claimed.0, found.0));
        comparisons.push(near(Quantity::Cost, "cost to, held out", claimed.1, found.1));
    }
    comparisons
}

/// What a sample costs that exits at each stage.
fn exit_costs(spec: &Spec, scale: CostScale) -> Vec<Ticks> {
    let cost = |model: &String| spec.point.model_costs.get(model).map_or(0, |&c| scale.ticks(c));
    let stages = spec.point.stages.iter().map(|stage| stage.models.iter().map(cost).sum());
    stages
        .scan(0, |run: &mut Ticks, stage: Ticks| {
            *run = run.saturating_add(stage);
            Some(*run)
        })
        .collect()
}

fn equal(quantity: Quantity, figure: impl Into<String>, claimed: f64, found: f64) -> Comparison {
    Comparison { figure: figure.into(), quantity, claimed, found, agrees: claimed == found }
}

/// The same for figures that rest on logarithms or roots, whose last bits differ from one machine or
/// version to another, or with the models that a pool has besides.
fn near(quantity: Quantity, figure: &str, claimed: f64, found: f64) -> Comparison {
    let agrees = (claimed - found).abs() <= 1e-9 * claimed.abs().max(1e-9);
    Comparison { agrees, ..equal(quantity, figure, claimed, found) }
}

/// What speaks against the baseline of a guarantee about the best model, if anything does: it has to be
/// that on the samples `tuning`, or the one that `certify` is least certain of.
fn not_the_best(
    spec: &Spec,
    pool: &Pool,
    tuning: &[u32],
    is_hardest: impl FnOnce() -> Result<bool>,
) -> Result<Option<Comparison>> {
    let of_best = spec.guarantee.as_ref().filter(|it| it.inputs.is_empty() && it.is_about_best());
    let baseline = of_best.and_then(|guarantee| guarantee.baseline.as_deref());
    let place = |name| pool.models().iter().position(|model| model.name == name);
    let Some((name, baseline)) = baseline.and_then(|name| Some((name, place(name)?))) else {
        return Ok(None);
    };
    let free = vec![0; pool.models().len()];
    let accuracy = |model: usize| {
        let exits = replay(pool, &Cascade::single(model), &free)?;
        Ok(tally(&exits, pool.labels(), 1, tuning).accuracy())
    };
    let all: Vec<f64> = (0..pool.models().len()).map(accuracy).collect::<Result<_>>()?;
    let best = all.iter().copied().fold(0.0, f64::max);
    if all[baseline] == best || is_hardest()? {
        return Ok(None);
    }
    let figure = format!("accuracy of the best model, tuning, which {name} is not");
    Ok(Some(equal(Quantity::Share, figure, all[baseline], best)))
}

fn consistent(spec: &Spec, held: Option<&Held>, all: &Figures) -> Comparison {
    let (figure, claimed, interval) = match held {
        Some(held) => ("accuracy, held out", held.accuracy, held.accuracy_interval),
        None => {
            let samples = spec.provenance.samples;
            let correct = (spec.point.accuracy * samples as f64).round() as u32;
            ("accuracy, tuning", spec.point.accuracy, binomial_interval(correct, samples, 0.95))
        }
    };
    let figure = format!("{figure}, within its interval");
    let agrees = interval.overlaps(all.accuracy_interval);
    Comparison { agrees, ..equal(Quantity::Share, figure, claimed, all.accuracy) }
}
