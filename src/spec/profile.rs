//! What a cascade did, stage by stage, so that fresh samples can be held against it.

use std::path::Path;

use super::known::Known;
use super::wire::{Part, Profile, Spec, StageProfile};
use crate::cascade::Cascade;
use crate::error::{Error, Result};
use crate::pool::Pool;
use crate::search::Gate;
use crate::signal::{Mixes, SignalKey, Signals};
use crate::trust::Split;

/// Cuts of a stage, at most: confidences are compared at every 32nd part of the samples.
const CUTS: usize = 31;

impl Profile {
    /// The profile of `cascade` on `samples` (canonical positions), which are the `part` of the
    /// spec's own. `None` if a signal that the cascade needs was not computed.
    pub fn measure(
        signals: &Signals,
        cascade: &Cascade,
        part: Part,
        samples: &[u32],
    ) -> Option<Self> {
        let arrived = arrivals(signals, cascade, samples)?.into_iter();
        let stages = arrived.zip(signals.along(cascade)?).zip(cascade.committees());
        let stages = stages.map(|((here, signal), committee)| {
            // Cut where thresholds may lie, a profile is as safe from rounding as the gates are.
            let gate = Gate::new(committee, signal, &here);
            let levels = gate.levels(CUTS);
            let below = |&level: &u32| gate.ranks.iter().filter(|&&rank| rank < level).count();
            StageProfile {
                samples: here.len() as u32,
                cuts: levels.iter().map(|&level| gate.thresholds[level as usize - 1]).collect(),
                below: levels.iter().map(|level| below(level) as u32).collect(),
            }
        });
        Some(Self { part, stages: stages.collect() })
    }

    /// The profile of `spec`, which comes from `path`, on the pool that it was made from: on the
    /// held-out samples if there are any, else on those that tuned. On the second pool that it was
    /// reported on, on all of its samples.
    ///
    /// # Errors
    /// [`Error::OtherInputs`] if `pool` has other files than `spec` was made from,
    /// [`Error::Document`] if it does not fit, and what [`Pool::read`] finds wrong.
    pub fn of(spec: &Spec, path: &Path, pool: &Pool) -> Result<Self> {
        let known = Known::of(spec, pool, &pool.inputs()?);
        let split = match known {
            Known::Tuning => spec.provenance.split.split(pool)?,
            Known::Holdout => Split::all(pool.samples()),
            Known::No => return Err(Error::OtherInputs { path: path.to_owned() }),
        };
        let (part, samples) = match (known, split.holdout.is_empty()) {
            (Known::Holdout, _) => (Part::Holdout, &split.tuning),
            (_, false) => (Part::Holdout, &split.holdout),
            (_, true) => (Part::Tuning, &split.tuning),
        };
        let cascade = spec.cascade(pool, path)?;
        let (keys, mixes) = (SignalKey::along(&cascade), Mixes::along(&cascade));
        let signals = Signals::compute_mixed(pool, keys, &mixes, |_| {})?;
        let profile = Self::measure(&signals, &cascade, part, samples);
        Ok(profile.expect("the signals along a cascade are those that it needs"))
    }

    /// How many samples exit at each stage.
    pub fn exits(&self) -> Vec<u32> {
        let came = self.stages.iter().map(|stage| stage.samples);
        let went_on = came.clone().skip(1).chain([0]);
        came.zip(went_on).map(|(came, went_on)| came.saturating_sub(went_on)).collect()
    }
}

/// For each stage of `cascade`, which of `samples` (canonical positions) come to it. `None` if a
/// signal that the cascade needs was not computed.
pub fn arrivals(signals: &Signals, cascade: &Cascade, samples: &[u32]) -> Option<Vec<Vec<u32>>> {
    let mut here = samples.to_vec();
    let mut arrivals = Vec::with_capacity(cascade.stages.len());
    for (stage, signal) in cascade.stages.iter().zip(signals.along(cascade)?) {
        let exits = |sample: u32| {
            let confidence = f64::from(signal.confidence[sample as usize]);
            stage.threshold.is_none_or(|threshold| confidence >= threshold)
        };
        let stay = here.iter().copied().filter(|&sample| !exits(sample)).collect();
        arrivals.push(std::mem::replace(&mut here, stay));
    }
    Some(arrivals)
}
