//! What `check` says in text.

use super::layout::{paragraph, table};
use super::text::{apart, cost, percent, points};
use crate::check::{Checkup, Finding, Reference, Subject};
use crate::counted::counted;
use crate::spec::wire::{Part, Spec};

/// What `check` found, in words and figures.
pub fn checked(spec: &Spec, checkup: &Checkup) -> String {
    let unit = &spec.point.cost_unit;
    let samples = counted(checkup.samples, "fresh sample");
    let price = format!("{} {unit}", cost(checkup.cost));
    let head = match (checkup.accuracy, checkup.accuracy_interval) {
        (Some(accuracy), Some(interval)) => format!(
            "{samples}: {} (95 % interval {} to {}) at {price}",
            percent(accuracy),
            percent(interval.0),
            percent(interval.1)
        ),
        _ => format!("{samples} without labels, mean cost {price}"),
    };
    let against = against(&checkup.reference, checkup.accuracy.is_some());
    let mut text = vec![paragraph(&head), paragraph(&against)];
    // What weakens every test is said before them.
    text.extend(remarks(spec, checkup).iter().map(|remark| paragraph(&format!("note: {remark}"))));
    text.extend([String::new(), findings(spec, checkup), String::new()]);
    text.extend(checkup.findings.iter().map(|finding| paragraph(&sentence(spec, finding))));
    text.extend(checkup.repriced.iter().map(|model| {
        let [claimed, found] = apart([model.claimed, model.found], cost);
        paragraph(&format!(
            "{} costs {found} {unit} where the spec has {claimed}: CHANGED",
            model.model
        ))
    }));
    text.push(String::new());
    let rate = checkup.error_rate;
    text.push(match checkup.drifted {
        true => format!("DRIFTED (error rate {rate} over all tests)"),
        false => format!("no drift found (error rate {rate} over all tests)"),
    });
    text.join("\n")
}

/// Which samples of the spec the fresh ones are held against, figure by figure where these differ.
fn against(reference: &Reference, has_labels: bool) -> String {
    let named = |samples, of| counted(samples, &format!("{} sample", part(of)));
    let accuracy = named(reference.samples, reference.part);
    let exits = named(reference.exits_samples(), reference.exits_part);
    match has_labels && accuracy != exits {
        true => format!(
            "accuracy is held against the spec's {accuracy}; cost and exit shares against its {exits}"
        ),
        false => format!("held against the spec's {exits}"),
    }
}

/// What a reader should know beside the tests.
pub fn remarks(spec: &Spec, checkup: &Checkup) -> Vec<String> {
    let mut remarks = vec![];
    let is_tested = checkup.findings.iter().any(|finding| finding.subject == Subject::Guarantee);
    if let Some(guarantee) = spec.guarantee.as_ref().filter(|_| !is_tested) {
        let wanted = match (&guarantee.baseline, checkup.accuracy) {
            (Some(baseline), Some(_)) => format!("predictions of {baseline}"),
            _ => "labels".to_owned(),
        };
        let statement = &guarantee.statement;
        remarks.push(format!("the guarantee \"{statement}\" is not tested: that needs {wanted}"));
    }
    if checkup.seen_before {
        remarks.push("some of these files are those that the spec was made from: not fresh".into());
    }
    if !checkup.reference.has_profile {
        remarks.push(
            "the spec has no profile, so confidences are not compared: optimize writes one, and select with --pool".into(),
        );
    }
    if checkup.reference.part == Part::Tuning && checkup.accuracy.is_some() {
        remarks.push(match &spec.point.holdout {
            Some(held) => format!(
                "accuracy on the tuning samples flatters; the spec's cross-fitted figure, {}, is about tuning anew for its cost, not about this very cascade",
                percent(held.accuracy)
            ),
            None => "nothing was held out, and accuracy on the tuning samples flatters".into(),
        });
    }
    remarks
}

