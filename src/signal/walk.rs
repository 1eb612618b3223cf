//! Every wanted committee on one chunk of samples, each score read from memory once.

use std::ops::Range;

use ndarray::{ArrayView2, Axis, Slice};

use super::kernel::{self, LANES, Lanes, Space};
use super::math::{logit_of, tempered};
use super::plan::{Plan, Step, Sum};
use crate::cascade::ConfidenceMeasure;
use crate::pool::{Chunk, Kind, Scores};

/// What committees do on some rows of a chunk, in their order.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    rows: usize,
    measures: usize,
    /// `right[committee][row]`.
    right: Vec<bool>,
    /// `confidence[committee][measure][row]`.
    confidence: Vec<f32>,
}

impl Piece {
    /// Of so many rows, measures and committees. Memory is kept: where there are many committees it is
    /// large, and fresh memory takes a page fault for every 4 KiB.
    fn resize(&mut self, rows: usize, measures: usize, committees: usize) {
        (self.rows, self.measures) = (rows, measures);
        self.right.resize(committees * rows, false);
        self.confidence.resize(committees * measures * rows, 0.0);
    }

    /// Whether the prediction of a committee is right, row by row.
    pub(crate) fn right(&self, committee: usize) -> &[bool] {
        &self.right[committee * self.rows..][..self.rows]
    }

    /// The confidences of a committee by one measure, row by row.
    pub(crate) fn confidence(&self, committee: usize, measure: usize) -> &[f32] {
        &self.confidence[(committee * self.measures + measure) * self.rows..][..self.rows]
    }
}

/// What a walk computes: each of `committees` that the plans number, by each measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) plans: &'a [Plan],
    pub(crate) measures: &'a [ConfidenceMeasure],
    pub(crate) committees: usize,
}

/// Bytes of scores and sums that a walk works on at a time: a core's cache holds them.
const CACHED: usize = 1 << 17;

/// Walks over `rows` of `chunk`, whose labels are `labels`, and leaves in `piece` what comes of it.
pub(crate) fn walk(
    chunk: &Chunk,
    rows: Range<usize>,
    labels: &[u32],
    asked: Asked<'_>,
    piece: &mut Piece,
) {
    let Asked { plans, measures, committees } = asked;
    piece.resize(rows.len(), measures.len(), committees);
    let classes = chunk.scores.first().map_or(0, |scores| scores.values.ncols());
    for plan in plans {
        // Of few classes many blocks go through the plan together, so that what is written of one
        // committee is written to one place.
        let block = Block::new(chunk.scores.len(), classes, plan);
        let together = (CACHED / block.bytes().max(1)).clamp(1, rows.len().div_ceil(LANES).max(1));
        let mut blocks = vec![block; together];
        for first in (0..rows.len()).step_by(LANES * together) {
            let starts = (first..rows.len()).step_by(LANES);
            let places = starts.map(|start| start..(start + LANES).min(rows.len()));
            let mut loaded: Vec<(&mut Block, Range<usize>)> =
                blocks.iter_mut().zip(places).collect();
            for (block, place) in &mut loaded {
                block.load(&chunk.scores, plan, rows.start + place.start, place.len());
            }
            for step in &plan.steps {
                for (block, place) in &mut loaded {
                    block.take(
                        step,
                        plan.space,
                        &labels[place.clone()],
                        measures,
                        place.start,
                        piece,
                    );
                }
            }
        }
    }
}

/// The scores of [`LANES`] samples, class by class, and the running sums of one walk.
#[derive(Clone)]
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

    /// What of it a walk works on.
    fn bytes(&self) -> usize {
        let models = self.visited.iter().filter(|visited| **visited).count();
        (models + self.sums.len() + 1) * self.scratch.len() * size_of::<Lanes>()
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

    /// Takes one step of the plan on the loaded samples, which are those of `piece` from row `first` on.
    fn take(
        &mut self,
        step: &Step,
        mut space: Space,
        labels: &[u32],
        measures: &[ConfidenceMeasure],
        first: usize,
        piece: &mut Piece,
    ) {
        let Self { models, sums, scratch, .. } = self;
        let (mut sum, mut scale) = (&mut sums[0], step.scale);
        let mut top = match &step.sum {
            Sum::Grow { model, depth } => {
                let (parents, rest) = sums.split_at_mut(*depth);
                sum = &mut rest[0];
                let parent = parents.last().map(Vec::as_slice);
                kernel::add_model(parent, &models[*model], scale, sum)
            }
            Sum::Weigh(weights) => {
                let weighted = weights.iter().map(|&(m, weight)| (models[m].as_slice(), weight));
                kernel::weigh(&weighted.collect::<Vec<_>>(), sum);
                kernel::top(sum, scale)
            }
        };
        let Some(committee) = step.wanted else { return };
        if let Some(inverse) = step.inverse_temperature {
            kernel::temper(space, sum, scale, inverse, scratch);
            (sum, scale, space) = (&mut *scratch, 1.0, Space::Logits);
            top = kernel::top(sum, scale);
        }
        let Piece { rows, right, confidence, .. } = piece;
        let right = &mut right[committee * *rows + first..][..labels.len()];
        for ((right, label), class) in right.iter_mut().zip(labels).zip(top.class) {
            *right = *label == class;
        }
        for (number, &measure) in measures.iter().enumerate() {
            let lanes = kernel::confidence(measure, space, sum, scale, &top);
            let row = committee * measures.len() + number;
            confidence[row * *rows + first..][..labels.len()]
                .copy_from_slice(&lanes[..labels.len()]);
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
