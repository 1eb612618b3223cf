//! Scores, checked.

use ndarray::{Array2, ArrayViewMut1};

use super::FileProblem;
use super::kind::Kind;

/// Largest size of a logit: sums of a few of them do not overflow.
pub(crate) const LARGEST_LOGIT: f32 = 1e37;

/// How far outside of [0, 1] a probability may lie; it is then clipped.
const CLIPPED: f32 = 1e-3;

/// How far from 1 the sum of a row of probabilities may be without being counted as rescaled.
const UNSCALED: f32 = 1e-2;

/// One model's scores on some samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// What the values are.
    pub kind: Kind,
    /// Samples x classes, row-major. All finite; rows of probabilities lie in [0, 1] and sum to 1
    /// within the precision of f32.
    pub values: Array2<f32>,
    /// How many rows of probabilities had a sum more than 0.01 off 1 before they were normalised.
    /// Rows of zeros mean "no answer": they became uniform and count too. 0 for logits.
    pub rescaled: usize,
}

impl Scores {
    /// Checks `values`, and normalises probabilities. `stored_row` is the row in the file of a row
    /// of `values`, for messages.
    pub(crate) fn check(
        kind: Kind,
        mut values: Array2<f32>,
        stored_row: impl Fn(usize) -> usize,
    ) -> Result<Self, FileProblem> {
        // Without an early exit the loop is vectorised; the culprit is sought only if there is one.
        let fit = values.iter().fold(true, |fit, score| fit & fits(kind, *score));
        if !fit && let Some(problem) = first_misfit(kind, &values, stored_row) {
            return Err(problem);
        }
        let rescaled = match kind {
            Kind::Logits => 0,
            Kind::Probabilities => {
                values.rows_mut().into_iter().map(normalise).filter(|r| *r).count()
            }
        };
        Ok(Self { kind, values, rescaled })
    }
}

fn first_misfit(
    kind: Kind,
    values: &Array2<f32>,
    stored_row: impl Fn(usize) -> usize,
) -> Option<FileProblem> {
    let ((row, class), &value) = values.indexed_iter().find(|(_, score)| !fits(kind, **score))?;
    let row = stored_row(row);
    Some(match kind {
        Kind::Probabilities if value.is_finite() => {
            FileProblem::NotProbability { row, class, value }
        }
        _ => FileProblem::NotFinite { row, class, value: format!("{value:e}") },
    })
}

/// Clips a row of probabilities and makes it sum to 1. Says whether its sum was off.
fn normalise(mut row: ArrayViewMut1<'_, f32>) -> bool {
    row.mapv_inplace(|p| p.clamp(0.0, 1.0));
    // In the order of the classes, not as ndarray would: the sum is part of the stated formula.
    let sum: f32 = row.iter().sum();
    if sum > 0.0 {
        row /= sum;
    } else {
        let uniform = 1.0 / row.len() as f32;
        row.fill(uniform);
    }
    (sum - 1.0).abs() > UNSCALED
}

/// Whether a score of `kind` is within its range.
fn fits(kind: Kind, score: f32) -> bool {
    match kind {
        Kind::Logits => score.abs() <= LARGEST_LOGIT,
        Kind::Probabilities => (-CLIPPED..=1.0 + CLIPPED).contains(&score),
    }
}
