//! Two predictors on the same samples: who is right where the other is wrong.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

use super::Interval;

/// Counts of samples on which a cascade and a model are right and wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Paired {
    /// Number of samples.
    pub samples: usize,
    /// Those on which only the cascade is right.
    pub gained: u32,
    /// Those on which only the model is right.
    pub lost: u32,
}

impl Paired {
    /// Counts where `cascade` and `model` say whether each of the same samples is right.
    pub fn new(outcomes: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self { samples: 0, gained: 0, lost: 0 };
        for (cascade, model) in outcomes {
            counts.samples += 1;
            counts.gained += u32::from(cascade && !model);
            counts.lost += u32::from(model && !cascade);
        }
        counts
    }

    /// Accuracy of the cascade less that of the model; 0 if there are no samples.
    pub fn difference(&self) -> f64 {
        (f64::from(self.gained) - f64::from(self.lost)) / self.samples.max(1) as f64
    }

    /// A two-sided interval at about `level` (above 0, below 1) for the difference in accuracy: the
    /// differences that a score test does not refuse. Without samples it is `[-1, 1]`.
    ///
    /// Source: Tango, "Equivalence test and confidence interval for the difference in proportions for
    /// the paired-sample design", Statistics in Medicine 17 (1998).
    ///
    /// ```
    /// use committee::trust::Paired;
    /// let interval = Paired { samples: 1000, gained: 30, lost: 10 }.interval(0.95);
    /// assert!(interval.0 > 0.007 && interval.0 < 0.009 && interval.1 > 0.032 && interval.1 < 0.034);
    /// ```
    pub fn interval(&self, level: f64) -> Interval {
        let z = Normal::standard().inverse_cdf((1.0 + level) / 2.0);
        let end = |bound: f64| {
            // The score falls from this end to the measured difference, or to the other end.
            let (mut outside, mut inside) = (bound, self.difference());
            if self.samples == 0 || (outside - inside).abs() == 0.0 {
                return bound;
            }
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(outside, inside);
                if self.score(middle).abs() > z { outside = middle } else { inside = middle }
            }
            outside
        };
        Interval(end(-1.0), end(1.0))
    }

    /// How many standard errors the measured difference is from `difference`, were that the true one.
    /// The share of samples that either is alone right on is the likeliest for that difference.
    fn score(&self, difference: f64) -> f64 {
        let (n, gained, lost) = (self.samples as f64, f64::from(self.gained), f64::from(self.lost));
        let a = 2.0 * n;
        let b = (a - gained + lost) * difference - gained - lost;
        let c = -lost * difference * (1.0 - difference);
        let share_lost = ((b * b - 4.0 * a * c).max(0.0).sqrt() - b) / (2.0 * a);
        let variance = n * (2.0 * share_lost + difference * (1.0 - difference));
        (gained - lost - n * difference) / variance.max(f64::MIN_POSITIVE).sqrt()
    }

    /// The probability of losing at least as many of the samples that differ, if the cascade were as
    /// accurate as the model: the exact one-sided sign test. 1 if none differ.
    ///
    /// Source: McNemar, Psychometrika 12 (1947), in its exact form.
    pub fn loss_p_value(&self) -> f64 {
        let (lost, differ) = (u64::from(self.lost), u64::from(self.gained) + u64::from(self.lost));
        if 2 * lost > differ {
            half_binomial_tail(lost, differ)
        } else {
            1.0 - half_binomial_tail(differ - lost + 1, differ)
        }
    }
}

/// Halvings of an interval of length 2 that leave nothing of a double.
const HALVINGS: u32 = 60;

