//! Time against samples, classes, models and stages, each doubled four times (stages three times: a
//! cascade has at most eight), beside what the formulas of docs/search.md predict: `cargo bench --bench growth [-- PLOT.svg]`.
//!
//! Prints a table in Markdown. The base is 4 models, 10,000 samples, 50 classes, `mean_logits`, up
//! to 3 models in a cascade; for stages 8 models and 2,500 samples, and a coarse grid, as its cells
//! are a power of their number.

mod made;

use std::path::Path;
use std::time::Instant;

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::pool::{Pool, PoolSource};
use committee::search::{Options, Resolution, Scope, Silent, Space, Status, search};
use committee::signal::{Signals, committees};
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

/// Runs of each case, in turns with the others of its axis; the fastest counts, as whatever else runs
/// on the machine can only slow one down.
const RUNS: usize = 7;

/// One case: a pool, the most models of a cascade, and thresholds per gate of the grid.
#[derive(Clone, Copy)]
struct Case {
    size: made::Size,
    max_models: usize,
    levels: u16,
}

/// A figure that a case is measured or predicted by.
#[derive(Clone, Copy)]
struct Times {
    /// Reading the files, and signals of all committees.
    signals: f64,
    /// Scoring every cascade on the grid.
    grid: f64,
}

/// Picks one of the times.
type Pick = fn(&Times) -> f64;

const BASE: made::Size = made::Size { models: 4, samples: 10_000, classes: 50 };

/// What grows.
struct Axis {
    name: &'static str,
    values: &'static [usize],
    case: fn(usize) -> Case,
}

const AXES: [Axis; 4] = [
    Axis {
        name: "samples",
        values: &[10_000, 20_000, 40_000, 80_000, 160_000],
        case: |samples| Case { size: made::Size { samples, ..BASE }, max_models: 3, levels: 32 },
    },
    Axis {
        name: "classes",
        values: &[50, 100, 200, 400, 800],
        case: |classes| Case { size: made::Size { classes, ..BASE }, max_models: 3, levels: 32 },
    },
    Axis {
        name: "models",
        values: &[4, 8, 16, 32, 64],
        case: |models| Case {
            size: made::Size { models, samples: 2_500, ..BASE },
            max_models: 3,
            levels: 32,
        },
    },
    Axis {
        name: "stages",
        values: &[1, 2, 4, 8],
        case: |max_models| {
            let size = made::Size { models: 8, samples: 2_500, ..BASE };
            Case { size, max_models, levels: 4 }
        },
    },
];

