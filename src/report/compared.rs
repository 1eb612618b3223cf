//! What `diff` says in text.

use std::collections::BTreeMap;

use serde_json::Value;

use super::guarantees;
use super::judgement::said;
use super::layout::{paragraph, table, width, wrapped};
use super::text::{cost, percent, points};
use crate::counted::counted;
use crate::diff::{Change, Decision, Difference, Figure, Said, Shift, Summary};
use crate::spec::wire::Guarantee;

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
        Summary::Specs { decides, figures, methods, guarantees } => {
            text.push(decisions(decides));
            text.push(format!("\n{}", figure_table(figures)));
            if let Some([before, after]) = methods {
                let (before, after) = (before.unseen(), after.unseen());
                let sentence = format!(
                    "figures that tuning has not seen are {before} in A and {after} in B: they \
                     cannot be compared"
                );
                text.push(format!("\n{}", paragraph(&sentence)));
            }
            if let Some(guarantees) = guarantees {
                let [before, after] = guarantees.each_ref().map(promised);
                let both = [("guarantee A:", before), ("          B:", after)];
                let both = both.map(|(name, said)| wrapped(name, &said));
                text.push(format!("\n{}", both.join("\n")));
            }
            let is_shown = |change: &&Change| {
                let is_guarantee = change.field.split(['.', '[']).next() == Some("guarantee");
                is_guarantee || figures.iter().any(|f| f.field == change.field)
            };
            let others: Vec<&Change> =
                difference.changes.iter().filter(|change| !is_shown(change)).collect();
            if !others.is_empty() {
                text.push(format!("\n{}", change_table("field", &others)));
            }
        }
        Summary::Frontiers {
            points: [before, after, shared],
            shifts,
            cost_unit,
            said,
            options,
            inputs,
        } => {
            text.push(format!(
                "{} in A, {after} in B; {shared} {} in both, to the last threshold",
                counted(*before, "cascade"),
                if *shared == 1 { "is" } else { "are" }
            ));
            if !shifts.is_empty() {
                text.push(format!("\n{}", shift_table(shifts, cost_unit)));
            }
            text.extend(runs(said));
            if !options.is_empty() {
                let options: Vec<&Change> = options.iter().collect();
                text.push(format!("\n{}", change_table("option", &options)));
            }
            text.extend(files(inputs));
            text.extend(rest(&difference.changes));
        }
    }
    text.join("\n")
}

/// What a spec guarantees, in words.
fn promised(guarantee: &Option<Guarantee>) -> String {
    guarantee.as_ref().map_or_else(|| "none".to_owned(), guarantees::claimed)
}

/// What two runs say otherwise of their choice and of their search.
fn runs([a, b]: &[Said; 2]) -> Option<String> {
    let verdict = |side: &Said| {
        let verdict = side.verdict.as_ref();
        verdict.map_or_else(|| "nothing was judged".to_owned(), |verdict| said(verdict, ""))
    };
    let only = |here: &Said, there: &Said| {
        let new = here.losers.iter().filter(|loser| !there.losers.contains(loser));
        new.cloned().collect::<Vec<_>>().join(", ")
    };
    let search = |side: &Said| {
        let gap = side.certified_gap.map(|gap| format!("certified gap {:.2} points", 100.0 * gap));
        format!("{}, {}", side.status, gap.unwrap_or_else(|| "no certified gap".to_owned()))
    };
    let mut lines = vec![];
    let mut both = |name: &str, before: String, after: String| {
        if before != after {
            lines.push(wrapped(&format!("{name} A:"), &before));
            lines.push(wrapped(&format!("{:width$} B:", "", width = name.len()), &after));
        }
    };
    both("verdict", verdict(a), verdict(b));
    both("search", search(a), search(b));
    let losers = [("loses in B, not in A:", only(b, a)), ("loses no longer:", only(a, b))];
    let losers = losers.into_iter().filter(|(_, names)| !names.is_empty());
    lines.extend(losers.map(|(what, names)| wrapped(what, &names)));
    (!lines.is_empty()).then(|| format!("\n{}", lines.join("\n")))
}

