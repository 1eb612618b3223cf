//! How many chains and cascades a space holds, without a walk through them: there may be billions.

use std::collections::BTreeSet;

use super::{Family, Space};
use crate::cascade::{Aggregation, Ticks};
use crate::search::candidate::GateId;

impl Space {
    /// Number of distinct cascades: those of one stage and, over all longer chains, the product of
    /// their gates' numbers of thresholds; at most `u64::MAX`.
    pub fn candidates(&self) -> u64 {
        self.count(|gate| self.gates[gate as usize].thresholds.len())
    }

    /// Number of distinct cascades if each gate had `levels(gate)` thresholds; at most `u64::MAX`.
    pub(crate) fn count(&self, levels: impl Fn(GateId) -> usize) -> u64 {
        let cascades = self.sums(self.max_models, |gate| Some(levels(gate) as u64));
        // Of one stage there are as many chains for each way to ask for the confidence.
        cascades[1..].iter().fold(self.ensembles(), |sum, &more| sum.saturating_add(more))
    }

    /// Number of distinct cascades of one stage. No confidence is asked there, and a single model is the
    /// same however it would be combined with others.
    pub(crate) fn ensembles(&self) -> u64 {
        let all = self.families.iter().flat_map(|family| {
            let gates = family.gates.iter().map(|&gate| gate as usize);
            let affordable = gates.filter(|&gate| self.costs[gate] <= self.limit);
            let committees = affordable.map(|gate| &self.gates[gate].committee);
            committees.map(|committee| {
                let combined = (committee.len() > 1).then_some((family.aggregation, family.fit));
                (committee, combined)
            })
        });
        all.collect::<BTreeSet<_>>().len() as u64
    }

    /// Number of chains of one stage, of two, and so on up to `stages`, that go through `wanted` gates
    /// only; each is at most `u64::MAX`.
    pub(crate) fn chains(&self, stages: usize, wanted: impl Fn(GateId) -> bool) -> Vec<u64> {
        self.sums(stages, |gate| wanted(gate).then_some(1))
    }

    /// For each number of stages up to `stages`, the sum over all chains of so many of the product of the
    /// weights of their gates, that of the last stage being left out; at most `u64::MAX`. A gate without a
    /// weight is in no chain.
    fn sums(&self, stages: usize, weight: impl Fn(GateId) -> Option<u64>) -> Vec<u64> {
        let weight = |(gate, cost): (GateId, &Ticks)| {
            let is_gate = !self.gates[gate as usize].thresholds.is_empty();
            let weight = weight(gate).filter(|_| *cost <= self.limit)?;
            Some(if is_gate { weight } else { 0 })
        };
        let weights: Vec<Option<u64>> = (0..).zip(&self.costs).map(weight).collect();
        let mut sums = vec![0u64; stages];
        let (last, means): (Vec<&Family>, Vec<&Family>) =
            self.families.iter().partition(|family| family.aggregation == Aggregation::Last);
        for family in last {
            let models = family.gates.iter().filter_map(|&gate| {
                Some(Model { cost: self.costs[gate as usize], weight: weights[gate as usize]? })
            });
            let sets = Sets::new(models.collect(), stages);
            let mut orders = 1u64;
            for (before, sum) in sums.iter_mut().enumerate() {
                orders = orders.saturating_mul(before.max(1) as u64);
                let within = sets.within(self.limit, before + 1);
                *sum = sum.saturating_add(orders.saturating_mul(within.one_left_out));
            }
        }
        self.add_means(&means, &weights, &mut sums);
        sums
    }

    /// Adds the sums over the chains of the families `means`, from the longest committees down.
    fn add_means(&self, means: &[&Family], weights: &[Option<u64>], sums: &mut [u64]) {
        // For each gate, the sum over all that may come from it on.
        let mut ways: Vec<u64> = weights.iter().map(|weight| weight.map_or(0, |_| 1)).collect();
        for sum in sums {
            let roots = means.iter().flat_map(|family| &family.gates);
            *sum = roots.fold(*sum, |sum, &gate| sum.saturating_add(ways[gate as usize]));
            let longer = |(weight, larger): (&Option<u64>, &Vec<GateId>)| {
                let next = larger.iter().map(|&gate| ways[gate as usize]);
                weight.unwrap_or(0).saturating_mul(next.fold(0, u64::saturating_add))
            };
            ways = weights.iter().zip(&self.larger).map(longer).collect();
        }
    }
}

/// A model that runs alone at its stage.
#[derive(Debug, Clone, Copy)]
struct Model {
    cost: Ticks,
    weight: u64,
}

/// What is summed over sets of models; at most `u64::MAX` each.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// The products of the weights of all.
    all: u64,
    /// The products of the weights of all but one, for every one of them.
    one_left_out: u64,
}

impl Sums {
    /// Sums over these sets, each with one more model, of this `weight`, and over `others`.
    fn with(self, weight: u64, others: Self) -> Self {
        let all = self.all.saturating_mul(weight);
        let one_left_out = self.one_left_out.saturating_mul(weight).saturating_add(self.all);
        Self {
            all: all.saturating_add(others.all),
            one_left_out: one_left_out.saturating_add(others.one_left_out),
        }
    }

    const OF_THE_EMPTY_SET: Self = Self { all: 1, one_left_out: 0 };
}

/// All sets of some models, by their size.
struct Sets {
    /// The dearest first.
    models: Vec<Model>,
    /// For each place in `models` and each size, the sums over all sets of models from there on: the
    /// elementary symmetric polynomials of their weights, by the recurrence that either takes the first
    /// of them or does not.
    whole: Vec<Vec<Sums>>,
    /// What all models before each place cost together.
    before: Vec<Ticks>,
}

