//! The files' JSON: what is written, and what is read and still has to be checked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cascade::{Aggregation, ConfidenceMeasure};
use crate::search::{Shortlisted, Status};
use crate::trust::{Band, Holdout, Interval, Judgement, Method, Optimism};

pub use super::guarantee::{Certification, Guarantee};

/// `format` of every spec and point.
pub const FORMAT: &str = "committee.cascade";

/// The version of specs and points with nothing fitted.
pub const VERSION: u32 = 1;

/// The version of those with temperatures or weights, which a reader of version 1 would run wrongly.
pub const FITTED_VERSION: u32 = 2;

/// One cascade with its figures: a point of `frontier.json`, and the body of a spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// Always "committee.cascade".
    #[schemars(extend("const" = FORMAT))]
    pub format: String,
    /// 2 where temperatures or weights were fitted, else 1.
    #[schemars(extend("enum" = [VERSION, FITTED_VERSION]))]
    pub version: u32,
    /// How the models run so far are combined.
    pub aggregation: Aggregation,
    /// What thresholds are compared with.
    pub confidence: ConfidenceMeasure,
    /// What each model's logits are divided by before they are combined, by its name; absent where
    /// no temperatures were fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperatures: Option<BTreeMap<String, f64>>,
    /// In the order in which they run.
    #[schemars(length(min = 1))]
    pub stages: Vec<StageEntry>,
    /// Unit of every cost.
    pub cost_unit: String,
    /// Cost of one run of each model of the cascade.
    pub model_costs: BTreeMap<String, f64>,
    /// Expected cost of a sample, on the tuning samples.
    pub cost: f64,
    /// Cost of a sample that passes every stage.
    pub worst_case_cost: f64,
    /// Share of the tuning samples that are right.
    pub accuracy: f64,
    /// The least accuracy of any group of the tuning samples; absent where no file has a column
    /// `group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_group_accuracy: Option<f64>,
    /// Figures on samples that did not tune; absent where none were held out. Where a guarantee was asked for, they
    /// had a say in the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<Held>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageEntry {
    /// Names of the models that run here.
    #[schemars(length(min = 1))]
    pub models: Vec<String>,
    /// Least confidence to exit here; null for the last stage, where every sample exits.
    pub threshold: Option<f64>,
    /// What the logits of all models run so far, combined, are divided by; there where models have
    /// temperatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The weight of each model run so far, by its name; absent where all weigh the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<BTreeMap<String, f64>>,
    /// Share of the tuning samples that exit here.
    pub exit_fraction: f64,
    /// Share of right answers among these; absent where none exits, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_accuracy: Option<f64>,
}

/// Figures on held-out samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// What they are figures of.
    #[serde(default)]
    pub method: Method,
    /// Number of samples.
    pub samples: usize,
    /// Mean cost of a sample.
    pub cost: f64,
    /// 95 % interval of the cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_interval: Option<Interval>,
    /// Share of right answers.
    pub accuracy: f64,
    /// Exact 95 % interval of the accuracy.
    pub accuracy_interval: Interval,
    /// An interval that holds for all points of the frontier at once with 95 %; a point's only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_band: Option<Interval>,
}

/// `cascade.json`: all that a runtime needs to run one cascade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Spec {
    /// The cascade and its figures.
    #[serde(flatten)]
    pub point: Point,
    /// Number of classes.
    #[schemars(range(min = 2))]
    pub classes: usize,
    /// What was certified for it; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guarantee: Option<Guarantee>,
    /// What fresh samples can be held against; absent where the program that wrote the spec did not
    /// see the samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// What a cascade did on some samples, in little space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// Which samples.
    pub part: Part,
    /// Stage by stage.
    pub stages: Vec<StageProfile>,
}

/// A part of the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The tuning samples.
    Tuning,
    /// The held-out samples.
    Holdout,
}

/// The samples that came to one stage, and how their confidences there are distributed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageProfile {
    /// How many came.
    pub samples: u32,
    /// Confidences, ascending, each half-way between two neighbouring ones that differ.
    pub cuts: Vec<f64>,
    /// For each cut how many of the samples that came here are less confident than it.
    pub below: Vec<u32>,
}

/// How a frontier and its specs were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// Name of the program.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// The command's options that bear on the result.
    pub options: BTreeMap<String, serde_json::Value>,
    /// How the samples were divided.
    pub split: SplitEntry,
    /// Number of samples, all together.
    pub samples: usize,
    /// Every file that was read.
    pub inputs: Vec<Input>,
}

/// How samples were divided: with the same program, labels and ids, the same parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitEntry {
    /// By what.
    #[serde(default)]
    pub method: Method,
    /// Share of the samples that was drawn to be held out; 0 for other methods than a split.
    pub holdout: f64,
    /// Seed of all draws.
    pub seed: u64,
    /// Whether each class gave that share. Left out where it did, or nothing was drawn.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub stratified: bool,
    /// The column that says which samples are held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Number of folds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<usize>,
}

