//! Cells of thresholds and what no cascade in them can exceed.
//!
//! A cell gives each gate of a chain an interval of threshold indices. Most samples' ways are
//! decided by that; the others are *open*. Letting each open sample take its best outcome (right if
//! any stage it may exit at is right, the earliest of them for the cost) gives the cell's optimistic
//! point: every cascade in the cell costs at least as much and has at most as many right answers.

use super::bits::{self, Bitmaps};
use super::gate::Gate;
use super::space::{ChainId, Space};
use super::staircase::MAX_GATES;
use crate::cascade::Ticks;

/// One threshold index for each gate of a chain, the rest being 0.
pub(crate) type Thresholds = [u32; MAX_GATES];

/// Up to this many open samples, intervals are cut where the samples lie; above, sorting them
/// would cost more than it saves and intervals are cut evenly.
const CUT_BY_SAMPLES: usize = 4096;

/// About this many cells are made of one.
const FAN_OUT: usize = 512;

/// A chain with what its stages need.
pub(crate) struct ChainView<'a> {
    pub(crate) id: ChainId,
    /// The gates of all stages; the last one's thresholds play no part.
    stages: Vec<&'a Gate>,
    /// The cost of a sample that exits at the first stage, and what each further stage adds.
    costs: Vec<Ticks>,
}

impl<'a> ChainView<'a> {
    /// The chain `id` of `space`.
    pub(crate) fn new(space: &'a Space, id: ChainId) -> Self {
        let path = space.path(id);
        let mut before = 0;
        let mut costs = Vec::with_capacity(path.len());
        for chain in &path {
            costs.push(chain.cost - before);
            before = chain.cost;
        }
        Self { id, stages: path.iter().map(|chain| space.gate(chain)).collect(), costs }
    }

    fn gates(&self) -> &[&'a Gate] {
        &self.stages[..self.stages.len() - 1]
    }

