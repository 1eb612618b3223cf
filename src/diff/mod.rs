//! What changed between two specs, or between two frontiers.

mod decisions;
mod fields;
mod frontiers;
mod runs;

use serde::Serialize;
use serde_json::{Value, json};

pub use decisions::{Decision, Part};
pub use fields::{Change, changes};
pub use frontiers::{Shift, shifts};
pub use runs::Said;

use crate::error::{Error, Result};
use crate::spec::wire::{Frontier, Guarantee, Point};
use crate::spec::{Document, DocumentKind};
use crate::trust::Method;

/// The difference of two documents of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Which kind.
    pub kind: DocumentKind,
    /// The units of cost, if they differ: costs cannot be compared then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_units: Option<[String; 2]>,
    /// What is the most important about it.
    pub summary: Summary,
    /// Every field that differs, in the documents' order; for frontiers, those outside of `points`.
    pub changes: Vec<Change>,
}

/// The difference of two specs or frontiers, at a glance.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Summary {
    /// Of two specs.
    Specs {
        /// What of the cascade itself differs: what a runtime does.
        decides: Vec<Decision>,
        /// Figure by figure, those that both have.
        figures: Vec<Figure>,
        /// What the figures are that tuning has not seen, if they are unlike: those of the cascade
        /// itself and cross-fitted ones cannot be compared.
        #[serde(skip_serializing_if = "Option::is_none")]
        methods: Option<[Method; 2]>,
        /// The guarantee of each, if they differ.
        #[serde(skip_serializing_if = "Option::is_none")]
        guarantees: Option<Box<[Option<Guarantee>; 2]>>,
    },
    /// Of two frontiers.
    Frontiers {
        /// Cascades of the first, of the second, and those that both have to the last threshold.
        points: [usize; 3],
        /// At the cost of every single model that both have: who is more accurate.
        shifts: Vec<Shift>,
        /// The unit of cost of the first; `shifts` are there only if it is that of the second.
        cost_unit: String,
        /// What each says of its choice and its search.
        said: Box<[Said; 2]>,
        /// The options that differ, each as a whole.
        options: Vec<Change>,
        /// The files that differ: by path, with their hashes.
        inputs: Vec<Change>,
    },
}

/// A figure of two specs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// The field that holds it.
    pub field: &'static str,
    /// Its unit; `None` for shares.
    pub unit: Option<String>,
    /// In the first.
    pub before: f64,
    /// In the second.
    pub after: f64,
}

/// Compares two documents; `names` are what to call them in an error.
///
/// # Errors
/// [`Error::Kinds`] for a spec and a frontier.
pub fn diff(before: &Document, after: &Document, names: [&str; 2]) -> Result<Difference> {
    match (before, after) {
        (Document::Spec(a), Document::Spec(b)) => Ok(Difference {
            kind: DocumentKind::Spec,
            cost_units: units(&a.point.cost_unit, &b.point.cost_unit),
            summary: Summary::Specs {
                decides: decisions::decisions(a, b),
                figures: figures(&a.point, &b.point),
                methods: methods(&a.point, &b.point),
                guarantees: (a.guarantee != b.guarantee)
                    .then(|| Box::new([a.guarantee.clone(), b.guarantee.clone()])),
            },
            changes: changes(&json!(a), &json!(b)),
        }),
        (Document::Frontier(a), Document::Frontier(b)) => Ok(Difference {
            kind: DocumentKind::Frontier,
            cost_units: units(&a.pool.cost_unit, &b.pool.cost_unit),
            summary: Summary::Frontiers {
                points: points(a, b),
                shifts: shifts(a, b),
                cost_unit: a.pool.cost_unit.clone(),
                said: Box::new([Said::by(a), Said::by(b)]),
                options: runs::options(&a.provenance, &b.provenance),
                inputs: runs::inputs(&a.provenance, &b.provenance),
            },
            changes: changes(&around_points(a), &around_points(b)),
        }),
        _ => Err(Error::Kinds {
            first: names[0].to_owned(),
            first_kind: before.kind().name(),
            second: names[1].to_owned(),
            second_kind: after.kind().name(),
        }),
    }
}

fn units(before: &str, after: &str) -> Option<[String; 2]> {
    (before != after).then(|| [before.to_owned(), after.to_owned()])
}

/// What figures on samples are that did not tune, where the two are not figures of one kind.
fn methods(a: &Point, b: &Point) -> Option<[Method; 2]> {
    let (a, b) = a.holdout.as_ref().zip(b.holdout.as_ref())?;
    (a.method.unseen() != b.method.unseen()).then_some([a.method, b.method])
}

fn figures(a: &Point, b: &Point) -> Vec<Figure> {
    let figure = |name: &str, field, unit: Option<&str>, (before, after)| Figure {
        name: name.to_owned(),
        field,
        unit: unit.map(str::to_owned),
        before,
        after,
    };
    let mut figures = vec![figure("accuracy, tuning", "accuracy", None, (a.accuracy, b.accuracy))];
    let both = a.holdout.as_ref().zip(b.holdout.as_ref());
    let held = both.filter(|_| methods(a, b).is_none());
    if let Some((a, b)) = held {
        let name = format!("accuracy, {}", a.method.unseen());
        figures.push(figure(&name, "holdout.accuracy", None, (a.accuracy, b.accuracy)));
    }
    // Costs in two units cannot be compared.
    if a.cost_unit == b.cost_unit {
        let unit = Some(a.cost_unit.as_str());
        figures.push(figure("cost, tuning", "cost", unit, (a.cost, b.cost)));
        if let Some((a, b)) = held {
            let name = format!("cost, {}", a.method.unseen());
            figures.push(figure(&name, "holdout.cost", unit, (a.cost, b.cost)));
        }
        let worst = (a.worst_case_cost, b.worst_case_cost);
        figures.push(figure("cost, worst case", "worst_case_cost", unit, worst));
    }
    figures
}

fn points(a: &Frontier, b: &Frontier) -> [usize; 3] {
    let same = |a: &Point, b: &Point| {
        let gates = a.stages.iter().zip(&b.stages);
        (a.aggregation, a.confidence, a.stages.len())
            == (b.aggregation, b.confidence, b.stages.len())
            && gates.clone().all(|(a, b)| a.models == b.models && a.threshold == b.threshold)
            && a.mixes() == b.mixes()
    };
    let shared = a.points.iter().filter(|a| b.points.iter().any(|b| same(a, b))).count();
    [a.points.len(), b.points.len(), shared]
}

/// A frontier without its points, and without the time that its search took.
fn around_points(frontier: &Frontier) -> Value {
    let mut value = json!(frontier);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("points");
        if let Some(search) = fields.get_mut("search").and_then(Value::as_object_mut) {
            search.remove("seconds");
        }
    }
    value
}