impl SplitEntry {
    /// The division that [`Holdout::split`] makes.
    pub fn new(holdout: &Holdout, seed: u64, stratified: bool) -> Self {
        let method = holdout.method();
        let entry =
            Self { method, holdout: 0.0, seed, stratified: true, column: None, folds: None };
        match holdout {
            Holdout::Share(holdout) => Self { holdout: *holdout, stratified, ..entry },
            Holdout::Column(column) => Self { column: Some(column.clone()), ..entry },
            Holdout::Folds(folds) => Self { folds: Some(*folds), ..entry },
            Holdout::Pool(_) => entry,
        }
    }
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks for it
fn is_yes(it: &bool) -> bool {
    *it
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// Its path, as it was given.
    pub file: String,
    /// Hash of its content, in hexadecimal.
    pub sha256: String,
    /// Whether it is of the second pool, which was only reported on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holdout: bool,
}

/// `frontier.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Frontier {
    /// Cheapest first; accuracy and cost both rise.
    pub points: Vec<Point>,
    /// What held-out samples say of the frontier as a whole; absent where none were held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<HeldFrontier>,
    /// What was fitted to the tuning samples; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<CalibrationEntry>,
    /// What the chosen cascade is worth or, where none was chosen, the cheapest at least as accurate as
    /// the best single model; absent where there is neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
    /// How the search went.
    pub search: SearchEntry,
    /// What was searched.
    pub pool: PoolEntry,
    /// How certifying went; absent where no guarantee was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guarantee: Option<Certification>,
    /// What the run warned of in the data and in the frontier as a whole, as sentences; absent where
    /// there was nothing. What it warned of in the choice follows from `judgement`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How it was made.
    pub provenance: Provenance,
}

/// What held-out samples say of a frontier as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HeldFrontier {
    /// What held-out figures are figures of.
    pub method: Method,
    /// By how much tuning figures flatter.
    pub optimism: Optimism,
    /// The band that the points' `accuracy_band` make up.
    pub band: Band,
}

/// What was fitted to the tuning samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibrationEntry {
    /// Number of tuning samples that the fits looked at.
    pub samples: usize,
    /// The models, by name; none where only weights were fitted.
    pub models: Vec<CalibratedModel>,
    /// The stages of the chosen cascade, if it uses what was fitted and its confidences are largest
    /// probabilities, or these were searched as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<CalibratedStage>,
}

/// What everything that was fitted does to the calibration of a stage's committee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibratedStage {
    /// The models that are heard there.
    pub models: Vec<String>,
    /// On the tuning samples.
    pub tuning: CalibrationError,
    /// On held-out samples, where there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<CalibrationError>,
}

/// A model's temperature and what it does to its calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibratedModel {
    /// Its name.
    pub name: String,
    /// What its logits are divided by.
    pub temperature: f64,
    /// On the tuning samples.
    pub tuning: CalibrationError,
    /// On held-out samples, where there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<CalibrationError>,
}

/// Expected calibration error of a model's or a committee's largest probability, in 15 bins.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibrationError {
    /// Without what was fitted.
    pub before: f64,
    /// With it.
    pub after: f64,
}

/// How a search went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SearchEntry {
    /// Why it ended.
    pub status: Status,
    /// What was searched in place of the whole space; only where the status is heuristic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortlist: Option<Shortlisted>,
    /// Largest accuracy by which a cascade of the space may beat the frontier at its cost; null
    /// where nothing is known.
    pub certified_gap: Option<f64>,
    /// Distinct cascades in the space, at most 2^64 - 1.
    pub candidates: u64,
    /// Cascades scored and cells bounded.
    pub evaluated: u64,
    /// Cells dropped by their bound.
    pub pruned: u64,
    /// Points of the frontier before it was thinned.
    pub points_found: usize,
    /// Time spent; the only figure that differs between runs.
    pub seconds: f64,
}

/// What was searched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PoolEntry {
    /// Unit of every cost.
    pub cost_unit: String,
    /// Number of classes.
    pub classes: usize,
    /// Samples that tuned.
    pub tuning_samples: usize,
    /// Samples that held-out figures are on: with cross-fitting, all of them again.
    pub holdout_samples: usize,
    /// The single models, by name.
    pub models: Vec<ModelEntry>,
}

/// One model on its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelEntry {
    /// Its name.
    pub name: String,
    /// Cost of one run.
    pub cost: f64,
    /// Share of the tuning samples that are right.
    pub accuracy: f64,
    /// Figures on held-out samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<Held>,
}

impl Frontier {
    /// The spec of point `index`, if there is one; without a guarantee.
    pub fn spec(&self, index: usize) -> Option<Spec> {
        let point = self.points.get(index)?.clone();
        let (classes, provenance) = (self.pool.classes, self.provenance.clone());
        Some(Spec { point, classes, profile: None, guarantee: None, provenance })
    }
}

impl Spec {
    /// The held-out figures that are about this very cascade.
    pub fn held(&self) -> Option<&Held> {
        self.point.holdout.as_ref().filter(|held| held.method != Method::CrossFitted)
    }

    /// Samples that tuned it.
    pub fn tuning_samples(&self) -> usize {
        let of_the_pool = |held: &&Held| matches!(held.method, Method::Split | Method::Column);
        let held = self.held().filter(of_the_pool).map_or(0, |held| held.samples);
        self.provenance.samples.saturating_sub(held)
    }
}

impl Point {
    /// The names of its models, in the order in which they run.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.stages.iter().flat_map(|stage| &stage.models).map(String::as_str)
    }

    /// Whether it runs this model and no other.
    pub fn is_only(&self, model: &str) -> bool {
        matches!(self.stages.as_slice(), [only] if only.models == [model])
    }

    /// What it is in words: a cascade of one stage is an ensemble, or a single model.
    pub fn noun(&self) -> &'static str {
        match self.stages.as_slice() {
            [stage] if stage.models.len() == 1 => "single model",
            [_] => "ensemble",
            _ => "cascade",
        }
    }

    /// The cascade in one line: `a -> b+c`.
    pub fn path(&self) -> String {
        let stages = self.stages.iter().map(|stage| stage.models.join("+"));
        stages.collect::<Vec<_>>().join(" -> ")
    }
}
