//! A spec made ready to run.

use super::Batch;
use crate::cascade::{Cascade, Committee, CostScale, ModelId, Stage};
use crate::error::Result;
use crate::pool::Kind;
use crate::spec::wire::{Point, Spec};

/// One cascade, ready for any number of [batches](Batch), on any number of threads.
#[derive(Debug, Clone)]
pub struct Runner {
    /// Ascending by name: a [`ModelId`] is an index into this.
    pub(super) models: Vec<Model>,
    pub(super) cascade: Cascade,
    /// What a sample that exits at each stage has cost.
    pub(super) costs: Vec<f64>,
    pub(super) classes: usize,
}

/// A model that the caller runs.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub name: String,
    pub kind: Kind,
}

impl Runner {
    /// A runner of `spec`, all of whose models give logits; see [`with_kind`](Self::with_kind).
    ///
    /// # Errors
    /// [`Error::Field`](crate::Error::Field) if `spec` makes no sense. One that was
    /// [read](Spec::read) does.
    pub fn new(spec: &Spec) -> Result<Self> {
        spec.check()?;
        let point = &spec.point;
        let mut names: Vec<&str> = point.models().collect();
        names.sort_unstable();
        let id = |name: &String| names.partition_point(|known| *known < name.as_str());
        let stages = point.stages.iter().zip(point.mixes()).map(|(stage, mix)| Stage {
            models: Committee::new(stage.models.iter().map(id).collect()),
            threshold: stage.threshold,
            mix,
        });
        let Point { aggregation, confidence, .. } = *point;
        let cascade = Cascade { aggregation, confidence, stages: stages.collect() };
        let costs = costs(&names, &cascade, point);
        let model = |name: &&str| Model { name: (*name).to_owned(), kind: Kind::Logits };
        let models = names.iter().map(model).collect();
        Ok(Self { models, cascade, costs, classes: spec.classes })
    }

    /// This runner, fed scores of another kind by `model`.
    ///
    /// # Errors
    /// [`Error::Fed`](crate::Error::Fed) if the cascade has no such model.
    pub fn with_kind(mut self, model: &str, kind: Kind) -> Result<Self> {
        let id = self.id(model)?;
        self.models[id].kind = kind;
        Ok(self)
    }

    /// Names of the models, ascending.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.models.iter().map(|model| model.name.as_str())
    }

    /// Number of classes: scores of one model on one sample.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Begins a batch of `samples` samples, which are called by their number, from 0.
    pub fn start(&self, samples: usize) -> Batch<'_> {
        Batch::new(self, samples)
    }

    /// The place of a model by name.
    pub(super) fn id(&self, name: &str) -> Result<ModelId> {
        let names: Vec<&str> = self.models().collect();
        names.iter().position(|known| *known == name).ok_or_else(|| {
            let expected = format!("those of a model of the cascade ({})", names.join(", "));
            super::batch::unfit(name, expected, "no such model")
        })
    }
}

/// What samples that exit at each stage cost: the sum over all models run, in decimal steps as in
/// the spec's own figures.
fn costs(names: &[&str], cascade: &Cascade, point: &Point) -> Vec<f64> {
    let prices: Vec<f64> = names.iter().map(|name| point.model_costs[*name]).collect();
    let scale = CostScale::new(&prices, 1);
    let cost = |run: Committee| run.models().iter().map(|&model| scale.ticks(prices[model])).sum();
    cascade.committees().into_iter().map(|run| scale.cost(cost(run))).collect()
}
