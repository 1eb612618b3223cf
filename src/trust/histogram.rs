//! How sure a stage is when it is right, and when it is wrong.

use serde::{Deserialize, Serialize};

use crate::cascade::ConfidenceMeasure;
use crate::signal::Signal;

/// Bins of a histogram.
const BINS: usize = 30;

/// Numbers of samples per bin of confidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bins {
    /// Samples whose prediction is right.
    pub right: Vec<u32>,
    /// Samples whose prediction is wrong.
    pub wrong: Vec<u32>,
}

impl Bins {
    /// Counts `samples` (canonical positions) between `edges` (ascending, at least two). A value on
    /// an edge belongs above it, and whatever lies outside to the first or last bin.
    pub fn count(signal: &Signal, samples: &[u32], edges: &[f64]) -> Self {
        let bins = edges.len() - 1;
        let mut counts = Self { right: vec![0; bins], wrong: vec![0; bins] };
        for &sample in samples {
            let confidence = f64::from(signal.confidence[sample as usize]);
            let above = edges.partition_point(|&edge| edge <= confidence);
            let bin = above.saturating_sub(1).min(bins - 1);
            let side = match signal.right[sample as usize] {
                true => &mut counts.right,
                false => &mut counts.wrong,
            };
            side[bin] += 1;
        }
        counts
    }
}

/// The edges of bins of equal width over the range of `measure`, which for the unbounded ones is
/// that of the confidences of `samples`.
pub fn bin_edges(measure: ConfidenceMeasure, signal: &Signal, samples: &[u32]) -> Vec<f64> {
    let values = samples.iter().map(|&sample| f64::from(signal.confidence[sample as usize]));
    let (low, high) = match measure {
        ConfidenceMeasure::MaxProb | ConfidenceMeasure::Margin => (0.0, 1.0),
        ConfidenceMeasure::LogitMargin => (0.0, values.fold(0.0, f64::max)),
        ConfidenceMeasure::Entropy => (values.fold(0.0, f64::min), 0.0),
    };
    // Where all are one value, any width will do.
    let width = if high > low { high - low } else { 1.0 };
    (0..=BINS).map(|edge| low + width * edge as f64 / BINS as f64).collect()
}
