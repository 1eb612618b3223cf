//! The summary that `optimize` and `select` print.

use super::held::{figures, how_held, judged, on_what};
use super::judgement::judgement;
use super::layout::{paragraph, table, wrapped};
use super::reference::{Row, comparison};
use super::text::{self, cost, drawn, ratio};
use crate::cascade::Fit;
use crate::counted::counted;
use crate::search::{Ended, Shortlisted, Status};
use crate::spec::wire::{Frontier, Held, ModelEntry, Point, SearchEntry};

/// The headline, the table and the chosen cascade. `reference` is the single model that the choice
/// is measured against.
pub fn summary(
    frontier: &Frontier,
    chosen: Option<&Point>,
    reference: Option<&ModelEntry>,
) -> String {
    let mut parts = vec![];
    if let (Some(chosen), Some(reference)) = (chosen, reference) {
        parts.push(paragraph(&headline(chosen, reference)));
    }
    parts.push(comparison_table(frontier));
    if let Some(chosen) = chosen {
        let how = combined(chosen).map_or_else(String::new, |how| format!(" ({how})"));
        let head = format!("chosen {}{how}:\n", chosen.noun());
        parts.push(head + &drawn(chosen) + &figures(chosen));
    }
    parts.extend(judgement(frontier, chosen));
    parts.extend(judged(frontier, chosen));
    parts.join("\n\n")
}

/// How models are combined, where there are several, and what was fitted for it.
fn combined(point: &Point) -> Option<String> {
    match (point.models().count(), point.fit()) {
        (1, Fit::RAW) => None,
        (1, fit) => Some(fit.to_string()),
        (_, Fit::RAW) => Some(point.aggregation.to_string()),
        (_, fit) => Some(format!("{}, {fit}", point.aggregation)),
    }
}

/// One sentence: what the cascade is worth against a single model.
pub fn headline(chosen: &Point, reference: &ModelEntry) -> String {
    let (ours, theirs, on) = match (&chosen.holdout, &reference.holdout) {
        (Some(ours), Some(theirs)) => {
            (ours.figures(), theirs.figures_at(reference.cost), on_what(ours))
        }
        _ => (
            (chosen.accuracy, chosen.cost),
            (reference.accuracy, reference.cost),
            "the tuning samples".to_owned(),
        ),
    };
    let worth = Worth::new(ours.0, theirs.0);
    if chosen.models().eq([reference.name.as_str()]) && worth.gain == 0.0 {
        return format!("is {} itself: {} on {on}", reference.name, worth.percent(ours.0));
    }
    let verb = worth.verb(&reference.name);
    // A model that costs nothing is as cheap as anything gets.
    let price = if theirs.1 > 0.0 {
        format!("{}x its cost", ratio(ours.1 / theirs.1))
    } else {
        format!("{} {} where it costs nothing", cost(ours.1), chosen.cost_unit)
    };
    format!(
        "{verb} at {price}: {} against {} on {on}",
        worth.percent(ours.0),
        worth.percent(theirs.0)
    )
}

/// Two accuracies side by side, with so many decimals that what differs looks different.
struct Worth {
    gain: f64,
    decimals: usize,
}

/// From this difference on, "within" would be too kind a word.
const LARGE: f64 = 0.01;

impl Worth {
    fn new(ours: f64, theirs: f64) -> Self {
        let gain = ours - theirs;
        let differs = |&decimals: &usize| {
            let shown = |share: f64| format!("{:.decimals$}", 100.0 * share);
            shown(ours) != shown(theirs) && shown(gain.abs()) != shown(0.0)
        };
        // One sample in ten million is the fifth decimal: less is rounding.
        let decimals = (2..=5).find(differs);
        Self { gain: if decimals.is_some() { gain } else { 0.0 }, decimals: decimals.unwrap_or(2) }
    }

    fn verb(&self, model: &str) -> String {
        let points = format!("{:.*} points", self.decimals, 100.0 * self.gain.abs());
        match self.gain {
            gain if gain > 0.0 => format!("beats {model} by {points}"),
            gain if gain < -LARGE => format!("is {points} below {model}"),
            gain if gain < 0.0 => format!("comes within {points} of {model}"),
            _ => format!("matches {model}"),
        }
    }

