//! Cells of thresholds and what no cascade in them can exceed.
//!
//! A cell gives each gate of a chain an interval of threshold indices. Most samples' ways are
//! decided by that; the others are *open*. Letting each open sample take its best outcome (right if
//! any stage it may exit at is right, the earliest of them for the cost) gives the cell's optimistic
//! point: every cascade in the cell costs at least as much and has at most as many right answers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bits::{self, Bitmaps};
use super::cut::Cut;
use super::gate::Gate;
use super::line::Place;
use super::space::{ChainId, GateId, Space};
use super::staircase::MAX_GATES;
use crate::cascade::Ticks;

/// One threshold index for each gate of a chain, the rest being 0.
pub(crate) type Thresholds = [u32; MAX_GATES];

/// Parts that the gates of a chain with that many gates are cut into; the last serves for more.
const PARTS: [usize; 5] = [1, 64, 32, 10, 6];

/// How many parts each of `gates` gates is cut into.
fn parts_per_gate(gates: usize) -> usize {
    PARTS[gates.min(PARTS.len() - 1)]
}

/// What the first split of every chain is made of, made once for all chains.
pub(crate) struct FirstCuts {
    /// For each gate, the samples that its committee gets right.
    right: Vec<Vec<u64>>,
    /// For each number of parts that occurs, every gate's cut.
    cuts: BTreeMap<usize, Vec<Cut>>,
}

impl FirstCuts {
    pub(crate) fn new(space: &Space) -> Self {
        let right = space.gates.iter().map(|gate| bits::collect(gate.right.iter().copied()));
        let most = space.chains.iter().map(|chain| usize::from(chain.depth)).max().unwrap_or(0);
        let cuts = (1..=most).map(parts_per_gate).map(|parts| {
            let cut = |gate: &Gate| Cut::new(&gate.ranks, gate.interval(), parts);
            (parts, space.gates.par_iter().map(cut).collect())
        });
        Self { right: right.collect(), cuts: cuts.collect() }
    }
}

/// A chain with what its stages need.
pub(crate) struct ChainView<'a> {
    pub(crate) id: ChainId,
    /// The gates of all stages; the last one's thresholds play no part.
    stages: Vec<(GateId, &'a Gate)>,
    /// The cost of a sample that exits at the first stage, and what each further stage adds.
    costs: Vec<Ticks>,
    first: &'a FirstCuts,
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

    /// The cost of a sample that exits at each stage.
    pub(super) fn costs_so_far(&self) -> impl Iterator<Item = Ticks> {
        self.costs.iter().scan(0, |sum, cost| {
            *sum += cost;
            Some(*sum)
        })
    }

    /// 1 if `stage` gets `sample` right, else 0.
    pub(super) fn is_right(&self, stage: usize, sample: u32) -> f64 {
        f64::from(u8::from(self.stages[stage].1.right[sample as usize]))
    }

    pub(super) fn rank(&self, gate: usize, sample: u32) -> u32 {
        self.stages[gate].1.ranks[sample as usize]
    }

    /// The cell of all cascades of this chain.
    pub(crate) fn root(&self, samples: usize) -> Cell {
        let mut cell = Cell {
            low: [0; MAX_GATES],
            high: [0; MAX_GATES],
            open: (0..samples as u32).collect(),
            correct: 0,
            cost: 0,
            lowest_cost: 0,
            highest_cost: Ticks::MAX,
            most_correct: samples as u32,
        };
        for (number, (_, gate)) in self.gates().iter().enumerate() {
            (cell.low[number], cell.high[number]) = gate.interval();
        }
        cell
    }
}

/// All cascades of a chain whose thresholds lie between `low` and `high`, both included.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    low: Thresholds,
    high: Thresholds,
    /// The samples whose way the cell does not decide.
    pub(super) open: Vec<u32>,
    /// Right answers, and cost, of all other samples.
    pub(super) correct: u32,
    pub(super) cost: Ticks,
    /// What all samples together cost at least and at most, and the most right answers.
    pub(super) lowest_cost: Ticks,
    pub(super) highest_cost: Ticks,
    pub(super) most_correct: u32,
}

impl Cell {
    /// Number of thresholds of a gate.
    pub(super) fn thresholds(&self, gate: usize) -> usize {
        (self.high[gate] - self.low[gate] + 1) as usize
    }

    /// What a gate does with a sample of this rank.
    pub(super) fn place(&self, gate: usize, rank: u32) -> Place {
        if rank >= self.high[gate] {
            Place::Exits
        } else if rank < self.low[gate] {
            Place::Stays
        } else {
            Place::StaysFrom((rank + 1 - self.low[gate]) as usize)
        }
    }
}

