//! Some of the tuning samples, with all scores in memory.

use ndarray::{Axis, concatenate};

use crate::error::Result;
use crate::pool::{Chunk, Pool, Scores};
use crate::signal::{SignalKey, Signals};

/// Scores that a sample may hold, over all models.
const VALUES: usize = 1 << 26;

/// Scores and labels of some samples.
pub(super) struct Sample {
    chunk: Chunk,
    labels: Vec<u32>,
}

impl Sample {
    /// At most `most` of the samples `tuning` of `pool`, evenly spaced in their order, and fewer
    /// where that many scores would not fit into memory.
    pub(super) fn read(pool: &Pool, tuning: &[u32], most: usize) -> Result<Self> {
        let width = pool.models().len() * pool.classes();
        let count = most.min(VALUES / width).clamp(1, tuning.len());
        let mut wanted = vec![false; pool.samples()];
        (0..count).for_each(|i| wanted[tuning[i * tuning.len() / count] as usize] = true);
        let mut parts: Vec<Chunk> = vec![];
        for rows in pool.chunks() {
            let chunk = pool.read(rows)?;
            let positions = chunk.positions.iter().enumerate();
            let rows: Vec<usize> =
                positions.filter(|(_, at)| wanted[**at as usize]).map(|(row, _)| row).collect();
            parts.push(Chunk {
                positions: rows.iter().map(|&row| chunk.positions[row]).collect(),
                scores: chunk.scores.iter().map(|scores| picked(scores, &rows)).collect(),
            });
        }
        let chunk = joined(&parts);
        let labels = chunk.positions.iter().map(|&at| pool.labels()[at as usize]).collect();
        Ok(Self { chunk, labels })
    }

    /// Number of samples.
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn signals(&self, keys: impl IntoIterator<Item = SignalKey>) -> Signals {
        Signals::of_chunk(&self.chunk, &self.labels, keys)
    }
}

fn picked(scores: &Scores, rows: &[usize]) -> Scores {
    let Scores { kind, values, rescaled } = scores;
    Scores { kind: *kind, values: values.select(Axis(0), rows), rescaled: *rescaled }
}

/// All parts, one below the other.
fn joined(parts: &[Chunk]) -> Chunk {
    let models = parts.first().map_or(0, |part| part.scores.len());
    let scores = (0..models).map(|model| {
        let values: Vec<_> = parts.iter().map(|part| part.scores[model].values.view()).collect();
        let values = concatenate(Axis(0), &values).expect("all parts have the pool's classes");
        let Scores { kind, rescaled, .. } = parts[0].scores[model];
        Scores { kind, values, rescaled }
    });
    Chunk {
        scores: scores.collect(),
        positions: parts.iter().flat_map(|part| &part.positions).copied().collect(),
    }
}
