//! What to say where no cascade keeps to the limits, and which of them to ease.

use super::goal::Goal;
use super::limits::{Limits, Merit};

/// A choice that no cascade allows, and what comes nearest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unmet {
    /// What was asked for.
    pub limits: Limits,
    /// The most accurate cascade within the limits on cost, or else the cheapest of all; `None` if
    /// there is no cascade.
    pub nearest: Option<Merit>,
    /// Whether it is an accuracy that `nearest` lacks, not the cost.
    pub lacks_accuracy: bool,
    /// How far limits would have to be eased.
    pub eased: Eased,
}

/// The values nearest to limits that some cascade reaches; `None` for limits that stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Eased {
    /// Any one of these is enough, all other limits being kept.
    Any(Limits),
    /// No single one is enough. These are out of reach for themselves, whatever the others.
    Each(Limits),
}

impl Eased {
    /// What `points` reach, none of which keeps to `limits`.
    pub(super) fn new(points: &[Merit], limits: &Limits) -> Self {
        let any = nearest(points, limits, limits);
        if any != Limits::default() {
            return Self::Any(any);
        }
        let all = nearest(points, limits, &Limits::default());
        let keep = |value: Option<f64>, is_out: bool| value.filter(|_| is_out);
        let below = |value: Option<f64>, least: Option<f64>| value < least;
        Self::Each(Limits {
            max_cost: keep(all.max_cost, below(limits.max_cost, all.max_cost)),
            max_worst_case_cost: keep(
                all.max_worst_case_cost,
                below(limits.max_worst_case_cost, all.max_worst_case_cost),
            ),
            min_accuracy: keep(all.min_accuracy, below(all.min_accuracy, limits.min_accuracy)),
            min_group_accuracy: keep(
                all.min_group_accuracy,
                below(all.min_group_accuracy, limits.min_group_accuracy),
            ),
        })
    }
}

/// For each of `limits` that is set, the value nearest to it among the points that keep to all `others`.
fn nearest(points: &[Merit], limits: &Limits, others: &Limits) -> Limits {
    let among = |others: Limits, value: &dyn Fn(&Merit) -> Option<f64>| -> Vec<f64> {
        points.iter().filter(|point| others.allow(point)).filter_map(value).collect()
    };
    let least = |values: Vec<f64>| values.into_iter().min_by(f64::total_cmp);
    let most = |values: Vec<f64>| values.into_iter().max_by(f64::total_cmp);
    Limits {
        max_cost: limits.max_cost.and_then(|_| {
            least(among(Limits { max_cost: None, ..*others }, &|point| Some(point.cost)))
        }),
        max_worst_case_cost: limits.max_worst_case_cost.and_then(|_| {
            let others = Limits { max_worst_case_cost: None, ..*others };
            least(among(others, &|point| Some(point.worst_case_cost)))
        }),
        min_accuracy: limits.min_accuracy.and_then(|_| {
            most(among(Limits { min_accuracy: None, ..*others }, &|point| Some(point.accuracy)))
        }),
        min_group_accuracy: limits.min_group_accuracy.and_then(|_| {
            let others = Limits { min_group_accuracy: None, ..*others };
            most(among(others, &|point| point.min_group_accuracy))
        }),
    }
}

impl Unmet {
    /// One sentence for people, with `none` for "no cascade"; costs are in `unit`. `goal` is where the
    /// limits come from, and `reference` the model to be matched where it asks for no accuracy itself.
    pub fn message(&self, none: &str, unit: &str, goal: &Goal, reference: Option<&str>) -> String {
        let mut asked = vec![];
        if let Some(least) = self.limits.min_accuracy {
            let whose = self
                .matched(goal, reference)
                .map_or_else(String::new, |whose| format!(" ({whose})"));
            asked.push(format!("an accuracy of at least {}{whose}", six_digits(least)));
        }
        if let Some(most) = self.limits.max_cost {
            asked.push(format!("a cost of at most {most} {unit}"));
        }
        if let Some(most) = self.limits.max_worst_case_cost {
            asked.push(format!("a worst-case cost of at most {most} {unit}"));
        }
        if let Some(least) = self.limits.min_group_accuracy {
            asked.push(format!("an accuracy of at least {least} in every group"));
        }
        let asked = asked.join(" and ");
        match self.nearest {
            None => format!("{none} has {asked}: the frontier is empty"),
            Some(nearest) => {
                let priced = self.limits.max_cost.or(self.limits.max_worst_case_cost).is_some();
                let which = match (self.lacks_accuracy, priced) {
                    (true, true) => "the most accurate of that cost",
                    (true, false) => "the most accurate",
                    (false, _) => "the cheapest",
                };
                let Merit { accuracy, cost, worst_case_cost, min_group_accuracy } = nearest;
                // Rounded up, what is missed could be what was asked for; rounded down, what is met.
                let accuracy = match self.limits.min_accuracy {
                    Some(least) if accuracy >= least => six_digits(accuracy).to_string(),
                    _ => format!("{:.4}", no_more(accuracy)),
                };
                let min_group_accuracy = min_group_accuracy.map(no_more);
                let of_groups = match (self.limits.min_group_accuracy, min_group_accuracy) {
                    (Some(_), Some(least)) => format!(", of {least:.4} in its worst group,"),
                    _ => String::new(),
                };
                let way_out = self.way_out(goal);
                format!(
                    "{none} has {asked}: {which} has an accuracy of {accuracy}{of_groups} at {cost:.4} \
                     {unit} (at worst {worst_case_cost:.4} {unit}){way_out}"
                )
            }
        }
    }