/// The probability of at least `heads` in `throws` of a fair coin, for more than half of them.
fn half_binomial_tail(heads: u64, throws: u64) -> f64 {
    if heads > throws {
        return 0.0;
    }
    let ln_factorial = |number: u64| ln_gamma(number as f64 + 1.0);
    let ln_choose = ln_factorial(throws) - ln_factorial(heads) - ln_factorial(throws - heads);
    let mut term = (ln_choose - throws as f64 * std::f64::consts::LN_2).exp();
    let mut sum = 0.0;
    for heads in heads..=throws {
        sum += term;
        term *= (throws - heads) as f64 / (heads + 1) as f64;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    proptest! {
        /// The share in the closed form is the likeliest, found by trying many.
        #[test]
        fn the_score_is_at_the_likeliest_share(
            gained in 0..30u32, lost in 0..30u32, same in 1..60u32, difference in -0.9..0.9f64,
        ) {
            let samples = (gained + lost + same) as usize;
            let paired = Paired { samples, gained, lost };
            let (least, most) = ((-difference).max(0.0), (1.0 - difference) / 2.0);
            let likelihood = |share: f64| {
                let part = |count: u32, share: f64| {
                    if count == 0 { 0.0 } else { f64::from(count) * share.max(0.0).ln() }
                };
                part(lost, share)
                    + part(gained, share + difference)
                    + part(same, 1.0 - 2.0 * share - difference)
            };
            const TRIED: u32 = 20_000;
            let at = |step: u32| least + (most - least) * f64::from(step) / f64::from(TRIED);
            let best = (0..=TRIED).map(at).max_by(|a, b| likelihood(*a).total_cmp(&likelihood(*b)));
            let n = samples as f64;
            let variance = n * (2.0 * best.unwrap() + difference * (1.0 - difference));
            let missed = f64::from(gained) - f64::from(lost) - n * difference;
            let score = missed / variance.max(f64::MIN_POSITIVE).sqrt();
            prop_assert!(
                (score - paired.score(difference)).abs() < 1e-2 * score.abs().max(1.0),
                "{score} {}", paired.score(difference)
            );
        }

        #[test]
        fn the_sign_test_is_a_sum(gained in 0..40u32, lost in 0..40u32) {
            let differ = gained + lost;
            let choose = |k: u32| (1..=k).map(|i| f64::from(differ - k + i) / f64::from(i)).product::<f64>();
            let tail: f64 = (lost..=differ).map(choose).sum::<f64>() / 2f64.powi(differ as i32);
            let paired = Paired { samples: 100, gained, lost };
            prop_assert!((paired.loss_p_value() - tail).abs() < 1e-9, "{tail} {paired:?}");
        }
    }

    #[test]
    fn where_nothing_differs_the_interval_is_the_score_tests() {
        let Interval(low, high) = Paired { samples: 100, gained: 0, lost: 0 }.interval(0.95);
        let end = 1.959_964f64.powi(2) / (100.0 + 1.959_964f64.powi(2));
        assert!((high - end).abs() < 1e-6 && (low + end).abs() < 1e-6, "{low} {high}");
        assert_eq!(Paired::new([]).interval(0.95), Interval(-1.0, 1.0));
        let all = Paired { samples: 5, gained: 5, lost: 0 }.interval(0.95);
        assert!(all.1 == 1.0 && all.0 < 0.6, "{all:?}");
    }

    /// Over 2,000 draws each the interval misses the true difference about once in twenty times. The
    /// error of the shares is 0.005.
    #[test]
    fn differences_are_covered() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        const DRAWS: u32 = 2000;
        for (samples, gains, loses) in [(300, 0.02, 0.01), (3000, 0.01, 0.015), (60, 0.1, 0.05)] {
            let mut missed = 0;
            for _ in 0..DRAWS {
                let draw = (0..samples).map(|_| match rng.random_range(0.0..1.0) {
                    at if at < gains => (true, false),
                    at if at < gains + loses => (false, true),
                    _ => (true, true),
                });
                let Interval(low, high) = Paired::new(draw).interval(0.95);
                missed += u32::from(!(low..=high).contains(&(gains - loses)));
            }
            let share = f64::from(missed) / f64::from(DRAWS);
            assert!((0.03..0.065).contains(&share), "{share} of {samples}");
        }
    }
}
