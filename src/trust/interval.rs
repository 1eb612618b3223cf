//! Intervals for shares.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Beta, ContinuousCDF};

/// Lower and upper end, both included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval(pub f64, pub f64);

impl Interval {
    /// Whether the two have a value in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.0 <= other.1 && other.0 <= self.1
    }
}

/// The exact two-sided interval for a share of which `successes` of `trials` were seen, that
/// covers the true share with probability at least `level` (above 0, below 1).
///
/// Source: Clopper and Pearson, Biometrika 26 (1934): quantiles of beta distributions. With no
/// trials it is `[0, 1]`.
///
/// ```
/// use committee::trust::binomial_interval;
/// let interval = binomial_interval(8, 10, 0.95);
/// assert!((interval.0 - 0.4439).abs() < 1e-4 && (interval.1 - 0.9748).abs() < 1e-4);
/// ```
pub fn binomial_interval(successes: u32, trials: usize, level: f64) -> Interval {
    let tail = (1.0 - level) / 2.0;
    let (right, wrong) = (f64::from(successes), trials as f64 - f64::from(successes));
    let quantile = |a: f64, b: f64, p: f64| Beta::new(a, b).map(|beta| beta.inverse_cdf(p));
    Interval(
        quantile(right, wrong + 1.0, tail).unwrap_or(0.0),
        quantile(right + 1.0, wrong, 1.0 - tail).unwrap_or(1.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_closed_at_none_and_all() {
        assert_eq!(binomial_interval(0, 10, 0.95).0, 0.0);
        assert_eq!(binomial_interval(10, 10, 0.95).1, 1.0);
        assert_eq!(binomial_interval(0, 0, 0.95), Interval(0.0, 1.0));
        // With none of n seen, the upper end solves (1 - p)^n = 0.025.
        let upper = binomial_interval(0, 30, 0.95).1;
        assert!((upper - (1.0 - 0.025f64.powf(1.0 / 30.0))).abs() < 1e-9);
    }

    #[test]
    fn tails_hold_the_level() {
        // P(X >= 812 | lower end) = P(X <= 812 | upper end) = 0.025, summed term by term.
        let (n, k) = (1000u32, 812u32);
        let Interval(lower, upper) = binomial_interval(k, n as usize, 0.95);
        let ln_choose =
            |k: u32| (1..=k).map(|i| (f64::from(n - k + i) / f64::from(i)).ln()).sum::<f64>();
        let mass = |k: u32, p: f64| {
            (ln_choose(k) + f64::from(k) * p.ln() + f64::from(n - k) * (1.0 - p).ln()).exp()
        };
        let above: f64 = (k..=n).map(|k| mass(k, lower)).sum();
        let below: f64 = (0..=k).map(|k| mass(k, upper)).sum();
        assert!((above - 0.025).abs() < 1e-6 && (below - 0.025).abs() < 1e-6, "{above} {below}");
    }
}
