//! The search space: every gate and every chain of growing committees through the gates.

use std::collections::BTreeMap;
use std::ops::Range;

use super::gate::Gate;
use super::staircase::Candidate;
use crate::cascade::{Aggregation, Cascade, Committee, ConfidenceMeasure, CostScale, Stage, Ticks};
use crate::pool::Pool;
use crate::signal::{SignalKey, Signals, committees};

/// A gate's place in [`Space::gates`].
pub(crate) type GateId = u32;

/// A chain's place in [`Space::chains`].
pub(crate) type ChainId = u32;

/// The committees `S1 < S2 < …` of a cascade whose thresholds are still open.
///
/// Chains form a tree: a chain is its parent with one more stage. The last stage always exits, so
/// its gate's thresholds count only in the chain's children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) parent: Option<ChainId>,
    pub(crate) children: Range<ChainId>,
    /// The gate of the last stage.
    pub(crate) gate: GateId,
    /// What all models of the chain cost together.
    pub(crate) cost: Ticks,
    /// Number of gates before the last stage.
    pub(crate) depth: u8,
    pub(crate) aggregation: Aggregation,
    pub(crate) confidence: ConfidenceMeasure,
}

/// What is to be searched: sizes, combinations and limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// Most models in a cascade, at least 1.
    pub max_models: usize,
    /// Every aggregation to search, each once.
    pub aggregations: Vec<Aggregation>,
    /// Every confidence measure to search, each once.
    pub confidences: Vec<ConfidenceMeasure>,
    /// Most that all models of a cascade may cost together, in the pool's unit.
    pub max_worst_case_cost: Option<f64>,
}

impl Scope {
    /// The signals that a search of this scope in `pool` looks at.
    pub fn signal_keys(&self, pool: &Pool) -> Vec<SignalKey> {
        let models = pool.models().len();
        let mut keys = Vec::new();
        for &aggregation in &self.aggregations {
            let size = if aggregation == Aggregation::Last { 1 } else { self.max_models };
            for committee in committees(models, size) {
                for &confidence in &self.confidences {
                    keys.push(SignalKey::new(aggregation, confidence, committee.clone()));
                }
            }
        }
        keys
    }
}

/// Every cascade that a search may find, on one set of tuning samples.
#[derive(Debug, Clone)]
pub struct Space {
    pub(crate) samples: usize,
    /// What one tick of the costs is.
    pub scale: CostScale,
    pub(crate) gates: Vec<Gate>,
    /// Fewest stages first, then the scope's order of aggregations and measures, then smaller
    /// committees first.
    pub(crate) chains: Vec<Chain>,
}

impl Space {
    /// The space of `scope` over `pool`, its thresholds taken from the samples `tuning`
    /// (canonical positions).
    ///
    /// # Panics
    /// If `signals` lacks one of [`Scope::signal_keys`].
    pub fn new(pool: &Pool, signals: &Signals, scope: &Scope, tuning: &[u32]) -> Self {
        let costs: Vec<f64> = pool.models().iter().map(|model| model.cost).collect();
        let scale = CostScale::new(&costs, pool.samples());
        let ticks: Vec<Ticks> = costs.iter().map(|&cost| scale.ticks(cost)).collect();
        let limit = scope.max_worst_case_cost.map_or(Ticks::MAX, |limit| scale.ticks(limit));
        let mut grower = Grower {
            space: Self { samples: tuning.len(), scale, gates: vec![], chains: vec![] },
            runs: vec![],
            by_signal: BTreeMap::new(),
            signals,
            tuning,
            ticks,
            limit,
            max_models: scope.max_models,
        };
        for &aggregation in &scope.aggregations {
            for &confidence in &scope.confidences {
                grower.add_children(None, aggregation, confidence);
            }
        }
        let mut layer = 0..grower.space.chains.len();
        while !layer.is_empty() {
            for parent in layer.clone() {
                let Chain { aggregation, confidence, .. } = grower.space.chains[parent];
                grower.add_children(Some(parent as ChainId), aggregation, confidence);
            }
            layer = layer.end..grower.space.chains.len();
        }
        grower.space
    }

    /// Number of cascades: over all chains, the product of their gates' numbers of thresholds; at
    /// most `u64::MAX`.
    pub fn candidates(&self) -> u64 {
        self.count(|gate| self.gates[gate as usize].thresholds.len())
    }

