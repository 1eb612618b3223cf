//! Whether a deployed cascade still does on fresh samples what its spec says.

mod finding;
mod reference;

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

pub use finding::{Finding, Subject};
pub use reference::Reference;

use crate::cascade::{Cascade, CostScale};
use crate::error::{Error, Result};
use crate::expected;
use crate::pool::{FreshPool, InputFile};
use crate::signal::{Mixes, SignalKey, Signals};
use crate::spec::wire::{Guarantee, Spec};
use crate::spec::{arrivals, contradiction, replay};
use crate::trust::{Interval, binomial_interval, holm};
use finding::Tested;

/// What fresh samples say of a spec.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checkup {
    /// Number of fresh samples.
    pub samples: usize,
    /// Share of right answers; `None` without labels.
    pub accuracy: Option<f64>,
    /// Exact 95 % interval of the accuracy.
    pub accuracy_interval: Option<Interval>,
    /// Mean cost of a sample, at the spec's prices.
    pub cost: f64,
    /// Share of the samples that exit at each stage.
    pub exit_fractions: Vec<f64>,
    /// What the fresh samples were held against.
    pub reference: Reference,
    /// Whether some fresh files are, byte for byte, ones that the spec was made from.
    pub seen_before: bool,
    /// Test by test.
    pub findings: Vec<Finding>,
    /// Models whose cost in the pool is not that of the spec.
    pub repriced: Vec<Repriced>,
    /// The probability that any test calls unchanged samples drifted, at most.
    pub error_rate: f64,
    /// Whether anything differs by more than chance explains, or a cost changed.
    pub drifted: bool,
}

/// A model whose cost changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repriced {
    /// Its name.
    pub model: String,
    /// Its cost in the spec.
    pub claimed: f64,
    /// Its cost in the pool.
    pub found: f64,
}

/// What a cascade did on fresh samples, counted.
struct Fresh {
    /// Per stage the confidences of the samples that came to it.
    confidences: Vec<Vec<f32>>,
    /// Per stage how many samples exit there.
    exits: Vec<u32>,
    /// How many are right; `None` without labels.
    right: Option<u32>,
}

/// Runs `spec`, which was read from `path`, on fresh samples and tests whether accuracy (where there
/// are labels), cost, exit shares and confidences are those that it claims. Several tests are
/// corrected for their number by Holm's method: with probability `1 - error_rate` at least, samples
/// from an unchanged source are not called drifted.
///
/// # Errors
/// [`Error::Option`] for an `error_rate` that is not between 0 and 1, [`Error::Document`] if the
/// spec does not fit the pool, and what [`Pool::read`](crate::pool::Pool::read) finds wrong.
pub fn check(spec: &Spec, path: &Path, pool: &FreshPool, error_rate: f64) -> Result<Checkup> {
    if !(error_rate > 0.0 && error_rate < 1.0) {
        return Err(Error::option("--error-rate", expected::CHECK_ERROR_RATE, error_rate));
    }
    let cascade = spec.cascade(pool.unlabelled(), path)?;
    let fresh = Fresh::run(pool, &cascade)?;
    let reference = Reference::of(spec);
    let costs = exit_costs(spec);
    let mut tested = finding::test_all(spec, &reference, &fresh, &costs);
    // The least rate that Holm may compare its p-value with.
    let least = error_rate / (tested.len() + 1) as f64;
    tested.extend(guarantee(spec, pool, &cascade, least)?);
    let adjusted = holm(&tested.iter().map(|tested| tested.test.p_value).collect::<Vec<_>>());
    let finding = |(tested, adjusted): (Tested, f64)| tested.judged(adjusted, error_rate);
    let findings: Vec<Finding> = tested.into_iter().zip(adjusted).map(finding).collect();
    let repriced = repriced(spec, pool);
    let samples = pool.unlabelled().samples();
    let total: f64 = fresh.exits.iter().zip(&costs).map(|(&n, cost)| f64::from(n) * cost).sum();
    Ok(Checkup {
        samples,
        accuracy: fresh.right.map(|right| f64::from(right) / samples as f64),
        accuracy_interval: fresh.right.map(|right| binomial_interval(right, samples, 0.95)),
        cost: total / samples as f64,
        exit_fractions: fresh.exits.iter().map(|&n| f64::from(n) / samples as f64).collect(),
        reference,
        seen_before: seen_before(spec, pool)?,
        drifted: !repriced.is_empty() || findings.iter().any(|finding| finding.drifted),
        findings,
        repriced,
        error_rate,
    })
}

