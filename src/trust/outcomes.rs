//! Which samples each cascade of a frontier gets wrong.

use crate::search::bits;

/// Several cascades on the same samples: who is wrong where, 1 bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    samples: usize,
    /// One set of samples per cascade.
    wrong: Vec<Vec<u64>>,
}

impl Outcomes {
    /// `right` holds for each cascade whether each of the `samples` samples is right.
    ///
    /// # Panics
    /// If one of them is about another number of samples.
    pub fn new<'a>(samples: usize, right: impl IntoIterator<Item = &'a [bool]>) -> Self {
        let wrong = right.into_iter().map(|right| {
            assert_eq!(right.len(), samples, "all cascades are run on the same samples");
            bits::collect(right.iter().map(|right| !right))
        });
        Self { samples, wrong: wrong.collect() }
    }

    /// Each of `wrong` holds the samples that one cascade gets wrong, out of `samples`.
    pub(crate) fn of_bits(samples: usize, wrong: Vec<Vec<u64>>) -> Self {
        Self { samples, wrong }
    }

    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Number of cascades.
    pub fn cascades(&self) -> usize {
        self.wrong.len()
    }

    /// Number of wrong answers of each cascade.
    pub fn errors(&self) -> Vec<u32> {
        self.wrong.iter().map(|wrong| bits::count(wrong)).collect()
    }

    /// Number of wrong answers of each cascade within `subset`, a set of samples as bits.
    pub(super) fn errors_within(&self, cascade: usize, subset: &[u64]) -> u32 {
        bits::count_both(&self.wrong[cascade], subset)
    }

    /// For each sample, how many cascades get it wrong.
    pub(super) fn wrong_cascades(&self) -> Vec<u32> {
        let mut counts = vec![0; self.samples];
        for sample in self.wrong.iter().flat_map(|wrong| bits::members(wrong)) {
            counts[sample] += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_both_ways() {
        let outcomes = Outcomes::new(3, [&[true, false, false][..], &[true, true, false]]);
        assert_eq!((outcomes.samples(), outcomes.cascades()), (3, 2));
        assert_eq!(outcomes.errors(), [2, 1]);
        assert_eq!(outcomes.wrong_cascades(), [0, 1, 2]);
        assert_eq!(outcomes.errors_within(0, &[0b011]), 1);
    }
}
