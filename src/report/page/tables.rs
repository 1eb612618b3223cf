//! The page's tables, cell by cell.

use serde::Serialize;

use crate::counted::counted;
use crate::report::held::{how_held, shares};
use crate::report::reference::{Row, comparison};
use crate::report::run::Run;
use crate::report::summary::{count, none_found};
use crate::report::text::{self, cost, percent, ratio};
use crate::search::{Shortlisted, Status};
use crate::spec::wire::{
    CalibratedModel, CalibratedStage, Frontier, Held, ModelEntry, Point, SearchEntry,
};
use crate::trust::{Interval, Method};

/// A figure with what it means.
#[derive(Serialize)]
pub(super) struct Tile {
    label: String,
    value: String,
    note: String,
}

/// One cell: what is shown, and what it is sorted by.
#[derive(Serialize)]
pub(super) struct Cell {
    text: String,
    /// Absent for text.
    number: Option<f64>,
    /// How it is to look, beside a number.
    class: &'static str,
}

/// A column's name, and whether tuning has not seen its figures.
#[derive(Serialize)]
pub(super) struct Column {
    name: &'static str,
    held: bool,
}

/// One row: its name, its cells, and the place of a cascade among the points.
#[derive(Serialize)]
pub(super) struct Line {
    name: String,
    cells: Vec<Cell>,
    /// The cascade in one line, and its cost, by which the script finds it.
    cascade: Option<Cascade>,
}

#[derive(Serialize)]
struct Cascade {
    path: String,
    cost: f64,
}

/// A table: the first column names the models, and the last one, where it is there, cascades.
#[derive(Serialize)]
pub(super) struct Table {
    id: &'static str,
    caption: &'static str,
    columns: Vec<Column>,
    /// Neighbouring columns of one kind: how many, and whether tuning has not seen them.
    groups: Vec<(usize, bool)>,
    /// What the figures are called that it has not seen.
    unseen: &'static str,
    has_held: bool,
    has_cascades: bool,
    lines: Vec<Line>,
}

impl Table {
    fn new(
        id: &'static str,
        caption: &'static str,
        columns: Vec<Column>,
        lines: Vec<Line>,
        method: Method,
    ) -> Self {
        let runs = columns.chunk_by(|a, b| a.held == b.held);
        Self {
            id,
            caption,
            groups: runs.map(|run| (run.len(), run[0].held)).collect(),
            unseen: method.unseen(),
            has_held: columns.iter().any(|column| column.held),
            has_cascades: lines.iter().any(|line| line.cascade.is_some()),
            columns,
            lines,
        }
    }
}

impl Cell {
    fn new(text: String, number: f64) -> Self {
        Self { text, number: Some(number), class: "" }
    }

    fn accuracy(share: f64) -> Self {
        Self::new(format!("{:.2}", 100.0 * share), share)
    }

    fn gain(gain: f64) -> Self {
        let class = match gain {
            gain if gain > 0.0 => "better",
            gain if gain < 0.0 => "worse",
            _ => "",
        };
        let text = format!("{:+.2}", 100.0 * gain).replace('-', "\u{2212}");
        Self { class, ..Self::new(text, gain) }
    }

    fn cost(value: f64) -> Self {
        Self::new(cost(value), value)
    }

    fn times(model: f64, cascade: f64) -> Self {
        if cascade > 0.0 {
            Self::new(format!("{}\u{d7}", ratio(model / cascade)), model / cascade)
        } else {
            Self::none()
        }
    }

    fn none() -> Self {
        Self { text: "\u{2013}".to_owned(), number: None, class: "" }
    }
}

fn columns(tuning: &[&'static str], held: &[&'static str], has_held: bool) -> Vec<Column> {
    let tuning = tuning.iter().map(|&name| Column { name, held: false });
    let held = held.iter().map(|&name| Column { name, held: true }).filter(|_| has_held);
    tuning.chain(held).collect()
}

