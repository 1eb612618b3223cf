//! A cascade run over signals: what each sample does, added up.

use super::{Signal, SignalKey, Signals};
use crate::cascade::{Cascade, Committee, Stage, Ticks};

/// What a cascade does on some samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Number of samples.
    pub samples: usize,
    /// Right answers.
    pub correct: u32,
    /// Cost of all samples together.
    pub cost: Ticks,
    /// Samples that exit at each stage.
    pub exits: Vec<u32>,
    /// Right answers of these; their sum is `correct`.
    pub right: Vec<u32>,
}

impl Tally {
    /// Of `samples` samples, none of which has been run yet.
    pub(crate) fn new(samples: usize, stages: usize) -> Self {
        Self { samples, correct: 0, cost: 0, exits: vec![0; stages], right: vec![0; stages] }
    }

    /// Counts a sample that exits at `stage`.
    pub(crate) fn add(&mut self, stage: usize, right: bool, cost: Ticks) {
        self.exits[stage] += 1;
        self.right[stage] += u32::from(right);
        self.correct += u32::from(right);
        self.cost += cost;
    }

    /// Share of the samples that are right; 0 if there are none.
    pub fn accuracy(&self) -> f64 {
        share(self.correct, self.samples)
    }

    /// Share of the samples that exit at each stage.
    pub fn exit_fractions(&self) -> Vec<f64> {
        self.exits.iter().map(|&exits| share(exits, self.samples)).collect()
    }

    /// Share of right answers among the samples that exit at each stage; `None` where none does.
    pub fn exit_accuracies(&self) -> Vec<Option<f64>> {
        let of = |(&right, &exits): (&u32, &u32)| {
            (exits > 0).then(|| f64::from(right) / f64::from(exits))
        };
        self.right.iter().zip(&self.exits).map(of).collect()
    }
}

fn share(count: u32, of: usize) -> f64 {
    if of == 0 { 0.0 } else { f64::from(count) / of as f64 }
}

impl Signals {
    /// Runs `cascade` on `samples` (canonical positions); `costs` holds each model's cost.
    /// `None` if a signal that the cascade needs was not computed.
    pub fn tally(&self, cascade: &Cascade, costs: &[Ticks], samples: &[u32]) -> Option<Tally> {
        self.tally_each(cascade, costs, samples, |_, _| {})
    }

    /// Like [`tally`](Self::tally); tells `on_sample` of each sample in turn whether it is right and what
    /// it costs.
    pub fn tally_each(
        &self,
        cascade: &Cascade,
        costs: &[Ticks],
        samples: &[u32],
        mut on_sample: impl FnMut(bool, Ticks),
    ) -> Option<Tally> {
        let stages = self.stages(cascade, costs)?;
        let mut tally = Tally::new(samples.len(), stages.len());
        for &sample in samples {
            let at = sample as usize;
            let exit = stages.iter().position(|s| s.lets_out(at)).unwrap_or(stages.len() - 1);
            let right = stages[exit].signal.right[at];
            let cost = stages[exit].cost;
            on_sample(right, cost);
            tally.add(exit, right, cost);
        }
        Some(tally)
    }

    /// The stages of `cascade` with their signals; `costs` holds each model's cost. `None` if one
    /// of the signals was not computed.
    pub fn stages(&self, cascade: &Cascade, costs: &[Ticks]) -> Option<Vec<StageSignal<'_>>> {
        let stages = self.along(cascade)?.into_iter().zip(&cascade.stages);
        let stage = |((signal, stage), run): ((_, &Stage), Committee)| StageSignal {
            signal,
            cost: cost_of(&run, costs),
            threshold: stage.threshold,
        };
        Some(stages.zip(cascade.committees()).map(stage).collect())
    }

    /// The signals that decide at the stages of `cascade`. `None` if one was not computed.
    pub fn along(&self, cascade: &Cascade) -> Option<Vec<&Signal>> {
        SignalKey::along(cascade).iter().map(|key| self.get(key)).collect()
    }
}

impl SignalKey {
    /// The signals that decide at the stages of `cascade`.
    pub fn along(cascade: &Cascade) -> Vec<Self> {
        let stages = cascade.stages.iter().zip(cascade.heard());
        let key = |heard| Self::new(cascade.aggregation, cascade.confidence, heard);
        stages.map(|(stage, heard)| key(heard).with(stage.mix.fit())).collect()
    }
}

/// What running all of `models` costs on one sample.
fn cost_of(models: &Committee, costs: &[Ticks]) -> Ticks {
    models.models().iter().map(|&model| costs[model]).sum()
}

/// A stage of a cascade, as its samples see it.
#[derive(Debug, Clone, Copy)]
pub struct StageSignal<'a> {
    /// What the committee after this stage says of every sample.
    pub signal: &'a Signal,
    /// Cost of a sample that exits here.
    pub cost: Ticks,
    /// Least confidence to exit; `None` where every sample does.
    pub threshold: Option<f64>,
}

impl StageSignal<'_> {
    /// Whether the sample at canonical position `at` exits here if it comes here.
    pub fn lets_out(&self, at: usize) -> bool {
        self.threshold.is_none_or(|threshold| f64::from(self.signal.confidence[at]) >= threshold)
    }
}
