//! The frontier as a scene.

use super::axis::{LinearAxis, LogAxis, Tick};
use super::geometry::Area;
use super::labels::{Surroundings, placed};
use super::scene::{Anchor, Colour, Place, Scene, Shape};
use crate::counted::counted;
use crate::report::layout::elided;
use crate::report::run::Run;
use crate::spec::wire::{Held, ModelEntry, Point};
use crate::trust::Method;

const SIZE: (u32, u32) = (840, 520);

// Okabe and Ito's hues, darkened until each stands out on white; shapes differ too.
const CASCADE: Colour = (0, 103, 173);
const ENSEMBLE: Colour = (0, 128, 93);
const SINGLE: Colour = (194, 82, 0);
const INK: Colour = (22, 25, 29);
const SOFT: Colour = (86, 94, 104);
const FAINT: Colour = (138, 146, 156);
const PALE: Colour = (216, 220, 225);
const STAIRS: Colour = (156, 195, 224);
const GRID: Colour = (236, 238, 241);
const PAPER: Colour = (255, 255, 255);

/// The plot area: left, right, top, bottom.
const LEFT: f64 = 58.0;
const RIGHT: f64 = 822.0;
const TOP: f64 = 62.0;
const BOTTOM: f64 = 464.0;

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cascade,
    Ensemble,
    Single,
    /// A single model that the frontier does not hold.
    Beaten,
    /// The same where there is no frontier to beat it.
    Alone,
}

impl Kind {
    fn of(point: &Point) -> Self {
        match point.stages.as_slice() {
            [stage] if stage.models.len() == 1 => Self::Single,
            [_] => Self::Ensemble,
            _ => Self::Cascade,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cascade => "cascade",
            Self::Ensemble => "ensemble",
            Self::Single => "single model",
            Self::Beaten => "single model, beaten",
            Self::Alone => "single model",
        }
    }
}

