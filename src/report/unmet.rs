//! Why no cascade of a frontier was chosen, and what would help.

use crate::frontier::{Goal, Merit, Unmet, choose};
use crate::search::{Ended, Status};
use crate::spec::wire::{Frontier, SearchEntry};

/// What no cascade of `frontier` meets, what comes nearest, which limit of `goal` to ease, and what the search
/// may have missed, in one sentence. `none` says of which cascades, if not of all that were found. Where there
/// is no cascade at all, the cheapest model is nearest.
pub fn unmet_message(
    none: Option<&str>,
    frontier: &Frontier,
    unmet: &Unmet,
    goal: &Goal,
) -> String {
    let unit = &frontier.pool.cost_unit;
    let models = frontier.pool.models.iter();
    let cheapest = models.min_by(|a, b| a.cost.total_cmp(&b.cost)).map(|model| Merit {
        accuracy: model.accuracy,
        cost: model.cost,
        worst_case_cost: model.cost,
        min_group_accuracy: None,
    });
    let of_model = match (unmet.nearest, cheapest) {
        (None, Some(cheapest)) => choose(&[cheapest], &unmet.limits).err(),
        _ => None,
    };
    let singles = frontier.singles();
    let reference = goal.limits(&singles).1.map(|model| singles[model].name);
    // No cascade costs less than the cheapest model.
    let is_out = |most: Option<f64>| most.zip(cheapest).is_some_and(|(it, model)| it < model.cost);
    let limits = &unmet.limits;
    let is_certain = is_out(limits.max_cost)
        || is_out(limits.max_worst_case_cost)
        || none.is_none() && is_beyond_the_gap(&frontier.search, unmet);
    let missed = match is_certain {
        true => None,
        false if limits.min_group_accuracy.is_some() => Some(UNFAIR),
        false => frontier.search.missed(),
    };
    let none = none.unwrap_or(match missed {
        None => "no cascade",
        Some(UNFAIR) => "no cascade of the frontier",
        Some(_) => "no cascade that was found",
    });
    let told = of_model.as_deref().unwrap_or(unmet).message(none, unit, goal, reference);
    told + &missed.map(|missed| format!("; {missed}")).unwrap_or_default()
}

/// Whether the cascade that is most accurate within the limits on cost falls further short than any that the search
/// of these limits missed can make up for.
fn is_beyond_the_gap(search: &SearchEntry, unmet: &Unmet) -> bool {
    let limits =
        [search.certified_gap, unmet.limits.min_accuracy, unmet.nearest.map(|it| it.accuracy)];
    let [Some(gap), Some(least), Some(most)] = limits else { return false };
    unmet.lacks_accuracy && unmet.limits.min_group_accuracy.is_none() && most + gap < least
}

/// What a search misses where groups are to be spared.
const UNFAIR: &str = "the frontier goes by accuracy and cost, so a cascade that is not on it, or a model alone, may \
                      do better by every group";

impl SearchEntry {
    /// What ended it, or that of its shortlist, before its end; `None` if nothing did.
    pub(super) fn cut_short(&self) -> Option<Ended> {
        match self.status {
            Status::TimeLimit => Some(Ended::TimeLimit),
            Status::Interrupted => Some(Ended::Interrupted),
            Status::GapReached => Some(Ended::GapReached),
            Status::Optimal | Status::Grid | Status::Heuristic => {
                self.shortlist.and_then(|shortlist| shortlist.stopped())
            }
        }
    }

    /// Why there may be cascades that it did not find, and what would find them. `None` if the frontier is
    /// certain to be the best.
    fn missed(&self) -> Option<&'static str> {
        if self.certified_gap == Some(0.0) {
            return None;
        }
        Some(match self.cut_short() {
            Some(Ended::TimeLimit) => {
                "the time limit ended the search, which may find one with a longer --time-limit"
            }
            Some(Ended::Interrupted) => "the search was interrupted, and may find one if it is not",
            Some(Ended::GapReached) => {
                "the search ended at its --gap, and may find one with a smaller --gap"
            }
            Some(Ended::Complete) | None if self.status == Status::Grid => {
                "the search left out all thresholds between those of the grid, and may find one with \
                 --resolution exact"
            }
            Some(Ended::Complete) | None => {
                "the search was of a shortlist, and may find one where fewer --max-models make it whole"
            }
        })
    }
}
