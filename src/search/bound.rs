//! Cells of thresholds and what no cascade in them can exceed.
//!
//! A cell gives each gate of a chain an interval of threshold indices. Most samples' ways are
//! decided by that; the others are *open*. Letting each open sample take its best outcome (right if
//! any stage it may exit at is right, the earliest of them for the cost) gives the cell's optimistic
//! point: every cascade in the cell costs at least as much and has at most as many right answers.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::bits::{self, Bitmaps};
use super::chain::{ChainView, order, parts_per_gate};
use super::cut::Cut;
use super::gate::Gate;
use super::prefix::Prefix;
use super::space::GateId;
use super::staircase::MAX_GATES;
use crate::cascade::Ticks;

/// One threshold index for each gate of a chain, the rest being 0.
pub(crate) type Thresholds = [u32; MAX_GATES];

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

impl Cell {
    /// The cell of all cascades of `chain`.
    pub(crate) fn root(chain: &ChainView<'_>, samples: usize) -> Self {
        let mut cell = Self {
            low: [0; MAX_GATES],
            high: [0; MAX_GATES],
            open: (0..samples as u32).collect(),
            correct: 0,
            cost: 0,
        };
        for (number, (_, gate)) in chain.gates().iter().enumerate() {
            (cell.low[number], cell.high[number]) = gate.interval();
        }
        cell
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
    /// All about each open sample; made when first needed.
    profiles: OnceCell<Vec<Profile>>,
}

struct SplitGate<'a> {
    cut: Cow<'a, Cut>,
    /// The open samples' ranks at the gate, and the samples in the order of their ranks.
    ranks: Cow<'a, [u32]>,
    order: Cow<'a, [u32]>,
    /// For each part, the samples that end up right at some stage that they may exit at, here or
    /// later, if they reach this gate at all.
    may_be_right: Bitmaps,
}

/// An open sample: what it does at each gate, as a code of that gate's [`Cut`], and the stages that
/// get it right, a bit each. Eight bytes side by side, since line bounds take samples in any order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    pub(super) codes: [u8; MAX_GATES],
    pub(super) right: u8,
}

/// What a gate's share of a split is made from.
struct GateCut<'a> {
    cut: Cow<'a, Cut>,
    ranks: Cow<'a, [u32]>,
    order: Cow<'a, [u32]>,
}

impl<'a> Split<'a> {
    /// Splits the whole of a chain, `cell` being its root.
    pub(crate) fn first(chain: &'a ChainView<'a>, cell: &'a Cell) -> Self {
        let parts = parts_per_gate(chain.gates().len());
        let right = chain
            .stages
            .iter()
            .map(|(id, _)| Cow::Borrowed(chain.first.right[*id as usize].as_slice()));
        let cut = |&(id, gate): &(GateId, &'a Gate)| GateCut {
            cut: Cow::Borrowed(chain.first.cut(id, parts)),
            ranks: Cow::Borrowed(&gate.ranks),
            order: Cow::Borrowed(&chain.first.order[id as usize]),
        };
        Self::with(chain, cell, chain.gates().iter().map(cut).collect(), right.collect())
    }

