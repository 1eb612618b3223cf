//! Branch and bound over cells of thresholds, chain by chain, until no cascade can be better.
//!
//! The chains that lead the frontier so far are searched to the end: what they find settles much of
//! the rest. A screen then bounds all other chains, those with the same gates together. A first look
//! splits each that is left once and bounds the parts: that settles most, and says of the others how
//! much they may still add. Those are searched to the end too, the most promising first. At any
//! moment the most that any unsettled chain may add is known: the certified gap.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::bound::Split;
use super::chain::{ChainView, FirstCuts, SCREENS};
use super::polish::polish;
use super::screen::{Screened, screen};
use super::solver::{Live, Solution, Solver};
use super::space::{Chain, Space};
use super::staircase::Staircase;

/// Chains that are solved between two updates of the frontier that they are measured against. A
/// fixed number, so that the outcome does not depend on the number of threads.
const BATCH: usize = 64;

/// The same for chains that lead the frontier: what one finds spares the others most of their work.
const LEADERS: usize = 8;

/// Chains with all stages but the last in common are a family; so many of these are screened between
/// two reports of progress.
const FAMILIES: usize = 256;

/// Parts of one chain that a first look hands on, at most; a chain with more is looked at anew.
const LIVE_PARTS: usize = 64;

/// The same of all chains together, so that they fit into memory.
const ALL_LIVE_PARTS: usize = 1 << 20;

/// How far a search by [`search`] got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// No cascade of the space beats the frontier at its cost by more right answers than this.
    pub(crate) gap: u32,
    /// Cells that were bounded and cascades that were looked at, and how many were dropped.
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
    let scored = polish(space, &first, staircase, &stop);
    let leaders: BTreeSet<Chain> =
        staircase.steps().iter().map(|step| step.candidate.chain).collect();
    let certificate = Certificate { gap: 0, bounded: scored, dropped: 0 };
    let mut run = Run {
        task: Task { space, first: &first, tolerance, phase: Phase::ToTheEnd, stop: &stop },
        staircase,
        live: BTreeMap::new(),
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
    run.task.phase = Phase::FirstLook { keep: LIVE_PARTS };
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
    /// What the first look left of chains, unless it was too much.
    live: BTreeMap<Chain, Live>,
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
        let mut kept = 0;
        for start in (0..live).step_by(batch) {
            if (self.task.stop)() {
                left.extend_from_slice(&residuals[start..]);
                break;
            }
            let end = (start + batch).min(live);
            let batch = &residuals[start..end];
            if let Phase::FirstLook { keep } = &mut self.task.phase
                && kept > ALL_LIVE_PARTS
            {
                *keep = 0;
            }
            let (task, staircase, parts) = (&self.task, &*self.staircase, &self.live);
            let solve =
                |residual: &Residual| task.solve(*residual, parts.get(&residual.chain), staircase);
            let solutions: Vec<Solution> = batch.par_iter().map(solve).collect();
            for (residual, solution) in batch.iter().zip(solutions) {
                self.certificate.bounded += solution.bounded;
                self.certificate.dropped += solution.dropped;
                for step in solution.found {
                    self.staircase.offer(step);
                }
                let residual = Residual { gap: solution.gap, ..*residual };
                if residual.gap > tolerance {
                    if let Some(live) = solution.live {
                        kept += live.parts.len();
                        self.live.insert(residual.chain, live);
                    }
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
        let mut all = Screened::default();
        let (mut done, mut behind) = (0, self.certificate.gap);
        for start in (0..families.len()).step_by(FAMILIES) {
            let end = (start + FAMILIES).min(families.len());
            let batch = &families[start..end];
            let (task, staircase) = (&self.task, &*self.staircase);
            let screened = batch.par_iter().map(|family| task.screen(family, round, staircase));
            let screened = screened.reduce(Screened::default, Screened::and);
            done += batch.iter().map(|family| family.len()).sum::<usize>();
            behind = gap(&screened.left).unwrap_or(0).max(behind);
            let ahead = families.get(end).and_then(|family| gap(family)).unwrap_or(0);
            (self.on_chains)(done, residuals.len(), ahead.max(behind));
            all = all.and(screened);
        }
        let Screened { left, bounded, dropped } = all;
        self.certificate.bounded += bounded;
        self.certificate.dropped += dropped;
        if left.len() < residuals.len() {
            // What is settled may gain that much.
            self.certificate.gap = self.certificate.gap.max(self.task.tolerance);
        }
        left
    }
}

/// How far chains are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Only the parts of the first split, and only until more than `keep` of them are not settled.
    FirstLook { keep: usize },
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

    /// Searches one chain, or those of its parts that are still `live`, against a staircase of its
    /// own.
    fn solve(&self, residual: Residual, live: Option<&Live>, staircase: &Staircase) -> Solution {
        let chain = ChainView::new(self.space, self.first, residual.chain);
        let mut solver = Solver::new(&chain, staircase, self.tolerance, self.stop);
        let split = Split::first(&chain, self.space.samples);
        let came_to_the_end = match (self.phase, live) {
            (Phase::FirstLook { keep }, _) => solver.look(&split, keep),
            (Phase::ToTheEnd, None) => solver.explore(&split),
            (Phase::ToTheEnd, Some(live)) => {
                solver.solution.gap = live.others;
                solver.explore_parts(&split, &live.parts)
            }
        };
        if !came_to_the_end {
            solver.solution.gap = residual.gap;
        }
        solver.solution
    }
}
