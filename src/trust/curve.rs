//! What a cascade would do if one of its thresholds were another.

use std::collections::BTreeSet;

use crate::cascade::Ticks;
use crate::search::thresholds;
use crate::signal::StageSignal;

/// Thresholds of a curve at evenly spaced quantiles of the confidences, at most.
const BY_RANK: usize = 120;

/// Thresholds of a curve at evenly spaced values, at most.
const BY_VALUE: usize = 60;

/// A cascade at one threshold of one gate, counted over some samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtThreshold {
    /// Samples that exit at the gate.
    pub exits: u32,
    /// Right answers of all samples.
    pub correct: u32,
    /// Cost of all samples together.
    pub cost: Ticks,
}

/// Runs the cascade of `stages` on `samples` (canonical positions) once for each of `thresholds`
/// (ascending) at the stage `gate`, the other thresholds as they are.
///
/// In one pass: a sample that comes to the gate exits there at every threshold up to its
/// confidence, and does otherwise always the same, so prefix sums over the samples in the order of
/// their confidences hold every answer.
pub fn threshold_curve(
    stages: &[StageSignal<'_>],
    gate: usize,
    samples: &[u32],
    thresholds: &[f64],
) -> Vec<AtThreshold> {
    let here = &stages[gate];
    let last = stages.len() - 1;
    let mut total = AtThreshold { exits: 0, correct: 0, cost: 0 };
    // Of the samples that come to the gate: confidence, and the stage that they exit at beyond it.
    let mut arriving: Vec<(f64, usize, usize)> = vec![];
    for &sample in samples {
        let at = sample as usize;
        let leaves = |stage: &usize| stages[*stage].lets_out(at);
        let exit = (0..gate).find(leaves);
        let beyond = exit.or_else(|| (gate + 1..last).find(leaves)).unwrap_or(last);
        total.correct += u32::from(stages[beyond].signal.right[at]);
        total.cost += stages[beyond].cost;
        if exit.is_none() {
            arriving.push((f64::from(here.signal.confidence[at]), at, beyond));
        }
    }
    arriving.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));

    let mut arriving = arriving.into_iter().peekable();
    let mut curve: Vec<AtThreshold> = Vec::with_capacity(thresholds.len());
    for &threshold in thresholds.iter().rev() {
        while let Some((_, at, beyond)) = arriving.next_if(|sample| sample.0 >= threshold) {
            total.exits += 1;
            total.correct += u32::from(here.signal.right[at]);
            total.correct -= u32::from(stages[beyond].signal.right[at]);
            total.cost -= stages[beyond].cost - here.cost;
        }
        curve.push(total);
    }
    curve.reverse();
    curve
}

/// Thresholds of the stage `gate` to draw a curve over: some at evenly spaced quantiles of the
/// confidences of `samples`, some at evenly spaced values, and the one that is set. Ascending.
pub fn curve_thresholds(stages: &[StageSignal<'_>], gate: usize, samples: &[u32]) -> Vec<f64> {
    let StageSignal { signal, threshold, .. } = &stages[gate];
    let confidence = |&sample: &u32| signal.confidence[sample as usize];
    let all = thresholds(&samples.iter().map(confidence).collect::<Vec<_>>());
    let (Some(&low), Some(&high)) = (all.first(), all.last()) else {
        return threshold.iter().copied().collect();
    };
    let spread = |count: usize| (0..count).map(move |i| i as f64 / (count - 1) as f64);
    let last = (all.len() - 1) as f64;
    let by_rank = spread(BY_RANK).map(|share| (share * last).round() as usize);
    let by_value =
        spread(BY_VALUE).map(|share| all.partition_point(|&t| t < low + share * (high - low)));
    let set = threshold.map(|threshold| all.partition_point(|&t| t < threshold));
    let places: BTreeSet<usize> = by_rank.chain(by_value).chain(set).collect();
    places.into_iter().filter_map(|place| all.get(place).copied()).collect()
}
