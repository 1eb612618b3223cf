//! The samples' ways through the first gates of a cell.

use super::bits;
use super::cut::Stays;
use crate::cascade::Ticks;

/// What is known of the open samples after some gates.
pub(super) struct Prefix {
    /// Least cost so far.
    pub(super) cost: Ticks,
    /// Samples that may have exited with a right answer.
    pub(super) right: Vec<u64>,
    /// Samples that surely reach the next stage…
    pub(super) surely: Vec<u64>,
    /// …and those that may.
    pub(super) may: Vec<u64>,
}

impl Prefix {
    /// Before any gate.
    pub(super) fn first(samples: usize, cost: Ticks) -> Self {
        let everyone = bits::full(samples);
        Self { cost, right: vec![0; everyone.len()], surely: everyone.clone(), may: everyone }
    }

    /// After one more gate, in a part of its thresholds, `right_here` being the samples that its stage
    /// gets right.
    pub(super) fn pass(&self, stays: &Stays, part: usize, right_here: &[u64], cost: Ticks) -> Self {
        let (surely_stay, may_stay) = stays.of(part);
        let both = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| a & b).collect();
        let exits = self.may.iter().zip(surely_stay).zip(right_here);
        let right = self.right.iter().zip(exits);
        Self {
            cost,
            right: right.map(|(right, ((may, stay), here))| right | (may & !stay & here)).collect(),
            surely: both(&self.surely, surely_stay),
            may: both(&self.may, may_stay),
        }
    }
}
