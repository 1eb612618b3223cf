//! The search space: every gate, and every chain of growing committees through the gates.

mod count;

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::candidate::{Candidate, Chain, GateId, MAX_GATES};
use super::gate::{Gate, at_most};
use super::scope::Scope;
use crate::cascade::{
    Aggregation, Cascade, Committee, ConfidenceMeasure, CostScale, Fit, Stage, Ticks,
};
use crate::pool::Pool;
use crate::signal::{SignalKey, Signals};

/// Every cascade that a search may find, on one set of tuning samples. Chains are never listed:
/// they are made from one another as they are needed.
#[derive(Debug, Clone)]
pub struct Space {
    pub(crate) samples: usize,
    /// What one tick of the costs is.
    pub scale: CostScale,
    pub(crate) gates: Vec<Gate>,
    /// For each gate, what its committee's models cost together.
    costs: Vec<Ticks>,
    families: Vec<Family>,
    /// For each gate of a mean, the gates of larger committees that may come next.
    larger: Vec<Vec<GateId>>,
    limit: Ticks,
    max_models: usize,
    /// Cascades known to be good: an exact search begins with them.
    pub(crate) starts: Vec<Candidate>,
}

/// The gates that one aggregation, one measure and one fit combine, smaller committees first.
#[derive(Debug, Clone)]
struct Family {
    aggregation: Aggregation,
    confidence: ConfidenceMeasure,
    fit: Fit,
    gates: Vec<GateId>,
}

impl Space {
    /// The space of `scope` over `pool`, its thresholds taken from the samples `tuning`
    /// (canonical positions): every cascade whose stages all decide on some of `signals`.
    pub fn new(pool: &Pool, signals: &Signals, scope: &Scope, tuning: &[u32]) -> Self {
        Self::among(pool, signals, scope, tuning, |_, _| true)
    }

    /// The part of [`new`](Self::new) in which only `wanted` committees decide.
    pub(crate) fn among(
        pool: &Pool,
        signals: &Signals,
        scope: &Scope,
        tuning: &[u32],
        wanted: impl Fn(Aggregation, &Committee) -> bool,
    ) -> Self {
        let costs: Vec<f64> = pool.models().iter().map(|model| model.cost).collect();
        let scale = CostScale::new(&costs, pool.samples());
        let mut numbers: BTreeMap<SignalKey, GateId> = BTreeMap::new();
        let mut keys = vec![];
        let mut families = vec![];
        for (aggregation, confidence, fit) in scope.families() {
            let size = if aggregation == Aggregation::Last { 1 } else { scope.max_models };
            let mut gates = vec![];
            let mut committees = signals.committees(aggregation, confidence, fit, size);
            committees.retain(|committee| wanted(aggregation, committee));
            for committee in committees {
                let key = SignalKey::new(aggregation, confidence, committee).with(fit);
                gates.push(*numbers.entry(key.clone()).or_insert_with(|| {
                    keys.push(key);
                    keys.len() as GateId - 1
                }));
            }
            families.push(Family { aggregation, confidence, fit, gates });
        }
        let larger = larger(&keys, &families);
        let leads = |gate: usize| {
            let of_last = |family: &Family| {
                family.aggregation == Aggregation::Last && family.gates.contains(&(gate as GateId))
            };
            !larger[gate].is_empty() || scope.max_models > 1 && families.iter().any(of_last)
        };
        let gate = |(number, key): (usize, &SignalKey)| {
            let signal = signals.get(key).expect("the keys are those of the signals");
            let committee = key.committee().clone();
            let gate = match leads(number) {
                true => Gate::new(committee, signal, tuning),
                false => Gate::last(committee, signal, tuning),
            };
            Gate { mix: signals.mix(key).unwrap_or_default(), ..gate }
        };
        let gates: Vec<Gate> = keys.par_iter().enumerate().map(gate).collect();
        let cost = |gate: &Gate| {
            gate.committee.models().iter().map(|&model| scale.ticks(costs[model])).sum()
        };
        Self {
            samples: tuning.len(),
            scale,
            costs: gates.iter().map(cost).collect(),
            larger,
            gates,
            families,
            limit: scope.max_worst_case_cost.map_or(Ticks::MAX, |limit| scale.ticks(limit)),
            max_models: scope.max_models,
            starts: vec![],
        }
    }

