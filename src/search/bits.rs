//! Sets of samples as bits, and the counts that bounds are made of.

use multiversion::multiversion;

/// Bits of one word.
const WORD: usize = u64::BITS as usize;

/// Several sets over the same samples, one row of words each.
#[derive(Debug, Clone)]
pub(crate) struct Bitmaps {
    words: usize,
    data: Vec<u64>,
}

impl Bitmaps {
    /// `rows` empty sets over `samples` samples.
    pub(crate) fn new(rows: usize, samples: usize) -> Self {
        let words = samples.div_ceil(WORD);
        Self { words, data: vec![0; rows * words] }
    }

    /// The set in `row`.
    pub(crate) fn row(&self, row: usize) -> &[u64] {
        &self.data[row * self.words..(row + 1) * self.words]
    }

    /// The set in `row`, to be changed.
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [u64] {
        &mut self.data[row * self.words..(row + 1) * self.words]
    }

    /// Adds `sample` to the set in `row`.
    pub(crate) fn insert(&mut self, row: usize, sample: usize) {
        self.data[row * self.words + sample / WORD] |= 1 << (sample % WORD);
    }

    /// Adds to each row all that is in the row before it.
    pub(crate) fn accumulate(&mut self) {
        for at in self.words..self.data.len() {
            self.data[at] |= self.data[at - self.words];
        }
    }
}

/// The set of none of `samples` samples.
pub(crate) fn empty(samples: usize) -> Vec<u64> {
    vec![0; samples.div_ceil(WORD)]
}

/// The set of all of `samples` samples.
pub(crate) fn full(samples: usize) -> Vec<u64> {
    let mut bits = vec![u64::MAX; samples.div_ceil(WORD)];
    if let Some(last) = bits.last_mut()
        && !samples.is_multiple_of(WORD)
    {
        *last = (1 << (samples % WORD)) - 1;
    }
    bits
}

/// The set of the places where `flags` are true.
pub(crate) fn collect(flags: impl ExactSizeIterator<Item = bool>) -> Vec<u64> {
    let mut bits = vec![0; flags.len().div_ceil(WORD)];
    for (at, flag) in flags.enumerate() {
        bits[at / WORD] |= u64::from(flag) << (at % WORD);
    }
    bits
}

/// The members of a set, ascending.
pub(crate) fn members(bits: &[u64]) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(number, &word)| {
        let next = |rest: &u64| Some(rest & (rest - 1)).filter(|rest| *rest != 0);
        let start = Some(word).filter(|word| *word != 0);
        std::iter::successors(start, next)
            .map(move |rest| number * WORD + rest.trailing_zeros() as usize)
    })
}

/// Where each member of a set is among its members.
pub(crate) struct Places {
    /// Members before each word.
    before: Vec<u32>,
    set: Vec<u64>,
}

impl Places {
    pub(crate) fn new(set: &[u64]) -> Self {
        let before = set.iter().scan(0, |sum, word| {
            let before = *sum;
            *sum += word.count_ones();
            Some(before)
        });
        Self { before: before.collect(), set: set.to_vec() }
    }

    /// The place of `sample`, a member, if it is in `wanted` too.
    pub(crate) fn of(&self, wanted: &[u64], sample: u32) -> Option<u32> {
        let (word, bit) = (sample as usize / WORD, 1 << (sample as usize % WORD));
        let before = self.before[word] + (self.set[word] & (bit - 1)).count_ones();
        (wanted[word] & bit != 0).then_some(before)
    }
}

/// Adds to a set all that is in another.
pub(crate) fn unite(set: &mut [u64], other: &[u64]) {
    set.iter_mut().zip(other).for_each(|(word, other)| *word |= other);
}

/// Takes from a set all that is not in another.
pub(crate) fn intersect(set: &mut [u64], other: &[u64]) {
    set.iter_mut().zip(other).for_each(|(word, other)| *word &= other);
}

/// Whether a set has `sample`.
pub(crate) fn contains(bits: &[u64], sample: u32) -> bool {
    bits[sample as usize / WORD] >> (sample as usize % WORD) & 1 == 1
}

/// The size of a set.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512vpopcntdq", "x86_64+avx2+popcnt"))]
pub(crate) fn count(bits: &[u64]) -> u32 {
    bits.iter().map(|word| word.count_ones()).sum()
}

/// The size of the intersection of two sets.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512vpopcntdq", "x86_64+avx2+popcnt"))]
pub(crate) fn count_both(a: &[u64], b: &[u64]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a & b).count_ones()).sum()
}

/// The size of `base | (mask & extra)`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512vpopcntdq", "x86_64+avx2+popcnt"))]
pub(crate) fn count_with(base: &[u64], mask: &[u64], extra: &[u64]) -> u32 {
    let words = base.iter().zip(mask).zip(extra);
    words.map(|((base, mask), extra)| (base | (mask & extra)).count_ones()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agree_with_plain_sets(
            flags in prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 1..300)
        ) {
            let mut sets = Bitmaps::new(3, flags.len());
            for (sample, &(a, b, c)) in flags.iter().enumerate() {
                for (row, inside) in [a, b, c].into_iter().enumerate() {
                    if inside {
                        sets.insert(row, sample);
                    }
                }
            }
            let size = |f: &dyn Fn(&(bool, bool, bool)) -> bool| {
                flags.iter().filter(|flags| f(flags)).count() as u32
            };
            let (a, b, c) = (sets.row(0), sets.row(1), sets.row(2));
            prop_assert_eq!(count(a), size(&|f| f.0));
            prop_assert_eq!(count_both(a, b), size(&|f| f.0 && f.1));
            prop_assert_eq!(count_with(a, b, c), size(&|f| f.0 || (f.1 && f.2)));
            prop_assert_eq!(count(&full(flags.len())) as usize, flags.len());
            let places = Places::new(a);
            for (place, sample) in members(a).enumerate() {
                let expected = flags[sample].1.then_some(place as u32);
                prop_assert_eq!(places.of(b, sample as u32), expected);
            }
            let listed: Vec<usize> = members(a).collect();
            let plain: Vec<usize> = (0..flags.len()).filter(|&i| flags[i].0).collect();
            prop_assert_eq!(&listed, &plain);
            let contained = (0..flags.len()).filter(|&i| contains(a, i as u32));
            prop_assert_eq!(contained.collect::<Vec<_>>(), plain);
            sets.accumulate();
            prop_assert_eq!(count(sets.row(2)), size(&|f| f.0 || f.1 || f.2));
        }
    }
}
