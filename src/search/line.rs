//! A sharper bound on a part of a cell: a line that no cascade in it lies above.
//!
//! Give every right answer the value 1 and every tick of cost the value `-slope`. As a gate's
//! threshold rises, samples stay in the order of their ranks, so what the open samples of one gate
//! are worth together is a function of that gate's threshold alone, and its largest value is found
//! by one sum along the order. Only what a sample does at gates after the first that leaves it open
//! is taken at its best. (Lagrangian relaxation of the budget, with the gates decoupled.)

use multiversion::multiversion;

use super::bound::{Bound, Split};
use super::candidate::MAX_GATES;
use super::cut::open_code;
use super::profile::{Column, LANES};
use super::staircase::Staircase;
use crate::cascade::Ticks;

/// Steps of the staircase that are looked at together.
const RUN: usize = 16;

impl Split<'_> {
    /// The most right answers by which a cascade in the part of `bound` may beat `staircase` at its
    /// cost.
    pub(crate) fn gain(&self, bound: &Bound, staircase: &Staircase) -> u32 {
        let (low, high) = (bound.cost, self.highest_cost(bound));
        let rise = staircase.best_at(high) - staircase.best_at(low);
        let slope = f64::from(rise) / ((high - low).max(1)) as f64;
        // Relative to the cheapest corner, so that no large numbers cancel.
        let value = f64::from(self.correct_at_lowest(bound)) + self.most_gained(bound, slope);
        // Rounding errors are far below one right answer.
        let at = |cost: Ticks| (value + slope * (cost - low) as f64 + 1e-6).max(0.0) as u32;
        let above = |cost: Ticks, level: u32| at(cost).min(bound.correct).saturating_sub(level);
        // Up to the cost at which a step ends, the staircase is at the level of the one before.
        let steps = staircase.between(low, high);
        let first = staircase.best_at(low);
        let end = |step: usize| steps.get(step).map_or(high, |step| step.cost);
        let level = |step: usize| step.checked_sub(1).map_or(first, |before| steps[before].correct);
        let mut gain = 0;
        for start in (0..=steps.len()).step_by(RUN) {
            let last = (start + RUN - 1).min(steps.len());
            // Both rise, so this is the most that any of the run may gain.
            if above(end(last), level(start)) > gain {
                let gains = (start..=last).map(|step| above(end(step), level(step)));
                gain = gains.fold(gain, u32::max);
            }
        }
        gain
    }

    /// The most that raising the thresholds from their lowest adds to `right answers - slope * cost`,
    /// summed over the gates.
    fn most_gained(&self, bound: &Bound, slope: f64) -> f64 {
        let parts = self.part_numbers(bound);
        let mut worth = Worth { open: [0; MAX_GATES], exits: [0.0; MAX_GATES + 1] };
        for (open, &part) in worth.open.iter_mut().zip(parts) {
            *open = open_code(part);
        }
        for (exit, cost) in worth.exits.iter_mut().zip(self.costs_so_far()) {
            *exit = -slope * cost as f64;
        }
        let gates = parts.iter().enumerate();
        gates
            .map(|(gate, &part)| most_gained(parts.len(), gate, self.columns(gate, part), &worth))
            .sum()
    }
}

/// What ways are worth in a part of a cell.
struct Worth {
    /// The code of a sample that is open, for each gate.
    open: [u8; MAX_GATES],
    /// The worth of a wrong answer at each stage.
    exits: [f64; MAX_GATES + 1],
}

/// The most that raising the threshold of `gate` from its lowest adds, of the samples in `columns`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2"))]
fn most_gained(gates: usize, gate: usize, columns: &[Column], worth: &Worth) -> f64 {
    // A loop for each number of gates, so that all inner ones are unrolled.
    match gates {
        0 => 0.0,
        1 => most_gained_of::<1>(gate, columns, worth),
        2 => most_gained_of::<2>(gate, columns, worth),
        3 => most_gained_of::<3>(gate, columns, worth),
        4 => most_gained_of::<4>(gate, columns, worth),
        5 => most_gained_of::<5>(gate, columns, worth),
        6 => most_gained_of::<6>(gate, columns, worth),
        _ => most_gained_of::<MAX_GATES>(gate, columns, worth),
    }
}

