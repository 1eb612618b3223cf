//! Simulated annealing over subset, order, grouping and thresholds, by argmin, from the beam's best.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::simulatedannealing::{Anneal, SimulatedAnnealing};
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::super::gate::{at_most, thresholds};
use super::super::progress::Observer;
use super::super::scope::Scope;
use super::Breadth;
use super::beam::Beam;
use super::sample::Sample;
use super::unpoisoned;
use crate::cascade::{
    Aggregation, Cascade, Committee, ConfidenceMeasure, CostScale, Mix, ModelId, Stage,
};
use crate::pool::Pool;
use crate::signal::{Signal, SignalKey};

/// Points of the beam's frontier that an annealing starts from.
const STARTS: usize = 8;

/// Thresholds per gate.
const LEVELS: usize = 32;

/// The temperature at first, in shares of right answers.
const HOT: f64 = 0.01;

/// The cascades that annealing found, for the one aggregation of `scope`.
pub(super) fn search(
    pool: &Pool,
    sample: &Sample,
    scope: &Scope,
    beam: &Beam,
    breadth: &Breadth,
    observer: &dyn Observer,
) -> Vec<Cascade> {
    let steps = &beam.frontier;
    if steps.is_empty() {
        return vec![];
    }
    let starts: BTreeSet<usize> =
        (0..STARTS).map(|i| i * steps.len().saturating_sub(1) / (STARTS - 1)).collect();
    let found = starts.into_par_iter().filter_map(|at| {
        let (start, ..) = &steps[at];
        let problem = Problem::new(
            pool,
            sample,
            scope,
            start.confidence,
            slope(steps, at),
            breadth,
            observer,
        );
        let plan = Plan::of(start, |decides, threshold| problem.known(decides).level(threshold));
        // Only a temperature of 0 is refused, and a cost function that fails, as ours does to stop.
        let best = SimulatedAnnealing::new_with_rng(HOT, ChaCha8Rng::seed_from_u64(breadth.seed))
            .and_then(|solver| {
                let executor = Executor::new(problem, solver);
                executor.configure(|state| state.param(plan).max_iters(breadth.moves)).run()
            });
        let mut best = best.ok()?;
        let problem = best.problem.take_problem()?;
        best.state().get_best_param().map(|plan| problem.cascade(plan))
    });
    found.collect()
}

/// Right answers that one tick of cost is worth around a step of the frontier.
fn slope(steps: &[(Cascade, u32, u64)], at: usize) -> f64 {
    let around = steps.len().div_ceil(STARTS);
    let (_, few, cheap) = &steps[at.saturating_sub(around)];
    let (_, many, dear) = &steps[(at + around).min(steps.len() - 1)];
    f64::from(many - few) / (dear - cheap).max(1) as f64
}

/// A cascade: for each stage its models and the level of its threshold.
#[derive(Debug, Clone, PartialEq)]
struct Plan(Vec<(Committee, usize)>);

impl Plan {
    /// `cascade`, its thresholds replaced by `level(committee, threshold)`.
    fn of(cascade: &Cascade, level: impl Fn(&Committee, f64) -> usize) -> Self {
        let mut plan = Self(cascade.stages.iter().map(|s| (s.models.clone(), 0)).collect());
        let decides = plan.decides(cascade.aggregation);
        for ((stage, (_, place)), decides) in cascade.stages.iter().zip(&mut plan.0).zip(&decides) {
            *place = stage.threshold.map_or(0, |threshold| level(decides, threshold));
        }
        plan
    }

    /// For each stage, the committee whose signal decides there.
    fn decides(&self, aggregation: Aggregation) -> Vec<Committee> {
        aggregation.heard(self.0.iter().map(|(models, _)| models))
    }

    fn models(&self) -> Vec<ModelId> {
        self.0.iter().flat_map(|(models, _)| models.models()).copied().collect()
    }
}

/// A committee on the sample.
struct Known {
    signal: Signal,
    /// Ascending quantiles of its confidences: level `l` exits from `quantiles[l]` on.
    quantiles: Vec<f32>,
}

impl Known {
    /// The lowest level that is no less strict than `threshold`.
    fn level(&self, threshold: f64) -> usize {
        let below = self.quantiles.partition_point(|&quantile| f64::from(quantile) < threshold);
        below.min(LEVELS - 1)
    }

    /// The threshold that a cascade may have in place of a level, if there is any.
    fn threshold(&self, level: usize) -> f64 {
        let quantile = f64::from(self.quantiles[level]);
        let thresholds = thresholds(&self.signal.confidence);
        at_most(&thresholds, quantile).map_or(quantile, |at| thresholds[at])
    }
}

/// Cascades of one aggregation and one measure, worth their right answers less their cost.
struct Problem<'a> {
    sample: &'a Sample,
    aggregation: Aggregation,
    confidence: ConfidenceMeasure,
    max_models: usize,
    /// What each model costs, in right answers of one sample.
    costs: Vec<f64>,
    /// Most that all models may cost together, likewise.
    limit: f64,
    observer: &'a dyn Observer,
    known: Mutex<BTreeMap<Committee, Arc<Known>>>,
    rng: Mutex<ChaCha8Rng>,
}

