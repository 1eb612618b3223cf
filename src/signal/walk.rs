//! Every wanted committee on one chunk of samples, each score read from memory once.

use ndarray::{ArrayView2, Axis, Slice};

use super::kernel::{self, LANES, Lanes, Space};
use super::plan::Plan;
use super::reference::logit_of;
use crate::cascade::ConfidenceMeasure;
use crate::pool::{Chunk, Kind, Scores};

/// One committee's confidences and correctness on the rows of a chunk, in their order.
#[derive(Debug, Clone)]
pub(crate) struct ChunkSignal {
    pub(crate) right: Vec<bool>,
    /// One vector per measure.
    pub(crate) confidence: Vec<Vec<f32>>,
}

/// Walks `plans` over `chunk`. `labels` are those of the chunk's rows. The result holds one entry
/// for each of the `wanted` committees that the plans number.
pub(crate) fn walk(
    chunk: &Chunk,
    labels: &[u32],
    plans: &[Plan],
    measures: &[ConfidenceMeasure],
    wanted: usize,
) -> Vec<ChunkSignal> {
    let rows = labels.len();
    let empty = ChunkSignal {
        right: Vec::with_capacity(rows),
        confidence: vec![Vec::with_capacity(rows); measures.len()],
    };
    let mut signals = vec![empty; wanted];
    for plan in plans {
        let classes = chunk.scores.first().map_or(0, |scores| scores.values.ncols());
        let mut block = Block::new(chunk.scores.len(), classes, plan);
        for first in (0..rows).step_by(LANES) {
            let count = LANES.min(rows - first);
            block.load(&chunk.scores, first, count);
            block.visit(plan, &labels[first..first + count], measures, &mut signals);
        }
    }
    signals
}

/// The scores of [`LANES`] samples, class by class, and the running sums of one walk.
struct Block {
    space: Space,
    /// `models[m][class]`; only those that the plan visits are ever filled.
    models: Vec<Vec<Lanes>>,
    visited: Vec<bool>,
    /// `sums[depth][class]`.
    sums: Vec<Vec<Lanes>>,
    scratch: Vec<Lanes>,
}

impl Block {
    fn new(models: usize, classes: usize, plan: &Plan) -> Self {
        let mut visited = vec![false; models];
        for step in &plan.steps {
            visited[step.model] = true;
        }
        let zeros = vec![[0.0; LANES]; classes];
        Self {
            space: plan.space,
            models: vec![zeros.clone(); models],
            visited,
            sums: vec![zeros.clone(); plan.depth()],
            scratch: zeros,
        }
    }

    /// Fills the block with rows `first..first + count`. Lanes past `count` keep what they held:
    /// they are computed and thrown away.
    fn load(&mut self, scores: &[Scores], first: usize, count: usize) {
        for ((block, scores), visited) in self.models.iter_mut().zip(scores).zip(&self.visited) {
            if !visited {
                continue;
            }
            let rows = scores.values.slice_axis(Axis(0), Slice::from(first..first + count));
            match (self.space, scores.kind) {
                (Space::Logits, Kind::Logits) | (Space::Probabilities, Kind::Probabilities) => {
                    transpose(rows, block);
                }
                (Space::Logits, Kind::Probabilities) => {
                    transpose(rows, block);
                    block.iter_mut().flatten().for_each(|p| *p = logit_of(*p));
                }
                (Space::Probabilities, Kind::Logits) => {
                    transpose(rows, &mut self.scratch);
                    kernel::softmax(&self.scratch, block);
                }
            }
        }
    }

    /// Walks the plan on the loaded samples and appends to `signals`.
    fn visit(
        &mut self,
        plan: &Plan,
        labels: &[u32],
        measures: &[ConfidenceMeasure],
        signals: &mut [ChunkSignal],
    ) {
        for step in &plan.steps {
            let (parents, sums) = self.sums.split_at_mut(step.depth);
            let scale = 1.0 / (step.depth + 1) as f32;
            let parent = parents.last().map(Vec::as_slice);
            let sum = sums[0].as_mut_slice();
            let top = kernel::add_model(parent, &self.models[step.model], scale, sum);
            let Some(number) = step.wanted else { continue };
            let signal = &mut signals[number];
            signal.right.extend(labels.iter().zip(&top.class).map(|(label, class)| label == class));
            for (column, &measure) in signal.confidence.iter_mut().zip(measures) {
                let lanes = kernel::confidence(measure, self.space, sum, scale, &top);
                column.extend_from_slice(&lanes[..labels.len()]);
            }
        }
    }
}

/// `block[class][row] = rows[row][class]`.
fn transpose(rows: ArrayView2<'_, f32>, block: &mut [Lanes]) {
    for (lane, row) in rows.outer_iter().enumerate() {
        for (lanes, &score) in block.iter_mut().zip(row) {
            lanes[lane] = score;
        }
    }
}
