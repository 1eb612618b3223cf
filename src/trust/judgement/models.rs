//! What each model is worth to the whole pool.

use serde::{Deserialize, Serialize};

use crate::frontier::hypervolume;

/// A model, and what is lost without it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ModelValue {
    /// The model.
    pub model: String,
    /// Points of the frontier, before it was thinned, that run it.
    pub points: usize,
    /// What is lost without it; absent where no search without it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<Without>,
    /// Whether it can be dropped for nothing: no point runs it, or next to nothing is lost without it.
    pub is_spare: bool,
}

/// What is lost without a model, on a grid of thresholds and on the tuning samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Without {
    /// Share of the hypervolume that is lost, 0 to 1.
    pub hypervolume_lost: f64,
    /// The largest accuracy that is lost at any cost; all of it where nothing is left for that cost.
    pub accuracy_lost: f64,
    /// Cost of the cheapest cascade that is left, where with all models there is a cheaper one; absent
    /// elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cheapest_left: Option<f64>,
    /// The largest accuracy that is lost from `cheapest_left` on; absent where that is, or is above all
    /// costs that count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_lost_above: Option<f64>,
    /// Cost of the cheapest cascade at least as accurate as the reference, over what it costs with all
    /// models; null where none is.
    pub cost_ratio: Option<f64>,
}

/// Share of the hypervolume whose loss is next to nothing.
const LITTLE_HYPERVOLUME: f64 = 0.001;

/// Accuracy at equal cost whose loss is next to nothing.
const LITTLE_ACCURACY: f64 = 0.002;

/// Times the cost that is next to nothing.
const LITTLE_COST: f64 = 1.01;

/// What to measure frontiers by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Yardstick {
    /// The dearest cost and the least accuracy that count.
    pub corner: (f64, f64),
    /// The accuracy to be reached.
    pub accuracy: f64,
}

impl Without {
    /// What `fewer`, a frontier without a model, lacks of `all`. Points are (cost, accuracy).
    pub fn new(all: &[(f64, f64)], fewer: &[(f64, f64)], by: Yardstick) -> Self {
        let (whole, left) = (hypervolume(all, by.corner), hypervolume(fewer, by.corner));
        let cheapest = |points: &[(f64, f64)]| {
            let reach = points.iter().filter(|point| point.1 >= by.accuracy);
            reach.map(|point| point.0).min_by(f64::total_cmp)
        };
        let best = |points: &[(f64, f64)], cost: f64| {
            let affordable = points.iter().filter(|point| point.0 <= cost);
            affordable.map(|point| point.1).fold(0.0, f64::max)
        };
        let least =
            |points: &[(f64, f64)]| points.iter().map(|point| point.0).min_by(f64::total_cmp);
        let cheapest_left = least(fewer).filter(|left| least(all).is_some_and(|all| all < *left));
        // The most that is lost lies at the cost of a point of one of the frontiers.
        let lost_from = |from: f64| {
            let costs = all.iter().chain(fewer).map(|point| point.0);
            let inside = costs.filter(|cost| (from..=by.corner.0).contains(cost));
            inside.map(|cost| best(all, cost) - best(fewer, cost)).reduce(f64::max)
        };
        let costs = cheapest(all).zip(cheapest(fewer));
        Self {
            hypervolume_lost: if whole > 0.0 { (1.0 - left / whole).clamp(0.0, 1.0) } else { 0.0 },
            accuracy_lost: lost_from(0.0).unwrap_or(0.0).max(0.0),
            cheapest_left,
            accuracy_lost_above: cheapest_left.and_then(lost_from).map(|lost| lost.max(0.0)),
            cost_ratio: costs.map(|(all, fewer)| if fewer > all { fewer / all } else { 1.0 }),
        }
    }

    /// Whether that is next to nothing.
    pub fn is_little(&self) -> bool {
        self.hypervolume_lost < LITTLE_HYPERVOLUME
            && self.accuracy_lost < LITTLE_ACCURACY
            && self.cost_ratio.is_some_and(|ratio| ratio < LITTLE_COST)
    }
}

impl ModelValue {
    /// The value of a model that `points` points of the frontier run.
    pub fn new(model: &str, points: usize, without: Option<Without>) -> Self {
        let is_spare = points == 0 || without.is_some_and(|without| without.is_little());
        Self { model: model.to_owned(), points, without, is_spare }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_a_share_and_a_ratio() {
        let by = Yardstick { corner: (10.0, 0.5), accuracy: 0.8 };
        let all = [(1.0, 0.6), (2.0, 0.8), (5.0, 0.9)];
        let none = Without::new(&all, &all, by);
        assert_eq!(
            (none.hypervolume_lost, none.cost_ratio, none.is_little()),
            (0.0, Some(1.0), true)
        );
        // 0.1 * 9 + 0.2 * 8 + 0.1 * 5 = 3 in all, 0.1 * 9 + 0.3 * 5 = 2.4 without.
        let fewer = Without::new(&all, &[(1.0, 0.6), (5.0, 0.9)], by);
        assert!((fewer.hypervolume_lost - 0.2).abs() < 1e-12, "{fewer:?}");
        assert_eq!((fewer.cost_ratio, fewer.is_little()), (Some(2.5), false));
        assert!((fewer.accuracy_lost - 0.2).abs() < 1e-12, "{fewer:?}");
        let weak = Without::new(&all, &[(1.0, 0.6)], by);
        assert_eq!((weak.cost_ratio, weak.is_little()), (None, false));
        assert_eq!((weak.cheapest_left, weak.accuracy_lost_above), (None, None));
        assert!(ModelValue::new("m", 0, None).is_spare && !ModelValue::new("m", 1, None).is_spare);
    }

    #[test]
    fn where_nothing_is_left_is_told_from_what_is_lost_elsewhere() {
        let by = Yardstick { corner: (10.0, 0.5), accuracy: 0.8 };
        let all = [(1.0, 0.6), (2.0, 0.8), (5.0, 0.9)];
        // At a cost of 4, which no point of `all` has, 0.8 is left of 0.8; at 3 it is 0.7.
        let fewer = Without::new(&all, &[(3.0, 0.7), (4.0, 0.8)], by);
        assert_eq!((fewer.accuracy_lost, fewer.cheapest_left), (0.8, Some(3.0)));
        let above = fewer.accuracy_lost_above.unwrap();
        assert!((above - 0.1).abs() < 1e-12, "{fewer:?}");
        let dear = Without::new(&all, &[(11.0, 0.9)], by);
        assert_eq!((dear.cheapest_left, dear.accuracy_lost_above), (Some(11.0), None));
    }
}
