//! Reading specs and frontiers: from JSON to something that cannot be wrong.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::wire::{FORMAT, Frontier, Point, Spec, VERSION};
use crate::cascade::{Cascade, Committee, Stage};
use crate::error::{Error, Result};
use crate::pool::Pool;

impl Spec {
    /// Reads and checks a spec.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Document`], which names the field.
    pub fn read(path: &Path) -> Result<Self> {
        let spec: Self = read_json(path)?;
        check(&spec.point).map_err(|problem| problem.in_file(path, ""))?;
        if let Some(guarantee) = &spec.guarantee {
            guarantee.check().map_err(|[field, expected, found]| {
                Problem { field, expected, found }.in_file(path, "guarantee.")
            })?;
        }
        Ok(spec)
    }

    /// The cascade in terms of `pool`.
    ///
    /// # Errors
    /// [`Error::Document`] if a model is not in the pool, or the number of classes or the unit of
    /// cost differs. `path` is where the spec was read from.
    pub fn cascade(&self, pool: &Pool, path: &Path) -> Result<Cascade> {
        if self.classes != pool.classes() {
            let expected = format!("the pool's number of classes, {}", pool.classes());
            return Err(Problem::new("classes", expected, self.classes).in_file(path, ""));
        }
        if self.point.cost_unit != pool.cost_unit() {
            let expected = format!("the pool's unit of cost, \"{}\"", pool.cost_unit());
            let found = format!("\"{}\"", self.point.cost_unit);
            return Err(Problem::new("cost_unit", expected, found).in_file(path, ""));
        }
        let names: Vec<&str> = pool.models().iter().map(|model| model.name.as_str()).collect();
        let mut stages = Vec::with_capacity(self.point.stages.len());
        for (number, stage) in self.point.stages.iter().enumerate() {
            let mut models = Vec::with_capacity(stage.models.len());
            for name in &stage.models {
                let known = names.iter().position(|known| known == name).ok_or_else(|| {
                    let expected = format!("models of the pool ({})", names.join(", "));
                    Problem::new(
                        format!("stages[{number}].models"),
                        expected,
                        format!("\"{name}\""),
                    )
                    .in_file(path, "")
                })?;
                models.push(known);
            }
            stages.push(Stage { models: Committee::new(models), threshold: stage.threshold });
        }
        let Point { aggregation, confidence, .. } = self.point;
        Ok(Cascade { aggregation, confidence, stages })
    }
}

impl Frontier {
    /// Reads and checks a frontier.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Document`], which names the field.
    pub fn read(path: &Path) -> Result<Self> {
        let frontier: Self = read_json(path)?;
        for (number, point) in frontier.points.iter().enumerate() {
            let place = format!("points[{number}].");
            check(point).map_err(|problem| problem.in_file(path, &place))?;
        }
        let rises =
            |pair: &[Point]| pair[0].cost <= pair[1].cost && pair[0].accuracy <= pair[1].accuracy;
        if let Some(number) = frontier.points.windows(2).position(|pair| !rises(pair)) {
            let expected = "points that rise in cost and accuracy";
            let found = format!("point {} out of order", number + 1);
            return Err(Problem::new("points", expected, found).in_file(path, ""));
        }
        Ok(frontier)
    }
}

/// A field that is not what it should be.
struct Problem {
    field: String,
    expected: String,
    found: String,
}

impl Problem {
    fn new(
        field: impl Into<String>,
        expected: impl Into<String>,
        found: impl std::fmt::Display,
    ) -> Self {
        Self { field: field.into(), expected: expected.into(), found: found.to_string() }
    }

    fn in_file(self, path: &Path, place: &str) -> Error {
        let field = format!("{place}{}", self.field);
        Error::Document { path: path.to_owned(), field, expected: self.expected, found: self.found }
    }
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    serde_json::from_slice(&text).map_err(|source| Error::Json { path: path.to_owned(), source })
}

/// Checks what the types do not rule out.
fn check(point: &Point) -> Result<(), Problem> {
    if point.format != FORMAT {
        return Err(Problem::new(
            "format",
            format!("\"{FORMAT}\""),
            format!("\"{}\"", point.format),
        ));
    }
    if point.version != VERSION {
        return Err(Problem::new("version", VERSION.to_string(), point.version));
    }
    let Some(last) = point.stages.len().checked_sub(1) else {
        return Err(Problem::new("stages", "at least one stage", "none"));
    };
    let mut seen = BTreeSet::new();
    for (number, stage) in point.stages.iter().enumerate() {
        let field = |name: &str| format!("stages[{number}].{name}");
        match stage.threshold {
            None if number < last => {
                return Err(Problem::new(
                    field("threshold"),
                    "a number before the last stage",
                    "null",
                ));
            }
            Some(threshold) if number == last => {
                return Err(Problem::new(field("threshold"), "null at the last stage", threshold));
            }
            _ => {}
        }
        if stage.models.is_empty() {
            return Err(Problem::new(field("models"), "at least one model", "none"));
        }
        for name in &stage.models {
            if !seen.insert(name) {
                let found = format!("\"{name}\" twice");
                return Err(Problem::new(field("models"), "each model once", found));
            }
            if !point.model_costs.get(name).is_some_and(|cost| *cost >= 0.0) {
                let found = format!("none for \"{name}\"");
                return Err(Problem::new(
                    "model_costs",
                    "a cost of at least 0 for every model",
                    found,
                ));
            }
        }
        if point.aggregation == crate::cascade::Aggregation::Last && stage.models.len() > 1 {
            let found = stage.models.len();
            return Err(Problem::new(field("models"), "one model a stage under \"last\"", found));
        }
    }
    Ok(())
}
