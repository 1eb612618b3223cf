//! Cells of thresholds and what no cascade in them can exceed.
//!
//! A cell gives each gate of a chain an interval of threshold indices. Most samples' ways are
//! decided by that; the others are *open*. Letting each open sample take its best outcome (right if
//! any stage it may exit at is right, the earliest of them for the cost) gives the cell's optimistic
//! point: every cascade in the cell costs at least as much and has at most as many right answers.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::bits::{self, Bitmaps};
use super::candidate::MAX_GATES;
use super::chain::{ChainView, parts_per_gate};
use super::cut::{Cut, Ranked, inside, open_code, way};
use super::prefix::Prefix;
use super::profile::{Column, Profile, columns};
use crate::cascade::Ticks;

/// One threshold index for each gate of a chain, the rest being 0.
pub(crate) type Thresholds = [u32; MAX_GATES];

/// The cascades of a chain whose thresholds lie in a given interval at each gate. The samples whose
/// way that does not decide are *open*, and have numbers of their own from 0 up.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// The [`way`] of each open sample at every gate.
    open: Vec<Profile>,
    /// For each gate the lowest threshold, and the open samples that may reach it and may there
    /// stay or exit, in the order of their ranks.
    gates: Vec<(u32, Vec<Ranked>)>,
    decided: Decided,
}

/// The samples whose way does not depend on where in its cell a cascade is.
#[derive(Debug, Clone, Copy, Default)]
struct Decided {
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
    decided: Decided,
    /// The number of open samples.
    samples: usize,
    gates: Vec<SplitGate<'a>>,
    /// For each stage, the open samples that it gets right.
    right: Vec<Cow<'a, [u64]>>,
    /// All about each open sample; for the first split, made when first needed.
    profiles: OnceCell<Vec<Profile>>,
}

struct SplitGate<'a> {
    cut: Cow<'a, Cut>,
    /// The samples that the cut is about, in the order of their ranks.
    inside: Cow<'a, [Ranked]>,
    /// For each part, the samples that end up right at some stage that they may exit at, here or
    /// later, if they reach this gate at all.
    may_be_right: Bitmaps,
    /// For each part, its open samples as line bounds take them; made when first needed.
    columns: Vec<OnceCell<Vec<Column>>>,
}

/// What a gate's share of a split is made from.
type GateCut<'a> = (Cow<'a, Cut>, Cow<'a, [Ranked]>);

impl<'a> Split<'a> {
    /// Splits the cell of all cascades of a chain over so many samples.
    pub(crate) fn first(chain: &'a ChainView<'a>, samples: usize) -> Self {
        let parts = parts_per_gate(chain.gates().len());
        let right = chain.stages.iter().map(|(id, _)| &*chain.first.right[*id as usize]);
        let cuts = chain.gates().iter().map(|&(id, gate)| {
            let inside = inside(&chain.first.order[id as usize], gate.interval());
            (Cow::Borrowed(chain.first.cut(id, parts)), Cow::Borrowed(inside))
        });
        let (cuts, right) = (cuts.collect(), right.map(Cow::Borrowed).collect());
        Self::with(chain, Decided::default(), samples, cuts, right)
    }

    /// Splits a smaller cell.
    pub(crate) fn of(chain: &'a ChainView<'a>, cell: Cell) -> Self {
        let Cell { mut open, gates, decided } = cell;
        let samples = open.len();
        let most = parts_per_gate(gates.len());
        let right = (0..=gates.len()).map(|stage| {
            Cow::Owned(bits::collect(open.iter().map(|profile| profile.right >> stage & 1 == 1)))
        });
        let right = right.collect();
        let mut cuts: Vec<GateCut<'_>> = Vec::with_capacity(gates.len());
        for (number, (low, inside)) in gates.into_iter().enumerate() {
            let stay = (0..samples).filter(|&sample| open[sample].codes[number] == 0);
            let cut = Cut::new(samples, stay, &inside, low, most);
            for (profile, &code) in open.iter_mut().zip(&cut.codes) {
                profile.codes[number] = code;
            }
            cuts.push((Cow::Owned(cut), Cow::Owned(inside)));
        }
        let split = Self::with(chain, decided, samples, cuts, right);
        Self { profiles: OnceCell::from(open), ..split }
    }

    fn with(
        chain: &'a ChainView<'a>,
        decided: Decided,
        samples: usize,
        cuts: Vec<GateCut<'a>>,
        right: Vec<Cow<'a, [u64]>>,
    ) -> Self {
        let mut later = right.last().map_or(vec![], |last| last.to_vec());
        let mut gates = Vec::with_capacity(cuts.len());
        for ((cut, inside), here) in cuts.into_iter().zip(&right).rev() {
            let may_be_right = may_be_right(&cut, here, &later);
            let columns = vec![OnceCell::new(); cut.parts.len()];
            gates.push(SplitGate { cut, inside, may_be_right, columns });
            bits::unite(&mut later, here);
        }
        gates.reverse();
        Self { chain, decided, samples, gates, right, profiles: OnceCell::new() }
    }

    /// The samples that a part of a gate leaves open there, in the order of their ranks.
    fn open_at(&self, gate: usize, part: u16) -> &[Ranked] {
        let SplitGate { cut, inside, .. } = &self.gates[gate];
        &inside[cut.open[usize::from(part)].clone()]
    }

    /// The same samples, as line bounds take them.
    pub(super) fn columns(&self, gate: usize, part: u16) -> &[Column] {
        self.gates[gate].columns[usize::from(part)].get_or_init(|| {
            columns(self.gates.len(), gate, self.open_at(gate, part), self.profiles())
        })
    }

