//! Branch and bound over cells of thresholds, chain by chain, until no cascade can be better.
//!
//! The chains that lead the frontier so far are searched to the end: what they find settles much of
//! the rest. A first look then splits every other chain once and bounds the parts: that settles
//! most, and says of the others how much they may still add. Those are searched to the end too, the
//! most promising first. At any moment the most that any unsettled chain may add is known: the certified gap.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::bound::{Bound, Cell, Split, Thresholds};
use super::chain::{ChainView, FirstCuts};
use super::space::{ChainId, Space};
use super::staircase::{Candidate, Staircase, Step};
use crate::cascade::Ticks;

/// Chains that are solved between two updates of the frontier that they are measured against. A
/// fixed number, so that the outcome does not depend on the number of threads.
const BATCH: usize = 64;

/// How far a search by [`search`] got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// No cascade of the space beats the frontier at its cost by more right answers than this.
    pub(crate) gap: u32,
    /// Cells that were bounded, and those of them that were dropped.
    pub(crate) bounded: u64,
    pub(crate) dropped: u64,
}

/// What is known of one chain.
#[derive(Debug, Clone, Copy)]
struct Residual {
    chain: ChainId,
    /// Most right answers by which one of its cascades may still beat the frontier.
    gap: u32,
}

/// Improves `staircase` until no cascade of `space` beats it at its cost by more than `tolerance`
/// right answers, or until `stop`. `on_chains` is told after each batch how many chains are done,
/// how many there are, and the gap so far.
pub(crate) fn search(
    space: &Space,
    staircase: &mut Staircase,
    tolerance: u32,
    on_chains: impl Fn(usize, usize, u32),
    stop: impl Fn() -> bool + Sync,
) -> Certificate {
    let first = FirstCuts::new(space);
    let mut certificate = Certificate { gap: 0, bounded: 0, dropped: 0 };
    let mut residuals: Vec<Residual> = (0..space.chains.len() as ChainId)
        .into_par_iter()
        .map(|chain| Residual { chain, gap: first.gain(space, chain, staircase) })
        .collect();
    for phase in [Phase::Leaders, Phase::FirstLook, Phase::ToTheEnd] {
        let leaders: BTreeSet<ChainId> =
            staircase.steps().iter().map(|step| step.candidate.chain).collect();
        let wanted = |residual: &Residual| {
            residual.gap > tolerance
                && (phase != Phase::Leaders || leaders.contains(&residual.chain))
        };
        residuals.sort_by_key(|r| (!wanted(r), std::cmp::Reverse(r.gap), r.chain));
        let live = residuals.partition_point(wanted);
        for start in (0..live).step_by(BATCH) {
            if stop() {
                break;
            }
            let batch = &mut residuals[start..(start + BATCH).min(live)];
            let task = Task { space, first: &first, staircase, tolerance, phase, stop: &stop };
            let solutions: Vec<Solution> = batch.par_iter().map(|r| task.solve(*r)).collect();
            for (residual, solution) in batch.iter_mut().zip(solutions) {
                residual.gap = solution.gap;
                certificate.bounded += solution.bounded;
                certificate.dropped += solution.dropped;
                for step in solution.found {
                    staircase.offer(step);
                }
            }
            let done = start + batch.len();
            on_chains(done, live, largest_gap(&residuals));
        }
    }
    certificate.gap = largest_gap(&residuals);
    certificate
}

fn largest_gap(residuals: &[Residual]) -> u32 {
    residuals.iter().map(|residual| residual.gap).max().unwrap_or(0)
}

/// What the search of one chain brought.
struct Solution {
    found: Vec<Step>,
    gap: u32,
    bounded: u64,
    dropped: u64,
}

/// Which chains to search, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Those on the frontier so far, to the end: what they find settles most others.
    Leaders,
    /// All, but only the parts of the first split.
    FirstLook,
    /// What is left, to the end.
    ToTheEnd,
}

/// What the chains of a batch have in common.
struct Task<'a> {
    space: &'a Space,
    first: &'a FirstCuts,
    staircase: &'a Staircase,
    tolerance: u32,
    phase: Phase,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Task<'_> {
    /// Searches one chain against a copy of the staircase.
    fn solve(&self, residual: Residual) -> Solution {
        let chain = ChainView::new(self.space, self.first, residual.chain);
        let mut solver = Solver {
            chain: &chain,
            staircase: self.staircase.clone(),
            tolerance: self.tolerance,
            phase: self.phase,
            stop: self.stop,
            solution: Solution { found: vec![], gap: 0, bounded: 0, dropped: 0 },
        };
        let root = Cell::root(&chain, self.space.samples);
        if !solver.explore(&Split::first(&chain, &root)) {
            solver.solution.gap = residual.gap;
        }
        solver.solution
    }
}

/// Depth-first search of one chain.
struct Solver<'a> {
    chain: &'a ChainView<'a>,
    staircase: Staircase,
    tolerance: u32,
    phase: Phase,
    stop: &'a (dyn Fn() -> bool + Sync),
    solution: Solution,
}

impl Solver<'_> {
    /// Searches all of a cell that was split; says whether it came to the end.
    fn explore(&mut self, split: &Split<'_>) -> bool {
        if (self.stop)() {
            return false;
        }
        let mut parts = Vec::new();
        split.bounds(&mut |cost, correct| self.is_worthwhile(cost, correct), &mut |bound| {
            parts.push(bound);
        });
        // The most promising part first: what it adds to the frontier may settle others.
        parts.sort_by_cached_key(|part| std::cmp::Reverse(self.simple_gain(part)));
        for (number, part) in parts.iter().enumerate() {
            if let Some(thresholds) = part.point {
                self.offer(part, thresholds);
                continue;
            }
            if !self.is_worthwhile(part.cost, part.correct) {
                continue;
            }
            let gain = split.gain(part, &self.staircase);
            if self.is_settled(gain) {
                continue;
            }
            if self.phase == Phase::FirstLook {
                // The chain will have to be searched; the next part is the best of the others.
                let next = parts.get(number + 1).map_or(0, |next| self.simple_gain(next));
                self.solution.gap = self.solution.gap.max(gain).max(next);
                return true;
            }
            let cell = split.part(part);
            if !self.explore(&Split::of(self.chain, &cell)) {
                return false;
            }
        }
        true
    }

    /// The gain of a part's optimistic point.
    fn simple_gain(&self, part: &Bound) -> u32 {
        part.correct.saturating_sub(self.staircase.best_at(part.cost))
    }

    /// Whether a part with this optimistic point has to be looked into.
    fn is_worthwhile(&mut self, cost: Ticks, correct: u32) -> bool {
        self.solution.bounded += 1;
        !self.is_settled(correct.saturating_sub(self.staircase.best_at(cost)))
    }

    /// Whether cascades that gain no more than this can be left alone.
    fn is_settled(&mut self, gain: u32) -> bool {
        let settled = gain <= self.tolerance;
        if settled {
            self.solution.dropped += 1;
            self.solution.gap = self.solution.gap.max(gain);
        }
        settled
    }

    fn offer(&mut self, point: &Bound, thresholds: Thresholds) {
        let candidate = Candidate { chain: self.chain.id, thresholds };
        let step = Step { cost: point.cost, correct: point.correct, candidate };
        if self.staircase.offer(step) {
            self.solution.found.push(step);
        }
    }
}