/// The figure of `run`.
pub(super) fn scene(run: &Run) -> Scene {
    let points = &run.frontier.points;
    let models = &run.frontier.pool.models;
    let unit = &run.frontier.pool.cost_unit;
    let title = format!(
        "Frontier of {}: mean cost in {unit} against accuracy",
        counted(points.len(), "cascade")
    );
    let mut scene = Scene { size: SIZE, title, shapes: vec![] };

    let costs = points.iter().map(|point| point.cost).chain(models.iter().map(|model| model.cost));
    let held = || {
        let points = points.iter().filter_map(|point| point.holdout.as_ref());
        points.chain(models.iter().filter_map(|model| model.holdout.as_ref()))
    };
    let ends = held().flat_map(|held| [held.accuracy_interval.0, held.accuracy_interval.1]);
    let tuned = points.iter().map(|point| point.accuracy);
    let accuracies = tuned.chain(models.iter().map(|model| model.accuracy)).chain(ends);
    let (low, high) = accuracies
        .fold((1.0f64, 0.0f64), |(low, high), accuracy| (low.min(accuracy), high.max(accuracy)));
    let x = LogAxis::new(costs, LEFT + 4.0, RIGHT);
    let y = LinearAxis::new(low.min(high), high, BOTTOM, TOP);
    frame(&mut scene, &x.ticks(), &y.ticks(), unit);

    let beaten: Vec<&ModelEntry> = models.iter().filter(|model| !is_on(points, model)).collect();
    let steps = stairs(points, &x, &y);
    if !steps.is_empty() {
        scene.line(&steps, 1.25, STAIRS);
    }
    let of_points = points.iter().filter_map(|p| p.holdout.as_ref().map(|held| (held, held.cost)));
    let of_models = beaten.iter().filter_map(|m| m.holdout.as_ref().map(|held| (held, m.cost)));
    let held_points: Vec<(&Held, f64, Colour)> = of_points
        .map(|(held, cost)| (held, x.at(cost), FAINT))
        .chain(of_models.map(|(held, cost)| (held, x.at(cost), SINGLE)))
        .collect();
    held_out(&mut scene, &held_points, &y);
    let place = |cost: f64, accuracy: f64| (x.at(cost), y.at(accuracy));
    // Where no name should stand.
    let mut places: Vec<Place> =
        held_points.iter().map(|(held, x, _)| (*x, y.at(held.accuracy))).collect();
    let mut named: Vec<(Place, String)> = vec![];
    let chosen = run.chosen().map(|chosen| place(points[chosen].cost, points[chosen].accuracy));
    named.extend(chosen.map(|at| (at, "chosen".to_owned())));
    for model in &beaten {
        let at = place(model.cost, model.accuracy);
        mark(&mut scene, Kind::Beaten, at, 5.0);
        places.push(at);
        named.push((at, model.name.clone()));
    }
    let size = if points.len() > 120 { 3.2 } else { 4.2 };
    // Rims set the cascades off from all below, not from each other: where they are dense, one's rim would
    // hide the next.
    for point in points.iter().filter(|point| Kind::of(point) == Kind::Cascade) {
        scene.shapes.push(disc(place(point.cost, point.accuracy), size + RIM, PAPER));
    }
    // The rarer kinds lie on top.
    for kind in [Kind::Cascade, Kind::Ensemble, Kind::Single] {
        for point in points.iter().filter(|point| Kind::of(point) == kind) {
            let at = place(point.cost, point.accuracy);
            mark(&mut scene, kind, at, if kind == Kind::Cascade { size } else { 5.0 });
            places.push(at);
            if kind == Kind::Single {
                named.push((at, point.path()));
            }
        }
    }
    if let Some(at) = chosen {
        scene.shapes.push(star(at, 9.0));
    }
    let intervals = held_points.iter().map(|(held, x, _)| {
        let interval = held.accuracy_interval;
        ((*x, y.at(interval.0)), (*x, y.at(interval.1)))
    });
    let lines = intervals.collect();
    let steps = steps.windows(2).map(|step| (step[0], step[1])).collect();
    let frame = Area { left: LEFT, right: SIZE.0.into(), top: TOP - 8.0, bottom: BOTTOM - 2.0 };
    names(&mut scene, &named, &Surroundings { frame, points: places, lines, steps });
    let kinds = [Kind::Cascade, Kind::Ensemble, Kind::Single];
    let mut present: Vec<Kind> =
        kinds.into_iter().filter(|kind| points.iter().any(|p| Kind::of(p) == *kind)).collect();
    let other = if points.is_empty() { Kind::Alone } else { Kind::Beaten };
    present.extend((!beaten.is_empty()).then_some(other));
    legend(&mut scene, &present, held().next().map(|held| held.method), chosen.is_some());
    scene
}

/// Whether the frontier holds `model` on its own.
fn is_on(points: &[Point], model: &ModelEntry) -> bool {
    let mut singles = points.iter().filter(|point| Kind::of(point) == Kind::Single);
    singles.any(|point| point.stages[0].models[0] == model.name)
}

fn frame(scene: &mut Scene, x: &[Tick], y: &[Tick], unit: &str) {
    for (at, text) in y {
        scene.line(&[(LEFT, *at), (RIGHT, *at)], 1.0, GRID);
        scene.text((LEFT - 9.0, at + 4.5), text, Anchor::End, SOFT);
    }
    scene.line(&[(LEFT, BOTTOM), (RIGHT, BOTTOM)], 1.0, FAINT);
    for (at, text) in x {
        scene.line(&[(*at, BOTTOM), (*at, BOTTOM + 5.0)], 1.0, FAINT);
        scene.text((*at, BOTTOM + 21.0), text, Anchor::Middle, SOFT);
    }
    let name = format!("Mean cost of a sample, {unit} (log scale)");
    scene.text((RIGHT, BOTTOM + 43.0), &name, Anchor::End, SOFT);
    scene.text((12.0, TOP - 14.0), "Accuracy, %", Anchor::Start, SOFT);
}

/// What accuracy the frontier gives for any cost, as corners of a line.
fn stairs(points: &[Point], x: &LogAxis, y: &LinearAxis) -> Vec<Place> {
    let mut steps: Vec<Place> = vec![];
    for point in points {
        let at = (x.at(point.cost), y.at(point.accuracy));
        steps.extend(steps.last().map(|last| (at.0, last.1)));
        steps.push(at);
    }
    steps.extend(steps.last().map(|last| (RIGHT, last.1)));
    steps
}

