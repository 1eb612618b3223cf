//! The second step of a run: the search, and what its cascades do.

use rayon::prelude::*;

use super::folds::cross_fit;
use super::gather::{Gathered, Other};
use super::judge::Sides;
use super::scorer::{Reported, Scorer};
use super::side::Side;
use crate::error::Result;
use crate::frontier::{Merit, Single};
use crate::search::{Found, Observer, Outcome};
use crate::spec::wire::ModelEntry;
use crate::trust::{Holdout, Method, Split};

/// The frontier, and all that it takes to tell what a cascade or a model is worth.
pub(super) struct Findings<'a> {
    pub(super) outcome: Outcome,
    pub(super) scorer: Scorer<'a>,
    /// Of each cascade of the frontier.
    pub(super) merits: Vec<Merit>,
    pub(super) models: Vec<ModelEntry>,
    pub(super) models_seen: Sides,
}

impl Findings<'_> {
    /// The single models.
    pub(super) fn singles(&self) -> Vec<Single<'_>> {
        self.models.iter().map(Single::from).collect()
    }
}

/// Searches what was gathered.
///
/// # Errors
/// Those of [`cross_fit`].
pub(super) fn find<'a>(
    gathered: &'a Gathered<'_>,
    observer: &dyn Observer,
) -> Result<Findings<'a>> {
    let Gathered { pool, settings, options, split, listed, signals, .. } = gathered;
    let scope = &settings.options.scope;
    let outcome = listed.search(pool, (signals, settings), &split.tuning, options, observer);
    let tuning = Side::new(pool, signals, split.tuning.clone());
    let reported = reported(gathered, observer)?;
    let scorer = Scorer::new(scope, tuning, reported, gathered.groups.as_ref());
    let merit = |found: Found| (scorer.merit(&found), found);
    let mut points: Vec<(Merit, Found)> = outcome.frontier.into_par_iter().map(merit).collect();
    // Totals can differ by less than their means do as floats: of equal costs the more accurate stays.
    points.dedup_by(|later, earlier| {
        let is_told_apart = earlier.0.cost < later.0.cost;
        if !is_told_apart {
            std::mem::swap(later, earlier);
        }
        !is_told_apart
    });
    let (merits, frontier) = points.into_iter().unzip();
    let outcome = Outcome { frontier, ..outcome };
    let models: Vec<_> = (0..pool.models().len()).map(|model| scorer.model(model)).collect();
    let models_seen = Sides::of(&models, &scorer);
    let models = models.into_iter().map(|scored| scored.entry).collect();
    Ok(Findings { outcome, scorer, merits, models, models_seen })
}

/// Where held-out figures come from.
fn reported<'a>(gathered: &'a Gathered<'_>, observer: &dyn Observer) -> Result<Reported<'a>> {
    let Gathered { pool, settings, split, signals, other, .. } = gathered;
    Ok(match (&settings.holdout, other) {
        (_, Some(Other { pool, signals, .. })) => {
            let everyone = Split::all(pool.samples()).tuning;
            Reported::On(Method::Pool, Side::new(pool, signals, everyone))
        }
        (Holdout::Folds(count), _) => {
            let folds = cross_fit(gathered, *count, observer)?;
            folds.map_or(Reported::Nothing, Reported::CrossFitted)
        }
        _ if split.holdout.is_empty() => Reported::Nothing,
        (holdout, _) => {
            Reported::On(holdout.method(), Side::new(pool, signals, split.holdout.clone()))
        }
    })
}
