//! The slow, obvious twin of the blocked walk: one sample, one committee, plain loops.
//!
//! This is the stated formula of every signal. The reference executor runs on it, and a property
//! test holds the fast kernels to its very bits.

use super::math::{RUN, TINY, exp, inverse, ln, logit_of, tempered};
use crate::cascade::{Aggregation, ConfidenceMeasure, Mix};
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
    decide_mixed(rows, aggregation, confidence, &Mix::default())
}

/// Like [`decide`], of a committee whose scores are combined as `mix` says.
///
/// # Panics
/// If `rows` is empty, its rows differ in length, or `mix` is not one for that many models.
pub fn decide_mixed(
    rows: &[Row<'_>],
    aggregation: Aggregation,
    confidence: ConfidenceMeasure,
    mix: &Mix,
) -> Decision {
    let scores = aggregate(rows, aggregation, mix);
    let mut prediction = 0;
    for (class, &score) in scores.iter().enumerate() {
        if score > scores[prediction] {
            prediction = class;
        }
    }
    let confidence = match aggregation {
        Aggregation::MeanProbs if mix.temperatures.is_none() => {
            of_probabilities(&scores, prediction, confidence)
        }
        _ => of_logits(&scores, prediction, confidence),
    };
    Decision { prediction: prediction as u32, confidence }
}

/// The aggregated scores. The rows' sum, in their order, times one over their number; or, with
/// weights, the sum of the rows times their weights. With temperatures, those of the committee's
/// logits, times one over its temperature.
fn aggregate(rows: &[Row<'_>], aggregation: Aggregation, mix: &Mix) -> Vec<f32> {
    let weighted = rows.iter().enumerate().map(|(place, row)| {
        let temperature = mix.temperatures.as_ref().map(|temperatures| temperatures.models[place]);
        let scores = match aggregation {
            Aggregation::MeanLogits | Aggregation::Last => tempered_logits(*row, temperature),
            Aggregation::MeanProbs => probabilities(*row, temperature),
        };
        match &mix.weights {
            None => scores,
            Some(weights) => scores.iter().map(|score| score * weights[place] as f32).collect(),
        }
    });
    let mut scores = weighted
        .reduce(|mut sum, row| {
            assert_eq!(sum.len(), row.len(), "rows of one sample have one length");
            sum.iter_mut().zip(&row).for_each(|(sum, score)| *sum += score);
            sum
        })
        .expect("a committee has at least one model");
    let scale = if mix.weights.is_some() { 1.0 } else { 1.0 / rows.len() as f32 };
    scores.iter_mut().for_each(|score| *score *= scale);
    if let Some(temperatures) = &mix.temperatures {
        let inverse = inverse(temperatures.committee);
        scores.iter_mut().for_each(|score| {
            *score = inverse
                * match aggregation {
                    Aggregation::MeanLogits | Aggregation::Last => *score,
                    Aggregation::MeanProbs => logit_of(*score),
                }
        });
    }
    scores
}

/// A row's logits, over the temperature if there is one.
fn tempered_logits(row: Row<'_>, temperature: Option<f64>) -> Vec<f32> {
    let logits = logits(row);
    match temperature.map(inverse) {
        None => logits,
        Some(inverse) => logits.iter().map(|&logit| tempered(logit, inverse)).collect(),
    }
}

/// A row's logits: `ln(max(p, 1e-12))` where it holds probabilities.
pub(crate) fn logits(row: Row<'_>) -> Vec<f32> {
    match row.kind {
        Kind::Logits => row.scores.to_vec(),
        Kind::Probabilities => row.scores.iter().map(|&p| logit_of(p)).collect(),
    }
}

/// A row's probabilities: the softmax of its logits, unless it holds probabilities and there is no
/// temperature.
fn probabilities(row: Row<'_>, temperature: Option<f64>) -> Vec<f32> {
    if row.kind == Kind::Probabilities && temperature.is_none() {
        return row.scores.to_vec();
    }
    let logits = tempered_logits(row, temperature);
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total = sum(&logits, |logit| exp(logit - top));
    logits.iter().map(|logit| exp(logit - top) / total).collect()
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
