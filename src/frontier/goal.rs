//! What the user wants of the chosen cascade, and single models to hold it against.

use std::collections::BTreeMap;

use serde_json::json;

use super::limits::{Limits, Merit};
use crate::error::{Error, Result};
use crate::expected;
use crate::hint::{hint, share_hint};

/// A model on its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Single<'a> {
    /// Its name.
    pub name: &'a str,
    /// Cost of one run.
    pub cost: f64,
    /// Share of the tuning samples that are right.
    pub accuracy: f64,
}

/// What was asked for. With nothing but a worst case, the best single model is to be matched.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Goal {
    /// Most expected cost.
    pub max_cost: Option<f64>,
    /// Least accuracy.
    pub min_accuracy: Option<f64>,
    /// Most worst-case cost.
    pub max_worst_case_cost: Option<f64>,
    /// A model whose accuracy is to be reached.
    pub match_model: Option<String>,
    /// Least accuracy in every group.
    pub min_group_accuracy: Option<f64>,
}

impl Goal {
    /// Checks the goal against the names of the pool's models.
    ///
    /// # Errors
    /// [`Error::Option`] for a model that is not in the pool or a limit that is no number.
    pub fn check<'a>(&self, models: impl Iterator<Item = &'a str>) -> Result<()> {
        let costs =
            [("--max-cost", self.max_cost), ("--max-worst-case-cost", self.max_worst_case_cost)];
        for (option, cost) in costs {
            if let Some(cost) = cost.filter(|cost| !(cost.is_finite() && *cost >= 0.0)) {
                return Err(Error::option(option, expected::COST_LIMIT, cost));
            }
        }
        let shares = [
            ("--min-accuracy", self.min_accuracy),
            ("--min-group-accuracy", self.min_group_accuracy),
        ];
        for (option, share) in shares {
            if let Some(share) = share.filter(|share| !(0.0..=1.0).contains(share)) {
                let found = format!("{share}{}", share_hint(share));
                return Err(Error::option(option, expected::SHARE, found));
            }
        }
        let names: Vec<&str> = models.collect();
        match &self.match_model {
            Some(name) if !names.contains(&name.as_str()) => {
                let expected = format!("a model of the pool ({})", names.join(", "));
                let found = format!("{name}{}", hint(name, &names));
                Err(Error::option("--match", expected, found))
            }
            _ => Ok(()),
        }
    }

    /// The options that were given.
    pub fn limiting(&self) -> Vec<&'static str> {
        let limits = [
            ("--max-cost", self.max_cost.is_some()),
            ("--max-worst-case-cost", self.max_worst_case_cost.is_some()),
            ("--min-accuracy", self.min_accuracy.is_some()),
            ("--match", self.match_model.is_some()),
            ("--min-group-accuracy", self.min_group_accuracy.is_some()),
        ];
        limits.into_iter().filter(|limit| limit.1).map(|limit| limit.0).collect()
    }

    /// The goal by the names of its options, as provenance records it.
    pub fn to_json(&self) -> BTreeMap<String, serde_json::Value> {
        BTreeMap::from([
            ("max-cost".to_owned(), json!(self.max_cost)),
            ("min-accuracy".to_owned(), json!(self.min_accuracy)),
            ("max-worst-case-cost".to_owned(), json!(self.max_worst_case_cost)),
            ("match".to_owned(), json!(self.match_model)),
            ("min-group-accuracy".to_owned(), json!(self.min_group_accuracy)),
        ])
    }

    /// The goal that provenance records in `options`; what is not of its type counts as not given.
    pub fn from_json(options: &BTreeMap<String, serde_json::Value>) -> Self {
        let number = |name: &str| options.get(name).and_then(serde_json::Value::as_f64);
        let name = options.get("match").and_then(serde_json::Value::as_str);
        Self {
            max_cost: number("max-cost"),
            min_accuracy: number("min-accuracy"),
            max_worst_case_cost: number("max-worst-case-cost"),
            match_model: name.map(str::to_owned),
            min_group_accuracy: number("min-group-accuracy"),
        }
    }

    /// The limits that this goal means where `singles` are the pool's models, and which of them the
    /// choice is measured against: the one to be matched, or else the best within the worst case.
    pub fn limits(&self, singles: &[Single<'_>]) -> (Limits, Option<usize>) {
        let best = best_single(singles, self.max_worst_case_cost);
        let matched = match &self.match_model {
            Some(name) => singles.iter().position(|single| single.name == name),
            None if self.max_cost.is_none() && self.min_accuracy.is_none() => best,
            None => None,
        };
        let to_match = matched.map(|model| singles[model].accuracy);
        let min_accuracy = [self.min_accuracy, to_match].into_iter().flatten().reduce(f64::max);
        let limits = Limits {
            max_cost: self.max_cost,
            max_worst_case_cost: self.max_worst_case_cost,
            min_accuracy,
            min_group_accuracy: self.min_group_accuracy,
        };
        (limits, matched.or(best))
    }
}

