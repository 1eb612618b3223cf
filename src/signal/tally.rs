//! A cascade run over signals: what each sample does, added up.

use super::{Signal, SignalKey, Signals};
use crate::cascade::{Aggregation, Cascade, Committee, Stage, Ticks};

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
}

impl Tally {
    /// Share of the samples that are right; 0 if there are none.
    pub fn accuracy(&self) -> f64 {
        share(self.correct, self.samples)
    }

    /// Share of the samples that exit at each stage.
    pub fn exit_fractions(&self) -> Vec<f64> {
        self.exits.iter().map(|&exits| share(exits, self.samples)).collect()
    }
}

fn share(count: u32, of: usize) -> f64 {
    if of == 0 { 0.0 } else { f64::from(count) / of as f64 }
}

impl Signals {
    /// Runs `cascade` on `samples` (canonical positions); `costs` holds each model's cost.
    /// `None` if a signal that the cascade needs was not computed.
    pub fn tally(&self, cascade: &Cascade, costs: &[Ticks], samples: &[u32]) -> Option<Tally> {
        self.tally_each(cascade, costs, samples, |_| {})
    }

    /// Like [`tally`](Self::tally); tells `on_sample` of each sample in turn whether it is right.
    pub fn tally_each(
        &self,
        cascade: &Cascade,
        costs: &[Ticks],
        samples: &[u32],
        mut on_sample: impl FnMut(bool),
    ) -> Option<Tally> {
        let stages = self.stages(cascade, costs)?;
        let mut tally =
            Tally { samples: samples.len(), correct: 0, cost: 0, exits: vec![0; stages.len()] };
        for &sample in samples {
            let at = sample as usize;
            let exits = |stage: &StageSignal<'_>| {
                stage.threshold.is_none_or(|t| f64::from(stage.signal.confidence[at]) >= t)
            };
            let exit = stages.iter().position(exits).unwrap_or(stages.len() - 1);
            let right = stages[exit].signal.right[at];
            on_sample(right);
            tally.exits[exit] += 1;
            tally.correct += u32::from(right);
            tally.cost += stages[exit].cost;
        }
        Some(tally)
    }

    fn stages(&self, cascade: &Cascade, costs: &[Ticks]) -> Option<Vec<StageSignal<'_>>> {
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
        let stages = cascade.stages.iter().zip(cascade.committees());
        let heard = stages.map(|(stage, run)| match cascade.aggregation {
            Aggregation::Last => stage.models.clone(),
            Aggregation::MeanLogits | Aggregation::MeanProbs => run,
        });
        heard.map(|heard| Self::new(cascade.aggregation, cascade.confidence, heard)).collect()
    }
}

/// What running all of `models` costs on one sample.
fn cost_of(models: &Committee, costs: &[Ticks]) -> Ticks {
    models.models().iter().map(|&model| costs[model]).sum()
}

struct StageSignal<'a> {
    signal: &'a Signal,
    /// Cost of a sample that exits here.
    cost: Ticks,
    threshold: Option<f64>,
}