/// The optimistic point of a part of a split cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    /// Which interval of each gate.
    part: [u16; MAX_GATES],
    pub(crate) correct: u32,
    pub(crate) cost: Ticks,
    /// The cascade itself, if the part holds (cascades that all act like) a single one.
    pub(crate) point: Option<Thresholds>,
}

/// A cell cut into parts along every gate, with the sets of its open samples that bounds need.
pub(crate) struct Split<'a> {
    chain: &'a ChainView<'a>,
    cell: &'a Cell,
    gates: Vec<SplitGate<'a>>,
    /// For each stage, the open samples that it gets right.
    right: Vec<Cow<'a, [u64]>>,
}

struct SplitGate<'a> {
    cut: Cow<'a, Cut>,
    /// For each part, the samples that end up right at some stage that they may exit at, here or
    /// later, if they reach this gate at all.
    may_be_right: Bitmaps,
}

impl<'a> Split<'a> {
    /// Splits the whole of a chain, `cell` being its root.
    pub(crate) fn first(chain: &'a ChainView<'a>, cell: &'a Cell) -> Self {
        let cuts = chain.first.cuts.get(&parts_per_gate(chain.gates().len()));
        let cuts = cuts.map_or(&[][..], Vec::as_slice);
        let cut = |&(id, _): &(GateId, &Gate)| Cow::Borrowed(&cuts[id as usize]);
        let right =
            |&(id, _): &(GateId, &Gate)| Cow::Borrowed(chain.first.right[id as usize].as_slice());
        let cuts = chain.gates().iter().map(cut).collect();
        Self::with(chain, cell, cuts, chain.stages.iter().map(right).collect())
    }

    /// Splits a smaller cell.
    pub(crate) fn of(chain: &'a ChainView<'a>, cell: &'a Cell) -> Self {
        let gates = chain.gates();
        let most = parts_per_gate(gates.len());
        let cuts = gates.iter().enumerate().map(|(number, (_, gate))| {
            let ranks: Vec<u32> =
                cell.open.iter().map(|&sample| gate.ranks[sample as usize]).collect();
            Cow::Owned(Cut::new(&ranks, (cell.low[number], cell.high[number]), most))
        });
        let right = chain.stages.iter().map(|(_, gate)| {
            let flags = cell.open.iter().map(|&sample| gate.right[sample as usize]);
            Cow::Owned(bits::collect(flags))
        });
        Self::with(chain, cell, cuts.collect(), right.collect())
    }

    fn with(
        chain: &'a ChainView<'a>,
        cell: &'a Cell,
        cuts: Vec<Cow<'a, Cut>>,
        right: Vec<Cow<'a, [u64]>>,
    ) -> Self {
        let mut later = right.last().map_or(vec![], |last| last.to_vec());
        let mut gates = Vec::with_capacity(cuts.len());
        for (cut, here) in cuts.into_iter().zip(&right).rev() {
            let may_be_right = may_be_right(&cut, here, &later);
            gates.push(SplitGate { cut, may_be_right });
            later.iter_mut().zip(here.iter()).for_each(|(later, here)| *later |= here);
        }
        gates.reverse();
        Self { chain, cell, gates, right }
    }

    /// Calls `visit` with the bound of every part that `worthwhile(cost, correct)` does not rule
    /// out; a whole slab of parts at once where that suffices.
    pub(crate) fn bounds(
        &self,
        worthwhile: &mut impl FnMut(Ticks, u32) -> bool,
        visit: &mut impl FnMut(Bound),
    ) {
        let samples = self.cell.open.len();
        let first = Prefix::first(samples, self.cell.cost + self.chain.costs[0] * samples as Ticks);
        let mut part = [0; MAX_GATES];
        if self.gates.is_empty() {
            let correct = self.cell.correct + bits::count(&self.right[0]);
            visit(Bound { part, correct, cost: first.cost, point: Some(part.map(u32::from)) });
        } else {
            self.descend(0, &first, &mut part, worthwhile, visit);
        }
    }

    fn descend(
        &self,
        gate: usize,
        prefix: &Prefix,
        part: &mut [u16; MAX_GATES],
        worthwhile: &mut impl FnMut(Ticks, u32) -> bool,
        visit: &mut impl FnMut(Bound),
    ) {
        let SplitGate { cut, may_be_right } = &self.gates[gate];
        let last = gate + 1 == self.gates.len();
        for number in 0..cut.parts.len() {
            part[gate] = number as u16;
            let surely = bits::count_both(&prefix.surely, cut.surely_stay.row(number));
            let cost = prefix.cost + self.chain.costs[gate + 1] * Ticks::from(surely);
            let right = bits::count_with(&prefix.right, &prefix.may, may_be_right.row(number));
            let correct = self.cell.correct + right;
            if !worthwhile(cost, correct) {
                continue;
            }
            if last {
                visit(Bound { part: *part, correct, cost, point: self.point(part) });
            } else {
                let prefix = prefix.pass(cut, number, &self.right[gate], cost);
                self.descend(gate + 1, &prefix, part, worthwhile, visit);
            }
        }
    }

