//! Testing what a spec promises, or what somebody else wants of it.

use std::path::Path;

use serde::Serialize;

use super::known::{Untuned, untuned};
use super::validate::Problem;
use super::wire::{Guarantee, Spec};
use super::{Exit, replay};
use crate::cascade::{Cascade, CostScale, Ticks};
use crate::error::{Error, Result};
use crate::pool::{FreshPool, Pool};
use crate::trust::{Baseline, Claim, Evidence, Observed, Statement};

/// Whether a guarantee stood a test on other samples, or the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retest {
    /// The spec's guarantee.
    pub claimed: Guarantee,
    /// The same test on the replay's samples.
    pub found: Guarantee,
    /// How the two compare.
    pub agreement: Agreement,
}

/// What testing a guarantee again says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// On the same samples the same p-value came out.
    Reproduced,
    /// On the same samples another p-value came out.
    NotReproduced,
    /// New samples certify the statement once more, at the same error rate.
    CertifiedAgain,
    /// New samples certify neither the statement nor its opposite.
    NotContradicted,
    /// New samples certify, at the same error rate, that the statement is wrong.
    Contradicted,
}

impl Agreement {
    /// Whether the guarantee may still be true.
    pub fn agrees(self) -> bool {
        !matches!(self, Self::NotReproduced | Self::Contradicted)
    }
}

/// A statement tested for one spec.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificate {
    /// Whether it is certified: whether the p-value is at most the error rate.
    pub certified: bool,
    /// The test. Where the statement is about the best model, the baseline is the one that the cascade is
    /// least certain to come up to, or has least to spare against.
    #[serde(flatten)]
    pub test: Guarantee,
    /// Whether these samples were held out when the spec was made: those of its own pool, or of a second
    /// one that it was reported on.
    pub held_out: bool,
    /// Where it is not certified: about how many samples would do in one of two cases, if they came out as these
    /// did. Null if not even a thousand times as many would.
    pub samples_needed: Option<u64>,
}

/// Runs `spec`, which was read from `path`, on those samples of `fresh` that did not tune it, and tests
/// `claim` on them: one test. Labels are needed where the claim is about accuracy.
///
/// A statement about the best model has to hold against every single model of the pool: it is certified if it is
/// certified against each. If it is wrong, it is wrong against one of them, and that one test errs with at most the
/// error rate.
///
/// # Errors
/// [`Error::Option`] if the claim makes no sense for the pool, there are no samples to test it on, or it is
/// about cost and the pool has other costs than the spec; [`Error::NoLabels`]; [`Error::Document`] if the spec
/// does not fit the pool; and what [`Pool::read`] finds wrong.
pub fn certify(spec: &Spec, path: &Path, fresh: &FreshPool, claim: &Claim) -> Result<Certificate> {
    let pool = fresh.unlabelled();
    let Claim { statement, error_rate } = claim;
    claim.check(names(pool))?;
    let scale = pool.cost_scale();
    match statement {
        Statement::Cost { .. } => check_costs(spec, pool, scale)?,
        Statement::Accuracy { .. } | Statement::Difference { .. } if fresh.labels().is_none() => {
            return Err(pool.without_labels());
        }
        Statement::Accuracy { .. } | Statement::Difference { .. } => {}
    }
    let cascade = spec.cascade(pool, path)?;
    let Untuned { samples, inputs, stratified } = untuned(spec, fresh)?;
    let held_out = inputs.is_empty();
    if held_out {
        refuse_choosers(spec, claim)?;
    }
    let baselines: Vec<Option<usize>> = match statement {
        Statement::Difference { baseline: Baseline::Best, .. } => {
            (0..pool.models().len()).map(Some).collect()
        }
        Statement::Difference { baseline: Baseline::Model(name), .. } => vec![find(pool, name)],
        Statement::Accuracy { .. } | Statement::Cost { .. } => vec![None],
    };
    let exits = replay(pool, &cascade, &vec![0; pool.models().len()])?;
    let seen = Seen { spec, pool, exits: &exits, samples: &samples, scale };
    let (test, evidence) = hardest(seen.tests(claim, &baselines)?);
    let certified = test.p_value <= *error_rate;
    let samples_needed = if certified { None } else { evidence.samples_needed(*error_rate) };
    let test = Guarantee { inputs, stratified, ..test };
    Ok(Certificate { certified, test, held_out, samples_needed })
}

/// The samples held out from `spec` took part in choosing it if its search was asked for a guarantee: they
/// can speak for no other claim than that one, which is returned with its error rate if `statement` is another.
pub(super) fn chosen_for(spec: &Spec, statement: &str, error_rate: f64) -> Option<(String, f64)> {
    let option = |name: &str| spec.provenance.options.get(name);
    let chosen = option("guarantee")?.as_str()?;
    let least = option("error-rate").and_then(|it| it.as_f64()).unwrap_or_default();
    (chosen != statement || error_rate < least).then(|| (chosen.to_owned(), least))
}

