//! What `diff` says in text.

use serde_json::Value;

use super::text::{cost, percent, table};
use crate::diff::{Change, Difference, Figure, Part, Shift, Summary};

/// Longest text of a value that is shown whole.
const LONGEST: usize = 24;

/// What changed, in words and figures; `names` are the two documents.
pub fn compared(difference: &Difference, names: [&str; 2]) -> String {
    let kind = difference.kind.name();
    let mut text = vec![format!("{kind} A: {}\n{kind} B: {}\n", names[0], names[1])];
    if difference.changes.is_empty() && same_points(&difference.summary) {
        text.push("no difference".to_owned());
        return text.join("\n");
    }
    match &difference.summary {
        Summary::Specs { decides, figures } => {
            text.push(decisions(decides));
            text.push(format!("\n{}", figure_table(figures)));
        }
        Summary::Frontiers { points: [before, after, shared], shifts } => {
            text.push(format!(
                "{before} cascades in A, {after} in B; {shared} are in both, to the last threshold"
            ));
            if !shifts.is_empty() {
                text.push(format!("\n{}", shift_table(shifts)));
            }
        }
    }
    let shown = |change: &&Change| match &difference.summary {
        Summary::Specs { figures, .. } => figures.iter().any(|f| f.field == change.field),
        Summary::Frontiers { .. } => false,
    };
    let others: Vec<&Change> = difference.changes.iter().filter(|c| !shown(c)).collect();
    if !others.is_empty() {
        text.push(format!("\n{}", change_table(&others)));
    }
    text.join("\n")
}

fn same_points(summary: &Summary) -> bool {
    match summary {
        Summary::Specs { .. } => true,
        Summary::Frontiers { points: [before, after, shared], .. } => {
            before == after && before == shared
        }
    }
}

fn decisions(parts: &[Part]) -> String {
    if parts.is_empty() {
        return "every sample is decided alike: only figures or origin differ".to_owned();
    }
    let names = parts.iter().map(|part| match part {
        Part::Aggregation => "aggregation",
        Part::Confidence => "confidence",
        Part::Models => "models",
        Part::Thresholds => "thresholds",
        Part::Fitted => "temperatures or weights",
        Part::Classes => "classes",
    });
    format!("another cascade: {} differ", names.collect::<Vec<_>>().join(", "))
}

fn figure_table(figures: &[Figure]) -> String {
    let rows = figures.iter().map(|figure| {
        let (before, after) = (figure.before, figure.after);
        let cells = match &figure.unit {
            None => [percent(before), percent(after), points(after - before)],
            Some(unit) => {
                let ratio = match before {
                    0.0 => "-".to_owned(),
                    before => format!("{:+.1} %", 100.0 * (after / before - 1.0)),
                };
                [format!("{} {unit}", cost(before)), format!("{} {unit}", cost(after)), ratio]
            }
        };
        [figure.name.to_owned()].into_iter().chain(cells).collect()
    });
    table(&["figure", "A", "B", "change"], rows.collect())
}

fn shift_table(shifts: &[Shift]) -> String {
    let shown = |accuracy: Option<f64>| accuracy.map_or("none".to_owned(), percent);
    let rows = shifts.iter().map(|shift| {
        let change = shift.before.zip(shift.after).map(|(before, after)| points(after - before));
        vec![
            format!("{} ({})", cost(shift.budget), shift.model),
            shown(shift.before),
            shown(shift.after),
            change.unwrap_or_else(|| "-".to_owned()),
        ]
    });
    table(&["best within the cost of", "A", "B", "change"], rows.collect())
}

fn change_table(changes: &[&Change]) -> String {
    let rows = changes.iter().map(|change| {
        vec![change.field.clone(), shown(change.before.as_ref()), shown(change.after.as_ref())]
    });
    table(&["field", "A", "B"], rows.collect())
}

/// A difference of shares in percentage points.
fn points(difference: f64) -> String {
    format!("{:+.2} points", 100.0 * difference)
}

/// A value in one short piece of text.
fn shown(value: Option<&Value>) -> String {
    let text = match value {
        None => "-".to_owned(),
        Some(Value::Object(_)) => "{…}".to_owned(),
        Some(Value::Array(_)) => "[…]".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let length = text.chars().count();
    if length <= LONGEST {
        return text;
    }
    // Paths differ more at their ends.
    "…".to_owned() + &text.chars().skip(length - LONGEST + 1).collect::<String>()
}
