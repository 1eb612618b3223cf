//! Cells of all gates but the first, side by side, bounded along the order of the first.
//!
//! In the order of the first gate's ranks, those who stay there are the samples up to some place. So
//! one walk along the samples bounds all thresholds of that gate, a word of samples at a time, and
//! only what the last stage gets right has to be counted for each chain anew.

use std::rc::Rc;

use multiversion::multiversion;

use super::order::InOrder;
use crate::cascade::Ticks;
use crate::search::candidate::GateId;
use crate::search::levels::Levels;
use crate::search::prefix::Prefix;

/// Cells that are bounded side by side.
pub(super) const LANES: usize = 16;

/// The frontier's level is asked for at every so many words of samples; costs rise from word to word.
const STRIDE: usize = 2;

/// For each cell, what there is to know about one word of samples.
type Row<T> = [T; LANES];

/// A gate between the first and the last.
pub(super) struct Between {
    pub(super) gate: GateId,
    /// What the stage after it adds to the cost of a sample; of the last of these gates, 0.
    pub(super) more: Ticks,
}

/// One cell of the gates between the first and the last, and the samples in the first one's order.
pub(super) struct Cell {
    /// Samples that may exit with a right answer at one of these gates, if they stay at the first.
    right: Vec<u64>,
    /// Samples for which the last stage matters: those that may reach it, and are not right anyway.
    matters: Vec<u64>,
    /// Samples that surely reach the stage after each of these gates, the first one included.
    reach: Vec<Rc<[u64]>>,
}

impl Cell {
    /// Every cell of the gates `between`.
    pub(super) fn all(samples: &InOrder, between: &[Between]) -> Vec<Self> {
        let mut cells = vec![];
        let first = Prefix::first(samples.samples, 0);
        let reach = vec![first.surely.as_slice().into()];
        // A gate that is not the only one stands in other families of chains too.
        let keep = between.len() > 1;
        let below = Below { samples, keep };
        below.add(between, first, &reach, &mut cells);
        cells
    }
}

/// What making cells takes.
struct Below<'a> {
    samples: &'a InOrder,
    keep: bool,
}

impl Below<'_> {
    /// Adds to `cells` those of the gates `between`, after what came before them.
    fn add(&self, between: &[Between], before: Prefix, reach: &[Rc<[u64]>], cells: &mut Vec<Cell>) {
        let Some((Between { gate, .. }, later)) = between.split_first() else {
            let Prefix { right, may, .. } = before;
            let matters = may.iter().zip(&right).map(|(may, right)| may & !right).collect();
            cells.push(Cell { right, matters, reach: reach.to_vec() });
            return;
        };
        let stays = self.samples.stays(*gate, self.keep);
        let (stays, parts) = &*stays;
        for part in 0..*parts {
            let passed = before.pass(stays, part, self.samples.right(*gate), 0);
            let mut reach = reach.to_vec();
            reach.push(passed.surely.as_slice().into());
            self.add(later, passed, &reach, cells);
        }
    }
}

/// Some cells side by side.
pub(super) struct Cells {
    /// For each word of samples, those for which the last stage matters.
    matters: Vec<Row<u64>>,
    /// Those of the word who are right at the first gate or, without the last stage, at a later one.
    right: Vec<Row<u64>>,
    /// If the samples before the word stay at the first gate and those after it exit: how many of
    /// these are right without the last stage…
    known: Vec<Row<u32>>,
    /// …what all samples cost at least without the last stage, exiting from the word on…
    cost: Vec<Row<Ticks>>,
    /// …and how many surely reach the last stage.
    reach: Vec<Row<u32>>,
}

impl Cells {
    /// At most [`LANES`] cells, those missing being the last once more. `first` is the first gate, which
    /// costs a sample `cost`, and whose next stage costs `more`: 0 if it is the last.
    pub(super) fn new(
        samples: &InOrder,
        first: (GateId, Ticks, Ticks),
        between: &[Between],
        cells: &[Cell],
    ) -> Self {
        let (gate, cost, more) = first;
        let right_first = samples.right(gate);
        let words = right_first.len();
        let costs: Vec<Ticks> = [more].into_iter().chain(between.iter().map(|b| b.more)).collect();
        let mut side_by_side = Self {
            matters: vec![[0; LANES]; words],
            right: vec![[0; LANES]; words],
            known: vec![[0; LANES]; words],
            cost: vec![[0; LANES]; words],
            reach: vec![[0; LANES]; words],
        };
        let all_exit = cost * samples.samples as Ticks;
        for lane in 0..LANES {
            let cell = &cells[lane.min(cells.len() - 1)];
            fill(&mut side_by_side, lane, right_first, all_exit, &costs, cell);
        }
        side_by_side
    }

    /// For each word of samples, if the threshold of the first gate lies in it: the right answers without
    /// those of the last stage before it, less the level of the frontier at the least cost. The last stage
    /// costs `more` and gets right in the word what is in `some`, at most.
    pub(super) fn margins(&self, more: Ticks, some: &[u64], levels: &Levels) -> Vec<Row<i64>> {
        let mut margins = vec![[0; LANES]; some.len()];
        margins_into(&mut margins, self, more, some, levels);
        margins
    }

