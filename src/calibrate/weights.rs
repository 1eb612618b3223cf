//! The weights that make labels likeliest.

use std::cell::RefCell;

use argmin::core::{CostFunction, Error, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

use super::likelihood::{of_weighted_logits, of_weighted_probabilities};
use super::sample::Sample;
use crate::cascade::{Aggregation, ModelId};

/// Weights are whole multiples of one over this: more digits say nothing.
const PARTS: f64 = 10_000.0;

/// Change of the negative log-likelihood from step to step, in nats, and size of its gradient, at
/// which it counts as least.
const CHANGE: f64 = 1e-9;
const GRADIENT: f64 = 1e-6;

/// Steps of the search, and vectors that it keeps of them, at most.
const STEPS: u64 = 60;
const HISTORY: usize = 7;

/// Values of the likelihood that a search may ask for.
const EVALUATIONS: usize = 200;

/// The same weight for each of `models` models.
pub(super) fn equal(models: usize) -> Vec<f64> {
    vec![1.0 / models as f64; models]
}

/// The weights of the committee of `models`, at least 0 and 1 in sum.
pub(super) fn of_committee(
    sample: &Sample,
    aggregation: Aggregation,
    models: &[ModelId],
) -> Vec<f64> {
    match aggregation {
        Aggregation::MeanLogits | Aggregation::Last => {
            fit(models.len(), |weights| of_weighted_logits(sample, models, weights))
        }
        Aggregation::MeanProbs => {
            let of_labels: Vec<_> = models.iter().map(|&model| sample.of_labels(model)).collect();
            fit(models.len(), |weights| of_weighted_probabilities(&of_labels, weights))
        }
    }
}

/// The weights with the least `objective`, which gives a value and its derivatives; equal ones if
/// these are no worse.
///
/// They are the softmax of parameters that L-BFGS is free to choose, starting from equal weights.
pub(super) fn fit(models: usize, objective: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> Vec<f64> {
    let seen = RefCell::new(Seen::default());
    let line_search = MoreThuenteLineSearch::new();
    let solver = LBFGS::new(line_search, HISTORY)
        .with_tolerance_grad(GRADIENT)
        .and_then(|solver| solver.with_tolerance_cost(CHANGE))
        .expect("tolerances are above 0");
    let simplex = Simplex { objective: &objective, seen: &seen };
    // Whatever ends the search, the best weights that were looked at count.
    let _ = Executor::new(simplex, solver)
        .configure(|state| state.param(vec![0.0; models]).max_iters(STEPS))
        .timer(false)
        .run();
    let equal = equal(models);
    let found = rounded(&seen.into_inner().best.map_or_else(|| equal.clone(), |(_, best)| best));
    if objective(&found).0 < objective(&equal).0 { found } else { equal }
}

/// What a search has looked at.
#[derive(Default)]
struct Seen {
    evaluations: usize,
    /// The last parameters, and value and gradient there: both are asked for one after the other.
    last: Option<(Vec<f64>, f64, Vec<f64>)>,
    /// The least value, and the weights that have it.
    best: Option<(f64, Vec<f64>)>,
}

/// An objective over weights, as one over parameters without limits.
struct Simplex<'a, F> {
    objective: &'a F,
    seen: &'a RefCell<Seen>,
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Simplex<'_, F> {
    fn at(&self, parameters: &[f64]) -> Result<(f64, Vec<f64>), Error> {
        let mut seen = self.seen.borrow_mut();
        if let Some((last, value, gradient)) = &seen.last
            && last == parameters
        {
            return Ok((*value, gradient.clone()));
        }
        seen.evaluations += 1;
        if seen.evaluations > EVALUATIONS {
            return Err(Error::msg("more steps than such a search should need"));
        }
        let weights = softmax(parameters);
        let (value, by_weight) = (self.objective)(&weights);
        let mean: f64 = weights.iter().zip(&by_weight).map(|(weight, by)| weight * by).sum();
        let pairs = weights.iter().zip(by_weight);
        let gradient: Vec<f64> = pairs.map(|(weight, by)| weight * (by - mean)).collect();
        if seen.best.as_ref().is_none_or(|(best, _)| value < *best) {
            seen.best = Some((value, weights));
        }
        seen.last = Some((parameters.to_vec(), value, gradient.clone()));
        Ok((value, gradient))
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> CostFunction for Simplex<'_, F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, parameters: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.at(parameters)?.0)
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Gradient for Simplex<'_, F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, parameters: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.at(parameters)?.1)
    }
}

fn softmax(parameters: &[f64]) -> Vec<f64> {
    let top = parameters.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let terms: Vec<f64> = parameters.iter().map(|parameter| (parameter - top).exp()).collect();
    let total: f64 = terms.iter().sum();
    terms.iter().map(|term| term / total).collect()
}

/// The nearest whole parts that sum to all of them: what rounding down leaves goes to those that lost
/// most, the first of them first.
fn rounded(weights: &[f64]) -> Vec<f64> {
    let whole: Vec<f64> = weights.iter().map(|weight| (weight * PARTS).floor()).collect();
    let left = (PARTS - whole.iter().sum::<f64>()).max(0.0) as usize;
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let lost = |at: usize| weights[at] * PARTS - whole[at];
    order.sort_by(|&a, &b| lost(b).total_cmp(&lost(a)));
    let mut parts = whole.clone();
    order.into_iter().take(left).for_each(|at| parts[at] += 1.0);
    parts.iter().map(|parts| parts / PARTS).collect()
}
