//! What each model is worth to the pool, in words.

use super::text::{cost, significant};
use crate::frontier::Goal;
use crate::search::Status;
use crate::spec::wire::Frontier;
use crate::trust::{ModelValue, Without};

/// Models whose value is said, unless all were asked for.
const MOST_VALUABLE: usize = 2;

/// Which of `models`, those of `frontier`, can go, and what the others are worth, where that was looked at.
pub(super) fn needed(frontier: &Frontier, models: &[ModelValue]) -> String {
    let all = frontier.provenance.options.get("model-values").and_then(|it| it.as_bool());
    let shown = if all == Some(true) { usize::MAX } else { MOST_VALUABLE };
    told(models, &frontier.pool.cost_unit, shown, |model| is_searched(frontier, model))
}

/// Whether the search looked at all cascades of `model`: only then is nothing lost without it.
fn is_searched(frontier: &Frontier, model: &str) -> bool {
    let is_whole = matches!(frontier.search.status, Status::Optimal | Status::Grid);
    let goal = Goal::from_json(&frontier.provenance.options);
    let limit = goal.max_worst_case_cost;
    let named = frontier.pool.models.iter().find(|entry| entry.name == model);
    let is_within = |limit| named.is_some_and(|model| model.cost <= limit);
    // What is worth nothing to the frontier may be worth much to a group.
    is_whole && goal.min_group_accuracy.is_none() && limit.is_none_or(is_within)
}

