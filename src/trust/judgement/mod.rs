//! What a chosen cascade is worth: whether to cascade at all, what a perfect gate could add, who pays,
//! what rests on its thresholds, and which models it all needs.

mod ceiling;
mod mixture;
mod models;
mod sensitivity;
mod strata;
mod verdict;

use serde::{Deserialize, Serialize};

pub use ceiling::{Ceiling, cheapest_right};
pub use mixture::{Mixture, Trial, against_chance};
pub use models::{ModelValue, Without, Yardstick};
pub use sensitivity::{Move, Moved, Sensitivity, Shifted, moved, shifted};
pub use strata::{Judged, Stratum, WhoPays};
pub use verdict::{Call, Cheaper, Compared, Reason, Tuned, Verdict, Versus, sure_share};

use super::Method;

/// What a run says of the cascade that it chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Judgement {
    /// The chosen cascade's place among the points, from 0.
    pub point: usize,
    /// What the figures are on; absent where nothing was held out, and they are on the samples that
    /// tuned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Whether to cascade.
    pub verdict: Verdict,
    /// How much a perfect gate could still give.
    pub ceiling: Ceiling,
    /// How classes and groups fare.
    pub who_pays: WhoPays,
    /// What small changes of thresholds and confidences do.
    pub sensitivity: Sensitivity,
    /// What each model is worth to the whole pool, by name.
    pub models: Vec<ModelValue>,
}

/// Accuracy and cost of something on some samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Figures {
    /// Share of right answers.
    pub accuracy: f64,
    /// Mean cost of a sample.
    pub cost: f64,
}
