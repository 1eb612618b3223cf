//! How many samples reach a stage, and what became of those before, for every vector of thresholds on
//! a grid.

use std::ops::Range;

use super::super::candidate::{Candidate, Chain, GateId, MAX_GATES};
use super::super::gate::Gate;
use super::super::space::Space;
use crate::cascade::Ticks;

/// Cells of one table, at most: what it takes to look at them stays near the processor, and nobody waits
/// long for a search to stop.
const MOST_CELLS: usize = 1 << 20;

/// A gate with few thresholds.
pub(super) struct Coarse {
    /// The threshold indices of the [`Gate`] that are on the grid, ascending.
    pub(super) levels: Vec<u32>,
    /// How many of `levels` each sample reaches.
    pub(super) bins: Vec<u16>,
}

impl Coarse {
    pub(super) fn new(gate: &Gate, resolution: u16) -> Self {
        let levels = gate.levels(usize::from(resolution));
        // For each rank, how many of the levels it reaches.
        let mut reached = vec![0u16; gate.thresholds.len() + 1];
        for (number, &level) in (1..).zip(&levels) {
            reached[level as usize] = number;
        }
        let mut most = 0;
        for reached in &mut reached {
            most = most.max(*reached);
            *reached = most;
        }
        Self { bins: gate.ranks.iter().map(|&rank| reached[rank as usize]).collect(), levels }
    }
}

/// The last stage of a chain.
pub(super) struct Stage<'a> {
    pub(super) chain: &'a Chain,
    pub(super) id: GateId,
    pub(super) gate: &'a Gate,
    /// What all models of the chain cost together.
    pub(super) cost: Ticks,
}

impl<'a> Stage<'a> {
    pub(super) fn last_of(chain: &'a Chain, space: &'a Space) -> Self {
        let id = chain.last();
        let cost = space.costs(chain).last().unwrap_or(0);
        Self { chain, id, gate: &space.gates[id as usize], cost }
    }
}

/// The counts of one prefix of `k` gates, for every vector of their thresholds, or of some of these next
/// to each other: row-major over the gates' levels, the last gate's fastest.
pub(super) struct Tables {
    /// Number of levels of each gate.
    pub(super) shape: Vec<usize>,
    /// The first of these levels.
    pub(super) start: Vec<usize>,
    /// The samples that reach the next stage for at least one vector of thresholds, and the first
    /// cell (lowest thresholds) for which each does.
    pub(super) open: Vec<(u32, u32)>,
    /// Samples that reach the next stage.
    pub(super) staying: Vec<u32>,
    /// Right answers, and cost, of the samples that exited before.
    pub(super) correct: Vec<u32>,
    pub(super) cost: Vec<Ticks>,
}

impl Tables {
    /// No gate yet: every sample reaches the first stage.
    pub(super) fn root(samples: usize) -> Self {
        Self {
            shape: vec![],
            start: vec![],
            open: (0..samples as u32).map(|sample| (sample, 0)).collect(),
            staying: vec![samples as u32],
            correct: vec![0],
            cost: vec![0],
        }
    }

    /// Right answers of the samples that reach the next stage, `gate`, were they all to exit there.
    pub(super) fn exits(&self, gate: &Gate) -> Vec<u32> {
        let mut counts = vec![0; self.staying.len()];
        for &(sample, cell) in &self.open {
            counts[cell as usize] += u32::from(gate.right[sample as usize]);
        }
        accumulate(&mut counts, &self.shape);
        counts
    }

    /// The cascade of `chain` with the thresholds of `cell`.
    pub(super) fn candidate(&self, chain: &Chain, coarse: &[Coarse], mut cell: usize) -> Candidate {
        let mut thresholds = [0; MAX_GATES];
        for (number, (&levels, &gate)) in self.shape.iter().zip(chain.gates()).enumerate().rev() {
            let level = self.start[number] + cell % levels;
            thresholds[number] = coarse[gate as usize].levels[level];
            cell /= levels;
        }
        Candidate { chain: *chain, thresholds }
    }

    /// The levels of one more gate, `coarse`, in as few parts as tables of the prefix with it come in.
    pub(super) fn parts(&self, coarse: &Coarse) -> impl Iterator<Item = Range<usize>> + use<> {
        let most = (MOST_CELLS / self.staying.len()).max(1);
        let levels = coarse.levels.len();
        (0..levels).step_by(most).map(move |start| start..levels.min(start + most))
    }

