//! Figures of cascades, tuning and held out.

use std::collections::BTreeMap;

use crate::cascade::{Cascade, Committee, CostScale, Mix, ModelId, Stage};
use crate::frontier::Merit;
use crate::pool::{Groups, Pool};
use crate::search::{Ended, Found, Scope, bits};
use crate::signal::Tally;
use crate::spec::Diagnostics;
use crate::spec::wire::{FORMAT, Held, ModelEntry, Part, Point, Profile, StageEntry, VERSION};
use crate::trust::{Method, binomial_interval, cost_interval};
use crate::warning::Warning;

use super::folds::{Fold, cross_fitted};
use super::side::{Run, Side};

/// Level of every interval and of the band.
pub(super) const LEVEL: f64 = 0.95;

/// Fewer samples tell little of what was tuned on them or without them.
const FEW: usize = 30;

/// More folds than anyone needs: each is a search of its own.
const MANY_FOLDS: usize = 100;

/// Where held-out figures come from.
pub(super) enum Reported<'a> {
    Nothing,
    /// From running the cascade itself.
    On(Method, Side<'a>),
    /// From running what each fold has for its cost.
    CrossFitted(Vec<Fold<'a>>),
}

/// Turns cascades into points.
pub(super) struct Scorer<'a> {
    pool: &'a Pool,
    pub(super) scope: &'a Scope,
    pub(super) tuning: Side<'a>,
    pub(super) reported: Reported<'a>,
    /// The tuning samples of each group that has some.
    groups: Option<Vec<Vec<u32>>>,
}

impl<'a> Reported<'a> {
    /// A warning if searches without a fold were cut short.
    pub(super) fn stopped(&self) -> Option<Warning> {
        let Self::CrossFitted(all) = self else { return None };
        let is_early = |fold: &&Fold<'_>| fold.stopped == Some(Ended::TimeLimit);
        let (stopped, folds) = (all.iter().filter(is_early).count(), all.len());
        (stopped > 0).then_some(Warning::FoldsStopped { stopped, folds })
    }

    /// The samples held out, where cascades of the frontier themselves are run on some.
    pub(super) fn side(&self) -> Option<&Side<'a>> {
        match self {
            Self::On(_, side) => Some(side),
            // Each fold runs another cascade.
            Self::Nothing | Self::CrossFitted(_) => None,
        }
    }

    /// A warning if the folds are small, or very many.
    pub(super) fn fine(&self) -> Option<Warning> {
        let Self::CrossFitted(all) = self else { return None };
        let least = all.iter().map(|fold| fold.side.samples.len()).min()?;
        let (folds, samples) = (all.len(), self.samples());
        let is_fine = least < FEW || folds > MANY_FOLDS;
        is_fine.then_some(Warning::FineFolds { folds, least, samples })
    }

    /// A warning if hardly any of so many samples tune, or hardly any of the others are held out.
    pub(super) fn few(&self, tuning: usize) -> Option<Warning> {
        let held_out = self.side().map(|side| side.samples.len());
        let is_few = tuning.min(held_out.unwrap_or(tuning)) < FEW;
        let held_out = held_out.unwrap_or_default();
        is_few.then_some(Warning::FewSamples { tuning, held_out })
    }

    /// Number of samples that held-out figures are on.
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::On(_, side) => side.samples.len(),
            Self::CrossFitted(folds) => folds.iter().map(|fold| fold.side.samples.len()).sum(),
        }
    }
}

/// A point or a model, and as sets of bits the samples that it gets wrong.
pub(super) struct Scored<T> {
    pub(super) entry: T,
    pub(super) tuning: Vec<u64>,
    /// Empty where nothing is held out.
    pub(super) held: Vec<u64>,
}

impl<T> Scored<T> {
    fn new(entry: T, tuning: Vec<bool>, held: Option<Vec<bool>>) -> Self {
        let wrong = |right: Vec<bool>| bits::collect(right.into_iter().map(|right| !right));
        Self { entry, tuning: wrong(tuning), held: held.map(wrong).unwrap_or_default() }
    }
}

impl<'a> Scorer<'a> {
    pub(super) fn new(
        scope: &'a Scope,
        tuning: Side<'a>,
        reported: Reported<'a>,
        groups: Option<&Groups>,
    ) -> Self {
        let members = |groups: &Groups| {
            let mut members = vec![vec![]; groups.names.len()];
            for &sample in &tuning.samples {
                members[groups.of[sample as usize] as usize].push(sample);
            }
            members.retain(|members: &Vec<u32>| !members.is_empty());
            members
        };
        let groups = groups.map(members);
        Self { pool: tuning.pool, scope, tuning, reported, groups }
    }

    /// The profile of a cascade on the samples that it was reported on, else on those that tuned.
    pub(super) fn profile(&self, cascade: &Cascade) -> Option<Profile> {
        let held = self.reported.side().map(|side| (Part::Holdout, side));
        let (part, side) = held.unwrap_or((Part::Tuning, &self.tuning));
        Profile::measure(&side.signals, cascade, part, &side.samples)
    }

