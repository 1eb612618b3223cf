//! Stages and the cascades made of them.

use super::{Aggregation, Committee, ConfidenceMeasure, ModelId};

/// Models that run together, then a gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The models that this stage adds to those already run.
    pub models: Committee,
    /// A sample exits here if its confidence is at least this; `None` for the last stage, where
    /// every sample exits.
    pub threshold: Option<f64>,
}

/// An ordered list of stages; the last one always exits. An ensemble is a cascade of one stage.
///
/// Source: Wang et al., "Wisdom of Committees", ICLR 2022, algorithm 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Cascade {
    /// How the predictions of all models run so far are combined.
    pub aggregation: Aggregation,
    /// What the thresholds are compared with.
    pub confidence: ConfidenceMeasure,
    /// At least one stage; only the last has no threshold, and no model stands in two.
    pub stages: Vec<Stage>,
}

impl Cascade {
    /// A model on its own, with its own answers.
    pub fn single(model: ModelId) -> Self {
        let stage = Stage { models: Committee::new(vec![model]), threshold: None };
        let (aggregation, confidence) = (Aggregation::Last, ConfidenceMeasure::MaxProb);
        Self { aggregation, confidence, stages: vec![stage] }
    }

    /// The committees after each stage: everything run so far, the growing sets `S1 < S2 < …`.
    pub fn committees(&self) -> Vec<Committee> {
        self.stages
            .iter()
            .scan(Committee::default(), |run, stage| {
                *run = run.union(&stage.models);
                Some(run.clone())
            })
            .collect()
    }
}