impl<'a> Problem<'a> {
    fn new(
        pool: &Pool,
        sample: &'a Sample,
        scope: &Scope,
        confidence: ConfidenceMeasure,
        slope: f64,
        breadth: &Breadth,
        observer: &'a dyn Observer,
    ) -> Self {
        let costs: Vec<f64> = pool.models().iter().map(|model| model.cost).collect();
        let scale = CostScale::new(&costs, pool.samples());
        let worth = |cost: f64| slope * scale.ticks(cost) as f64;
        Self {
            sample,
            aggregation: scope.aggregations[0],
            confidence,
            max_models: scope.max_models,
            limit: scope.max_worst_case_cost.map_or(f64::INFINITY, worth),
            costs: costs.into_iter().map(worth).collect(),
            observer,
            known: Mutex::default(),
            rng: Mutex::new(ChaCha8Rng::seed_from_u64(breadth.seed)),
        }
    }

    /// The cascade that `plan` stands for.
    fn cascade(&self, plan: &Plan) -> Cascade {
        let decides = plan.decides(self.aggregation);
        let last = decides.len() - 1;
        let stage = |(number, ((models, level), decides)): (usize, (&(Committee, usize), _))| {
            let threshold = (number < last).then(|| self.known(decides).threshold(*level));
            Stage { models: models.clone(), threshold, mix: Mix::default() }
        };
        let stages = plan.0.iter().zip(&decides).enumerate().map(stage).collect();
        Cascade { aggregation: self.aggregation, confidence: self.confidence, stages }
    }

    fn known(&self, committee: &Committee) -> Arc<Known> {
        let mut known = unpoisoned(&self.known);
        if let Some(known) = known.get(committee) {
            return known.clone();
        }
        let key = SignalKey::new(self.aggregation, self.confidence, committee.clone());
        let signals = self.sample.signals([key.clone()]);
        let signal = signals.get(&key).cloned().expect("this signal was asked for");
        let mut sorted = signal.confidence.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let quantile = |level: usize| sorted[(level + 1) * sorted.len() / (LEVELS + 1)];
        let quantiles = (0..LEVELS).map(quantile).collect();
        let fresh = Arc::new(Known { signal, quantiles });
        known.insert(committee.clone(), fresh.clone());
        fresh
    }
}

impl CostFunction for Problem<'_> {
    type Param = Plan;
    type Output = f64;

    /// The worth of a cascade per sample, with the sign that argmin minimises. Fails to stop.
    fn cost(&self, plan: &Plan) -> Result<f64, Error> {
        if self.observer.interrupted() {
            return Err(Error::msg("interrupted"));
        }
        let mut open: Vec<usize> = (0..self.sample.len()).collect();
        let (mut worth, mut cost) = (0.0, 0.0);
        let decides = plan.decides(self.aggregation);
        let last = decides.len() - 1;
        for (number, (committee, (models, level))) in decides.iter().zip(&plan.0).enumerate() {
            cost += models.models().iter().map(|&model| self.costs[model]).sum::<f64>();
            let known = self.known(committee);
            open.retain(|&sample| {
                let exits =
                    number == last || known.signal.confidence[sample] >= known.quantiles[*level];
                if exits {
                    worth += f64::from(u8::from(known.signal.right[sample])) - cost;
                }
                !exits
            });
        }
        let allowed = cost <= self.limit;
        Ok(if allowed { -worth / self.sample.len() as f64 } else { f64::INFINITY })
    }
}

impl Anneal for Problem<'_> {
    type Param = Plan;
    type Output = Plan;
    type Float = f64;

    /// A neighbour: one threshold, one model or one grouping is another.
    fn anneal(&self, plan: &Plan, _temperature: f64) -> Result<Plan, Error> {
        let mut rng = unpoisoned(&self.rng);
        let mut plan = plan.clone();
        let used = plan.models();
        let single = |model| Committee::new(vec![model]);
        let unused = (0..self.costs.len()).filter(|model| !used.contains(model));
        let fresh = unused.choose(&mut *rng);
        let stage = rng.random_range(0..plan.0.len());
        let groups = self.aggregation != Aggregation::Last;
        match (rng.random_range(0..6), fresh) {
            // One model is replaced by another.
            (0, Some(fresh)) => {
                let models = &mut plan.0[stage].0;
                let old = models.models().choose(&mut *rng).copied().map(single);
                *models = models.without(&old.unwrap_or_default()).union(&single(fresh));
            }
            // A model joins: a stage, or as a new one.
            (1, Some(fresh)) if used.len() < self.max_models => {
                if groups && rng.random_bool(0.5) {
                    plan.0[stage].0 = plan.0[stage].0.union(&single(fresh));
                } else {
                    let level = rng.random_range(0..LEVELS);
                    plan.0.insert(rng.random_range(0..=stage), (single(fresh), level));
                }
            }
            // A model leaves.
            (2, _) if used.len() > 1 => {
                let models = &mut plan.0[stage].0;
                let old = models.models().choose(&mut *rng).copied().map(single);
                *models = models.without(&old.unwrap_or_default());
                plan.0.retain(|(models, _)| !models.is_empty());
            }
            // Two stages change places, or become one.
            (3, _) if stage > 0 => {
                if groups && rng.random_bool(0.5) {
                    let (models, _) = plan.0.remove(stage);
                    plan.0[stage - 1].0 = plan.0[stage - 1].0.union(&models);
                } else {
                    plan.0.swap(stage - 1, stage);
                }
            }
            // A threshold moves.
            _ => {
                let level = &mut plan.0[stage].1;
                *level = (*level + rng.random_range(0..=8)).saturating_sub(4).min(LEVELS - 1);
            }
        }
        Ok(plan)
    }
}
