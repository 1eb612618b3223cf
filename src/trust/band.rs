//! A band that covers the accuracies of a whole frontier at once.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::{Interval, Outcomes, binomial_interval};
use crate::search::bits;

/// Draws of the bootstrap: with one more, quantiles of whole percents are single draws.
const DRAWS: usize = 999;

/// Draws that one task makes, so that it walks over the outcomes once for all of them.
const AT_ONCE: usize = 16;

/// How wide a band is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Band {
    /// Probability with which all intervals hold at once.
    pub level: f64,
    /// Level of each interval on its own: from `level` to what a union bound asks for.
    pub pointwise_level: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
}

/// An interval for the accuracy of each cascade of `outcomes`, such that all of them hold at once
/// with a probability of about `level` (above 0, below 1).
///
/// The intervals are those of Clopper and Pearson at one common level. That level comes from the
/// bootstrap distribution of the largest studentised deviation over all cascades, which takes
/// into account that neighbours on a frontier are right on nearly the same samples. It is never
/// above what a union bound (Bonferroni) over the cascades asks for, with which the band holds
/// exactly. The same `seed` gives the same band.
///
/// Source: Chernozhukov, Chetverikov and Kato, Annals of Statistics 41 (2013), multiplier bootstrap
/// of maxima, with Rademacher multipliers; Westfall and Young, "Resampling-based multiple testing"
/// (1993), for a common level in place of a common width.
pub fn accuracy_band(outcomes: &Outcomes, level: f64, seed: u64) -> (Band, Vec<Interval>) {
    let mut largest = largest_deviations(outcomes, seed);
    largest.sort_unstable_by(f64::total_cmp);
    let place = (level * (DRAWS + 1) as f64).ceil() as usize;
    let critical = largest.get(place.saturating_sub(1)).copied().unwrap_or(f64::INFINITY);
    let beyond = 2.0 * Normal::standard().sf(critical);
    let cascades = outcomes.cascades().max(1) as f64;
    let error = beyond.clamp((1.0 - level) / cascades, 1.0 - level);
    let band = Band { level, pointwise_level: 1.0 - error, draws: DRAWS };
    let (samples, errors) = (outcomes.samples(), outcomes.errors());
    let interval = |wrong: u32| {
        let Interval(low, high) = binomial_interval(wrong, samples, band.pointwise_level);
        Interval(1.0 - high, 1.0 - low)
    };
    (band, errors.into_par_iter().map(interval).collect())
}

/// For each draw, the largest deviation over all cascades, in standard errors.
///
/// With a sign for each sample, positive on a random half `R` of the `n`, a cascade that is wrong
/// on the set `W` deviates by `|sum of sign * (wrong - |W| / n)| = 2 |n |W and R| - |W| |R|| / n`,
/// of which the standard error is `sqrt(|W| (n - |W|) / n)`.
fn largest_deviations(outcomes: &Outcomes, seed: u64) -> Vec<f64> {
    let n = outcomes.samples() as i128;
    let all = bits::full(outcomes.samples());
    // A cascade that is right or wrong everywhere never deviates.
    let errors = outcomes.errors().into_iter().map(i128::from).enumerate();
    let varying: Vec<(usize, i128)> = errors.filter(|(_, e)| *e > 0 && *e < n).collect();
    let tasks = (0..DRAWS).into_par_iter().chunks(AT_ONCE);
    let largest = tasks.flat_map_iter(|draws| {
        let halves: Vec<Vec<u64>> = draws.iter().map(|&draw| half(&all, seed, draw)).collect();
        let sizes: Vec<i128> = halves.iter().map(|half| bits::count(half).into()).collect();
        let mut largest = vec![0.0f64; halves.len()];
        for &(cascade, errors) in &varying {
            let error = ((n * errors * (n - errors)) as f64).sqrt();
            for ((half, size), largest) in halves.iter().zip(&sizes).zip(&mut largest) {
                let within = i128::from(outcomes.errors_within(cascade, half));
                let deviation = 2 * (n * within - errors * size).abs();
                *largest = largest.max(deviation as f64 / error);
            }
        }
        largest
    });
    largest.collect()
}

