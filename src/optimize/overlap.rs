//! Whether samples that tuned are held out a second time, in another pool or under other ids.

use std::collections::BTreeSet;

use crate::cascade::ConfidenceMeasure;
use crate::error::{Error, Result};
use crate::pool::Pool;
use crate::search::Scope;
use crate::signal::{SignalKey, Signals};
use crate::warning::Warning;

/// Share of samples that may be copies by chance or by a slip.
const FEW: f64 = 0.05;

/// What is known of a sample: its label and, to the bit, every model's confidence in it.
type Mark = (u32, Vec<u32>);

/// Fails where `other` holds samples of `pool` that tuned: of the samples with the id of one that tuned more
/// than half have its label and scores too, or of all samples more than half have those of one that tuned,
/// whatever their ids. Fewer may be chance: two pools may both count from 0, and coarse scores coincide.
///
/// # Errors
/// [`Error::Option`], with how many there are.
pub(super) fn check(
    (pool, signals): (&Pool, &Signals),
    (other, others): (&Pool, &Signals),
    scope: &Scope,
    tuning: &[u32],
) -> Result<()> {
    // At an end of the scale many samples have the same confidence.
    let mark = marker(pool, scope, |_, score| score != 0.0 && score.abs() != 1.0);
    let tuned: BTreeSet<u32> = tuning.iter().copied().collect();
    let mut of_one_name = pool.ids().shared(other.ids());
    of_one_name.retain(|(sample, _)| tuned.contains(sample));
    let pairs = of_one_name
        .iter()
        .filter_map(|&(sample, again)| Some((mark(pool, signals, sample)?, again)));
    let pairs: Vec<bool> =
        pairs.map(|(mine, again)| mark(other, others, again) == Some(mine)).collect();
    refuse(&pairs, other, "id, label and scores")?;

    let marks: BTreeSet<Mark> =
        tuning.iter().filter_map(|&sample| mark(pool, signals, sample)).collect();
    let theirs = (0..other.samples() as u32).filter_map(|sample| mark(other, others, sample));
    let known: Vec<bool> = theirs.map(|theirs| marks.contains(&theirs)).collect();
    refuse(&known, other, "label and scores, under other ids")
}

/// A warning if many samples that are held out, those `held` whose scores tell them apart, have the label and
/// scores of one that `tuned` or of another that is held out: they may be copies.
pub(super) fn copies(
    (pool, signals, tuned): (&Pool, &Signals, &[u32]),
    (other, others, held): (&Pool, &Signals, &[u32]),
    scope: &Scope,
) -> Option<Warning> {
    let mark = marker(pool, scope, tells);
    let marks: BTreeSet<Mark> =
        tuned.iter().filter_map(|&sample| mark(pool, signals, sample)).collect();
    let mut seen = BTreeSet::new();
    let (mut told_apart, mut of_tuned, mut of_held) = (0, 0, 0);
    for theirs in held.iter().filter_map(|&sample| mark(other, others, sample)) {
        told_apart += 1;
        of_tuned += usize::from(marks.contains(&theirs));
        of_held += usize::from(!seen.insert(theirs));
    }
    let is_many = |copies: &usize| *copies > 2 && *copies as f64 > FEW * f64::from(told_apart);
    let [of_tuned, of_held] = [of_tuned, of_held].map(|copies| Some(copies).filter(is_many));
    let any = of_tuned.or(of_held).is_some();
    any.then_some(Warning::Copies { of_tuned, of_held, told_apart })
}

/// What tells samples apart; none where no confidence `tells`.
fn marker<'a>(
    pool: &Pool,
    scope: &'a Scope,
    tells: fn(ConfidenceMeasure, f32) -> bool,
) -> impl Fn(&Pool, &Signals, u32) -> Option<Mark> + use<'a> {
    let keys: Vec<SignalKey> = (0..pool.models().len()).map(|it| scope.single_key(it)).collect();
    move |pool, signals, sample| {
        let alone = keys.iter().filter_map(|key| signals.get(key));
        let scores: Vec<f32> = alone.map(|signal| signal.confidence[sample as usize]).collect();
        let is_telling = scores.iter().any(|score| tells(scope.confidences[0], *score));
        let bits = scores.into_iter().map(f32::to_bits).collect();
        is_telling.then(|| (pool.labels()[sample as usize], bits))
    }
}

/// Whether a confidence tells its sample from all others: near the ends of most scales a few are the same.
fn tells(measure: ConfidenceMeasure, score: f32) -> bool {
    match measure {
        ConfidenceMeasure::MaxProb | ConfidenceMeasure::Margin => (0.01..0.99).contains(&score),
        ConfidenceMeasure::Entropy => score < -0.01,
        ConfidenceMeasure::LogitMargin => score != 0.0,
    }
}

/// Fails if more than half of `same` are.
fn refuse(same: &[bool], other: &Pool, what: &str) -> Result<()> {
    let count = same.iter().filter(|same| **same).count();
    if 2 * count <= same.len() {
        return Ok(());
    }
    let found = format!("{count} of {} that did: same {what}", other.samples());
    Err(Error::option("--holdout-pool", "samples that did not tune", found))
}