    /// The tables of the prefix with one more gate, that of `stage`, and these of its `levels`.
    pub(super) fn with_gate(
        &self,
        stage: &Stage<'_>,
        exits: &[u32],
        coarse: &Coarse,
        levels: Range<usize>,
    ) -> Self {
        let Range { start: first, end } = levels;
        let levels = end - first;
        let mut shape = self.shape.clone();
        shape.push(levels);
        let mut start = self.start.clone();
        start.push(first);
        let mut open = Vec::with_capacity(self.open.len());
        let mut staying = vec![0; self.staying.len() * levels];
        let mut staying_right = staying.clone();
        for &(sample, cell) in &self.open {
            let bin = usize::from(coarse.bins[sample as usize]);
            // A sample that reaches every level exits whatever the threshold.
            if bin < end {
                let cell = cell as usize * levels + bin.saturating_sub(first);
                open.push((sample, cell as u32));
                staying[cell] += 1;
                staying_right[cell] += u32::from(stage.gate.right[sample as usize]);
            }
        }
        accumulate(&mut staying, &shape);
        accumulate(&mut staying_right, &shape);
        let mut correct = staying_right;
        let mut cost = vec![0; staying.len()];
        for (cell, exits) in exits.iter().enumerate() {
            for row in cell * levels..(cell + 1) * levels {
                correct[row] = self.correct[cell] + exits - correct[row];
                let exiting = self.staying[cell] - staying[row];
                cost[row] = self.cost[cell] + stage.cost * Ticks::from(exiting);
            }
        }
        Self { shape, start, open, staying, correct, cost }
    }
}

/// Turns a histogram into sums over all cells that are no larger in any coordinate. Block by block
/// along the first axis, so that a block is still at hand when it is added to the next.
fn accumulate(table: &mut [u32], shape: &[usize]) {
    let Some((&length, inner)) = shape.split_first() else { return };
    if inner.is_empty() {
        let mut sum = 0;
        for cell in table {
            sum += *cell;
            *cell = sum;
        }
        return;
    }
    let size = table.len() / length;
    let mut before: &mut [u32] = &mut [];
    for block in table.chunks_mut(size) {
        accumulate(block, inner);
        for (cell, before) in block.iter_mut().zip(&*before) {
            *cell += before;
        }
        before = block;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cascade::{Committee, Mix};

    #[test]
    fn sums_over_lower_corners() {
        let shape = [2, 3, 4];
        let mut table: Vec<u32> = (0..24).map(|i| i * i % 7).collect();
        let before = table.clone();
        accumulate(&mut table, &shape);
        for (at, &sum) in table.iter().enumerate() {
            let coordinates = |i: usize| [i / 12, i / 4 % 3, i % 4];
            let no_larger = |i: &usize| {
                coordinates(*i).iter().zip(coordinates(at)).all(|(&lower, upper)| lower <= upper)
            };
            assert_eq!(sum, (0..24).filter(no_larger).map(|i| before[i]).sum::<u32>());
        }
    }

    proptest! {
        /// A part of a table is what it is of the whole.
        #[test]
        fn parts_make_a_whole(
            samples in prop::collection::vec((0..5u32, 0..5u32, any::<[bool; 3]>()), 1..20),
            cut in (0..4usize, 0..4usize),
        ) {
            let gate = |ranks: Vec<u32>, stage: usize| Gate {
                committee: Committee::new(vec![stage]),
                mix: Mix::default(),
                thresholds: vec![0.1, 0.2, 0.3, 0.4],
                ranks,
                right: samples.iter().map(|sample| sample.2[stage]).collect(),
            };
            let gates = [
                gate(samples.iter().map(|sample| sample.0).collect(), 0),
                gate(samples.iter().map(|sample| sample.1).collect(), 1),
                gate(vec![], 2),
            ];
            let chains = [Chain::of(&[0]), Chain::of(&[0, 1]), Chain::of(&[0, 1, 2])];
            let coarse = [&gates[0], &gates[1]].map(|gate| Coarse::new(gate, 4));
            let stage = |id: usize| Stage {
                chain: &chains[id],
                id: id as GateId,
                gate: &gates[id],
                cost: 1 + 2 * id as Ticks,
            };
            // The tables after both gates, each with some of its levels.
            let after = |levels: [Range<usize>; 2]| {
                let [first, second] = levels;
                let root = Tables::root(samples.len());
                let one = root.with_gate(&stage(0), &root.exits(&gates[0]), &coarse[0], first);
                one.with_gate(&stage(1), &one.exits(&gates[1]), &coarse[1], second)
            };
            let whole = after([0..4, 0..4]);
            let part = after([cut.0..4, 0..cut.1 + 1]);
            let exits = [&whole, &part].map(|tables| tables.exits(&gates[2]));
            for (cell, exits_of_part) in exits[1].iter().enumerate() {
                let (row, column) = (cut.0 + cell / (cut.1 + 1), cell % (cut.1 + 1));
                let same = 4 * row + column;
                prop_assert_eq!(exits_of_part, &exits[0][same]);
                prop_assert_eq!(part.staying[cell], whole.staying[same]);
                prop_assert_eq!(part.correct[cell], whole.correct[same]);
                prop_assert_eq!(part.cost[cell], whole.cost[same]);
                let candidates = (
                    part.candidate(&chains[2], &coarse, cell),
                    whole.candidate(&chains[2], &coarse, same),
                );
                prop_assert_eq!(candidates.0, candidates.1);
            }
        }
    }

    #[test]
    fn no_level_is_left_out() {
        let coarse = Coarse { levels: (0..MOST_CELLS as u32 / 3).collect(), bins: vec![] };
        let tables = Tables { staying: vec![0; 8], ..Tables::root(1) };
        let parts: Vec<Range<usize>> = tables.parts(&coarse).collect();
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| part.len() * 8 <= MOST_CELLS));
        assert!(parts.into_iter().flatten().eq(0..coarse.levels.len()));
    }
}
