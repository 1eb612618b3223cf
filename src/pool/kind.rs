//! What scores are: logits or probabilities.

use serde::Deserialize;

/// What the scores are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Any finite numbers; their softmax are the probabilities.
    #[default]
    Logits,
    /// Numbers from 0 to 1 that sum to 1.
    Probabilities,
}

impl Kind {
    /// The column of lists that holds scores of this kind; also its name in a manifest.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Logits => "logits",
            Self::Probabilities => "probabilities",
        }
    }

    /// What the names of wide columns of this kind start with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Logits => "logit_",
            Self::Probabilities => "prob_",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.column())
    }
}
