//! A chain as the exact search sees it, and what all chains share.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bits;
use super::cut::Cut;
use super::gate::Gate;
use super::space::{ChainId, GateId, Space};
use super::staircase::Staircase;
use crate::cascade::Ticks;

/// Parts that the gates of a chain with that many gates are cut into; the last serves for more.
const PARTS: [usize; 5] = [1, 64, 32, 10, 6];

/// How many parts each of `gates` gates is cut into.
pub(super) fn parts_per_gate(gates: usize) -> usize {
    PARTS[gates.min(PARTS.len() - 1)]
}

/// What the first split of every chain is made of, made once for all chains.
pub(crate) struct FirstCuts {
    /// For each gate, the samples that its committee gets right.
    pub(super) right: Vec<Vec<u64>>,
    /// For each gate, the samples in the order of their ranks.
    pub(super) order: Vec<Vec<u32>>,
    /// For each number of parts that occurs, every gate's cut.
    pub(super) cuts: BTreeMap<usize, Vec<Cut>>,
}

/// The samples in the order of their `ranks`.
pub(super) fn order(ranks: &[u32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..ranks.len() as u32).collect();
    order.sort_unstable_by_key(|&sample| (ranks[sample as usize], sample));
    order
}

impl FirstCuts {
    pub(crate) fn new(space: &Space) -> Self {
        let right = space.gates.iter().map(|gate| bits::collect(gate.right.iter().copied()));
        let most = space.chains.iter().map(|chain| usize::from(chain.depth)).max().unwrap_or(0);
        let cuts = (1..=most).map(parts_per_gate).map(|parts| {
            let cut = |gate: &Gate| Cut::new(&gate.ranks, gate.interval(), parts);
            (parts, space.gates.par_iter().map(cut).collect())
        });
        let order = space.gates.par_iter().map(|gate| order(&gate.ranks)).collect();
        Self { right: right.collect(), order, cuts: cuts.collect() }
    }

    /// The most right answers by which a cascade of a chain may beat `staircase` at its cost: every
    /// sample is right if any stage gets it right, and leaves at the first.
    pub(crate) fn gain(&self, space: &Space, chain: ChainId, staircase: &Staircase) -> u32 {
        let path = space.path(chain);
        let stages = path.iter().map(|chain| &self.right[chain.gate as usize]);
        let right = stages.fold(bits::empty(space.samples), |mut all, stage| {
            bits::unite(&mut all, stage);
            all
        });
        let cost = path[0].cost * space.samples as Ticks;
        bits::count(&right).saturating_sub(staircase.best_at(cost))
    }
}

/// A chain with what its stages need.
pub(crate) struct ChainView<'a> {
    pub(crate) id: ChainId,
    /// The gates of all stages; the last one's thresholds play no part.
    pub(super) stages: Vec<(GateId, &'a Gate)>,
    /// The cost of a sample that exits at the first stage, and what each further stage adds.
    pub(super) costs: Vec<Ticks>,
    pub(super) first: &'a FirstCuts,
}

impl<'a> ChainView<'a> {
    /// The chain `id` of `space`.
    pub(crate) fn new(space: &'a Space, first: &'a FirstCuts, id: ChainId) -> Self {
        let path = space.path(id);
        let mut before = 0;
        let mut costs = Vec::with_capacity(path.len());
        for chain in &path {
            costs.push(chain.cost - before);
            before = chain.cost;
        }
        let stages = path.iter().map(|chain| (chain.gate, space.gate(chain))).collect();
        Self { id, stages, costs, first }
    }

    pub(super) fn gates(&self) -> &[(GateId, &'a Gate)] {
        &self.stages[..self.stages.len() - 1]
    }

    /// For each of `samples`, the stages that get it right, a bit each.
    pub(super) fn right_stages(&self, samples: &[u32]) -> Vec<u8> {
        let mut all = vec![0; samples.len()];
        for (stage, (_, gate)) in self.stages.iter().enumerate() {
            for (bits, &sample) in all.iter_mut().zip(samples) {
                *bits |= u8::from(gate.right[sample as usize]) << stage;
            }
        }
        all
    }
}