    /// The cell of all cascades of this chain.
    pub(crate) fn root(&self, samples: usize) -> Cell {
        let mut cell = Cell {
            low: [0; MAX_GATES],
            high: [0; MAX_GATES],
            open: (0..samples as u32).collect(),
            correct: 0,
            cost: 0,
        };
        for (number, gate) in self.gates().iter().enumerate() {
            cell.low[number] = 1;
            cell.high[number] = gate.thresholds.len() as u32;
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
    open: Vec<u32>,
    /// Right answers, and cost, of all other samples.
    correct: u32,
    cost: Ticks,
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
    gates: Vec<Cut>,
    /// For each stage, the open samples that it gets right.
    right: Bitmaps,
}

/// One gate's interval, cut into parts.
struct Cut {
    /// Lowest and highest threshold of each part.
    parts: Vec<(u32, u32)>,
    /// For each part, the samples that stay whatever its threshold…
    surely_stay: Bitmaps,
    /// …and those that may stay.
    may_stay: Bitmaps,
    /// For each part, the samples that end up right at some stage that they may exit at, here or
    /// later, if they reach this gate at all.
    may_be_right: Bitmaps,
}

impl<'a> Split<'a> {
    pub(crate) fn new(chain: &'a ChainView<'a>, cell: &'a Cell) -> Self {
        let mut right = Bitmaps::new(chain.stages.len(), cell.open.len());
        for (stage, gate) in chain.stages.iter().enumerate() {
            for (at, &sample) in cell.open.iter().enumerate() {
                if gate.right[sample as usize] {
                    right.insert(stage, at);
                }
            }
        }
        let gates = chain.gates();
        let most = parts_per_gate(gates.len());
        let mut later = right.row(gates.len()).to_vec();
        let mut cuts: Vec<Cut> = Vec::with_capacity(gates.len());
        for (number, gate) in gates.iter().enumerate().rev() {
            let ranks: Vec<u32> =
                cell.open.iter().map(|&sample| gate.ranks[sample as usize]).collect();
            let here = right.row(number);
            cuts.push(Cut::new(&ranks, (cell.low[number], cell.high[number]), most, here, &later));
            later.iter_mut().zip(here).for_each(|(later, here)| *later |= here);
        }
        cuts.reverse();
        Self { chain, cell, gates: cuts, right }
    }

    /// Calls `visit` with the bound of every part that `worthwhile(cost, correct)` does not rule
    /// out; a whole slab of parts at once where that suffices.
    pub(crate) fn bounds(
        &self,
        worthwhile: &mut impl FnMut(Ticks, u32) -> bool,
        visit: &mut impl FnMut(Bound),
    ) {
        let samples = self.cell.open.len();
        let everyone = bits::full(samples);
        let first = Prefix {
            cost: self.cell.cost + self.chain.costs[0] * samples as Ticks,
            right: vec![0; everyone.len()],
            surely: everyone.clone(),
            may: everyone,
        };
        let mut part = [0; MAX_GATES];
        if self.gates.is_empty() {
            let correct = self.cell.correct + bits::count(self.right.row(0));
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
        let cut = &self.gates[gate];
        let last = gate + 1 == self.gates.len();
        for number in 0..cut.parts.len() {
            part[gate] = number as u16;
            let surely = bits::count_both(&prefix.surely, cut.surely_stay.row(number));
            let cost = prefix.cost + self.chain.costs[gate + 1] * Ticks::from(surely);
            let right = bits::count_with(&prefix.right, &prefix.may, cut.may_be_right.row(number));
            let correct = self.cell.correct + right;
            if !worthwhile(cost, correct) {
                continue;
            }
            if last {
                visit(Bound { part: *part, correct, cost, point: self.point(part) });
            } else {
                let prefix = prefix.pass(cut, number, self.right.row(gate), cost);
                self.descend(gate + 1, &prefix, part, worthwhile, visit);
            }
        }
    }

    /// The thresholds of a part that holds only one vector of them.
    fn point(&self, part: &[u16; MAX_GATES]) -> Option<Thresholds> {
        let mut thresholds = [0; MAX_GATES];
        for ((cut, &number), threshold) in self.gates.iter().zip(part).zip(&mut thresholds) {
            let (low, high) = cut.parts[usize::from(number)];
            if low != high {
                return None;
            }
            *threshold = low;
        }
        Some(thresholds)
    }

    /// The part of `bound` as a cell of its own.
    pub(crate) fn part(&self, bound: &Bound) -> Cell {
        let everyone = bits::full(self.cell.open.len());
        let Cell { low, high, correct, cost, .. } = *self.cell;
        let mut cell = Cell { low, high, open: vec![], correct, cost };
        let mut prefix = Prefix {
            cost: 0,
            right: vec![0; everyone.len()],
            surely: everyone.clone(),
            may: everyone,
        };
        let mut open = vec![0; prefix.may.len()];
        // Where decided samples exit: those that surely reach each further stage.
        let mut reached = Vec::with_capacity(self.gates.len());
        for (gate, cut) in self.gates.iter().enumerate() {
            let number = usize::from(bound.part[gate]);
            (cell.low[gate], cell.high[gate]) = cut.parts[number];
            let stay = cut.surely_stay.row(number).iter().zip(cut.may_stay.row(number));
            for ((open, may_reach), (surely, may)) in open.iter_mut().zip(&prefix.may).zip(stay) {
                *open |= may_reach & may & !surely;
            }
            prefix = prefix.pass(cut, number, self.right.row(gate), 0);
            reached.push(prefix.surely.clone());
        }
        let last = self.right.row(self.gates.len());
        let decided: Vec<u64> = open.iter().map(|open| !open).collect();
        let right = prefix.right.iter().zip(&prefix.may).zip(last);
        let right: Vec<u64> = right.map(|((right, may), last)| right | (may & last)).collect();
        cell.correct += bits::count_both(&right, &decided);
        let decided_samples = self.cell.open.len() as Ticks - Ticks::from(bits::count(&open));
        cell.cost += self.chain.costs[0] * decided_samples;
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

impl Cut {
    /// Cuts `low..=high` into at most `most` parts for open samples of these `ranks`, of which the
    /// stage gets `here` right, and some later stage `later`.
    fn new(
        ranks: &[u32],
        (low, high): (u32, u32),
        most: usize,
        here: &[u64],
        later: &[u64],
    ) -> Self {
        let parts = if ranks.len() <= CUT_BY_SAMPLES {
            parts_by_samples(ranks, low, high, most)
        } else {
            even_parts(low, high, most)
        };
        // A sample of rank `r` stays at threshold `t` if `r < t`: at the lowest threshold of a part
        // if it surely stays, at the highest if it may.
        let stays = |threshold: &dyn Fn(&(u32, u32)) -> u32| {
            let mut bitmaps = Bitmaps::new(parts.len(), ranks.len());
            for (sample, rank) in ranks.iter().enumerate() {
                let first = parts.partition_point(|part| threshold(part) <= *rank);
                if first < parts.len() {
                    bitmaps.insert(first, sample);
                }
            }
            bitmaps.accumulate();
            bitmaps
        };
        let surely_stay = stays(&|part| part.0);
        let may_stay = stays(&|part| part.1);
        let mut may_be_right = Bitmaps::new(parts.len(), ranks.len());
        for number in 0..parts.len() {
            let stay = surely_stay.row(number).iter().zip(may_stay.row(number));
            let right = here.iter().zip(later);
            let outcome = may_be_right.row_mut(number).iter_mut();
            for ((outcome, (surely, may)), (here, later)) in outcome.zip(stay).zip(right) {
                *outcome = (here & !surely) | (later & may);
            }
        }
        Self { parts, surely_stay, may_stay, may_be_right }
    }
}

/// How many parts each of `gates` gates is cut into.
fn parts_per_gate(gates: usize) -> usize {
    (FAN_OUT as f64).powf(1.0 / gates.max(1) as f64).round().max(2.0) as usize
}

/// `low..=high` in at most `most` parts of nearly the same length.
fn even_parts(low: u32, high: u32, most: usize) -> Vec<(u32, u32)> {
    let length = (high - low + 1) as usize;
    let count = most.min(length);
    let start = |part: usize| low + (part * length / count) as u32;
    (0..count).map(|part| (start(part), start(part + 1) - 1)).collect()
}

/// Only thresholds that tell open samples apart, in at most `most` parts with nearly as many each.
///
/// Between two neighbouring ranks of open samples all thresholds act alike. The lowest stands for
/// all: `low` itself, and `r + 1` for each rank `r` from `low` to below `high`.
fn parts_by_samples(ranks: &[u32], low: u32, high: u32, most: usize) -> Vec<(u32, u32)> {
    let inside = ranks.iter().filter(|&&rank| low <= rank && rank < high);
    let mut distinct: Vec<u32> = inside.map(|rank| rank + 1).chain([low]).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let count = most.min(distinct.len());
    let start = |part: usize| part * distinct.len() / count;
    (0..count).map(|part| (distinct[start(part)], distinct[start(part + 1) - 1])).collect()
}
