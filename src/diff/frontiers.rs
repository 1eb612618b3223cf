//! How one frontier lies to another.

use serde::Serialize;

use crate::spec::wire::{Frontier, Point};

/// The most accurate cascades of two frontiers for one budget.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shift {
    /// The model whose cost is the budget.
    pub model: String,
    /// The most that a sample may cost on average.
    pub budget: f64,
    /// Accuracy of the first's best within the budget, on its tuning samples; `None` if it has none.
    pub before: Option<f64>,
    /// The same of the second.
    pub after: Option<f64>,
}

/// For the cost of every single model that both frontiers have at one cost, cheapest first. None if
/// the units of cost differ.
pub fn shifts(before: &Frontier, after: &Frontier) -> Vec<Shift> {
    if before.pool.cost_unit != after.pool.cost_unit {
        return vec![];
    }
    let in_both = before.pool.models.iter().filter(|model| {
        after.pool.models.iter().any(|other| (&other.name, other.cost) == (&model.name, model.cost))
    });
    let shift = |model: &crate::spec::wire::ModelEntry| Shift {
        model: model.name.clone(),
        budget: model.cost,
        before: best_within(&before.points, model.cost),
        after: best_within(&after.points, model.cost),
    };
    let mut shifts: Vec<Shift> = in_both.map(shift).collect();
    shifts.sort_by(|a, b| a.budget.total_cmp(&b.budget));
    shifts
}

/// Points rise in cost and accuracy: the last that is affordable is the best.
fn best_within(points: &[Point], budget: f64) -> Option<f64> {
    points.iter().rfind(|point| point.cost <= budget).map(|point| point.accuracy)
}
