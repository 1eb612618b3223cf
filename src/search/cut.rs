//! One gate's thresholds cut into parts, and who stays at each.

use super::bits::Bitmaps;

/// Up to this many samples with ranks inside an interval are sorted, so that only thresholds that
/// tell them apart are looked at; with more, all thresholds of the interval are.
const SORTED: usize = 256;

/// An interval of one gate's thresholds in parts, and which samples stay at the gate.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    /// Lowest and highest threshold of each part.
    pub(crate) parts: Vec<(u32, u32)>,
    /// For each part, the samples that stay whatever its threshold…
    pub(crate) surely_stay: Bitmaps,
    /// …and those that may stay.
    pub(crate) may_stay: Bitmaps,
    /// For each sample, the same in one number; see [`way`].
    pub(crate) codes: Vec<u8>,
}

/// Parts of a cut, at most: what a code can tell apart.
const MOST_PARTS: usize = u8::MAX as usize / 2;

/// The code of a sample that is open in a part.
///
/// From the lowest threshold up, a sample exits in some parts, is open in at most one, and stays in
/// the rest. Its code is the number of the first part in which it may stay plus that of the first in
/// which it surely does.
pub(crate) fn open_code(part: u16) -> u8 {
    2 * part as u8 + 1
}

/// What a sample of this code does at a gate whose threshold lies in the part with this
/// [`open_code`]: it stays (0), it depends on the threshold (1), or it exits (2).
#[inline(always)]
pub(crate) fn way(code: u8, open: u8) -> usize {
    usize::from(code >= open) + usize::from(code > open)
}

impl Cut {
    /// Cuts `low..=high` into at most `most` parts with nearly as many thresholds each, for samples
    /// of these `ranks`.
    ///
    /// Between two neighbouring ranks all thresholds act alike, and the lowest stands for all:
    /// `low` itself, and `r + 1` for each rank `r` from `low` to below `high`.
    pub(crate) fn new(ranks: &[u32], (low, high): (u32, u32), most: usize) -> Self {
        let inside = |rank: &u32| (low..high).contains(rank);
        if ranks.iter().filter(|rank| inside(rank)).count() > SORTED {
            let count = (high - low + 1) as usize;
            let place = |rank: u32| (rank + 1 - low) as usize;
            return Self::evenly(ranks, (low, high), most, count, &|i| low + i as u32, &place);
        }
        let mut thresholds: Vec<u32> = ranks.iter().copied().filter(inside).collect();
        thresholds.sort_unstable();
        thresholds.dedup();
        let place = |rank: u32| thresholds.partition_point(|&inside| inside <= rank);
        // The threshold above the i-th distinct rank; `low` lies below all of them.
        let threshold = |i: usize| i.checked_sub(1).map_or(low, |below| thresholds[below] + 1);
        Self::evenly(ranks, (low, high), most, thresholds.len() + 1, &threshold, &place)
    }

    /// Cuts a list of `count` thresholds, `threshold(i)` being the i-th; a sample whose rank is
    /// inside `low..high` stays from the threshold `place(rank)` on.
    fn evenly(
        ranks: &[u32],
        (low, high): (u32, u32),
        most: usize,
        count: usize,
        threshold: &impl Fn(usize) -> u32,
        place: &impl Fn(u32) -> usize,
    ) -> Self {
        let parts = most.min(count).min(MOST_PARTS);
        let start = |part: usize| part * count / parts;
        let mut surely_stay = Bitmaps::new(parts, ranks.len());
        let mut may_stay = Bitmaps::new(parts, ranks.len());
        let mut codes = vec![2 * parts as u8; ranks.len()];
        for (sample, &rank) in ranks.iter().enumerate() {
            if rank >= high {
                continue;
            }
            let from = if rank < low { 0 } else { place(rank) };
            let part = ((from + 1) * parts - 1) / count;
            may_stay.insert(part, sample);
            let surely = if start(part) == from { part } else { part + 1 };
            codes[sample] = (part + surely) as u8;
            if surely < parts {
                surely_stay.insert(surely, sample);
            }
        }
        surely_stay.accumulate();
        may_stay.accumulate();
        let bounds = |part| (threshold(start(part)), threshold(start(part + 1) - 1));
        Self { parts: (0..parts).map(bounds).collect(), surely_stay, may_stay, codes }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::bits::members;

    proptest! {
        #[test]
        fn parts_are_complete_and_stays_are_right(
            ranks in prop::collection::vec(0..40u32, 0..700),
            low in 1..20u32,
            length in 0..20u32,
            most in 1..12usize,
        ) {
            let high = low + length;
            let cut = Cut::new(&ranks, (low, high), most);
            prop_assert!(cut.parts.len() <= most.max(1));
            prop_assert!(cut.parts.iter().all(|part| low <= part.0 && part.0 <= part.1 && part.1 <= high));
            // Every threshold acts like one within some part.
            for threshold in low..=high {
                let stays = |t: u32| ranks.iter().map(|&rank| rank < t).collect::<Vec<_>>();
                let covered = cut.parts.iter().any(|part| {
                    (part.0..=part.1).any(|other| stays(other) == stays(threshold))
                });
                prop_assert!(covered, "threshold {}", threshold);
            }
            for (number, part) in cut.parts.iter().enumerate() {
                let ranks = &ranks;
                let staying = |t: u32| (0..ranks.len()).filter(move |&i| ranks[i] < t);
                prop_assert!(staying(part.0).eq(members(cut.surely_stay.row(number))));
                prop_assert!(staying(part.1).eq(members(cut.may_stay.row(number))));
                for (&code, rank) in cut.codes.iter().zip(ranks) {
                    let expected = match (*rank < part.0, *rank < part.1) {
                        (true, _) => 0,
                        (false, true) => 1,
                        (false, false) => 2,
                    };
                    prop_assert_eq!(way(code, open_code(number as u16)), expected);
                }
            }
        }
    }
}
