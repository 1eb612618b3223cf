//! The temperature that makes labels likeliest.

use argmin::core::{CostFunction, Error, Executor};
use argmin::solver::brent::BrentRoot;

use super::likelihood::{Likelihood, tempered};
use super::sample::Sample;
use crate::cascade::ModelId;
use crate::signal::kernel::Lanes;
use crate::signal::math::inverse;

/// A model's temperature lies within these: logits may be similarities or energies.
pub(crate) const OF_MODEL: (f64, f64) = (1e-3, 1e3);

/// A committee's lies within these: its models have had theirs.
pub(crate) const OF_COMMITTEE: (f64, f64) = (0.1, 10.0);

/// To which the logarithm of a temperature is found.
const TOLERANCE: f64 = 1e-4;

/// Steps of the search for it, at most.
const STEPS: u64 = 60;

/// The temperature of a model.
pub(super) fn of_model(sample: &Sample, model: ModelId) -> f64 {
    fit(sample, sample.logits(model), OF_MODEL)
}

/// The temperature of a committee, given the table of its logits.
pub(super) fn of_committee(sample: &Sample, logits: &[Lanes]) -> f64 {
    fit(sample, logits, OF_COMMITTEE)
}

/// The temperature from `low` to `high` with the least negative log-likelihood, to four digits; 1 if
/// that is no worse.
///
/// In the inverse temperature the negative log-likelihood is convex, so its slope changes sign once:
/// Brent's method finds where.
fn fit(sample: &Sample, logits: &[Lanes], (low, high): (f64, f64)) -> f64 {
    let at = |temperature: f64| tempered(sample, logits, inverse(temperature));
    let raw = at(1.0);
    let (low, high, limit) =
        if raw.slope < 0.0 { (0.0, high.ln(), high) } else { (low.ln(), 0.0, low) };
    let solver = BrentRoot::new(low, high, TOLERANCE);
    let found = Executor::new(Slope(at), solver)
        .configure(|state| state.max_iters(STEPS))
        .timer(false)
        .run();
    // Without a change of sign there is an error: the likelihood rises up to the limit.
    let best = found.ok().and_then(|found| found.state.best_param);
    let best = rounded(best.map_or(limit, f64::exp));
    if at(best).negative_log < raw.negative_log { best } else { 1.0 }
}

/// The slope of the negative log-likelihood at the logarithm of a temperature.
struct Slope<F>(F);

impl<F: Fn(f64) -> Likelihood> CostFunction for Slope<F> {
    type Param = f64;
    type Output = f64;

    fn cost(&self, log_temperature: &f64) -> Result<f64, Error> {
        Ok((self.0)(log_temperature.exp()).slope)
    }
}

/// To four digits: more say nothing, and fewer are easier to read.
fn rounded(temperature: f64) -> f64 {
    format!("{temperature:.3e}").parse().unwrap_or(temperature)
}
