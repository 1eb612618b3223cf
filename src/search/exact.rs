//! Branch and bound over cells of thresholds, chain by chain, until no cascade can be better.
//!
//! Chains of two models come first, then those of three, and so on: what can be searched to the end is
//! not kept waiting by what cannot. Of each number, the chains that lead the frontier so far are
//! searched to the end: what they find settles much of the rest. A screen then bounds all other
//! chains, those with the same gates together. A first look splits each that is left once and bounds
//! the parts: that settles most, and says of the others how much they may still add. Those are
//! searched to the end too, the most promising first. At any moment the most that any unsettled chain
//! may add is known: the certified gap.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::bound::Split;
use super::candidate::Chain;
use super::chain::{Ceiling, ChainView, FirstCuts, Residual, SCREENS};
use super::levels::Levels;
use super::screen::{Screen, Screened};
use super::solver::{Live, Solution, Solver};
use super::space::Space;
use super::staircase::Staircase;

/// Chains that are solved between two updates of the frontier that they are measured against. A
/// fixed number, so that the outcome does not depend on the number of threads.
const BATCH: usize = 64;

/// The same for chains that lead the frontier: what one finds spares the others most of their work.
const LEADERS: usize = 8;

/// What chains may add, as shares of all samples, before any of them is searched to the end: whoever stops a
/// search early has a certificate that is worth something.
const AIMS: [f64; 5] = [0.03, 0.02, 0.01, 0.005, 0.0025];

/// Sets of chains that begin alike and are screened between two reports of progress.
const ALIKE: usize = 4;

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

/// Improves `staircase`, which has every ensemble, until no cascade of `space` beats it at its cost by
/// more than `tolerance` right answers, or until `stop`. Chains of few models are done with before
/// those of more are listed. `on_chains` is told after each batch how many chains of its pass are
/// done, how many there are, and the gap so far.
pub(crate) fn search(
    space: &Space,
    staircase: &mut Staircase,
    tolerance: u32,
    on_chains: impl Fn(usize, usize, u32),
    stop: impl Fn() -> bool + Sync,
) -> Certificate {
    let mut certificate = Certificate { gap: 0, bounded: 0, dropped: 0 };
    if space.chains(2, |_| true)[1] == 0 {
        // The frontier has all that there is.
        return certificate;
    }
    let ceiling = Ceiling::new(space);
    let Some(first) = FirstCuts::new(space, &stop) else {
        certificate.gap = ceiling.most_gain(space, staircase);
        return certificate;
    };
    let mut run = Run {
        task: Task { space, first: &first, tolerance, phase: Phase::ToTheEnd, stop: &stop },
        ceiling: &ceiling,
        staircase,
        live: BTreeMap::new(),
        unlisted: 0,
        on_chains: &on_chains,
        proven: u32::MAX,
        certificate,
    };
    let most = space.most_gates() + 1;
    run.leave_unlisted(2..=most);
    let mut left = vec![];
    for models in 2..=most {
        if stop() {
            break;
        }
        let leaders = run.leaders(models);
        let gap = |chain: &Chain| first.gain(space, chain, run.staircase);
        let led = leaders.iter().map(|chain| Residual { chain: *chain, gap: gap(chain) }).collect();
        run.task.phase = Phase::ToTheEnd;
        let mut rest = run.solve(led, LEADERS, tolerance);
        let Some(others) = run.unscreened(models, &leaders) else {
            left.extend(rest);
            break;
        };
        rest.extend(others);
        run.leave_unlisted(models + 1..=most);
        for round in 0..SCREENS {
            rest = run.screen(rest, round);
        }
        run.task.phase = Phase::FirstLook { keep: LIVE_PARTS };
        rest = run.solve(rest, BATCH, tolerance);
        run.task.phase = Phase::ToTheEnd;
        for share in AIMS {
            let aim = (share * space.samples as f64) as u32;
            rest = run.solve(rest, BATCH, aim.max(tolerance));
        }
        left.extend(run.solve(rest, BATCH, tolerance));
        run.live.clear();
    }
    let left = left.iter().map(|residual| residual.gap).max().unwrap_or(0);
    run.certificate.gap = run.certificate.gap.max(left).max(run.unlisted).min(run.proven);
    run.certificate
}

/// A search under way.
struct Run<'a> {
    task: Task<'a>,
    ceiling: &'a Ceiling,
    staircase: &'a mut Staircase,
    /// What the first look left of chains, unless it was too much.
    live: BTreeMap<Chain, Live>,
    /// What chains that are not listed yet may add.
    unlisted: u32,
    on_chains: &'a dyn Fn(usize, usize, u32),
    /// The least gap that was proven for all chains together.
    proven: u32,
    /// Its gap is that of the chains that are settled.
    certificate: Certificate,
}

