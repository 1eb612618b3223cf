//! The main job, end to end: from a pool to a frontier with held-out figures.

mod calibration;
mod certify;
mod folds;
mod judge;
mod judgement;
mod scorer;
mod settings;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::calibrate::calibrate;
use crate::cascade::Fit;
use crate::error::{Error, Result};
use crate::frontier::{Goal, Merit, Single, Unmet, choose, similar, thin};
use crate::pool::{InputFile, Pool};
use crate::search::{Breadth, Observer, Shortlist, Space, reading, search};
use crate::signal::Signals;
use crate::spec::Diagnostics;
use crate::spec::wire::{Frontier, Input, PoolEntry, Profile, Provenance, SearchEntry, SplitEntry};
use crate::trust::{Holdout, Method, Split};
use crate::warning::{Warning, losers, rescaled, rounded};

pub use settings::{Judging, Settings};

use folds::cross_fit;
use judge::{gain, judge, taken_apart};
use judgement::Judge;
use scorer::{Reported, Scorer, Side};

/// What [`optimize`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimized {
    /// The frontier, ready to be written.
    pub frontier: Frontier,
    /// Which of its points was chosen, or why none.
    pub chosen: std::result::Result<usize, NoChoice>,
    /// A close look at the chosen cascade.
    pub diagnostics: Option<Diagnostics>,
    /// Which of the pool's models the choice is measured against.
    pub reference: Option<usize>,
    /// What the chosen cascade did, on the held-out samples where there are any.
    pub profile: Option<Profile>,
    /// What the user should know about the data.
    pub warnings: Vec<Warning>,
}

/// Why no cascade was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NoChoice {
    /// None keeps to the limits.
    Unmet(Unmet),
    /// None of those within the limits could be certified; see [`Frontier::guarantee`].
    NotCertified,
}

