//! Reading specs and frontiers: from JSON to something that cannot be wrong.

use std::io::ErrorKind;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::DocumentKind;
use super::validate::{Problem, check_frontier, check_spec, check_thresholds, check_version};
use super::wire::{Frontier, Point, Spec};
use crate::cascade::{Cascade, Committee, Stage};
use crate::error::{Error, Result};
use crate::hint::{self, hint};
use crate::pool::Pool;

/// What a run calls the spec that it chose.
pub(super) const SPEC_FILE: &str = "cascade.json";

/// What a run calls its frontier.
pub(super) const FRONTIER_FILE: &str = "frontier.json";

impl Spec {
    /// Reads and checks a spec.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::NoJson`] or [`Error::Json`] for what is no JSON,
    /// [`Error::DocumentKind`] for a frontier, and [`Error::Misread`] or [`Error::Document`], which name the field.
    pub fn read(path: &Path) -> Result<Self> {
        Self::from_json(&json(path, &[SPEC_FILE])?, path)
    }

    /// Checks the spec that `document` holds; `path` is where it was read from.
    ///
    /// # Errors
    /// Those of [`read`](Self::read) but for the first two.
    pub fn from_json(document: &Value, path: &Path) -> Result<Self> {
        DocumentKind::Spec.expect(document, path)?;
        check_version(document)
            .and_then(|()| check_thresholds(document))
            .map_err(|problem| problem.in_file(path, ""))?;
        // The point first: within a flattened struct the place of an error would be lost.
        let _: Point = typed(document, path)?;
        let spec: Self = typed(document, path)?;
        check_spec(&spec).map_err(|problem| problem.in_file(path, ""))?;
        Ok(spec)
    }

    /// Checks what the types do not rule out, for a spec that was not read from a file.
    ///
    /// # Errors
    /// [`Error::Field`], which names the field.
    pub fn check(&self) -> Result<()> {
        check_spec(self).map_err(Error::from)
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
        for (number, (stage, mix)) in self.point.stages.iter().zip(self.point.mixes()).enumerate() {
            let mut models = Vec::with_capacity(stage.models.len());
            for name in &stage.models {
                let known = names.iter().position(|known| known == name).ok_or_else(|| {
                    let expected = format!("models of the pool ({})", names.join(", "));
                    let field = format!("stages[{number}].models");
                    // A name that the spec means otherwhere is not meant here.
                    let free =
                        names.iter().filter(|known| self.point.models().all(|m| m != **known));
                    let found = format!("\"{name}\"{}", hint(name, &free.collect::<Vec<_>>()));
                    Problem::new(field, expected, found).in_file(path, "")
                })?;
                models.push(known);
            }
            let (models, threshold) = (Committee::new(models), stage.threshold);
            stages.push(Stage { models, threshold, mix });
        }
        let Point { aggregation, confidence, .. } = self.point;
        Ok(Cascade { aggregation, confidence, stages })
    }
}

impl Frontier {
    /// Reads and checks a frontier.
    ///
    /// # Errors
    /// Those of [`Spec::read`], with [`Error::DocumentKind`] for a spec.
    pub fn read(path: &Path) -> Result<Self> {
        Self::from_json(&json(path, &[FRONTIER_FILE])?, path)
    }

    /// Checks the frontier that `document` holds; `path` is where it was read from.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), but that there is a file of JSON.
    pub fn from_json(document: &Value, path: &Path) -> Result<Self> {
        DocumentKind::Frontier.expect(document, path)?;
        let points = document.get("points").and_then(Value::as_array).into_iter().flatten();
        for (number, point) in points.enumerate() {
            let place = format!("points[{number}].");
            check_version(point)
                .and_then(|()| check_thresholds(point))
                .map_err(|problem| problem.in_file(path, &place))?;
        }
        let frontier: Self = typed(document, path)?;
        check_frontier(&frontier).map_err(|problem| problem.in_file(path, ""))?;
        Ok(frontier)
    }
}

impl Problem {
    pub(super) fn in_file(self, path: &Path, place: &str) -> Error {
        let field = format!("{place}{}", self.field);
        Error::Document { path: path.to_owned(), field, expected: self.expected, found: self.found }
    }
}

impl From<Problem> for Error {
    fn from(Problem { field, expected, found }: Problem) -> Self {
        Self::Field { field, expected, found }
    }
}

/// The JSON in a file that is one of those `names`.
pub(super) fn json(path: &Path, names: &[&str]) -> Result<Value> {
    let no_json = |found, advice| Err(Error::NoJson { path: path.to_owned(), found, advice });
    if path.is_dir() {
        return no_json("a folder", meant(path, names));
    }
    let text = std::fs::read(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => {
            let meant = hint::beside(&path.with_extension("json"), &[]);
            let hint = hint::of_file(meant);
            Error::NoDocument { path: path.to_owned(), names: names.join(" or "), hint }
        }
        _ => Error::Io { path: path.to_owned(), source },
    })?;
    if text.starts_with(PARQUET) {
        return no_json("a Parquet file", meant(path.parent().unwrap_or(Path::new("")), names));
    }
    if text.trim_ascii().is_empty() {
        return no_json("empty", String::new());
    }
    let value: Value = serde_json::from_slice(&text)
        .map_err(|source| Error::Json { path: path.to_owned(), source })?;
    // An array would be taken for the fields of a struct in their order.
    let found = match &value {
        Value::Object(_) => return Ok(value),
        Value::Array(_) => "an array",
        Value::String(_) => "a string",
        Value::Number(_) => "a number",
        Value::Bool(_) => "true or false",
        Value::Null => "null",
    };
    let names = names.join(" or ");
    let message = format!("expected an object, as in a {names}, found {found}");
    Err(Error::Misread { path: path.to_owned(), message })
}

/// How every Parquet file begins.
const PARQUET: &[u8] = b"PAR1";

/// Which of the files `names` to name instead: those that are in `folder`, if there are any.
fn meant(folder: &Path, names: &[&str]) -> String {
    let paths = names.iter().map(|name| folder.join(name));
    let there: Vec<String> =
        paths.filter(|path| path.is_file()).map(|path| path.display().to_string()).collect();
    let meant = if there.is_empty() { names.join(" or ") } else { there.join(" or ") };
    format!(": name {meant}")
}

/// `document` as a `T`, or at which field it is none.
pub(super) fn typed<T: DeserializeOwned>(document: &Value, path: &Path) -> Result<T> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let field = error.path().to_string();
        let place = if field == "." { String::new() } else { format!("{field}: ") };
        let message = place + &in_plain_words(&error.into_inner().to_string());
        Error::Misread { path: path.to_owned(), message }
    })
}

/// What serde says, without the names of Rust's types.
fn in_plain_words(message: &str) -> String {
    let types = [
        ("a map", "an object"),
        ("a sequence", "an array"),
        ("f64", "a number"),
        ("u32", "a whole number of at most 32 bits"),
        ("u64", "a whole number of at most 64 bits"),
        ("usize", "a whole number"),
    ];
    match message.rsplit_once("expected ") {
        None => message.to_owned(),
        Some((found, expected)) => {
            let known = types.iter().find(|(rust, _)| *rust == expected);
            let is_struct = expected.starts_with("struct ");
            let plain = if is_struct { "an object" } else { known.map_or(expected, |(_, p)| *p) };
            format!("{found}expected {plain}")
        }
    }
}
