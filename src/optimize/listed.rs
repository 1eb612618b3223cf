//! Which committees a search looks at, and that search.

use std::time::{Duration, Instant};

use super::Settings;
use crate::error::Result;
use crate::pool::Pool;
use crate::search::{
    Breadth, CheckedOptions, Observer, Outcome, Progress, Resolution, Shortlist, Space,
    Uncertified, search,
};
use crate::signal::{SignalKey, Signals};

/// The committees of a search that is tuned on some samples.
pub(super) struct Listed {
    /// Where there are too many for all of them.
    shortlist: Option<Shortlist>,
    /// How long it took to make.
    took: Duration,
}

impl Listed {
    /// All committees of `pool` or, if they are too many, those that do well on the samples `tuning`.
    ///
    /// # Errors
    /// What [`Pool::read`] finds wrong.
    pub(super) fn new(
        pool: &Pool,
        settings: &Settings,
        tuning: &[u32],
        observer: &dyn Observer,
    ) -> Result<Self> {
        let scope = &settings.options.scope;
        if scope.is_enumerable(pool.models().len(), pool.samples()) {
            return Ok(Self { shortlist: None, took: Duration::ZERO });
        }
        let start = Instant::now();
        let breadth = Breadth { seed: settings.seed, ..Breadth::default() };
        observer.progress(Progress::Shortlisting);
        // The search of the list has at least as much time as its making.
        let half = settings.options.time_limit.map(|limit| limit / 2);
        let until = half.and_then(|half| Instant::now().checked_add(half));
        let shortlist = Shortlist::new(pool, scope, tuning, &breadth, until, observer)?;
        Ok(Self { shortlist: Some(shortlist), took: start.elapsed() })
    }

    /// Whether these are all committees, whatever the samples.
    pub(super) fn is_all(&self) -> bool {
        self.shortlist.is_none()
    }

    /// The signals that the search looks at where nothing is fitted.
    pub(super) fn signal_keys(&self, pool: &Pool, settings: &Settings) -> Vec<SignalKey> {
        let scope = &settings.options.scope;
        match &self.shortlist {
            None => scope.signal_keys(pool),
            Some(shortlist) => shortlist.signal_keys(pool, scope),
        }
    }

    /// Searches them on the samples `tuning`, for which they were listed. The time that the list took counts.
    pub(super) fn search(
        &self,
        pool: &Pool,
        (signals, settings): (&Signals, &Settings),
        tuning: &[u32],
        options: &CheckedOptions,
        observer: &dyn Observer,
    ) -> Outcome {
        let scope = &settings.options.scope;
        let Some(shortlist) = &self.shortlist else {
            return search(&Space::new(pool, signals, scope, tuning), options, observer);
        };
        let space = shortlist.space(pool, signals, scope, tuning);
        let left = options.after(self.took);
        let found = search(&space, &left, &Uncertified(observer));
        // A grid of all committees is one of all cascades, however many chains there are.
        let is_grid = matches!(settings.options.resolution, Resolution::Quantiles(_));
        let is_whole = is_grid && shortlist.is_whole(pool, scope);
        let found = if is_whole { found } else { shortlist.told(found) };
        Outcome { duration: self.took + found.duration, ..found }
    }
}