#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "lanes of several arrays, in step, vectorise")]
fn most_gained_of<const GATES: usize>(gate: usize, columns: &[Column], worth: &Worth) -> f64 {
    let Worth { open, exits } = worth;
    let mut gain = [0.0; LANES];
    let mut most = [0.0; LANES];
    for row in columns.chunks_exact(GATES + 1) {
        let right = &row[GATES];
        let exit = |stage: usize, lane: usize| exits[stage] + f64::from(right[lane] >> stage & 1);
        let mut reaches = row[gate].map(f64::from);
        let mut best = [0.0; LANES];
        let mut here = [0.0; LANES];
        for lane in 0..LANES {
            best[lane] = exit(GATES, lane);
            here[lane] = exit(gate, lane);
        }
        for at in (0..GATES).rev() {
            if at < gate {
                // It has to stay.
                for lane in 0..LANES {
                    reaches[lane] *= f64::from(u8::from(row[at][lane] < open[at]));
                }
            } else if at > gate {
                // It takes its best way.
                for lane in 0..LANES {
                    let code = row[at][lane];
                    let exit = exit(at, lane);
                    let stay = if code > open[at] { exit } else { best[lane] };
                    let exit = if code < open[at] { stay } else { exit };
                    best[lane] = larger(stay, exit);
                }
            }
        }
        for lane in 0..LANES {
            gain[lane] += reaches[lane] * (best[lane] - here[lane]);
            most[lane] = larger(most[lane], gain[lane]);
        }
    }
    // The stretches one after the other.
    let (mut before, mut all) = (0.0, 0.0);
    for lane in 0..LANES {
        all = larger(all, before + most[lane]);
        before += gain[lane];
    }
    all
}

/// The larger of two numbers, in one instruction: none is NaN.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::cut::{Ranked, way};
    use crate::search::profile::{Profile, columns};

    /// The same sum, sample by sample and way by way.
    fn plainly(gates: usize, gate: usize, samples: &[Profile], worth: &Worth) -> f64 {
        let Worth { open, exits } = worth;
        let (mut gain, mut most) = (0.0, 0.0_f64);
        for Profile { codes, right } in samples {
            let exit = |stage: usize| exits[stage] + f64::from(right >> stage & 1);
            let way = |at: usize| way(codes[at], open[at]);
            if (0..gate).any(|before| way(before) != 0) {
                continue;
            }
            let mut best = f64::NEG_INFINITY;
            for at in gate + 1..=gates {
                if at == gates || way(at) > 0 {
                    best = best.max(exit(at));
                }
                if at < gates && way(at) == 2 {
                    break;
                }
            }
            gain += best - exit(gate);
            most = most.max(gain);
        }
        most
    }

    proptest! {
        #[test]
        fn side_by_side_is_sample_by_sample(
            gates in 1..=MAX_GATES,
            gate in 0..MAX_GATES,
            profiles in prop::collection::vec(any::<([u8; MAX_GATES], u8)>(), 0..60),
            parts in any::<[u8; MAX_GATES]>(),
            costs in any::<[u16; MAX_GATES + 1]>(),
        ) {
            let gate = gate % gates;
            let profile = |&(codes, right): &([u8; MAX_GATES], u8)| {
                Profile { codes: codes.map(|code| code % 6), right }
            };
            let profiles: Vec<Profile> = profiles.iter().map(profile).collect();
            let ranked = |sample| Ranked { rank: sample, sample };
            let order: Vec<Ranked> = (0..profiles.len() as u32).map(ranked).collect();
            let worth = Worth {
                open: parts.map(|part| open_code(u16::from(part % 3))),
                exits: costs.map(|cost| f64::from(cost) / -16_384.0),
            };
            let columns = columns(gates, gate, &order, &profiles);
            let fast = most_gained(gates, gate, &columns, &worth);
            let slow = plainly(gates, gate, &profiles, &worth);
            prop_assert!((fast - slow).abs() < 1e-9, "{} and {}", fast, slow);
        }
    }
}
