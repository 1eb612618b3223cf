//! What is said of guarantees in text.

use super::layout::{filled, paragraph, wrapped};
use super::text::{cost, exact, percent};
use crate::counted::counted;
use crate::frontier::Goal;
use crate::spec::wire::{Certification, Frontier, Guarantee, Spec};
use crate::spec::{Agreement, Certificate, Retest};
use crate::trust::{Statement, TestMethod};

/// The guarantee of the chosen cascade in three sentences, where one was asked for, or that none was given.
pub fn guaranteed(frontier: &Frontier) -> Option<String> {
    const NAME: &str = "guarantee:";
    let certification = frontier.guarantee.as_ref()?;
    let sentences = match (given(frontier), &certification.failed) {
        (Some(given), _) => given.to_vec(),
        (None, Some(Guarantee { statement, error_rate, .. })) => {
            vec![format!("none: {statement} is not certified, error rate {}", exact(*error_rate))]
        }
        (None, None) => vec!["none: there was no cascade to test".to_owned()],
    };
    let indent = " ".repeat(NAME.len() + 1);
    let lines = sentences.iter().enumerate().map(|(number, text)| match number {
        0 => wrapped(NAME, text),
        _ => filled(&indent, text, &indent),
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// What became of the guarantee that was asked for, if one was, as it concerns the chosen `spec`.
pub(super) fn guarantee_of(frontier: &Frontier, spec: Option<&Spec>) -> Option<String> {
    frontier.guarantee.as_ref()?;
    match (spec, given(frontier)) {
        (Some(Spec { guarantee: Some(_), .. }), Some(given)) => Some(given.join("; ")),
        (Some(spec), _) => {
            let noun = spec.point.noun();
            Some(format!("none: this {noun} was chosen after the search, and not tested for one"))
        }
        (None, None) => Some(not_certified(frontier)),
        (None, Some(_)) => None,
    }
}

/// What is guaranteed, what was seen, and how it was tested.
fn given(frontier: &Frontier) -> Option<[String; 3]> {
    let Certification { candidates, tested, certified, .. } = frontier.guarantee.as_ref()?;
    let guarantee = certified.as_ref()?;
    Some([
        format!(
            "{} on new data like these, error rate {}",
            guarantee.statement,
            exact(guarantee.error_rate)
        ),
        measured(guarantee, &frontier.pool.cost_unit, HELD_OUT),
        format!("{}, {tested} of {} tested", p_value(guarantee), counted(*candidates, "cascade")),
    ])
}

const HELD_OUT: &str = "held-out sample";

/// Why no cascade of `frontier` was certified, in one sentence.
pub fn not_certified(frontier: &Frontier) -> String {
    let certification = frontier.guarantee.as_ref();
    let Some(failed) = certification.and_then(|it| it.failed.as_ref()) else {
        return "no cascade is certified: there was none to test".to_owned();
    };
    let needed = certification.and_then(|it| it.samples_needed);
    let more = more_samples(failed, needed, HELD_OUT);
    let limits = Goal::from_json(&frontier.provenance.options).limiting();
    let within = match limits.is_empty() {
        true => String::new(),
        false => format!(", of those within {}", limits.join(" and ")),
    };
    let told = format!(
        "no cascade of the frontier is certified for {} at an error rate of {}: the first one tested{within}: {}, {}",
        failed.statement,
        exact(failed.error_rate),
        measured(failed, &frontier.pool.cost_unit, HELD_OUT),
        p_value(failed),
    );
    let holds_for_it =
        failed.statement.parse().is_ok_and(|it: Statement| it.holds_for_its_baseline());
    match failed.baseline.as_ref().filter(|_| holds_for_it && limits.is_empty()) {
        // It would have been chosen if the frontier had it.
        Some(model) => format!(
            "{told}; {more}; {model} alone keeps it for certain, but is not on the frontier: on the tuning samples \
             others are as accurate for no more"
        ),
        None => format!("{told}; {more}"),
    }
}

/// What `certify` found; costs are in `unit`.
pub fn certified(certificate: &Certificate, unit: &str) -> String {
    let Certificate { certified, test, held_out, samples_needed, .. } = certificate;
    let which = if *held_out { HELD_OUT } else { "sample" };
    let verdict = if *certified {
        // The spec's own held-out samples are known not to have tuned.
        let proviso = if *held_out {
            ""
        } else {
            ", if none of these samples tuned it: files tell only by their bytes"
        };
        format!(
            "certified: {} on new data like these{}, error rate {}{proviso}",
            test.statement,
            condition(test),
            exact(test.error_rate)
        )
    } else {
        let needed = more_samples(test, *samples_needed, which);
        format!(
            "NOT certified: {} at an error rate of {}; {needed}",
            test.statement,
            exact(test.error_rate)
        )
    };
    let lines = [measured(test, unit, which), p_value(test), verdict];
    lines.map(|line| paragraph(&line)).join("\n")
}

/// What a spec claims, and how sure that was.
pub(super) fn claimed(guarantee: &Guarantee) -> String {
    let Guarantee { statement, error_rate, p_value, .. } = guarantee;
    let condition = condition(guarantee);
    format!("{statement}{condition} (error rate {}, {})", exact(*error_rate), short(*p_value))
}

/// Of which data alone it is a guarantee, beside that they are like these.
fn condition(guarantee: &Guarantee) -> &'static str {
    if guarantee.stratified { " with the same mix of classes" } else { "" }
}

/// What became of a spec's guarantee in a replay.
pub(super) fn retested(retest: &Retest, unit: &str) -> String {
    let Retest { claimed, found, agreement } = retest;
    let verdict = match agreement {
        Agreement::Reproduced => "found again",
        Agreement::NotReproduced => "NOT found again",
        Agreement::CertifiedAgain => {
            "certified again, at the same error rate, on samples of other files"
        }
        Agreement::NotContradicted => {
            "not contradicted by samples of other files; too few or too close to certify it again"
        }
        Agreement::Contradicted => "CONTRADICTED by samples of other files, at the same error rate",
    };
    let statement = format!("guarantee: {}", self::claimed(claimed));
    let seen = format!("{}, {}", measured(found, unit, "sample"), p_value(found));
    let lines = [&seen, verdict].map(|line| filled("  ", line, "  "));
    [paragraph(&statement)].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

/// What was seen, on how many samples.
fn measured(guarantee: &Guarantee, unit: &str, which: &str) -> String {
    let Guarantee { measured, samples, .. } = guarantee;
    let what = match &guarantee.baseline {
        Some(baseline) if measured.abs() < 5e-5 => format!("as accurate as {baseline}"),
        Some(baseline) if *measured < 0.0 => {
            format!("{:.2} points below {baseline}", -100.0 * measured)
        }
        Some(baseline) => format!("{:.2} points above {baseline}", 100.0 * measured),
        None if guarantee.statement.starts_with("cost") => {
            format!("a cost of {} {unit}", cost(*measured))
        }
        None => percent(*measured),
    };
    format!("{what} on {}", counted(*samples, which))
}

fn p_value(guarantee: &Guarantee) -> String {
    let test = match guarantee.method {
        TestMethod::ExactBinomial => "exact binomial test",
        TestMethod::ExactPaired => "exact test of pairs",
        TestMethod::Betting => "betting test",
    };
    match guarantee.p_value {
        0.0 => "p = 0: no sample can break it".to_owned(),
        p_value => format!("{} ({test})", short(p_value)),
    }
}

/// A p-value with three digits. 0 is what holds whatever was seen; what is merely too small to hold is not 0.
fn short(p_value: f64) -> String {
    match p_value {
        0.0 => "p = 0".to_owned(),
        tiny if tiny < 1e-300 => "p < 1e-300".to_owned(),
        tiny if tiny < 1e-4 => format!("p = {tiny:.1e}"),
        p_value => format!("p = {p_value:.4}"),
    }
}

fn more_samples(failed: &Guarantee, needed: Option<u64>, which: &str) -> String {
    match needed.and_then(|needed| needed.checked_sub(failed.samples as u64)) {
        Some(more) => format!(
            "if that is the truth, about {} would do in one of two cases",
            counted(two_digits(more), &format!("more {which}"))
        ),
        None => {
            format!("if that is the truth, not even a thousand times as many {which}s would do")
        }
    }
}

/// A number rounded up to two digits.
fn two_digits(number: u64) -> u64 {
    let digits = number.checked_ilog10().unwrap_or(0);
    let unit = 10u64.pow(digits.saturating_sub(1));
    number.div_ceil(unit).saturating_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_has_a_p_value_of_zero() {
        assert_eq!(short(0.0), "p = 0");
        assert_eq!(short(f64::MIN_POSITIVE), "p < 1e-300");
        assert_eq!(short(1e-299), "p = 1.0e-299");
        assert_eq!(short(0.04), "p = 0.0400");
    }
}
