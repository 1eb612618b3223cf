//! Finds the frontier: every subset, order, grouping and threshold, counted and never replayed.

pub(crate) mod bits;
mod bound;
mod candidate;
mod chain;
mod cut;
mod exact;
mod gate;
mod grid;
mod levels;
mod line;
mod options;
mod outcome;
mod polish;
mod prefix;
mod profile;
mod progress;
mod scope;
mod screen;
mod seed;
mod shortlist;
mod solver;
mod space;
mod staircase;
mod ways;

use std::time::Instant;

use candidate::Chain;
pub(crate) use gate::{Gate, thresholds};
pub use options::{CheckedOptions, Options, Resolution};
pub use outcome::{Ended, Found, Outcome, Shortlisted, Status};
pub use progress::{Observer, Progress, Silent};
pub(crate) use progress::{Uncertified, reading, scoring};
pub use scope::Scope;
pub use shortlist::{Breadth, Shortlist};
pub use space::Space;

use staircase::{Staircase, Step};

/// Searches `space`, which was made for the scope of `options`.
pub fn search(space: &Space, options: &CheckedOptions, observer: &dyn Observer) -> Outcome {
    let Options { resolution, gap, time_limit, .. } = &options.0;
    let start = Instant::now();
    let late = || time_limit.is_some_and(|limit| start.elapsed() >= limit);
    let stop = || late() || observer.interrupted();
    let mut staircase = Staircase::default();

    let stopped = || if late() { Status::TimeLimit } else { Status::Interrupted };
    let mut outcome = Outcome {
        frontier: vec![],
        status: Status::Grid,
        shortlist: None,
        certified_gap: None,
        candidates: 0,
        evaluated: 0,
        pruned: 0,
        duration: start.elapsed(),
    };

    match resolution {
        Resolution::Quantiles(count) => {
            let chains = space.chains(space.most_gates() + 1, |_| true);
            let on_chains = scoring(observer, &chains);
            let everything = |_: &Chain| true;
            let gated = grid::search(space, *count, everything, &mut staircase, on_chains, stop);
            outcome.candidates = grid::candidates(space, *count);
            outcome.evaluated = gated.saturating_add(space.ensembles());
            if outcome.evaluated < outcome.candidates {
                outcome.status = stopped();
            } else if space.gates.iter().all(|gate| gate.thresholds.len() <= usize::from(*count)) {
                // The grid happens to hold every threshold.
                outcome.certified_gap = Some(0.0);
            }
        }
        Resolution::Exact => {
            let scored = seed::search(space, &mut staircase, observer, stop);
            let samples = space.samples as f64;
            let tolerance = (gap * samples).floor() as u32;
            let on_batch = |done, total, gap| {
                let gap = f64::from(gap) / samples;
                observer.progress(Progress::Proving { done, total, gap });
            };
            let certificate = exact::search(space, &mut staircase, tolerance, on_batch, stop);
            outcome.status = match certificate.gap {
                0 => Status::Optimal,
                gap if gap <= tolerance => Status::GapReached,
                _ => stopped(),
            };
            outcome.certified_gap = Some(f64::from(certificate.gap) / samples);
            outcome.candidates = space.candidates();
            outcome.evaluated = scored + certificate.bounded;
            outcome.pruned = certificate.dropped;
        }
    }
    let found = |step: &Step| Found {
        cascade: space.cascade(&step.candidate),
        correct: step.correct,
        cost: step.cost,
    };
    outcome.frontier = staircase.steps().iter().map(found).collect();
    outcome.duration = start.elapsed();
    outcome
}
