//! How sure a committee is of its prediction.

use serde::{Deserialize, Serialize};

/// A committee's confidence in its prediction; larger is surer.
///
/// `p` are the aggregated probabilities, `a` the aggregated scores (logits; probabilities under
/// [`Aggregation::MeanProbs`](super::Aggregation::MeanProbs)).
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
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum ConfidenceMeasure {
    /// The largest probability, in `[1/classes, 1]`.
    MaxProb,
    /// Largest minus second largest probability, in `[0, 1]`.
    Margin,
    /// Largest minus second largest aggregated score, at least 0.
    LogitMargin,
    /// Minus the entropy of the probabilities, in nats: in `[-ln(classes), 0]`.
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