/// A random half of the samples: each with probability 1/2.
fn half(all: &[u64], seed: u64, draw: usize) -> Vec<u64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(draw as u64);
    all.iter().map(|all| all & rng.next_u64()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::Rng;

    use super::*;

    /// The stated formula, sample by sample in floats.
    fn slow_deviation(right: &[bool], signs: &[f64]) -> f64 {
        let n = right.len() as f64;
        let wrong: Vec<f64> = right.iter().map(|&right| f64::from(u8::from(!right))).collect();
        let mean = wrong.iter().sum::<f64>() / n;
        let sum: f64 = wrong.iter().zip(signs).map(|(wrong, sign)| sign * (wrong - mean)).sum();
        let error = (n * mean * (1.0 - mean)).sqrt();
        if error > 0.0 { sum.abs() / error } else { 0.0 }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn deviations_are_those_of_plain_sums(
            seed: u64,
            rows in (1..150usize).prop_flat_map(|samples| {
                let row = prop::collection::vec(prop::bool::weighted(0.8), samples);
                prop::collection::vec(row, 1..6)
            }),
        ) {
            let samples = rows[0].len();
            let outcomes = Outcomes::new(samples, rows.iter().map(Vec::as_slice));
            let all = bits::full(samples);
            for (draw, largest) in largest_deviations(&outcomes, seed).into_iter().enumerate() {
                let half = half(&all, seed, draw);
                let inside = |at: usize| half[at / 64] >> (at % 64) & 1 == 1;
                let signs: Vec<f64> =
                    (0..samples).map(|at| if inside(at) { 1.0 } else { -1.0 }).collect();
                let slow = rows.iter().map(|row| slow_deviation(row, &signs)).fold(0.0, f64::max);
                prop_assert!((largest - slow).abs() < 1e-9, "{largest} {slow}");
            }
        }
    }

    #[test]
    fn one_cascade_gets_its_own_interval_and_equal_ones_too() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let right: Vec<bool> = (0..2000).map(|_| rng.random_bool(0.9)).collect();
        let correct = right.iter().filter(|right| **right).count() as u32;
        let alone = binomial_interval(correct, 2000, 0.95);
        let (band, intervals) = accuracy_band(&Outcomes::new(2000, [&right[..]]), 0.95, 0);
        assert_eq!((band.pointwise_level, intervals.len()), (0.95, 1));
        assert!((intervals[0].0 - alone.0).abs() < 1e-6 && (intervals[0].1 - alone.1).abs() < 1e-6);
        let (band, _) = accuracy_band(&Outcomes::new(2000, [&right[..]; 50]), 0.95, 0);
        assert!((0.95..0.97).contains(&band.pointwise_level), "{band:?}");
    }

    #[test]
    fn nothing_known_is_said_to_be_so() {
        let (_, intervals) = accuracy_band(&Outcomes::new(0, [&[][..]]), 0.95, 0);
        assert_eq!(intervals, [Interval(0.0, 1.0)]);
        let (band, intervals) = accuracy_band(&Outcomes::new(30, [&[true; 30][..]; 4]), 0.95, 0);
        assert!(intervals.iter().all(|interval| interval.0 < 0.9 && interval.1 == 1.0), "{band:?}");
        assert_eq!(accuracy_band(&Outcomes::new(10, []), 0.95, 0).1, []);
    }

    /// Of 600 draws of a frontier of correlated cascades the band holds on nearly all, at all points
    /// at once; the intervals on their own do not. Shares have an error of 0.01.
    #[test]
    fn all_points_are_covered_at_once() {
        let cascades = 40;
        let truth = |cascade: usize| 0.90 + 0.09 * cascade as f64 / cascades as f64;
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let (mut band_fails, mut any_interval_fails) = (0, 0);
        const REPEATS: u32 = 600;
        for repeat in 0..REPEATS {
            // A sample has a difficulty; a cascade also has a draw of its own now and then.
            let samples = 400;
            let difficulty: Vec<f64> = (0..samples).map(|_| rng.random_range(0.0..1.0)).collect();
            let rows: Vec<Vec<bool>> = (0..cascades)
                .map(|cascade| {
                    let own = |shared: &f64| {
                        if rng.random_bool(0.3) { rng.random_range(0.0..1.0) } else { *shared }
                    };
                    difficulty.iter().map(own).map(|hard| hard < truth(cascade)).collect()
                })
                .collect();
            let outcomes = Outcomes::new(samples, rows.iter().map(Vec::as_slice));
            let (_, band) = accuracy_band(&outcomes, 0.95, repeat.into());
            let misses = |interval: &Interval, cascade: usize| {
                truth(cascade) < interval.0 || truth(cascade) > interval.1
            };
            let fails = |intervals: &[Interval]| {
                intervals.iter().enumerate().any(|(cascade, interval)| misses(interval, cascade))
            };
            let alone: Vec<Interval> = rows
                .iter()
                .map(|row| {
                    let correct = row.iter().filter(|right| **right).count();
                    binomial_interval(correct as u32, samples, 0.95)
                })
                .collect();
            band_fails += u32::from(fails(&band));
            any_interval_fails += u32::from(fails(&alone));
        }
        assert!(band_fails <= REPEATS * 8 / 100, "{band_fails} of {REPEATS}");
        assert!(any_interval_fails >= REPEATS * 20 / 100, "{any_interval_fails} of {REPEATS}");
    }
}
