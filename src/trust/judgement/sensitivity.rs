//! What rests on a cascade's exact thresholds.

use serde::{Deserialize, Serialize};

use super::Figures;
use crate::cascade::ConfidenceMeasure;

/// Which way thresholds go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// Higher: fewer samples exit.
    Up,
    /// Lower: more samples exit.
    Down,
}

/// A cascade with other thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Moved {
    /// The stage whose threshold moves, from 0; null where all move at once.
    pub stage: Option<usize>,
    /// Which way.
    pub direction: Move,
    /// What it does then.
    #[serde(flatten)]
    pub figures: Figures,
}

/// A cascade on other confidences.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Shifted {
    /// What the logit of every confidence is multiplied by.
    pub factor: f64,
    /// What it does then.
    #[serde(flatten)]
    pub figures: Figures,
}

/// What small changes do to a cascade, all on the same samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Sensitivity {
    /// Number of samples.
    pub samples: usize,
    /// Share of all tuning samples' confidences that a threshold moves past.
    pub step: f64,
    /// The cascade as it is.
    pub as_is: Figures,
    /// Every threshold one step up and down, and all at once. Empty for an ensemble.
    pub thresholds: Vec<Moved>,
    /// All confidences blunter and sharper. Empty for an ensemble.
    pub confidences: Vec<Shifted>,
}

impl Sensitivity {
    /// Everything that was tried.
    pub fn all(&self) -> impl Iterator<Item = Figures> {
        let moved = self.thresholds.iter().map(|moved| moved.figures);
        moved.chain(self.confidences.iter().map(|shifted| shifted.figures))
    }
}

/// `threshold` after it has moved past the share `step` of `ascending`, confidences in ascending order:
/// so many more of them, or fewer, reach it, ties apart. Infinite where none may reach it any more.
pub fn moved(threshold: f64, ascending: &[f32], step: f64, direction: Move) -> f64 {
    let below = ascending.partition_point(|&value| f64::from(value) < threshold);
    let steps = (step * ascending.len() as f64).round().max(1.0) as usize;
    let at = match direction {
        Move::Up => below + steps,
        Move::Down => below.saturating_sub(steps),
    };
    ascending.get(at).map_or(f64::INFINITY, |&value| value.into())
}

/// The threshold that decides on confidences as they are as `threshold` would if the logit of every
/// confidence were multiplied by `factor` (above 0).
///
/// `max_prob` and `margin` are within 0 and 1 and have a logit, ln(p / (1 - p)); `entropy` has that of
/// 1 + entropy / ln(classes); `logit_margin` is one already, a difference of two.
pub fn shifted(threshold: f64, measure: ConfidenceMeasure, classes: usize, factor: f64) -> f64 {
    let most = (classes.max(2) as f64).ln();
    match measure {
        ConfidenceMeasure::MaxProb | ConfidenceMeasure::Margin => stretched(threshold, factor),
        ConfidenceMeasure::LogitMargin => threshold / factor,
        ConfidenceMeasure::Entropy => (stretched(1.0 + threshold / most, factor) - 1.0) * most,
    }
}

/// The probability whose logit is that of `p` divided by `factor`; ends stay as they are.
fn stretched(p: f64, factor: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return p;
    }
    let logit = (p / (1.0 - p)).ln() / factor;
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Without ties, exactly one step more or fewer reach the moved threshold.
        #[test]
        fn a_step_is_a_share_of_the_samples(
            count in 1..400usize, at in 0..400usize, step in 0.001..0.2f64,
        ) {
            let ascending: Vec<f32> = (0..count).map(|value| value as f32).collect();
            let threshold = at.min(count) as f64 - 0.5;
            let reach = |threshold: f64| {
                ascending.iter().filter(|&&value| f64::from(value) >= threshold).count()
            };
            let steps = ((step * count as f64).round() as usize).max(1);
            let now = reach(threshold);
            prop_assert_eq!(
                reach(moved(threshold, &ascending, step, Move::Up)), now.saturating_sub(steps)
            );
            prop_assert_eq!(
                reach(moved(threshold, &ascending, step, Move::Down)), (now + steps).min(count)
            );
        }

        /// Moving the threshold decides as moving the confidence would.
        #[test]
        fn thresholds_move_against_confidences(
            p in 0.01..0.99f64, threshold in 0.01..0.99f64, factor in 0.5..2.0f64,
        ) {
            let logit = |p: f64| (p / (1.0 - p)).ln();
            let apart = factor * logit(p) - logit(threshold);
            prop_assume!(apart.abs() > 1e-9);
            let found = shifted(threshold, ConfidenceMeasure::MaxProb, 10, factor);
            prop_assert_eq!(p >= found, apart >= 0.0);
            let most = 10f64.ln();
            let entropy = |p: f64| (p - 1.0) * most;
            let found = shifted(entropy(threshold), ConfidenceMeasure::Entropy, 10, factor);
            prop_assert_eq!(entropy(p) >= found, apart >= 0.0);
        }
    }

    #[test]
    fn logits_scale_and_ends_stay() {
        assert_eq!(shifted(3.0, ConfidenceMeasure::LogitMargin, 10, 0.5), 6.0);
        assert_eq!(shifted(0.0, ConfidenceMeasure::Margin, 10, 0.5), 0.0);
        assert_eq!(moved(0.5, &[], 0.01, Move::Up), f64::INFINITY);
    }
}
