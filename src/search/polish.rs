//! Better thresholds for the cascades on the frontier, one gate at a time.
//!
//! Let all thresholds of a cascade stand but one. Raising that one past a rank sends the samples of
//! this rank on, to exit where the other thresholds say; so one walk along the order of ranks gives
//! the merit of every threshold that the gate may have. (Coordinate search.)

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::chain::{ChainView, FirstCuts};
use super::space::Space;
use super::staircase::{Candidate, MAX_GATES, Staircase, Step};
use crate::cascade::Ticks;

/// Rounds, at most: each starts from what those before it found.
const ROUNDS: usize = 2;

/// Cascades that one round starts from, at most.
const STARTS: usize = 1024;

/// Offers to `staircase` the best cascades that differ from one of its own in one threshold, again
/// and again, and returns how many were looked at. Once `stop` says so, the rest are left out.
pub(super) fn polish(
    space: &Space,
    first: &FirstCuts,
    staircase: &mut Staircase,
    stop: impl Fn() -> bool + Sync,
) -> u64 {
    let mut scored = 0;
    let mut done = BTreeSet::new();
    for _ in 0..ROUNDS {
        let all = staircase.steps().iter().map(|step| step.candidate);
        let fresh: Vec<Candidate> = all.filter(|candidate| !done.contains(candidate)).collect();
        let count = fresh.len().min(STARTS);
        let starts: Vec<Candidate> = (0..count).map(|i| fresh[i * fresh.len() / count]).collect();
        let walks = starts.par_iter().map(|candidate| {
            if stop() { Walks::default() } else { Walks::from(space, first, candidate, staircase) }
        });
        let walks = walks.reduce(Walks::default, Walks::and);
        scored += walks.scored;
        if walks.found.is_empty() {
            break;
        }
        staircase.join(walks.found);
        done.extend(starts);
    }
    scored
}

/// What walks along the gates of cascades found.
#[derive(Default)]
struct Walks {
    found: Vec<Step>,
    scored: u64,
}

impl Walks {
    fn and(mut self, other: Self) -> Self {
        self.found.extend(other.found);
        self.scored += other.scored;
        self
    }

    /// Moves each threshold of `candidate` alone; what beats `staircase` is found.
    fn from(
        space: &Space,
        first: &FirstCuts,
        candidate: &Candidate,
        staircase: &Staircase,
    ) -> Self {
        let chain = ChainView::new(space, first, candidate.chain);
        let ways = Ways::new(&chain, &candidate.thresholds, space.samples);
        let mut walks = Self::default();
        for gate in 0..chain.gates().len() {
            let steps = staircase.steps();
            let (mut next, mut best) = (0, 0);
            ways.walk(gate, &mut |threshold, cost, correct| {
                // Costs rise along the walk, so the staircase is climbed beside it.
                while let Some(step) = steps.get(next).filter(|step| step.cost <= cost) {
                    best = best.max(step.correct);
                    next += 1;
                }
                if correct > best {
                    best = correct;
                    let mut candidate = *candidate;
                    candidate.thresholds[gate] = threshold;
                    walks.found.push(Step { cost, correct, candidate });
                }
                walks.scored += 1;
            });
        }
        walks
    }
}

/// How the samples go through a cascade.
struct Ways<'a> {
    chain: &'a ChainView<'a>,
    /// For each sample, the stages that it would exit at if it came to them, a bit each, …
    exits: Vec<u8>,
    /// … and the stages that get it right.
    right: Vec<u8>,
    /// The cost of a sample that exits at each stage.
    costs: [Ticks; MAX_GATES + 1],
}

impl<'a> Ways<'a> {
    fn new(chain: &'a ChainView<'a>, thresholds: &[u32; MAX_GATES], samples: usize) -> Self {
        let gates = chain.gates();
        let mut exits = vec![1 << gates.len(); samples];
        for (number, (_, gate)) in gates.iter().enumerate() {
            for (bits, &rank) in exits.iter_mut().zip(&gate.ranks) {
                *bits |= u8::from(rank >= thresholds[number]) << number;
            }
        }
        let mut costs = [0; MAX_GATES + 1];
        let mut sum = 0;
        for (cost, more) in costs.iter_mut().zip(&chain.costs) {
            sum += more;
            *cost = sum;
        }
        Self { chain, exits, right: chain.right_stages(), costs }
    }

    /// The stage at which a sample exits that goes past the stages before `from`.
    fn exit(&self, sample: usize, from: usize) -> usize {
        from + (self.exits[sample] >> from).trailing_zeros() as usize
    }

    fn is_right(&self, sample: usize, stage: usize) -> u32 {
        u32::from(self.right[sample] >> stage & 1)
    }

    /// Calls `visit` with every threshold of `gate` in place of its own, from the lowest up, and
    /// with the cost and the right answers that the cascade then has.
    fn walk(&self, gate: usize, visit: &mut impl FnMut(u32, Ticks, u32)) {
        let (id, which) = self.chain.gates()[gate];
        let (mut cost, mut correct) = (0, 0);
        for sample in 0..self.exits.len() {
            let exit = self.exit(sample, 0).min(gate);
            cost += self.costs[exit];
            correct += self.is_right(sample, exit);
        }
        let mut order = self.chain.first.order[id as usize].iter().peekable();
        let (low, high) = which.interval();
        for threshold in low..=high {
            while let Some(next) = order.next_if(|next| next.rank < threshold) {
                let sample = next.sample as usize;
                if self.exit(sample, 0) >= gate {
                    let exit = self.exit(sample, gate + 1);
                    cost += self.costs[exit] - self.costs[gate];
                    correct += self.is_right(sample, exit);
                    correct -= self.is_right(sample, gate);
                }
            }
            visit(threshold, cost, correct);
        }
    }
}