    /// Number of cascades if each gate had `levels(gate)` thresholds; at most `u64::MAX`.
    pub(crate) fn count(&self, levels: impl Fn(GateId) -> usize) -> u64 {
        let mut counts = vec![1u64; self.chains.len()];
        for (id, chain) in self.chains.iter().enumerate() {
            if let Some(parent) = chain.parent {
                let parent = parent as usize;
                let levels = levels(self.chains[parent].gate) as u64;
                counts[id] = counts[parent].saturating_mul(levels);
            }
        }
        counts.into_iter().fold(0, u64::saturating_add)
    }

    /// The chains that have one stage.
    pub(crate) fn roots(&self) -> Range<ChainId> {
        0..self.chains.partition_point(|chain| chain.depth == 0) as ChainId
    }

    /// The gate of a chain's last stage.
    pub(crate) fn gate(&self, chain: &Chain) -> &Gate {
        &self.gates[chain.gate as usize]
    }

    /// A chain and all that it extends, the one-stage chain first.
    pub(crate) fn path(&self, chain: ChainId) -> Vec<&Chain> {
        let chain = &self.chains[chain as usize];
        let parent = |chain: &&Chain| chain.parent.map(|parent| &self.chains[parent as usize]);
        let mut path: Vec<&Chain> = std::iter::successors(Some(chain), parent).collect();
        path.reverse();
        path
    }

    /// The cascade that `candidate` stands for.
    pub(crate) fn cascade(&self, candidate: &Candidate) -> Cascade {
        let path = self.path(candidate.chain);
        let mut run = Committee::default();
        let mut stages = Vec::with_capacity(path.len());
        for (number, chain) in path.iter().enumerate() {
            let gate = self.gate(chain);
            let models = gate.committee.without(&run);
            run = run.union(&models);
            let threshold = (number + 1 < path.len())
                .then(|| gate.thresholds[candidate.thresholds[number] as usize - 1]);
            stages.push(Stage { models, threshold });
        }
        let Chain { aggregation, confidence, .. } = self.chains[candidate.chain as usize];
        Cascade { aggregation, confidence, stages }
    }
}

/// Builds a space layer by layer.
struct Grower<'a> {
    space: Space,
    /// For each chain, every model that it runs.
    runs: Vec<Committee>,
    by_signal: BTreeMap<SignalKey, GateId>,
    signals: &'a Signals,
    tuning: &'a [u32],
    ticks: Vec<Ticks>,
    limit: Ticks,
    max_models: usize,
}

impl Grower<'_> {
    /// Adds every chain that is `parent` with one more stage.
    fn add_children(
        &mut self,
        parent: Option<ChainId>,
        aggregation: Aggregation,
        confidence: ConfidenceMeasure,
    ) {
        let first = self.space.chains.len() as ChainId;
        let (run, depth) = match parent.map(|parent| parent as usize) {
            None => (Committee::default(), 0),
            Some(id) => {
                let chain = &self.space.chains[id];
                if self.space.gate(chain).thresholds.is_empty() {
                    // It lets everything out or nothing: no gate.
                    return;
                }
                (self.runs[id].clone(), chain.depth + 1)
            }
        };
        for stage in self.stages_after(&run, aggregation) {
            let longer = run.union(&stage);
            let cost: Ticks = longer.models().iter().map(|&model| self.ticks[model]).sum();
            if cost > self.limit {
                continue;
            }
            let decides = if aggregation == Aggregation::Last { stage } else { longer.clone() };
            let gate = self.gate(SignalKey::new(aggregation, confidence, decides));
            let children = 0..0;
            let chain = Chain { parent, children, gate, cost, depth, aggregation, confidence };
            self.space.chains.push(chain);
            self.runs.push(longer);
        }
        if let Some(parent) = parent {
            let children = first..self.space.chains.len() as ChainId;
            self.space.chains[parent as usize].children = children;
        }
    }

    /// Every set of models that may run next.
    fn stages_after(&self, run: &Committee, aggregation: Aggregation) -> Vec<Committee> {
        let spare = self.max_models - run.len();
        let size = if aggregation == Aggregation::Last { spare.min(1) } else { spare };
        let unused: Vec<_> = (0..self.ticks.len()).filter(|m| !run.models().contains(m)).collect();
        let sets = committees(unused.len(), size).into_iter();
        sets.map(|set| Committee::new(set.models().iter().map(|&m| unused[m]).collect())).collect()
    }

    /// The gate that decides on the signal of `key`, made where there is none yet.
    fn gate(&mut self, key: SignalKey) -> GateId {
        if let Some(&gate) = self.by_signal.get(&key) {
            return gate;
        }
        let signal = self.signals.get(&key).expect("the scope's signals are computed");
        self.space.gates.push(Gate::new(key.committee().clone(), signal, self.tuning));
        let gate = (self.space.gates.len() - 1) as GateId;
        self.by_signal.insert(key, gate);
        gate
    }
}