    fn percent(&self, share: f64) -> String {
        format!("{:.*} %", self.decimals, 100.0 * share)
    }
}

impl Held {
    fn figures(&self) -> (f64, f64) {
        (self.accuracy, self.cost)
    }

    /// The accuracy, and what the model costs on any sample.
    fn figures_at(&self, cost: f64) -> (f64, f64) {
        (self.accuracy, cost)
    }
}

fn comparison_table(frontier: &Frontier) -> String {
    let unit = &frontier.pool.cost_unit;
    let by_cost = part(
        frontier,
        &format!("similar cost: the most accurate cascade for the price of each model ({unit})"),
        ["model", "cost", "accuracy", "cascade", "gain"].as_slice(),
        ["accuracy", "cascade", "gain"].as_slice(),
        |row| Some(gain_cells(row.model, row.similar_cost?)),
    );
    let by_accuracy = part(
        frontier,
        &format!("similar accuracy: the cheapest cascade as accurate as each model ({unit})"),
        ["model", "cost", "cascade", "cheaper"].as_slice(),
        ["cascade", "cheaper", "accuracy:\nmodel", "cascade"].as_slice(),
        |row| Some(saving_cells(row.model, row.similar_accuracy?)),
    );
    format!("{by_cost}\n\n{by_accuracy}")
}

