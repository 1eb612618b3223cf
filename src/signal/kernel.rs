//! The inner loops: one committee on one block of samples.
//!
//! A block holds [`LANES`] samples side by side, class by class, so that every reduction over
//! classes is a plain sum or maximum per lane in the order of the classes. That order is part of
//! the stated formula: any instruction set, and the reference executor, give the same bits.
#![allow(clippy::needless_range_loop, reason = "lanes of several arrays, in step, vectorise")]

use multiversion::multiversion;

use super::math::{RUN, TINY, exp, ln, logit_of};
use crate::cascade::{Aggregation, ConfidenceMeasure};

/// Samples that are computed side by side.
pub(crate) const LANES: usize = 16;

/// One value for each sample of a block.
pub(crate) type Lanes<T = f32> = [T; LANES];

/// The largest aggregated score of each sample and the first class that has it.
#[derive(Clone, Copy)]
pub(crate) struct Top {
    pub(crate) score: Lanes,
    pub(crate) class: Lanes<u32>,
}

/// Adds a model's scores to those of the committee so far; the aggregated score is `sum * scale`.
/// All three slices are one [`Lanes`] per class; `parent` is `None` for a single model.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn add_model(
    parent: Option<&[Lanes]>,
    model: &[Lanes],
    scale: f32,
    sum: &mut [Lanes],
) -> Top {
    let mut highest = Highest::NONE;
    for start in (0..sum.len()).step_by(NEAR) {
        let near = start..(start + NEAR).min(sum.len());
        let (sum, model) = (&mut sum[near.clone()], &model[near.clone()]);
        match parent {
            None => sum.copy_from_slice(model),
            Some(parent) => {
                // Lane by lane this loop would be vectorised across classes, by gathers and scatters.
                let terms = parent[near].as_flattened().iter().zip(model.as_flattened());
                for (sum, (parent, model)) in sum.as_flattened_mut().iter_mut().zip(terms) {
                    *sum = parent + model;
                }
            }
        }
        highest.look_at(start, sum, scale);
    }
    highest.class_of(sum, scale)
}

/// Sums a committee's scores, each model's multiplied by its weight: one [`Lanes`] per class each.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn weigh(models: &[(&[Lanes], f32)], sum: &mut [Lanes]) {
    let Some(((first, weight), others)) = models.split_first() else { return };
    for (sum, score) in sum.as_flattened_mut().iter_mut().zip(first.as_flattened()) {
        *sum = score * weight;
    }
    for (model, weight) in others {
        for (sum, score) in sum.as_flattened_mut().iter_mut().zip(model.as_flattened()) {
            *sum += score * weight;
        }
    }
}

/// The logits of the aggregated scores `sum * scale`, multiplied by one over a temperature.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn temper(
    space: Space,
    sum: &[Lanes],
    scale: f32,
    inverse_temperature: f32,
    scores: &mut [Lanes],
) {
    let terms = scores.as_flattened_mut().iter_mut().zip(sum.as_flattened());
    match space {
        Space::Logits => terms.for_each(|(score, sum)| *score = sum * scale * inverse_temperature),
        Space::Probabilities => {
            terms.for_each(|(score, sum)| *score = logit_of(sum * scale) * inverse_temperature);
        }
    }
}

/// The largest of the aggregated scores `sum * scale`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn top(sum: &[Lanes], scale: f32) -> Top {
    top_of(sum, scale)
}

#[inline(always)]
fn top_of(sum: &[Lanes], scale: f32) -> Top {
    let mut highest = Highest::NONE;
    for (start, near) in (0..).step_by(NEAR).zip(sum.chunks(NEAR)) {
        highest.look_at(start, near, scale);
    }
    highest.class_of(sum, scale)
}

/// Classes that are looked through together: few enough for the nearest cache.
const NEAR: usize = 16;

/// The largest aggregated score so far, and where the first [`NEAR`] classes start among which it is:
/// a loop that kept the class itself would do twice the work.
struct Highest {
    score: Lanes,
    start: Lanes<u32>,
}

impl Highest {
    const NONE: Self = Self { score: [f32::NEG_INFINITY; LANES], start: [0; LANES] };

    #[inline(always)]
    fn look_at(&mut self, start: usize, near: &[Lanes], scale: f32) {
        let mut most = [f32::NEG_INFINITY; LANES];
        for sum in near {
            for lane in 0..LANES {
                most[lane] = if sum[lane] > most[lane] { sum[lane] } else { most[lane] };
            }
        }
        // Rounding keeps the order: the largest sum times `scale` is the largest aggregated score.
        for lane in 0..LANES {
            let score = most[lane] * scale;
            let higher = score > self.score[lane];
            self.score[lane] = if higher { score } else { self.score[lane] };
            self.start[lane] = if higher { start as u32 } else { self.start[lane] };
        }
    }

