//! What `inspect` and `replay` say in text.

use super::guarantees::retested;
use super::layout::{paragraph, table};
use super::text::{apart, cost, percent};
use crate::counted::counted;
use crate::inspect::{InspectedModel, Inspection};
use crate::spec::wire::Spec;
use crate::spec::{Comparison, Quantity, Verdict};

/// The tables of `inspect`.
pub fn inspected(inspection: &Inspection) -> String {
    let mut axes: Vec<&str> =
        inspection.models.iter().flat_map(|model| model.costs.keys()).map(String::as_str).collect();
    axes.sort_unstable();
    axes.dedup();
    let only_axis = axes.len() == 1;
    let mut header = vec!["model", "accuracy", "95 % interval"];
    header.extend(axes.iter().map(|axis| if only_axis { &inspection.cost_unit } else { *axis }));
    header.extend(["confidence", "ECE"]);

    let mut models: Vec<_> = inspection.models.iter().collect();
    let price = |model: &InspectedModel| model.costs.get(&inspection.cost_axis).copied();
    models.sort_by(|a, b| price(a).unwrap_or_default().total_cmp(&price(b).unwrap_or_default()));
    let rows = models.into_iter().map(|model| {
        let interval = model.accuracy_interval;
        let mut cells = vec![
            model.name.clone(),
            percent(model.accuracy),
            format!("{:.2} to {:.2}", 100.0 * interval.0, 100.0 * interval.1),
        ];
        let costs = axes.iter().map(|axis| model.costs.get(*axis));
        cells.extend(costs.map(|value| value.map_or("-".to_owned(), |value| cost(*value))));
        cells.push(percent(model.mean_confidence));
        cells.push(percent(model.calibration_error));
        cells
    });
    format!(
        "{}\n\nensemble of all: {} (mean_logits), {} (mean_probs)\noracle: {} (right if any model is)\n\
         samples: {}, classes: {}",
        table(&header, rows.collect()),
        percent(inspection.ensemble_mean_logits),
        percent(inspection.ensemble_mean_probs),
        percent(inspection.oracle),
        inspection.samples,
        inspection.classes,
    )
}

/// What `replay` found.
pub fn replayed(spec: &Spec, verdict: &Verdict) -> String {
    let all = &verdict.all;
    let unit = &spec.point.cost_unit;
    let exits = spec.point.stages.iter().zip(&all.exit_fractions).enumerate();
    let rows = exits.map(|(number, (stage, found))| {
        let stage_name = format!("[{}] {}", number + 1, stage.models.join(" + "));
        vec![stage_name, percent(stage.exit_fraction), percent(*found)]
    });
    let compared = verdict.comparisons.iter().map(|comparison| {
        let agrees = if comparison.agrees { "yes" } else { "NO" };
        let [claimed, found] = both(comparison, unit);
        vec![comparison.figure.clone(), claimed, found, agrees.to_owned()]
    });
    let on = if verdict.same_inputs {
        "the files are those that the spec was made from: figures must be equal"
    } else {
        "other files than the spec was made from: accuracies must be consistent"
    };
    let verdict_line =
        if verdict.agrees { "agrees with the spec" } else { "DISAGREES with the spec" };
    let untested = match (&verdict.missing_baseline, &verdict.chosen_for) {
        (Some(model), _) => format!("that needs predictions of {model}"),
        (None, Some(other)) => {
            format!("these samples chose the cascade for {other:?}, and have no say in another")
        }
        (None, None) => "all of these samples tuned".to_owned(),
    };
    let guarantee = match (&verdict.guarantee, &spec.guarantee) {
        (Some(retest), _) => retested(retest, unit) + "\n\n",
        (None, Some(_)) => paragraph(&format!("guarantee: not tested, {untested}")) + "\n\n",
        (None, None) => String::new(),
    };
    let interval = all.accuracy_interval;
    let head = format!(
        "all {}: {} at {} {unit} (95 % interval {} to {})",
        counted(all.samples, "sample"),
        percent(all.accuracy),
        cost(all.cost),
        percent(interval.0),
        percent(interval.1),
    );
    format!(
        "{}\n\n{}\n\n{}\n{}\n\n{}{verdict_line}",
        paragraph(&head),
        table(&["exits at stage", "spec, tuning", "replay, all"], rows.collect()),
        on,
        table(&["figure", "spec", "replay", "agrees"], compared.collect()),
        guarantee,
    )
}

/// What the spec claims and what was found, with the digits that matter: all of them where they alone
/// tell the two apart.
fn both(comparison: &Comparison, unit: &str) -> [String; 2] {
    let values = [comparison.claimed, comparison.found];
    let shown = |value: f64| match comparison.quantity {
        Quantity::Share => percent(value),
        Quantity::Cost => format!("{} {unit}", cost(value)),
        Quantity::Samples => value.to_string(),
    };
    if comparison.agrees { values.map(shown) } else { apart(values, shown) }
}
