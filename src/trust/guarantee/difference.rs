//! Whether a cascade is at most so much less accurate than a model, from outcomes on the same samples.

use crate::trust::binomial;

/// Outcomes of two predictors on the same samples, as a test of `accuracy(first) >= accuracy(second) -
/// margin`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paired {
    /// How much less accurate the first may be; within -1 to 1.
    pub margin: f64,
    /// Samples on which only the first is right.
    pub gained: u64,
    /// Samples on which only the second is right.
    pub lost: u64,
    /// All samples.
    pub samples: u64,
}

/// Width of the steps over the share of samples with different outcomes, in standard deviations of
/// `gained - lost`, times two. The p-value is too large by about two of these hundredths of itself.
const STEP: f64 = 0.04;

impl Paired {
    /// An upper bound, tight to a few hundredths of itself, on the p-value of the null hypothesis that
    /// the first is less accurate than the second by `margin` or more. At most 1.
    ///
    /// Per sample, let `g` and `l` be the probabilities that only the first, only the second is right. The
    /// null hypothesis is `l - g >= margin`. Evidence against it is
    ///
    /// ```text
    /// Z = (gained - lost + n * margin) / sqrt(gained + lost + n * max(margin, 0))
    /// ```
    ///
    /// which rises with `gained` and falls with `lost` wherever it is positive. So the probability `P(Z >=
    /// z)` rises with `g` and falls with `l`, and among all `(g, l)` of the null hypothesis with one sum `q
    /// = g + l` it is largest at `g = (q - margin) / 2`. Only `q` is left open. Let `[a, b]` be its exact
    /// interval, missed with probability at most `nuisance`. Then
    ///
    /// ```text
    /// p = nuisance + max over q in [a, b] of P(Z >= z)
    /// ```
    ///
    /// is a p-value (Berger and Boos, JASA 89, 1994): under the null hypothesis it is at most `x` with
    /// probability at most `x`. The maximum is bounded step by step: between `q1` and `q2`, `P` is at most
    /// what it is at `g = (q2 - margin) / 2`, `l = (q1 + margin) / 2`.
    pub(super) fn p_value(&self, nuisance: f64) -> f64 {
        let Self { margin, gained, lost, samples } = *self;
        if self.excess(gained, lost) <= 0.0 {
            return 1.0;
        }
        let (low, high) = binomial::interval(gained + lost, samples, nuisance / 2.0);
        if high < margin.abs() {
            // Only with a positive margin: the outcomes differ too rarely for the null hypothesis.
            return nuisance;
        }
        let region = Region::new(self, high);
        let n = samples as f64;
        let mut largest: f64 = 0.0;
        let mut from = low.max(margin.abs());
        loop {
            let to = high.min(from + STEP * (from.max(1.0 / n) / n).sqrt());
            largest = largest.max(region.probability((to - margin) / 2.0, (from + margin) / 2.0));
            if to >= high {
                return (nuisance + largest).min(1.0);
            }
            from = to;
        }
    }

    /// By how much `gained - lost` exceeds what the null hypothesis at its border expects.
    fn excess(&self, gained: u64, lost: u64) -> f64 {
        gained as f64 - lost as f64 + self.samples as f64 * self.margin
    }
}

/// The outcomes that are at least as much evidence as those seen.
struct Region {
    samples: u64,
    /// For each number of samples with different outcomes, the fewest gains.
    fewest: Vec<u64>,
    /// Logarithms of the factorials of these numbers.
    ln_factorials: Vec<f64>,
}

impl Region {
    /// `high` is the largest share of different outcomes that [`probability`](Self::probability) is
    /// asked for.
    fn new(seen: &Paired, high: f64) -> Self {
        let slack = seen.samples as f64 * seen.margin.max(0.0);
        let z =
            seen.excess(seen.gained, seen.lost) / ((seen.gained + seen.lost) as f64 + slack).sqrt();
        let most = range(seen.samples, high).1;
        let fewest = |different: u64| {
            let (m, n) = (different as f64, seen.samples as f64);
            if m + slack == 0.0 {
                // No evidence at all.
                return 1;
            }
            // A hair's breadth lower, so that ties count whatever the rounding.
            let gains = (m - n * seen.margin + z * (m + slack).sqrt()) / 2.0 - 1e-7;
            gains.ceil().max(0.0) as u64
        };
        let ln_factorials = (0..=most).scan(0.0, |ln, m| {
            *ln += (m.max(1) as f64).ln();
            Some(*ln)
        });
        Self {
            samples: seen.samples,
            fewest: (0..=most).map(fewest).collect(),
            ln_factorials: ln_factorials.collect(),
        }
    }

