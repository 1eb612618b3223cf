//! A walk over chains of committees: the neighbours of those next to the frontier, until no more are
//! next to it. (Pareto local search, Paquete et al. 2004, in parts.)

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::super::candidate::{Chain, GateId};
use super::super::grid;
use super::super::polish::{polish, polish_from};
use super::super::progress::Observer;
use super::super::scope::Scope;
use super::super::space::Space;
use super::super::staircase::Staircase;
use super::beam::resolution;
use super::sample::Sample;
use super::unpoisoned;
use crate::cascade::{Aggregation, Cascade, Committee, ConfidenceMeasure, ModelId, Ticks};
use crate::pool::Pool;
use crate::signal::SignalKey;

/// Paths whose neighbours are looked at together: what they have in common is made once.
const TOGETHER: usize = 16;

/// Paths from which the walk goes on at once.
const ROUND: usize = 4 * TOGETHER;

/// By how few right answers, as a share of the samples, a path is next to the frontier: thresholds
/// that were not tried may win as much.
const NEXT: f64 = 0.0025;

/// What a walk found.
pub(super) struct Walk {
    /// The committees of all paths next to the frontier.
    pub(super) committees: BTreeSet<Committee>,
    /// The frontier of all cascades found, cheapest first.
    pub(super) frontier: Vec<Cascade>,
}

/// A cascade without its thresholds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Path {
    confidence: ConfidenceMeasure,
    /// The models that each stage adds.
    stages: Vec<Committee>,
}

/// A cascade's right answers on the sample, and its cost there.
type Merit = (u32, Ticks);

/// Walks on from the cascades `from`, all of the one aggregation of `scope`: from those paths first
/// that come nearest to the frontier. No round of them begins once `most` scores were looked at.
pub(super) fn search(
    pool: &Pool,
    sample: &Sample,
    scope: &Scope,
    from: &[Cascade],
    most: u64,
    observer: &dyn Observer,
) -> Walk {
    let slack = (NEXT * sample.len() as f64).ceil() as u32;
    let near = Near { pool, sample, scope, slack, observer, looked: AtomicU64::new(0) };
    let mut frontier: Vec<(Cascade, Merit)> = vec![];
    let mut merits: BTreeMap<Path, Vec<Merit>> = BTreeMap::new();
    let mut done: BTreeSet<Path> = BTreeSet::new();
    let mut ahead: Vec<Path> =
        from.iter().map(Path::of).collect::<BTreeSet<_>>().into_iter().collect();
    while !ahead.is_empty() && near.looked.load(Ordering::Relaxed) < most && !observer.interrupted()
    {
        let round: Vec<Path> = ahead.drain(..ahead.len().min(ROUND)).collect();
        let found = round.par_chunks(TOGETHER).flat_map(|paths| near.frontier(paths));
        let found: Vec<(Cascade, Merit)> = found.collect();
        for (cascade, merit) in &found {
            merits.entry(Path::of(cascade)).or_default().push(*merit);
        }
        frontier = best(frontier.into_iter().chain(found).collect());
        done.extend(round);
        if ahead.is_empty() {
            let mut next: Vec<(u32, &Path)> = merits
                .iter()
                .map(|(path, merits)| (regret(merits, &frontier), path))
                .filter(|(regret, path)| *regret <= slack && !done.contains(*path))
                .collect();
            next.sort();
            ahead = next.into_iter().take(ROUND).map(|(_, path)| path.clone()).collect();
        }
    }
    let next = merits.iter().filter(|(_, merits)| regret(merits, &frontier) <= slack);
    let heard = |(path, _): (&Path, &_)| scope.aggregations[0].heard(&path.stages);
    let committees = next.flat_map(heard).collect();
    Walk { committees, frontier: frontier.into_iter().map(|(cascade, _)| cascade).collect() }
}

/// Those that no other one beats, cheapest first; of equals the first.
fn best(mut found: Vec<(Cascade, Merit)>) -> Vec<(Cascade, Merit)> {
    found.sort_by_key(|&(_, (correct, cost))| (cost, Reverse(correct)));
    let mut most = None;
    found.retain(|&(_, (correct, _))| {
        let rises = most.is_none_or(|most| correct > most);
        most = most.max(Some(correct));
        rises
    });
    found
}

/// By how few right answers the best of `merits` falls short of `frontier` at its cost.
fn regret(merits: &[Merit], frontier: &[(Cascade, Merit)]) -> u32 {
    let one = |&(correct, cost): &Merit| {
        let affordable = frontier.partition_point(|(_, (_, dear))| *dear <= cost);
        let best = affordable.checked_sub(1).map_or(0, |last| frontier[last].1.0);
        best.saturating_sub(correct)
    };
    merits.iter().map(one).min().unwrap_or(u32::MAX)
}

/// Where neighbours are looked at.
struct Near<'a> {
    pool: &'a Pool,
    sample: &'a Sample,
    scope: &'a Scope,
    /// By how few right answers a path is next to the frontier.
    slack: u32,
    observer: &'a dyn Observer,
    /// Scores so far.
    looked: AtomicU64,
}

