//! How a search reports on itself and is told to stop.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::outcome::Ended;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// Predictions are read and turned into signals.
    Reading {
        /// Samples that are done.
        done: usize,
        /// Samples of the pool.
        total: usize,
    },
    /// There are too many committees: some are chosen to be searched.
    Shortlisting,
    /// Cascades are scored on a grid of thresholds.
    Scoring {
        /// Chains that are done in this pass.
        done: usize,
        /// Chains of this pass.
        total: usize,
    },
    /// Cells of thresholds are ruled out.
    Proving {
        /// Chains that are done in this pass.
        done: usize,
        /// Chains of this pass.
        total: usize,
        /// The certified gap so far, in accuracy.
        gap: f64,
    },
    /// The same for a shortlist, of which nothing is certified, or without a fold.
    Searching {
        /// Chains that are done in this pass.
        done: usize,
        /// Chains of this pass.
        total: usize,
    },
}

/// Watches a run; the terminal is one. Called from many threads at once.
pub trait Observer: Sync {
    /// Is told how far the run is.
    fn progress(&self, _progress: Progress) {}

    /// Whether the run should end now with the best it has.
    fn interrupted(&self) -> bool {
        false
    }
}

/// Adds up samples that are read, of `total`, and tells `observer`.
pub(crate) fn reading(observer: &dyn Observer, total: usize) -> impl Fn(usize) + Sync {
    let read = AtomicUsize::new(0);
    move |more| {
        let done = read.fetch_add(more, Ordering::Relaxed) + more;
        observer.progress(Progress::Reading { done, total });
    }
}

/// Adds up chains that are scored on a grid and tells `observer`; `chains` are how many there are of each
/// number of stages.
pub(crate) fn scoring(observer: &dyn Observer, chains: &[u64]) -> impl Fn(usize) + Sync {
    let scored = AtomicUsize::new(0);
    let total = chains.iter().fold(0, |sum: u64, &more| sum.saturating_add(more));
    let total = usize::try_from(total).unwrap_or(usize::MAX);
    // From here on there is something to stop.
    observer.progress(Progress::Scoring { done: 0, total });
    move |more| {
        let done = scored.fetch_add(more, Ordering::Relaxed) + more;
        observer.progress(Progress::Scoring { done, total });
    }
}

/// Hears of a search whose certificate is not for the user.
pub(crate) struct Uncertified<'a>(pub(crate) &'a dyn Observer);

impl Observer for Uncertified<'_> {
    fn progress(&self, progress: Progress) {
        self.0.progress(match progress {
            Progress::Proving { done, total, .. } => Progress::Searching { done, total },
            other => other,
        });
    }

    fn interrupted(&self) -> bool {
        self.0.interrupted()
    }
}

/// Tells a job to stop when its time is up, too.
pub(crate) struct Timed<'a> {
    pub(crate) observer: &'a dyn Observer,
    /// `None` for as long as it takes.
    pub(crate) until: Option<Instant>,
    /// Why the job was told to stop, once it was.
    pub(crate) stopped: OnceLock<Ended>,
}

impl Observer for Timed<'_> {
    fn progress(&self, progress: Progress) {
        self.observer.progress(progress);
    }

    fn interrupted(&self) -> bool {
        if self.stopped.get().is_none() {
            let late = self.until.is_some_and(|until| Instant::now() >= until);
            let why = match (self.observer.interrupted(), late) {
                (true, _) => Ended::Interrupted,
                (_, true) => Ended::TimeLimit,
                _ => return false,
            };
            self.stopped.get_or_init(|| why);
        }
        true
    }
}

/// Watches nothing and never interrupts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}
