//! The last step of a run: everything that is said of the frontier and of the choice.

use super::choice::Choice;
use super::find::Findings;
use super::gather::{Gathered, Other};
use super::judge::{gain, judge};
use super::judgement::Judge;
use super::overlap::copies;
use super::thinned::Thinned;
use super::{Optimized, calibration};
use crate::cascade::Cascade;
use crate::error::Result;
use crate::pool::{InputFile, Pool};
use crate::search::Observer;
use crate::spec::wire::{
    Frontier, HeldFrontier, Input, Point, PoolEntry, Provenance, SearchEntry, SplitEntry,
};
use crate::trust::{Holdout, Judgement, Optimism, Split};
use crate::warning::{Warning, losers, missed, rescaled, rounded};

/// Puts together what a run found.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if an input cannot be hashed; and those of a search without a model.
pub(super) fn report(
    gathered: &Gathered<'_>,
    findings: &Findings<'_>,
    choice: Choice,
    observer: &dyn Observer,
) -> Result<Optimized> {
    let Gathered { pool, settings, .. } = gathered;
    let Findings { outcome, scorer, .. } = findings;
    let singles = findings.singles();
    let Thinned { kept, mut points, kept_seen, weighed, weighed_seen } =
        Thinned::new(findings, &choice, settings.max_points);
    let place = |at: usize| kept.partition_point(|&kept| kept < at);
    let judgement = judgement(gathered, findings, &choice, place, observer)?;
    let gain = gain(weighed.iter().map(|&at| &findings.merits[at]), &singles);
    let (models, reported) = (&findings.models_seen, &scorer.reported);
    let holdout =
        judge(&mut points, &kept_seen, &weighed_seen, models, reported, gain, settings.seed);

    let chosen: Option<&Cascade> =
        choice.chosen.as_ref().ok().map(|&at| &outcome.frontier[at].cascade);
    let diagnostics = chosen.and_then(|cascade| scorer.diagnostics(cascade));
    let profile = chosen.and_then(|cascade| scorer.profile(cascade));
    let calibration =
        calibration::entry(&scorer.tuning, reported.side(), &gathered.calibration, chosen)?;
    let mut warnings = warnings(gathered, findings, holdout.as_ref());
    warnings.extend(calibration.as_ref().and_then(calibration::miscalibrated));
    let lasting = warnings.iter().map(ToString::to_string).collect();
    warnings.extend(judgement.iter().filter(|_| chosen.is_some()).flat_map(losers));
    let point = choice.chosen.as_ref().ok().map(|&at| &points[place(at)]);
    let missed = |point: &Point| missed(&settings.goal, point, judgement.as_ref());
    warnings.extend(point.into_iter().flat_map(missed));
    let frontier = Frontier {
        points,
        holdout,
        calibration,
        judgement,
        search: SearchEntry {
            status: outcome.status,
            shortlist: outcome.shortlist,
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
            models: findings.models.clone(),
        },
        guarantee: choice.certification,
        warnings: lasting,
        provenance: provenance(gathered)?,
    };
    let (chosen, reference) = (choice.chosen.map(place), choice.reference);
    Ok(Optimized { frontier, chosen, diagnostics, reference, profile, warnings })
}

/// The judgement on the choice, or on what would be chosen unasked; `place` says where it stands among
/// the points that stay.
fn judgement(
    gathered: &Gathered<'_>,
    findings: &Findings<'_>,
    choice: &Choice,
    place: impl Fn(usize) -> usize,
    observer: &dyn Observer,
) -> Result<Option<Judgement>> {
    let Some((judged, reference)) = choice.judged.zip(choice.reference) else { return Ok(None) };
    let Findings { outcome, scorer, .. } = findings;
    let (settings, singles) = (gathered.settings, findings.singles());
    let limit = settings.options.scope.max_worst_case_cost;
    let cascade = &outcome.frontier[judged].cascade;
    let judge = Judge::new(scorer, &singles, cascade, reference, limit);
    let asked = settings.judging.model_values;
    // A shortlist is one of what serves all models; who leaves would want another.
    let searched = Some(&settings.options).filter(|_| asked || gathered.listed.is_all());
    let models = judge.model_values(&outcome.frontier, searched, asked, observer)?;
    let groups = match &gathered.other {
        Some(other) => other.groups.as_ref(),
        None => gathered.groups.as_ref(),
    };
    Ok(Some(judge.judgement(place(judged), &settings.judging, groups, models)))
}

/// What the user should know of the data and of the frontier as a whole.
fn warnings(
    gathered: &Gathered<'_>,
    findings: &Findings<'_>,
    holdout: Option<&HeldFrontier>,
) -> Vec<Warning> {
    let mut warnings = rounded(gathered.pool);
    warnings.extend(rescaled(gathered.pool, &gathered.signals));
    warnings.extend(gathered.other.iter().flat_map(|other| rescaled(other.pool, &other.signals)));
    let Gathered { pool, settings, split, signals, other, .. } = gathered;
    let (mut tuned, everyone): (&[u32], Vec<u32>);
    tuned = &split.tuning;
    let held = match (&settings.holdout, other) {
        (_, Some(Other { pool, signals, .. })) => {
            everyone = Split::all(pool.samples()).tuning;
            (*pool, signals, &everyone[..])
        }
        // Each sample is held out once.
        (Holdout::Folds(_), None) => (*pool, signals, std::mem::take(&mut tuned)),
        _ => (*pool, signals, &split.holdout[..]),
    };
    let tuned = (*pool, signals, tuned);
    warnings.extend(copies(tuned, held, &settings.options.scope));
    warnings.extend(findings.scorer.reported.fine());
    let has_folds = matches!(gathered.settings.holdout, Holdout::Folds(_));
    let few = findings.scorer.reported.few(findings.scorer.tuning.samples.len());
    warnings.extend(few.filter(|_| !has_folds));
    warnings.extend(findings.scorer.reported.stopped());
    if has_folds && findings.scorer.reported.samples() == 0 {
        warnings.push(Warning::NotCrossFitted);
    }
    let optimism = holdout.map(|holdout| holdout.optimism);
    let is_large = |optimism: &Optimism| optimism.is_large && optimism.gain > 0.0;
    warnings.extend(optimism.filter(is_large).map(Warning::Optimistic));
    warnings
}

fn provenance(gathered: &Gathered<'_>) -> Result<Provenance> {
    let Gathered { pool, settings, .. } = gathered;
    Ok(Provenance {
        tool: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        options: settings.to_json(pool),
        split: SplitEntry::new(&settings.holdout, settings.seed, settings.stratified()),
        samples: pool.samples(),
        inputs: inputs(pool, settings.holdout_pool())?,
    })
}

fn inputs(pool: &Pool, other: Option<&Pool>) -> Result<Vec<Input>> {
    let entry = |file: InputFile, holdout| Input { holdout, ..Input::from(file) };
    let mut all: Vec<Input> = pool.inputs()?.into_iter().map(|file| entry(file, false)).collect();
    if let Some(other) = other {
        all.extend(other.inputs()?.into_iter().map(|file| entry(file, true)));
    }
    Ok(all)
}
