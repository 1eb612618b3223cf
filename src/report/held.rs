//! What is said of held-out samples.

use super::layout::wrapped;
use super::text::{cost, percent};
use crate::counted::counted;
use crate::spec::wire::{Frontier, Held, HeldFrontier, Point};
use crate::trust::{Interval, Method, Optimism, Size};

/// The samples that figures are on, for the end of a sentence.
pub(super) fn on_what(held: &Held) -> String {
    match held.method {
        Method::CrossFitted => format!("{}, cross-fitted", counted(held.samples, "sample")),
        _ => counted(held.samples, "held-out sample"),
    }
}

/// How many samples are held out, and how.
pub(super) fn how_held(frontier: &Frontier) -> String {
    let samples = frontier.pool.holdout_samples;
    let split = &frontier.provenance.split;
    match (split.method, samples) {
        (_, 0) => "none held out: figures on the samples that tuned them flatter".to_owned(),
        (Method::Split, _) => format!("{samples} held out"),
        (Method::Column, _) => {
            let column =
                split.column.as_deref().map_or("a column".to_owned(), |it| format!("{it:?}"));
            format!("{samples} held out by {column}")
        }
        (Method::Pool, _) => format!("{samples} of another pool held out"),
        (Method::CrossFitted, _) => {
            format!("and all cross-fitted in {} folds", split.folds.unwrap_or_default())
        }
    }
}

/// A cascade's own figures.
pub(super) fn figures(point: &Point) -> String {
    let unit = &point.cost_unit;
    let tuning = format!(
        "{} at {} {unit}, at worst {} {unit}",
        percent(point.accuracy),
        cost(point.cost),
        cost(point.worst_case_cost),
    );
    let mut text = wrapped("  tuning:  ", &tuning);
    if let Some(held) = &point.holdout {
        let (accuracy, price) = (percent(held.accuracy), cost(held.cost));
        text += &match held.method {
            Method::CrossFitted if point.models().count() == 1 => {
                "\n  cross-fitted: the same, since nothing about a single model is tuned".to_owned()
            }
            Method::CrossFitted => format!(
                "\n  cross-fitted: what tuning anew finds within that cost, on samples that it\n            \
                 did not see: {accuracy} at {price} {unit}"
            ),
            _ => format!("\n  held out: {accuracy} at {price} {unit}"),
        };
        let mut intervals = format!("95 % intervals: {}", shares(held.accuracy_interval));
        if let Some(Interval(low, high)) = held.cost_interval {
            intervals += &format!(", {} to {} {unit}", cost(low), cost(high));
        }
        text += &format!("\n{}", wrapped("           ", &intervals));
    }
    text
}

pub(super) fn shares(Interval(low, high): Interval) -> String {
    format!("{} to {}", percent(low), percent(high))
}

/// What held-out samples say of the whole frontier, as lines of text; see [`sentences`].
pub(super) fn judged(frontier: &Frontier, chosen: Option<&Point>) -> Option<String> {
    let parts = sentences(frontier, chosen)?.into_iter();
    let line = |(name, text): (&str, String)| wrapped(&format!("{:<9}", format!("{name}:")), &text);
    Some(parts.map(line).collect::<Vec<_>>().join("\n"))
}

/// What held-out samples say of the whole frontier: each part by its name.
pub(super) fn sentences(
    frontier: &Frontier,
    chosen: Option<&Point>,
) -> Option<[(&'static str, String); 2]> {
    let HeldFrontier { method, optimism, band } = frontier.holdout.as_ref()?;
    let ours = chosen.and_then(|point| point.holdout.as_ref()?.accuracy_band);
    let ours =
        ours.map_or_else(String::new, |ends| format!(", the chosen one in {}", shares(ends)));
    let seen = seen(*method);
    let all = match frontier.points.len() {
        1 => format!("the true accuracy lies in its {seen} band"),
        2 => format!("both true accuracies lie in their {seen} bands at once"),
        all => format!("all {all} true accuracies lie in their {seen} bands at once"),
    };
    let band = format!("{all} with {:.0} %{ours}", 100.0 * band.level);
    Some([("optimism", flattery(*method, optimism)), ("band", band)])
}

/// What figures are called that tuning has not seen.
fn seen(method: Method) -> &'static str {
    match method {
        Method::CrossFitted => "cross-fitted",
        _ => "held-out",
    }
}

/// By how much tuning figures flatter, and whether that is much.
fn flattery(method: Method, optimism: &Optimism) -> String {
    let Optimism { mean, adjusted, standard_error, gain, .. } = optimism;
    let points = |share: f64| format!("{:.2}", 100.0 * share);
    let adjusted = adjusted.zip(*standard_error).map(|(adjusted, error)| match method {
        Method::CrossFitted => format!("standard error {}; ", points(error)),
        _ => format!(
            "{} with the luck of the draw taken out, standard error {}; ",
            points(adjusted),
            points(error)
        ),
    });
    let gained = format!("{} gained on single models of no more cost", points(*gain));
    let verdict = match optimism.size() {
        Size::Large => format!("LARGE, next to {gained}"),
        Size::NotBeyondChance => format!("not beyond chance, of {gained}"),
        Size::Small => format!("not large, next to {gained}"),
        Size::Unknown => "nothing here tells how much of it is chance".to_owned(),
    };
    format!(
        "{} points (tuning less {} accuracy, mean over the frontier); {}{verdict}",
        points(*mean),
        seen(method),
        adjusted.unwrap_or_default(),
    )
}