impl Near<'_> {
    /// The frontier of `paths` and their neighbours.
    fn frontier(&self, paths: &[Path]) -> Vec<(Cascade, Merit)> {
        let mut near: BTreeMap<ConfidenceMeasure, BTreeSet<Vec<Committee>>> = BTreeMap::new();
        for path in paths {
            let stages = neighbours(&path.stages, self.pool.models().len(), self.scope.max_models);
            let aggregation = self.scope.aggregations[0];
            let is_alone = |stage: &Committee| stage.len() == 1 || aggregation != Aggregation::Last;
            let heard = stages.iter().filter(|stages| stages.iter().all(is_alone));
            let heard = heard.map(|stages| aggregation.heard(stages));
            near.entry(path.confidence).or_default().extend(heard);
        }
        near.into_iter().flat_map(|(confidence, runs)| self.of_runs(confidence, &runs)).collect()
    }

    /// The frontier of the cascades whose stages are `runs`, and of what these begin with.
    fn of_runs(
        &self,
        confidence: ConfidenceMeasure,
        runs: &BTreeSet<Vec<Committee>>,
    ) -> Vec<(Cascade, Merit)> {
        let scope = Scope { confidences: vec![confidence], ..self.scope.clone() };
        let committees: BTreeSet<&Committee> = runs.iter().flatten().collect();
        let scores = committees.len() * self.sample.len() * self.pool.classes();
        self.looked.fetch_add(scores as u64, Ordering::Relaxed);
        let key = |&c: &&Committee| SignalKey::new(scope.aggregations[0], confidence, c.clone());
        let signals = self.sample.signals(committees.iter().map(key));
        let everyone: Vec<u32> = (0..self.sample.len() as u32).collect();
        let space = Space::new(self.pool, &signals, &scope, &everyone);
        let gates: BTreeMap<&Committee, GateId> =
            space.gates.iter().map(|gate| &gate.committee).zip(0..).collect();
        let mut wanted: BTreeSet<Vec<GateId>> = BTreeSet::new();
        for run in runs {
            let run: Vec<GateId> = run.iter().map_while(|c| gates.get(c)).copied().collect();
            wanted.extend((1..=run.len()).map(|stages| run[..stages].to_vec()));
        }
        let mut staircase = Staircase::default();
        let stop = || self.observer.interrupted();
        let wanted = |chain: &Chain| wanted.contains(chain.gates());
        let resolution = resolution(scope.max_models);
        grid::search(&space, resolution, wanted, &mut staircase, |_| {}, stop);
        // Better thresholds may bring to the frontier what is next to it on the grid.
        let next = Mutex::new(vec![]);
        let each = |candidate, regret| {
            if regret <= self.slack {
                unpoisoned(&next).push(candidate);
            }
        };
        grid::nearest(&space, resolution, wanted, &staircase, each, stop);
        let next = std::mem::take(&mut *unpoisoned(&next));
        polish_from(&space, &next, &mut staircase, stop);
        polish(&space, &mut staircase, stop);
        let steps = staircase.steps().iter();
        steps.map(|step| (space.cascade(&step.candidate), (step.correct, step.cost))).collect()
    }
}

impl Path {
    fn of(cascade: &Cascade) -> Self {
        let stages = cascade.stages.iter().map(|stage| stage.models.clone()).collect();
        Self { confidence: cascade.confidence, stages }
    }
}

/// `stages`, and what differs in one model that is another, has left, has joined, or is at another
/// stage; of at most `most` out of `models` models.
fn neighbours(stages: &[Committee], models: usize, most: usize) -> BTreeSet<Vec<Committee>> {
    let single = |model: ModelId| Committee::new(vec![model]);
    let used = stages.iter().fold(Committee::default(), |used, stage| used.union(stage));
    let unused: Vec<Committee> =
        (0..models).map(single).filter(|model| !used.contains(model)).collect();
    let mut near = BTreeSet::from([stages.to_vec()]);
    if used.len() < most {
        near.extend(unused.iter().flat_map(|model| joined(stages, model)));
    }
    for (at, stage) in stages.iter().enumerate() {
        for model in stage.models().iter().copied().map(single) {
            let with = |models: Committee| {
                let mut stages = stages.to_vec();
                stages[at] = models;
                stages
            };
            let rest = stage.without(&model);
            near.extend(unused.iter().map(|other| with(rest.union(other))));
            let rest = with(rest);
            near.extend(joined(&rest, &model));
            near.insert(rest);
        }
    }
    let near = near.into_iter().map(|mut stages| {
        stages.retain(|stage| !stage.is_empty());
        stages
    });
    near.filter(|stages| !stages.is_empty()).collect()
}

/// `stages` with one model more: in each of them, and alone before or after each.
fn joined<'a>(
    stages: &'a [Committee],
    model: &'a Committee,
) -> impl Iterator<Item = Vec<Committee>> + 'a {
    let within = (0..stages.len()).map(|at| {
        let mut stages = stages.to_vec();
        stages[at] = stages[at].union(model);
        stages
    });
    let alone = (0..=stages.len()).map(|at| {
        let mut stages = stages.to_vec();
        stages.insert(at, model.clone());
        stages
    });
    within.chain(alone)
}