/// The guarantee of `spec` tested again, where there are one, labels unless it is about cost, and the model that
/// it is about.
fn guarantee(
    spec: &Spec,
    pool: &FreshPool,
    cascade: &Cascade,
    error_rate: f64,
) -> Result<Option<Tested>> {
    let can_test = |it: &&Guarantee| pool.labels().is_some() || it.needs_no_labels();
    let Some(guarantee) = spec.guarantee.as_ref().filter(can_test) else { return Ok(None) };
    let pool = pool.unlabelled();
    let is_there = |name: &String| pool.models().iter().any(|model| model.name == *name);
    if !guarantee.baseline.as_ref().is_none_or(is_there) {
        return Ok(None);
    }
    let scale = CostScale::new(&prices(spec), pool.samples());
    let free = vec![0; pool.models().len()];
    let exits = replay(pool, cascade, &free)?;
    let samples: Vec<u32> = (0..pool.samples() as u32).collect();
    let found = contradiction(spec, pool, &exits, &samples, scale, error_rate)?;
    Ok(found.map(|(measured, p_value)| Tested::of_guarantee(guarantee.measured, measured, p_value)))
}

fn prices(spec: &Spec) -> Vec<f64> {
    spec.point.model_costs.values().copied().collect()
}

impl Fresh {
    fn run(pool: &FreshPool, cascade: &Cascade) -> Result<Self> {
        let samples: Vec<u32> = (0..pool.unlabelled().samples() as u32).collect();
        let (keys, mixes) = (SignalKey::along(cascade), Mixes::along(cascade));
        let signals = Signals::compute_mixed(pool.unlabelled(), keys, &mixes, |_| {})?;
        let computed = "the signals along a cascade are those that it needs";
        let arrived = arrivals(&signals, cascade, &samples).expect(computed);
        let along = signals.along(cascade).expect(computed);
        let mut fresh = Self { confidences: vec![], exits: vec![], right: None };
        let mut right = 0;
        for (number, (here, signal)) in arrived.iter().zip(along).enumerate() {
            // Both ascend.
            let went_on = arrived.get(number + 1).map_or(&[][..], Vec::as_slice);
            let exits = here.iter().filter(|sample| went_on.binary_search(sample).is_err());
            right += exits.filter(|&&sample| signal.right[sample as usize]).count() as u32;
            fresh.exits.push((here.len() - went_on.len()) as u32);
            let confidence = |&sample: &u32| signal.confidence[sample as usize];
            fresh.confidences.push(here.iter().map(confidence).collect());
        }
        fresh.right = pool.labels().map(|_| right);
        Ok(fresh)
    }
}

/// What a sample that exits at each stage costs, in the spec's unit.
fn exit_costs(spec: &Spec) -> Vec<f64> {
    let scale = CostScale::new(&prices(spec), 1);
    let price = |model: &String| scale.ticks(spec.point.model_costs[model]);
    let run = spec.point.stages.iter().scan(0, |run, stage| {
        *run += stage.models.iter().map(price).sum::<u64>();
        Some(scale.cost(*run))
    });
    run.collect()
}

/// The models of `spec` that cost something else in `pool`, beyond the last digits of a spec.
fn repriced(spec: &Spec, pool: &FreshPool) -> Vec<Repriced> {
    let models = pool.unlabelled().models().iter().filter_map(|model| {
        let claimed = *spec.point.model_costs.get(&model.name)?;
        let differs = (claimed - model.cost).abs() > 1e-9 * claimed.max(model.cost);
        differs.then(|| Repriced { model: model.name.clone(), claimed, found: model.cost })
    });
    models.collect()
}

fn seen_before(spec: &Spec, pool: &FreshPool) -> Result<bool> {
    let known: BTreeSet<&str> = spec.provenance.inputs.iter().map(|i| i.sha256.as_str()).collect();
    let models = pool.unlabelled().models().iter().map(|model| &model.predictions);
    let models: BTreeSet<_> = models.collect();
    let is_known =
        |file: &InputFile| models.contains(&file.path) && known.contains(file.sha256.as_str());
    Ok(pool.unlabelled().inputs()?.iter().any(is_known))
}
