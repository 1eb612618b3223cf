//! A sharper bound on a cell: a line that no cascade in it lies above.
//!
//! Give every right answer the value 1 and every tick of cost the value `-slope`. Thresholds let
//! samples out in the order of their ranks, so what the open samples of one gate are worth together
//! is a function of that gate's threshold alone, and its largest value is found by one sum along
//! the thresholds. Only what a sample does at gates after the first that leaves it open is taken at
//! its best. (Lagrangian relaxation of the budget, with the gates decoupled.)

use super::bound::{Cell, ChainView};
use super::staircase::Staircase;
use crate::cascade::Ticks;

impl ChainView<'_> {
    /// The most that `right answers - slope * cost` comes to over all samples, for any cascade in
    /// `cell`.
    fn best_value(&self, cell: &Cell, slope: f64) -> f64 {
        let costs: Vec<f64> = self.costs_so_far().map(|cost| slope * cost as f64).collect();
        let gates = self.gates();
        let mut gains: Vec<Vec<f64>> =
            (0..gates.len()).map(|gate| vec![0.0; cell.thresholds(gate)]).collect();
        let mut value = f64::from(cell.correct) - slope * cell.cost as f64;
        for &sample in &cell.open {
            let exit = |stage: usize| self.is_right(stage, sample) - costs[stage];
            // The best from the last stage backwards; at the first open gate, if it stays there.
            let mut best = exit(gates.len());
            let mut first_open = None;
            for gate in (0..gates.len()).rev() {
                let here = exit(gate);
                match cell.place(gate, self.rank(gate, sample)) {
                    Place::Exits => (best, first_open) = (here, None),
                    Place::Stays => {}
                    Place::StaysFrom(threshold) => {
                        first_open = Some((gate, threshold, here, best));
                        best = best.max(here);
                    }
                }
            }
            match first_open {
                None => value += best,
                Some((gate, threshold, exits, stays)) => {
                    value += exits;
                    gains[gate][threshold] += stays - exits;
                }
            }
        }
        value + gains.iter().map(|gains| largest_prefix_sum(gains)).sum::<f64>()
    }

    /// The most right answers by which a cascade in `cell` may beat `staircase` at its cost.
    pub(crate) fn gain(&self, cell: &Cell, staircase: &Staircase) -> u32 {
        let (low, high) = (cell.lowest_cost, cell.highest_cost);
        let rise = staircase.best_at(high) - staircase.best_at(low);
        let slope = f64::from(rise) / ((high - low).max(1)) as f64;
        let value = self.best_value(cell, slope);
        // Rounding errors are far below one right answer.
        let at = |cost: Ticks| (value + slope * cost as f64 + 1e-6).floor().max(0.0) as u32;
        let steps = staircase.between(low, high);
        let ends = steps.iter().map(|step| step.cost).chain([high]);
        let levels = std::iter::once(staircase.best_at(low)).chain(steps.iter().map(|s| s.correct));
        let gains = ends
            .zip(levels)
            .map(|(end, level)| at(end).min(cell.most_correct).saturating_sub(level));
        gains.max().unwrap_or(0)
    }
}

/// What a gate with a threshold in the cell's interval does with a sample.
pub(crate) enum Place {
    Exits,
    Stays,
    /// It stays from this threshold on, counted from the lowest of the interval.
    StaysFrom(usize),
}

/// The largest sum of the first one, two, … of `gains`.
fn largest_prefix_sum(gains: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut largest = f64::NEG_INFINITY;
    for gain in gains {
        sum += gain;
        largest = f64::max(largest, sum);
    }
    largest
}
