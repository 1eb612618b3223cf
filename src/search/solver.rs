//! Depth-first search of one chain: cells are split, their parts bounded, and those that may gain
//! something split again, down to single cascades.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::bound::{Bound, Split, Thresholds};
use super::candidate::Candidate;
use super::chain::ChainView;
use super::staircase::{Staircase, Step};
use crate::cascade::Ticks;

/// What the search of one chain brought.
pub(super) struct Solution {
    pub(super) found: Vec<Step>,
    pub(super) gap: u32,
    /// What is left after a first look at all parts.
    pub(super) live: Option<Live>,
    pub(super) bounded: u64,
    pub(super) dropped: u64,
}

/// Parts of the first split of a chain.
pub(super) struct Live {
    pub(super) parts: Vec<Bound>,
    /// What all other parts may gain.
    pub(super) others: u32,
}

/// Depth-first search of one chain.
pub(super) struct Solver<'a> {
    chain: &'a ChainView<'a>,
    /// Copied when something is found.
    staircase: Cow<'a, Staircase>,
    tolerance: u32,
    stop: &'a (dyn Fn() -> bool + Sync),
    pub(super) solution: Solution,
}

impl<'a> Solver<'a> {
    /// Measures `chain` against `staircase`, until `stop`; what gains no more than `tolerance` right
    /// answers is settled.
    pub(super) fn new(
        chain: &'a ChainView<'a>,
        staircase: &'a Staircase,
        tolerance: u32,
        stop: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let staircase = Cow::Borrowed(staircase);
        let solution = Solution { found: vec![], gap: 0, live: None, bounded: 0, dropped: 0 };
        Self { chain, staircase, tolerance, stop, solution }
    }

    /// Searches all of a cell that was split; says whether it came to the end.
    pub(super) fn explore(&mut self, split: &Split<'_>) -> bool {
        let parts = self.promising(split);
        self.explore_parts(split, &parts)
    }

    /// The same for some of its parts.
    pub(super) fn explore_parts(&mut self, split: &Split<'_>, parts: &[Bound]) -> bool {
        for part in parts {
            if (self.stop)() {
                return false;
            }
            if self.gain(split, part).is_some()
                && !self.explore(&Split::of(self.chain, split.part(part)))
            {
                return false;
            }
        }
        true
    }

    /// Looks at the parts of a cell, but into none of them; says whether it came to the end.
    pub(super) fn look(&mut self, split: &Split<'_>, keep: usize) -> bool {
        if (self.stop)() {
            return false;
        }
        let parts = self.promising(split);
        let mut live = vec![];
        let mut most = 0;
        for (number, part) in parts.iter().enumerate() {
            let Some(gain) = self.gain(split, part) else { continue };
            most = gain.max(most);
            if live.len() == keep {
                // The chain will have to be searched; the next part is the best of the others.
                let next = parts.get(number + 1).map_or(0, |next| self.simple_gain(next));
                self.solution.gap = self.solution.gap.max(most).max(next);
                return true;
            }
            live.push(*part);
        }
        self.solution.live = Some(Live { parts: live, others: self.solution.gap });
        self.solution.gap = self.solution.gap.max(most);
        true
    }

    /// The parts that their optimistic points do not rule out, the most promising first: what it
    /// adds to the frontier may settle others.
    fn promising(&mut self, split: &Split<'_>) -> Vec<Bound> {
        let mut parts = Vec::new();
        split.bounds(&mut |cost, correct| self.is_worthwhile(cost, correct), &mut |bound| {
            parts.push(bound);
        });
        parts.sort_by_cached_key(|part| Reverse(self.simple_gain(part)));
        parts
    }

    /// How much a part may gain, unless it is settled. A single cascade is offered.
    fn gain(&mut self, split: &Split<'_>, part: &Bound) -> Option<u32> {
        if let Some(thresholds) = part.point {
            self.offer(part, thresholds);
            return None;
        }
        if !self.is_worthwhile(part.cost, part.correct) {
            return None;
        }
        let gain = split.gain(part, &self.staircase);
        (!self.is_settled(gain)).then_some(gain)
    }

    /// The gain of a part's optimistic point.
    fn simple_gain(&self, part: &Bound) -> u32 {
        part.correct.saturating_sub(self.staircase.best_at(part.cost))
    }

    /// Whether a part with this optimistic point has to be looked into.
    fn is_worthwhile(&mut self, cost: Ticks, correct: u32) -> bool {
        self.solution.bounded += 1;
        !self.is_settled(correct.saturating_sub(self.staircase.best_at(cost)))
    }

    /// Whether cascades that gain no more than this can be left alone.
    fn is_settled(&mut self, gain: u32) -> bool {
        let settled = gain <= self.tolerance;
        if settled {
            self.solution.dropped += 1;
            self.solution.gap = self.solution.gap.max(gain);
        }
        settled
    }

    fn offer(&mut self, point: &Bound, thresholds: Thresholds) {
        let candidate = Candidate { chain: self.chain.id, thresholds };
        let step = Step { cost: point.cost, correct: point.correct, candidate };
        if !self.staircase.dominates(step.cost, step.correct) && self.staircase.to_mut().offer(step)
        {
            self.solution.found.push(step);
        }
    }
}