/// The most accurate model that costs at most `limit`; of several, the cheapest.
pub fn best_single(singles: &[Single<'_>], limit: Option<f64>) -> Option<usize> {
    let affordable = |&at: &usize| limit.is_none_or(|limit| singles[at].cost <= limit);
    (0..singles.len()).filter(affordable).max_by(|&a, &b| {
        let (a, b) = (&singles[a], &singles[b]);
        a.accuracy.total_cmp(&b.accuracy).then(b.cost.total_cmp(&a.cost))
    })
}

/// The cascades to hold against a single model; see [`similar`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Similar {
    /// The most accurate that costs no more.
    pub cost: Option<usize>,
    /// The cheapest that is at least as accurate.
    pub accuracy: Option<usize>,
}

/// Which of `points`, rising in cost and accuracy, to hold against `single`.
///
/// Source: Wang et al., "Wisdom of Committees", ICLR 2022, table 2.
pub fn similar(points: &[Merit], single: &Single<'_>) -> Similar {
    Similar {
        cost: points.iter().rposition(|point| point.cost <= single.cost),
        accuracy: points.iter().position(|point| point.accuracy >= single.accuracy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINGLES: [Single<'_>; 3] = [
        Single { name: "small", cost: 1.0, accuracy: 0.7 },
        Single { name: "large", cost: 9.0, accuracy: 0.9 },
        Single { name: "wasteful", cost: 20.0, accuracy: 0.9 },
    ];

    #[test]
    fn the_cheapest_of_the_best_is_matched() {
        let (limits, reference) = Goal::default().limits(&SINGLES);
        assert_eq!((limits.min_accuracy, reference), (Some(0.9), Some(1)));
        let goal = Goal { max_worst_case_cost: Some(5.0), ..Goal::default() };
        let (limits, reference) = goal.limits(&SINGLES);
        assert_eq!((limits.min_accuracy, reference), (Some(0.7), Some(0)));
    }

    #[test]
    fn a_budget_matches_nothing() {
        let (limits, reference) = Goal { max_cost: Some(5.0), ..Goal::default() }.limits(&SINGLES);
        assert_eq!((limits.min_accuracy, limits.max_cost, reference), (None, Some(5.0), Some(1)));
    }

    #[test]
    fn the_stricter_accuracy_counts() {
        let goal = Goal {
            min_accuracy: Some(0.8),
            match_model: Some("small".to_owned()),
            ..Goal::default()
        };
        assert_eq!(goal.limits(&SINGLES).0.min_accuracy, Some(0.8));
    }

    #[test]
    fn nonsense_is_refused() {
        let check = |goal: Goal| goal.check(SINGLES.iter().map(|single| single.name));
        assert!(check(Goal { max_cost: Some(f64::NAN), ..Goal::default() }).is_err());
        assert!(check(Goal { min_accuracy: Some(98.0), ..Goal::default() }).is_err());
        let unknown = Goal { match_model: Some("smal".to_owned()), ..Goal::default() };
        let message = check(unknown).unwrap_err().to_string();
        assert_eq!(
            message,
            "--match: expected a model of the pool (small, large, wasteful), found smal; did you mean \"small\"?"
        );
    }
}
