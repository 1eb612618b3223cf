//! What the page's script draws from.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::frontier::{similar, thin};
use crate::report::run::Run;
use crate::spec::wire::{Frontier, Point};

/// Points that a page shows at most: no eye could tell more of them apart.
const MOST_POINTS: usize = 1000;

/// Fields that all points share; the script adds them again where it shows a spec.
const SHARED: [&str; 3] = ["format", "cost_unit", "model_costs"];

/// The run as JSON that may stand within a page's `<script>`, with the points that are `shown`.
pub(super) fn json(run: &Run, shown: &[usize]) -> Result<String> {
    let frontier = &run.frontier;
    let chosen = run.chosen();
    let points = shown.iter().map(|&at| lean(&frontier.points[at])).collect::<Result<Vec<_>>>()?;
    let place = |point: usize| shown.iter().position(|&at| at == point);
    let data = json!({
        "format": crate::spec::wire::FORMAT,
        "pool": frontier.pool,
        "provenance": frontier.provenance,
        "points": points,
        "of": frontier.points.len(),
        "chosen": chosen.and_then(place),
        "spec": run.spec,
        "reference": run.reference().map(|model| &model.name),
        "diagnostics": run.diagnostics,
    });
    Ok(within_script(&data))
}

/// JSON in which no text of the user's may end the element that it stands in.
fn within_script(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c")
}

/// Which points to show in at most `room` bytes: all, or those that lose least. The chosen one and those of
/// the tables are always there.
pub(super) fn shown(run: &Run, room: usize) -> Result<Vec<usize>> {
    let frontier = &run.frontier;
    let (pinned, places) = (pinned(frontier, run.chosen()), places(frontier));
    let mut keep = MOST_POINTS;
    loop {
        let shown = thin(&places, keep, &pinned);
        let lengths = shown.iter().map(|&at| {
            // The comma too.
            Ok(within_script(&lean(&frontier.points[at])?).len() + 1)
        });
        let length: usize = lengths.sum::<Result<_>>()?;
        // Where more must stay than there is room for, nothing else can go.
        if length <= room || keep < shown.len() || keep <= 2 {
            return Ok(shown);
        }
        // Points are about as long as each other.
        keep = (shown.len() * room / length).min(shown.len() - 1).max(2);
    }
}

/// The points that are always shown.
fn pinned(frontier: &Frontier, chosen: Option<usize>) -> BTreeSet<usize> {
    let merits = frontier.merits();
    let singles = frontier.singles();
    let compared = singles.iter().map(|single| similar(&merits, single));
    let mut pinned: BTreeSet<usize> =
        compared.flat_map(|s| [s.cost, s.accuracy]).flatten().collect();
    pinned.extend(chosen);
    pinned
}

/// Cost and accuracy of all points.
fn places(frontier: &Frontier) -> Vec<(f64, f64)> {
    frontier.points.iter().map(|point| (point.cost, point.accuracy)).collect()
}

/// A point less what all share. Fields that this program does not know of pass through, so that a
/// spec in the page is what `select` would write.
fn lean(point: &Point) -> Result<Value> {
    let encode = |error: serde_json::Error| Error::Encode { message: error.to_string() };
    let mut fields: Map<String, Value> = match serde_json::to_value(point).map_err(encode)? {
        Value::Object(fields) => fields,
        other => return Ok(other),
    };
    fields.retain(|name, _| !SHARED.contains(&name.as_str()));
    Ok(Value::Object(fields))
}
