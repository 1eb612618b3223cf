//! What a model may cost.

use std::collections::BTreeMap;

use super::problem::CostProblem;

/// The axis of a cost that was given as a bare number.
pub(super) const UNNAMED: &str = "cost";

/// The costs of a model that has only one, without a name.
pub(super) fn unnamed(cost: f64) -> BTreeMap<String, f64> {
    BTreeMap::from([(UNNAMED.to_owned(), cost)])
}

/// Fails unless all costs of `model` are finite and at least 0.
pub(super) fn check(model: &str, costs: &BTreeMap<String, f64>) -> Result<(), CostProblem> {
    match costs.iter().find(|(_, cost)| !cost.is_finite() || **cost < 0.0) {
        Some((axis, cost)) => {
            Err(CostProblem::Invalid { model: model.to_owned(), axis: axis.clone(), cost: *cost })
        }
        None => Ok(()),
    }
}
