//! One gate's thresholds cut into parts, and who stays at each.

use std::ops::Range;

use super::bits::Bitmaps;

/// A sample and its rank at some gate. Sorted, samples are in the order of their ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ranked {
    pub(crate) rank: u32,
    pub(crate) sample: u32,
}

/// The samples in the order of their `ranks`.
pub(crate) fn order(ranks: &[u32]) -> Vec<Ranked> {
    let ranked = |(sample, &rank)| Ranked { rank, sample: sample as u32 };
    let mut order: Vec<Ranked> = ranks.iter().enumerate().map(ranked).collect();
    order.sort_unstable();
    order
}

/// Those of samples in the order of their ranks whose way an interval of thresholds leaves open:
/// none where it has no threshold.
pub(crate) fn inside(order: &[Ranked], (low, high): (u32, u32)) -> &[Ranked] {
    let place = |rank| order.partition_point(|ranked| ranked.rank < rank);
    &order[place(low)..place(high.max(low))]
}

/// An interval of one gate's thresholds in parts, and which samples stay at the gate.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    /// Lowest and highest threshold of each part.
    pub(crate) parts: Vec<(u32, u32)>,
    /// For each part, which of the samples inside the interval, in the order of their ranks, it
    /// leaves open.
    pub(crate) open: Vec<Range<usize>>,
    /// Who stays.
    pub(crate) stays: Stays,
    /// For each sample, the same in one number; see [`way`].
    pub(crate) codes: Vec<u8>,
}

/// Who stays at a gate whose thresholds are cut into parts.
#[derive(Debug, Clone)]
pub(crate) struct Stays {
    /// For each part, the samples that stay whatever its threshold…
    surely: Bitmaps,
    /// …and those that may stay.
    may: Bitmaps,
}

impl Stays {
    /// Of samples with these codes in a cut of so many parts.
    pub(crate) fn from_codes(codes: &[u8], parts: usize) -> Self {
        let mut stays = Self::nobody(codes.len(), parts);
        for (sample, code) in codes.iter().map(|&code| usize::from(code)).enumerate() {
            if code / 2 < parts {
                stays.insert(sample, code / 2, code.div_ceil(2), parts);
            }
        }
        stays.accumulate();
        stays
    }

    /// None of so many samples in any part.
    fn nobody(samples: usize, parts: usize) -> Self {
        let sets = || Bitmaps::new(parts, samples);
        Self { surely: sets(), may: sets() }
    }

    /// A sample may stay from one part on, and surely does from another, if that is one of all `parts`. Not
    /// before all is [accumulated](Self::accumulate).
    fn insert(&mut self, sample: usize, may: usize, surely: usize, parts: usize) {
        self.may.insert(may, sample);
        if surely < parts {
            self.surely.insert(surely, sample);
        }
    }

    fn accumulate(&mut self) {
        self.surely.accumulate();
        self.may.accumulate();
    }

    /// The samples that surely stay in a part, and those that may.
    pub(crate) fn of(&self, part: usize) -> (&[u64], &[u64]) {
        (self.surely.row(part), self.may.row(part))
    }
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
    /// Cuts the interval that starts at the threshold `low` into at most `most` parts with nearly as
    /// many thresholds each. Of so many `samples` those that `stay` do so at any of them, and those
    /// `inside` at some, in the order of their ranks; the others exit.
    ///
    /// Between two neighbouring ranks all thresholds act alike, and the lowest stands for all:
    /// `low` itself, and `r + 1` for each rank `r` that occurs inside.
    pub(crate) fn new(
        samples: usize,
        stay: impl Iterator<Item = usize>,
        inside: &[Ranked],
        low: u32,
        most: usize,
    ) -> Self {
        let groups = || inside.chunk_by(|a, b| a.rank == b.rank);
        let count = groups().count() + 1;
        let parts = most.min(count).min(MOST_PARTS);
        let start = |part: usize| part * count / parts;
        let mut cut = Self {
            parts: Vec::with_capacity(parts),
            open: Vec::with_capacity(parts),
            stays: Stays::nobody(samples, parts),
            codes: vec![2 * parts as u8; samples],
        };
        let mut set = |sample: usize, may: usize, surely: usize| {
            cut.codes[sample] = (may + surely) as u8;
            cut.stays.insert(sample, may, surely, parts);
        };
        stay.for_each(|sample| set(sample, 0, 0));
        // The part at hand: its lowest threshold and the highest so far, and where the samples that
        // it leaves open begin.
        let (mut part, mut lowest, mut highest, mut first) = (0, low, low, 0);
        let mut at = 0;
        for (number, group) in groups().enumerate() {
            // The samples of this rank stay from the threshold of this number on, 0 being `low`.
            let (number, threshold) = (number + 1, group[0].rank + 1);
            let end = at + group.len();
            let is_next = number == start(part + 1);
            if is_next {
                cut.parts.push((lowest, highest));
                cut.open.push(first..at);
                part += 1;
                (lowest, first) = (threshold, end);
            }
            let surely = if is_next { part } else { part + 1 };
            group.iter().for_each(|ranked| set(ranked.sample as usize, part, surely));
            (highest, at) = (threshold, end);
        }
        cut.parts.push((lowest, highest));
        cut.open.push(first..at);
        cut.stays.accumulate();
        cut
    }
}

/// Who stays at a gate whose thresholds are cut into parts, one [code](way) a sample.
#[derive(Debug, Clone)]
pub(crate) struct Codes {
    codes: Vec<u8>,
    parts: usize,
}

impl Codes {
    /// What a cut says of this.
    pub(crate) fn of(cut: Cut) -> Self {
        Self { parts: cut.parts.len(), codes: cut.codes }
    }

    /// The same of the samples in another order.
    pub(crate) fn in_order(&self, order: &[Ranked]) -> Self {
        let codes = order.iter().map(|ranked| self.codes[ranked.sample as usize]);
        Self { codes: codes.collect(), parts: self.parts }
    }

    /// The same as sets, and the number of parts.
    pub(crate) fn stays(&self) -> (Stays, usize) {
        (Stays::from_codes(&self.codes, self.parts), self.parts)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
            let order = order(&ranks);
            let stay = (0..ranks.len()).filter(|&sample| ranks[sample] < low);
            let inside = inside(&order, (low, high));
            let cut = Cut::new(ranks.len(), stay, inside, low, most);
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
                let (surely, may) = cut.stays.of(number);
                prop_assert!(staying(part.0).eq(members(surely)));
                prop_assert!(staying(part.1).eq(members(may)));
                let open = inside[cut.open[number].clone()].iter().map(|open| open.sample as usize);
                let expected = |i: &usize| (part.0..part.1).contains(&ranks[*i]);
                let open: BTreeSet<usize> = open.collect();
                prop_assert_eq!(open, (0..ranks.len()).filter(expected).collect::<BTreeSet<_>>());
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
