//! The negative log-likelihood of labels, and how it changes with what is fitted.

use multiversion::multiversion;

use super::sample::Sample;
use crate::cascade::ModelId;
use crate::signal::kernel::{self, LANES, Lanes};
use crate::signal::math::{RUN, exp, ln};

/// Of labels given logits over a temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likelihood {
    /// The mean over samples of minus the logarithm of the label's probability, in nats.
    pub(super) negative_log: f64,
    /// Its derivative by the logarithm of the temperature: the label's logit less the mean logit,
    /// both over the temperature, the mean being by probability.
    pub(super) slope: f64,
}

/// The likelihood of the labels of `sample`, given a table of logits, times `1 / temperature`.
pub(super) fn tempered(sample: &Sample, logits: &[Lanes], inverse_temperature: f32) -> Likelihood {
    let (mut negative_log, mut slope) = (0.0, 0.0);
    for (labels, at) in sample.blocks() {
        let block = &logits[at];
        let top = kernel::top(block, inverse_temperature).score;
        let z = kernel::partition(block, inverse_temperature, &top);
        let weighted = kernel::weighted_partition(block, inverse_temperature, &top);
        for (lane, &label) in labels.iter().enumerate() {
            let below = block[label as usize][lane] * inverse_temperature - top[lane];
            negative_log += f64::from(ln(z[lane]) - below);
            slope += f64::from(below - weighted[lane] / z[lane]);
        }
    }
    let samples = sample.len().max(1) as f64;
    Likelihood { negative_log: negative_log / samples, slope: slope / samples }
}

/// The negative log-likelihood of the labels of `sample`, given the sum of the models' logits times
/// their weights, and its derivative by each weight.
pub(super) fn of_weighted_logits(
    sample: &Sample,
    models: &[ModelId],
    weights: &[f64],
) -> (f64, Vec<f64>) {
    let classes = sample.classes();
    let (mut sum, mut exponentials) = (vec![[0.0; LANES]; classes], vec![[0.0; LANES]; classes]);
    let mut negative_log = 0.0;
    let mut gradient = vec![0.0; models.len()];
    for (labels, at) in sample.blocks() {
        let pairs = models.iter().zip(weights);
        let weighted: Vec<(&[Lanes], f32)> = pairs
            .map(|(&model, &weight)| (&sample.logits(model)[at.clone()], weight as f32))
            .collect();
        kernel::weigh(&weighted, &mut sum);
        let top = kernel::top(&sum, 1.0).score;
        let z = exponentiate(&sum, &top, &mut exponentials);
        for (lane, &label) in labels.iter().enumerate() {
            let below = sum[label as usize][lane] - top[lane];
            negative_log += f64::from(ln(z[lane]) - below);
        }
        for (gradient, (logits, _)) in gradient.iter_mut().zip(&weighted) {
            let expected = inner(&exponentials, logits);
            for (lane, &label) in labels.iter().enumerate() {
                *gradient += f64::from(expected[lane] / z[lane] - logits[label as usize][lane]);
            }
        }
    }
    let samples = sample.len().max(1) as f64;
    gradient.iter_mut().for_each(|derivative| *derivative /= samples);
    (negative_log / samples, gradient)
}

/// The negative logarithm of the labels' probabilities, given the sum of the models' probabilities
/// of them times their weights, and its derivative by each weight. `models` holds for each model its
/// probability of every label.
pub(super) fn of_weighted_probabilities(models: &[Vec<f64>], weights: &[f64]) -> (f64, Vec<f64>) {
    let samples = models.first().map_or(0, Vec::len);
    let mut negative_log = 0.0;
    let mut gradient = vec![0.0; models.len()];
    for sample in 0..samples {
        let pairs = models.iter().zip(weights);
        let mean: f64 = pairs.map(|(p, weight)| p[sample] * weight).sum();
        let mean = mean.max(LEAST_PROBABILITY);
        negative_log -= mean.ln();
        for (gradient, p) in gradient.iter_mut().zip(models) {
            *gradient -= p[sample] / mean;
        }
    }
    let samples = samples.max(1) as f64;
    gradient.iter_mut().for_each(|derivative| *derivative /= samples);
    (negative_log / samples, gradient)
}

/// What a probability counts as at least where its logarithm is needed.
const LEAST_PROBABILITY: f64 = 1e-12;

/// Writes `e^(score - top)` of each class; gives their sum.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
fn exponentiate(scores: &[Lanes], top: &Lanes, exponentials: &mut [Lanes]) -> Lanes {
    let mut total = [0.0; LANES];
    for (exponentials, scores) in exponentials.chunks_mut(RUN).zip(scores.chunks(RUN)) {
        let mut partial = [0.0; LANES];
        for (exponentials, scores) in exponentials.iter_mut().zip(scores) {
            for lane in 0..LANES {
                exponentials[lane] = exp(scores[lane] - top[lane]);
                partial[lane] += exponentials[lane];
            }
        }
        for lane in 0..LANES {
            total[lane] += partial[lane];
        }
    }
    total
}

/// The sum over classes of products.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
fn inner(a: &[Lanes], b: &[Lanes]) -> Lanes {
    let mut total = [0.0; LANES];
    for (a, b) in a.chunks(RUN).zip(b.chunks(RUN)) {
        let mut partial = [0.0; LANES];
        for (a, b) in a.iter().zip(b) {
            for lane in 0..LANES {
                partial[lane] += a[lane] * b[lane];
            }
        }
        for lane in 0..LANES {
            total[lane] += partial[lane];
        }
    }
    total
}
