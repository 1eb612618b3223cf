//! Cross-fitting: every sample scored by cascades whose tuning never saw it.

use crate::cascade::Cascade;
use crate::error::Result;
use crate::pool::Pool;
use crate::search::{CheckedOptions, Found, Observer, Scope, Space, Status, search};
use crate::signal::{Signals, Tally};
use crate::trust::folds;

use super::scorer::{Run, Side};

/// One fold of the samples, and what a search without it found.
pub(super) struct Fold<'a> {
    /// The samples of the fold.
    pub(super) side: Side<'a>,
    /// Number of samples that tuned: all others.
    tuned_on: usize,
    /// The frontier of these, cheapest first.
    frontier: Vec<Found>,
    /// How the search ended.
    pub(super) status: Status,
}

/// Searches once without each of `count` folds of the samples of `pool`.
///
/// # Errors
/// Those of [`folds`].
pub(super) fn cross_fit<'a>(
    pool: &'a Pool,
    signals: &'a Signals,
    (scope, options): (&Scope, &CheckedOptions),
    (count, seed): (usize, u64),
    observer: &dyn Observer,
) -> Result<Vec<Fold<'a>>> {
    let parts = folds(pool.labels(), count, seed)?;
    let mut fold_of = vec![0; pool.samples()];
    for (number, part) in parts.iter().enumerate() {
        part.iter().for_each(|&sample| fold_of[sample as usize] = number);
    }
    let folds = parts.into_iter().enumerate().map(|(number, samples)| {
        let everyone = 0..pool.samples() as u32;
        let others: Vec<u32> =
            everyone.filter(|&sample| fold_of[sample as usize] != number).collect();
        let space = Space::new(pool, signals, scope, &others);
        let outcome = search(&space, options, observer);
        Fold {
            side: Side::new(pool, signals, samples),
            tuned_on: others.len(),
            frontier: outcome.frontier,
            status: outcome.status,
        }
    });
    Ok(folds.collect())
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
    let mut all = Run { tally, right: vec![false; tuning.samples], exits: vec![] };
    for fold in folds {
        let run = fold.side.run(fold.within(tuning));
        all.tally.correct += run.tally.correct;
        all.tally.cost += run.tally.cost;
        all.tally.exits.extend(run.tally.exits);
        all.tally.right.extend(run.tally.right);
        all.exits.extend(run.exits);
        for (&sample, right) in fold.side.samples.iter().zip(run.right) {
            all.right[sample as usize] = right;
        }
    }
    all
}