fn refuse_choosers(spec: &Spec, claim: &Claim) -> Result<()> {
    let statement = claim.statement.to_string();
    let Some((chosen, error_rate)) = chosen_for(spec, &statement, claim.error_rate) else {
        return Ok(());
    };
    let expected = "other samples than those on which the cascade was chosen";
    let found = format!(
        "those held out, which can speak for {chosen:?} only, at an error rate of {error_rate} or more"
    );
    Err(Error::option("POOL", expected, found))
}

/// The exits are priced by the spec, so a statement about cost is one about the pool only if both have the
/// same costs, as far as `scale` tells them apart.
fn check_costs(spec: &Spec, pool: &Pool, scale: CostScale) -> Result<()> {
    for (name, &ours) in &spec.point.model_costs {
        let theirs = find(pool, name).map_or(ours, |model| pool.models()[model].cost);
        if scale.ticks(theirs) != scale.ticks(ours) {
            let expected = format!("{name} to cost {ours}, as in the spec");
            return Err(Error::option("POOL", expected, format!("a cost of {theirs}")));
        }
    }
    Ok(())
}

/// Tests the guarantee of `spec`, if it has one, on `samples`; `same` says whether they are those that it was
/// certified on.
///
/// # Errors
/// [`Error::Option`] if the model that it is about is not in the pool.
pub(super) fn retest(
    spec: &Spec,
    pool: &Pool,
    exits: &[Exit],
    samples: &[u32],
    scale: CostScale,
    same: bool,
) -> Result<Option<Retest>> {
    let Some(claimed) = &spec.guarantee else { return Ok(None) };
    let error_rate = claimed.error_rate;
    let seen = Seen { spec, pool, exits, samples, scale };
    let Again { found, opposite } = seen.again(claimed, error_rate)?;
    let agreement = if same {
        // Earlier versions wrote 0 for what no float can hold.
        let [ours, theirs] = [found.p_value, claimed.p_value].map(|p| p.max(f64::MIN_POSITIVE));
        let reproduced = found.samples == claimed.samples
            && nearly(ours, theirs)
            && nearly(found.measured, claimed.measured);
        if reproduced { Agreement::Reproduced } else { Agreement::NotReproduced }
    } else if found.p_value <= error_rate {
        Agreement::CertifiedAgain
    } else if opposite <= error_rate {
        Agreement::Contradicted
    } else {
        Agreement::NotContradicted
    };
    let found = Guarantee { stratified: same && claimed.stratified, ..found };
    Ok(Some(Retest { claimed: claimed.clone(), found, agreement }))
}

/// Whether no model of the pool makes the guarantee of `spec`, about a difference, less certain on `samples`
/// than its baseline does.
pub(super) fn is_hardest(
    spec: &Spec,
    pool: &Pool,
    exits: &[Exit],
    samples: &[u32],
    scale: CostScale,
) -> Result<bool> {
    let Some(claimed) = &spec.guarantee else { return Ok(true) };
    let Ok(statement) = claimed.statement.parse() else { return Ok(false) };
    let claim = Claim { statement, error_rate: claimed.error_rate };
    let all: Vec<Option<usize>> = (0..pool.models().len()).map(Some).collect();
    let seen = Seen { spec, pool, exits, samples, scale };
    Ok(hardest(seen.tests(&claim, &all)?).0.baseline == claimed.baseline)
}

/// How far `samples` contradict the guarantee of `spec`, if it has one: what they measure, and the
/// p-value of its opposite, which is small where the guarantee cannot be true. It can come down to
/// `error_rate`, the rate at which it is to count, and hardly further.
///
/// # Errors
/// [`Error::Option`] if the model that it is about is not in the pool.
pub fn contradiction(
    spec: &Spec,
    pool: &Pool,
    exits: &[Exit],
    samples: &[u32],
    scale: CostScale,
    error_rate: f64,
) -> Result<Option<(f64, f64)>> {
    let seen = Seen { spec, pool, exits, samples, scale };
    let again =
        spec.guarantee.as_ref().map(|claimed| seen.again(claimed, error_rate)).transpose()?;
    Ok(again.map(|Again { found, opposite }| (found.measured, opposite)))
}

/// A guarantee, tested again.
struct Again {
    found: Guarantee,
    /// The p-value of its opposite.
    opposite: f64,
}

