//! Temperatures and weights, fitted to the tuning samples.
//!
//! Each is what makes the *negative log-likelihood* of the samples' labels least: the mean over
//! samples of minus the logarithm of the label's probability, in nats. A temperature is kept only
//! where it lowers it, and so are weights other than equal ones.

mod likelihood;
mod sample;
mod temperature;
mod weights;

use rayon::prelude::*;

use crate::cascade::Fit;
use crate::error::Result;
use crate::pool::Pool;
use crate::signal::{Fitted, Mixes, SignalKey};
use sample::Sample;
pub(crate) use temperature::{
    OF_COMMITTEE as COMMITTEE_TEMPERATURES, OF_MODEL as MODEL_TEMPERATURES,
};

/// What was fitted, and on how many samples.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calibration {
    /// For every committee that was asked for.
    pub mixes: Mixes,
    /// Number of tuning samples that were looked at.
    pub samples: usize,
}

/// Fits whatever the signals of `keys` need, looking at no other samples of `pool` than `tuning`
/// (canonical positions): at most 4,000 of them, and fewer where a model has more than 2^20 scores
/// on so many, but never fewer than 500. Which ones, `seed` says. The pool is read once, and not at
/// all if there is nothing to fit. `on_chunk` is told the number of samples of each chunk that is
/// done.
///
/// First each model gets its temperature; then each committee its weights, of models at their
/// temperatures where these are fitted too; then its own temperature.
///
/// # Errors
/// What [`Pool::read`] finds wrong.
pub fn calibrate(
    pool: &Pool,
    keys: &[SignalKey],
    tuning: &[u32],
    seed: u64,
    on_chunk: impl Fn(usize) + Sync,
) -> Result<Calibration> {
    let mut keys: Vec<&SignalKey> = keys.iter().filter(|key| key.fit() != Fit::RAW).collect();
    keys.sort_by_key(|key| key.mix());
    keys.dedup_by_key(|key| key.mix());
    if keys.is_empty() {
        return Ok(Calibration::default());
    }
    let sample = Sample::read(pool, tuning, seed, on_chunk)?;
    let temperatures: Vec<f64> = if keys.iter().any(|key| key.fit().temperature) {
        let of_model = |model| temperature::of_model(&sample, model);
        (0..pool.models().len()).into_par_iter().map(of_model).collect()
    } else {
        vec![]
    };
    let tempered = (!temperatures.is_empty()).then(|| sample.tempered(&temperatures));
    keys.retain(|key| key.committee().len() > 1);
    let fit = |key: &&SignalKey| match &tempered {
        Some(tempered) if key.fit().temperature => fitted(tempered, key),
        _ => fitted(&sample, key),
    };
    let fitted: Vec<Fitted> = keys.par_iter().map(fit).collect();
    let mut mixes = Mixes::new(temperatures);
    for (key, fitted) in keys.into_iter().zip(fitted) {
        mixes.insert(key, fitted);
    }
    Ok(Calibration { mixes, samples: sample.len() })
}

fn fitted(sample: &Sample, key: &SignalKey) -> Fitted {
    let (aggregation, fit, committee) = key.mix();
    let models = committee.models();
    let weights = fit.weights.then(|| weights::of_committee(sample, aggregation, models));
    let temperature = fit.temperature.then(|| {
        let equal = weights::equal(models.len());
        let weights = weights.as_ref().unwrap_or(&equal);
        temperature::of_committee(sample, &sample.mean(aggregation, models, weights))
    });
    Fitted { weights, temperature }
}