    #[inline(always)]
    fn class_of(self, sum: &[Lanes], scale: f32) -> Top {
        let mut class = self.start;
        for lane in 0..LANES {
            let near = sum[self.start[lane] as usize..].iter().take(NEAR);
            let first = near.map(|sum| sum[lane] * scale).position(|s| s == self.score[lane]);
            class[lane] += first.map_or(0, |first| first as u32);
        }
        Top { score: self.score, class }
    }
}

/// The sum over classes of `e^(score - top)`: one over the largest softmax probability.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn partition(sum: &[Lanes], scale: f32, top: &Lanes) -> Lanes {
    sum_over_classes(sum, |lane, sum| exp(sum * scale - top[lane]))
}

/// The sum over classes of `(score - top) e^(score - top)`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn weighted_partition(sum: &[Lanes], scale: f32, top: &Lanes) -> Lanes {
    sum_over_classes(sum, |lane, sum| {
        let below = sum * scale - top[lane];
        below * exp(below)
    })
}

/// The sum over classes of `p ln p`, `sum * scale` being probabilities.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn negative_entropy(sum: &[Lanes], scale: f32) -> Lanes {
    sum_over_classes(sum, |_, sum| {
        let p = sum * scale;
        p * ln(p.max(TINY))
    })
}

/// The largest score after leaving out class `top.class`, where ties count as two.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn runner_up(sum: &[Lanes], scale: f32, top: &Lanes<u32>) -> Lanes {
    let mut second = [f32::NEG_INFINITY; LANES];
    for (class, sum) in sum.iter().enumerate() {
        for lane in 0..LANES {
            let score = sum[lane] * scale;
            let counts = class as u32 != top[lane] && score > second[lane];
            second[lane] = if counts { score } else { second[lane] };
        }
    }
    second
}

/// Writes the softmax of `logits` to `probabilities`, one [`Lanes`] per class each.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
pub(crate) fn softmax(logits: &[Lanes], probabilities: &mut [Lanes]) {
    let mut top = [f32::NEG_INFINITY; LANES];
    for logits in logits {
        for lane in 0..LANES {
            top[lane] = top[lane].max(logits[lane]);
        }
    }
    let total = sum_over_classes(logits, |lane, logit| exp(logit - top[lane]));
    for (probability, logits) in probabilities.iter_mut().zip(logits) {
        for lane in 0..LANES {
            probability[lane] = exp(logits[lane] - top[lane]) / total[lane];
        }
    }
}

/// `term(lane, value)` summed over classes, in runs of [`RUN`].
#[inline(always)]
fn sum_over_classes(values: &[Lanes], term: impl Fn(usize, f32) -> f32) -> Lanes {
    let mut total = [0.0; LANES];
    for run in values.chunks(RUN) {
        let mut partial = [0.0; LANES];
        for values in run {
            for lane in 0..LANES {
                partial[lane] += term(lane, values[lane]);
            }
        }
        for lane in 0..LANES {
            total[lane] += partial[lane];
        }
    }
    total
}

/// Whether the aggregated scores are logits or already probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    Logits,
    Probabilities,
}

impl From<Aggregation> for Space {
    fn from(aggregation: Aggregation) -> Self {
        match aggregation {
            Aggregation::MeanLogits | Aggregation::Last => Self::Logits,
            Aggregation::MeanProbs => Self::Probabilities,
        }
    }
}

/// The confidence of every sample of a block by one measure.
pub(crate) fn confidence(
    measure: ConfidenceMeasure,
    space: Space,
    sum: &[Lanes],
    scale: f32,
    top: &Top,
) -> Lanes {
    use ConfidenceMeasure::{Entropy, LogitMargin, Margin, MaxProb};
    let lanes = std::array::from_fn::<usize, LANES, _>(|lane| lane);
    match (space, measure) {
        (Space::Logits, MaxProb) => partition(sum, scale, &top.score).map(|z| 1.0 / z),
        (Space::Logits, Margin) => {
            let second = runner_up(sum, scale, &top.class);
            let z = partition(sum, scale, &top.score);
            lanes.map(|lane| (1.0 - exp(second[lane] - top.score[lane])) / z[lane])
        }
        (Space::Logits, Entropy) => {
            let z = partition(sum, scale, &top.score);
            let weighted = weighted_partition(sum, scale, &top.score);
            lanes.map(|lane| weighted[lane] / z[lane] - ln(z[lane]))
        }
        (Space::Probabilities, MaxProb) => top.score,
        (Space::Probabilities, Entropy) => negative_entropy(sum, scale),
        (Space::Probabilities, Margin) | (_, LogitMargin) => {
            let second = runner_up(sum, scale, &top.class);
            lanes.map(|lane| top.score[lane] - second[lane])
        }
    }
}
