//! What a cascade of a frontier is worth, and what it has to keep to.

/// A cascade's figures on the tuning samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merit {
    /// Share of right answers.
    pub accuracy: f64,
    /// Expected cost of a sample, in the pool's unit.
    pub cost: f64,
    /// Cost of a sample that passes every stage.
    pub worst_case_cost: f64,
    /// Least share of right answers in any group; `None` where there are no groups.
    pub min_group_accuracy: Option<f64>,
}

/// What the chosen cascade must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Most expected cost.
    pub max_cost: Option<f64>,
    /// Most worst-case cost.
    pub max_worst_case_cost: Option<f64>,
    /// Least accuracy.
    pub min_accuracy: Option<f64>,
    /// Least accuracy in every group.
    pub min_group_accuracy: Option<f64>,
}

impl Limits {
    /// Whether `point` keeps to all of them.
    pub fn allow(&self, point: &Merit) -> bool {
        let of_groups = point.min_group_accuracy.unwrap_or(0.0);
        self.can_afford(point)
            && self.min_accuracy.is_none_or(|least| point.accuracy >= least)
            && self.min_group_accuracy.is_none_or(|least| of_groups >= least)
    }

    /// Whether `point` keeps to those on cost.
    pub(super) fn can_afford(&self, point: &Merit) -> bool {
        self.max_cost.is_none_or(|most| point.cost <= most)
            && self.max_worst_case_cost.is_none_or(|most| point.worst_case_cost <= most)
    }
}