/// The most accurate cascade for the price of each model.
pub(super) fn similar_cost(frontier: &Frontier) -> Table {
    let has_held = frontier.pool.holdout_samples > 0;
    let columns =
        columns(&["Cost", "Model", "Cascade", "Gain"], &["Model", "Cascade", "Gain"], has_held);
    let cells = |row: &Row<'_>, point: &Point| {
        let three = |model: f64, cascade: f64| {
            [Cell::accuracy(model), Cell::accuracy(cascade), Cell::gain(cascade - model)]
        };
        let mut cells = vec![Cell::cost(row.model.cost)];
        cells.extend(three(row.model.accuracy, point.accuracy));
        if let Some((model, point)) = row.model.holdout.as_ref().zip(point.holdout.as_ref()) {
            cells.extend(three(model.accuracy, point.accuracy));
        }
        cells
    };
    let caption = "The most accurate cascade for the price of each model";
    let lines = lines(frontier, &columns, |row| row.similar_cost, cells);
    Table::new("similar-cost", caption, columns, lines, frontier.provenance.split.method)
}

/// The cheapest cascade as accurate as each model.
pub(super) fn similar_accuracy(frontier: &Frontier) -> Table {
    let has_held = frontier.pool.holdout_samples > 0;
    let columns = columns(
        &["Cost", "Cascade", "Cheaper"],
        &["Cascade", "Cheaper", "Model acc.", "Cascade acc."],
        has_held,
    );
    let cells = |row: &Row<'_>, point: &Point| {
        let price = row.model.cost;
        let two = |cascade: f64| [Cell::cost(cascade), Cell::times(price, cascade)];
        let mut cells = vec![Cell::cost(price)];
        cells.extend(two(point.cost));
        if let Some((model, point)) = row.model.holdout.as_ref().zip(point.holdout.as_ref()) {
            cells.extend(two(point.cost));
            cells.extend([Cell::accuracy(model.accuracy), Cell::accuracy(point.accuracy)]);
        }
        cells
    };
    let caption = "The cheapest cascade as accurate as each model";
    let lines = lines(frontier, &columns, |row| row.similar_accuracy, cells);
    Table::new("similar-accuracy", caption, columns, lines, frontier.provenance.split.method)
}

fn lines<'a>(
    frontier: &'a Frontier,
    columns: &[Column],
    pick: impl Fn(&Row<'a>) -> Option<&'a Point>,
    cells: impl Fn(&Row<'a>, &Point) -> Vec<Cell>,
) -> Vec<Line> {
    let line = |row: Row<'a>| {
        let point = pick(&row);
        let mut cells = match point {
            Some(point) => cells(&row, point),
            None => vec![Cell::cost(row.model.cost)],
        };
        cells.resize_with(columns.len(), Cell::none);
        let cascade = point.map(|point| Cascade { path: arrows(point), cost: point.cost });
        Line { name: row.model.name.clone(), cells, cascade }
    };
    comparison(frontier).into_iter().map(line).collect()
}

fn arrows(point: &Point) -> String {
    point.path().replace("->", "\u{2192}").replace('+', " + ")
}

/// Every model on its own, and what it does in the cascades.
pub(super) fn models(frontier: &Frontier, chosen: Option<&Point>) -> Table {
    let has_held = frontier.pool.holdout_samples > 0;
    let mut all = columns(&["Cost", "Accuracy"], &["Accuracy", "Low", "High"], has_held);
    let more = ["In cascades", "Chosen: runs on"];
    all.extend(more.map(|name| Column { name, held: false }));
    let line = |model: &ModelEntry| {
        let mut cells = vec![Cell::cost(model.cost), Cell::accuracy(model.accuracy)];
        if has_held {
            let held = |held: &Held| {
                let interval = held.accuracy_interval;
                [held.accuracy, interval.0, interval.1].map(Cell::accuracy).into()
            };
            let none = || vec![Cell::none(), Cell::none(), Cell::none()];
            cells.extend(model.holdout.as_ref().map_or_else(none, held));
        }
        let uses = |point: &&Point| point.model_costs.contains_key(&model.name);
        let used = frontier.points.iter().filter(uses).count();
        cells.push(Cell::new(format!("{used}"), used as f64));
        let share = chosen.map_or(0.0, |point| runs_on(point, &model.name));
        let text = if share > 0.0 { percent(share) } else { "\u{2013}".to_owned() };
        cells.push(Cell::new(text, share));
        Line { name: model.name.clone(), cells, cascade: None }
    };
    let mut models: Vec<&ModelEntry> = frontier.pool.models.iter().collect();
    models.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let lines = models.into_iter().map(line).collect();
    Table::new(
        "model-table",
        "The models on their own",
        all,
        lines,
        frontier.provenance.split.method,
    )
}