    /// The thresholds of a part that holds only one vector of them.
    fn point(&self, part: &[u16; MAX_GATES]) -> Option<Thresholds> {
        let mut thresholds = [0; MAX_GATES];
        for ((gate, &number), threshold) in self.gates.iter().zip(part).zip(&mut thresholds) {
            let (low, high) = gate.cut.parts[usize::from(number)];
            if low != high {
                return None;
            }
            *threshold = low;
        }
        Some(thresholds)
    }

    /// The part of `bound` as a cell of its own.
    pub(crate) fn part(&self, bound: &Bound) -> Cell {
        let mut cell = Cell {
            open: vec![],
            lowest_cost: bound.cost,
            most_correct: bound.correct,
            ..*self.cell
        };
        let all = self.cell.open.len() as Ticks;
        cell.highest_cost = cell.cost + self.chain.costs[0] * all;
        let mut prefix = Prefix::first(self.cell.open.len(), 0);
        let mut open = vec![0; prefix.may.len()];
        // Where decided samples exit: those that surely reach each further stage.
        let mut reached = Vec::with_capacity(self.gates.len());
        for (gate, SplitGate { cut, .. }) in self.gates.iter().enumerate() {
            let number = usize::from(bound.part[gate]);
            (cell.low[gate], cell.high[gate]) = cut.parts[number];
            let stay = cut.surely_stay.row(number).iter().zip(cut.may_stay.row(number));
            for ((open, may_reach), (surely, may)) in open.iter_mut().zip(&prefix.may).zip(stay) {
                *open |= may_reach & may & !surely;
            }
            prefix = prefix.pass(cut, number, &self.right[gate], 0);
            cell.highest_cost += self.chain.costs[gate + 1] * Ticks::from(bits::count(&prefix.may));
            reached.push(prefix.surely.clone());
        }
        let last = &self.right[self.gates.len()];
        let decided: Vec<u64> = open.iter().map(|open| !open).collect();
        let right = prefix.right.iter().zip(&prefix.may).zip(last.iter());
        let right: Vec<u64> = right.map(|((right, may), last)| right | (may & last)).collect();
        cell.correct += bits::count_both(&right, &decided);
        cell.cost += self.chain.costs[0] * (all - Ticks::from(bits::count(&open)));
        for (reached, cost) in reached.iter().zip(&self.chain.costs[1..]) {
            cell.cost += cost * Ticks::from(bits::count_both(reached, &decided));
        }
        cell.open = bits::members(&open).map(|at| self.cell.open[at]).collect();
        cell
    }
}

/// What is known of the open samples after some gates.
struct Prefix {
    /// Least cost so far.
    cost: Ticks,
    /// Samples that may have exited with a right answer.
    right: Vec<u64>,
    /// Samples that surely reach the next stage…
    surely: Vec<u64>,
    /// …and those that may.
    may: Vec<u64>,
}

impl Prefix {
    /// Before any gate.
    fn first(samples: usize, cost: Ticks) -> Self {
        let everyone = bits::full(samples);
        Self { cost, right: vec![0; everyone.len()], surely: everyone.clone(), may: everyone }
    }

    /// After one more gate, `right_here` being the samples that its stage gets right.
    fn pass(&self, cut: &Cut, number: usize, right_here: &[u64], cost: Ticks) -> Self {
        let (surely_stay, may_stay) = (cut.surely_stay.row(number), cut.may_stay.row(number));
        let both = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| a & b).collect();
        let exits = self.may.iter().zip(surely_stay).zip(right_here);
        let right = self.right.iter().zip(exits);
        Self {
            cost,
            right: right.map(|(right, ((may, stay), here))| right | (may & !stay & here)).collect(),
            surely: both(&self.surely, surely_stay),
            may: both(&self.may, may_stay),
        }
    }
}

/// For each part of a gate's cut, the samples that end up right if they reach the gate and take
/// their best outcome: `here` are those that its own stage gets right, `later` some later one.
fn may_be_right(cut: &Cut, here: &[u64], later: &[u64]) -> Bitmaps {
    let mut outcomes = Bitmaps::new(cut.parts.len(), here.len() * u64::BITS as usize);
    for number in 0..cut.parts.len() {
        let stay = cut.surely_stay.row(number).iter().zip(cut.may_stay.row(number));
        let right = here.iter().zip(later);
        let outcome = outcomes.row_mut(number).iter_mut();
        for ((outcome, (surely, may)), (here, later)) in outcome.zip(stay).zip(right) {
            *outcome = (here & !surely) | (later & may);
        }
    }
    outcomes
}
