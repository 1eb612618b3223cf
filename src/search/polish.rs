//! Better thresholds for the cascades on the frontier, one gate at a time. (Coordinate search.)

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::candidate::Candidate;
use super::space::Space;
use super::staircase::{Staircase, Step};
use super::ways::Ways;

/// Rounds, at most: each starts from what those before it found.
const ROUNDS: usize = 2;

/// Cascades that one round starts from, at most.
const STARTS: usize = 1024;

/// Offers to `staircase` the best cascades that differ from one of its own in one threshold, again
/// and again, and returns how many were looked at. Once `stop` says so, the rest are left out.
pub(super) fn polish(
    space: &Space,
    staircase: &mut Staircase,
    stop: impl Fn() -> bool + Sync,
) -> u64 {
    let mut scored = 0;
    let mut done = BTreeSet::new();
    for _ in 0..ROUNDS {
        let all = staircase.steps().iter().map(|step| step.candidate);
        let fresh: Vec<Candidate> = all.filter(|candidate| !done.contains(candidate)).collect();
        let count = fresh.len().min(STARTS);
        let starts: Vec<Candidate> = (0..count).map(|i| fresh[i * fresh.len() / count]).collect();
        let walks = Walks::from_all(space, &starts, staircase, &stop);
        scored += walks.scored;
        if walks.found.is_empty() {
            break;
        }
        staircase.join(walks.found);
        done.extend(starts);
    }
    scored
}

/// Offers to `staircase` the best cascades that differ in one threshold from one of `starts`. Once
/// `stop` says so, the rest are left out.
pub(super) fn polish_from(
    space: &Space,
    starts: &[Candidate],
    staircase: &mut Staircase,
    stop: impl Fn() -> bool + Sync,
) {
    let walks = Walks::from_all(space, starts, staircase, &stop);
    staircase.join(walks.found);
}

/// What walks along the gates of cascades found.
#[derive(Default)]
struct Walks {
    found: Vec<Step>,
    scored: u64,
}

impl Walks {
    fn and(mut self, other: Self) -> Self {
        self.found.extend(other.found);
        self.scored += other.scored;
        self
    }

    /// Those from each of `starts`, until `stop`.
    fn from_all(
        space: &Space,
        starts: &[Candidate],
        staircase: &Staircase,
        stop: &(impl Fn() -> bool + Sync),
    ) -> Self {
        let walks = starts.par_iter().map(|candidate| {
            if stop() { Self::default() } else { Self::from(space, candidate, staircase) }
        });
        walks.reduce(Self::default, Self::and)
    }

    /// Moves each threshold of `candidate` alone; what beats `staircase` is found.
    fn from(space: &Space, candidate: &Candidate, staircase: &Staircase) -> Self {
        let ways = Ways::new(space, candidate);
        let mut walks = Self::default();
        for gate in 0..ways.gates() {
            let steps = staircase.steps();
            let (mut next, mut best) = (0, 0);
            ways.walk(gate, &mut |threshold, cost, correct| {
                // Costs rise along the walk, so the staircase is climbed beside it.
                while let Some(step) = steps.get(next).filter(|step| step.cost <= cost) {
                    best = best.max(step.correct);
                    next += 1;
                }
                if correct > best {
                    best = correct;
                    let mut candidate = *candidate;
                    candidate.thresholds[gate] = threshold;
                    walks.found.push(Step { cost, correct, candidate });
                }
                walks.scored += 1;
            });
        }
        walks
    }
}
