//! Which committees to compute, arranged so that every running sum is made once.

use std::collections::BTreeMap;

use super::kernel::Space;
use crate::cascade::{Committee, ModelId};

/// One step of the walk: add `model` to the running sum at depth `depth - 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) model: ModelId,
    /// Models in the committee so far, less one.
    pub(crate) depth: usize,
    /// The committee's place in the list that the plan was made for, if it was asked for itself.
    pub(crate) wanted: Option<usize>,
}

/// A depth-first walk over committees in one space: each step reuses its parent's running sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) space: Space,
    pub(crate) steps: Vec<Step>,
}

impl Plan {
    /// The walk that computes every one of `wanted` (each non-empty), with its number.
    pub(crate) fn new(space: Space, wanted: &[(usize, Committee)]) -> Self {
        // Every prefix of a committee is a step too. In lexicographic order of their models a
        // prefix comes right before all that extend it: a depth-first walk.
        let mut tree: BTreeMap<&[ModelId], Option<usize>> = BTreeMap::new();
        for (number, committee) in wanted {
            let models = committee.models();
            for length in 1..models.len() {
                tree.entry(&models[..length]).or_insert(None);
            }
            tree.insert(models, Some(*number));
        }
        let steps = tree
            .into_iter()
            .filter_map(|(models, wanted)| {
                let model = *models.last()?;
                Some(Step { model, depth: models.len() - 1, wanted })
            })
            .collect();
        Self { space, steps }
    }

    /// Number of running sums that are alive at once.
    pub(crate) fn depth(&self) -> usize {
        self.steps.iter().map(|step| step.depth + 1).max().unwrap_or(0)
    }
}

/// All committees of 1 to `max_models` of `models` models: smaller ones first, then by their
/// models' names.
pub fn committees(models: usize, max_models: usize) -> Vec<Committee> {
    let mut all = Vec::new();
    let mut layer: Vec<Vec<ModelId>> = vec![Vec::new()];
    for _ in 0..max_models.min(models) {
        layer = layer
            .iter()
            .flat_map(|set| {
                let first = set.last().map_or(0, |last| last + 1);
                (first..models).map(move |model| {
                    let mut larger = set.clone();
                    larger.push(model);
                    larger
                })
            })
            .collect();
        all.extend(layer.iter().cloned().map(Committee::new));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_the_binomial_ones() {
        assert_eq!(committees(8, 4).len(), 162);
        assert_eq!(committees(3, 9).len(), 7);
        assert_eq!(committees(5, 1).len(), 5);
    }

    #[test]
    fn a_step_stands_right_below_its_parent() {
        let wanted: Vec<_> = committees(5, 3).into_iter().enumerate().collect();
        let plan = Plan::new(Space::Logits, &wanted);
        assert_eq!(plan.steps.len(), wanted.len());
        let mut running: Vec<ModelId> = Vec::new();
        for step in &plan.steps {
            running.truncate(step.depth);
            running.push(step.model);
            let number = step.wanted.expect("every subset was asked for");
            assert_eq!(wanted[number].1.models(), running);
        }
    }

    #[test]
    fn missing_prefixes_are_walked_but_not_asked_for() {
        let plan = Plan::new(Space::Logits, &[(7, Committee::new(vec![0, 2, 3]))]);
        let wanted: Vec<_> = plan.steps.iter().map(|step| step.wanted).collect();
        assert_eq!(wanted, [None, None, Some(7)]);
        assert_eq!(plan.depth(), 3);
    }
}
