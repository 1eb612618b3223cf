//! A sharper bound on a part of a cell: a line that no cascade in it lies above.
//!
//! Give every right answer the value 1 and every tick of cost the value `-slope`. As a gate's
//! threshold rises, samples stay in the order of their ranks, so what the open samples of one gate
//! are worth together is a function of that gate's threshold alone, and its largest value is found
//! by one sum along the order. Only what a sample does at gates after the first that leaves it open
//! is taken at its best. (Lagrangian relaxation of the budget, with the gates decoupled.)

use super::bound::{Bound, Split};
use super::staircase::Staircase;
use crate::cascade::Ticks;

impl Split<'_> {
    /// The most right answers by which a cascade in the part of `bound` may beat `staircase` at its
    /// cost.
    pub(crate) fn gain(&self, bound: &Bound, staircase: &Staircase) -> u32 {
        let (low, high) = (bound.cost, self.highest_cost(bound));
        let rise = staircase.best_at(high) - staircase.best_at(low);
        let slope = f64::from(rise) / ((high - low).max(1)) as f64;
        // Relative to the cheapest corner, so that no large numbers cancel.
        let value = f64::from(self.correct_at_lowest(bound)) + self.best_gains(bound, slope);
        // Rounding errors are far below one right answer.
        let at = |cost: Ticks| (value + slope * (cost - low) as f64 + 1e-6).max(0.0) as u32;
        let steps = staircase.between(low, high);
        let ends = steps.iter().map(|step| step.cost).chain([high]);
        let levels = std::iter::once(staircase.best_at(low)).chain(steps.iter().map(|s| s.correct));
        let gains =
            ends.zip(levels).map(|(end, level)| at(end).min(bound.correct).saturating_sub(level));
        gains.max().unwrap_or(0)
    }

    /// The most that raising the thresholds from their lowest adds to `right answers - slope * cost`,
    /// summed over the gates.
    fn best_gains(&self, bound: &Bound, slope: f64) -> f64 {
        let intervals = self.intervals(bound);
        let costs: Vec<f64> = self.costs_so_far().map(|cost| slope * cost as f64).collect();
        let mut total = 0.0;
        for (gate, &(low, high)) in intervals.iter().enumerate() {
            let mut gain = 0.0;
            let mut largest = 0.0;
            for &sample in self.between(gate, low, high) {
                let reaches = intervals[..gate]
                    .iter()
                    .enumerate()
                    .all(|(before, interval)| self.rank(before, sample) < interval.0);
                if reaches {
                    gain += self.worth_of_staying(gate, sample, &intervals, &costs);
                    largest = f64::max(largest, gain);
                }
            }
            total += largest;
        }
        total
    }

    /// How much more a sample is worth if it stays at `gate` and takes its best way from there.
    fn worth_of_staying(
        &self,
        gate: usize,
        sample: u32,
        intervals: &[(u32, u32)],
        costs: &[f64],
    ) -> f64 {
        let right = self.right_stages(sample);
        let exit = |stage: usize| f64::from(right >> stage & 1) - costs[stage];
        let mut best = exit(intervals.len());
        for later in (gate + 1..intervals.len()).rev() {
            let (low, high) = intervals[later];
            let rank = self.rank(later, sample);
            let here = exit(later);
            let open = f64::max(best, here);
            best = if rank < low { best } else { open };
            best = if rank >= high { here } else { best };
        }
        best - exit(gate)
    }
}