    /// Splits a smaller cell.
    pub(crate) fn of(chain: &'a ChainView<'a>, cell: &'a Cell) -> Self {
        let gates = chain.gates();
        let most = parts_per_gate(gates.len());
        let cuts = gates.iter().enumerate().map(|(number, (_, gate))| {
            let ranks: Vec<u32> =
                cell.open.iter().map(|&sample| gate.ranks[sample as usize]).collect();
            let cut = Cut::new(&ranks, (cell.low[number], cell.high[number]), most);
            let order = order(&ranks);
            GateCut { cut: Cow::Owned(cut), ranks: Cow::Owned(ranks), order: Cow::Owned(order) }
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
        cuts: Vec<GateCut<'a>>,
        right: Vec<Cow<'a, [u64]>>,
    ) -> Self {
        let mut later = right.last().map_or(vec![], |last| last.to_vec());
        let mut gates = Vec::with_capacity(cuts.len());
        for (GateCut { cut, ranks, order }, here) in cuts.into_iter().zip(&right).rev() {
            let may_be_right = may_be_right(&cut, here, &later);
            gates.push(SplitGate { cut, ranks, order, may_be_right });
            bits::unite(&mut later, here);
        }
        gates.reverse();
        Self { chain, cell, gates, right, profiles: OnceCell::new() }
    }

    /// Lowest and highest threshold of each gate in the part of `bound`.
    pub(super) fn intervals(&self, bound: &Bound) -> Vec<(u32, u32)> {
        let parts = self.gates.iter().zip(&bound.part);
        parts.map(|(gate, &number)| gate.cut.parts[usize::from(number)]).collect()
    }

    /// The open samples of ranks from `low` to below `high` at `gate`, in the order of ranks.
    pub(super) fn between(&self, gate: usize, low: u32, high: u32) -> &[u32] {
        let SplitGate { order, ranks, .. } = &self.gates[gate];
        let place = |rank| order.partition_point(|&sample| ranks[sample as usize] < rank);
        &order[place(low)..place(high)]
    }

    /// The number of the part of each gate that `bound` is about.
    pub(super) fn part_numbers<'b>(&self, bound: &'b Bound) -> &'b [u16] {
        &bound.part[..self.gates.len()]
    }

    /// A profile for each open sample.
    pub(super) fn profiles(&self) -> &[Profile] {
        self.profiles.get_or_init(|| {
            let right = self.chain.right_stages(&self.cell.open);
            let mut profiles: Vec<Profile> =
                right.into_iter().map(|right| Profile { codes: [0; MAX_GATES], right }).collect();
            for (number, gate) in self.gates.iter().enumerate() {
                for (profile, &code) in profiles.iter_mut().zip(&gate.cut.codes) {
                    profile.codes[number] = code;
                }
            }
            profiles
        })
    }

    /// The cost of a sample that exits at each stage.
    pub(super) fn costs_so_far(&self) -> impl Iterator<Item = Ticks> {
        self.chain.costs.iter().scan(0, |sum, cost| {
            *sum += cost;
            Some(*sum)
        })
    }

    /// The most that any cascade in the part of `bound` costs: that with the highest thresholds.
    pub(super) fn highest_cost(&self, bound: &Bound) -> Ticks {
        let mut reach = bits::full(self.cell.open.len());
        let mut cost = self.cell.cost + self.chain.costs[0] * self.cell.open.len() as Ticks;
        for ((gate, &number), more) in
            self.gates.iter().zip(&bound.part).zip(&self.chain.costs[1..])
        {
            let stay = gate.cut.may_stay.row(number.into());
            bits::intersect(&mut reach, stay);
            cost += more * Ticks::from(bits::count(&reach));
        }
        cost
    }

    /// The right answers of the cascade with the lowest thresholds in the part of `bound`.
    pub(super) fn correct_at_lowest(&self, bound: &Bound) -> u32 {
        let mut reach = bits::full(self.cell.open.len());
        let mut correct = self.cell.correct;
        for ((gate, &number), right) in self.gates.iter().zip(&bound.part).zip(&self.right) {
            let stay = gate.cut.surely_stay.row(number.into());
            correct += bits::count_both(&reach, right);
            bits::intersect(&mut reach, stay);
            correct -= bits::count_both(&reach, right);
        }
        correct + bits::count_both(&reach, &self.right[self.gates.len()])
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
        let SplitGate { cut, may_be_right, .. } = &self.gates[gate];
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
        let Cell { low, high, correct, cost, .. } = *self.cell;
        let mut cell = Cell { low, high, open: vec![], correct, cost };
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
            reached.push(prefix.surely.clone());
        }
        let last = &self.right[self.gates.len()];
        let decided: Vec<u64> = open.iter().map(|open| !open).collect();
        let right = prefix.right.iter().zip(&prefix.may).zip(last.iter());
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
