//! Exact tails of binomial distributions.

use statrs::function::gamma::ln_gamma;

/// The probability of at least `successes` in `trials` independent draws that each succeed with
/// probability `share`, in `[0, 1]`.
///
/// A sum of its terms, from the largest outwards. (The continued fraction for incomplete beta
/// functions in `statrs` ends after 140 steps, too few for a hundred thousand trials.)
pub(super) fn at_least(successes: u64, trials: u64, share: f64) -> f64 {
    if successes == 0 || share >= 1.0 {
        return if successes <= trials { 1.0 } else { 0.0 };
    }
    if successes > trials || share <= 0.0 {
        return 0.0;
    }
    if (successes as f64) < trials as f64 * share {
        // The other tail is the short one.
        return 1.0 - at_least(trials - successes + 1, trials, 1.0 - share);
    }
    let odds = share / (1.0 - share);
    let (mut term, mut sum) = (mass(successes, trials, share), 0.0);
    for k in successes..=trials {
        sum += term;
        // Also where all terms are too small for a float.
        if term <= 1e-17 * sum {
            break;
        }
        term *= (trials - k) as f64 / (k + 1) as f64 * odds;
    }
    sum.min(1.0)
}

/// The probability of exactly `successes`; `share` is above 0 and below 1.
pub(super) fn mass(successes: u64, trials: u64, share: f64) -> f64 {
    let (n, k) = (trials as f64, successes as f64);
    let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    (ways + k * share.ln() + (n - k) * (-share).ln_1p()).exp()
}

/// The exact interval for the share of which `successes` of `trials` were seen: each end is missed with
/// probability at most `tail`. Outwards of the exact ends by less than 1e-12 of themselves.
///
/// Source: Clopper and Pearson, Biometrika 26 (1934), by bisection. (The quantiles of beta distributions
/// in `statrs` are off where shares are small, and with ten successes in 10^8 trials they are never found.)
pub(super) fn interval(successes: u64, trials: u64, tail: f64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let seen = successes as f64 / trials as f64;
    // At least, or at most, so many successes are no likelier than `tail` beyond the ends.
    let is_below = |share: f64| at_least(successes, trials, share) <= tail;
    let is_above = |share: f64| at_least(trials - successes, trials, 1.0 - share) <= tail;
    let (low, _) = bisected(0.0, seen, is_below);
    let (_, high) = bisected(seen, 1.0, |share| !is_above(share));
    (low, high)
}

/// Shares next to each other between `low`, where `is_low` holds, and `high`, where it does not.
fn bisected(mut low: f64, mut high: f64, is_low: impl Fn(f64) -> bool) -> (f64, f64) {
    while high - low > 1e-12 * high {
        let middle = (low + high) / 2.0;
        (low, high) = if is_low(middle) { (middle, high) } else { (low, middle) };
    }
    (low, high)
}

/// [`mass`] for shares from 0 to 1.
#[cfg(test)]
pub(super) fn mass_or_limit(successes: u64, trials: u64, share: f64) -> f64 {
    let ways = (0..successes).map(|i| (trials - i) as f64 / (i + 1) as f64).product::<f64>();
    ways * share.powi(successes as i32) * (1.0 - share).max(0.0).powi((trials - successes) as i32)
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Beta, ContinuousCDF};

    use super::*;

    /// Term by term, in logarithms of whole factorials.
    fn slow(successes: u64, trials: u64, share: f64) -> f64 {
        let ln_factorial = |n: u64| (1..=n).map(|i| (i as f64).ln()).sum::<f64>();
        let mass = |k: u64| {
            let ways = ln_factorial(trials) - ln_factorial(k) - ln_factorial(trials - k);
            ways.exp() * share.powi(k as i32) * (1.0 - share).powi((trials - k) as i32)
        };
        (successes..=trials).map(mass).sum()
    }

    #[test]
    fn tails_are_their_terms() {
        for trials in [1, 2, 7, 30, 120] {
            for share in [0.0, 0.01, 0.3, 0.5, 0.98, 1.0] {
                for successes in 0..=trials + 1 {
                    let (fast, slow) = (
                        at_least(successes, trials, share),
                        if successes > trials { 0.0 } else { slow(successes, trials, share) },
                    );
                    assert!((fast - slow).abs() < 1e-11, "{successes} {trials} {share}");
                }
            }
        }
    }

    #[test]
    fn many_trials_are_no_trouble() {
        // By symmetry, and half of the middle term, which is 1 / sqrt(pi * 500000).
        let tail = at_least(500_000, 1_000_000, 0.5);
        let middle = 1.0 / (std::f64::consts::PI * 500_000.0).sqrt();
        assert!((tail - (0.5 + middle / 2.0)).abs() < 1e-6, "{tail}");
        assert!(at_least(981_000, 1_000_000, 0.98) < 1e-10);
        assert!(at_least(979_000, 1_000_000, 0.98) > 1.0 - 1e-10);
    }

    #[test]
    fn intervals_are_those_of_beta_quantiles() {
        for (successes, trials) in [(0, 10), (3, 10), (10, 10), (60, 3000), (2940, 3000)] {
            let (low, high) = interval(successes, trials, 0.025);
            let (right, wrong) = (successes as f64, (trials - successes) as f64);
            let quantile = |a, b, p| Beta::new(a, b).map(|beta: Beta| beta.inverse_cdf(p)).ok();
            let known = (
                quantile(right, wrong + 1.0, 0.025).unwrap_or(0.0),
                quantile(right + 1.0, wrong, 0.975).unwrap_or(1.0),
            );
            assert!((low - known.0).abs() < 1e-9 && (high - known.1).abs() < 1e-9, "{low} {high}");
        }
        assert_eq!(interval(0, 0, 0.025), (0.0, 1.0));
        assert_eq!((interval(0, 9, 0.025).0, interval(9, 9, 0.025).1), (0.0, 1.0));
    }

    #[test]
    fn intervals_hold_the_level_however_many_trials() {
        for (successes, trials) in
            [(812, 1000), (999_990, 1_000_000), (500_000, 1_000_000), (10, 100_000_000)]
        {
            let (low, high) = interval(successes, trials, 0.025);
            let tails = [
                at_least(successes, trials, low),
                at_least(trials - successes, trials, 1.0 - high),
            ];
            for tail in tails {
                assert!(
                    tail <= 0.025 && tail > 0.025 * (1.0 - 1e-6),
                    "{successes} {trials}: {tail}"
                );
            }
        }
    }
}
