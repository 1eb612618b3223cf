//! What was fitted, and what it does to the models' calibration.

use crate::calibrate::Calibration;
use crate::cascade::{Aggregation, Cascade, Committee, ConfidenceMeasure, Fit};
use crate::error::Result;
use crate::pool::Pool;
use crate::signal::{Mixes, SignalKey};
use crate::spec::wire::{CalibratedModel, CalibratedStage, CalibrationEntry, CalibrationError};
use crate::warning::Warning;

use super::Settings;
use super::side::Side;

const TEMPERATURE: Fit = Fit { temperature: true, weights: false };

/// Every model on its own, as it is and, where temperatures are fitted, at its own.
pub(super) fn signal_keys(settings: &Settings, pool: &Pool) -> Vec<SignalKey> {
    if !settings.options.scope.fit.temperature {
        return vec![];
    }
    (0..pool.models().len()).map(single).collect()
}

fn single(model: usize) -> SignalKey {
    let committee = Committee::new(vec![model]);
    SignalKey::new(Aggregation::Last, ConfidenceMeasure::MaxProb, committee)
}

/// What was fitted, for the frontier's file, and what it does on the samples that tuned and on those held
/// out, to the models and to the `chosen` cascade; `None` where nothing was.
///
/// # Errors
/// What [`Pool::read`] finds wrong.
pub(super) fn entry(
    tuning: &Side<'_>,
    held: Option<&Side<'_>>,
    calibration: &Calibration,
    chosen: Option<&Cascade>,
) -> Result<Option<CalibrationEntry>> {
    if calibration.samples == 0 {
        return Ok(None);
    }
    let models = tuning.pool.models().iter().enumerate().filter_map(|(number, model)| {
        let key = single(number);
        Some(CalibratedModel {
            name: model.name.clone(),
            temperature: calibration.mixes.temperature(number)?,
            tuning: errors(tuning, &key, TEMPERATURE)?,
            holdout: held.and_then(|side| errors(side, &key, TEMPERATURE)),
        })
    });
    let models = models.collect();
    let stages = match chosen.filter(|cascade| cascade.fit() != Fit::RAW) {
        Some(cascade) => stages(tuning, held, &calibration.mixes, cascade)?,
        None => vec![],
    };
    Ok(Some(CalibrationEntry { samples: calibration.samples, models, stages }))
}

/// The calibration error of a signal as it is, and with what was fitted; if both were computed.
fn errors(side: &Side<'_>, key: &SignalKey, fit: Fit) -> Option<CalibrationError> {
    let before = side.calibration_error(key)?;
    let after = side.calibration_error(&key.clone().with(fit))?;
    Some(CalibrationError { before, after })
}

/// The stages of a cascade that uses what was fitted.
fn stages(
    tuning: &Side<'_>,
    held: Option<&Side<'_>>,
    mixes: &Mixes,
    cascade: &Cascade,
) -> Result<Vec<CalibratedStage>> {
    let key = |heard| SignalKey::new(cascade.aggregation, ConfidenceMeasure::MaxProb, heard);
    let keys: Vec<SignalKey> = cascade.heard().into_iter().map(key).collect();
    let fit = cascade.fit();
    let all = keys.iter().flat_map(|key| [key.clone(), key.clone().with(fit)]);
    let all: Vec<SignalKey> = all.collect();
    let tuning = tuning.seeing(&all, mixes)?;
    let held = held.map(|side| side.seeing(&all, mixes)).transpose()?;
    let stage = |key: &SignalKey| {
        let models = key.committee().models().iter();
        Some(CalibratedStage {
            models: models.map(|&model| tuning.pool.models()[model].name.clone()).collect(),
            tuning: errors(&tuning, key, fit)?,
            holdout: held.as_ref().and_then(|side| errors(side, key, fit)),
        })
    };
    Ok(keys.iter().filter_map(stage).collect())
}

/// Calibration error that a temperature may add before it is warned of.
const WORSE: f64 = 0.01;

/// What temperatures do to models that they were to calibrate.
pub(super) fn miscalibrated(calibration: &CalibrationEntry) -> Option<Warning> {
    let models = calibration.models.iter().filter_map(|model| {
        let errors = model.holdout.unwrap_or(model.tuning);
        let is_worse = errors.after > errors.before + WORSE;
        is_worse.then(|| (model.name.clone(), errors.before, errors.after))
    });
    let models: Vec<_> = models.collect();
    (!models.is_empty()).then_some(Warning::Miscalibrated(models))
}