/// Searches `pool` for its frontier.
///
/// # Errors
/// [`Error::Option`](crate::Error::Option) for settings out of range, and what [`Pool::read`] finds
/// wrong with the files.
pub fn optimize(pool: &Pool, settings: &Settings, observer: &dyn Observer) -> Result<Optimized> {
    let options = settings.options.clone().check()?;
    let scope = &settings.options.scope;
    settings.goal.check(pool.models().iter().map(|model| model.name.as_str()))?;
    settings.judging.check()?;
    let split = settings.holdout.split(pool, settings.seed)?;
    certify::check(settings, pool, split.holdout.len())?;
    calibration::check(settings)?;
    let fits = if scope.fit == Fit::RAW { 0 } else { pool.samples() };
    let samples = fits + pool.samples() + settings.holdout_pool().map_or(0, Pool::samples);
    let groups = pool.groups()?;
    if let (Some(least), None) = (settings.goal.min_group_accuracy, &groups) {
        let expected = "a column \"group\" in the predictions or labels";
        return Err(Error::option(
            "--min-group-accuracy",
            expected,
            format!("{least} and no such column"),
        ));
    }
    let reported_groups = match settings.holdout_pool() {
        Some(other) => other.groups()?,
        None => groups.clone(),
    };
    let on_chunk = reading(observer, samples);
    let shortlist = shortlist(pool, settings, &split.tuning)?;
    let mut keys = match &shortlist {
        None => scope.signal_keys(pool),
        Some(shortlist) => shortlist.signal_keys(pool, scope),
    };
    keys.extend(certify::signal_keys(settings, pool));
    keys.extend(calibration::signal_keys(settings, pool));
    let keys = scope.fitted_keys(keys);
    let calibration = calibrate(pool, &keys, &split.tuning, settings.seed, &on_chunk)?;
    let mixes = &calibration.mixes;
    let other = settings.holdout_pool();
    // The models of both pools have the same names, and so the same places.
    let others = other.map(|other| Signals::compute_mixed(other, keys.clone(), mixes, &on_chunk));
    let others = others.transpose()?;
    let signals = Signals::compute_mixed(pool, keys, mixes, &on_chunk)?;
    let outcome = match &shortlist {
        None => search(&Space::new(pool, &signals, scope, &split.tuning), &options, observer),
        Some(shortlist) => {
            let space = shortlist.space(pool, &signals, scope, &split.tuning);
            search(&space, &options, observer).heuristic()
        }
    };

    let reported = match (&settings.holdout, other.zip(others.as_ref())) {
        (_, Some((other, signals))) => {
            let everyone = Split::all(other.samples()).tuning;
            Reported::On(Method::Pool, Side::new(other, signals, everyone))
        }
        (Holdout::Folds(count), _) => {
            let (what, draw) = ((scope, &options), (*count, settings.seed));
            Reported::CrossFitted(cross_fit(pool, &signals, what, draw, observer)?)
        }
        _ if split.holdout.is_empty() => Reported::Nothing,
        (holdout, _) => Reported::On(holdout.method(), Side::new(pool, &signals, split.holdout)),
    };
    let scorer =
        Scorer::new(scope, Side::new(pool, &signals, split.tuning), reported, groups.as_ref());
    let models = (0..pool.models().len()).map(|model| scorer.model(model));
    let (models, models_seen) = taken_apart(models.collect(), &scorer);
    let singles: Vec<Single<'_>> = models.iter().map(Single::from).collect();
    let merits: Vec<Merit> = outcome.frontier.par_iter().map(|found| scorer.merit(found)).collect();
    let (mut limits, mut reference) = settings.goal.limits(&singles);
    let (chosen, certification) = match (&settings.guarantee, &scorer.reported) {
        (Some(claim), Reported::On(_, held)) => {
            let baseline = certify::baseline(&claim.statement, &singles);
            if settings.goal.match_model.is_none() {
                // No model is to be matched unless the user says so.
                limits.min_accuracy = settings.goal.min_accuracy;
                reference = baseline.or(reference);
            }
            let baseline = baseline.map(|model| (singles[model].name, model));
            let found = &outcome.frontier;
            certify::choose(&scorer.tuning, held, (found, &merits), &limits, claim, baseline)
        }
        _ => (choose(&merits, &limits).map_err(NoChoice::Unmet), None),
    };

    let chosen_cascade = chosen.as_ref().ok().map(|&at| &outcome.frontier[at].cascade);
    let diagnostics = chosen_cascade.and_then(|cascade| scorer.diagnostics(cascade));

    // Where nothing was chosen, what would be if nothing had been asked for.
    let max_worst_case_cost = settings.goal.max_worst_case_cost;
    let (unasked, _) = Goal { max_worst_case_cost, ..Goal::default() }.limits(&singles);
    let judged = chosen.as_ref().ok().copied().or_else(|| choose(&merits, &unasked).ok());

    // Whatever is chosen or shown is taken from the whole frontier, and stays when it is thinned.
    let shown = singles.iter().map(|single| similar(&merits, single));
    let mut pinned: BTreeSet<usize> = shown.flat_map(|s| [s.cost, s.accuracy]).flatten().collect();
    pinned.extend(judged);
    let keep = if settings.max_points == 0 { usize::MAX } else { settings.max_points };
    let places: Vec<(f64, f64)> = merits.iter().map(|merit| (merit.cost, merit.accuracy)).collect();
    let kept = thin(&places, keep, &pinned);
    let points = kept.par_iter().map(|&at| scorer.point(&outcome.frontier[at].cascade));
    let (mut points, points_seen) = taken_apart(points.collect(), &scorer);
    let profile = chosen.as_ref().ok();
    let profile = profile.and_then(|&at| scorer.profile(&outcome.frontier[at].cascade));
    let judgement = judged.zip(reference).map(|(judged, reference)| -> Result<_> {
        let limit = scope.max_worst_case_cost;
        let cascade = &outcome.frontier[judged].cascade;
        let judge = Judge::new(&scorer, &singles, cascade, reference, limit);
        let point = kept.partition_point(|&at| at < judged);
        let searched = settings.judging.model_values.then_some(&settings.options);
        let models = judge.model_values(&outcome.frontier, searched, observer)?;
        Ok(judge.judgement(point, &settings.judging, reported_groups.as_ref(), models))
    });
    let judgement = judgement.transpose()?;
    let chosen = chosen.map(|chosen| kept.partition_point(|&at| at < chosen));
    let gain = gain(&points, &singles);
    let holdout =
        judge(&mut points, &points_seen, &models_seen, &scorer.reported, gain, settings.seed);

    let mut warnings = rounded(pool);
    warnings.extend(rescaled(pool, &signals));
    warnings.extend(other.zip(others.as_ref()).into_iter().flat_map(|(o, s)| rescaled(o, s)));
    warnings.extend(scorer.reported.stopped(outcome.status));
    let optimism = holdout.as_ref().map(|holdout| holdout.optimism);
    warnings.extend(optimism.filter(|optimism| optimism.is_large).map(Warning::Optimistic));
    warnings.extend(judgement.iter().filter(|_| chosen.is_ok()).flat_map(losers));
    let frontier = Frontier {
        points,
        holdout,
        calibration: calibration::entry(&scorer, pool, &calibration),
        judgement,
        search: SearchEntry {
            status: outcome.status,
            certified_gap: outcome.certified_gap,
            candidates: outcome.candidates,
            evaluated: outcome.evaluated,
            pruned: outcome.pruned,
            points_found: outcome.frontier.len(),
            seconds: outcome.duration.as_secs_f64(),
        },
        pool: PoolEntry {
            cost_unit: pool.cost_unit().to_owned(),
            classes: pool.classes(),
            tuning_samples: scorer.tuning.samples.len(),
            holdout_samples: scorer.reported.samples(),
            models,
        },
        guarantee: certification,
        provenance: Provenance {
            tool: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options: settings.to_json(pool),
            split: SplitEntry::new(&settings.holdout, settings.seed),
            samples: pool.samples(),
            inputs: inputs(pool, other)?,
        },
    };
    Ok(Optimized { frontier, chosen, diagnostics, reference, profile, warnings })
}

/// The committees to search, if there are too many for all of them.
fn shortlist(pool: &Pool, settings: &Settings, tuning: &[u32]) -> Result<Option<Shortlist>> {
    let scope = &settings.options.scope;
    if scope.is_enumerable(pool.models().len(), pool.samples()) {
        return Ok(None);
    }
    if let Holdout::Folds(folds) = settings.holdout {
        // The shortlist has seen every fold.
        let expected = "no folds where there are too many committees to search them all";
        return Err(Error::option("--folds", expected, folds));
    }
    let breadth = Breadth { seed: settings.seed, ..Breadth::default() };
    Shortlist::new(pool, scope, tuning, &breadth).map(Some)
}

fn inputs(pool: &Pool, other: Option<&Pool>) -> Result<Vec<Input>> {
    let entry = |input: InputFile, holdout| Input {
        file: input.path.display().to_string(),
        sha256: input.sha256,
        holdout,
    };
    let mut all: Vec<Input> = pool.inputs()?.into_iter().map(|file| entry(file, false)).collect();
    if let Some(other) = other {
        all.extend(other.inputs()?.into_iter().map(|file| entry(file, true)));
    }
    Ok(all)
}
