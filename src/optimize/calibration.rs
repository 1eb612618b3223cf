//! What was fitted, and what it does to the models' calibration.

use crate::calibrate::Calibration;
use crate::cascade::{Aggregation, Committee, ConfidenceMeasure, Fit};
use crate::pool::Pool;
use crate::signal::SignalKey;
use crate::spec::wire::{CalibratedModel, CalibrationEntry, CalibrationError};

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
/// out; `None` where nothing was.
pub(super) fn entry(
    tuning: &Side<'_>,
    held: Option<&Side<'_>>,
    pool: &Pool,
    calibration: &Calibration,
) -> Option<CalibrationEntry> {
    if calibration.samples == 0 {
        return None;
    }
    let errors = |side: &Side<'_>, model: usize| {
        let before = side.calibration_error(&single(model))?;
        let after = side.calibration_error(&single(model).with(TEMPERATURE))?;
        Some(CalibrationError { before, after })
    };
    let models = pool.models().iter().enumerate().filter_map(|(number, model)| {
        Some(CalibratedModel {
            name: model.name.clone(),
            temperature: calibration.mixes.temperature(number)?,
            tuning: errors(tuning, number)?,
            holdout: held.and_then(|side| errors(side, number)),
        })
    });
    Some(CalibrationEntry { samples: calibration.samples, models: models.collect() })
}
