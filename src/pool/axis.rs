//! Which of the costs counts, and that it makes sense.

use std::collections::BTreeSet;

use super::cost::UNNAMED;
use super::declared::{Declared, DeclaredModel};
use super::problem::{CostProblem, listed};
use crate::cascade::CostScale;
use crate::hint::hint;

/// The axis that counts, in its unit, and what each model costs on it.
#[derive(Debug)]
pub(super) struct Axis {
    pub name: String,
    pub unit: String,
    /// In the order of the models.
    pub costs: Vec<f64>,
}

impl Axis {
    /// The axis `asked` for; else the only one; else the one that the unit of cost is named after.
    pub fn choose(declared: &Declared, asked: Option<&str>) -> Result<Self, CostProblem> {
        let axes = axes(declared);
        let name = match (asked, axes.as_slice()) {
            (Some(asked), _) => asked.to_owned(),
            (None, [only]) => only.clone(),
            (None, _) => axes
                .iter()
                .find(|axis| same(axis, &declared.cost_unit))
                .cloned()
                .ok_or_else(|| CostProblem::ManyAxes { axes: axes.clone() })?,
        };
        let costs = costs(declared, &name, &axes)?;
        let unit = unit(&name, &declared.cost_unit);
        Ok(Self { name, unit, costs })
    }

    /// Sees that there is something to save.
    pub fn refuse_all_free(&self, declared: &Declared) -> Result<(), CostProblem> {
        if self.costs.iter().any(|cost| *cost > 0.0) {
            return Ok(());
        }
        let models: Vec<&str> = declared.models.iter().map(|model| model.name.as_str()).collect();
        Err(CostProblem::AllFree { axis: self.name.clone(), models: listed(&models) })
    }

    /// Fails if a cost is so small beside the others that it could not be told from 0.
    pub fn check(&self, declared: &Declared, samples: usize) -> Result<(), CostProblem> {
        let scale = CostScale::new(&self.costs, samples);
        let mut models = declared.models.iter().zip(&self.costs);
        match models.find(|(_, cost)| **cost > 0.0 && scale.ticks(**cost) == 0) {
            None => Ok(()),
            Some((model, &cost)) => Err(CostProblem::TooSmall {
                model: model.name.clone(),
                axis: self.name.clone(),
                cost,
                largest: self.costs.iter().copied().fold(0.0, f64::max),
            }),
        }
    }
}

/// Every axis that any model has, ascending.
pub(super) fn axes(declared: &Declared) -> Vec<String> {
    let axes: BTreeSet<&String> =
        declared.models.iter().flat_map(|model| model.costs.keys()).collect();
    axes.into_iter().cloned().collect()
}

/// What each model costs on `axis`, which is to be one of `axes`.
fn costs(declared: &Declared, axis: &str, axes: &[String]) -> Result<Vec<f64>, CostProblem> {
    if !axes.iter().any(|known| known == axis) {
        let (axes, hint) = (listed(axes), hint(axis, axes));
        return Err(CostProblem::UnknownAxis { axis: axis.to_owned(), axes, hint });
    }
    let models = &declared.models;
    let has = |model: &DeclaredModel, axis: &str| model.costs.contains_key(axis);
    let lack: Vec<String> =
        models.iter().filter(|model| !has(model, axis)).map(|model| model.name.clone()).collect();
    if lack.is_empty() {
        return Ok(models.iter().filter_map(|model| model.costs.get(axis).copied()).collect());
    }
    let is_whole = |axis: &&String| models.iter().all(|model| has(model, axis));
    let whole = axes.iter().filter(is_whole).cloned().collect();
    Err(CostProblem::PartialAxis { axis: axis.to_owned(), lack, whole })
}

/// The unit of an axis: a named one is its own unit, unless the pool's unit is a spelling of it.
fn unit(axis: &str, cost_unit: &str) -> String {
    let its_own = axis != UNNAMED && !same(axis, cost_unit);
    if its_own { axis.to_owned() } else { cost_unit.to_owned() }
}

fn same(axis: &str, unit: &str) -> bool {
    axis.to_lowercase() == unit.to_lowercase()
}