fn main() {
    println!("| axis | value | signals, s | growth | predicted | grid, s | growth | predicted |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut curves = vec![];
    for Axis { name: axis, values, case } in AXES {
        let cases: Vec<Case> = values.iter().map(|&value| case(value)).collect();
        let mut measured: Vec<Times> = cases.iter().map(measure).collect();
        for _ in 1..RUNS {
            for (case, fastest) in cases.iter().zip(&mut measured) {
                let again = measure(case);
                fastest.signals = fastest.signals.min(again.signals);
                fastest.grid = fastest.grid.min(again.grid);
            }
        }
        let predicted: Vec<Times> = cases.iter().map(predict).collect();
        for (at, value) in values.iter().enumerate() {
            let growth =
                |times: &[Times], pick: Pick| pick(&times[at]) / pick(&times[at.saturating_sub(1)]);
            let cells = |pick: Pick| {
                format!(
                    "{:.4} | {:.2} | {:.2}",
                    pick(&measured[at]),
                    growth(&measured, pick),
                    growth(&predicted, pick)
                )
            };
            println!("| {axis} | {value} | {} | {} |", cells(|t| t.signals), cells(|t| t.grid));
        }
        curves.push((axis, measured, predicted));
    }
    if let Some(path) = std::env::args().find(|argument| argument.ends_with(".svg")) {
        plot(Path::new(&path), &curves).expect("the plot can be drawn and written");
    }
}

fn scope(case: &Case) -> Scope {
    Scope {
        max_models: case.max_models,
        aggregations: vec![Aggregation::MeanLogits],
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_worst_case_cost: None,
    }
}

fn measure(case: &Case) -> Times {
    let manifest = made::pool(case.size);
    let scope = scope(case);
    let start = Instant::now();
    let pool = Pool::open(&PoolSource::Manifest(manifest), None).expect("it is sound");
    let signals = Signals::compute(&pool, scope.signal_keys(&pool), |_| {}).expect("it is sound");
    let seconds = start.elapsed().as_secs_f64();
    let tuning: Vec<u32> = (0..case.size.samples as u32).collect();
    let space = Space::new(&pool, &signals, &scope, &tuning);
    let resolution = Resolution::Quantiles(case.levels);
    let options = Options { scope: scope.clone(), resolution, gap: 0.0, time_limit: None };
    let outcome = search(&space, &options.check().expect("in range"), &Silent);
    assert_eq!(outcome.status, Status::Grid);
    assert_eq!(outcome.evaluated, outcome.candidates);
    Times { signals: seconds, grid: outcome.duration.as_secs_f64() }
}

/// In units of their own: committees x samples x classes, and over all chains the samples and the
/// cells of their tables.
fn predict(case: &Case) -> Times {
    let made::Size { models, samples, classes } = case.size;
    let sets = committees(models, case.max_models);
    let chains = sets.iter().map(|set| {
        let by_gates = chains_of(set.len());
        let cost = by_gates.iter().enumerate().map(|(gates, chains)| {
            chains * (samples as f64 + f64::from(case.levels).powi(gates as i32))
        });
        cost.sum::<f64>()
    });
    Times { signals: (sets.len() * samples * classes) as f64, grid: chains.sum() }
}

/// For each number of gates, the chains that end with all of `size` models: ways to put them into
/// one more ordered groups than gates.
fn chains_of(size: usize) -> Vec<f64> {
    // Surjections of `size` things onto `groups` places, by inclusion and exclusion.
    let onto = |groups: usize| {
        let mut choose = 1.0;
        (0..=groups)
            .map(|left_out| {
                let sign = if left_out % 2 == 0 { 1.0 } else { -1.0 };
                let ways = sign * choose * ((groups - left_out) as f64).powi(size as i32);
                choose *= (groups - left_out) as f64 / (left_out + 1) as f64;
                ways
            })
            .sum()
    };
    (1..=size).map(onto).collect()
}

/// A panel per axis: growth since the first value, measured (lines) and predicted (dots).
fn plot(
    path: &Path,
    curves: &[(&str, Vec<Times>, Vec<Times>)],
) -> Result<(), Box<dyn std::error::Error>> {
    let fonts = epaint_default_fonts::UBUNTU_LIGHT;
    register_font("sans-serif", FontStyle::Normal, fonts).map_err(|_| "the font is no font")?;
    let area = SVGBackend::new(path, (960, 300)).into_drawing_area();
    area.fill(&WHITE)?;
    let picks: [(&str, RGBColor, Pick); 2] = [
        ("signals", RGBColor(0, 114, 178), |times| times.signals),
        ("grid", RGBColor(213, 94, 0), |times| times.grid),
    ];
    for (panel, (axis, measured, predicted)) in area.split_evenly((1, 4)).iter().zip(curves) {
        let since_first = |times: &[Times], pick: Pick| -> Vec<(f64, f64)> {
            let growth = times.iter().map(|t| (pick(t) / pick(&times[0])).log2());
            growth.enumerate().map(|(at, growth)| (at as f64, growth)).collect()
        };
        let all = [measured, predicted]
            .into_iter()
            .flat_map(|times| picks.iter().flat_map(move |(_, _, pick)| since_first(times, *pick)));
        let top = all.map(|(_, growth)| growth).fold(1.0, f64::max);
        let mut chart = ChartBuilder::on(panel)
            .caption(format!("doublings of time over steps of {axis}"), ("sans-serif", 13))
            .margin(8)
            .x_label_area_size(24)
            .y_label_area_size(28)
            .build_cartesian_2d(0.0..(measured.len() - 1) as f64, 0.0..top)?;
        chart.configure_mesh().x_labels(measured.len()).light_line_style(TRANSPARENT).draw()?;
        for (name, colour, pick) in picks {
            chart
                .draw_series(LineSeries::new(since_first(measured, pick), colour.stroke_width(2)))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour));
            let dots = since_first(predicted, pick).into_iter();
            chart.draw_series(dots.map(|at| Circle::new(at, 4, colour)))?;
        }
        chart.configure_series_labels().position(SeriesLabelPosition::UpperLeft).draw()?;
    }
    area.present()?;
    Ok(())
}
