//! The frontier in buckets of cost, for bounds that ask for its level millions of times.

use super::staircase::Staircase;
use crate::cascade::Ticks;

/// Buckets between one power of two and the next, so that what lies in one differs by less than a
/// thousandth.
const PER_OCTAVE: u64 = 1 << OCTAVE_BITS;
const OCTAVE_BITS: u32 = 10;

/// A staircase in buckets of what more a cascade costs than the cheapest of it.
pub(super) struct Levels {
    cheapest: Ticks,
    /// For each bucket, the most right answers that are reached at the least cost in it.
    levels: Vec<u32>,
}

impl Levels {
    pub(super) fn new(staircase: &Staircase) -> Self {
        let [Some(first), Some(last)] = [staircase.steps().first(), staircase.steps().last()]
        else {
            return Self { cheapest: Ticks::MAX, levels: vec![0] };
        };
        let cheapest = first.cost;
        let buckets = 0..=bucket(last.cost - cheapest) + 1;
        let level = |bucket| staircase.best_at(cheapest.saturating_add(least(bucket)));
        Self { cheapest, levels: buckets.map(level).collect() }
    }

    /// At most the right answers that the staircase reaches at `cost`, and hardly fewer.
    #[inline(always)]
    pub(super) fn at(&self, cost: Ticks) -> u32 {
        let Some(more) = cost.checked_sub(self.cheapest) else { return 0 };
        self.levels[(bucket(more) as usize).min(self.levels.len() - 1)]
    }
}

/// The bucket of a number of ticks. Each number below two thousand has its own.
#[inline(always)]
fn bucket(ticks: Ticks) -> u64 {
    let octave = u64::from(ticks.max(PER_OCTAVE).ilog2() - OCTAVE_BITS);
    octave * PER_OCTAVE + (ticks >> octave)
}

/// The least number of ticks in a bucket.
fn least(bucket: u64) -> Ticks {
    let octave = (bucket / PER_OCTAVE).saturating_sub(1);
    (bucket - octave * PER_OCTAVE) << octave
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::candidate::Chain;
    use super::super::candidate::{Candidate, MAX_GATES};
    use super::super::staircase::Step;
    use super::*;

    proptest! {
        #[test]
        fn levels_are_those_of_the_least_cost_near_by(
            steps in prop::collection::vec((0..50u32, any::<u64>(), 0..1000u32), 0..40),
            costs in prop::collection::vec((0..50u32, any::<u64>()), 1..40),
        ) {
            let candidate = Candidate { chain: Chain::of(&[0]), thresholds: [0; MAX_GATES] };
            let mut staircase = Staircase::default();
            for (bits, cost, correct) in steps {
                staircase.offer(Step { cost: cost >> (63 - bits), correct, candidate });
            }
            let levels = Levels::new(&staircase);
            let costs = costs.iter().map(|(bits, cost)| cost >> (63 - bits));
            let ends = staircase.steps().iter().flat_map(|s| [s.cost, s.cost.saturating_sub(1)]);
            for cost in costs.chain(ends.collect::<Vec<_>>()) {
                prop_assert!(levels.at(cost) <= staircase.best_at(cost));
                let cheapest = staircase.steps().first().map_or(cost, |step| step.cost);
                let nearby = cost - cost.saturating_sub(cheapest) / 1000;
                prop_assert!(levels.at(cost) >= staircase.best_at(nearby));
            }
        }

        #[test]
        fn buckets_begin_where_they_say(bits in 0..64u32, ticks: u64) {
            let ticks = ticks >> bits;
            let least_here = least(bucket(ticks));
            prop_assert!(least_here <= ticks && ticks - least_here <= ticks / 1024);
            prop_assert_eq!(bucket(least_here), bucket(ticks));
            prop_assert!(bucket(ticks.saturating_add(1)) >= bucket(ticks));
        }
    }
}