    pub(super) fn point(&self, cascade: &Cascade) -> Scored<Point> {
        let Run { tally, right, .. } = self.tuning.run(cascade);
        let scale = self.tuning.scale;
        let name = |&model: &ModelId| self.pool.models()[model].name.clone();
        let named = |models: &Committee, numbers: &[f64]| -> BTreeMap<String, f64> {
            models.models().iter().map(name).zip(numbers.iter().copied()).collect()
        };
        let heard = cascade.heard();
        let exits = tally.exit_fractions().into_iter().zip(tally.exit_accuracies());
        let stages = cascade.stages.iter().zip(exits).zip(&heard);
        let stages = stages.map(|((stage, (exit_fraction, exit_accuracy)), heard)| StageEntry {
            models: stage.models.models().iter().map(name).collect(),
            threshold: stage.threshold,
            temperature: stage.mix.temperatures.as_ref().map(|temperatures| temperatures.committee),
            weights: stage.mix.weights.as_ref().map(|weights| named(heard, weights)),
            exit_fraction,
            exit_accuracy,
        });
        let tempered = cascade.stages.iter().zip(&heard);
        let tempered = tempered.filter_map(|(stage, heard)| {
            Some(named(heard, &stage.mix.temperatures.as_ref()?.models))
        });
        let temperatures = tempered.reduce(|mut all, more| {
            all.extend(more);
            all
        });
        let models = cascade.stages.iter().flat_map(|stage| stage.models.models());
        let (holdout, held) = self.held(cascade, &tally).unzip();
        let mut point = Point {
            format: FORMAT.to_owned(),
            version: VERSION,
            aggregation: cascade.aggregation,
            confidence: cascade.confidence,
            temperatures,
            stages: stages.collect(),
            cost_unit: self.pool.cost_unit().to_owned(),
            model_costs: models.map(|model| (name(model), self.cost(*model))).collect(),
            cost: scale.mean(tally.cost, tally.samples),
            worst_case_cost: self.worst_case(cascade),
            accuracy: tally.accuracy(),
            min_group_accuracy: self.min_group_accuracy(cascade),
            holdout,
        };
        point.version = point.version_needed();
        Scored::new(point, right, held)
    }

    /// A close look at the gates of `cascade`.
    pub(super) fn diagnostics(&self, cascade: &Cascade) -> Option<Diagnostics> {
        let held = self.reported.side().map(Side::part);
        Diagnostics::new(&self.point(cascade).entry, cascade, &self.tuning.part(), held.as_ref())
    }

    /// The figures that a choice goes by.
    pub(super) fn merit(&self, found: &Found) -> Merit {
        let samples = self.tuning.samples.len();
        Merit {
            accuracy: f64::from(found.correct) / samples as f64,
            cost: self.tuning.scale.mean(found.cost, samples),
            worst_case_cost: self.worst_case(&found.cascade),
            min_group_accuracy: self.min_group_accuracy(&found.cascade),
        }
    }

    /// The least accuracy in any group.
    fn min_group_accuracy(&self, cascade: &Cascade) -> Option<f64> {
        let accuracy = |samples: &Vec<u32>| self.tuning.run_on(cascade, samples).tally.accuracy();
        self.groups.as_ref()?.iter().map(accuracy).min_by(f64::total_cmp)
    }

    /// What all models of a cascade cost together.
    fn worst_case(&self, cascade: &Cascade) -> f64 {
        let models = cascade.stages.iter().flat_map(|stage| stage.models.models());
        self.tuning.scale.cost(models.map(|&model| self.tuning.costs[model]).sum())
    }

    /// Model `model` on its own.
    pub(super) fn model(&self, model: usize) -> Scored<ModelEntry> {
        let scope = self.scope;
        let cascade = Cascade {
            aggregation: scope.aggregations[0],
            confidence: scope.confidences[0],
            stages: vec![Stage {
                models: Committee::new(vec![model]),
                threshold: None,
                mix: Mix::default(),
            }],
        };
        let run = self.tuning.run(&cascade);
        let (holdout, held) = self.held(&cascade, &run.tally).unzip();
        let name = self.pool.models()[model].name.clone();
        let accuracy = run.tally.accuracy();
        let entry = ModelEntry { name, cost: self.cost(model), accuracy, holdout };
        Scored::new(entry, run.right, held)
    }

    /// What a model costs, to the last digit that its cascades' costs are sums of.
    fn cost(&self, model: usize) -> f64 {
        self.tuning.scale.cost(self.tuning.costs[model])
    }

    /// Held-out figures of a cascade that does `tuning` on the tuning samples, and who is right.
    fn held(&self, cascade: &Cascade, tuning: &Tally) -> Option<(Held, Vec<bool>)> {
        let (method, scale, run) = self.unseen(cascade, tuning)?;
        Some((held_figures(method, &run, scale), run.right))
    }

    /// What a cascade that does `tuning` on the tuning samples does on samples that did not tune it.
    pub(super) fn unseen(
        &self,
        cascade: &Cascade,
        tuning: &Tally,
    ) -> Option<(Method, CostScale, Run)> {
        match &self.reported {
            Reported::Nothing => None,
            Reported::On(method, side) => Some((*method, side.scale, side.run(cascade))),
            Reported::CrossFitted(folds) => {
                // Nothing about a single model is tuned: no fold would change it.
                let run = match cascade.runs_one_model() {
                    true => self.tuning.run(cascade),
                    false => cross_fitted(folds, tuning),
                };
                Some((Method::CrossFitted, self.tuning.scale, run))
            }
        }
    }
}

fn held_figures(method: Method, run: &Run, scale: CostScale) -> Held {
    let Run { tally, exits, .. } = run;
    Held {
        method,
        samples: tally.samples,
        cost: scale.mean(tally.cost, tally.samples),
        cost_interval: Some(cost_interval(exits, scale, LEVEL)),
        accuracy: tally.accuracy(),
        accuracy_interval: binomial_interval(tally.correct, tally.samples, LEVEL),
        accuracy_band: None,
    }
}
