//! The frontier while it is being searched: best accuracy by cost, in whole numbers.

use std::cmp::Reverse;

use super::candidate::Candidate;
use crate::cascade::Ticks;

/// A cascade's merit on the tuning samples, all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) cost: Ticks,
    pub(crate) correct: u32,
    pub(crate) candidate: Candidate,
}

/// The cascades found so far that none found so far beats: costs and right answers both rise
/// strictly from step to step. Of cascades equal in both, the first in the order of [`Candidate`]
/// stays, so the outcome does not depend on the order in which they are offered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Staircase {
    steps: Vec<Step>,
}

impl Staircase {
    /// The steps, cheapest first.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The most right answers that some step reaches at `cost` or less; 0 if none is so cheap.
    pub(crate) fn best_at(&self, cost: Ticks) -> u32 {
        let above = self.steps.partition_point(|step| step.cost <= cost);
        above.checked_sub(1).map_or(0, |last| self.steps[last].correct)
    }

    /// The steps that cost more than `low` and at most `high`.
    pub(crate) fn between(&self, low: Ticks, high: Ticks) -> &[Step] {
        let place = |cost| self.steps.partition_point(|step| step.cost <= cost);
        &self.steps[place(low)..place(high)]
    }

    /// Whether some step is at least as good in both and better in one.
    pub(crate) fn dominates(&self, cost: Ticks, correct: u32) -> bool {
        let above = self.steps.partition_point(|step| step.cost <= cost);
        above.checked_sub(1).is_some_and(|last| {
            let best = &self.steps[last];
            best.correct > correct || (best.correct == correct && best.cost < cost)
        })
    }

    /// Takes `step` in if nothing beats it, and drops what it beats. Says whether it stayed.
    pub(crate) fn offer(&mut self, step: Step) -> bool {
        if self.dominates(step.cost, step.correct) {
            return false;
        }
        let start = self.steps.partition_point(|old| old.cost < step.cost);
        if let Some(old) = self.steps.get(start)
            && (old.cost, old.correct) == (step.cost, step.correct)
        {
            let better = step.candidate < old.candidate;
            if better {
                self.steps[start] = step;
            }
            return better;
        }
        let beaten = self.steps[start..].partition_point(|old| old.correct <= step.correct);
        self.steps.splice(start..start + beaten, [step]);
        true
    }

    /// Offers every one of `others`: many at once.
    pub(crate) fn join(&mut self, others: impl IntoIterator<Item = Step>) {
        let mut all = std::mem::take(&mut self.steps);
        all.extend(others);
        all.sort_unstable_by_key(|step| (step.cost, Reverse(step.correct), step.candidate));
        let mut best = None;
        all.retain(|step| {
            let rises = best.is_none_or(|best| step.correct > best);
            best = best.max(Some(step.correct));
            rises
        });
        self.steps = all;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::candidate::{Chain, GateId, MAX_GATES};
    use super::*;

    fn step(cost: Ticks, correct: u32, gate: GateId) -> Step {
        let candidate = Candidate { chain: Chain::of(&[gate]), thresholds: [0; MAX_GATES] };
        Step { cost, correct, candidate }
    }

    proptest! {
        #[test]
        fn holds_what_a_pairwise_comparison_keeps(
            offers in prop::collection::vec((0..20u64, 0..20u32, 0..50u32), 1..60)
        ) {
            let offers: Vec<Step> = offers.iter().map(|&(c, r, id)| step(c, r, id)).collect();
            let mut staircase = Staircase::default();
            for &offer in &offers {
                staircase.offer(offer);
            }
            let mut joined = Staircase::default();
            joined.join(offers[..offers.len() / 2].iter().copied());
            joined.join(offers[offers.len() / 2..].iter().copied());
            prop_assert_eq!(staircase.steps(), joined.steps());
            let beats = |a: &Step, b: &Step| {
                let no_worse = a.cost <= b.cost && a.correct >= b.correct;
                let equal = a.cost == b.cost && a.correct == b.correct;
                no_worse && (!equal || a.candidate < b.candidate)
            };
            let mut kept: Vec<Step> = offers
                .iter()
                .filter(|b| !offers.iter().any(|a| beats(a, b)))
                .copied()
                .collect();
            kept.sort_by_key(|step| step.cost);
            kept.dedup();
            prop_assert_eq!(staircase.steps(), &kept[..]);
            for cost in 0..20 {
                let cheap = offers.iter().filter(|step| step.cost <= cost);
                let best = cheap.map(|step| step.correct).max().unwrap_or(0);
                prop_assert_eq!(staircase.best_at(cost), best);
            }
        }
    }
}
