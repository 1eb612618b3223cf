//! A sharper bound on a part of a cell: a line that no cascade in it lies above.
//!
//! Give every right answer the value 1 and every tick of cost the value `-slope`. As a gate's
//! threshold rises, samples stay in the order of their ranks, so what the open samples of one gate
//! are worth together is a function of that gate's threshold alone, and its largest value is found
//! by one sum along the order. Only what a sample does at gates after the first that leaves it open
//! is taken at its best. (Lagrangian relaxation of the budget, with the gates decoupled.)

use super::bound::{Bound, Profile, Split};
use super::cut::{open_code, way};
use super::staircase::MAX_GATES;
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
        // A loop for each number of gates, so that all inner ones are unrolled.
        match self.part_numbers(bound).len() {
            0 => 0.0,
            1 => self.best_gains_of::<1>(bound, slope),
            2 => self.best_gains_of::<2>(bound, slope),
            3 => self.best_gains_of::<3>(bound, slope),
            4 => self.best_gains_of::<4>(bound, slope),
            5 => self.best_gains_of::<5>(bound, slope),
            6 => self.best_gains_of::<6>(bound, slope),
            _ => self.best_gains_of::<MAX_GATES>(bound, slope),
        }
    }

    fn best_gains_of<const GATES: usize>(&self, bound: &Bound, slope: f64) -> f64 {
        let mut parts = [0; GATES];
        parts.copy_from_slice(self.part_numbers(bound));
        let open = parts.map(open_code);
        // For each stage the worth of a wrong and of a right answer there.
        let mut exits = [[0.0; 2]; MAX_GATES + 1];
        for (exit, cost) in exits.iter_mut().zip(self.costs_so_far()) {
            *exit = [-slope * cost as f64, 1.0 - slope * cost as f64];
        }
        let profiles = self.profiles();
        let mut total = 0.0;
        for (gate, &(low, high)) in self.intervals(bound).iter().enumerate() {
            let (mut gain, mut most) = (0.0, 0.0);
            for &sample in self.between(gate, low, high) {
                let Profile { codes, right } = &profiles[sample as usize];
                let exit = |stage: usize| exits[stage][usize::from(right >> stage & 1)];
                let way = |at: usize| way(codes[at], open[at]);
                let mut reaches = 1.0;
                let mut best = exit(GATES);
                for at in (0..GATES).rev() {
                    // Before the gate a sample has to stay; after it, it takes its best way.
                    if at < gate {
                        reaches *= STAYS[way(at)];
                    } else if at > gate {
                        best = larger(best + MAY_STAY[way(at)], exit(at) + MAY_EXIT[way(at)]);
                    }
                }
                gain += reaches * (best - exit(gate));
                most = larger(most, gain);
            }
            total += most;
        }
        total
    }
}

// What a sample does at a gate is as good as random: tables by the way that it takes, in place of
// branches, make a bound several times faster.

/// 1 for a sample that surely stays, else 0.
const STAYS: [f64; 3] = [1.0, 0.0, 0.0];

/// Forbids to stay where a sample surely exits.
const MAY_STAY: [f64; 3] = [0.0, 0.0, f64::NEG_INFINITY];

/// Forbids to exit where a sample surely stays.
const MAY_EXIT: [f64; 3] = [f64::NEG_INFINITY, 0.0, 0.0];

/// The larger of two numbers, in one instruction: none is NaN.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}
