//! What was fitted, and what it does to the models' calibration.

use crate::calibrate::Calibration;
use crate::cascade::{Aggregation, Cascade, Committee, ConfidenceMeasure, Fit};
use crate::pool::Pool;
use crate::signal::SignalKey;
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
pub(super) fn entry(
    tuning: &Side<'_>,
    held: Option<&Side<'_>>,
    calibration: &Calibration,
    chosen: Option<&Cascade>,
) -> Option<CalibrationEntry> {
    if calibration.samples == 0 {
        return None;
    }
    let pool = tuning.pool;
    let errors = |side: &Side<'_>, key: &SignalKey, fit: Fit| {
        let before = side.calibration_error(key)?;
        let after = side.calibration_error(&key.clone().with(fit))?;
        Some(CalibrationError { before, after })
    };
    let models = pool.models().iter().enumerate().filter_map(|(number, model)| {
        let key = single(number);
        Some(CalibratedModel {
            name: model.name.clone(),
            temperature: calibration.mixes.temperature(number)?,
            tuning: errors(tuning, &key, TEMPERATURE)?,
            holdout: held.and_then(|side| errors(side, &key, TEMPERATURE)),
        })
    });
    let fitted = chosen.filter(|cascade| cascade.fit() != Fit::RAW);
    // All stages or none: where another measure was searched, only some may have what it takes.
    let stages = fitted.and_then(|cascade| {
        let stage = |heard: Committee| {
            let models = heard.models().iter().map(|&model| pool.models()[model].name.clone());
            let models = models.collect();
            let key = SignalKey::new(cascade.aggregation, ConfidenceMeasure::MaxProb, heard);
            Some(CalibratedStage {
                models,
                tuning: errors(tuning, &key, cascade.fit())?,
                holdout: held.and_then(|side| errors(side, &key, cascade.fit())),
            })
        };
        cascade.heard().into_iter().map(stage).collect::<Option<Vec<_>>>()
    });
    let (models, stages) = (models.collect(), stages.unwrap_or_default());
    Some(CalibrationEntry { samples: calibration.samples, models, stages })
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
