//! Branch and bound over cells of thresholds, chain by chain, until no cascade can be better.
//!
//! The chains that lead the frontier so far are searched to the end: what they find settles much of
//! the rest. A screen then bounds all other chains, those with the same gates together. A first look
//! splits each that is left once and bounds the parts: that settles most, and says of the others how
//! much they may still add. Those are searched to the end too, the most promising first. At any
//! moment the most that any unsettled chain may add is known: the certified gap.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rayon::prelude::*;

use super::bound::{Bound, Cell, Split, Thresholds};
use super::chain::{ChainView, FirstCuts, SCREENS};
use super::screen::{Screened, screen};
use super::space::{Chain, Space};
use super::staircase::{Candidate, Staircase, Step};
use crate::cascade::Ticks;

/// Chains that are solved between two updates of the frontier that they are measured against. A
/// fixed number, so that the outcome does not depend on the number of threads.
const BATCH: usize = 64;

/// The same for chains that lead the frontier: what one finds spares the others most of their work.
const LEADERS: usize = 8;

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
pub(super) struct Residual {
    pub(super) chain: Chain,
    /// Most right answers by which one of its cascades may still beat the frontier.
    pub(super) gap: u32,
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
    let leaders: BTreeSet<Chain> =
        staircase.steps().iter().map(|step| step.candidate.chain).collect();
    let certificate = Certificate { gap: 0, bounded: 0, dropped: 0 };
    let mut run = Run {
        task: Task { space, first: &first, tolerance, phase: Phase::ToTheEnd, stop: &stop },
        staircase,
        on_chains: &on_chains,
        certificate,
    };
    let easy_gain = |root: &Chain| first.easy_gain(space, root, run.staircase);
    let nothing_known = space.roots().iter().map(easy_gain).max().unwrap_or(0);
    let gap = |chain: &Chain| first.gain(space, chain, run.staircase);
    let led: Vec<_> = leaders.iter().map(|c| Residual { chain: *c, gap: gap(c) }).collect();
    let mut rest = run.solve(led, nothing_known, LEADERS);
    rest.extend(run.unscreened(&leaders));
    for round in 0..SCREENS {
        rest = run.screen(rest, round);
    }
    run.task.phase = Phase::FirstLook;
    rest = run.solve(rest, 0, BATCH);
    run.task.phase = Phase::ToTheEnd;
    rest = run.solve(rest, 0, BATCH);
    let left = rest.iter().map(|residual| residual.gap).max().unwrap_or(0);
    run.certificate.gap = run.certificate.gap.max(left);
    run.certificate
}

/// A search under way.
struct Run<'a> {
    task: Task<'a>,
    staircase: &'a mut Staircase,
    on_chains: &'a dyn Fn(usize, usize, u32),
    /// Its gap is that of the chains that are settled.
    certificate: Certificate,
}

impl Run<'_> {
    /// Searches chains, the most promising first, `batch` of them at once; what is not in `residuals`
    /// may add up to `others`. Returns those that are not settled.
    fn solve(&mut self, mut residuals: Vec<Residual>, others: u32, batch: usize) -> Vec<Residual> {
        let tolerance = self.task.tolerance;
        residuals.sort_by_key(|residual| (Reverse(residual.gap), residual.chain));
        let live = residuals.partition_point(|residual| residual.gap > tolerance);
        self.settle(&residuals[live..]);
        residuals.truncate(live);
        let mut left = vec![];
        for start in (0..live).step_by(batch) {
            if (self.task.stop)() {
                left.extend_from_slice(&residuals[start..]);
                break;
            }
            let end = (start + batch).min(live);
            let batch = &residuals[start..end];
            let (task, staircase) = (&self.task, &*self.staircase);
            let solve = |residual: &Residual| task.solve(*residual, staircase.clone());
            let solutions: Vec<Solution> = batch.par_iter().map(solve).collect();
            for (residual, solution) in batch.iter().zip(solutions) {
                self.certificate.bounded += solution.bounded;
                self.certificate.dropped += solution.dropped;
                for step in solution.found {
                    self.staircase.offer(step);
                }
                let residual = Residual { gap: solution.gap, ..*residual };
                if residual.gap > tolerance {
                    left.push(residual);
                } else {
                    self.settle(&[residual]);
                }
            }
            let ahead = residuals.get(end).map_or(0, |next| next.gap);
            let behind = left.iter().map(|residual| residual.gap).max().unwrap_or(0);
            let gap = ahead.max(behind).max(others).max(self.certificate.gap);
            (self.on_chains)(end, live, gap);
        }
        left
    }

    fn settle(&mut self, residuals: &[Residual]) {
        let gap = residuals.iter().map(|residual| residual.gap).max().unwrap_or(0);
        self.certificate.gap = self.certificate.gap.max(gap);
    }

    /// All chains of more than one stage but those that are `done`, with the crudest of bounds.
    fn unscreened(&mut self, done: &BTreeSet<Chain>) -> Vec<Residual> {
        let (task, staircase) = (&self.task, &*self.staircase);
        let roots = task.space.roots();
        let all = roots.par_iter().flat_map_iter(|root| {
            let gap = task.first.easy_gain(task.space, root, staircase);
            let longer = if gap > task.tolerance { task.space.descendants(root) } else { vec![] };
            longer.into_iter().map(move |chain| Residual { chain, gap })
        });
        all.filter(|residual| !done.contains(&residual.chain)).collect()
    }

    /// Bounds chains on the screen of this round, the most promising first, and returns those that
    /// are not settled.
    fn screen(&mut self, mut residuals: Vec<Residual>, round: usize) -> Vec<Residual> {
        residuals.sort_by_key(|residual| residual.chain);
        let of_one_parent = |a: &Residual, b: &Residual| a.chain.parent() == b.chain.parent();
        let mut families: Vec<&[Residual]> = residuals.chunk_by(of_one_parent).collect();
        let gap = |family: &[Residual]| family.iter().map(|residual| residual.gap).max();
        families.sort_by_key(|family| Reverse(gap(family)));
        let (task, staircase) = (&self.task, &*self.staircase);
        let screened = families.par_iter().map(|family| task.screen(family, round, staircase));
        let Screened { left, bounded, dropped } = screened.reduce(Screened::default, Screened::and);
        self.certificate.bounded += bounded;
        self.certificate.dropped += dropped;
        if left.len() < residuals.len() {
            // What is settled may gain that much.
            self.certificate.gap = self.certificate.gap.max(task.tolerance);
        }
        left
    }
}

/// What the search of one chain brought.
struct Solution {
    found: Vec<Step>,
    gap: u32,
    bounded: u64,
    dropped: u64,
}

/// How far chains are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Only the parts of the first split.
    FirstLook,
    /// Until they are settled.
    ToTheEnd,
}

/// What the chains of a batch have in common.
struct Task<'a> {
    space: &'a Space,
    first: &'a FirstCuts,
    tolerance: u32,
    phase: Phase,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Task<'_> {
    /// Bounds chains that differ in their last stage only.
    fn screen(&self, family: &[Residual], round: usize, staircase: &Staircase) -> Screened {
        let as_before = || Screened { left: family.to_vec(), ..Screened::default() };
        if (self.stop)() {
            return as_before();
        }
        let screened = screen(self.space, self.first, staircase, self.tolerance, family, round);
        screened.unwrap_or_else(as_before)
    }

    /// Searches one chain against a staircase of its own.
    fn solve(&self, residual: Residual, staircase: Staircase) -> Solution {
        let chain = ChainView::new(self.space, self.first, residual.chain);
        let mut solver = Solver {
            chain: &chain,
            staircase,
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
