//! What a search found and how sure it is of it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cascade::{Cascade, Ticks};

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No cascade of the whole space is better at its cost.
    Optimal,
    /// The best over a grid of thresholds; other thresholds were not looked at.
    Grid,
    /// No cascade is better by more than the gap that was asked for.
    GapReached,
    /// Out of time; the certified gap holds.
    TimeLimit,
    /// Told to stop; the certified gap holds.
    Interrupted,
    /// The space was too large to enumerate; nothing is certified.
    Heuristic,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Optimal => "optimal",
            Self::Grid => "best on the grid",
            Self::GapReached => "gap reached",
            Self::TimeLimit => "time limit",
            Self::Interrupted => "interrupted",
            Self::Heuristic => "heuristic",
        })
    }
}

/// How a search of a shortlist ended, or the making of the list. It says nothing of cascades outside the
/// shortlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It came to its end: with the thresholds asked for, no cascade of the shortlist is better.
    #[default]
    Complete,
    /// At the gap that was asked for.
    GapReached,
    /// Out of time.
    TimeLimit,
    /// Told to stop.
    Interrupted,
}

impl Ended {
    fn is_complete(&self) -> bool {
        *self == Self::Complete
    }
}

impl Shortlisted {
    /// What stopped the making of it or else its search, if anything did.
    pub fn stopped(&self) -> Option<Ended> {
        [self.made, self.ended].into_iter().find(|ended| !ended.is_complete())
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Complete => "searched to its end",
            Self::GapReached => "stopped at the gap asked for",
            Self::TimeLimit => "stopped by the time limit",
            Self::Interrupted => "interrupted",
        })
    }
}

/// The shortlist of a heuristic search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shortlisted {
    /// Committees on it.
    pub committees: usize,
    /// How the making of it ended; absent in a file where that is [`Ended::Complete`].
    #[serde(default, skip_serializing_if = "Ended::is_complete")]
    pub made: Ended,
    /// How the search of these ended.
    pub ended: Ended,
}

/// A cascade of the frontier and its merit on the tuning samples, all together.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The cascade.
    pub cascade: Cascade,
    /// Right answers, out of the number of tuning samples.
    pub correct: u32,
    /// Cost of all tuning samples, in ticks of the space's scale.
    pub cost: Ticks,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The frontier, cheapest first; cost and right answers both rise strictly.
    pub frontier: Vec<Found>,
    /// Why it ended.
    pub status: Status,
    /// What was searched in place of the whole space, if the search was heuristic.
    pub shortlist: Option<Shortlisted>,
    /// The largest accuracy by which any cascade of the space may beat the frontier at its cost;
    /// `None` where nothing is known (heuristic, or on a grid that lacks thresholds).
    pub certified_gap: Option<f64>,
    /// Distinct cascades in the space that was searched, of those thresholds that were asked for; at
    /// most `u64::MAX`.
    pub candidates: u64,
    /// Cascades scored on the grid, and cells of cascades bounded.
    pub evaluated: u64,
    /// Cells dropped by their bound.
    pub pruned: u64,
    /// Time spent.
    pub duration: Duration,
}

impl Outcome {
    /// Whether the time limit or somebody stopped it before its end, and which of the two.
    pub fn stopped(&self) -> Option<Ended> {
        let ended = self.shortlist.and_then(|shortlist| shortlist.stopped());
        match (self.status, ended) {
            (Status::TimeLimit, _) | (_, Some(Ended::TimeLimit)) => Some(Ended::TimeLimit),
            (Status::Interrupted, _) | (_, Some(Ended::Interrupted)) => Some(Ended::Interrupted),
            _ => None,
        }
    }
}
