//! Fitted numbers, as specs carry them.

use std::collections::BTreeMap;

use super::validate::Problem;
use super::wire::{FITTED_VERSION, Point, StageEntry, VERSION};
use crate::calibrate::{COMMITTEE_TEMPERATURES, MODEL_TEMPERATURES};
use crate::cascade::{Aggregation, Fit, Mix, Temperatures};

/// How far from 1 the sum of weights may be.
const SUM: f64 = 1e-6;

impl Point {
    /// What was fitted.
    pub fn fit(&self) -> Fit {
        Fit {
            temperature: self.temperatures.is_some(),
            weights: self.stages.iter().any(|stage| stage.weights.is_some()),
        }
    }

    /// The version of the format that says so.
    pub(crate) fn version_needed(&self) -> u32 {
        let fitted = |stage: &StageEntry| stage.temperature.is_some() || stage.weights.is_some();
        let raw = self.temperatures.is_none() && !self.stages.iter().any(fitted);
        if raw { VERSION } else { FITTED_VERSION }
    }

    /// The names of the models that decide at each stage, ascending.
    fn heard(&self) -> Vec<Vec<&str>> {
        let mut run: Vec<&str> = vec![];
        let stages = self.stages.iter().map(|stage| {
            if self.aggregation == Aggregation::Last {
                run.clear();
            }
            run.extend(stage.models.iter().map(String::as_str));
            run.sort_unstable();
            run.clone()
        });
        stages.collect()
    }

    /// How scores are combined at each stage, in ascending order of the models' names. The point was
    /// checked.
    pub(crate) fn mixes(&self) -> Vec<Mix> {
        let of = |all: &BTreeMap<String, f64>, names: &[&str]| -> Vec<f64> {
            names.iter().filter_map(|&name| all.get(name).copied()).collect()
        };
        let mix =
            |(stage, names): (&StageEntry, Vec<&str>)| Mix {
                temperatures: self.temperatures.as_ref().zip(stage.temperature).map(
                    |(models, committee)| Temperatures { models: of(models, &names), committee },
                ),
                weights: stage.weights.as_ref().map(|weights| of(weights, &names)),
            };
        self.stages.iter().zip(self.heard()).map(mix).collect()
    }
}

/// Checks the version and the fitted numbers of a point whose stages are sound.
pub(super) fn check(point: &Point) -> Result<(), Problem> {
    if point.version != point.version_needed() {
        let expected = match point.version_needed() {
            VERSION => format!("{VERSION}, as there are no temperatures and no weights"),
            fitted => format!("{fitted}, as there are temperatures or weights"),
        };
        return Err(Problem::new("version", expected, point.version));
    }
    let heard = point.heard();
    let all: Vec<&str> =
        point.stages.iter().flat_map(|stage| &stage.models).map(String::as_str).collect();
    if let Some(temperatures) = &point.temperatures {
        one_for_each("temperatures", temperatures, &all)?;
        for (name, &temperature) in temperatures {
            within(&format!("temperatures.{name}"), temperature, MODEL_TEMPERATURES)?;
        }
    }
    let weighted = point.fit().weights;
    for (number, (stage, heard)) in point.stages.iter().zip(heard).enumerate() {
        let field = |name: &str| format!("stages[{number}].{name}");
        match (point.temperatures.is_some(), stage.temperature) {
            (true, Some(temperature)) => {
                within(&field("temperature"), temperature, COMMITTEE_TEMPERATURES)?;
            }
            (true, None) => {
                let expected = "a number, as models have temperatures";
                return Err(Problem::new(field("temperature"), expected, "none"));
            }
            (false, Some(temperature)) => {
                let expected = "none, as models have no temperatures";
                return Err(Problem::new(field("temperature"), expected, temperature));
            }
            (false, None) => {}
        }
        match &stage.weights {
            None if weighted => {
                let expected = "weights, as other stages have them";
                return Err(Problem::new(field("weights"), expected, "none"));
            }
            Some(_) if point.aggregation == Aggregation::Last => {
                let expected = "none under \"last\", where models are heard alone";
                return Err(Problem::new(field("weights"), expected, "some"));
            }
            Some(weights) => check_weights(&field("weights"), weights, &heard)?,
            None => {}
        }
    }
    Ok(())
}

fn check_weights(
    field: &str,
    weights: &BTreeMap<String, f64>,
    heard: &[&str],
) -> Result<(), Problem> {
    one_for_each(field, weights, heard)?;
    for (name, &weight) in weights {
        within(&format!("{field}.{name}"), weight, (0.0, 1.0))?;
    }
    let sum: f64 = weights.values().sum();
    if (sum - 1.0).abs() > SUM {
        return Err(Problem::new(field, "weights that sum to 1", format!("a sum of {sum}")));
    }
    Ok(())
}

/// Checks that `numbers` has one for each of `models`, and no others.
fn one_for_each(
    field: &str,
    numbers: &BTreeMap<String, f64>,
    models: &[&str],
) -> Result<(), Problem> {
    let expected = || format!("one number for each of {}", models.join(", "));
    if let Some(missing) = models.iter().find(|&&model| !numbers.contains_key(model)) {
        return Err(Problem::new(field, expected(), format!("none for {missing:?}")));
    }
    match numbers.keys().find(|name| !models.contains(&name.as_str())) {
        Some(extra) => Err(Problem::new(field, expected(), format!("one for {extra:?}"))),
        None => Ok(()),
    }
}

fn within(field: &str, number: f64, (low, high): (f64, f64)) -> Result<(), Problem> {
    if (low..=high).contains(&number) {
        return Ok(());
    }
    Err(Problem::new(field, format!("a number from {low} to {high}"), number))
}
