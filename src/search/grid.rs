//! Every cascade over a grid of thresholds, counted and never replayed.
//!
//! For a chain with `k` gates take the table, over all vectors of thresholds, of how many samples
//! reach the next stage: a histogram of the samples' ranks, summed up along each axis. With it and
//! the like table of right answers, any cascade's accuracy and cost are a few additions. Tables
//! depend only on a prefix of the chain, so that all chains with that prefix share them.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use rayon::prelude::*;

use super::gate::Gate;
use super::space::{Chain, GateId, Space};
use super::staircase::{Candidate, MAX_GATES, Staircase, Step};
use crate::cascade::Ticks;

/// A gate with few thresholds.
struct Coarse {
    /// The threshold indices of the [`Gate`] that are on the grid, ascending.
    levels: Vec<u32>,
    /// How many of `levels` each sample reaches.
    bins: Vec<u16>,
}

impl Coarse {
    fn new(gate: &Gate, resolution: u16) -> Self {
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

/// Offers to `staircase` the best of all cascades with at most `resolution` thresholds per gate, of
/// chains that are `wanted`: nothing that extends an unwanted one is looked at. `on_chains` is told
/// how many more chains are done; once `stop` says so, the rest are left out. Returns how many
/// with a gate were scored; ensembles are in any case.
pub(crate) fn search(
    space: &Space,
    resolution: u16,
    wanted: impl Fn(&Chain) -> bool + Sync,
    staircase: &mut Staircase,
    on_chains: impl Fn(usize) + Sync,
    stop: impl Fn() -> bool + Sync,
) -> u64 {
    let coarse = space.gates.par_iter().map(|gate| Coarse::new(gate, resolution)).collect();
    let shared = Mutex::new(Arc::new(std::mem::take(staircase)));
    let scored = AtomicU64::new(0);
    let grid = Grid {
        space,
        coarse,
        wanted: &wanted,
        shared: &shared,
        scored: &scored,
        on_chains: &on_chains,
        stop: &stop,
    };
    grid.extend(&Tables::root(space.samples), grid.wanted(space.roots()));
    let shared = shared.into_inner().unwrap_or_else(|broken| broken.into_inner());
    *staircase = Arc::unwrap_or_clone(shared);
    scored.into_inner()
}

/// Number of all cascades with at most `resolution` thresholds per gate; at most `u64::MAX`.
pub(crate) fn candidates(space: &Space, resolution: u16) -> u64 {
    let levels = |gate: &Gate| gate.levels(usize::from(resolution)).len();
    let levels: Vec<usize> = space.gates.par_iter().map(levels).collect();
    space.count(|gate| levels[gate as usize])
}

/// For each gate, by how few right answers the best cascade that it is part of falls short of
/// `staircase` at its cost; `u32::MAX` for a gate that is part of none, or was not looked at before
/// `stop` said so.
pub(crate) fn regrets(
    space: &Space,
    resolution: u16,
    staircase: &Staircase,
    stop: impl Fn() -> bool + Sync,
) -> Vec<u32> {
    let coarse = space.gates.par_iter().map(|gate| Coarse::new(gate, resolution)).collect();
    let regrets = space.gates.iter().map(|_| AtomicU32::new(u32::MAX)).collect();
    let ranking = Ranking { space, coarse, staircase, regrets, stop: &stop };
    ranking.extend(&Tables::root(space.samples), space.roots());
    ranking.regrets.into_iter().map(AtomicU32::into_inner).collect()
}

/// What all tasks of one ranking share.
struct Ranking<'a> {
    space: &'a Space,
    coarse: Vec<Coarse>,
    staircase: &'a Staircase,
    regrets: Vec<AtomicU32>,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Ranking<'_> {
    /// Looks at the chains `children`, all of which extend the prefix of `tables`, and at what
    /// extends them in turn.
    fn extend(&self, tables: &Tables, children: Vec<Chain>) {
        children.par_iter().for_each(|chain| {
            if (self.stop)() {
                return;
            }
            let last = Stage::last_of(chain, self.space);
            let exits = tables.exits(last.gate);
            let regret = tables.regret(&last, &exits, self.staircase);
            for &gate in chain.gates() {
                self.regrets[gate as usize].fetch_min(regret, Ordering::Relaxed);
            }
            let longer = self.space.children(chain);
            if !longer.is_empty() {
                let coarse = &self.coarse[last.id as usize];
                self.extend(&tables.with_gate(&last, &exits, coarse), longer);
            }
        });
    }
}

/// What all tasks of one search share.
struct Grid<'a> {
    space: &'a Space,
    coarse: Vec<Coarse>,
    wanted: &'a (dyn Fn(&Chain) -> bool + Sync),
    shared: &'a Mutex<Arc<Staircase>>,
    scored: &'a AtomicU64,
    on_chains: &'a (dyn Fn(usize) + Sync),
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Grid<'_> {
    fn shared(&self) -> MutexGuard<'_, Arc<Staircase>> {
        self.shared.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    fn wanted(&self, mut chains: Vec<Chain>) -> Vec<Chain> {
        chains.retain(self.wanted);
        chains
    }

