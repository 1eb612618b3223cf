//! Which samples tune and which are only reported.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::counted::counted;
use crate::error::{Error, Result};
use crate::expected;

/// How samples are divided. The same rule on the same samples gives the same parts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitRule {
    /// Share of the samples that is held out, from 0 to below 1.
    pub holdout: f64,
    /// Seed of the draw.
    pub seed: u64,
    /// Whether each class gives that share. Both parts then have the pool's mix of classes, and are no
    /// independent draws: a cascade that tuning prefers for its luck in the mix is as lucky on the
    /// held-out samples.
    pub stratified: bool,
}

/// Which samples belong to which fold: canonical positions, each sample in one fold, ascending. Each
/// class is spread evenly, and folds differ by one sample at most.
///
/// # Errors
/// [`Error::Option`] if there are fewer than two folds, or fewer samples than folds.
pub fn folds(labels: &[u32], folds: usize, seed: u64) -> Result<Vec<Vec<u32>>> {
    if !(2..=labels.len()).contains(&folds) {
        let expected = match labels.len() {
            0 | 1 => "a pool of two samples or more".to_owned(),
            most => format!("2 to {most}, the number of samples"),
        };
        return Err(Error::option("--folds", expected, folds));
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut parts = vec![vec![]; folds];
    let mut next = 0;
    for mut members in by_class(labels).into_values() {
        members.shuffle(&mut rng);
        for sample in members {
            parts[next % folds].push(sample);
            next += 1;
        }
    }
    parts.iter_mut().for_each(|part| part.sort_unstable());
    Ok(parts)
}

/// The positions of each class.
fn by_class(labels: &[u32]) -> BTreeMap<u32, Vec<u32>> {
    let mut classes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (position, &label) in labels.iter().enumerate() {
        classes.entry(label).or_default().push(position as u32);
    }
    classes
}

/// Canonical positions of the samples of both parts, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The samples that thresholds and cascades are chosen on.
    pub tuning: Vec<u32>,
    /// The samples that no choice ever looks at.
    pub holdout: Vec<u32>,
}

impl Split {
    /// All of `samples` samples tune.
    pub fn all(samples: usize) -> Self {
        Self { tuning: (0..samples as u32).collect(), holdout: vec![] }
    }

    /// The parts that `column` makes by saying whether each sample is held out.
    ///
    /// # Errors
    /// [`Error::Option`] if one of the parts is empty.
    pub fn by(column: &str, held_out: &[bool]) -> Result<Self> {
        let part = |held: bool| -> Vec<u32> {
            let inside = held_out.iter().enumerate().filter(|(_, is_held)| **is_held == held);
            inside.map(|(position, _)| position as u32).collect()
        };
        let (tuning, holdout) = (part(false), part(true));
        if tuning.is_empty() || holdout.is_empty() {
            let which = if tuning.is_empty() { "held-out" } else { "tuning" };
            let found = format!("only {which} ones in column {column:?}");
            return Err(Error::option("--split-column", "samples of both parts", found));
        }
        Ok(Self { tuning, holdout })
    }
}

impl SplitRule {
    /// Divides samples with these `labels` (in canonical order).
    ///
    /// # Errors
    /// [`Error::Option`] if the share is out of its range or leaves no sample to tune on, or none
    /// to hold out where some were asked for.
    pub fn split(self, labels: &[u32]) -> Result<Split> {
        if !(0.0..1.0).contains(&self.holdout) {
            return Err(Error::option("--holdout", expected::HOLDOUT, self.holdout));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut split = Split { tuning: vec![], holdout: vec![] };
        let strata = match self.stratified {
            true => by_class(labels),
            false => BTreeMap::from([(0, (0..labels.len() as u32).collect())]),
        };
        // The share is kept over all classes together, so that many small classes do not each
        // round the same way.
        let mut owed = 0.0;
        for mut members in strata.into_values() {
            members.shuffle(&mut rng);
            owed += self.holdout * members.len() as f64;
            // All of a class leaves tuning only where a whole sample is due.
            let due = if members.len() == 1 { owed.floor() } else { owed.round() };
            let held = (due as usize).min(members.len());
            owed -= held as f64;
            split.holdout.extend(&members[..held]);
            split.tuning.extend(&members[held..]);
        }
        split.holdout.sort_unstable();
        split.tuning.sort_unstable();
        if split.tuning.is_empty() || (self.holdout > 0.0 && split.holdout.is_empty()) {
            let found = format!("{} of {}", self.holdout, counted(labels.len(), "sample"));
            return Err(Error::option(
                "--holdout",
                "a share that leaves samples on both sides",
                found,
            ));
        }
        Ok(split)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_divided_and_nothing_is_lost() {
        let labels: Vec<u32> = (0..1000).map(|i| i * i % 7).collect();
        let split = SplitRule { holdout: 0.3, seed: 5, stratified: true }.split(&labels).unwrap();
        let mut all: Vec<u32> = split.tuning.iter().chain(&split.holdout).copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..1000).collect::<Vec<u32>>());
        assert_eq!(split.holdout.len(), 300);
        for class in [0, 1, 2, 4] {
            let of = |part: &[u32]| part.iter().filter(|&&s| labels[s as usize] == class).count();
            let (held, total) = (of(&split.holdout), of(&split.holdout) + of(&split.tuning));
            assert!((held as f64 - 0.3 * total as f64).abs() <= 1.0);
        }
    }

