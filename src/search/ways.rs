//! How the samples go through one cascade, and what would become of them with another threshold.
//!
//! Let all thresholds of a cascade stand but one. Raising that one past a rank sends the samples of
//! this rank on, to exit where the other thresholds say; so one walk along the ranks gives the merit
//! of every threshold that the gate may have.

use super::candidate::{Candidate, MAX_GATES};
use super::chain::right_stages;
use super::gate::Gate;
use super::space::Space;
use crate::cascade::Ticks;

/// The ways of all samples through a cascade.
pub(super) struct Ways<'a> {
    gates: Vec<&'a Gate>,
    /// For each sample, the stages that it would exit at if it came to them, a bit each, …
    exits: Vec<u8>,
    /// … and the stages that get it right.
    right: Vec<u8>,
    /// The cost of a sample that exits at each stage.
    costs: [Ticks; MAX_GATES + 1],
}

/// What the samples of one rank change when they go on to the next stages.
#[derive(Debug, Clone, Copy, Default)]
struct Change {
    cost: Ticks,
    gained: u32,
    lost: u32,
}

impl<'a> Ways<'a> {
    pub(super) fn new(space: &'a Space, candidate: &Candidate) -> Self {
        let Candidate { chain, thresholds } = candidate;
        let stages = chain.gates().iter().map(|&gate| &space.gates[gate as usize]);
        let right = right_stages(stages.clone());
        let last = chain.gates().len() - 1;
        let gates: Vec<&Gate> = stages.take(last).collect();
        let mut exits = vec![1 << last; space.samples];
        for (number, gate) in gates.iter().enumerate() {
            for (bits, &rank) in exits.iter_mut().zip(&gate.ranks) {
                *bits |= u8::from(rank >= thresholds[number]) << number;
            }
        }
        let mut costs = [0; MAX_GATES + 1];
        costs.iter_mut().zip(space.costs(chain)).for_each(|(cost, sum)| *cost = sum);
        Self { gates, exits, right, costs }
    }

    /// Number of gates.
    pub(super) fn gates(&self) -> usize {
        self.gates.len()
    }

    /// Cost and right answers of the cascade.
    pub(super) fn merit(&self) -> (Ticks, u32) {
        self.merit_up_to(self.gates.len())
    }

    /// The same if all samples that come to stage `last` were to exit there.
    fn merit_up_to(&self, last: usize) -> (Ticks, u32) {
        let (mut cost, mut correct) = (0, 0);
        for sample in 0..self.exits.len() {
            let exit = self.exit(sample, 0).min(last);
            cost += self.costs[exit];
            correct += self.is_right(sample, exit);
        }
        (cost, correct)
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
    pub(super) fn walk(&self, gate: usize, visit: &mut impl FnMut(u32, Ticks, u32)) {
        let Gate { thresholds, ranks, .. } = self.gates[gate];
        let mut changes = vec![Change::default(); thresholds.len() + 1];
        for (sample, &rank) in ranks.iter().enumerate() {
            if self.exit(sample, 0) >= gate {
                let exit = self.exit(sample, gate + 1);
                let change = &mut changes[rank as usize];
                change.cost += self.costs[exit] - self.costs[gate];
                change.gained += self.is_right(sample, exit);
                change.lost += self.is_right(sample, gate);
            }
        }
        let (mut cost, mut correct) = self.merit_up_to(gate);
        for (threshold, change) in (1..=thresholds.len() as u32).zip(&changes) {
            cost += change.cost;
            correct += change.gained;
            correct -= change.lost;
            visit(threshold, cost, correct);
        }
    }
}
