//! What the page's script draws from.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::frontier::{Merit, similar, thin};
use crate::report::run::Run;
use crate::spec::wire::{Frontier, Point};

/// Points that a page shows at most: with more it would grow beyond a megabyte, and no eye could
/// tell them apart.
const MOST_POINTS: usize = 1000;

/// Fields that all points share; the script adds them again where it shows a spec.
const SHARED: [&str; 3] = ["format", "cost_unit", "model_costs"];

/// The run as JSON that may stand within a page's `<script>`, and how many points that shows.
pub(super) fn json(run: &Run) -> Result<(String, usize)> {
    let encode = |error: serde_json::Error| Error::Encode { message: error.to_string() };
    let frontier = &run.frontier;
    let chosen = run.chosen();
    let shown = shown(frontier, chosen);
    let points: Vec<Value> = shown
        .iter()
        .map(|&at| lean(&frontier.points[at]))
        .collect::<Result<_, _>>()
        .map_err(encode)?;
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
    // No text of the user's may end the element that it stands in.
    Ok((data.to_string().replace('<', "\\u003c"), shown.len()))
}

/// Which points to show: all, or those that lose least, the chosen one and those of the tables.
fn shown(frontier: &Frontier, chosen: Option<usize>) -> Vec<usize> {
    let merits = frontier.merits();
    let singles = frontier.singles();
    let compared = singles.iter().map(|single| similar(&merits, single));
    let mut pinned: BTreeSet<usize> =
        compared.flat_map(|s| [s.cost, s.accuracy]).flatten().collect();
    pinned.extend(chosen);
    let place = |merit: &Merit| (merit.cost, merit.accuracy);
    thin(&merits.iter().map(place).collect::<Vec<_>>(), MOST_POINTS, &pinned)
}

/// A point less what all share. Fields that this program does not know of pass through, so that a
/// spec in the page is what `select` would write.
fn lean(point: &Point) -> serde_json::Result<Value> {
    let mut fields: Map<String, Value> = match serde_json::to_value(point)? {
        Value::Object(fields) => fields,
        other => return Ok(other),
    };
    fields.retain(|name, _| !SHARED.contains(&name.as_str()));
    Ok(Value::Object(fields))
}