    /// The same space, to be searched from those of `cascades` that it holds.
    pub(crate) fn starting_from<'a>(
        mut self,
        cascades: impl IntoIterator<Item = &'a Cascade>,
    ) -> Self {
        self.starts = cascades.into_iter().filter_map(|cascade| self.candidate(cascade)).collect();
        self
    }

    fn family(&self, chain: &Chain) -> &Family {
        &self.families[chain.family()]
    }

    /// Every chain of one stage.
    pub(crate) fn roots(&self) -> Vec<Chain> {
        let root = |family| self.children(&Chain::root(family as u8));
        (0..self.families.len()).flat_map(root).collect()
    }

    /// Every chain that is `chain` with one more stage, in their order.
    pub(crate) fn children(&self, chain: &Chain) -> Vec<Chain> {
        let family = self.family(chain);
        let run = chain.gates();
        let before = match family.aggregation {
            Aggregation::Last => run.iter().map(|&gate| self.costs[gate as usize]).sum(),
            Aggregation::MeanLogits | Aggregation::MeanProbs => 0,
        };
        let next = self.next(chain).iter();
        let next =
            next.filter(|gate| family.aggregation != Aggregation::Last || !run.contains(gate));
        let affordable = next.filter(|gate| before + self.costs[**gate as usize] <= self.limit);
        affordable.map(|&gate| chain.with(gate)).collect()
    }

    /// Every chain of so many models that begins as `chain` and goes on.
    pub(crate) fn longer(&self, chain: &Chain, models: usize) -> Vec<Chain> {
        let mut found = vec![];
        let mut open = vec![*chain];
        while let Some(chain) = open.pop() {
            for child in self.children(&chain) {
                match self.models(&child).cmp(&models) {
                    Ordering::Less => open.push(child),
                    Ordering::Equal => found.push(child),
                    Ordering::Greater => {}
                }
            }
        }
        found
    }

    /// Gates that may follow `chain`; under [`Aggregation::Last`] its own are among them.
    fn next(&self, chain: &Chain) -> &[GateId] {
        let family = self.family(chain);
        let Some(&last) = chain.gates().last() else { return &family.gates };
        if self.gates[last as usize].thresholds.is_empty() {
            // It lets everything out or nothing: no gate.
            return &[];
        }
        match family.aggregation {
            Aggregation::Last if chain.gates().len() < self.max_models => &family.gates,
            Aggregation::Last => &[],
            Aggregation::MeanLogits | Aggregation::MeanProbs => &self.larger[last as usize],
        }
    }

    /// Most gates that a chain may have before its last stage.
    pub(crate) fn most_gates(&self) -> usize {
        self.max_models - 1
    }

    /// What a sample costs that exits at each stage of `chain`.
    pub(crate) fn costs<'a>(&'a self, chain: &'a Chain) -> impl Iterator<Item = Ticks> + 'a {
        let last = self.family(chain).aggregation == Aggregation::Last;
        chain.gates().iter().scan(0, move |before, &gate| {
            *before = if last { *before } else { 0 } + self.costs[gate as usize];
            Some(*before)
        })
    }

    /// Number of models in a cascade of `chain`.
    pub(crate) fn models(&self, chain: &Chain) -> usize {
        match self.family(chain).aggregation {
            Aggregation::Last => chain.gates().len(),
            Aggregation::MeanLogits | Aggregation::MeanProbs => {
                self.gates[chain.last() as usize].committee.len()
            }
        }
    }

    /// The candidate that stands for a cascade of which nothing is fitted, or comes near to it where
    /// its thresholds are those of other samples. `None` if its chain is not in this space.
    fn candidate(&self, cascade: &Cascade) -> Option<Candidate> {
        // Of families that differ in what is fitted, the one where nothing is comes first.
        let is_its_own = |family: &Family| {
            (family.aggregation, family.confidence) == (cascade.aggregation, cascade.confidence)
        };
        let number = self.families.iter().position(is_its_own)?;
        let mut chain = Chain::root(number as u8);
        let mut thresholds = [0; MAX_GATES];
        for (stage, decides) in cascade.stages.iter().zip(cascade.heard()) {
            let gate_of = |chain: &Chain| self.gates[chain.last() as usize].committee == decides;
            chain = self.children(&chain).into_iter().find(gate_of)?;
            if let Some(threshold) = stage.threshold {
                let gate = &self.gates[chain.last() as usize];
                let place = at_most(&gate.thresholds, threshold)?;
                thresholds[chain.gates().len() - 1] = place as u32 + 1;
            }
        }
        Some(Candidate { chain, thresholds })
    }

    /// The cascade that `candidate` stands for.
    pub(crate) fn cascade(&self, candidate: &Candidate) -> Cascade {
        let Candidate { chain, thresholds } = candidate;
        let &Family { aggregation, confidence, .. } = self.family(chain);
        let last = chain.gates().len() - 1;
        let mut run = Committee::default();
        let mut stages = Vec::with_capacity(last + 1);
        for (number, &gate) in chain.gates().iter().enumerate() {
            let gate = &self.gates[gate as usize];
            let models = gate.committee.without(&run);
            run = run.union(&models);
            let threshold =
                (number < last).then(|| gate.thresholds[thresholds[number] as usize - 1]);
            stages.push(Stage { models, threshold, mix: gate.mix.clone() });
        }
        Cascade { aggregation, confidence, stages }
    }
}

/// For each gate of a mean, its family's gates of larger committees that hold its own; `keys` name the
/// signals of the gates.
fn larger(keys: &[SignalKey], families: &[Family]) -> Vec<Vec<GateId>> {
    let mut larger = vec![vec![]; keys.len()];
    for family in families.iter().filter(|family| family.aggregation != Aggregation::Last) {
        let committee = |gate: &GateId| keys[*gate as usize].committee();
        let gates: HashMap<&Committee, GateId> =
            family.gates.iter().map(|gate| (committee(gate), *gate)).collect();
        for &gate in &family.gates {
            let smaller = committee(&gate).parts().filter_map(|part| gates.get(&part));
            smaller.filter(|smaller| **smaller != gate).for_each(|&smaller| {
                larger[smaller as usize].push(gate);
            });
        }
    }
    larger
}
