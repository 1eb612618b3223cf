//! Which committees to look at where there are too many for all: a beam finds them on a part of the
//! samples, annealing adds to it what the beam cannot reach, and a walk what is next to both.

mod anneal;
mod beam;
mod sample;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Instant;

use super::outcome::{Ended, Outcome, Shortlisted, Status};
use super::progress::{Observer, Timed};
use super::scope::Scope;
use super::space::Space;
use crate::cascade::{Aggregation, Cascade, Committee};
use crate::error::Result;
use crate::pool::Pool;
use crate::signal::{SignalKey, Signals, committees};
use sample::Sample;

/// How thorough a heuristic search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breadth {
    /// Committees of each size that the beam keeps.
    pub committees: usize,
    /// Committees of the small sizes that are all on the list, at most.
    pub whole: usize,
    /// Most tuning samples that beam, annealing and walk look at.
    pub samples: usize,
    /// Moves of each annealing.
    pub moves: u64,
    /// Scores that the walk looks at, about.
    pub scores: u64,
    /// Seed of its random numbers.
    pub seed: u64,
}

impl Default for Breadth {
    fn default() -> Self {
        Self {
            committees: 64,
            whole: 1000,
            samples: 2000,
            moves: 1500,
            scores: 20_000_000_000,
            seed: 0,
        }
    }
}

/// The committees to search.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortlist {
    /// Those that each aggregation may use.
    lists: BTreeMap<Aggregation, BTreeSet<Committee>>,
    /// The cascades that they were chosen for: the search begins with them.
    starts: Vec<Cascade>,
    /// What stopped it before it had all of them.
    cut_short: Option<Ended>,
}

impl Shortlist {
    /// Chooses committees for a search of `scope` in `pool` that is tuned on the samples `tuning`.
    /// Told by `observer` to stop, or at `until`, it makes do with those that it has.
    ///
    /// # Errors
    /// What [`Pool::read`] finds wrong.
    pub fn new(
        pool: &Pool,
        scope: &Scope,
        tuning: &[u32],
        breadth: &Breadth,
        until: Option<Instant>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let timed = Timed { observer, until, stopped: OnceLock::new() };
        let sample = Sample::read(pool, tuning, breadth.samples)?;
        let mut lists = BTreeMap::new();
        let mut starts = vec![];
        for &aggregation in &scope.aggregations {
            let scope = Scope { aggregations: vec![aggregation], ..scope.clone() };
            let beam = beam::search(pool, &sample, &scope, breadth, &timed);
            let mut list: BTreeSet<Committee> = beam.committees.iter().cloned().collect();
            let annealed = anneal::search(pool, &sample, &scope, &beam, breadth, &timed);
            list.extend(annealed.iter().flat_map(Cascade::heard));
            let mut good: Vec<Cascade> = beam.frontier.into_iter().map(|(c, ..)| c).collect();
            good.extend(annealed);
            let walk = walk::search(pool, &sample, &scope, &good, breadth.scores, &timed);
            list.extend(walk.committees);
            starts.extend(good);
            starts.extend(walk.frontier);
            match aggregation {
                // A beam that was stopped has few, and may not have come to the best of single models.
                Aggregation::Last if timed.stopped.get().is_some() => {
                    list.extend(committees(pool.models().len(), 1));
                }
                Aggregation::Last => {}
                Aggregation::MeanLogits | Aggregation::MeanProbs => {
                    list.extend(small(pool.models().len(), scope.max_models, breadth.whole));
                }
            }
            let parts: Vec<Committee> = list.iter().flat_map(Committee::parts).collect();
            list.extend(parts);
            lists.insert(aggregation, list);
        }
        // A clock that runs out when all is done cuts nothing short.
        let cut_short = timed.stopped.into_inner();
        Ok(Self { lists, starts, cut_short })
    }

    /// The signals that a search of the listed committees, and the comparison with single models,
    /// look at.
    pub fn signal_keys(&self, pool: &Pool, scope: &Scope) -> Vec<SignalKey> {
        let mut keys = Scope { max_models: 1, ..scope.clone() }.signal_keys(pool);
        for (&aggregation, list) in &self.lists {
            for committee in list {
                let key = |&measure| SignalKey::new(aggregation, measure, committee.clone());
                keys.extend(scope.confidences.iter().map(key));
            }
        }
        keys
    }

    /// Cascades that beam, annealing and walk found; a search of the listed committees begins with them.
    pub fn starts(&self) -> &[Cascade] {
        &self.starts
    }

    /// Number of committees on the list, each counted once whatever it is combined by.
    fn committees(&self) -> usize {
        self.lists.values().flatten().collect::<BTreeSet<_>>().len()
    }

    /// Whether every committee of `scope` is on it: then there were too many chains only, and a search leaves
    /// nothing out.
    pub(crate) fn is_whole(&self, pool: &Pool, scope: &Scope) -> bool {
        self.lists.iter().all(|(&aggregation, list)| {
            let size = if aggregation == Aggregation::Last { 1 } else { scope.max_models };
            list.len() as f64 == subsets(pool.models().len(), size)
        })
    }

    /// What a search of the listed committees found, as one of the whole scope: nothing is certified
    /// about that.
    pub(crate) fn told(&self, outcome: Outcome) -> Outcome {
        let ended = match outcome.status {
            Status::Optimal | Status::Grid | Status::Heuristic => Ended::Complete,
            Status::GapReached => Ended::GapReached,
            Status::TimeLimit => Ended::TimeLimit,
            Status::Interrupted => Ended::Interrupted,
        };
        let made = self.cut_short.unwrap_or_default();
        let shortlist = Some(Shortlisted { committees: self.committees(), made, ended });
        Outcome { status: Status::Heuristic, shortlist, certified_gap: None, ..outcome }
    }

    /// The part of the space of `scope` that has only listed committees.
    pub fn space(&self, pool: &Pool, signals: &Signals, scope: &Scope, tuning: &[u32]) -> Space {
        let space = Space::among(pool, signals, scope, tuning, |aggregation, committee| {
            self.lists.get(&aggregation).is_some_and(|list| list.contains(committee))
        });
        space.starting_from(&self.starts)
    }
}

/// All committees of so many models that have at most one, or at most two, and so on up to `size`,
/// as long as there are no more than `most`.
fn small(models: usize, size: usize, most: usize) -> Vec<Committee> {
    let (mut sets, mut all) = (1, 0);
    let fits = |size: &usize| {
        sets = sets * (models + 1 - size) / size;
        all += sets;
        all <= most
    };
    let size = (1..=size.min(models)).take_while(fits).last();
    size.map_or_else(Vec::new, |size| committees(models, size))
}

/// Number of sets of at most `size` of so many models, but the empty one.
fn subsets(models: usize, size: usize) -> f64 {
    let sets = (1..=size.min(models)).scan(1.0, |sets, size| {
        *sets *= (models + 1 - size) as f64 / size as f64;
        Some(*sets)
    });
    sets.sum::<f64>().round()
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|broken| broken.into_inner())
}