    /// Whose accuracy it is that is asked for, unless that is the user's own number. Where both are
    /// asked for, the stricter one counts.
    fn matched(&self, goal: &Goal, reference: Option<&str>) -> Option<String> {
        let is_own = goal.min_accuracy.is_some() && goal.min_accuracy == self.limits.min_accuracy;
        match &goal.match_model {
            _ if is_own => None,
            Some(model) => Some(format!("that of {model}, by --match")),
            None => reference.map(|model| {
                format!("that of {model}, the best single model, since no other is asked for")
            }),
        }
    }

    /// Which limits to ease, by the options that set them.
    fn way_out(&self, goal: &Goal) -> String {
        let (Eased::Any(eased) | Eased::Each(eased)) = self.eased;
        let options = [
            ("--max-cost", goal.max_cost, eased.max_cost.map(no_less)),
            (
                "--max-worst-case-cost",
                goal.max_worst_case_cost,
                eased.max_worst_case_cost.map(no_less),
            ),
            ("--min-accuracy", goal.min_accuracy, eased.min_accuracy.map(no_more)),
            (
                "--min-group-accuracy",
                goal.min_group_accuracy,
                eased.min_group_accuracy.map(no_more),
            ),
        ];
        let by_match = goal.match_model.as_ref().filter(|_| {
            // Where both are asked for, the stricter one counts.
            goal.min_accuracy.is_none() || goal.min_accuracy != self.limits.min_accuracy
        });
        let ways = options.into_iter().filter_map(|(option, asked, value)| {
            let instead = match (option, by_match, asked) {
                ("--min-accuracy", Some(model), _) => format!(" in place of --match {model}"),
                (_, _, Some(asked)) => format!(" in place of {asked}"),
                (_, _, None) => String::new(),
            };
            Some(format!("{option} {}{instead}", value?))
        });
        let ways: Vec<String> = ways.collect();
        match (ways.is_empty(), self.eased) {
            (true, _) => String::new(),
            (_, Eased::Any(_)) => format!("; there is one with {}", ways.join(", or with ")),
            (_, Eased::Each(_)) => {
                format!("; the nearest that any of them reaches is {}", ways.join(", and "))
            }
        }
    }
}

/// A cost as a limit that it keeps to: `cost` or up to a unit in the fifth digit more.
pub(crate) fn no_less(cost: f64) -> f64 {
    if cost <= 0.0 {
        return cost;
    }
    let exponent = 4 - cost.log10().floor() as i32;
    let at = |digits: f64| format!("{digits}e{}", -exponent).parse().unwrap_or(cost);
    let digits = cost * 10f64.powi(exponent);
    // The nearest one may be the cost itself.
    [at(digits.round()), at(digits.ceil())].into_iter().find(|&limit| limit >= cost).unwrap_or(cost)
}

