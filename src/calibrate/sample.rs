//! The tuning samples that fits look at, with all models' scores in memory.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::cascade::{Aggregation, ModelId};
use crate::error::Result;
use crate::pool::Pool;
use crate::signal::Row;
use crate::signal::kernel::{self, LANES, Lanes, Space};
use crate::signal::math::{inverse, tempered};
use crate::signal::reference::logits;

/// Most samples.
const MOST: usize = 4000;

/// Most scores of a model, unless that makes fewer samples than [`FEWEST`].
const SCORES: usize = 1 << 20;

/// Samples, if the tuning samples are so many, however many classes there are.
const FEWEST: usize = 500;

/// Logits and probabilities of every model. A table of scores holds block after block of [`LANES`]
/// samples, class by class; the last block is filled up with zeros.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    labels: Vec<u32>,
    classes: usize,
    logits: Vec<Vec<Lanes>>,
    probabilities: Vec<Vec<Lanes>>,
}

impl Sample {
    /// Draws some of the samples `tuning` of `pool` and reads their scores.
    pub(super) fn read(
        pool: &Pool,
        tuning: &[u32],
        seed: u64,
        on_chunk: impl Fn(usize) + Sync,
    ) -> Result<Self> {
        let classes = pool.classes();
        let count = tuning.len().min(MOST.min((SCORES / classes).max(FEWEST)));
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let drawn = rand::seq::index::sample(&mut rng, tuning.len(), count);
        let mut drawn: Vec<u32> = drawn.into_iter().map(|at| tuning[at]).collect();
        drawn.sort_unstable();

        let place = |(row, at): (usize, &u32)| Some((drawn.binary_search(at).ok()?, row));
        let read = pool.chunks().into_par_iter().map(|rows| {
            let chunk = pool.read(rows)?;
            let places: Vec<_> = chunk.positions.iter().enumerate().filter_map(place).collect();
            let of_model = |scores: &crate::pool::Scores| -> Vec<Vec<f32>> {
                let row = |&(_, row): &(usize, usize)| {
                    let scores_of = scores.values.row(row).to_vec();
                    logits(Row { kind: scores.kind, scores: &scores_of })
                };
                places.iter().map(row).collect()
            };
            let models: Vec<_> = chunk.scores.iter().map(of_model).collect();
            on_chunk(chunk.positions.len());
            Ok((places, models))
        });
        let blank = vec![[0.0; LANES]; count.div_ceil(LANES) * classes];
        let mut tables = vec![blank; pool.models().len()];
        for part in read.collect::<Vec<Result<_>>>() {
            let (places, models) = part?;
            for (table, rows) in tables.iter_mut().zip(models) {
                for (&(place, _), row) in places.iter().zip(rows) {
                    let block = &mut table[place / LANES * classes..][..classes];
                    for (lanes, logit) in block.iter_mut().zip(row) {
                        lanes[place % LANES] = logit;
                    }
                }
            }
        }
        let labels = drawn.iter().map(|&at| pool.labels()[at as usize]).collect();
        Ok(Self::new(labels, classes, tables))
    }

    /// The sample of these labels, with a table of logits for each model.
    pub(super) fn new(labels: Vec<u32>, classes: usize, logits: Vec<Vec<Lanes>>) -> Self {
        let probabilities = logits.par_iter().map(|logits| softmax(logits, classes)).collect();
        Self { labels, classes, logits, probabilities }
    }

    /// The same samples with the logits of each model over its temperature.
    pub(super) fn tempered(&self, temperatures: &[f64]) -> Self {
        let pairs = self.logits.par_iter().zip(temperatures);
        let logits = pairs.map(|(logits, &temperature)| {
            let inverse = inverse(temperature);
            logits.iter().map(|lanes| lanes.map(|logit| tempered(logit, inverse))).collect()
        });
        Self::new(self.labels.clone(), self.classes, logits.collect())
    }

    /// Number of samples.
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Number of classes.
    pub(super) fn classes(&self) -> usize {
        self.classes
    }

    /// A model's table of logits.
    pub(super) fn logits(&self, model: ModelId) -> &[Lanes] {
        &self.logits[model]
    }

    /// The labels of each block, and where its scores stand in a table.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (&[u32], std::ops::Range<usize>)> {
        let blocks = self.labels.chunks(LANES).enumerate();
        blocks.map(|(block, labels)| {
            let first = block * self.classes;
            (labels, first..first + self.classes)
        })
    }

    /// A model's probabilities of the labels.
    pub(super) fn of_labels(&self, model: ModelId) -> Vec<f64> {
        let table = &self.probabilities[model];
        let of_block = |(labels, at): (&[u32], std::ops::Range<usize>)| {
            let block = &table[at];
            let lanes = labels.iter().enumerate();
            let lanes = lanes.map(|(lane, &label)| f64::from(block[label as usize][lane]));
            lanes.collect::<Vec<_>>()
        };
        self.blocks().flat_map(of_block).collect()
    }

    /// The table of logits of a committee whose models have these weights.
    pub(super) fn mean(
        &self,
        aggregation: Aggregation,
        models: &[ModelId],
        weights: &[f64],
    ) -> Vec<Lanes> {
        let space = Space::from(aggregation);
        let tables = match space {
            Space::Logits => &self.logits,
            Space::Probabilities => &self.probabilities,
        };
        let pairs = models.iter().zip(weights);
        let weighted: Vec<(&[Lanes], f32)> =
            pairs.map(|(&model, &weight)| (tables[model].as_slice(), weight as f32)).collect();
        let mut sum = vec![[0.0; LANES]; self.len().div_ceil(LANES) * self.classes];
        kernel::weigh(&weighted, &mut sum);
        if space == Space::Logits {
            return sum;
        }
        let mut scores = sum.clone();
        kernel::temper(space, &sum, 1.0, 1.0, &mut scores);
        scores
    }
}

fn softmax(logits: &[Lanes], classes: usize) -> Vec<Lanes> {
    let mut probabilities = logits.to_vec();
    for (block, logits) in probabilities.chunks_mut(classes).zip(logits.chunks(classes)) {
        kernel::softmax(logits, block);
    }
    probabilities
}
