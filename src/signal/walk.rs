//! Every wanted committee on one chunk of samples, each score read from memory once.

use ndarray::{ArrayView2, Axis, Slice};

use super::kernel::{self, LANES, Lanes, Space};
use super::math::{logit_of, tempered};
use super::plan::{Plan, Sum};
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
            block.load(&chunk.scores, plan, first, count);
            block.visit(plan, &labels[first..first + count], measures, &mut signals);
        }
    }
    signals
}

/// The scores of [`LANES`] samples, class by class, and the running sums of one walk.
struct Block {
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
        for model in plan.models() {
            visited[model] = true;
        }
        let zeros = vec![[0.0; LANES]; classes];
        Self {
            models: vec![zeros.clone(); models],
            visited,
            sums: vec![zeros.clone(); plan.depth()],
            scratch: zeros,
        }
    }

    /// Fills the block with rows `first..first + count`. Lanes past `count` keep what they held:
    /// they are computed and thrown away.
    fn load(&mut self, scores: &[Scores], plan: &Plan, first: usize, count: usize) {
        for (model, (block, scores)) in self.models.iter_mut().zip(scores).enumerate() {
            if !self.visited[model] {
                continue;
            }
            let rows = scores.values.slice_axis(Axis(0), Slice::from(first..first + count));
            let inverse = plan.inverse_temperatures.get(model);
            match (plan.space, scores.kind, inverse) {
                (Space::Logits, Kind::Logits, None)
                | (Space::Probabilities, Kind::Probabilities, None) => transpose(rows, block),
                (Space::Logits, ..) => {
                    transpose(rows, block);
                    to_logits(block, scores.kind, inverse);
                }
                (Space::Probabilities, ..) => {
                    transpose(rows, &mut self.scratch);
                    to_logits(&mut self.scratch, scores.kind, inverse);
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
        let Self { models, sums, scratch, .. } = self;
        for step in &plan.steps {
            let (mut sum, mut scale, mut space) = (&mut sums[0], step.scale, plan.space);
            let mut top = match &step.sum {
                Sum::Grow { model, depth } => {
                    let (parents, rest) = sums.split_at_mut(*depth);
                    sum = &mut rest[0];
                    let parent = parents.last().map(Vec::as_slice);
                    kernel::add_model(parent, &models[*model], scale, sum)
                }
                Sum::Weigh(weights) => {
                    let weighted =
                        weights.iter().map(|&(m, weight)| (models[m].as_slice(), weight));
                    kernel::weigh(&weighted.collect::<Vec<_>>(), sum);
                    kernel::top(sum, scale)
                }
            };
            let Some(number) = step.wanted else { continue };
            if let Some(inverse) = step.inverse_temperature {
                kernel::temper(space, sum, scale, inverse, scratch);
                (sum, scale, space) = (&mut *scratch, 1.0, Space::Logits);
                top = kernel::top(sum, scale);
            }
            let signal = &mut signals[number];
            signal.right.extend(labels.iter().zip(&top.class).map(|(label, class)| label == class));
            for (column, &measure) in signal.confidence.iter_mut().zip(measures) {
                let lanes = kernel::confidence(measure, space, sum, scale, &top);
                column.extend_from_slice(&lanes[..labels.len()]);
            }
        }
    }
}

/// What stands in a block as scores of some kind, as logits, times one over a temperature.
fn to_logits(block: &mut [Lanes], kind: Kind, inverse_temperature: Option<&f32>) {
    let scores = block.as_flattened_mut();
    if kind == Kind::Probabilities {
        scores.iter_mut().for_each(|p| *p = logit_of(*p));
    }
    if let Some(&inverse) = inverse_temperature {
        scores.iter_mut().for_each(|logit| *logit = tempered(*logit, inverse));
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