    /// The number of the part of each gate that `bound` is about.
    pub(super) fn part_numbers<'b>(&self, bound: &'b Bound) -> &'b [u16] {
        &bound.part[..self.gates.len()]
    }

    /// A profile for each open sample.
    fn profiles(&self) -> &[Profile] {
        self.profiles.get_or_init(|| {
            let right = self.chain.right_stages().into_iter();
            let mut profiles: Vec<Profile> =
                right.map(|right| Profile { codes: [0; MAX_GATES], right }).collect();
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
        let mut reach = bits::full(self.samples);
        let mut cost = self.decided.cost + self.chain.costs[0] * self.samples as Ticks;
        for ((gate, &number), more) in
            self.gates.iter().zip(&bound.part).zip(&self.chain.costs[1..])
        {
            let (_, stay) = gate.cut.stays.of(number.into());
            bits::intersect(&mut reach, stay);
            cost += more * Ticks::from(bits::count(&reach));
        }
        cost
    }

    /// The right answers of the cascade with the lowest thresholds in the part of `bound`.
    pub(super) fn correct_at_lowest(&self, bound: &Bound) -> u32 {
        let mut reach = bits::full(self.samples);
        let mut correct = self.decided.correct;
        for ((gate, &number), right) in self.gates.iter().zip(&bound.part).zip(&self.right) {
            let (stay, _) = gate.cut.stays.of(number.into());
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
        let cost = self.decided.cost + self.chain.costs[0] * self.samples as Ticks;
        let first = Prefix::first(self.samples, cost);
        let mut part = [0; MAX_GATES];
        if self.gates.is_empty() {
            let correct = self.decided.correct + bits::count(&self.right[0]);
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
            let surely = bits::count_both(&prefix.surely, cut.stays.of(number).0);
            let cost = prefix.cost + self.chain.costs[gate + 1] * Ticks::from(surely);
            let right = bits::count_with(&prefix.right, &prefix.may, may_be_right.row(number));
            let correct = self.decided.correct + right;
            if !worthwhile(cost, correct) {
                continue;
            }
            if last {
                visit(Bound { part: *part, correct, cost, point: self.point(part) });
            } else {
                let prefix = prefix.pass(&cut.stays, number, &self.right[gate], cost);
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
        let mut prefix = Prefix::first(self.samples, 0);
        let mut open = bits::empty(self.samples);
        // For each gate, the samples that may reach it, and those that surely get past it.
        let mut reach = Vec::with_capacity(self.gates.len());
        let mut pass = Vec::with_capacity(self.gates.len());
        for (gate, SplitGate { cut, .. }) in self.gates.iter().enumerate() {
            let number = usize::from(bound.part[gate]);
            let (surely, may) = cut.stays.of(number);
            let stay = surely.iter().zip(may);
            for ((open, may_reach), (surely, may)) in open.iter_mut().zip(&prefix.may).zip(stay) {
                *open |= may_reach & may & !surely;
            }
            let next = prefix.pass(&cut.stays, number, &self.right[gate], 0);
            let before = std::mem::replace(&mut prefix, next);
            reach.push(before.may);
            pass.push(prefix.surely.clone());
        }
        let Decided { mut correct, mut cost } = self.decided;
        let closed: Vec<u64> = open.iter().map(|open| !open).collect();
        let last = prefix.may.iter().zip(self.right[self.gates.len()].iter());
        let right = prefix.right.iter().zip(last).map(|(right, (may, last))| right | (may & last));
        correct += bits::count_both(&right.collect::<Vec<u64>>(), &closed);
        let samples = self.samples as Ticks - Ticks::from(bits::count(&open));
        cost += self.chain.costs[0] * samples;
        for (pass, more) in pass.iter().zip(&self.chain.costs[1..]) {
            cost += more * Ticks::from(bits::count_both(pass, &closed));
        }

        let places = bits::Places::new(&open);
        let gates = self.gates.iter().zip(&bound.part).zip(reach);
        let gates = gates.enumerate().map(|(number, ((gate, &part), mut reach))| {
            bits::intersect(&mut reach, &open);
            let inside = self.open_at(number, part).iter().filter_map(|ranked| {
                let sample = places.of(&reach, ranked.sample)?;
                Some(Ranked { sample, ..*ranked })
            });
            (gate.cut.parts[usize::from(part)].0, inside.collect())
        });
        let codes = |profile: &Profile| {
            let mut ways = [0; MAX_GATES];
            for ((way_here, &code), &part) in ways.iter_mut().zip(&profile.codes).zip(&bound.part) {
                *way_here = way(code, open_code(part)) as u8;
            }
            Profile { codes: ways, right: profile.right }
        };
        let profiles = self.profiles();
        let gates = gates.collect();
        let open = bits::members(&open).map(|sample| codes(&profiles[sample])).collect();
        Cell { open, gates, decided: Decided { correct, cost } }
    }
}

/// For each part of a gate's cut, the samples that end up right if they reach the gate and take
/// their best outcome: `here` are those that its own stage gets right, `later` some later one.
fn may_be_right(cut: &Cut, here: &[u64], later: &[u64]) -> Bitmaps {
    let mut outcomes = Bitmaps::new(cut.parts.len(), here.len() * u64::BITS as usize);
    for number in 0..cut.parts.len() {
        let (surely, may) = cut.stays.of(number);
        let stay = surely.iter().zip(may);
        let right = here.iter().zip(later);
        let outcome = outcomes.row_mut(number).iter_mut();
        for ((outcome, (surely, may)), (here, later)) in outcome.zip(stay).zip(right) {
            *outcome = (here & !surely) | (later & may);
        }
    }
    outcomes
}
