//! Which committees to compute, arranged so that every running sum is made once.

use std::collections::BTreeMap;

use super::kernel::Space;
use super::math::inverse;
use crate::cascade::{Committee, Mix, ModelId};

/// One committee: how its scores are summed, and what is made of the sum.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) sum: Sum,
    /// The aggregated score is the sum times this.
    pub(crate) scale: f32,
    /// One over the temperature that the committee's logits are then divided by.
    pub(crate) inverse_temperature: Option<f32>,
    /// The committee's place in the list that the plan was made for, if it was asked for itself.
    pub(crate) wanted: Option<usize>,
}

/// How a committee's scores are summed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sum {
    /// The model is added to the running sum at depth `depth - 1`.
    Grow {
        model: ModelId,
        /// Models in the committee so far, less one.
        depth: usize,
    },
    /// Each model times its weight.
    Weigh(Vec<(ModelId, f32)>),
}

/// A committee that was asked for: its number, its models, and how their scores are combined.
pub(crate) type Wanted = (usize, Committee, Mix);

/// A walk over committees in one space.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    pub(crate) space: Space,
    /// For each model one over its temperature; empty where there are none.
    pub(crate) inverse_temperatures: Vec<f32>,
    pub(crate) steps: Vec<Step>,
}

impl Plan {
    /// The walk that computes every one of `wanted` (each non-empty), with its number and its mix.
    /// All mixes are of one fit, and a model has one temperature in all of them. Without weights
    /// the walk is depth-first, and each step reuses its parent's running sum.
    pub(crate) fn new(space: Space, wanted: &[Wanted]) -> Self {
        let weighted = wanted.iter().any(|(_, _, mix)| mix.weights.is_some());
        let steps = if weighted { weighed(wanted) } else { grown(wanted) };
        Self { space, inverse_temperatures: inverse_temperatures(wanted), steps }
    }

    /// Number of running sums that are alive at once.
    pub(crate) fn depth(&self) -> usize {
        let depth = |step: &Step| match step.sum {
            Sum::Grow { depth, .. } => depth + 1,
            Sum::Weigh(_) => 1,
        };
        self.steps.iter().map(depth).max().unwrap_or(0)
    }

    /// The models that the walk needs; some more than once.
    pub(crate) fn models(&self) -> impl Iterator<Item = ModelId> + '_ {
        self.steps.iter().flat_map(|step| match &step.sum {
            Sum::Grow { model, .. } => vec![*model],
            Sum::Weigh(models) => models.iter().map(|(model, _)| *model).collect(),
        })
    }
}

/// One step for each prefix of a committee. In lexicographic order of their models a prefix comes
/// right before all that extend it: a depth-first walk.
fn grown(wanted: &[Wanted]) -> Vec<Step> {
    let mut tree: BTreeMap<&[ModelId], Option<(usize, &Mix)>> = BTreeMap::new();
    for (number, committee, mix) in wanted {
        let models = committee.models();
        for length in 1..models.len() {
            tree.entry(&models[..length]).or_insert(None);
        }
        tree.insert(models, Some((*number, mix)));
    }
    let step = |(models, wanted): (&[ModelId], Option<(usize, &Mix)>)| {
        let model = *models.last()?;
        Some(Step {
            sum: Sum::Grow { model, depth: models.len() - 1 },
            scale: 1.0 / models.len() as f32,
            inverse_temperature: wanted.and_then(|(_, mix)| inverse_temperature(mix)),
            wanted: wanted.map(|(number, _)| number),
        })
    };
    tree.into_iter().filter_map(step).collect()
}

/// One step for each committee.
fn weighed(wanted: &[Wanted]) -> Vec<Step> {
    let step = |(number, committee, mix): &Wanted| {
        let weights = mix.weights.iter().flatten().map(|&weight| weight as f32);
        Step {
            sum: Sum::Weigh(committee.models().iter().copied().zip(weights).collect()),
            scale: 1.0,
            inverse_temperature: inverse_temperature(mix),
            wanted: Some(*number),
        }
    };
    wanted.iter().map(step).collect()
}

fn inverse_temperature(mix: &Mix) -> Option<f32> {
    mix.temperatures.as_ref().map(|temperatures| inverse(temperatures.committee))
}

fn inverse_temperatures(wanted: &[Wanted]) -> Vec<f32> {
    let mut all = vec![];
    for (_, committee, mix) in wanted {
        let Some(temperatures) = &mix.temperatures else { continue };
        for (&model, &temperature) in committee.models().iter().zip(&temperatures.models) {
            // Models of no committee keep 1.
            all.resize(all.len().max(model + 1), 1.0);
            all[model] = inverse(temperature);
        }
    }
    all
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
        let wanted: Vec<_> =
            committees(5, 3).into_iter().enumerate().map(|(n, c)| (n, c, Mix::default())).collect();
        let plan = Plan::new(Space::Logits, &wanted);
        assert_eq!(plan.steps.len(), wanted.len());
        let mut running: Vec<ModelId> = Vec::new();
        for step in &plan.steps {
            let Sum::Grow { model, depth } = step.sum else { panic!("nothing is weighed") };
            running.truncate(depth);
            running.push(model);
            let number = step.wanted.expect("every subset was asked for");
            assert_eq!(wanted[number].1.models(), running);
        }
    }

    #[test]
    fn missing_prefixes_are_walked_but_not_asked_for() {
        let plan = Plan::new(Space::Logits, &[(7, Committee::new(vec![0, 2, 3]), Mix::default())]);
        let wanted: Vec<_> = plan.steps.iter().map(|step| step.wanted).collect();
        assert_eq!(wanted, [None, None, Some(7)]);
        assert_eq!(plan.depth(), 3);
    }
}