/// Which input files differ.
fn files(inputs: &[Change]) -> Option<String> {
    let kinds =
        [("other content:", true, true), ("in A only:", true, false), ("in B only:", false, true)];
    let lines = kinds.into_iter().filter_map(|(what, in_a, in_b)| {
        let of_it =
            |input: &&Change| (input.before.is_some(), input.after.is_some()) == (in_a, in_b);
        let names: Vec<&str> =
            inputs.iter().filter(of_it).map(|input| input.field.as_str()).collect();
        (!names.is_empty()).then(|| wrapped(&format!("files, {what}"), &names.join(", ")))
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| format!("\n{}", lines.join("\n")))
}

/// What else differs: samples, models and costs as a table, and how many fields more.
fn rest(changes: &[Change]) -> Option<String> {
    let is_told = |field: &str| {
        ["provenance.options.", "provenance.inputs[", "search.status", "search.certified_gap"]
            .iter()
            .any(|start| field.starts_with(start))
    };
    let is_of_the_pool = |field: &str| {
        let of_a_model = field.strip_prefix("pool.models[").and_then(|rest| rest.split_once(']'));
        match of_a_model {
            Some((_, rest)) => rest.is_empty() || rest == ".cost",
            None => field.starts_with("pool.") || field.starts_with("provenance."),
        }
    };
    let untold = changes.iter().filter(|change| !is_told(&change.field));
    let (pool, more): (Vec<&Change>, Vec<&Change>) =
        untold.partition(|change| is_of_the_pool(&change.field));
    let mut parts = vec![];
    if !pool.is_empty() {
        parts.push(format!("\n{}", change_table("field", &pool)));
    }
    if !more.is_empty() {
        let verb = if more.len() == 1 { "differs" } else { "differ" };
        let more = counted(more.len(), "more field");
        parts.push(format!("\n{more} {verb} (figures and judgement): --json lists all"));
    }
    (!parts.is_empty()).then(|| parts.join("\n"))
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
        [figure.name.clone()].into_iter().chain(cells).collect()
    });
    table(&["figure", "A", "B", "change"], rows.collect())
}

fn shift_table(shifts: &[Shift], unit: &str) -> String {
    let heading = format!("tuning accuracy of the best\nwithin a cost in {unit} of");
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
    table(&[&heading, "A", "B", "change"], rows.collect())
}

fn change_table(name: &str, changes: &[&Change]) -> String {
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
            let [before, after] = both([change.before.as_ref(), change.after.as_ref()]);
            Some(vec![change.field.clone(), before, after])
        }
    });
    table(&[name, "A", "B"], rows.collect())
}

/// The stage of a profile that `field` is a part of. A profile is dozens of figures a stage.
fn profile_stage(field: &str) -> Option<&str> {
    let part = field.strip_prefix("profile.stages[")?.find("].")?;
    field.get(.."profile.stages[".len() + part + 1)
}

/// Two values that differ, each in one short piece of text: that end of it where they do.
fn both(values: [Option<&Value>; 2]) -> [String; 2] {
    let whole = values.map(text);
    // Paths differ more at their ends.
    let ends = whole.each_ref().map(|text| end(text));
    if ends[0] != ends[1] { ends } else { whole.each_ref().map(|text| start(text)) }
}

/// A value as text.
fn text(value: Option<&Value>) -> String {
    match value {
        None => "-".to_owned(),
        Some(Value::Object(_)) => "{…}".to_owned(),
        Some(Value::Null) => "none".to_owned(),
        Some(Value::Array(items)) if items.iter().all(|item| item.is_string()) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
        }
        Some(Value::Array(_)) => "[…]".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The last of a text's letters that fit.
fn end(text: &str) -> String {
    if width(text) <= LONGEST {
        return text.to_owned();
    }
    let mut ends = text.char_indices().map(|(at, _)| &text[at..]);
    format!("…{}", ends.find(|end| width(end) < LONGEST).unwrap_or_default())
}

/// The first of a text's letters that fit.
fn start(text: &str) -> String {
    if width(text) <= LONGEST {
        return text.to_owned();
    }
    let mut starts = text.char_indices().rev().map(|(at, _)| &text[..at]);
    format!("{}…", starts.find(|start| width(start) < LONGEST).unwrap_or_default())
}
