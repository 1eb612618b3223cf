//! Which cascade of a frontier a guarantee can be given for.

use super::side::{Run, Side};
use super::{NoChoice, Settings};
use crate::cascade::Cascade;
use crate::error::{Error, Result};
use crate::frontier::{self, Limits, Merit, Single, best_single};
use crate::pool::Pool;
use crate::search::Found;
use crate::signal::SignalKey;
use crate::spec::wire::{Certification, Guarantee};
use crate::trust::{
    Baseline, Claim, Evidence, Holdout, Observed, Statement, Tested, fixed_sequence,
};

/// Sees that the guarantee that is asked for, if one is, can be tested; `held_out` samples of `pool` are
/// held out.
///
/// # Errors
/// [`Error::Option`].
pub(super) fn check(settings: &Settings, pool: &Pool, held_out: usize) -> Result<()> {
    let Some(claim) = &settings.guarantee else { return Ok(()) };
    claim.check(pool.models().iter().map(|model| model.name.as_str()))?;
    let found = match settings.holdout {
        Holdout::Pool(_) => return Ok(()),
        // Every sample tuned the cascades of the frontier.
        Holdout::Folds(_) => "--folds, which tunes on all samples",
        _ if held_out == 0 => "no sample held out",
        _ => return Ok(()),
    };
    Err(Error::option("--guarantee", "held-out samples to test it on", found))
}

/// The signals that the guarantee needs beside those of the search: the single models' answers.
pub(super) fn signal_keys(settings: &Settings, pool: &Pool) -> Vec<SignalKey> {
    match settings.guarantee.as_ref().map(|claim| &claim.statement) {
        Some(Statement::Difference { .. }) => {
            let cascades = (0..pool.models().len()).map(Cascade::single);
            let key =
                |c: Cascade| SignalKey::new(c.aggregation, c.confidence, c.committees().remove(0));
            cascades.map(key).collect()
        }
        _ => vec![],
    }
}

/// The model that a statement is about: the one it names, or the best of `singles` on the tuning
/// samples.
pub(super) fn baseline(statement: &Statement, singles: &[Single<'_>]) -> Option<usize> {
    match statement {
        Statement::Difference { baseline: Baseline::Best, .. } => best_single(singles, None),
        Statement::Difference { baseline: Baseline::Model(name), .. } => {
            singles.iter().position(|single| single.name == name)
        }
        Statement::Accuracy { .. } | Statement::Cost { .. } => None,
    }
}

/// Tests `claim` on the samples of `held`, for those cascades of the frontier that keep to `limits`. What is
/// tested and in which order depends on tuning samples only, as the merits and the `baseline` do. Gives the
/// cheapest that was certified (of costs the dearest), and how that went if it came to a test.
pub(super) fn choose(
    tuning: &Side<'_>,
    held: &Side<'_>,
    (found, merits): (&[Found], &[Merit]),
    limits: &Limits,
    claim: &Claim,
    baseline: Option<(&str, usize)>,
) -> (Result<usize, NoChoice>, Option<Certification>) {
    let Claim { statement, error_rate } = claim;
    let theirs = baseline.map(|(_, model)| held.run(&Cascade::single(model)).right);
    let candidates: Vec<usize> = (0..found.len()).filter(|&at| limits.allow(&merits[at])).collect();
    if candidates.is_empty() {
        let unmet = frontier::choose(merits, limits).map_err(NoChoice::Unmet);
        return (unmet, None);
    }
    let evidence = |at: usize| {
        let Run { right, exits, .. } = held.run(&found[at].cascade);
        let (costs, exits): (Vec<f64>, Vec<u64>) =
            exits.iter().map(|&(cost, exits)| (held.scale.cost(cost), u64::from(exits))).unzip();
        let seen = Observed {
            right: &right,
            baseline: theirs.as_deref().unwrap_or_default(),
            is_baseline: baseline.is_some_and(|(_, model)| found[at].cascade.is_single(model)),
            exits: &exits,
            costs: &costs,
            planned: &tuning.run(&found[at].cascade).tally.exit_fractions(),
        };
        Evidence::new(statement, &seen)
    };
    let mut sequence = fixed_sequence(statement, *error_rate, &candidates, &evidence);
    // A model is as accurate as itself whatever is seen: it needs no place in the sequence.
    let itself = baseline.filter(|_| statement.holds_for_its_baseline());
    let itself = itself.and_then(|(_, model)| {
        candidates.iter().copied().find(|&at| found[at].cascade.is_single(model))
    });
    let beats = |at: &usize| sequence.certified.as_ref().is_none_or(|test| *at < test.candidate);
    if let Some(candidate) = itself.filter(beats) {
        let evidence = evidence(candidate);
        let p_value = evidence.p_value(*error_rate);
        sequence.certified = Some(Tested { candidate, evidence, p_value });
    }
    let result = |test: &Tested| Guarantee {
        statement: statement.to_string(),
        baseline: baseline.map(|(name, _)| name.to_owned()),
        method: test.evidence.method(),
        error_rate: *error_rate,
        samples: test.evidence.samples() as usize,
        p_value: test.p_value,
        measured: test.evidence.measured(),
        inputs: vec![],
        // Nobody looks at labels to draw samples for a guarantee.
        stratified: false,
    };
    let certification = Certification {
        candidates: candidates.len(),
        tested: sequence.tested,
        certified: sequence.certified.as_ref().map(result),
        failed: sequence.failed.as_ref().map(result),
        samples_needed: match &sequence.failed {
            Some(failed) if sequence.certified.is_none() => {
                failed.evidence.samples_needed(*error_rate)
            }
            _ => None,
        },
    };
    let chosen = sequence.certified.map(|test| test.candidate).ok_or(NoChoice::NotCertified);
    (chosen, Some(certification))
}