/// A share that may be that of a model, with no more digits than anyone reads.
fn six_digits(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

/// An accuracy as a limit that it keeps to: `share` or up to 0.0001 less.
fn no_more(share: f64) -> f64 {
    let parts = share * 1e4;
    let nearest = [parts.round() / 1e4, parts.floor() / 1e4];
    nearest.into_iter().find(|&limit| limit <= share).unwrap_or(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontier::choose;

    fn points() -> Vec<Merit> {
        let merit = |(accuracy, cost)| Merit {
            accuracy,
            cost,
            worst_case_cost: 3.0 * cost,
            min_group_accuracy: Some(accuracy - 0.1),
        };
        [(0.5, 1.0), (0.7, 2.0), (0.8, 4.000_004), (0.9, 9.0)].map(merit).to_vec()
    }

    fn message(goal: &Goal, limits: Limits) -> String {
        let unmet = choose(&points(), &limits).unwrap_err();
        unmet.message("no cascade", "GFLOPs", goal, Some("large"))
    }

    /// The message where `goal` alone makes the limits.
    fn asked(goal: Goal) -> String {
        let Goal { max_cost, min_accuracy, max_worst_case_cost, min_group_accuracy, .. } = goal;
        let limits = Limits { max_cost, max_worst_case_cost, min_accuracy, min_group_accuracy };
        message(&goal, limits)
    }

    #[test]
    fn the_limits_to_ease_are_named_with_what_would_do() {
        let (max_cost, min_accuracy) = (Some(3.0), Some(0.75));
        let told = asked(Goal { max_cost, min_accuracy, ..Goal::default() });
        let way_out = "; there is one with --max-cost 4.0001 in place of 3, or with \
                       --min-accuracy 0.7 in place of 0.75";
        assert!(told.ends_with(way_out), "{told}");
        let told = asked(Goal { max_worst_case_cost: Some(1.5), ..Goal::default() });
        assert!(told.ends_with("one with --max-worst-case-cost 3 in place of 1.5"), "{told}");
        let told = asked(Goal { min_group_accuracy: Some(0.95), ..Goal::default() });
        assert!(told.ends_with("one with --min-group-accuracy 0.8 in place of 0.95"), "{told}");
    }

    #[test]
    fn what_no_single_limit_explains_is_told_for_each() {
        let (max_cost, min_accuracy) = (Some(0.5), Some(0.95));
        let told = asked(Goal { max_cost, min_accuracy, ..Goal::default() });
        let way_out = "; the nearest that any of them reaches is --max-cost 1 in place of 0.5, \
                       and --min-accuracy 0.9 in place of 0.95";
        assert!(told.ends_with(way_out), "{told}");
        // Within a cost that some have.
        let (max_cost, min_group_accuracy) = (Some(2.0), Some(0.7));
        let goal =
            Goal { max_cost, min_group_accuracy, min_accuracy: Some(0.95), ..Goal::default() };
        let told = asked(goal);
        assert!(told.ends_with("reaches is --min-accuracy 0.9 in place of 0.95"), "{told}");
    }

    #[test]
    fn a_model_that_is_to_be_matched_is_named() {
        let limits = Limits { min_accuracy: Some(0.95), ..Limits::default() };
        let goal = Goal { match_model: Some("large".to_owned()), ..Goal::default() };
        let told = message(&goal, limits);
        assert!(told.ends_with("with --min-accuracy 0.9 in place of --match large"), "{told}");
        let goal = Goal { min_accuracy: Some(0.95), ..goal };
        assert!(message(&goal, limits).ends_with("with --min-accuracy 0.9 in place of 0.95"));
        // Nobody asked for the accuracy of the best model.
        assert!(message(&Goal::default(), limits).ends_with("with --min-accuracy 0.9"));
    }

    #[test]
    fn an_accuracy_that_is_no_number_of_the_users_says_whose_it_is() {
        let (min_accuracy, min_group_accuracy) = (Some(0.9), Some(0.85));
        let limits = Limits { min_accuracy, min_group_accuracy, ..Limits::default() };
        let unasked = message(&Goal { min_group_accuracy, ..Goal::default() }, limits);
        let told = "no cascade has an accuracy of at least 0.9 (that of large, the best single model, since \
                    no other is asked for) and an accuracy of at least 0.85 in every group: ";
        assert!(unasked.starts_with(told), "{unasked}");
        let match_model = Some("small".to_owned());
        let matched = message(&Goal { match_model, min_group_accuracy, ..Goal::default() }, limits);
        assert!(matched.contains("at least 0.9 (that of small, by --match) and"), "{matched}");
        let own = message(&Goal { min_accuracy, min_group_accuracy, ..Goal::default() }, limits);
        assert!(own.contains("at least 0.9 and"), "{own}");
    }

    #[test]
    fn rounded_limits_are_kept_to() {
        for value in [0.0, 1.0, 4.714, 19420.938, 2_033.720_31, 1e-9, 0.3, 1.0 / 3.0, 123_456_789.0]
        {
            let limit = no_less(value);
            assert!(limit >= value && limit <= value * 1.0001, "{value} {limit}");
        }
        assert_eq!((no_less(4.714), no_less(2_033.720_31)), (4.714, 2033.8));
        for share in [0.0, 1.0, 0.5, 0.98, 2.0 / 3.0, 0.99999] {
            let limit = no_more(share);
            assert!(limit <= share && limit > share - 0.0001001, "{share} {limit}");
        }
    }
}
