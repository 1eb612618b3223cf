//! The files of a run: what each holds.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::pool::{Values, write_described_table};
use crate::spec::Diagnostics;
use crate::spec::wire::{Frontier, Held, Point, Spec};

/// Something that becomes one file.
pub trait Export {
    /// The file's name within the output folder.
    fn file_name(&self) -> &'static str;

    /// The file's content.
    ///
    /// # Errors
    /// If the content cannot be encoded.
    fn bytes(&self) -> Result<Vec<u8>>;
}

/// `frontier.json`.
pub struct FrontierJson<'a>(pub &'a Frontier);

/// `frontier.parquet`.
pub struct FrontierParquet<'a>(pub &'a Frontier);

/// `frontier.csv`.
pub struct FrontierCsv<'a>(pub &'a Frontier);

/// `diagnostics.json`.
pub struct DiagnosticsJson<'a>(pub &'a Diagnostics);

/// `cascade.json`.
pub struct SpecJson<'a>(pub &'a Spec);

impl Export for FrontierJson<'_> {
    fn file_name(&self) -> &'static str {
        "frontier.json"
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        to_json(self.0)
    }
}

impl Export for SpecJson<'_> {
    fn file_name(&self) -> &'static str {
        "cascade.json"
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        to_json(self.0)
    }
}

impl Export for DiagnosticsJson<'_> {
    fn file_name(&self) -> &'static str {
        "diagnostics.json"
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        to_json(self.0)
    }
}

impl Export for FrontierParquet<'_> {
    fn file_name(&self) -> &'static str {
        "frontier.parquet"
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let columns = columns(&self.0.points);
        let unit = &self.0.pool.cost_unit;
        let units = columns.iter().map(|(name, _)| (name.as_str(), unit_of(name, unit)));
        let units: BTreeMap<&str, &str> = units.collect();
        let units = serde_json::to_string(&units)
            .map_err(|error| Error::Encode { message: error.to_string() })?;
        let version = self.0.provenance.version.clone();
        let notes = [("committee.units", units), ("committee.version", version)];
        let notes = notes.map(|(key, value)| (key.to_owned(), value));
        write_described_table(columns, notes.into())
    }
}

impl Export for FrontierCsv<'_> {
    fn file_name(&self) -> &'static str {
        "frontier.csv"
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let columns = columns(&self.0.points);
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let mut text = names.join(",") + "\n";
        for row in 0..self.0.points.len() {
            let cells: Vec<String> = columns.iter().map(|(_, values)| cell(values, row)).collect();
            text += &(cells.join(",") + "\n");
        }
        Ok(text.into_bytes())
    }
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| Error::Encode { message: error.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The points as a table: one flat column each.
fn columns(points: &[Point]) -> Vec<(String, Values)> {
    let text = |f: &dyn Fn(&Point) -> String| Values::Text(points.iter().map(f).collect());
    let number = |f: &dyn Fn(&Point) -> f64| Values::F64(points.iter().map(f).collect());
    let held = |f: &dyn Fn(&Held) -> f64| {
        Values::OptF64(points.iter().map(|point| point.holdout.as_ref().map(f)).collect())
    };
    let end = |f: &dyn Fn(&Held) -> Option<f64>| {
        Values::OptF64(points.iter().map(|point| point.holdout.as_ref().and_then(f)).collect())
    };
    let method = |point: &Point| {
        point.holdout.as_ref().map_or_else(String::new, |held| held.method.to_string())
    };
    let thresholds = |point: &Point| {
        let thresholds = point.stages.iter().filter_map(|stage| stage.threshold);
        thresholds.map(|threshold| threshold.to_string()).collect::<Vec<_>>().join(" ")
    };
    let count = |f: &dyn Fn(&Point) -> usize| {
        Values::U32(points.iter().map(|point| f(point) as u32).collect())
    };
    [
        ("cascade", text(&Point::path)),
        ("aggregation", text(&|point| point.aggregation.to_string())),
        ("confidence", text(&|point| point.confidence.to_string())),
        ("fit", text(&|point| point.fit().to_string())),
        ("thresholds", text(&thresholds)),
        ("stages", count(&|point| point.stages.len())),
        ("models", count(&|point| point.model_costs.len())),
        ("cost", number(&|point| point.cost)),
        ("worst_case_cost", number(&|point| point.worst_case_cost)),
        ("accuracy", number(&|point| point.accuracy)),
        ("holdout_method", text(&method)),
        ("holdout_cost", held(&|held| held.cost)),
        ("holdout_cost_low", end(&|held| Some(held.cost_interval?.0))),
        ("holdout_cost_high", end(&|held| Some(held.cost_interval?.1))),
        ("holdout_accuracy", held(&|held| held.accuracy)),
        ("holdout_accuracy_low", held(&|held| held.accuracy_interval.0)),
        ("holdout_accuracy_high", held(&|held| held.accuracy_interval.1)),
        ("holdout_accuracy_band_low", end(&|held| Some(held.accuracy_band?.0))),
        ("holdout_accuracy_band_high", end(&|held| Some(held.accuracy_band?.1))),
        ("cost_unit", text(&|point| point.cost_unit.clone())),
    ]
    .map(|(name, values)| (name.to_owned(), values))
    .into()
}

/// The unit of a column: that of costs, `share` for what lies in `[0, 1]`, `count`, or none.
fn unit_of<'a>(column: &str, cost_unit: &'a str) -> &'a str {
    match column {
        "stages" | "models" => "count",
        "cost_unit" => "",
        _ if column.contains("cost") => cost_unit,
        _ if column.contains("accuracy") => "share",
        _ => "",
    }
}

/// One cell of a CSV file, quoted where RFC 4180 wants it.
fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::F64(values) => values[row].to_string(),
        Values::OptF64(values) => values[row].map(|value| value.to_string()).unwrap_or_default(),
        Values::I64(values) => values[row].to_string(),
        Values::U64(values) => values[row].to_string(),
        Values::U32(values) => values[row].to_string(),
        Values::Bool(values) => values[row].to_string(),
        Values::Text(values) => {
            let text = &values[row];
            if text.contains(['"', ',', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.clone()
            }
        }
    }
}
