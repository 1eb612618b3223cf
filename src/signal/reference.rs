//! The slow, obvious twin of the blocked walk: one sample, one committee, plain loops.
//!
//! This is the stated formula of every signal. The reference executor runs on it, and a property
//! test holds the fast kernels to its very bits.

use super::kernel::{RUN, TINY};
use super::math::{exp, ln};
use crate::cascade::{Aggregation, ConfidenceMeasure};
use crate::pool::Kind;

/// What a committee says of one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// The first class with the largest aggregated score.
    pub prediction: u32,
    /// Larger is surer; see [`ConfidenceMeasure`] for the range.
    pub confidence: f32,
}

/// One model's scores of one sample, `classes` values, and what they are.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Logits or probabilities.
    pub kind: Kind,
    /// One score per class.
    pub scores: &'a [f32],
}

/// The decision of the committee whose models gave `rows` (in the order of the models' names) on
/// one sample. For [`Aggregation::Last`], `rows` holds the newest model's row alone.
///
/// # Panics
/// If `rows` is empty or its rows differ in length.
pub fn decide(
    rows: &[Row<'_>],
    aggregation: Aggregation,
    confidence: ConfidenceMeasure,
) -> Decision {
    let scores = aggregate(rows, aggregation);
    let mut prediction = 0;
    for (class, &score) in scores.iter().enumerate() {
        if score > scores[prediction] {
            prediction = class;
        }
    }
    let confidence = match aggregation {
        Aggregation::MeanLogits | Aggregation::Last => of_logits(&scores, prediction, confidence),
        Aggregation::MeanProbs => of_probabilities(&scores, prediction, confidence),
    };
    Decision { prediction: prediction as u32, confidence }
}

/// The aggregated scores: the rows' sum, in their order, times one over their number.
fn aggregate(rows: &[Row<'_>], aggregation: Aggregation) -> Vec<f32> {
    let converted = rows.iter().map(|row| match aggregation {
        Aggregation::MeanLogits | Aggregation::Last => logits(*row),
        Aggregation::MeanProbs => probabilities(*row),
    });
    let sum = converted
        .reduce(|sum, row| {
            assert_eq!(sum.len(), row.len(), "rows of one sample have one length");
            sum.iter().zip(&row).map(|(a, b)| a + b).collect()
        })
        .expect("a committee has at least one model");
    let scale = 1.0 / rows.len() as f32;
    sum.iter().map(|score| score * scale).collect()
}

/// A row's logits: `ln(max(p, 1e-12))` where it holds probabilities.
pub(crate) fn logits(row: Row<'_>) -> Vec<f32> {
    match row.kind {
        Kind::Logits => row.scores.to_vec(),
        Kind::Probabilities => row.scores.iter().map(|&p| logit_of(p)).collect(),
    }
}

/// The logit that stands for a probability.
#[inline(always)]
pub(crate) fn logit_of(p: f32) -> f32 {
    ln(p.max(1e-12))
}

/// A row's probabilities: the softmax where it holds logits.
fn probabilities(row: Row<'_>) -> Vec<f32> {
    match row.kind {
        Kind::Probabilities => row.scores.to_vec(),
        Kind::Logits => {
            let top = row.scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let total = sum(row.scores, |logit| exp(logit - top));
            row.scores.iter().map(|logit| exp(logit - top) / total).collect()
        }
    }
}

fn of_logits(scores: &[f32], prediction: usize, measure: ConfidenceMeasure) -> f32 {
    let top = scores[prediction];
    let z = sum(scores, |score| exp(score - top));
    match measure {
        ConfidenceMeasure::MaxProb => 1.0 / z,
        ConfidenceMeasure::Margin => (1.0 - exp(runner_up(scores, prediction) - top)) / z,
        ConfidenceMeasure::LogitMargin => top - runner_up(scores, prediction),
        ConfidenceMeasure::Entropy => {
            sum(scores, |score| (score - top) * exp(score - top)) / z - ln(z)
        }
    }
}

fn of_probabilities(p: &[f32], prediction: usize, measure: ConfidenceMeasure) -> f32 {
    match measure {
        ConfidenceMeasure::MaxProb => p[prediction],
        ConfidenceMeasure::Margin | ConfidenceMeasure::LogitMargin => {
            p[prediction] - runner_up(p, prediction)
        }
        ConfidenceMeasure::Entropy => sum(p, |p| p * ln(p.max(TINY))),
    }
}

/// The largest score of any class but `prediction`.
fn runner_up(scores: &[f32], prediction: usize) -> f32 {
    let others = scores.iter().enumerate().filter(|(class, _)| *class != prediction);
    others.map(|(_, &score)| score).fold(f32::NEG_INFINITY, f32::max)
}

/// `term(value)` summed over classes, in runs of [`RUN`].
fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut total = 0.0;
    for run in values.chunks(RUN) {
        let mut partial = 0.0;
        for &value in run {
            partial += term(value);
        }
        total += partial;
    }
    total
}
