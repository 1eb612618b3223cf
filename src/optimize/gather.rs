//! The first step of a run: everything that is read, once it is seen that the settings make sense.

use super::listed::Listed;
use super::{Settings, calibration, certify, overlap};

use crate::calibrate::{Calibration, calibrate};
use crate::cascade::Fit;
use crate::error::{Error, Result};
use crate::pool::{Groups, Pool};
use crate::search::{CheckedOptions, Observer, reading};
use crate::signal::Signals;
use crate::trust::Split;

/// What a run goes by from here on. Predictions are read again only where folds have fits or lists of their own.
pub(super) struct Gathered<'a> {
    pub(super) pool: &'a Pool,
    pub(super) settings: &'a Settings,
    pub(super) options: CheckedOptions,
    pub(super) split: Split,
    /// Of the pool's samples.
    pub(super) groups: Option<Groups>,
    /// The committees to search.
    pub(super) listed: Listed,
    pub(super) calibration: Calibration,
    pub(super) signals: Signals,
    pub(super) other: Option<Other<'a>>,
}

/// A pool that is only reported on.
pub(super) struct Other<'a> {
    pub(super) pool: &'a Pool,
    pub(super) groups: Option<Groups>,
    pub(super) signals: Signals,
}

/// Checks the settings, divides the samples, fits what is to be fitted and computes all signals.
///
/// # Errors
/// [`Error::Option`] for settings out of range, and what [`Pool::read`] finds wrong.
pub(super) fn gather<'a>(
    pool: &'a Pool,
    settings: &'a Settings,
    observer: &dyn Observer,
) -> Result<Gathered<'a>> {
    let scope = &settings.options.scope;
    let options = settings.options.clone().check()?;
    settings.goal.check(pool.models().iter().map(|model| model.name.as_str()))?;
    settings.judging.check()?;
    let split = settings.holdout.split(pool, settings.seed, settings.stratified())?;
    certify::check(settings, pool, split.holdout.len())?;
    let groups = groups(pool, settings)?;
    let other = settings.holdout_pool();
    let other_groups = other.map(Pool::groups).transpose()?.flatten();
    let listed = Listed::new(pool, settings, &split.tuning, observer)?;

    let fits = if scope.fit == Fit::RAW { 0 } else { pool.samples() };
    let others = other.map_or(0, Pool::samples);
    let on_chunk = reading(observer, fits + pool.samples() + others);
    let mut keys = listed.signal_keys(pool, settings);
    keys.extend(certify::signal_keys(settings, pool));
    keys.extend(calibration::signal_keys(settings, pool));
    let keys = scope.fitted_keys(keys);
    let calibration = calibrate(pool, &keys, &split.tuning, settings.seed, &on_chunk)?;
    let signals_of = |pool: &Pool| {
        Signals::compute_mixed(pool, keys.iter().cloned(), &calibration.mixes, &on_chunk)
    };
    // The models of both pools have the same names, and so the same places.
    let others = other.map(signals_of).transpose()?;
    let other = other.zip(others);
    let other = other.map(|(pool, signals)| Other { pool, groups: other_groups, signals });
    let signals = signals_of(pool)?;
    if let Some(other) = &other {
        overlap::check((pool, &signals), (other.pool, &other.signals), scope, &split.tuning)?;
    }
    Ok(Gathered { pool, settings, options, split, groups, listed, calibration, signals, other })
}

/// The groups of the pool's samples, which a limit on them needs.
fn groups(pool: &Pool, settings: &Settings) -> Result<Option<Groups>> {
    let groups = pool.groups()?;
    match (settings.goal.min_group_accuracy, &groups) {
        (Some(least), None) => Err(Error::option(
            "--min-group-accuracy",
            "a column \"group\" in the predictions or labels",
            format!("{least} and no such column"),
        )),
        _ => Ok(groups),
    }
}
