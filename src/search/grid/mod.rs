//! Every cascade over a grid of thresholds, counted and never replayed.
//!
//! For a chain with `k` gates take the table, over all vectors of thresholds, of how many samples
//! reach the next stage: a histogram of the samples' ranks, summed up along each axis. With it and
//! the like table of right answers, any cascade's accuracy and cost are a few additions. Tables
//! depend only on a prefix of the chain, so that all chains with that prefix share them.

mod nearest;
mod tables;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use rayon::prelude::*;

use super::candidate::Chain;
use super::gate::Gate;
use super::space::Space;
use super::staircase::{Staircase, Step};
use crate::cascade::Ticks;
pub(crate) use nearest::nearest;
use tables::{Coarse, Stage, Tables};

/// How many cells of a row share one look at the frontier.
const NEAR: usize = 8;

/// Offers to `staircase` the best of all cascades with at most `resolution` thresholds per gate, of
/// chains that are `wanted`: nothing that extends an unwanted one is looked at. `on_chains` is told
/// how many more chains are done; once `stop` says so, the rest are left out. Returns how many
/// with a gate were scored; ensembles are in any case.
pub(crate) fn search(
    space: &Space,
    resolution: u16,
    wanted: impl Fn(&Chain) -> bool + Sync,
    staircase: &mut Staircase,
    on_chains: impl Fn(usize) + Sync,
    stop: impl Fn() -> bool + Sync,
) -> u64 {
    let coarse = space.gates.par_iter().map(|gate| Coarse::new(gate, resolution)).collect();
    let shared = Mutex::new(Arc::new(std::mem::take(staircase)));
    let scored = AtomicU64::new(0);
    let grid = Grid {
        space,
        coarse,
        wanted: &wanted,
        shared: &shared,
        scored: &scored,
        on_chains: &on_chains,
        stop: &stop,
    };
    let roots = grid.wanted(space.roots());
    grid.extend(&Tables::root(space.samples), &roots);
    on_chains(roots.len());
    let shared = shared.into_inner().unwrap_or_else(|broken| broken.into_inner());
    *staircase = Arc::unwrap_or_clone(shared);
    scored.into_inner()
}

/// Number of all cascades with at most `resolution` thresholds per gate; at most `u64::MAX`.
pub(crate) fn candidates(space: &Space, resolution: u16) -> u64 {
    let levels = |gate: &Gate| gate.levels(usize::from(resolution)).len();
    let levels: Vec<usize> = space.gates.par_iter().map(levels).collect();
    space.count(|gate| levels[gate as usize])
}

/// What all tasks of one search share.
struct Grid<'a> {
    space: &'a Space,
    coarse: Vec<Coarse>,
    wanted: &'a (dyn Fn(&Chain) -> bool + Sync),
    shared: &'a Mutex<Arc<Staircase>>,
    scored: &'a AtomicU64,
    on_chains: &'a (dyn Fn(usize) + Sync),
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Grid<'_> {
    fn shared(&self) -> MutexGuard<'_, Arc<Staircase>> {
        self.shared.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    fn wanted(&self, mut chains: Vec<Chain>) -> Vec<Chain> {
        chains.retain(self.wanted);
        chains
    }

    /// Scores the chains `children`, all of which extend the prefix of `tables`, and what extends
    /// them in turn.
    fn extend(&self, tables: &Tables, children: &[Chain]) {
        // Only what the frontier strictly dominates is ever dropped, so it does not matter for the
        // outcome which task learns of which step when.
        let found = children
            .par_iter()
            .fold(
                || Finds::beside(self.shared()),
                |mut found, chain| {
                    // Ensembles are scored whatever the time, so that no frontier is empty.
                    let stop = (self.stop)();
                    if !stop || tables.shape.is_empty() {
                        let last = Stage::last_of(chain, self.space);
                        let exits = tables.exits(last.gate);
                        tables.score(&last, &exits, &self.coarse, &mut found);
                        if !tables.shape.is_empty() {
                            self.scored.fetch_add(exits.len() as u64, Ordering::Relaxed);
                        }
                        let longer = if stop { vec![] } else { self.space.children(chain) };
                        let longer = self.wanted(longer);
                        if !longer.is_empty() {
                            self.extend_each(tables, &last, &exits, &longer);
                        }
                    }
                    found
                },
            )
            .collect::<Vec<_>>();
        let mut shared = self.shared();
        for step in found.iter().flat_map(|found| &found.steps) {
            if !shared.dominates(step.cost, step.correct) {
                Arc::make_mut(&mut *shared).offer(*step);
            }
        }
    }

    /// Scores the chains `longer`, all of which extend the chain of `stage`, and what extends them in
    /// turn; `tables` are those before `stage`.
    fn extend_each(&self, tables: &Tables, stage: &Stage<'_>, exits: &[u32], longer: &[Chain]) {
        let coarse = &self.coarse[stage.id as usize];
        for levels in tables.parts(coarse) {
            if (self.stop)() {
                break;
            }
            self.extend(&tables.with_gate(stage, exits, coarse, levels), longer);
        }
        (self.on_chains)(longer.len());
    }
}

/// What one task found.
struct Finds {
    /// The frontier as far as the task knows: that of all tasks, until it finds something itself.
    staircase: Arc<Staircase>,
    steps: Vec<Step>,
}

impl Finds {
    fn beside(shared: MutexGuard<'_, Arc<Staircase>>) -> Self {
        Self { staircase: shared.clone(), steps: vec![] }
    }

    fn offer(&mut self, step: Step) {
        if Arc::make_mut(&mut self.staircase).offer(step) {
            self.steps.push(step);
        }
    }
}

impl Tables {
    /// Offers every cascade that ends with `stage`.
    fn score(&self, stage: &Stage<'_>, exits: &[u32], coarse: &[Coarse], found: &mut Finds) {
        let row = self.shape.last().copied().unwrap_or(1);
        let mut correct = vec![0; row];
        for start in (0..exits.len()).step_by(row) {
            let cells = exits[start..].iter().zip(&self.correct[start..]);
            let mut most = 0;
            for (correct, (exits, earlier)) in correct.iter_mut().zip(cells) {
                *correct = exits + earlier;
                most = most.max(*correct);
            }
            // Cost rises along a row: nothing in it costs less than its first cascade, nor does
            // anything in a few cells next to each other cost less than the first of them.
            let cost_at =
                |cell: usize| self.cost[cell] + stage.cost * Ticks::from(self.staying[cell]);
            if most < found.staircase.best_at(cost_at(start)) {
                continue;
            }
            for (start, correct) in (start..).step_by(NEAR).zip(correct.chunks(NEAR)) {
                let least = found.staircase.best_at(cost_at(start));
                for (cell, &correct) in (start..).zip(correct) {
                    if correct >= least && !found.staircase.dominates(cost_at(cell), correct) {
                        let candidate = self.candidate(stage.chain, coarse, cell);
                        found.offer(Step { cost: cost_at(cell), correct, candidate });
                    }
                }
            }
        }
    }
}
