//! What has to hold in a spec or a frontier beyond the types of its fields.

use std::collections::BTreeSet;

use serde_json::Value;

use super::mixing;
use super::wire::{
    FITTED_VERSION, FORMAT, Frontier, Held, Point, Profile, Spec, StageEntry, VERSION,
};
use crate::cascade::Aggregation;
use crate::counted::counted;
use crate::hint::hint;
use crate::trust::Interval;

/// A field that is not what it should be.
#[derive(Debug, PartialEq)]
pub(super) struct Problem {
    /// As a path from the top.
    pub field: String,
    pub expected: String,
    pub found: String,
}

impl Problem {
    pub fn new(
        field: impl Into<String>,
        expected: impl Into<String>,
        found: impl std::fmt::Display,
    ) -> Self {
        Self { field: field.into(), expected: expected.into(), found: found.to_string() }
    }

    /// The same problem of a field further down.
    pub fn within(self, place: &str) -> Self {
        Self { field: format!("{place}.{}", self.field), ..self }
    }
}

/// Checks the format and its version, before anything else may be misread.
pub(super) fn check_version(point: &Value) -> Result<(), Problem> {
    match point.get("format") {
        Some(format) if format != FORMAT => {
            return Err(Problem::new("format", format!("\"{FORMAT}\""), format));
        }
        _ => {}
    }
    match point.get("version") {
        Some(version) if *version != VERSION && *version != FITTED_VERSION => {
            let expected =
                format!("{VERSION} or {FITTED_VERSION}, the versions that this program reads");
            Err(Problem::new("version", expected, version))
        }
        _ => Ok(()),
    }
}

/// Sees that stages say their thresholds: read, one that is missing cannot be told from null, which the last
/// stage may leave out.
pub(super) fn check_thresholds(point: &Value) -> Result<(), Problem> {
    let stages = point.get("stages").and_then(Value::as_array);
    let gates = stages.and_then(|stages| stages.split_last()).map_or(&[][..], |(_, gates)| gates);
    let lacks = |stage: &Value| stage.as_object().is_some_and(|it| !it.contains_key("threshold"));
    match gates.iter().position(lacks) {
        None => Ok(()),
        Some(number) => {
            let field = format!("stages[{number}].threshold");
            Err(Problem::new(field, "a number before the last stage", "no such field"))
        }
    }
}

pub(super) fn check_spec(spec: &Spec) -> Result<(), Problem> {
    check_point(&spec.point)?;
    at_least_two("classes", spec.classes)?;
    if let Some(profile) = &spec.profile {
        check_profile(profile, spec.point.stages.len())
            .map_err(|problem| problem.within("profile"))?;
    }
    if let Some(guarantee) = &spec.guarantee {
        guarantee.check().map_err(|problem| problem.within("guarantee"))?;
    }
    check_share("holdout", spec.provenance.split.holdout)
        .map_err(|problem| problem.within("provenance.split"))
}

pub(super) fn check_frontier(frontier: &Frontier) -> Result<(), Problem> {
    at_least_two("pool.classes", frontier.pool.classes)?;
    for (number, model) in frontier.pool.models.iter().enumerate() {
        let place = format!("pool.models[{number}]");
        check_figures(model.cost, model.accuracy, model.holdout.as_ref())
            .map_err(|problem| problem.within(&place))?;
    }
    let names: Vec<&str> = frontier.pool.models.iter().map(|model| model.name.as_str()).collect();
    for (number, point) in frontier.points.iter().enumerate() {
        let place = format!("points[{number}]");
        check_point(point).map_err(|problem| problem.within(&place))?;
        if let Some(name) = point.models().find(|name| !names.contains(name)) {
            let expected = format!("models of `pool.models` ({})", names.join(", "));
            let found = format!("\"{name}\"{}", hint(name, &names));
            return Err(Problem::new(format!("{place}.stages"), expected, found));
        }
    }
    if let Some(certification) = &frontier.guarantee {
        certification.check().map_err(|problem| problem.within("guarantee"))?;
        if let Some((test, name)) = certification.baselines().find(|it| !names.contains(&it.1)) {
            let expected = format!("a model of `pool.models` ({})", names.join(", "));
            let found = format!("\"{name}\"{}", hint(name, &names));
            return Err(Problem::new(format!("guarantee.{test}.baseline"), expected, found));
        }
    }
    let rises = |(a, b): &(&Point, &Point)| a.cost <= b.cost && a.accuracy <= b.accuracy;
    let mut pairs = frontier.points.iter().zip(frontier.points.iter().skip(1));
    match pairs.position(|pair| !rises(&pair)) {
        Some(number) => Err(Problem::new(
            "points",
            "points that rise in cost and accuracy",
            format!("point {} out of order", number + 1),
        )),
        None => Ok(()),
    }
}