/// A finding in plain words.
pub fn sentence(spec: &Spec, finding: &Finding) -> String {
    let (claimed, found) = (finding.claimed, finding.found);
    let name = |stage: Option<usize>| {
        let stage = stage.unwrap_or_default();
        let models = spec.point.stages.get(stage).map(|stage| stage.models.join(" + "));
        format!("stage {} ({})", stage + 1, models.unwrap_or_default())
    };
    let verdict = match (finding.drifted, found < claimed) {
        (false, _) => "within chance",
        (true, true) => "LOWER than chance explains",
        (true, false) => "HIGHER than chance explains",
    };
    match finding.subject {
        Subject::Accuracy => {
            format!(
                "accuracy is {} where the spec has {}: {verdict}",
                percent(found),
                percent(claimed)
            )
        }
        Subject::Cost => {
            let unit = &spec.point.cost_unit;
            let (claimed, found) = (cost(claimed), cost(found));
            format!("cost is {found} {unit} where the spec has {claimed}: {verdict}")
        }
        Subject::ExitShares => {
            let verdict = match (finding.drifted, finding.too_few) {
                (_, true) => "too few samples to test that",
                (true, false) => "NOT the spec's shares",
                (false, false) => "within chance",
            };
            format!(
                "exit shares differ most at {}, {} where the spec has {}: {verdict}",
                name(finding.stage),
                percent(found),
                percent(claimed)
            )
        }
        Subject::Guarantee => {
            let guarantee = spec.guarantee.as_ref();
            let statement = guarantee.map_or("", |it| it.statement.as_str());
            let is_difference = guarantee.is_some_and(|it| it.baseline.is_some());
            let shown = |value: f64| match guarantees_cost(spec) {
                true => format!("{} {}", cost(value), spec.point.cost_unit),
                false if is_difference => points(value),
                false => percent(value),
            };
            let verdict = if finding.drifted { "CONTRADICTED" } else { "not contradicted" };
            format!(
                "the guarantee \"{statement}\" measures {} where the spec has {}: {verdict}",
                shown(found),
                shown(claimed)
            )
        }
        Subject::Confidence => {
            let verdict = match (finding.drifted, found < claimed) {
                (false, _) => "within chance",
                (true, true) => "SURER than chance explains",
                (true, false) => "LESS SURE than chance explains",
            };
            format!(
                "at {}, {} of the confidences are below {:.6} where the spec has {}: {verdict}",
                name(finding.stage),
                percent(found),
                finding.cut.unwrap_or_default(),
                percent(claimed)
            )
        }
    }
}

/// Whether the spec's guarantee is about cost.
fn guarantees_cost(spec: &Spec) -> bool {
    spec.guarantee.as_ref().is_some_and(|it| it.statement.starts_with("cost"))
}

fn findings(spec: &Spec, checkup: &Checkup) -> String {
    let rows = checkup.findings.iter().map(|finding| {
        let subject = match (finding.subject, finding.stage) {
            (Subject::Accuracy, _) => "accuracy".to_owned(),
            (Subject::Cost, _) => "cost".to_owned(),
            (Subject::Guarantee, _) => "guarantee".to_owned(),
            (Subject::ExitShares, _) => "exit shares".to_owned(),
            (Subject::Confidence, stage) => {
                format!("confidence [{}]", stage.unwrap_or_default() + 1)
            }
        };
        let p = |p| if finding.too_few { "-".to_owned() } else { probability(p) };
        vec![
            subject,
            finding.subject.test().to_owned(),
            if finding.too_few { "too few".to_owned() } else { statistic(spec, finding) },
            p(finding.p_value),
            p(finding.adjusted_p_value),
            if finding.drifted { "YES" } else { "no" }.to_owned(),
        ]
    });
    table(&["figure", "test", "statistic", "p", "p, corrected", "drifted"], rows.collect())
}

/// A probability with the digits that matter.
fn probability(p: f64) -> String {
    if p < 1e-4 { format!("{p:.0e}") } else { format!("{p:.4}") }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Tuning => "tuning",
        Part::Holdout => "held-out",
    }
}

/// A statistic with the digits that matter: a difference of means has the unit of what it compares,
/// the others have none.
fn statistic(spec: &Spec, finding: &Finding) -> String {
    let value = finding.statistic;
    let is_cost = match finding.subject {
        Subject::Accuracy => false,
        Subject::Cost => true,
        Subject::Guarantee => guarantees_cost(spec),
        Subject::ExitShares | Subject::Confidence => {
            return match value.abs() {
                0.0 | 5e-5..1e6 => format!("{value:.4}"),
                _ => format!("{value:.3e}"),
            };
        }
    };
    match is_cost {
        true if value > 0.0 => format!("+{} {}", cost(value), spec.point.cost_unit),
        true => format!("{} {}", cost(value), spec.point.cost_unit),
        false => points(value),
    }
}