/// Whether two figures are the same but for their last bits: logarithms differ there from one machine to
/// another, and so do sums of other terms.
fn nearly(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// The test that is least certain to be passed. Where several are as certain as can be, that is the one
/// with the least to spare; of equals the first.
fn hardest(tests: Vec<(Guarantee, Evidence)>) -> (Guarantee, Evidence) {
    let harder = |hardest: (Guarantee, Evidence), other: (Guarantee, Evidence)| {
        let (test, before) = (&other.0, &hardest.0);
        let is_harder = match nearly(test.p_value, before.p_value) {
            true => test.measured < before.measured,
            false => test.p_value > before.p_value,
        };
        if is_harder { other } else { hardest }
    };
    tests.into_iter().reduce(harder).expect("there is a baseline, or none is wanted")
}

fn tested(pool: &Pool, claim: &Claim, baseline: Option<usize>, evidence: &Evidence) -> Guarantee {
    Guarantee {
        statement: claim.statement.to_string(),
        baseline: baseline.map(|model| pool.models()[model].name.clone()),
        method: evidence.method(),
        error_rate: claim.error_rate,
        samples: evidence.samples() as usize,
        p_value: evidence.p_value(claim.error_rate),
        measured: evidence.measured(),
        inputs: vec![],
        stratified: false,
    }
}

fn names(pool: &Pool) -> impl Iterator<Item = &str> {
    pool.models().iter().map(|model| model.name.as_str())
}

fn find(pool: &Pool, name: &str) -> Option<usize> {
    names(pool).position(|known| known == name)
}

/// A replay, and the samples of it that count.
struct Seen<'a> {
    spec: &'a Spec,
    pool: &'a Pool,
    exits: &'a [Exit],
    samples: &'a [u32],
    scale: CostScale,
}

impl Seen<'_> {
    /// Tests `claim` against each of the `baselines`.
    fn tests(
        &self,
        claim: &Claim,
        baselines: &[Option<usize>],
    ) -> Result<Vec<(Guarantee, Evidence)>> {
        let test = |&baseline: &Option<usize>| {
            let evidence = self.evidence(&claim.statement, baseline)?;
            Ok((tested(self.pool, claim, baseline, &evidence), evidence))
        };
        baselines.iter().map(test).collect()
    }

    /// Tests `claimed` again; it is to count as wrong at `error_rate`.
    ///
    /// What [`certify`] found to hold against every model of a pool of its own has to hold against every
    /// model of this one. That it is wrong is then looked for in as many tests (Bonferroni).
    fn again(&self, claimed: &Guarantee, error_rate: f64) -> Result<Again> {
        let wrong = |Problem { field, expected, found }: Problem| {
            Error::option(&format!("guarantee.{field}"), expected, found)
        };
        let statement = claimed.check().map_err(wrong)?;
        let baseline = match &claimed.baseline {
            None => None,
            Some(name) => Some(find(self.pool, name).ok_or_else(|| {
                let names: Vec<&str> = names(self.pool).collect();
                let expected = format!("a model of the pool ({})", names.join(", "));
                Error::option("guarantee.baseline", expected, format!("{name:?}"))
            })?),
        };
        let is_of_all = matches!(statement, Statement::Difference { baseline: Baseline::Best, .. })
            && !claimed.inputs.is_empty();
        let baselines = match is_of_all {
            true => (0..self.pool.models().len()).map(Some).collect(),
            false => vec![baseline],
        };
        let claim = Claim { statement, error_rate: claimed.error_rate };
        let tests = self.tests(&claim, &baselines)?;
        let count = tests.len() as f64;
        // Where every sample costs just what is promised, no sample can break the statement, nor its
        // opposite: the statement holds.
        let opposites = tests.iter().map(|(test, seen)| match test.p_value {
            0.0 => 1.0,
            _ => count * seen.opposite().p_value(error_rate / count),
        });
        let opposite = opposites.fold(1.0, f64::min);
        Ok(Again { found: hardest(tests).0, opposite })
    }

    /// What the samples say for `statement`.
    fn evidence(&self, statement: &Statement, baseline: Option<usize>) -> Result<Evidence> {
        let theirs = match baseline {
            None => vec![],
            Some(model) => {
                let free = vec![0; self.pool.models().len()];
                self.right(&replay(self.pool, &Cascade::single(model), &free)?)
            }
        };
        let stages = &self.spec.point.stages;
        let mut exits = vec![0; stages.len()];
        for &sample in self.samples {
            exits[self.exits[sample as usize].stage as usize] += 1;
        }
        let costs = stages.iter().scan(0, |run, stage| {
            let costs =
                stage.models.iter().filter_map(|name| self.spec.point.model_costs.get(name));
            *run += costs.map(|&cost| self.scale.ticks(cost)).sum::<Ticks>();
            Some(self.scale.cost(*run))
        });
        let planned: Vec<f64> = stages.iter().map(|stage| stage.exit_fraction).collect();
        let seen = Observed {
            right: &self.right(self.exits),
            baseline: &theirs,
            is_baseline: baseline
                .is_some_and(|it| self.spec.point.is_only(&self.pool.models()[it].name)),
            exits: &exits,
            costs: &costs.collect::<Vec<f64>>(),
            planned: &planned,
        };
        Ok(Evidence::new(statement, &seen))
    }

    fn right(&self, exits: &[Exit]) -> Vec<bool> {
        let right = |&sample: &u32| {
            exits[sample as usize].prediction == self.pool.labels()[sample as usize]
        };
        self.samples.iter().map(right).collect()
    }
}