impl Run<'_> {
    /// Searches chains, the most promising first, `batch` of them at once, until none may add more than
    /// `aim`. Returns those that are not settled.
    fn solve(&mut self, mut residuals: Vec<Residual>, batch: usize, aim: u32) -> Vec<Residual> {
        if (self.task.stop)() {
            return residuals;
        }
        let tolerance = self.task.tolerance;
        residuals.sort_by_key(|residual| (Reverse(residual.gap), residual.chain));
        let live = residuals.partition_point(|residual| residual.gap > tolerance);
        self.settle(&residuals[live..]);
        residuals.truncate(live);
        let live = residuals.partition_point(|residual| residual.gap > aim);
        let mut left = residuals.split_off(live);
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
            let solve = |residual: &Residual| {
                task.solve(*residual, parts.get(&residual.chain), staircase, aim)
            };
            let solutions: Vec<Solution> = batch.par_iter().map(solve).collect();
            for (residual, solution) in batch.iter().zip(solutions) {
                self.certificate.bounded += solution.bounded;
                self.certificate.dropped += solution.dropped;
                for step in solution.found {
                    self.staircase.offer(step);
                }
                // What was proven before still holds: the frontier only gains.
                let gap = solution.gap.min(residual.gap);
                let residual = Residual { gap, ..*residual };
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
            let gap = ahead.max(behind).max(self.unlisted).max(self.certificate.gap);
            self.tell(end, live, gap);
        }
        left
    }

    /// Tells how many chains of a pass are done, and that no chain may add more than `gap`.
    fn tell(&mut self, done: usize, total: usize, gap: u32) {
        self.proven = self.proven.min(gap);
        (self.on_chains)(done, total, self.proven);
    }

    /// Notes what chains of so many models may add.
    fn leave_unlisted(&mut self, models: std::ops::RangeInclusive<usize>) {
        let most_gain = || self.ceiling.most_gain(self.task.space, self.staircase);
        self.unlisted = if models.is_empty() { 0 } else { most_gain() };
    }

    fn settle(&mut self, residuals: &[Residual]) {
        let gap = residuals.iter().map(|residual| residual.gap).max().unwrap_or(0);
        self.certificate.gap = self.certificate.gap.max(gap);
    }

    /// Chains of so many models that lead the frontier.
    fn leaders(&self, models: usize) -> BTreeSet<Chain> {
        let space = self.task.space;
        let leads = |chain: &Chain| chain.gates().len() > 1 && space.models(chain) == models;
        self.staircase.steps().iter().map(|step| step.candidate.chain).filter(leads).collect()
    }

    /// All chains of so many models and more than one stage but those that are `done`, with the
    /// crudest of bounds, those that differ in their last stage side by side. `None` if told to stop
    /// before all are listed.
    fn unscreened(&mut self, models: usize, done: &BTreeSet<Chain>) -> Option<Vec<Residual>> {
        let Task { space, tolerance, stop, .. } = self.task;
        let gain = |root: &Chain| self.ceiling.gain(space, root, self.staircase);
        let roots: Vec<Residual> =
            space.roots().into_iter().map(|chain| Residual { chain, gap: gain(&chain) }).collect();
        let (roots, settled): (Vec<_>, Vec<_>) =
            roots.into_iter().partition(|root| root.gap > tolerance);
        self.settle(&settled);
        let longer = roots.par_iter().map(|root| {
            let chains = (!stop()).then(|| space.longer(&root.chain, models))?.into_iter();
            let mut fresh: Vec<Chain> = chains.filter(|chain| !done.contains(chain)).collect();
            // A chain's order begins with its number of stages, so those of one parent are neighbours.
            fresh.sort_unstable();
            Some(fresh.into_iter().map(|chain| Residual { chain, gap: root.gap }).collect())
        });
        let longer: Vec<Vec<Residual>> = longer.collect::<Option<_>>()?;
        Some(longer.into_iter().flatten().collect())
    }

    /// Bounds chains on the screen of this round, the most promising first, and returns those that
    /// are not settled.
    fn screen(&mut self, residuals: Vec<Residual>, round: usize) -> Vec<Residual> {
        if (self.task.stop)() {
            return residuals;
        }
        let begins = |chain: &Chain| (chain.first(), chain.gates().len());
        let begin_alike = |a: &Residual, b: &Residual| begins(&a.chain) == begins(&b.chain);
        let mut alike: Vec<&[Residual]> = residuals.chunk_by(begin_alike).collect();
        let gap = |residuals: &[Residual]| residuals.iter().map(|residual| residual.gap).max();
        alike.sort_by_cached_key(|alike| Reverse(gap(alike)));
        let levels = Levels::new(self.staircase);
        let mut all = Screened::default();
        let (mut done, mut behind) = (0, self.certificate.gap.max(self.unlisted));
        for start in (0..alike.len()).step_by(ALIKE) {
            if (self.task.stop)() {
                all.left.extend(alike[start..].concat());
                break;
            }
            let end = (start + ALIKE).min(alike.len());
            let batch = &alike[start..end];
            let screened = batch.par_iter().map(|alike| self.task.screen(alike, round, &levels));
            let screened = screened.reduce(Screened::default, Screened::and);
            done += batch.iter().map(|alike| alike.len()).sum::<usize>();
            behind = gap(&screened.left).unwrap_or(0).max(behind);
            let ahead = alike.get(end).and_then(|alike| gap(alike)).unwrap_or(0);
            self.tell(done, residuals.len(), ahead.max(behind));
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
    /// Bounds chains that begin with the same gate and have as many.
    fn screen(&self, chains: &[Residual], round: usize, levels: &Levels) -> Screened {
        let Task { space, first, tolerance, stop, .. } = *self;
        let as_before = |chains: &[Residual]| Screened::left(chains.to_vec());
        let Some(screen) = Screen::new(space, first, levels, tolerance, chains, round) else {
            return as_before(chains);
        };
        let of_one_parent = |a: &Residual, b: &Residual| a.chain.parent() == b.chain.parent();
        let families: Vec<&[Residual]> = chains.chunk_by(of_one_parent).collect();
        let screened = families
            .par_iter()
            .map(|family| if stop() { as_before(family) } else { screen.bound(family) });
        screened.reduce(Screened::default, Screened::and)
    }

    /// Searches one chain, or those of its parts that are still `live`, against a staircase of its
    /// own.
    fn solve(
        &self,
        residual: Residual,
        live: Option<&Live>,
        staircase: &Staircase,
        aim: u32,
    ) -> Solution {
        let chain = ChainView::new(self.space, self.first, residual.chain);
        let mut solver = Solver::new(&chain, staircase, aim, self.stop);
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