/// What a temperature does to each model's calibration error; `None` where none was fitted.
pub(super) fn calibration(frontier: &Frontier) -> Option<Table> {
    let fitted = &frontier.calibration.as_ref()?.models;
    let has_held = fitted.first()?.holdout.is_some();
    let ece = ["ECE before", "ECE after"];
    let columns = columns(&["Cost", "Temperature", ece[0], ece[1]], &ece, has_held);
    let line = |model: &CalibratedModel| {
        let known = frontier.pool.models.iter().find(|known| known.name == model.name);
        let temperature = model.temperature;
        let mut cells = vec![known.map_or_else(Cell::none, |known| Cell::cost(known.cost))];
        cells.push(Cell::new(temperature.to_string(), temperature));
        for errors in [Some(&model.tuning), model.holdout.as_ref()].into_iter().flatten() {
            cells.extend([errors.before, errors.after].map(Cell::accuracy));
        }
        cells.resize_with(columns.len(), Cell::none);
        Line { name: model.name.clone(), cells, cascade: None }
    };
    let mut lines: Vec<Line> = fitted.iter().map(line).collect();
    let price = |line: &Line| line.cells[0].number.unwrap_or_default();
    lines.sort_by(|a, b| price(a).total_cmp(&price(b)));
    let caption = "Temperatures of the models, and their calibration error without and with them";
    Some(Table::new("calibration", caption, columns, lines, frontier.provenance.split.method))
}

/// What all that was fitted does to the calibration error at each stage of the chosen cascade; `None` where
/// it uses nothing of that.
pub(super) fn calibrated_stages(frontier: &Frontier) -> Option<Table> {
    let stages = &frontier.calibration.as_ref()?.stages;
    let has_held = stages.first()?.holdout.is_some();
    let ece = ["ECE before", "ECE after"];
    let columns = columns(&ece, &ece, has_held);
    let line = |(stage, number): (&CalibratedStage, usize)| {
        let errors = [Some(&stage.tuning), stage.holdout.as_ref()].into_iter().flatten();
        let cells = errors.flat_map(|errors| [errors.before, errors.after].map(Cell::accuracy));
        let mut cells: Vec<Cell> = cells.collect();
        cells.resize_with(columns.len(), Cell::none);
        Line { name: format!("[{number}] {}", stage.models.join(" + ")), cells, cascade: None }
    };
    let lines = stages.iter().zip(1..).map(line).collect();
    let caption =
        "Calibration error at the stages of the chosen cascade, without and with what was fitted";
    Some(Table::new("stage-calibration", caption, columns, lines, frontier.provenance.split.method))
}

/// Share of the tuning samples that `model` runs on.
fn runs_on(point: &Point, model: &str) -> f64 {
    let stage = point.stages.iter().position(|stage| stage.models.iter().any(|name| name == model));
    let before = |stage: usize| point.stages[..stage].iter().map(|s| s.exit_fraction).sum::<f64>();
    stage.map_or(0.0, |stage| 1.0 - before(stage))
}

/// The samples that a point's figures are on.
fn on(held: Option<&Held>) -> &'static str {
    held.map_or("tuning", |held| held.method.unseen())
}

