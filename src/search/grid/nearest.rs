//! How near the cascades of each chain come to a frontier.

use rayon::prelude::*;

use super::super::candidate::Candidate;
use super::super::candidate::Chain;
use super::super::space::Space;
use super::super::staircase::Staircase;
use super::tables::{Coarse, Stage, Tables};
use crate::cascade::Ticks;

/// Tells `each`, of every chain that is `wanted`, which of its cascades with at most `resolution`
/// thresholds per gate comes nearest to `staircase`, and by how few right answers it falls short of
/// it at its cost. Nothing that extends an unwanted chain is looked at, nor anything once `stop`
/// says so.
pub(crate) fn nearest(
    space: &Space,
    resolution: u16,
    wanted: impl Fn(&Chain) -> bool + Sync,
    staircase: &Staircase,
    each: impl Fn(Candidate, u32) + Sync,
    stop: impl Fn() -> bool + Sync,
) {
    let coarse = space.gates.par_iter().map(|gate| Coarse::new(gate, resolution)).collect();
    let ranking = Ranking { space, coarse, wanted: &wanted, staircase, each: &each, stop: &stop };
    ranking.extend(&Tables::root(space.samples), space.roots());
}

/// What all tasks of one ranking share.
struct Ranking<'a> {
    space: &'a Space,
    coarse: Vec<Coarse>,
    wanted: &'a (dyn Fn(&Chain) -> bool + Sync),
    staircase: &'a Staircase,
    each: &'a (dyn Fn(Candidate, u32) + Sync),
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Ranking<'_> {
    /// Looks at those of the chains `children`, all of which extend the prefix of `tables`, that are
    /// wanted, and at what extends them in turn.
    fn extend(&self, tables: &Tables, children: Vec<Chain>) {
        children.par_iter().filter(|chain| (self.wanted)(chain)).for_each(|chain| {
            if (self.stop)() {
                return;
            }
            let last = Stage::last_of(chain, self.space);
            let exits = tables.exits(last.gate);
            if let Some((cell, regret)) = tables.nearest(last.cost, &exits, self.staircase) {
                (self.each)(tables.candidate(chain, &self.coarse, cell), regret);
            }
            let longer = self.space.children(chain);
            if !longer.is_empty() {
                let coarse = &self.coarse[last.id as usize];
                let all = 0..coarse.levels.len();
                self.extend(&tables.with_gate(&last, &exits, coarse, all), longer);
            }
        });
    }
}

impl Tables {
    /// Of the cascades that end with a stage where all models cost `last` together and `exits` are right,
    /// the cell of the one nearest to `staircase`, and by how few right answers it falls short of it;
    /// of equals the first. `None` if there is no cell.
    fn nearest(&self, last: Ticks, exits: &[u32], staircase: &Staircase) -> Option<(usize, u32)> {
        let row = self.shape.last().copied().unwrap_or(1);
        let rows = exits.chunks(row).zip(self.correct.chunks(row));
        let costs = self.staying.chunks(row).zip(self.cost.chunks(row));
        let mut nearest: Option<(usize, u32)> = None;
        for (number, ((exits, earlier), (staying, cost))) in rows.zip(costs).enumerate() {
            let correct = |i: usize| exits[i] + earlier[i];
            let best_at = |i: usize| staircase.best_at(cost[i] + last * Ticks::from(staying[i]));
            let is_nearer = |regret: u32| nearest.is_none_or(|(_, least)| regret < least);
            // Cost rises along a row: no cascade of it falls short by less than this.
            let most = (0..exits.len()).map(correct).max().unwrap_or(0);
            if !is_nearer(best_at(0).saturating_sub(most)) {
                continue;
            }
            let regrets =
                (0..exits.len()).map(|i| (number * row + i, best_at(i).saturating_sub(correct(i))));
            let best = regrets.min_by_key(|&(_, regret)| regret);
            if best.is_some_and(|(_, regret)| is_nearer(regret)) {
                nearest = best;
            }
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::candidate::MAX_GATES;
    use super::super::super::staircase::Step;
    use super::*;

    proptest! {
        /// Rows that are passed over hold nothing nearer.
        #[test]
        fn it_is_the_least_of_all_cells(
            cells in prop::collection::vec((0..9u32, 0..20u32, 0..20u32, 0..40u64), 12),
            steps in prop::collection::vec((0..400u64, 0..60u32), 0..12),
            last in 0..30u64,
        ) {
            let mut tables = Tables { shape: vec![3, 4], open: vec![], ..Tables::root(0) };
            tables.staying = cells.iter().map(|cell| cell.0).collect();
            tables.staying.chunks_mut(4).for_each(<[u32]>::sort);
            tables.correct = cells.iter().map(|cell| cell.1).collect();
            tables.cost = cells.iter().map(|cell| cell.3).collect();
            tables.cost.chunks_mut(4).for_each(<[Ticks]>::sort);
            let exits: Vec<u32> = cells.iter().map(|cell| cell.2).collect();
            let mut staircase = Staircase::default();
            staircase.join(steps.iter().map(|&(cost, correct)| {
                let candidate = Candidate { chain: Chain::of(&[0]), thresholds: [0; MAX_GATES] };
                Step { cost, correct, candidate }
            }));
            let regret = |cell: usize| {
                let cost = tables.cost[cell] + last * Ticks::from(tables.staying[cell]);
                staircase.best_at(cost).saturating_sub(exits[cell] + tables.correct[cell])
            };
            let slow = (0..12).map(|cell| (cell, regret(cell))).min_by_key(|&(_, regret)| regret);
            prop_assert_eq!(tables.nearest(last, &exits, &staircase), slow);
        }
    }
}
