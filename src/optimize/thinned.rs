//! Which points of a frontier are written, and which stand for all of it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::choice::Choice;
use super::find::Findings;
use super::judge::Sides;
use super::scorer::Scored;
use crate::frontier::{similar, thin};
use crate::spec::wire::Point;

/// Most points that the optimism is a mean over, however many are kept: it does not hang on that.
const WEIGHED_POINTS: usize = 500;

/// A frontier with fewer points. Places are those of the whole frontier, ascending.
pub(super) struct Thinned {
    /// Which are written.
    pub(super) kept: Vec<usize>,
    /// These, one by one.
    pub(super) points: Vec<Point>,
    pub(super) kept_seen: Sides,
    /// Which stand for the whole frontier.
    pub(super) weighed: Vec<usize>,
    pub(super) weighed_seen: Sides,
}

impl Thinned {
    /// Keeps at most `max_points`, or all if that is 0. Whatever is chosen or shown is taken from the
    /// whole frontier, and is among them.
    pub(super) fn new(findings: &Findings<'_>, choice: &Choice, max_points: usize) -> Self {
        let Findings { outcome, scorer, merits, .. } = findings;
        let places: Vec<(f64, f64)> =
            merits.iter().map(|merit| (merit.cost, merit.accuracy)).collect();
        let pinned = pinned(findings, choice);
        let weighed = thin(&places, WEIGHED_POINTS, &pinned);
        let kept = match max_points {
            0 => (0..places.len()).collect(),
            WEIGHED_POINTS => weighed.clone(),
            most => thin(&places, most, &pinned),
        };
        let either: BTreeSet<usize> = kept.iter().chain(&weighed).copied().collect();
        let scored = |at: usize| (at, scorer.point(&outcome.frontier[at].cascade));
        let mut scored: BTreeMap<usize, Scored<Point>> =
            either.into_par_iter().map(scored).collect();
        let seen = |places: &[usize]| Sides::of(places.iter().map(|at| &scored[at]), scorer);
        let (kept_seen, weighed_seen) = (seen(&kept), seen(&weighed));
        let points = kept.iter().filter_map(|at| scored.remove(at)).map(|scored| scored.entry);
        Self { points: points.collect(), kept, kept_seen, weighed, weighed_seen }
    }
}

/// Whatever is chosen, or compared with a single model.
fn pinned(findings: &Findings<'_>, choice: &Choice) -> BTreeSet<usize> {
    let singles = findings.singles();
    let shown = singles.iter().map(|single| similar(&findings.merits, single));
    let mut pinned: BTreeSet<usize> = shown.flat_map(|s| [s.cost, s.accuracy]).flatten().collect();
    pinned.extend(choice.judged);
    pinned
}