/// The figures that matter most, each with what it is on.
pub(super) fn tiles(
    frontier: &Frontier,
    chosen: Option<&Point>,
    reference: Option<&ModelEntry>,
) -> Vec<Tile> {
    let unit = &frontier.pool.cost_unit;
    let tile = |label: String, value: String, note: String| Tile { label, value, note };
    let mut tiles = vec![];
    if let Some(point) = chosen {
        let held = point.holdout.as_ref();
        let (accuracy, price) =
            held.map_or((point.accuracy, point.cost), |held| (held.accuracy, held.cost));
        let note = match held {
            Some(held) => format!("95 % interval {}", shares(held.accuracy_interval)),
            None => "on the samples that tuned it: flatters".to_owned(),
        };
        tiles.push(tile(format!("Accuracy, {}", on(held)), percent(accuracy), note));
        let ends = held.and_then(|held| held.cost_interval).map(|Interval(low, high)| {
            format!("95 % interval {} to {} {unit}", cost(low), cost(high))
        });
        let against = reference
            .filter(|model| model.cost > 0.0)
            .map(|model| format!("{}\u{d7} the cost of {}", ratio(price / model.cost), model.name));
        let note = against.into_iter().chain(ends).collect::<Vec<_>>().join("; ");
        tiles.push(tile(
            format!("Mean cost, {}", on(held)),
            format!("{} {unit}", cost(price)),
            note,
        ));
        let models = point.model_costs.len();
        let note = match (point.stages.len(), models) {
            (1, 1) => "one model, no gate".to_owned(),
            (1, models) => format!("{models} models on every sample"),
            (_, 2) => "one that needs both models".to_owned(),
            (_, models) => format!("one that needs all {models} models"),
        };
        let worst = format!("{} {unit}", cost(point.worst_case_cost));
        tiles.push(tile("Worst case, any sample".to_owned(), worst, note));
    }
    let search = &frontier.search;
    let (status, note) = match none_found(frontier) {
        Some(why) => ("none".to_owned(), why),
        None => (search.status.to_string(), certified(search)),
    };
    tiles.push(tile("Search, on tuning samples".to_owned(), status, note));
    tiles
}

/// What a search makes sure of, in a few words.
fn certified(search: &SearchEntry) -> String {
    match (search.certified_gap, search.status, search.shortlist) {
        (Some(0.0), ..) => "no cascade of the space is better at its cost".to_owned(),
        (Some(gap), ..) => format!("none is better by more than {}", text::gap(gap)),
        (None, Status::Heuristic, Some(Shortlisted { committees, .. })) => format!(
            "the best of {}, not of all; nothing is certified",
            counted(committees, "committee")
        ),
        (None, Status::Grid, _) => "other thresholds were not looked at".to_owned(),
        (None, ..) => "nothing is certified".to_owned(),
    }
}

/// How the search went and on what, as names and values.
pub(super) fn facts(frontier: &Frontier) -> Vec<(&'static str, String)> {
    let search = &frontier.search;
    let provenance = &frontier.provenance;
    let gap = search
        .certified_gap
        .map_or("unknown".to_owned(), |gap| format!("{} of accuracy", text::gap(gap)));
    let found = format!("{} found, {} kept", search.points_found, frontier.points.len());
    let held = how_held(frontier);
    let (status, gap) = match none_found(frontier) {
        Some(_) => ("none".to_owned(), "of nothing: no cascade was found".to_owned()),
        None => (search.status.to_string(), gap),
    };
    vec![
        ("Search", status),
        ("Certified gap", gap),
        ("Cascades in the space", count(search.candidates)),
        ("Points of the frontier", found),
        ("Seconds", format!("{:.2}", search.seconds)),
        ("Samples", format!("{} to tune on, {held}", frontier.pool.tuning_samples)),
        ("Classes", frontier.pool.classes.to_string()),
        ("Seed of the split", provenance.split.seed.to_string()),
        ("Made by", format!("{} {}", provenance.tool, provenance.version)),
    ]
}

/// The options of the search and of the choice, as they would be written.
pub(super) fn options(run: &Run) -> Vec<(String, String)> {
    let made_by = run.spec.as_ref().map_or(&run.frontier.provenance, |spec| &spec.provenance);
    let split = &made_by.split;
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Array(list) => {
            let parts =
                list.iter().map(|part| part.as_str().map_or(part.to_string(), str::to_owned));
            Some(parts.collect::<Vec<_>>().join(","))
        }
        other => Some(other.to_string()),
    };
    let given = made_by.options.iter();
    let mut options: Vec<(String, String)> =
        given.filter_map(|(name, value)| Some((format!("--{name}"), text(value)?))).collect();
    let divided = match split.method {
        Method::Split => ("--holdout", split.holdout.to_string()),
        Method::Column => ("--split-column", split.column.clone().unwrap_or_default()),
        Method::Pool => ("--holdout-pool", "another pool".to_owned()),
        Method::CrossFitted => ("--folds", split.folds.unwrap_or_default().to_string()),
    };
    options.push((divided.0.to_owned(), divided.1));
    options.push(("--seed".to_owned(), split.seed.to_string()));
    options.sort();
    options.dedup_by(|a, b| a.0 == b.0);
    options
}
