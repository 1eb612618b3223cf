//! Whether samples that tuned are held out a second time, in another pool or under other ids.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::pool::Pool;
use crate::search::Scope;
use crate::signal::{SignalKey, Signals};
use crate::trust::Split;
use crate::warning::Warning;

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
    let mark = marker(pool, scope);
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

/// A warning if more than half of the samples of `pool` that `split` holds out have the label and scores of one
/// that tunes: they may be copies.
pub(super) fn copies(
    pool: &Pool,
    signals: &Signals,
    scope: &Scope,
    split: &Split,
) -> Option<Warning> {
    let mark = marker(pool, scope);
    let marks: BTreeSet<Mark> =
        split.tuning.iter().filter_map(|&sample| mark(pool, signals, sample)).collect();
    let held = split.holdout.iter().filter_map(|&sample| mark(pool, signals, sample));
    let known: Vec<bool> = held.map(|held| marks.contains(&held)).collect();
    let copies = most_of(&known)?;
    Some(Warning::Copies { copies, held_out: split.holdout.len() })
}

/// What tells samples apart; none where nothing does.
fn marker<'a>(
    pool: &Pool,
    scope: &'a Scope,
) -> impl Fn(&Pool, &Signals, u32) -> Option<Mark> + use<'a> {
    let keys: Vec<SignalKey> = (0..pool.models().len()).map(|it| scope.single_key(it)).collect();
    move |pool, signals, sample| {
        let alone = keys.iter().filter_map(|key| signals.get(key));
        let scores: Vec<f32> = alone.map(|signal| signal.confidence[sample as usize]).collect();
        // At an end of the scale many samples have the same confidence.
        let is_telling = scores.iter().any(|score| *score != 0.0 && score.abs() != 1.0);
        let bits = scores.into_iter().map(f32::to_bits).collect();
        is_telling.then(|| (pool.labels()[sample as usize], bits))
    }
}

/// How many of `same` are, if that is more than half.
fn most_of(same: &[bool]) -> Option<usize> {
    let count = same.iter().filter(|same| **same).count();
    (2 * count > same.len()).then_some(count)
}

/// Fails if more than half of `same` are.
fn refuse(same: &[bool], other: &Pool, what: &str) -> Result<()> {
    let Some(count) = most_of(same) else { return Ok(()) };
    let found = format!("{count} of {} that did: same {what}", other.samples());
    Err(Error::option("--holdout-pool", "samples that did not tune", found))
}
