//! The reference executor: a spec run sample by sample, the slow and obvious way.

use rayon::prelude::*;

use crate::cascade::{Aggregation, Cascade, Ticks};
use crate::error::Result;
use crate::pool::{Chunk, Pool};
use crate::signal::{Row, Tally, decide_mixed};

/// What a cascade did with one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exit {
    /// The stage at which it exited, from 0.
    pub stage: u32,
    /// The predicted class.
    pub prediction: u32,
    /// The confidence at that stage.
    pub confidence: f32,
    /// What all models run for it cost.
    pub cost: Ticks,
}

/// Runs `cascade` on every sample of `pool`; `costs` holds each model's cost. In canonical order.
///
/// # Errors
/// What [`Pool::read`] finds wrong.
pub fn replay(pool: &Pool, cascade: &Cascade, costs: &[Ticks]) -> Result<Vec<Exit>> {
    let runs: Vec<Result<Vec<(u32, Exit)>>> = pool
        .chunks()
        .into_par_iter()
        .map(|rows| {
            let chunk = pool.read(rows)?;
            let exit = |(row, &at): (usize, &u32)| (at, run(&chunk, row, cascade, costs));
            Ok(chunk.positions.iter().enumerate().map(exit).collect())
        })
        .collect();
    let mut exits = Vec::with_capacity(pool.samples());
    for run in runs {
        exits.extend(run?);
    }
    exits.sort_by_key(|(position, _)| *position);
    Ok(exits.into_iter().map(|(_, exit)| exit).collect())
}

/// Algorithm 1 of "Wisdom of Committees" on one sample.
fn run(chunk: &Chunk, row: usize, cascade: &Cascade, costs: &[Ticks]) -> Exit {
    let mut models = vec![];
    let last = cascade.stages.len() - 1;
    for (number, stage) in cascade.stages.iter().enumerate() {
        models.extend(stage.models.models());
        models.sort_unstable();
        let heard = match cascade.aggregation {
            Aggregation::Last => stage.models.models(),
            Aggregation::MeanLogits | Aggregation::MeanProbs => &models,
        };
        let scores: Vec<Vec<f32>> =
            heard.iter().map(|&model| chunk.scores[model].values.row(row).to_vec()).collect();
        let rows: Vec<Row<'_>> = heard
            .iter()
            .zip(&scores)
            .map(|(&model, scores)| Row { kind: chunk.scores[model].kind, scores })
            .collect();
        let said = decide_mixed(&rows, cascade.aggregation, cascade.confidence, &stage.mix);
        let exits = stage.threshold.is_none_or(|t| f64::from(said.confidence) >= t);
        if exits || number == last {
            return Exit {
                stage: number as u32,
                prediction: said.prediction,
                confidence: said.confidence,
                cost: models.iter().map(|&model| costs[model]).sum(),
            };
        }
    }
    unreachable!("the last stage lets every sample out")
}

/// Adds up the exits of `samples` (canonical positions) of a cascade of `stages` stages.
pub fn tally(exits: &[Exit], labels: &[u32], stages: usize, samples: &[u32]) -> Tally {
    let mut tally = Tally::new(samples.len(), stages);
    for &sample in samples {
        let exit = &exits[sample as usize];
        tally.add(exit.stage as usize, exit.prediction == labels[sample as usize], exit.cost);
    }
    tally
}
