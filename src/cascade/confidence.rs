//! How sure a committee is of its prediction.

use serde::{Deserialize, Serialize};

/// A committee's confidence in its prediction; larger is surer.
///
/// Aggregated scores are logits, or probabilities under `mean_probs`. Ranges with `C` classes:
/// `max_prob` lies in `[1/C, 1]`, `margin` in `[0, 1]`, `logit_margin` is at least 0, and `entropy`
/// lies in `[-ln C, 0]`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum ConfidenceMeasure {
    /// The largest probability.
    MaxProb,
    /// Largest minus second largest probability.
    Margin,
    /// Largest minus second largest aggregated score.
    LogitMargin,
    /// Minus the entropy of the probabilities, in nats.
    Entropy,
}

impl ConfidenceMeasure {
    /// Every measure, in the order in which they are searched.
    pub const ALL: [Self; 4] = [Self::MaxProb, Self::Margin, Self::LogitMargin, Self::Entropy];

    /// The name used in specs and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::MaxProb => "max_prob",
            Self::Margin => "margin",
            Self::LogitMargin => "logit_margin",
            Self::Entropy => "entropy",
        }
    }
}

impl std::fmt::Display for ConfidenceMeasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