    /// Scores the chains `children`, all of which extend the prefix of `tables`, and what extends
    /// them in turn.
    fn extend(&self, tables: &Tables, children: Vec<Chain>) {
        // Only what the frontier strictly dominates is ever dropped, so it does not matter for the
        // outcome which task learns of which step when.
        let found = children
            .par_iter()
            .fold(
                || Finds::beside(self.shared()),
                |mut found, chain| {
                    // Ensembles are scored whatever the time, so that no frontier is empty.
                    let stop = (self.stop)();
                    if !stop || tables.shape.is_empty() {
                        let last = Stage::last_of(chain, self.space);
                        let exits = tables.exits(last.gate);
                        tables.score(&last, &exits, &self.coarse, &mut found);
                        if !tables.shape.is_empty() {
                            self.scored.fetch_add(exits.len() as u64, Ordering::Relaxed);
                        }
                        let longer = if stop { vec![] } else { self.space.children(chain) };
                        let longer = self.wanted(longer);
                        if !longer.is_empty() {
                            let coarse = &self.coarse[last.id as usize];
                            self.extend(&tables.with_gate(&last, &exits, coarse), longer);
                        }
                    }
                    found
                },
            )
            .collect::<Vec<_>>();
        let mut shared = self.shared();
        for step in found.iter().flat_map(|found| &found.steps) {
            if !shared.dominates(step.cost, step.correct) {
                Arc::make_mut(&mut *shared).offer(*step);
            }
        }
        drop(shared);
        (self.on_chains)(children.len());
    }
}

/// What one task found.
struct Finds {
    /// The frontier as far as the task knows: that of all tasks, until it finds something itself.
    staircase: Arc<Staircase>,
    steps: Vec<Step>,
}

impl Finds {
    fn beside(shared: MutexGuard<'_, Arc<Staircase>>) -> Self {
        Self { staircase: shared.clone(), steps: vec![] }
    }

    fn offer(&mut self, step: Step) {
        if Arc::make_mut(&mut self.staircase).offer(step) {
            self.steps.push(step);
        }
    }
}

/// The last stage of a chain.
struct Stage<'a> {
    chain: &'a Chain,
    id: GateId,
    gate: &'a Gate,
    /// What all models of the chain cost together.
    cost: Ticks,
}

impl<'a> Stage<'a> {
    fn last_of(chain: &'a Chain, space: &'a Space) -> Self {
        let id = chain.last();
        let cost = space.costs(chain).last().unwrap_or(0);
        Self { chain, id, gate: &space.gates[id as usize], cost }
    }
}

/// The counts of one prefix of `k` gates, for every vector of their thresholds: row-major over
/// the gates' levels, the last gate's fastest.
struct Tables {
    /// Number of levels of each gate.
    shape: Vec<usize>,
    /// The samples that reach the next stage for at least one vector of thresholds, and the first
    /// cell (lowest thresholds) for which each does.
    open: Vec<(u32, u32)>,
    /// Samples that reach the next stage.
    staying: Vec<u32>,
    /// Right answers, and cost, of the samples that exited before.
    correct: Vec<u32>,
    cost: Vec<Ticks>,
}

impl Tables {
    /// No gate yet: every sample reaches the first stage.
    fn root(samples: usize) -> Self {
        Self {
            shape: vec![],
            open: (0..samples as u32).map(|sample| (sample, 0)).collect(),
            staying: vec![samples as u32],
            correct: vec![0],
            cost: vec![0],
        }
    }

