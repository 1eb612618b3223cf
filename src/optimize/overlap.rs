//! Whether samples that tuned are held out a second time, in another pool.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::pool::Pool;
use crate::search::Scope;
use crate::signal::{SignalKey, Signals};

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
    let keys: Vec<SignalKey> = (0..pool.models().len()).map(|it| scope.single_key(it)).collect();
    let mark = |pool: &Pool, signals: &Signals, sample: u32| -> Option<Mark> {
        let alone = keys.iter().filter_map(|key| signals.get(key));
        let scores: Vec<f32> = alone.map(|signal| signal.confidence[sample as usize]).collect();
        // At an end of the scale many samples have the same confidence.
        let is_telling = scores.iter().any(|score| *score != 0.0 && score.abs() != 1.0);
        let bits = scores.into_iter().map(f32::to_bits).collect();
        is_telling.then(|| (pool.labels()[sample as usize], bits))
    };
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

/// Fails if more than half of `same` are.
fn refuse(same: &[bool], other: &Pool, what: &str) -> Result<()> {
    let count = same.iter().filter(|same| **same).count();
    if 2 * count <= same.len() {
        return Ok(());
    }
    let found = format!("{count} of {} that did: same {what}", other.samples());
    Err(Error::option("--holdout-pool", "samples that did not tune", found))
}
