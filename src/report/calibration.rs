//! What is said of fitted temperatures and weights.

use super::layout::table;
use super::text::percent;
use crate::cascade::Fit;
use crate::counted::counted;
use crate::spec::wire::{CalibrationEntry, Frontier};

/// The models' temperatures and calibration errors, and how much of the frontier uses what was
/// fitted; `None` where nothing was.
pub fn calibrated(frontier: &Frontier) -> Option<String> {
    let used = used(frontier)?;
    let parts = temperatures(frontier.calibration.as_ref()?).into_iter().chain([used]);
    Some(parts.collect::<Vec<_>>().join("\n"))
}

/// What the fits looked at, and how much of the frontier uses them.
pub(super) fn used(frontier: &Frontier) -> Option<String> {
    let samples = frontier.calibration.as_ref()?.samples;
    let fitted = frontier.points.iter().filter(|point| point.fit() != Fit::RAW).count();
    Some(format!(
        "fitted to {}; used by {fitted} of {} of the frontier",
        counted(samples, "tuning sample"),
        counted(frontier.points.len(), "point"),
    ))
}

fn temperatures(calibration: &CalibrationEntry) -> Option<String> {
    let on = match calibration.models.first()?.holdout {
        Some(_) => "held-out",
        None => "tuning",
    };
    let rows = calibration.models.iter().map(|model| {
        let errors = model.holdout.as_ref().unwrap_or(&model.tuning);
        let (before, after) = (percent(errors.before), percent(errors.after));
        vec![model.name.clone(), model.temperature.to_string(), before, after]
    });
    let header = ["model", "temperature", "ECE before", "after"];
    let rows = table(&header, rows.collect());
    Some(format!("temperatures of the models, and calibration error on {on} samples\n{rows}"))
}
