//! STUB
#![allow(missing_docs)]
use crate::error::Result;
use ndarray::Array2;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Logits,
    Probabilities,
}
#[derive(Debug, Clone)]
pub struct Scores {
    pub kind: Kind,
    pub values: Array2<f32>,
    pub rescaled: usize,
}
pub struct Chunk {
    pub positions: Vec<u32>,
    pub scores: Vec<Scores>,
}
#[derive(Debug, Clone)]
pub struct Model {
    pub name: String,
    pub cost: f64,
    pub costs: BTreeMap<String, f64>,
    pub predictions: PathBuf,
}
pub struct Pool {
    models: Vec<Model>,
    labels: Vec<u32>,
    scores: Vec<Scores>,
}
impl Pool {
    pub fn in_memory(models: Vec<Model>, labels: Vec<u32>, scores: Vec<Scores>) -> Self {
        Self { models, labels, scores }
    }
    pub fn models(&self) -> &[Model] {
        &self.models
    }
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }
    pub fn samples(&self) -> usize {
        self.labels.len()
    }
    pub fn chunks(&self) -> Vec<Range<usize>> {
        (0..self.samples()).step_by(1024).map(|a| a..(a + 1024).min(self.samples())).collect()
    }
    pub fn read(&self, rows: Range<usize>) -> Result<Chunk> {
        Ok(Chunk {
            positions: rows.clone().map(|r| r as u32).collect(),
            scores: self
                .scores
                .iter()
                .map(|s| Scores {
                    values: s.values.slice_axis(ndarray::Axis(0), ndarray::Slice::from(rows.clone())).to_owned(),
                    ..s.clone()
                })
                .collect(),
        })
    }
}