    #[test]
    fn without_strata_every_sample_is_drawn_alike() {
        let labels = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4];
        let mut times = [0; 20];
        let mut shares = std::collections::BTreeSet::new();
        for seed in 0..2000 {
            let rule = SplitRule { holdout: 0.25, seed, stratified: false };
            let Split { tuning, holdout } = rule.split(&labels).unwrap();
            assert_eq!((tuning.len(), holdout.len()), (15, 5));
            holdout.iter().for_each(|&sample| times[sample as usize] += 1);
            shares.insert(holdout.iter().filter(|&&sample| labels[sample as usize] == 0).count());
        }
        // 500 each, with a deviation of 19; the mix of classes is whatever is drawn.
        assert!(times.iter().all(|times| (400..600).contains(times)), "{times:?}");
        assert_eq!(shares, (0..=5).collect());
    }

    #[test]
    fn singletons_are_shared_out() {
        let labels: Vec<u32> = (0..100).collect();
        let split = SplitRule { holdout: 0.5, seed: 0, stratified: true }.split(&labels).unwrap();
        assert_eq!((split.tuning.len(), split.holdout.len()), (50, 50));
    }

    #[test]
    fn a_class_of_one_stays_in_tuning_until_a_whole_sample_is_due() {
        // Seven samples of each large class, and single ones between them.
        let labels: Vec<u32> = (0..21).map(|i| i % 3 * 2).chain([1, 3, 5, 7, 8]).collect();
        for holdout in [0.1, 0.2, 0.3, 0.5, 0.8] {
            let split = SplitRule { holdout, seed: 0, stratified: true }.split(&labels).unwrap();
            let held = split.holdout.len() as f64;
            assert!((held - holdout * 26.0).abs() < 1.0, "{holdout}: {held}");
            let singles = split.holdout.iter().filter(|sample| **sample >= 21).count();
            assert!(singles as f64 <= holdout * 5.0, "{holdout}: {singles}");
        }
        let split =
            SplitRule { holdout: 0.5, seed: 0, stratified: true }.split(&[0, 1, 1]).unwrap();
        assert!(split.tuning.contains(&0), "the first class of one is not held out");
    }

    #[test]
    fn seeds_differ_and_repeat() {
        let labels = vec![0; 50];
        let draw =
            |seed| SplitRule { holdout: 0.5, seed, stratified: true }.split(&labels).unwrap();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn folds_hold_each_sample_once_and_each_class_evenly() {
        let labels: Vec<u32> = (0..1003).map(|i| i * i % 7).collect();
        for count in [2, 3, 10, 1003] {
            let parts = folds(&labels, count, 4).unwrap();
            let mut all = parts.concat();
            all.sort_unstable();
            assert_eq!(all, (0..1003).collect::<Vec<u32>>());
            for class in [None, Some(0), Some(1), Some(2), Some(4)] {
                let of = |part: &[u32]| {
                    let inside = |s: &&u32| class.is_none_or(|class| labels[**s as usize] == class);
                    part.iter().filter(inside).count()
                };
                let sizes: Vec<usize> = parts.iter().map(|part| of(part)).collect();
                let (least, most) = (sizes.iter().min(), sizes.iter().max());
                assert!(most.unwrap() - least.unwrap() <= 1, "{sizes:?}");
            }
        }
        assert_eq!(folds(&labels, 5, 1).unwrap(), folds(&labels, 5, 1).unwrap());
        assert_ne!(folds(&labels, 5, 1).unwrap(), folds(&labels, 5, 2).unwrap());
        assert!(folds(&labels, 1, 0).is_err() && folds(&labels, 1004, 0).is_err());
    }

    #[test]
    fn impossible_shares_are_refused() {
        for holdout in [-0.1, 1.0, f64::NAN, 0.999] {
            assert!(
                SplitRule { holdout, seed: 0, stratified: true }.split(&[1, 1]).is_err(),
                "{holdout}"
            );
        }
        assert!(
            SplitRule { holdout: 0.0, seed: 0, stratified: true }
                .split(&[0, 1])
                .unwrap()
                .holdout
                .is_empty()
        );
    }
}
