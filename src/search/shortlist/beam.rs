//! A beam over committees: those of each size that come nearest to the frontier are extended.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use super::super::candidate::Candidate;
use super::super::candidate::Chain;
use super::super::grid;
use super::super::progress::Observer;
use super::super::scope::Scope;
use super::super::space::Space;
use super::super::staircase::Staircase;
use super::Breadth;
use super::sample::Sample;
use crate::cascade::{Aggregation, Cascade, Committee, Ticks};
use crate::pool::Pool;
use crate::signal::SignalKey;

/// Thresholds per gate of up to four stages.
const RESOLUTION: u16 = 16;

/// Cells of a chain's table, at most: what [`RESOLUTION`] makes of three gates.
const CELLS: f64 = 4096.0;

/// Chains of single models that are worth listing, at most.
const CHAINS: f64 = 1e5;

/// A cascade, its right answers on the sample, and its cost there.
pub(super) type Found = (Cascade, u32, Ticks);

/// What a beam kept.
pub(super) struct Beam {
    pub(super) committees: BTreeSet<Committee>,
    /// The frontier of their cascades, cheapest first.
    pub(super) frontier: Vec<Found>,
}

/// Thresholds per gate of up to so many models: of more stages fewer, so that a chain of them takes no
/// longer.
pub(super) fn resolution(models: usize) -> u16 {
    let gates = models.saturating_sub(1).max(1);
    // A hair more, so that a whole root is not rounded down.
    ((CELLS.powf(1.0 / gates as f64) + 1e-9) as u16).clamp(2, RESOLUTION)
}

/// Searches the committees of the one aggregation of `scope`.
pub(super) fn search(
    pool: &Pool,
    sample: &Sample,
    scope: &Scope,
    breadth: &Breadth,
    observer: &dyn Observer,
) -> Beam {
    let models = pool.models().len();
    let singles: BTreeSet<Committee> =
        (0..models).map(|model| Committee::new(vec![model])).collect();
    let of = |committees: &BTreeSet<Committee>, size| {
        let scope = Scope { max_models: size, ..scope.clone() };
        Part::new(pool, sample, &scope, committees, observer)
    };
    let most = scope.max_models.min(models);
    let committees = if scope.aggregations.contains(&Aggregation::Last) {
        let few = CHAINS.powf(1.0 / scope.max_models as f64) as usize;
        of(&singles, most.min(2)).best(&singles, few, observer)
    } else {
        let mut kept = singles.clone();
        let mut newest = singles;
        for size in 2..=most {
            if observer.interrupted() {
                break;
            }
            let larger = newest.iter().flat_map(|committee| {
                (0..models).map(|model| committee.union(&Committee::new(vec![model])))
            });
            let larger: BTreeSet<Committee> = larger.filter(|c| c.len() == size).collect();
            let part = of(&kept.union(&larger).cloned().collect(), size);
            newest = part.best(&larger, breadth.committees, observer);
            kept.extend(newest.iter().cloned());
        }
        kept
    };
    let part = of(&committees, scope.max_models);
    let steps = part.staircase.steps().iter();
    let frontier = steps.map(|step| (part.space.cascade(&step.candidate), step.correct, step.cost));
    Beam { frontier: frontier.collect(), committees }
}

/// The part of a space that some committees span on the sample, and its frontier.
struct Part {
    space: Space,
    resolution: u16,
    staircase: Staircase,
}

impl Part {
    fn new(
        pool: &Pool,
        sample: &Sample,
        scope: &Scope,
        committees: &BTreeSet<Committee>,
        observer: &dyn Observer,
    ) -> Self {
        let keys = committees.iter().flat_map(|committee| {
            let key = |&measure| SignalKey::new(scope.aggregations[0], measure, committee.clone());
            scope.confidences.iter().map(key)
        });
        let signals = sample.signals(keys);
        let everyone: Vec<u32> = (0..sample.len() as u32).collect();
        let space = Space::new(pool, &signals, scope, &everyone);
        let mut staircase = Staircase::default();
        let stop = || observer.interrupted();
        let resolution = resolution(scope.max_models);
        grid::search(&space, resolution, |_: &Chain| true, &mut staircase, |_| {}, stop);
        Self { space, resolution, staircase }
    }

    /// The `count` of `among` that come nearest to the frontier; of those on it, the ones with most
    /// of its steps.
    fn best(
        &self,
        among: &BTreeSet<Committee>,
        count: usize,
        observer: &dyn Observer,
    ) -> BTreeSet<Committee> {
        let stop = || observer.interrupted();
        // Of the best cascade that each gate is part of.
        let regrets: Vec<AtomicU32> =
            self.space.gates.iter().map(|_| AtomicU32::new(u32::MAX)).collect();
        let each = |candidate: Candidate, regret: u32| {
            for &gate in candidate.chain.gates() {
                regrets[gate as usize].fetch_min(regret, Ordering::Relaxed);
            }
        };
        grid::nearest(&self.space, self.resolution, |_| true, &self.staircase, each, stop);
        let regrets = regrets.into_iter().map(AtomicU32::into_inner);
        let mut steps = vec![0u32; regrets.len()];
        for step in self.staircase.steps() {
            step.candidate.chain.gates().iter().for_each(|&gate| steps[gate as usize] += 1);
        }
        let gates = self.space.gates.iter().zip(regrets.zip(steps));
        let mut ranked: Vec<(u32, Reverse<u32>, &Committee)> = gates
            .filter(|(gate, (regret, _))| *regret < u32::MAX && among.contains(&gate.committee))
            .map(|(gate, (regret, steps))| (regret, Reverse(steps), &gate.committee))
            .collect();
        ranked.sort_unstable();
        let mut best = BTreeSet::new();
        // A committee has a gate for each measure.
        for (.., committee) in ranked {
            if best.len() == count {
                break;
            }
            best.insert(committee.clone());
        }
        best
    }
}
