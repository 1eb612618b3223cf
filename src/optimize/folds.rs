//! Cross-fitting: every sample scored by cascades whose tuning never saw it.

use std::borrow::Cow;

use super::gather::Gathered;
use super::listed::Listed;
use super::side::{Run, Side};
use crate::calibrate::{Calibration, calibrate};
use crate::cascade::{Cascade, Fit};
use crate::error::Result;
use crate::search::{Ended, Found, Observer, Uncertified, reading};
use crate::signal::{SignalKey, Signals, Tally};
use crate::trust::folds;

/// One fold of the samples, and what a search without it found.
pub(super) struct Fold<'a> {
    /// The samples of the fold.
    pub(super) side: Side<'a>,
    /// Number of samples that tuned: all others.
    tuned_on: usize,
    /// The frontier of these, cheapest first.
    frontier: Vec<Found>,
    /// What stopped the search before its end.
    pub(super) stopped: Option<Ended>,
}

/// Searches once without each of `count` folds of the samples that were gathered. What is to be fitted is
/// fitted anew for each, to the samples that tune there; where there are too many committees for all of them,
/// each has a list of its own. `None` if the run is interrupted before that is done: a search that had no time
/// would speak ill of all of them.
///
/// # Errors
/// Those of [`folds`], and what [`Pool::read`](crate::pool::Pool::read) finds wrong.
pub(super) fn cross_fit<'a>(
    gathered: &'a Gathered<'_>,
    count: usize,
    observer: &dyn Observer,
) -> Result<Option<Vec<Fold<'a>>>> {
    let Gathered { pool, settings, options, .. } = gathered;
    let parts = folds(pool.labels(), count, settings.seed)?;
    let mut fold_of = vec![0; pool.samples()];
    for (number, part) in parts.iter().enumerate() {
        part.iter().for_each(|&sample| fold_of[sample as usize] = number);
    }
    let fold = |(number, samples): (usize, Vec<u32>)| -> Result<Fold<'a>> {
        let everyone = 0..pool.samples() as u32;
        let others: Vec<u32> =
            everyone.filter(|&sample| fold_of[sample as usize] != number).collect();
        let listed = Listed::new(pool, settings, &others, observer)?;
        let signals = signals(gathered, &listed, &others, observer)?;
        // Its gap is its own, and nobody's concern.
        let quiet = Uncertified(observer);
        let outcome = listed.search(pool, (&signals, settings), &others, options, &quiet);
        let stopped = outcome.stopped();
        let signals = match signals {
            Cow::Borrowed(shared) => Cow::Borrowed(shared),
            // All that is left to do is to run these cascades.
            Cow::Owned(signals) => {
                let along = |found: &Found| SignalKey::along(&found.cascade);
                Cow::Owned(signals.only(&outcome.frontier.iter().flat_map(along).collect()))
            }
        };
        Ok(Fold {
            side: Side::new(pool, signals, samples),
            tuned_on: others.len(),
            frontier: outcome.frontier,
            stopped,
        })
    };
    let mut folds = vec![];
    for part in parts.into_iter().enumerate() {
        if observer.interrupted() {
            return Ok(None);
        }
        folds.push(fold(part)?);
    }
    Ok(Some(folds).filter(|_| !observer.interrupted()))
}

/// The signals of what is `listed`, with what is fitted to the samples `tuning`; those that are there if nothing
/// is, and all is listed.
fn signals<'a>(
    gathered: &'a Gathered<'_>,
    listed: &Listed,
    tuning: &[u32],
    observer: &dyn Observer,
) -> Result<Cow<'a, Signals>> {
    let Gathered { pool, settings, .. } = gathered;
    let scope = &settings.options.scope;
    let fits = scope.fit != Fit::RAW;
    if !fits && listed.is_all() {
        return Ok(Cow::Borrowed(&gathered.signals));
    }
    let keys = scope.fitted_keys(listed.signal_keys(pool, settings));
    let on_chunk = reading(observer, if fits { 2 } else { 1 } * pool.samples());
    let Calibration { mixes, .. } = calibrate(pool, &keys, tuning, settings.seed, &on_chunk)?;
    Signals::compute_mixed(pool, keys, &mixes, &on_chunk).map(Cow::Owned)
}

impl Fold<'_> {
    /// The most accurate cascade of the fold's frontier that costs no more on its tuning samples than
    /// `tuning` does, both as means. There is one: the cheapest model costs the same everywhere.
    fn within(&self, tuning: &Tally) -> &Cascade {
        let affordable = |found: &Found| {
            let (ours, limit) = (u128::from(found.cost), u128::from(tuning.cost));
            ours * tuning.samples as u128 <= limit * self.tuned_on as u128
        };
        let above = self.frontier.partition_point(affordable);
        &self.frontier[above.saturating_sub(1)].cascade
    }
}

/// What the folds' cascades for the cost of `tuning` do together, each on its own fold. `tuning` is
/// what a cascade does on all samples.
pub(super) fn cross_fitted(folds: &[Fold<'_>], tuning: &Tally) -> Run {
    let tally =
        Tally { samples: tuning.samples, correct: 0, cost: 0, exits: vec![], right: vec![] };
    let (right, costs) = (vec![false; tuning.samples], vec![0; tuning.samples]);
    let mut all = Run { tally, right, costs, exits: vec![] };
    for fold in folds {
        let run = fold.side.run(fold.within(tuning));
        all.tally.correct += run.tally.correct;
        all.tally.cost += run.tally.cost;
        all.tally.exits.extend(run.tally.exits);
        all.tally.right.extend(run.tally.right);
        all.exits.extend(run.exits);
        for ((&sample, right), cost) in fold.side.samples.iter().zip(run.right).zip(run.costs) {
            all.right[sample as usize] = right;
            all.costs[sample as usize] = cost;
        }
    }
    all
}