    /// The probability of the region if a gain has probability `g` and a loss `l`.
    ///
    /// The number `m` of different outcomes is binomial; given it, gains are binomial too. Their tails
    /// from `fewest[m]` on follow from one another as `m` grows.
    fn probability(&self, g: f64, l: f64) -> f64 {
        // Below 1, so that odds are finite.
        let q = (g + l).min(1.0 - 1e-15);
        if q <= 0.0 {
            return if self.fewest[0] == 0 { 1.0 } else { 0.0 };
        }
        let share = (g / q).clamp(0.0, 1.0);
        let (ln_gain, ln_loss) = (share.ln(), (-share).ln_1p());
        let gains = |gains: u64, of: u64| {
            let ln = |count: u64, ln: f64| if count == 0 { 0.0 } else { count as f64 * ln };
            let [all, part, rest] =
                [of, gains, of - gains].map(|count| self.ln_factorials[count as usize]);
            (all - part - rest + ln(gains, ln_gain) + ln(of - gains, ln_loss)).exp()
        };
        let (first, last) = range(self.samples, q);
        let last = last.min(self.fewest.len() as u64 - 1);
        let mut weight = binomial::mass(first, self.samples, q);
        let mut least = self.fewest[first as usize];
        let mut tail = binomial::at_least(least, first, share);
        let mut total = 0.0;
        for m in first..=last {
            if m > first {
                // One more outcome: the tail grows by what was just below it and now gains.
                if (1..=m).contains(&least) {
                    tail += share * gains(least - 1, m - 1);
                }
                while least < self.fewest[m as usize] {
                    tail -= if least <= m { gains(least, m) } else { 0.0 };
                    least += 1;
                }
                weight = if weight > 1e-290 {
                    weight * (self.samples - (m - 1)) as f64 / m as f64 * (q / (1.0 - q))
                } else {
                    binomial::mass(m, self.samples, q)
                };
            }
            total += weight * tail.clamp(0.0, 1.0);
        }
        // What lies outside the range.
        (total + 1e-16).min(1.0)
    }
}

/// Numbers of successes, outside of which lies less than 1e-16 (Bernstein's inequality).
fn range(trials: u64, share: f64) -> (u64, u64) {
    let mean = trials as f64 * share;
    let reach = 9.0 * (mean * (1.0 - share)).max(0.0).sqrt() + 30.0;
    ((mean - reach).max(0.0) as u64, ((mean + reach).ceil() as u64).min(trials))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Paired {
        fn z(&self) -> f64 {
            let slack = self.samples as f64 * self.margin.max(0.0);
            let spread = ((self.gained + self.lost) as f64 + slack).sqrt();
            if spread > 0.0 { self.excess(self.gained, self.lost) / spread } else { 0.0 }
        }

        /// `P(Z >= z)` at `(g, l)`: every outcome, one by one.
        fn probability(&self, g: f64, l: f64) -> f64 {
            let n = self.samples;
            let mut total = 0.0;
            for gained in 0..=n {
                for lost in 0..=n - gained {
                    let outcome = Paired { gained, lost, ..*self };
                    if outcome.excess(gained, lost) > 0.0 && outcome.z() >= self.z() - 1e-9 {
                        let given = binomial::mass_or_limit(gained, n, g)
                            * binomial::mass_or_limit(lost, n - gained, l / (1.0 - g));
                        total += given;
                    }
                }
            }
            total
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Nowhere in the null hypothesis, its inside included, is the evidence likelier than the p-value
        /// says, if the share of different outcomes is within its interval; and at its border it is
        /// hardly rarer.
        #[test]
        fn the_p_value_bounds_the_whole_null_hypothesis(
            samples in 1..28u64,
            gained in 0..28u64,
            lost in 0..28u64,
            margin in prop::sample::select(vec![-0.3, -0.05, 0.0, 0.02, 0.1, 0.4]),
        ) {
            let gained = gained.min(samples);
            let lost = lost.min(samples - gained);
            let seen = Paired { margin, gained, lost, samples };
            let nuisance = 0.01;
            let p = seen.p_value(nuisance);
            if seen.excess(gained, lost) <= 0.0 {
                prop_assert_eq!(p, 1.0);
                return Ok(());
            }
            let (low, high) = binomial::interval(gained + lost, samples, nuisance / 2.0);
            let mut largest: f64 = 0.0;
            for i in 0..=40 {
                let q = low + (high - low) * f64::from(i) / 40.0;
                for j in 0..=10 {
                    // From the border, where l - g is the margin, to where all outcomes are losses.
                    let difference = margin + (q - margin) * f64::from(j) / 10.0;
                    let (g, l) = ((q - difference) / 2.0, (q + difference) / 2.0);
                    if q >= margin.abs() && g < 1.0 {
                        largest = largest.max(seen.probability(g.max(0.0), l.max(0.0)));
                    }
                }
            }
            prop_assert!(p + 1e-9 >= (largest + nuisance).min(1.0), "{p} {largest}");
            prop_assert!(p <= nuisance + 1.25 * largest + 0.02, "{p} {largest}");
        }
    }

    #[test]
    fn equal_predictors_are_told_apart_by_the_margin_alone() {
        let seen = |samples| Paired { margin: 0.005, gained: 0, lost: 0, samples };
        // (1 - 0.005)^n has to fall below the nuisance's tail.
        assert_eq!(seen(3000).p_value(0.0025), 0.0025);
        assert!(seen(500).p_value(0.0025) > 0.05);
        let worse = Paired { margin: 0.005, gained: 0, lost: 15, samples: 3000 };
        assert_eq!(worse.p_value(0.0025), 1.0);
    }

    #[test]
    fn near_the_normal_value_where_that_holds() {
        // n = 20,000, 400 different outcomes, none net: the margin of 0.002 is 40 of a standard
        // deviation of 20, two deviations: P = 0.0228.
        let seen = Paired { margin: 0.002, gained: 200, lost: 200, samples: 20_000 };
        let p = seen.p_value(0.001);
        assert!((0.022..0.028).contains(&p), "{p}");
        // The same without a margin: nothing to tell them apart by.
        assert_eq!(Paired { margin: 0.0, ..seen }.p_value(0.001), 1.0);
        // And asked to be better by 0.002, with 80 more gains than losses.
        let better = Paired { margin: -0.002, gained: 240, lost: 160, samples: 20_000 };
        let p = better.p_value(0.001);
        assert!((0.022..0.028).contains(&p), "{p}");
    }
}
