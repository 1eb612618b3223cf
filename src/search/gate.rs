//! A committee's confidences reduced to ranks among the thresholds that a gate may have.

use crate::cascade::{Committee, Mix};
use crate::signal::Signal;

/// Confidences closer than this, relative to `max(1, |value|)`, count as equal.
const RESOLUTION: f64 = 1e-6;

/// A committee as the search sees it: on the tuning samples only, with ranks for confidences.
///
/// A threshold is named by its index `t` from 1 to `thresholds.len()`. A sample of rank `r` exits
/// at it if `r >= t`: its rank is the number of thresholds that it reaches.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    /// The models whose predictions decide.
    pub(crate) committee: Committee,
    /// How their scores are combined.
    pub(crate) mix: Mix,
    /// Ascending; at least one sample lies on either side of each. None where no stage may follow.
    pub(crate) thresholds: Vec<f64>,
    /// One rank per tuning sample, from 0 to `thresholds.len()`; none where no stage may follow.
    pub(crate) ranks: Vec<u32>,
    /// Whether the committee is right, per tuning sample.
    pub(crate) right: Vec<bool>,
}

impl Gate {
    /// The gate of `committee`, whose `signal` is tuned on the samples `tuning`. Nothing is fitted.
    pub(crate) fn new(committee: Committee, signal: &Signal, tuning: &[u32]) -> Self {
        let confidence: Vec<f32> =
            tuning.iter().map(|&sample| signal.confidence[sample as usize]).collect();
        let (thresholds, ranks) = thresholds_and_ranks(&confidence);
        Self { thresholds, ranks, ..Self::last(committee, signal, tuning) }
    }

    /// The same where no stage may follow: without thresholds, and without ranks, which take most of
    /// the memory and of the time.
    pub(crate) fn last(committee: Committee, signal: &Signal, tuning: &[u32]) -> Self {
        let right = tuning.iter().map(|&sample| signal.right[sample as usize]).collect();
        Self { committee, mix: Mix::default(), thresholds: vec![], ranks: vec![], right }
    }

    /// The lowest and the highest index of a threshold.
    pub(crate) fn interval(&self) -> (u32, u32) {
        (1, self.thresholds.len() as u32)
    }

    /// The indices of all thresholds, or of `count` of them at evenly spaced quantiles of the
    /// tuning samples (fewer where quantiles share one). Ascending.
    pub(crate) fn levels(&self, count: usize) -> Vec<u32> {
        if self.thresholds.len() <= count {
            return (1..=self.thresholds.len() as u32).collect();
        }
        let mut samples = vec![0; self.thresholds.len() + 1];
        for &rank in &self.ranks {
            samples[rank as usize] += 1;
        }
        // The rank of the sample at each place in the order of ranks, places ascending.
        let (mut rank, mut before) = (0, 0);
        let mut quantile = |i: usize| {
            while before + samples[rank] <= i * self.ranks.len() / (count + 1) {
                before += samples[rank];
                rank += 1;
            }
            rank as u32
        };
        // Threshold `r + 1` is the lowest that a sample of rank `r` does not reach.
        let top = self.thresholds.len() as u32;
        let mut levels: Vec<u32> = (1..=count).map(|i| (quantile(i) + 1).min(top)).collect();
        levels.dedup();
        levels
    }
}

/// Every threshold that a gate of these confidences may have, ascending.
pub(crate) fn thresholds(confidence: &[f32]) -> Vec<f64> {
    thresholds_and_ranks(confidence).0
}

/// The place of the highest of ascending `thresholds` that is no higher than `value`, or of the
/// lowest of all, if there is any.
pub(crate) fn at_most(thresholds: &[f64], value: f64) -> Option<usize> {
    let count = thresholds.partition_point(|&threshold| threshold <= value);
    (!thresholds.is_empty()).then_some(count.saturating_sub(1))
}

/// The thresholds half-way between neighbouring distinct values, and each value's rank.
fn thresholds_and_ranks(confidence: &[f32]) -> (Vec<f64>, Vec<u32>) {
    let mut order: Vec<u32> = (0..confidence.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| confidence[a as usize].total_cmp(&confidence[b as usize]));
    let mut thresholds = Vec::new();
    let mut ranks = vec![0; confidence.len()];
    let mut below = None;
    for sample in order {
        let value = f64::from(confidence[sample as usize]);
        if let Some(below) = below
            && are_distinct(below, value)
        {
            thresholds.push((below + value) / 2.0);
        }
        ranks[sample as usize] = thresholds.len() as u32;
        below = Some(value);
    }
    thresholds.shrink_to_fit();
    (thresholds, ranks)
}

/// Whether two neighbouring confidences `below <= above` have room for a threshold.
fn are_distinct(below: f64, above: f64) -> bool {
    above - below >= RESOLUTION * below.abs().max(above.abs()).max(1.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn thresholds_lie_half_way() {
        let (thresholds, ranks) = thresholds_and_ranks(&[0.5, 0.25, 0.5, 1.0]);
        assert_eq!(thresholds, [0.375, 0.75]);
        assert_eq!(ranks, [1, 0, 1, 2]);
    }

    #[test]
    fn closer_values_count_as_equal() {
        let (thresholds, ranks) = thresholds_and_ranks(&[0.5, 0.500_000_5, 0.500_001, 0.6]);
        assert_eq!(thresholds.len(), 1);
        assert_eq!(ranks, [0, 0, 0, 1]);
        // For values above 1 the distance is relative.
        assert_eq!(thresholds_and_ranks(&[100.0, 100.00005]).0.len(), 0);
        assert_eq!(thresholds_and_ranks(&[100.0, 100.0002]).0.len(), 1);
    }

    #[test]
    fn equal_values_leave_no_threshold() {
        assert_eq!(thresholds_and_ranks(&[0.1; 5]), (vec![], vec![0; 5]));
        assert_eq!(thresholds_and_ranks(&[-0.0, 0.0]).0.len(), 0);
    }

    proptest! {
        #[test]
        fn levels_stand_at_quantiles(
            values in prop::collection::vec(0..50u8, 2..200),
            count in 1..40usize,
        ) {
            let confidence: Vec<f32> = values.iter().map(|&value| f32::from(value)).collect();
            let (thresholds, ranks) = thresholds_and_ranks(&confidence);
            let (mut sorted, most) = (ranks.clone(), thresholds.len());
            let right = vec![true; ranks.len()];
            let committee = Committee::default();
            let gate = Gate { committee, mix: Mix::default(), thresholds, ranks, right };
            sorted.sort_unstable();
            let place = |i: usize| i * sorted.len() / (count + 1);
            let plain = (1..=count).map(|i| (sorted[place(i)] + 1).min(most as u32));
            let plain: BTreeSet<u32> =
                if most <= count { (1..=most as u32).collect() } else { plain.collect() };
            prop_assert_eq!(gate.levels(count), plain.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_sample_exits_from_its_rank_down() {
        let confidence = [0.3, 0.9, 0.1, 0.7, 0.7];
        let (thresholds, ranks) = thresholds_and_ranks(&confidence);
        for (confidence, rank) in confidence.iter().zip(ranks) {
            for (index, &threshold) in thresholds.iter().enumerate() {
                let exits = f64::from(*confidence) >= threshold;
                assert_eq!(exits, rank > index as u32);
            }
        }
    }
}