/// One half of the comparison; the columns of `held_out` are left out where nothing was held out. What
/// they are on stands above the first.
fn part(
    frontier: &Frontier,
    title: &str,
    tuning: &[&str],
    held_out: &[&str],
    cells: impl Fn(&Row<'_>) -> Option<Vec<String>>,
) -> String {
    let held_out = if frontier.pool.holdout_samples > 0 { held_out } else { &[] };
    let on = frontier.provenance.split.method.unseen();
    let held_out: Vec<String> = held_out
        .iter()
        .enumerate()
        .map(|(at, name)| if at == 0 { format!("{on}:\n{name}") } else { (*name).to_owned() })
        .collect();
    let names = tuning.iter().copied().chain(held_out.iter().map(String::as_str));
    // Where one name has two lines, the others stand on the second.
    let two_lines = held_out.iter().any(|name| name.contains('\n'));
    let header: Vec<String> =
        names
            .map(|name| {
                if two_lines && !name.contains('\n') {
                    format!("\n{name}")
                } else {
                    name.to_owned()
                }
            })
            .collect();
    let rows = comparison(frontier).into_iter().map(|row| {
        let mut all = vec![row.model.name.clone(), cost(row.model.cost)];
        all.extend(cells(&row).unwrap_or_default());
        all.resize(header.len(), "-".to_owned());
        all
    });
    let rows = rows.collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    format!("{}\n{}", paragraph(title), table(&header, rows))
}

/// Accuracy of a model and of a cascade and the difference, in percent, tuning and held out.
fn gain_cells(model: &ModelEntry, point: &Point) -> Vec<String> {
    let cells = |model: f64, cascade: f64| {
        let gain = 100.0 * (cascade - model);
        [format!("{:.2}", 100.0 * model), format!("{:.2}", 100.0 * cascade), format!("{gain:+.2}")]
    };
    let mut all = cells(model.accuracy, point.accuracy).to_vec();
    if let (Some(model), Some(point)) = (&model.holdout, &point.holdout) {
        all.extend(cells(model.accuracy, point.accuracy));
    }
    all
}

/// Cost of a cascade and how many times cheaper it is, tuning and held out, and held-out accuracy.
fn saving_cells(model: &ModelEntry, point: &Point) -> Vec<String> {
    let cells = |cascade: f64| {
        let times =
            if cascade > 0.0 { format!("{}x", ratio(model.cost / cascade)) } else { "-".into() };
        [cost(cascade), times]
    };
    let mut all = cells(point.cost).to_vec();
    if let (Some(single), Some(point)) = (&model.holdout, &point.holdout) {
        all.extend(cells(point.cost));
        all.push(format!("{:.2}", 100.0 * single.accuracy));
        all.push(format!("{:.2}", 100.0 * point.accuracy));
    }
    all
}

/// How a search ended and what is certified, as one sentence without a full stop; `levels` are the
/// thresholds per gate of a grid.
fn certified(search: &SearchEntry, levels: Option<u64>) -> String {
    let SearchEntry { status, shortlist, certified_gap, .. } = search;
    let gap = match certified_gap {
        Some(0.0) if *status == Status::Grid => {
            ", which has every threshold; no cascade of the space is better at its cost".to_owned()
        }
        Some(0.0) => "; no cascade of the space is better at its cost".to_owned(),
        Some(gap) if *status == Status::GapReached => {
            format!("; no cascade is better at its cost by more than {}", text::gap(*gap))
        }
        Some(gap) => format!(
            ", stopped early; a cascade could still be better at its cost by up to {} (a \
             loose bound)",
            text::gap(*gap)
        ),
        None => match (status, shortlist) {
            (Status::Grid, _) => "; other thresholds were not looked at".to_owned(),
            (Status::Heuristic, None) => "; nothing is certified".to_owned(),
            (_, Some(Shortlisted { committees, made, ended })) => {
                let list = counted(*committees, "committee");
                let is_cut_short = matches!(ended, Ended::TimeLimit | Ended::Interrupted);
                let ended = match made {
                    Ended::Complete => ended.to_string(),
                    made if made == ended => {
                        format!("the making and the search of which were {ended}")
                    }
                    made if *ended == Ended::Complete => {
                        format!("whose making was {made}, {ended}")
                    }
                    made => format!("whose making was {made} and whose search was {ended}"),
                };
                let outside = match levels {
                    None if is_cut_short => "nothing is certified".to_owned(),
                    None => "nothing is certified about cascades outside it".to_owned(),
                    Some(levels) => format!(
                        "on a grid of at most {} per gate; nothing is certified about other cascades",
                        counted(levels as usize, "threshold")
                    ),
                };
                format!(", of a shortlist of {list}, {ended}; {outside}")
            }
            _ => ", stopped early; not the whole grid was scored, and nothing is certified"
                .to_owned(),
        },
    };
    format!("{status}{gap}")
}

/// Why a frontier is empty; `None` where it is not. Every space has a cascade but one whose limit leaves no
/// model.
pub fn none_found(frontier: &Frontier) -> Option<String> {
    let models = frontier.pool.models.iter().map(|model| model.cost);
    let cheapest = models.min_by(f64::total_cmp).filter(|_| frontier.search.points_found == 0)?;
    Some(format!(
        "every cascade is dearer at worst than was asked for, the cheapest at {} {}",
        cost(cheapest),
        frontier.pool.cost_unit
    ))
}

/// How the search went, and on what.
pub fn how_found(frontier: &Frontier) -> String {
    let SearchEntry { candidates, points_found, seconds, .. } = &frontier.search;
    let option = |name| frontier.provenance.options.get(name).and_then(serde_json::Value::as_u64);
    let found = match none_found(frontier) {
        Some(why) => format!("none; {why}"),
        None => certified(&frontier.search, option("resolution")),
    };
    let shown = frontier.points.len();
    let thinned = if shown < *points_found { format!("{shown} of ") } else { String::new() };
    let kept = match option("max-points") {
        Some(most) if most > 0 && shown as u64 > most => {
            format!(", more than --max-points {most}: the ends and what is chosen or compared stay")
        }
        _ => String::new(),
    };
    let space = match candidates {
        1 => "1 cascade".to_owned(),
        many => format!("{} cascades", count(*many)),
    };
    let points = counted(*points_found, "point");
    let space = format!("a space of {space}, {seconds:.2} s; frontier of {thinned}{points}{kept}");
    let samples = format!("{} to tune on, {}", frontier.pool.tuning_samples, how_held(frontier));
    // The second line says more of the search.
    let search = wrapped("search:", &found) + "\n" + &wrapped("       ", &space);
    search + "\n" + &wrapped("samples:", &samples)
}

/// A large number in words that fit a line: `1.2e16`, `412,345`.
pub(super) fn count(number: u64) -> String {
    if number == u64::MAX {
        return "more than 1.8e19".to_owned();
    }
    if number >= 1_000_000_000 {
        return format!("{:.2e}", number as f64);
    }
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Ended;

    #[test]
    fn how_a_search_ended_and_what_is_certified() {
        let on_grid = |status, shortlist, certified_gap, levels| {
            let search = SearchEntry {
                status,
                shortlist,
                certified_gap,
                candidates: 1,
                evaluated: 1,
                pruned: 0,
                points_found: 1,
                seconds: 0.0,
            };
            certified(&search, levels)
        };
        let said = |status, shortlist, gap| on_grid(status, shortlist, gap, None);
        let of = |ended| Some(Shortlisted { committees: 8452, made: Ended::Complete, ended });
        let list = "heuristic, of a shortlist of 8452 committees";
        let outside = "nothing is certified about cascades outside it";
        let certified = "nothing is certified";
        for (ended, how, outside) in [
            (Ended::Complete, "searched to its end", outside),
            (Ended::GapReached, "stopped at the gap asked for", outside),
            (Ended::TimeLimit, "stopped by the time limit", certified),
            (Ended::Interrupted, "interrupted", certified),
        ] {
            assert_eq!(
                said(Status::Heuristic, of(ended), None),
                format!("{list}, {how}; {outside}")
            );
        }
        let cut = Shortlisted { made: Ended::TimeLimit, ..of(Ended::Complete).unwrap() };
        let how = "whose making was stopped by the time limit, searched to its end";
        assert_eq!(said(Status::Heuristic, Some(cut), None), format!("{list}, {how}; {outside}"));
        // On a grid, told to stop.
        for (status, how) in
            [(Status::TimeLimit, "time limit"), (Status::Interrupted, "interrupted")]
        {
            let whole = "stopped early; not the whole grid was scored, and nothing is certified";
            assert_eq!(said(status, None, None), format!("{how}, {whole}"));
        }
        assert_eq!(
            on_grid(Status::Heuristic, of(Ended::Complete), None, Some(16)),
            format!(
                "{list}, searched to its end; on a grid of at most 16 thresholds per gate; \
                 nothing is certified about other cascades"
            )
        );
        let grid = "best on the grid";
        assert_eq!(
            on_grid(Status::Grid, None, None, Some(16)),
            format!("{grid}; other thresholds were not looked at")
        );
        assert_eq!(
            on_grid(Status::Grid, None, Some(0.0), Some(16)),
            format!(
                "{grid}, which has every threshold; no cascade of the space is better at its cost"
            )
        );
        // As files of earlier versions have it.
        assert_eq!(said(Status::Heuristic, None, None), "heuristic; nothing is certified");
    }

    #[test]
    fn how_a_search_went_fits_the_line() {
        let path = std::path::Path::new("tests/fixtures/frontier.v1.json");
        let mut frontier = Frontier::read(path).unwrap();
        frontier.search.candidates = u64::MAX;
        frontier.search.seconds = 1234.5;
        for (points_found, gap) in [(1_234_567, None), (500, Some(0.483_62)), (0, None)] {
            frontier.search = SearchEntry { points_found, certified_gap: gap, ..frontier.search };
            let text = how_found(&frontier);
            assert!(text.lines().all(|line| line.len() <= 80), "{text}");
            let lines = text.lines().filter(|line| !line.starts_with("        ")).count();
            assert_eq!(lines, 2, "{text}");
        }
    }

    #[test]
    fn a_headline_says_what_its_figures_say() {
        let said = |ours: f64, theirs: f64| {
            let worth = Worth::new(ours, theirs);
            format!("{}: {} {}", worth.verb("m"), worth.percent(ours), worth.percent(theirs))
        };
        assert_eq!(said(0.9, 0.9), "matches m: 90.00 % 90.00 %");
        assert_eq!(said(0.983, 0.988), "comes within 0.50 points of m: 98.30 % 98.80 %");
        assert_eq!(said(0.891, 0.988), "is 9.70 points below m: 89.10 % 98.80 %");
        assert_eq!(said(0.9311_4, 0.9310_8), "beats m by 0.006 points: 93.114 % 93.108 %");
        assert_eq!(said(0.9311_1, 0.9311_4), "comes within 0.003 points of m: 93.111 % 93.114 %");
        assert_eq!(said(0.9, 0.9 + 1e-12), "matches m: 90.00 % 90.00 %");
    }
}
