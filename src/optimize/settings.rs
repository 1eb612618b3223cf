//! What a run is to do.

use std::collections::BTreeMap;

use serde_json::json;

use crate::error::{Error, Result};
use crate::expected;
use crate::frontier::Goal;
use crate::hint::share_hint;
use crate::pool::Pool;
use crate::search::{Options, Resolution};
use crate::trust::{Claim, Holdout};

/// What to search, on which part of the samples, and how much of it to keep.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The search.
    pub options: Options,
    /// Which samples tune, and what is reported on.
    pub holdout: Holdout,
    /// Seed of all draws: of the split or folds, and of the band.
    pub seed: u64,
    /// Most points to keep, with those that are chosen or compared, which always stay; 0 keeps all.
    pub max_points: usize,
    /// Which cascade to choose.
    pub goal: Goal,
    /// A statement that the chosen cascade is to be certified for.
    pub guarantee: Option<Claim>,
    /// What to make of the choice.
    pub judging: Judging,
}

impl Settings {
    /// Whether each class gives its share of held-out samples. A guarantee is about new data, whose mix
    /// of classes need not be the pool's: it takes independent draws.
    pub fn stratified(&self) -> bool {
        self.guarantee.is_none()
    }
}

/// What to make of the chosen cascade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judging {
    /// Accuracy that a class or a group may lose against the single model without a warning.
    pub group_margin: f64,
    /// Whether to search once without each model, for what it is worth.
    pub model_values: bool,
}

impl Default for Judging {
    fn default() -> Self {
        Self { group_margin: 0.02, model_values: false }
    }
}

impl Judging {
    /// Checks the values.
    ///
    /// # Errors
    /// [`Error::Option`] for a margin that is no share.
    pub fn check(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.group_margin) {
            let found = format!("{}{}", self.group_margin, share_hint(self.group_margin));
            return Err(Error::option("--group-margin", expected::SHARE, found));
        }
        Ok(())
    }
}

impl Settings {
    /// The pool that is only reported on.
    pub fn holdout_pool(&self) -> Option<&Pool> {
        match &self.holdout {
            Holdout::Pool(other) => Some(other),
            _ => None,
        }
    }

    /// The settings that bear on the result, by the names of their options.
    pub(super) fn to_json(&self, pool: &Pool) -> BTreeMap<String, serde_json::Value> {
        let Options { scope, resolution, gap, time_limit } = &self.options;
        let resolution = match resolution {
            Resolution::Exact => json!("exact"),
            Resolution::Quantiles(count) => json!(count),
        };
        let mut options = BTreeMap::from([
            ("cost-axis".to_owned(), json!(pool.cost_axis())),
            ("max-models".to_owned(), json!(scope.max_models)),
            ("aggregation".to_owned(), json!(scope.aggregations)),
            ("confidence".to_owned(), json!(scope.confidences)),
            ("calibrate".to_owned(), json!(scope.fit.temperature.then_some("temperature"))),
            ("weights".to_owned(), json!(scope.fit.weights)),
            ("resolution".to_owned(), resolution),
            ("gap".to_owned(), json!(gap)),
            ("time-limit".to_owned(), json!(time_limit.map(|limit| limit.as_secs_f64()))),
            ("max-points".to_owned(), json!(self.max_points)),
            ("group-margin".to_owned(), json!(self.judging.group_margin)),
            ("model-values".to_owned(), json!(self.judging.model_values)),
        ]);
        options.extend(self.goal.to_json());
        let claim = self.guarantee.as_ref();
        let statement = claim.map(|claim| claim.statement.to_string());
        options.insert("guarantee".to_owned(), json!(statement));
        options.insert("error-rate".to_owned(), json!(claim.map(|claim| claim.error_rate)));
        options
    }
}