    /// Right answers of the samples that reach the next stage, `gate`, were they all to exit there.
    fn exits(&self, gate: &Gate) -> Vec<u32> {
        let mut counts = vec![0; self.staying.len()];
        for &(sample, cell) in &self.open {
            counts[cell as usize] += u32::from(gate.right[sample as usize]);
        }
        accumulate(&mut counts, &self.shape);
        counts
    }

    /// Offers every cascade that ends with `stage`.
    fn score(&self, stage: &Stage<'_>, exits: &[u32], coarse: &[Coarse], found: &mut Finds) {
        let row = self.shape.last().copied().unwrap_or(1);
        let mut correct = vec![0; row];
        let rows = exits.chunks(row).zip(self.correct.chunks(row));
        let costs = self.staying.chunks(row).zip(self.cost.chunks(row));
        for (number, ((exits, earlier), (staying, cost))) in rows.zip(costs).enumerate() {
            let mut most = 0;
            for ((correct, exits), earlier) in correct.iter_mut().zip(exits).zip(earlier) {
                *correct = exits + earlier;
                most = most.max(*correct);
            }
            // Cost rises along a row: its first cascade is its cheapest.
            let cost_at = |i: usize| cost[i] + stage.cost * Ticks::from(staying[i]);
            if found.staircase.dominates(cost_at(0), most) {
                continue;
            }
            for (i, &correct) in correct.iter().enumerate() {
                if !found.staircase.dominates(cost_at(i), correct) {
                    let candidate = self.candidate(stage.chain, coarse, number * row + i);
                    found.offer(Step { cost: cost_at(i), correct, candidate });
                }
            }
        }
    }

    /// By how few right answers a cascade that ends with `stage` falls short of `staircase`.
    fn regret(&self, stage: &Stage<'_>, exits: &[u32], staircase: &Staircase) -> u32 {
        let cells = exits.iter().zip(&self.correct).zip(self.staying.iter().zip(&self.cost));
        let regrets = cells.map(|((exits, earlier), (staying, cost))| {
            let cost = cost + stage.cost * Ticks::from(*staying);
            staircase.best_at(cost).saturating_sub(exits + earlier)
        });
        regrets.min().unwrap_or(u32::MAX)
    }

    /// The cascade of `chain` with the thresholds of `cell`.
    fn candidate(&self, chain: &Chain, coarse: &[Coarse], mut cell: usize) -> Candidate {
        let mut thresholds = [0; MAX_GATES];
        for (number, (&levels, &gate)) in self.shape.iter().zip(chain.gates()).enumerate().rev() {
            thresholds[number] = coarse[gate as usize].levels[cell % levels];
            cell /= levels;
        }
        Candidate { chain: *chain, thresholds }
    }

    /// The tables of the prefix with one more gate, that of `stage`.
    fn with_gate(&self, stage: &Stage<'_>, exits: &[u32], coarse: &Coarse) -> Self {
        let levels = coarse.levels.len();
        let mut shape = self.shape.clone();
        shape.push(levels);
        let mut open = Vec::with_capacity(self.open.len());
        let mut staying = vec![0; self.staying.len() * levels];
        let mut staying_right = staying.clone();
        for &(sample, cell) in &self.open {
            let bin = usize::from(coarse.bins[sample as usize]);
            // A sample that reaches every level exits whatever the threshold.
            if bin < levels {
                let cell = cell as usize * levels + bin;
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
        Self { shape, open, staying, correct, cost }
    }
}

/// Turns a histogram into sums over all cells that are no larger in any coordinate.
fn accumulate(table: &mut [u32], shape: &[usize]) {
    let Some((&row, others)) = shape.split_last() else { return };
    for row in table.chunks_mut(row) {
        let mut sum = 0;
        for cell in row {
            sum += *cell;
            *cell = sum;
        }
    }
    let mut stride = row;
    for &length in others.iter().rev() {
        for block in table.chunks_mut(stride * length) {
            for i in stride..block.len() {
                block[i] += block[i - stride];
            }
        }
        stride *= length;
    }
}

#[cfg(test)]
mod tests {
    use super::accumulate;

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
}