/// All names, and below the figure the key to those that found no room.
fn names(scene: &mut Scene, named: &[(Place, String)], around: &Surroundings) {
    const COLUMNS: usize = 3;
    let found = placed(named, around);
    for label in found.labels {
        if let Some((from, to)) = label.leader {
            scene.line(&[from, to], 0.9, SOFT);
        }
        scene.text(label.at, &label.text, label.anchor, INK);
    }
    for (index, name) in found.key.iter().enumerate() {
        let at = (
            18.0 + (index % COLUMNS) as f64 * f64::from(SIZE.0) / COLUMNS as f64,
            f64::from(SIZE.1) + 18.0 * (index / COLUMNS) as f64 + 8.0,
        );
        scene.text(at, &format!("{} {}", index + 1, elided(name, 32)), Anchor::Start, INK);
    }
    scene.size.1 += 18 * found.key.len().div_ceil(COLUMNS) as u32;
}

/// Held-out accuracies at their places along x, all intervals behind all of them.
fn held_out(scene: &mut Scene, points: &[(&Held, f64, Colour)], y: &LinearAxis) {
    for (held, x, _) in points {
        let interval = held.accuracy_interval;
        scene.line(&[(*x, y.at(interval.0)), (*x, y.at(interval.1))], 0.75, PALE);
    }
    for (held, x, rim) in points {
        let (at, rim) = ((*x, y.at(held.accuracy)), *rim);
        scene.shapes.push(Shape::Disc { at, radius: 1.75, fill: Some(PAPER), width: 0.9, rim });
    }
}

/// Half the width of the rim of a cascade's mark.
const RIM: f64 = 0.3;

fn disc(at: Place, radius: f64, colour: Colour) -> Shape {
    Shape::Disc { at, radius, fill: Some(colour), width: 0.0, rim: colour }
}

/// A mark; that of a cascade without its rim.
fn mark(scene: &mut Scene, kind: Kind, (x, y): Place, size: f64) {
    let square = |half: f64| {
        vec![(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    };
    scene.shapes.push(match kind {
        Kind::Cascade => disc((x, y), size - RIM, CASCADE),
        Kind::Ensemble => {
            let tall = 1.3 * size;
            let points =
                vec![(x, y - tall), (x + tall, y + 0.78 * tall), (x - tall, y + 0.78 * tall)];
            Shape::Area { points, fill: ENSEMBLE, width: 0.8, rim: PAPER }
        }
        Kind::Single => {
            Shape::Area { points: square(0.9 * size), fill: SINGLE, width: 0.8, rim: PAPER }
        }
        Kind::Beaten | Kind::Alone => {
            Shape::Area { points: square(0.8 * size), fill: PAPER, width: 1.75, rim: SINGLE }
        }
    });
}

fn star((x, y): Place, size: f64) -> Shape {
    let corner = |index: i32| {
        let radius = if index % 2 == 0 { size } else { 0.42 * size };
        let angle = std::f64::consts::PI * (f64::from(index) / 5.0 - 0.5);
        (x + radius * angle.cos(), y + radius * angle.sin())
    };
    Shape::Area { points: (0..10).map(corner).collect(), fill: INK, width: 1.0, rim: PAPER }
}

fn legend(scene: &mut Scene, kinds: &[Kind], unseen: Option<Method>, has_chosen: bool) {
    let (mut x, y) = (18.0, 20.0);
    let name = |scene: &mut Scene, x: &mut f64, text: &str| {
        scene.text((*x + 12.0, y + 4.5), text, Anchor::Start, SOFT);
        *x += 7.2 * text.chars().count() as f64 + 34.0;
    };
    for kind in kinds {
        mark(scene, *kind, (x, y), if *kind == Kind::Cascade { 4.2 } else { 5.0 });
        name(scene, &mut x, kind.name());
    }
    if let Some(method) = unseen {
        scene.line(&[(x, y - 8.0), (x, y + 8.0)], 0.75, FAINT);
        let disc =
            Shape::Disc { at: (x, y), radius: 2.5, fill: Some(PAPER), width: 0.9, rim: FAINT };
        scene.shapes.push(disc);
        name(scene, &mut x, &format!("{}, with its 95 % interval", method.unseen()));
    }
    if has_chosen {
        scene.shapes.push(star((x, y), 7.0));
        name(scene, &mut x, "chosen");
    }
}