fn check_point(point: &Point) -> Result<(), Problem> {
    if point.format != FORMAT {
        let found = format!("\"{}\"", point.format);
        return Err(Problem::new("format", format!("\"{FORMAT}\""), found));
    }
    let Some(last) = point.stages.len().checked_sub(1) else {
        return Err(Problem::new("stages", "at least one stage", "none"));
    };
    let mut seen = BTreeSet::new();
    for (number, stage) in point.stages.iter().enumerate() {
        check_stage(stage, point, number == last, &mut seen)
            .map_err(|problem| problem.within(&format!("stages[{number}]")))?;
    }
    mixing::check(point)?;
    let cost_of = |name: &str| point.model_costs.get(name);
    if let Some(name) = point.models().find(|name| cost_of(name).is_none()) {
        let expected = "a cost for every model of the stages";
        return Err(Problem::new("model_costs", expected, format!("none for \"{name}\"")));
    }
    for (name, &cost) in &point.model_costs {
        check_cost(name, cost).map_err(|problem| problem.within("model_costs"))?;
    }
    check_cost("worst_case_cost", point.worst_case_cost)?;
    check_figures(point.cost, point.accuracy, point.holdout.as_ref())
}

fn check_stage<'a>(
    stage: &'a StageEntry,
    point: &Point,
    is_last: bool,
    seen: &mut BTreeSet<&'a str>,
) -> Result<(), Problem> {
    match stage.threshold {
        None if !is_last => {
            return Err(Problem::new("threshold", "a number before the last stage", "null"));
        }
        Some(threshold) if is_last => {
            return Err(Problem::new("threshold", "null at the last stage", threshold));
        }
        Some(threshold) if !threshold.is_finite() => {
            return Err(Problem::new("threshold", "a finite number", threshold));
        }
        _ => {}
    }
    if stage.models.is_empty() {
        return Err(Problem::new("models", "at least one model", "none"));
    }
    if let Some(name) = stage.models.iter().find(|name| !seen.insert(name)) {
        return Err(Problem::new("models", "each model once", format!("\"{name}\" twice")));
    }
    if point.aggregation == Aggregation::Last && stage.models.len() > 1 {
        let expected = "one model a stage under \"last\"";
        return Err(Problem::new("models", expected, stage.models.len()));
    }
    check_share("exit_fraction", stage.exit_fraction)
}

fn check_figures(cost: f64, accuracy: f64, holdout: Option<&Held>) -> Result<(), Problem> {
    check_cost("cost", cost)?;
    check_share("accuracy", accuracy)?;
    holdout.map_or(Ok(()), |held| check_held(held).map_err(|problem| problem.within("holdout")))
}

fn check_held(held: &Held) -> Result<(), Problem> {
    check_cost("cost", held.cost)?;
    check_share("accuracy", held.accuracy)?;
    if held.samples == 0 {
        return Err(Problem::new("samples", "at least 1", 0));
    }
    check_interval("accuracy_interval", held.accuracy_interval, 1.0)?;
    if let Some(band) = held.accuracy_band {
        check_interval("accuracy_band", band, 1.0)?;
    }
    held.cost_interval.map_or(Ok(()), |i| check_interval("cost_interval", i, f64::MAX))
}

fn check_interval(field: &str, interval: Interval, most: f64) -> Result<(), Problem> {
    let Interval(low, high) = interval;
    if 0.0 <= low && low <= high && high <= most {
        return Ok(());
    }
    let expected = match most {
        1.0 => "two ascending shares from 0 to 1",
        _ => "two ascending numbers of at least 0",
    };
    Err(Problem::new(field, expected, format!("[{low}, {high}]")))
}

/// Checks that a profile has `stages` stages, each with cuts and counts that ascend, and that no
/// stage gets more samples than the one before.
fn check_profile(profile: &Profile, stages: usize) -> Result<(), Problem> {
    if profile.stages.len() != stages {
        let expected = format!("one for each of the {}", counted(stages, "stage"));
        return Err(Problem::new("stages", expected, profile.stages.len()));
    }
    let mut most = u32::MAX;
    for (number, stage) in profile.stages.iter().enumerate() {
        let field = |name: &str| format!("stages[{number}].{name}");
        if stage.samples > most {
            let expected = format!("at most the {most} of the stage before");
            return Err(Problem::new(field("samples"), expected, stage.samples));
        }
        most = stage.samples;
        if !stage.cuts.iter().zip(stage.cuts.iter().skip(1)).all(|(a, b)| a < b) {
            return Err(Problem::new(field("cuts"), "ascending numbers", "others"));
        }
        let all = stage.below.iter().chain([&stage.samples]);
        let ascend = stage.below.iter().zip(all.skip(1)).all(|(a, b)| a <= b);
        if stage.below.len() != stage.cuts.len() || !ascend {
            let expected = "one count for each cut, ascending to at most `samples`";
            return Err(Problem::new(field("below"), expected, "others"));
        }
    }
    Ok(())
}

fn check_cost(field: &str, cost: f64) -> Result<(), Problem> {
    if cost.is_finite() && cost >= 0.0 {
        return Ok(());
    }
    Err(Problem::new(field, "a number of at least 0", cost))
}

fn check_share(field: &str, share: f64) -> Result<(), Problem> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(Problem::new(field, "a share from 0 to 1", share))
}

fn at_least_two(field: &str, classes: usize) -> Result<(), Problem> {
    if classes >= 2 {
        return Ok(());
    }
    Err(Problem::new(field, "at least 2", classes))
}
