//! Stages and the cascades made of them.

use super::{Aggregation, Committee, ConfidenceMeasure, Fit, Mix, ModelId};

/// Models that run together, then a gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The models that this stage adds to those already run.
    pub models: Committee,
    /// A sample exits here if its confidence is at least this; `None` for the last stage, where
    /// every sample exits.
    pub threshold: Option<f64>,
    /// How the predictions of all models run so far are combined; under [`Aggregation::Last`], of
    /// this stage's model alone.
    pub mix: Mix,
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
    /// At least one stage; only the last has no threshold, and no model stands in two. The same is
    /// fitted at all of them, and a model has one temperature.
    pub stages: Vec<Stage>,
}

impl Cascade {
    /// A model on its own, with its own answers.
    pub fn single(model: ModelId) -> Self {
        let models = Committee::new(vec![model]);
        let stage = Stage { models, threshold: None, mix: Mix::default() };
        let (aggregation, confidence) = (Aggregation::Last, ConfidenceMeasure::MaxProb);
        Self { aggregation, confidence, stages: vec![stage] }
    }

    /// Whether it runs this model and no other.
    pub fn is_single(&self, model: ModelId) -> bool {
        matches!(self.stages.as_slice(), [only] if only.models.models() == [model])
    }

    /// Whether it runs one model only, whichever.
    pub fn runs_one_model(&self) -> bool {
        matches!(self.stages.as_slice(), [only] if only.models.len() == 1)
    }

    /// What was fitted to the tuning samples.
    pub fn fit(&self) -> Fit {
        self.stages.first().map_or(Fit::RAW, |stage| stage.mix.fit())
    }

    /// The committees that decide at each stage: everything run so far, or under
    /// [`Aggregation::Last`] the stage's own model.
    pub fn heard(&self) -> Vec<Committee> {
        self.aggregation.heard(self.stages.iter().map(|stage| &stage.models))
    }

    /// The committees after each stage: everything run so far, the growing sets `S1 < S2 < …`.
    pub fn committees(&self) -> Vec<Committee> {
        grown(self.stages.iter().map(|stage| &stage.models))
    }
}

impl Aggregation {
    /// The committees that decide where the stages add these models: see [`Cascade::heard`].
    pub(crate) fn heard<'a>(
        self,
        stages: impl IntoIterator<Item = &'a Committee>,
    ) -> Vec<Committee> {
        match self {
            Self::Last => stages.into_iter().cloned().collect(),
            Self::MeanLogits | Self::MeanProbs => grown(stages),
        }
    }
}

/// The unions of the first of `stages`, the first two, and so on.
fn grown<'a>(stages: impl IntoIterator<Item = &'a Committee>) -> Vec<Committee> {
    let union = |run: &mut Committee, stage: &Committee| {
        *run = run.union(stage);
        Some(run.clone())
    };
    stages.into_iter().scan(Committee::default(), union).collect()
}
