//! What is said of fitted temperatures and weights.

use super::layout::{filled, table};
use super::text::percent;
use crate::cascade::Fit;
use crate::counted::counted;
use crate::spec::wire::{CalibrationEntry, CalibrationError, Frontier};

/// The models' temperatures and calibration errors, those of the chosen cascade's stages, and how much of
/// the frontier uses what was fitted; `None` where nothing was.
pub fn calibrated(frontier: &Frontier) -> Option<String> {
    let entry = frontier.calibration.as_ref()?;
    let used = filled("", &used(frontier)?, "  ");
    let parts = [temperatures(entry), stages(entry), Some(used)];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

/// What was fitted, to how many samples, and how much of the frontier uses it.
pub(super) fn used(frontier: &Frontier) -> Option<String> {
    let CalibrationEntry { samples, models, .. } = frontier.calibration.as_ref()?;
    let weights = frontier.provenance.options.get("weights").and_then(|it| it.as_bool());
    let what = match (models.is_empty(), weights) {
        (false, Some(true)) => "temperatures and weights",
        (false, _) => "temperatures",
        (true, _) => "weights",
    };
    let fitted = frontier.points.iter().filter(|point| point.fit() != Fit::RAW).count();
    Some(format!(
        "{what}, fitted to {}, are used by {fitted} of {} of the frontier",
        counted(*samples, "tuning sample"),
        counted(frontier.points.len(), "point"),
    ))
}

/// Without what was fitted and with it.
fn errors(error: CalibrationError) -> [String; 2] {
    [percent(error.before), percent(error.after)]
}

fn on(holdout: Option<CalibrationError>) -> &'static str {
    if holdout.is_some() { "held-out" } else { "tuning" }
}

fn temperatures(calibration: &CalibrationEntry) -> Option<String> {
    let on = on(calibration.models.first()?.holdout);
    let rows = calibration.models.iter().map(|model| {
        let [before, after] = errors(model.holdout.unwrap_or(model.tuning));
        vec![model.name.clone(), model.temperature.to_string(), before, after]
    });
    let header = ["model", "temperature", "ECE before", "after"];
    let rows = table(&header, rows.collect());
    Some(format!("temperatures of the models, and calibration error on {on} samples\n{rows}"))
}

fn stages(calibration: &CalibrationEntry) -> Option<String> {
    let on = on(calibration.stages.first()?.holdout);
    let rows = calibration.stages.iter().zip(1..).map(|(stage, number)| {
        let [before, after] = errors(stage.holdout.unwrap_or(stage.tuning));
        vec![format!("[{number}] {}", stage.models.join(" + ")), before, after]
    });
    let rows = table(&["heard at stage", "ECE before", "after"], rows.collect());
    Some(format!("stages of the chosen cascade, calibration error on {on} samples\n{rows}"))
}
