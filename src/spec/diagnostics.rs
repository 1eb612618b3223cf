//! `diagnostics.json`: how the chosen cascade's gates decide, for people to look at. No runtime
//! needs it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::load::{json, typed};
use super::validate::Problem;
use super::wire::Point;
use crate::cascade::{Aggregation, Cascade, ConfidenceMeasure, CostScale, Ticks};
use crate::counted::counted;
use crate::error::Result;
use crate::signal::{Signals, StageSignal};
use crate::trust::{AtThreshold, Bins, bin_edges, curve_thresholds, threshold_curve};

/// `format` of every `diagnostics.json`.
pub const FORMAT: &str = "committee.diagnostics";

/// The version that this crate writes.
pub const VERSION: u32 = 1;

/// The gates of one cascade, looked at closely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// `committee.diagnostics`.
    pub format: String,
    /// `VERSION`.
    pub version: u32,
    /// How the cascade combines its models.
    pub aggregation: Aggregation,
    /// What its thresholds are compared with.
    pub confidence: ConfidenceMeasure,
    /// In the order in which they run.
    pub stages: Vec<StageDiagnostics>,
}

/// One stage, and the samples that come to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageDiagnostics {
    /// Names of the models that run here.
    pub models: Vec<String>,
    /// Least confidence to exit here; null for the last stage.
    pub threshold: Option<f64>,
    /// What other thresholds would do; absent for the last stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curve: Option<Curve>,
    /// The confidences of the samples that come here.
    pub histogram: Histogram,
}

/// The whole cascade as the threshold of one of its gates moves, the others as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Ascending; the one that is set is among them.
    pub thresholds: Vec<f64>,
    /// On the tuning samples.
    pub tuning: CurvePart,
    /// On the held-out samples; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<CurvePart>,
}

/// One value per threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePart {
    /// Share of all samples that exit at this gate.
    pub exit_fraction: Vec<f64>,
    /// Share of right answers of the whole cascade.
    pub accuracy: Vec<f64>,
    /// Mean cost of a sample of the whole cascade.
    pub cost: Vec<f64>,
}

/// Confidences of a stage's committee, right predictions apart from wrong ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Ascending, one more than there are bins. A value on an edge belongs above it.
    pub edges: Vec<f64>,
    /// On the tuning samples.
    pub tuning: Bins,
    /// On the held-out samples; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<Bins>,
}

impl Diagnostics {
    /// Whether it looks at held-out samples too.
    pub fn has_holdout(&self) -> bool {
        self.stages.iter().any(|stage| stage.histogram.holdout.is_some())
    }

    /// Looks at `cascade`, which is `point` in a file. `None` if a signal of it was not computed.
    pub fn new(
        point: &Point,
        cascade: &Cascade,
        tuning: &Part<'_>,
        holdout: Option<&Part<'_>>,
    ) -> Option<Self> {
        let holdout = match holdout {
            Some(part) => Some(Looked::new(part, cascade)?),
            None => None,
        };
        let view = View { tuning: Looked::new(tuning, cascade)?, holdout };
        let stages = point.stages.iter().enumerate().map(|(number, stage)| StageDiagnostics {
            models: stage.models.clone(),
            threshold: stage.threshold,
            curve: stage.threshold.map(|_| view.curve(number)),
            histogram: view.histogram(point.confidence, number),
        });
        Some(Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            aggregation: point.aggregation,
            confidence: point.confidence,
            stages: stages.collect(),
        })
    }

    /// Reads and checks the diagnostics of an earlier run.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), [`Error::Json`](crate::Error::Json), or
    /// [`Error::Misread`](crate::Error::Misread) or [`Error::Document`](crate::Error::Document),
    /// which name the field.
    pub fn read(path: &Path) -> Result<Self> {
        let diagnostics: Self = typed(&json(path, &["diagnostics.json"])?, path)?;
        diagnostics.check().map_err(|problem| problem.in_file(path, ""))?;
        Ok(diagnostics)
    }

    /// Whether this is about the cascade of `point`.
    pub fn describes(&self, point: &Point) -> bool {
        let same = |(ours, theirs): (&StageDiagnostics, &super::wire::StageEntry)| {
            ours.models == theirs.models && ours.threshold == theirs.threshold
        };
        self.aggregation == point.aggregation
            && self.confidence == point.confidence
            && self.stages.len() == point.stages.len()
            && self.stages.iter().zip(&point.stages).all(same)
    }

    /// Checks what the types do not rule out.
    fn check(&self) -> Result<(), Problem> {
        if self.format != FORMAT {
            let found = format!("\"{}\"", self.format);
            return Err(Problem::new("format", format!("\"{FORMAT}\""), found));
        }
        if self.version != VERSION {
            return Err(Problem::new("version", VERSION.to_string(), self.version));
        }
        for (number, stage) in self.stages.iter().enumerate() {
            let field = |name: &str| format!("stages[{number}].{name}");
            if let Some(curve) = &stage.curve {
                let length = curve.thresholds.len();
                let parts = [Some(&curve.tuning), curve.holdout.as_ref()];
                for part in parts.into_iter().flatten() {
                    for values in [&part.exit_fraction, &part.accuracy, &part.cost] {
                        lengths_agree(field("curve"), length, values.len())?;
                    }
                }
            }
            let bins = stage.histogram.edges.len().saturating_sub(1);
            let parts = [Some(&stage.histogram.tuning), stage.histogram.holdout.as_ref()];
            for part in parts.into_iter().flatten() {
                for values in [&part.right, &part.wrong] {
                    lengths_agree(field("histogram"), bins, values.len())?;
                }
            }
        }
        Ok(())
    }
}

