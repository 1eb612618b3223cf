//! Figures of cascades on both parts of the samples.

use crate::cascade::{Cascade, Committee, CostScale, Stage, Ticks};
use crate::frontier::Merit;
use crate::pool::Pool;
use crate::search::Found;
use crate::signal::{Signals, Tally};
use crate::spec::wire::{FORMAT, Held, ModelEntry, Point, StageEntry, VERSION};
use crate::trust::{Split, binomial_interval};

use super::Settings;

/// Turns cascades into points, with figures on both parts of the samples.
pub(super) struct Scorer<'a> {
    pool: &'a Pool,
    signals: &'a Signals,
    scale: CostScale,
    costs: Vec<Ticks>,
    split: &'a Split,
}

impl<'a> Scorer<'a> {
    pub(super) fn new(
        pool: &'a Pool,
        signals: &'a Signals,
        scale: CostScale,
        split: &'a Split,
    ) -> Self {
        let costs = pool.models().iter().map(|model| scale.ticks(model.cost)).collect();
        Self { pool, signals, scale, costs, split }
    }

    pub(super) fn point(&self, cascade: &Cascade) -> Point {
        let tuning = self.tally(cascade, &self.split.tuning);
        let name = |&model: &usize| self.pool.models()[model].name.clone();
        let stages = cascade.stages.iter().zip(tuning.exit_fractions());
        let stages = stages.map(|(stage, exit_fraction)| StageEntry {
            models: stage.models.models().iter().map(name).collect(),
            threshold: stage.threshold,
            exit_fraction,
        });
        let models = cascade.stages.iter().flat_map(|stage| stage.models.models());
        Point {
            format: FORMAT.to_owned(),
            version: VERSION,
            aggregation: cascade.aggregation,
            confidence: cascade.confidence,
            stages: stages.collect(),
            cost_unit: self.pool.cost_unit().to_owned(),
            model_costs: models.map(|model| (name(model), self.cost(*model))).collect(),
            cost: self.scale.mean(tuning.cost, tuning.samples),
            worst_case_cost: self.worst_case(cascade),
            accuracy: tuning.accuracy(),
            holdout: self.held(cascade),
        }
    }

    /// The figures that a choice goes by.
    pub(super) fn merit(&self, found: &Found) -> Merit {
        let samples = self.split.tuning.len();
        Merit {
            accuracy: f64::from(found.correct) / samples as f64,
            cost: self.scale.mean(found.cost, samples),
            worst_case_cost: self.worst_case(&found.cascade),
        }
    }

    /// What all models of a cascade cost together.
    fn worst_case(&self, cascade: &Cascade) -> f64 {
        let models = cascade.stages.iter().flat_map(|stage| stage.models.models());
        self.scale.cost(models.map(|&model| self.costs[model]).sum())
    }

    pub(super) fn model(&self, model: usize, settings: &Settings) -> ModelEntry {
        let scope = &settings.options.scope;
        let cascade = Cascade {
            aggregation: scope.aggregations[0],
            confidence: scope.confidences[0],
            stages: vec![Stage { models: Committee::new(vec![model]), threshold: None }],
        };
        let Point { accuracy, holdout, .. } = self.point(&cascade);
        let entry = &self.pool.models()[model];
        ModelEntry { name: entry.name.clone(), cost: self.cost(model), accuracy, holdout }
    }

    /// What a model costs, to the last digit that its cascades' costs are sums of.
    fn cost(&self, model: usize) -> f64 {
        self.scale.cost(self.costs[model])
    }

    fn held(&self, cascade: &Cascade) -> Option<Held> {
        if self.split.holdout.is_empty() {
            return None;
        }
        let held = self.tally(cascade, &self.split.holdout);
        Some(Held {
            samples: held.samples,
            cost: self.scale.mean(held.cost, held.samples),
            accuracy: held.accuracy(),
            accuracy_interval: binomial_interval(held.correct, held.samples, 0.95),
        })
    }

    fn tally(&self, cascade: &Cascade, samples: &[u32]) -> Tally {
        let tally = self.signals.tally(cascade, &self.costs, samples);
        tally.expect("the signals of every cascade of the scope are computed")
    }
}