    /// The most right answers by which chains with these `margins` may beat the frontier whose last stage
    /// gets right the samples `right`: an optimistic point a word and cell.
    pub(super) fn most_gain(&self, margins: &[Row<i64>], right: &[u64]) -> u32 {
        most_gain(margins, &self.matters, right).max(0) as u32
    }
}

/// Fills a lane with what is known of `cell`. All samples that exit at the first gate cost `cost` together;
/// `costs` are what the further stages add, 0 for the last.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512vpopcntdq", "x86_64+avx2+popcnt"))]
fn fill(
    cells: &mut Cells,
    lane: usize,
    right_first: &[u64],
    mut cost: Ticks,
    costs: &[Ticks],
    cell: &Cell,
) {
    let Some((last, before)) = cell.reach.split_last() else { return };
    let mut known = right_first.iter().map(|word| word.count_ones()).sum::<u32>();
    let mut reach = 0;
    for (word, &right_first) in right_first.iter().enumerate() {
        known -= right_first.count_ones();
        cells.matters[word][lane] = cell.matters[word];
        cells.right[word][lane] = right_first | cell.right[word];
        cells.known[word][lane] = known;
        cells.cost[word][lane] = cost;
        cells.reach[word][lane] = reach;
        known += cell.right[word].count_ones();
        for (more, reach) in costs.iter().zip(before) {
            cost += more * Ticks::from(reach[word].count_ones());
        }
        reach += last[word].count_ones();
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512vl+avx512bw+avx512vpopcntdq+lzcnt",
    "x86_64+avx2+popcnt+lzcnt"
))]
fn margins_into(
    margins: &mut [Row<i64>],
    cells: &Cells,
    more: Ticks,
    some: &[u64],
    levels: &Levels,
) {
    let words = margins.iter_mut().zip(some).zip(&cells.right).zip(&cells.matters);
    let sums = cells.known.iter().zip(&cells.cost).zip(&cells.reach);
    let mut level = [0; LANES];
    for (word, (sets, sums)) in words.zip(sums).enumerate() {
        let ((((margins, some), right), matters), ((known, cost), reach)) = (sets, sums);
        if word.is_multiple_of(STRIDE) {
            for lane in 0..LANES {
                level[lane] = levels.at(cost[lane] + more * Ticks::from(reach[lane]));
            }
        }
        for lane in 0..LANES {
            let here = right[lane] | matters[lane] & some;
            let right = known[lane] + here.count_ones();
            margins[lane] = i64::from(right) - i64::from(level[lane]);
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512vpopcntdq", "x86_64+avx2+popcnt"))]
fn most_gain(margins: &[Row<i64>], matters: &[Row<u64>], right: &[u64]) -> i64 {
    let mut before = [0; LANES];
    let mut most = [i64::MIN; LANES];
    for ((margins, matters), right) in margins.iter().zip(matters).zip(right) {
        for lane in 0..LANES {
            let gain = margins[lane] + before[lane];
            most[lane] = if gain > most[lane] { gain } else { most[lane] };
            before[lane] += i64::from((matters[lane] & right).count_ones());
        }
    }
    most.into_iter().fold(i64::MIN, i64::max)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::order::in_order;
    use super::*;
    use crate::search::bits;
    use crate::search::candidate::Chain;
    use crate::search::candidate::{Candidate, MAX_GATES};
    use crate::search::cut::{Codes, Cut, inside, order};
    use crate::search::staircase::{Staircase, Step};

    /// A gate as the twin sees it: the rank of each sample, and whether it gets it right.
    struct Plain {
        ranks: Vec<u32>,
        right: Vec<bool>,
        cost: Ticks,
    }

    /// What a cascade of these thresholds does: all it costs and how many it gets right.
    fn run(gates: &[Plain], thresholds: &[u32]) -> (Ticks, u32) {
        let (mut cost, mut correct) = (0, 0);
        for sample in 0..gates[0].ranks.len() {
            for (number, gate) in gates.iter().enumerate() {
                cost += gate.cost;
                if thresholds.get(number).is_none_or(|&threshold| gate.ranks[sample] >= threshold) {
                    correct += u32::from(gate.right[sample]);
                    break;
                }
            }
        }
        (cost, correct)
    }

    /// The optimistic point of the cell in which the first gate's threshold lies among the samples of
    /// `word`, in its order, and each other one in `parts`: its right answers, and the least cost if the
    /// threshold lies in the first word of the stride.
    fn optimistic(gates: &[Plain], place: &[u32], word: u32, parts: &[(u32, u32)]) -> (Ticks, u32) {
        let (mut cost, mut correct) = (0, 0);
        let stride = word - word % STRIDE as u32;
        for sample in 0..place.len() {
            let place = place[sample] / 64;
            // What may happen: at each stage whether it may exit there, and whether it may go on.
            let first = (place >= word, place <= word);
            let others = parts
                .iter()
                .zip(&gates[1..])
                .map(|(&(low, high), gate)| (gate.ranks[sample] >= low, gate.ranks[sample] < high));
            let ways = [first].into_iter().chain(others).chain([(true, false)]);
            let mut is_right = false;
            for ((may_exit, may_stay), gate) in ways.zip(gates) {
                is_right |= may_exit && gate.right[sample];
                if !may_stay {
                    break;
                }
            }
            correct += u32::from(is_right);
            // The cheapest way.
            let first = place >= stride;
            let others = parts.iter().zip(&gates[1..]);
            let others = others.map(|(&(low, _), gate)| gate.ranks[sample] >= low);
            for (may_exit, gate) in [first].into_iter().chain(others).chain([true]).zip(gates) {
                cost += gate.cost;
                if may_exit {
                    break;
                }
            }
        }
        (cost, correct)
    }

    /// Every combination of one of each of `choices`.
    fn combinations<T: Copy>(choices: &[Vec<T>]) -> Vec<Vec<T>> {
        choices.iter().fold(vec![vec![]], |all, choices| {
            let longer = |start: &Vec<T>, &choice: &T| [start.as_slice(), &[choice]].concat();
            let longer = |start| choices.iter().map(move |choice| longer(&start, choice));
            all.into_iter().flat_map(longer).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn words_and_cells_are_bounded_as_sample_by_sample(
            samples in prop::collection::vec(prop::array::uniform4((0..5u32, any::<bool>())), 2..300),
            stages in 2..=4usize,
            costs in prop::array::uniform4(1..9u64),
            steps in prop::collection::vec((0..3000u64, 0..300u32), 0..8),
            parts in 1..4usize,
        ) {
            let plain = |number: usize| Plain {
                ranks: samples.iter().map(|sample| sample[number].0).collect(),
                right: samples.iter().map(|sample| sample[number].1).collect(),
                cost: costs[number],
            };
            let gates: Vec<Plain> = (0..stages).map(plain).collect();
            let first = order(&gates[0].ranks);
            let mut place = vec![0; samples.len()];
            first.iter().enumerate().for_each(|(at, ranked)| place[ranked.sample as usize] = at as u32);
            let cut = |gate: &Plain| {
                let order = order(&gate.ranks);
                let stay = (0..samples.len()).filter(|&sample| gate.ranks[sample] < 1);
                Cut::new(samples.len(), stay, inside(&order, (1, 4)), 1, parts)
            };
            let cuts: Vec<Cut> = gates[1..stages - 1].iter().map(cut).collect();
            let all_parts: Vec<Vec<(u32, u32)>> = cuts.iter().map(|cut| cut.parts.clone()).collect();
            let right = |number: usize| {
                let set = bits::collect(gates[number].right.iter().copied());
                (number as GateId, in_order(&set, &first))
            };
            let codes = |(number, cut): (usize, Cut)| {
                (number as GateId + 1, Codes::of(cut).in_order(&first))
            };
            let codes: BTreeMap<GateId, Codes> = cuts.into_iter().enumerate().map(codes).collect();
            let view = InOrder::new(samples.len(), (0..stages).map(right).collect(), codes);
            let between: Vec<Between> = (1..stages - 1)
                .map(|number| {
                    let more = if number + 2 < stages { costs[number + 1] } else { 0 };
                    Between { gate: number as GateId, more }
                })
                .collect();
            let mut staircase = Staircase::default();
            staircase.join(steps.iter().map(|&(cost, correct)| {
                let candidate = Candidate { chain: Chain::of(&[0]), thresholds: [0; MAX_GATES] };
                Step { cost, correct, candidate }
            }));
            let levels = Levels::new(&staircase);
            let more = if stages > 2 { costs[1] } else { 0 };
            let last = view.right(stages as GateId - 1);
            let cells = Cell::all(&view, &between);
            let fast = cells.chunks(LANES).map(|cells| {
                let cells = Cells::new(&view, (0, costs[0], more), &between, cells);
                cells.most_gain(&cells.margins(costs[stages - 1], last, &levels), last)
            });
            let fast = fast.max().unwrap();
            let words = 0..samples.len().div_ceil(64) as u32;
            let slow = combinations(&all_parts).into_iter().flat_map(|parts| {
                let bound = |word| optimistic(&gates, &place, word, &parts);
                let bounds: Vec<(Ticks, u32)> = words.clone().map(bound).collect();
                bounds
            });
            let gain = |(cost, correct): (Ticks, u32)| correct.saturating_sub(levels.at(cost));
            prop_assert_eq!(fast, slow.map(gain).max().unwrap());
            // No cascade gains more.
            for thresholds in combinations(&vec![(1..5).collect(); stages - 1]) {
                let (cost, correct) = run(&gates, &thresholds);
                prop_assert!(correct.saturating_sub(staircase.best_at(cost)) <= fast);
            }
        }
    }
}
