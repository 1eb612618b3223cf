//! What `diff` says in text.

use std::collections::BTreeMap;

use serde_json::Value;

use super::layout::{table, width, wrapped};
use super::text::{cost, percent};
use crate::counted::counted;
use crate::diff::{Change, Decision, Difference, Figure, Shift, Summary};

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
    if let Some([before, after]) = &difference.cost_units {
        text.push(format!(
            "costs are in {before} in A and in {after} in B: they cannot be compared\n"
        ));
    }
    match &difference.summary {
        Summary::Specs { decides, figures } => {
            text.push(decisions(decides));
            text.push(format!("\n{}", figure_table(figures)));
        }
        Summary::Frontiers { points: [before, after, shared], shifts } => {
            text.push(format!(
                "{} in A, {after} in B; {shared} {} in both, to the last threshold",
                counted(*before, "cascade"),
                if *shared == 1 { "is" } else { "are" }
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

/// Which parts decide otherwise, and what each is in both.
fn decisions(decisions: &[Decision]) -> String {
    let names: Vec<&str> = decisions.iter().map(|decision| decision.part.name()).collect();
    let (most, last) = match names.as_slice() {
        [] => return "every sample is decided alike: only figures or origin differ".to_owned(),
        [only] => (String::new(), *only),
        [most @ .., last] => (format!("{} and ", most.join(", ")), *last),
    };
    let verb = if names.len() == 1 && !last.ends_with('s') { "differs" } else { "differ" };
    let mut lines = vec![format!("another cascade: {most}{last} {verb}")];
    lines.extend(decisions.iter().flat_map(|Decision { part, before, after }| {
        let name = part.name();
        [
            wrapped(&format!("  {name} A:"), before),
            wrapped(&format!("  {:width$} B:", "", width = name.len()), after),
        ]
    }));
    lines.join("\n")
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
    let mut in_profile: BTreeMap<&str, usize> = BTreeMap::new();
    for stage in changes.iter().filter_map(|change| profile_stage(&change.field)) {
        *in_profile.entry(stage).or_default() += 1;
    }
    let rows = changes.iter().filter_map(|change| match profile_stage(&change.field) {
        // The first of a stage's fields stands for all of them.
        Some(stage) => in_profile.remove(stage).map(|fields| {
            let fields = format!("{stage} ({})", counted(fields, "figure"));
            vec![fields, "{…}".to_owned(), "{…}".to_owned()]
        }),
        None => {
            let (before, after) = (shown(change.before.as_ref()), shown(change.after.as_ref()));
            Some(vec![change.field.clone(), before, after])
        }
    });
    table(&["field", "A", "B"], rows.collect())
}

/// The stage of a profile that `field` is a part of. A profile is dozens of figures a stage.
fn profile_stage(field: &str) -> Option<&str> {
    let part = field.strip_prefix("profile.stages[")?.find("].")?;
    field.get(.."profile.stages[".len() + part + 1)
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
    if width(&text) <= LONGEST {
        return text;
    }
    // Paths differ more at their ends.
    let mut ends = text.char_indices().map(|(at, _)| &text[at..]);
    let end = ends.find(|end| width(end) < LONGEST).unwrap_or_default();
    format!("…{end}")
}
