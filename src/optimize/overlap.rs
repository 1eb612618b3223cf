//! Whether samples that tuned are held out a second time, in another pool.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::pool::Pool;
use crate::search::Scope;
use crate::signal::{Signal, SignalKey, Signals};

/// Fails where `other` holds samples of `pool` that tuned. Ids alone do not say so: two pools may both
/// count from 0. But if more than half of the samples with the id of one that tuned also have its
/// label and, to the bit, every model's confidence in it, they are the same.
///
/// # Errors
/// [`Error::Option`], with how many there are.
pub(super) fn check<'a>(
    (pool, signals): (&Pool, &'a Signals),
    (other, others): (&Pool, &'a Signals),
    scope: &Scope,
    tuning: &[u32],
) -> Result<()> {
    let tuned: BTreeSet<u32> = tuning.iter().copied().collect();
    let keys: Vec<SignalKey> = (0..pool.models().len()).map(|it| scope.single_key(it)).collect();
    let alone = |signals: &'a Signals| keys.iter().filter_map(|key| signals.get(key)).collect();
    let (ours, theirs): (Vec<&Signal>, Vec<&Signal>) = (alone(signals), alone(others));
    let mut of_one_name = pool.ids().shared(other.ids());
    of_one_name.retain(|(sample, _)| tuned.contains(sample));
    // At an end of the scale many samples have the same confidence.
    let is_telling = |confidence: f32| confidence != 0.0 && confidence.abs() != 1.0;
    of_one_name.retain(|&(sample, _)| {
        ours.iter().any(|signal| is_telling(signal.confidence[sample as usize]))
    });
    let is_same = |&&(sample, again): &&(u32, u32)| {
        let (sample, again) = (sample as usize, again as usize);
        let mut models = ours.iter().zip(&theirs);
        pool.labels()[sample] == other.labels()[again]
            && models.all(|(a, b)| a.confidence[sample].to_bits() == b.confidence[again].to_bits())
    };
    let same = of_one_name.iter().filter(is_same).count();
    if 2 * same > of_one_name.len() {
        let found = format!("{same} of {} that did: same id, label and scores", other.samples());
        return Err(Error::option("--holdout-pool", "samples that did not tune", found));
    }
    Ok(())
}