impl Sets {
    /// Of sizes up to `most`.
    fn new(mut models: Vec<Model>, most: usize) -> Self {
        models.sort_by_key(|model| std::cmp::Reverse(model.cost));
        let mut none = vec![Sums::default(); most + 1];
        none[0] = Sums::OF_THE_EMPTY_SET;
        let mut whole = vec![none];
        for model in models.iter().rev() {
            let others = &whole[whole.len() - 1];
            let mut sums = others.clone();
            for size in 1..=most {
                sums[size] = others[size - 1].with(model.weight, others[size]);
            }
            whole.push(sums);
        }
        whole.reverse();
        let sum = |sum: &mut Ticks, model: &Model| {
            *sum += model.cost;
            Some(*sum)
        };
        let before = [0].into_iter().chain(models.iter().scan(0, sum)).collect();
        Self { models, whole, before }
    }

    /// The sums over the sets of this size that cost at most `limit`.
    fn within(&self, limit: Ticks, size: usize) -> Sums {
        self.from(0, limit, size)
    }

    /// The same for sets of models from the place `start` on. Most sets are settled together, since even the
    /// dearest of them keep to the limit or not even the cheapest do.
    fn from(&self, start: usize, limit: Ticks, size: usize) -> Sums {
        let count = self.models.len();
        if size > count - start {
            return Sums::default();
        }
        if self.before[start + size] - self.before[start] <= limit {
            return self.whole[start][size];
        }
        // What is left for one model beside the cheapest.
        let cheapest = self.before[count] - self.before[count + 1 - size];
        let Some(left) = limit.checked_sub(cheapest) else { return Sums::default() };
        let dear = self.models[start..].partition_point(|model| model.cost > left);
        if dear > 0 {
            return self.from(start + dear, limit, size);
        }
        let Model { cost, weight } = self.models[start];
        let with = self.from(start + 1, limit - cost, size - 1);
        with.with(weight, self.from(start + 1, limit, size))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cascade::{Committee, ConfidenceMeasure, CostScale, Fit, Mix};
    use crate::search::candidate::Chain;
    use crate::search::gate::Gate;
    use crate::signal::{SignalKey, committees};

    /// A space of models with these costs and numbers of thresholds, combined by `aggregation`.
    fn space(
        models: &[(Ticks, usize)],
        aggregation: Aggregation,
        size: usize,
        limit: Ticks,
    ) -> Space {
        let alone = if aggregation == Aggregation::Last { 1 } else { size };
        let committees: Vec<Committee> = committees(models.len(), alone);
        let of = |committee: &Committee| -> Vec<(Ticks, usize)> {
            committee.models().iter().map(|&model| models[model]).collect()
        };
        let gate = |committee: &Committee| Gate {
            committee: committee.clone(),
            mix: Mix::default(),
            thresholds: vec![0.0; of(committee).iter().map(|model| model.1).max().unwrap()],
            ranks: vec![],
            right: vec![],
        };
        let measure = ConfidenceMeasure::MaxProb;
        let key = |committee: &Committee| SignalKey::new(aggregation, measure, committee.clone());
        let keys: Vec<SignalKey> = committees.iter().map(key).collect();
        let gates = (0..committees.len() as GateId).collect();
        let families = vec![Family { aggregation, confidence: measure, fit: Fit::RAW, gates }];
        Space {
            samples: 0,
            scale: CostScale::new(&[], 0),
            gates: committees.iter().map(gate).collect(),
            costs: committees
                .iter()
                .map(|committee| of(committee).iter().map(|model| model.0).sum())
                .collect(),
            larger: super::super::larger(&keys, &families),
            families,
            limit,
            max_models: size,
            starts: vec![],
        }
    }

    /// The chains that begin as `chain`, one after the other.
    fn walk(space: &Space, chain: &Chain, each: &mut impl FnMut(&Chain)) {
        each(chain);
        space.children(chain).iter().for_each(|child| walk(space, child, each));
    }

    proptest! {
        /// Counting is walking.
        #[test]
        fn every_chain_is_counted_once(
            models in prop::collection::vec((0..5u64, 0..4usize), 1..6),
            aggregation in prop::sample::select(Aggregation::ALL.to_vec()),
            size in 1..5usize,
            limit in prop::option::of(0..16u64),
            unwanted in 0..8u32,
        ) {
            let space = space(&models, aggregation, size, limit.unwrap_or(Ticks::MAX));
            let levels = |gate: GateId| space.gates[gate as usize].thresholds.len();
            let (mut cascades, mut numbers) = (0, vec![0; size]);
            for root in space.roots() {
                walk(&space, &root, &mut |chain| {
                    let gates = chain.gates();
                    let before = &gates[..gates.len() - 1];
                    cascades += before.iter().map(|&gate| levels(gate)).product::<usize>() as u64;
                    numbers[before.len()] += u64::from(!gates.contains(&unwanted));
                });
            }
            prop_assert_eq!(space.candidates(), cascades);
            prop_assert_eq!(space.chains(size, |gate| gate != unwanted), numbers);
        }
    }

    #[test]
    fn counts_end_when_they_are_full() {
        let models = vec![(1, 1000); 30];
        for aggregation in [Aggregation::Last, Aggregation::MeanProbs] {
            let size = if aggregation == Aggregation::Last { 8 } else { 3 };
            let space = space(&models, aggregation, size, Ticks::MAX);
            let full = space.count(|_| usize::MAX);
            assert_eq!(full, u64::MAX);
        }
        // 8! orders of the sets of eight models, and so on.
        let space = space(&models, Aggregation::Last, 8, 7);
        let orders = (0..7).map(|more| (30 - more..=30).product::<u64>());
        assert_eq!(space.chains(8, |_| true).iter().sum::<u64>(), orders.sum::<u64>());
    }
}