/// The same of models; of those that cannot go, the `shown` without which most is lost.
fn told(
    models: &[ModelValue],
    unit: &str,
    shown: usize,
    is_searched: impl Fn(&str) -> bool,
) -> String {
    let can_go = |value: &&ModelValue| value.is_spare && is_searched(&value.model);
    let is_unused = |value: &&ModelValue| value.points == 0 && !is_searched(&value.model);
    let names = |of: &dyn Fn(&&ModelValue) -> bool| {
        let names: Vec<&str> = models.iter().filter(of).map(|value| value.model.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let is_idle = |value: &&ModelValue| can_go(value) && value.points == 0;
    let is_replaced = |value: &&ModelValue| can_go(value) && value.points > 0;
    let spare = names(&is_idle).map(|names| format!("{names} can be dropped for nothing"));
    let replaced = names(&is_replaced).map(|names| {
        // Each may stand in for the others, and one of those that nothing runs for each.
        let one = if names.contains(", ") { format!("any one of {names}") } else { names };
        match &spare {
            Some(_) => format!("while all of these stay, {one} for next to nothing"),
            None => format!("{one} can be dropped for next to nothing"),
        }
    });
    let unused = names(&is_unused).map(|names| format!("no cascade of this frontier uses {names}"));
    let mut sentences: Vec<String> = spare.into_iter().chain(replaced).chain(unused).collect();
    let mut worth: Vec<_> = models
        .iter()
        .filter(|value| !can_go(value) && !is_unused(value))
        .filter_map(|value| Some((value.model.as_str(), value.without?)))
        .collect();
    worth.sort_by(|a, b| b.1.hypervolume_lost.total_cmp(&a.1.hypervolume_lost));
    let others = worth.len().saturating_sub(shown);
    let worth = worth.into_iter().take(shown).map(|(model, without)| {
        let losses = losses(&without, unit);
        let none = "next to nothing is lost".to_owned();
        format!("without {model} {}", if losses.is_empty() { none } else { losses.join(", ") })
    });
    sentences.extend(worth);
    if others > 0 {
        sentences.push("less without any other (frontier.json has all)".to_owned());
    }
    sentences.join("; ")
}

/// What is lost without a model, as far as its figures show a loss.
fn losses(without: &Without, unit: &str) -> Vec<String> {
    let hypervolume =
        lost(without.hypervolume_lost).map(|lost| format!("{lost} % less hypervolume"));
    // Most ratios are near 1, where the two digits of other ratios say little.
    let price = match without.cost_ratio.map(|ratio| significant(ratio, 3)) {
        Some(ratio) => (ratio != "1.00").then(|| format!("{ratio}x the cost")),
        None => Some("no cascade as accurate".to_owned()),
    };
    [hypervolume, less_accurate(without, unit), price].into_iter().flatten().collect()
}

/// How much less accurate cascades without a model are, and where there are none.
fn less_accurate(without: &Without, unit: &str) -> Option<String> {
    let up_to = |share: f64| lost(share).map(|lost| format!("up to {lost} points less"));
    let Some(left) = without.cheapest_left else {
        return up_to(without.accuracy_lost).map(|lost| format!("{lost} at equal cost"));
    };
    let above = without.accuracy_lost_above.and_then(up_to);
    let above = above.map_or_else(String::new, |lost| format!(" and {lost} above"));
    Some(format!("nothing below {} {unit}{above}", cost(left)))
}

/// A share in percent, unless that reads as nothing.
fn lost(share: f64) -> Option<String> {
    Some(format!("{:.2}", 100.0 * share)).filter(|lost| lost != "0.00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_search_of_everything_shows_what_can_go() {
        let value = |model: &str, points| ModelValue::new(model, points, None);
        let models = [value("a", 3), value("b", 0), value("c", 0)];
        assert_eq!(told(&models, "ms", 9, |_| true), "b, c can be dropped for nothing");
        assert_eq!(told(&models, "ms", 9, |_| false), "no cascade of this frontier uses b, c");
        assert_eq!(
            told(&models, "ms", 9, |model| model != "c"),
            "b can be dropped for nothing; no cascade of this frontier uses c"
        );
    }

    #[test]
    fn stand_ins_are_not_dropped_together() {
        let nothing = Without {
            hypervolume_lost: 0.0,
            accuracy_lost: 0.0,
            cheapest_left: None,
            accuracy_lost_above: None,
            cost_ratio: Some(1.0),
        };
        let models = [ModelValue::new("a", 3, Some(nothing)), ModelValue::new("b", 0, None)];
        assert_eq!(
            told(&models, "ms", 9, |_| true),
            "b can be dropped for nothing; while all of these stay, a for next to nothing"
        );
        assert_eq!(told(&models[..1], "ms", 9, |_| true), "a can be dropped for next to nothing");
    }

    #[test]
    fn where_nothing_is_left_no_difference_is_said() {
        let without = |cheapest_left, accuracy_lost_above| Without {
            hypervolume_lost: 0.001,
            accuracy_lost: 0.9583,
            cheapest_left,
            accuracy_lost_above,
            cost_ratio: Some(1.09),
        };
        let said = |without| told(&[ModelValue::new("a", 3, Some(without))], "ms", 9, |_| true);
        assert_eq!(
            said(without(Some(27.29), Some(0.004))),
            "without a 0.10 % less hypervolume, nothing below 27.29 ms and up to 0.40 points less above, \
             1.09x the cost"
        );
        assert!(said(without(Some(27.29), None)).contains("nothing below 27.29 ms, 1.09x"));
        assert!(said(without(None, None)).contains("up to 95.83 points less at equal cost"));
    }

    #[test]
    fn only_losses_are_told() {
        let told = |hypervolume_lost, accuracy_lost, cost_ratio| {
            let (cheapest_left, accuracy_lost_above) = (None, None);
            let without = Without {
                hypervolume_lost,
                accuracy_lost,
                cheapest_left,
                accuracy_lost_above,
                cost_ratio,
            };
            losses(&without, "ms").join(", ")
        };
        assert_eq!(
            told(0.2, 0.00001, Some(6_054_688.28)),
            "20.00 % less hypervolume, 6.05e6x the cost"
        );
        assert_eq!(told(0.00002, 0.01, Some(1.001)), "up to 1.00 points less at equal cost");
        assert_eq!(told(0.00002, 0.00001, Some(1.0)), "");
        assert_eq!(told(0.0, 0.0, None), "no cascade as accurate");
    }
}
