//! How the models of a committee become one prediction.

use serde::{Deserialize, Serialize};

/// How the predictions of all models run so far are combined.
///
/// Source: Wang et al., "Wisdom of Committees", ICLR 2022, section 3 (means) and the classic
/// cascade (`last`). Which is best differs from pool to pool, so it is searched.
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
pub enum Aggregation {
    /// Mean of the logits; probabilities are the softmax of that mean.
    MeanLogits,
    /// Mean of the models' softmax probabilities.
    MeanProbs,
    /// The newest model's own prediction; every stage holds one model.
    Last,
}

impl Aggregation {
    /// Every aggregation, in the order in which they are searched.
    pub const ALL: [Self; 3] = [Self::MeanLogits, Self::MeanProbs, Self::Last];

    /// The name used in specs and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::MeanLogits => "mean_logits",
            Self::MeanProbs => "mean_probs",
            Self::Last => "last",
        }
    }
}

impl std::fmt::Display for Aggregation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