fn lengths_agree(field: String, expected: usize, found: usize) -> Result<(), Problem> {
    if expected == found {
        return Ok(());
    }
    Err(Problem::new(field, counted(expected, "value"), found))
}

/// Samples that a cascade is looked at on.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The signals of their pool.
    pub signals: &'a Signals,
    /// Canonical positions.
    pub samples: &'a [u32],
    /// Each model's cost.
    pub costs: &'a [Ticks],
    /// What one tick of the costs is.
    pub scale: CostScale,
}

/// A cascade on one part of the samples.
struct Looked<'a> {
    stages: Vec<StageSignal<'a>>,
    samples: &'a [u32],
    scale: CostScale,
}

impl<'a> Looked<'a> {
    fn new(part: &Part<'a>, cascade: &Cascade) -> Option<Self> {
        let Part { signals, samples, costs, scale } = *part;
        Some(Self { stages: signals.stages(cascade, costs)?, samples, scale })
    }

    fn curve(&self, gate: usize, thresholds: &[f64]) -> CurvePart {
        let curve = threshold_curve(&self.stages, gate, self.samples, thresholds);
        let share = |count: u32| f64::from(count) / self.samples.len() as f64;
        let mean = |at: &AtThreshold| self.scale.mean(at.cost, self.samples.len());
        CurvePart {
            exit_fraction: curve.iter().map(|at| share(at.exits)).collect(),
            accuracy: curve.iter().map(|at| share(at.correct)).collect(),
            cost: curve.iter().map(mean).collect(),
        }
    }

    /// The samples that come to a stage.
    fn arriving(&self, stage: usize) -> Vec<u32> {
        let comes_here = |sample: &&u32| {
            !self.stages[..stage].iter().any(|before| before.lets_out(**sample as usize))
        };
        self.samples.iter().filter(comes_here).copied().collect()
    }

    fn bins(&self, stage: usize, edges: &[f64]) -> Bins {
        Bins::count(self.stages[stage].signal, &self.arriving(stage), edges)
    }
}

/// A cascade on all that it is looked at on.
struct View<'a> {
    tuning: Looked<'a>,
    holdout: Option<Looked<'a>>,
}

impl View<'_> {
    fn curve(&self, gate: usize) -> Curve {
        let Self { tuning, holdout } = self;
        let thresholds = curve_thresholds(&tuning.stages, gate, tuning.samples);
        Curve {
            tuning: tuning.curve(gate, &thresholds),
            holdout: holdout.as_ref().map(|part| part.curve(gate, &thresholds)),
            thresholds,
        }
    }

    fn histogram(&self, measure: ConfidenceMeasure, stage: usize) -> Histogram {
        let Self { tuning, holdout } = self;
        let signal = tuning.stages[stage].signal;
        let edges = bin_edges(measure, signal, &tuning.arriving(stage));
        Histogram {
            tuning: tuning.bins(stage, &edges),
            holdout: holdout.as_ref().map(|part| part.bins(stage, &edges)),
            edges,
        }
    }
}
