//! Intervals for shares and for mean costs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::binomial;
use crate::cascade::{CostScale, Ticks};

/// Lower and upper end, both included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(expecting = "two numbers, the lower and the upper end")]
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
/// Source: Clopper and Pearson, Biometrika 26 (1934), from exact sums of binomial terms. With no
/// trials it is `[0, 1]`.
///
/// ```
/// use committee::trust::binomial_interval;
/// let interval = binomial_interval(8, 10, 0.95);
/// assert!((interval.0 - 0.4439).abs() < 1e-4 && (interval.1 - 0.9748).abs() < 1e-4);
/// ```
pub fn binomial_interval(successes: u32, trials: usize, level: f64) -> Interval {
    let tail = (1.0 - level) / 2.0;
    let (low, high) = binomial::interval(successes.into(), trials as u64, tail);
    Interval(low, high)
}

/// A two-sided interval for the mean cost of a sample, at about `level` (above 0, below 1). `exits`
/// holds what a sample may cost, and how many did; ends lie between the least and the largest of
/// these costs and are rounded outwards to whole ticks of `scale`.
///
/// Student's t after a cubic transformation that takes the skewness out: few samples go through
/// dear stages, so that the plain interval lies too low. Where all samples cost the same, the
/// interval leaves room for the share of others that would not be surprising (Clopper and Pearson).
/// With no samples it is all that is possible.
///
/// Source: Hall, "On the removal of skewness by transformation", JRSS B 54 (1992), section 2.
///
/// ```
/// use committee::{cascade::CostScale, trust::cost_interval};
/// let scale = CostScale::new(&[1.0, 10.0], 100);
/// let exits = [(scale.ticks(1.0), 80), (scale.ticks(11.0), 20)];
/// let interval = cost_interval(&exits, scale, 0.95);
/// assert!(interval.0 > 2.2 && interval.0 < 3.0 && interval.1 > 3.0 && interval.1 < 4.0);
/// ```
pub fn cost_interval(exits: &[(Ticks, u32)], scale: CostScale, level: f64) -> Interval {
    let least = exits.iter().map(|exit| exit.0).min().unwrap_or(0);
    let most = exits.iter().map(|exit| exit.0).max().unwrap_or(0);
    let samples: usize = exits.iter().map(|exit| exit.1 as usize).sum();
    let (n, spread) = (samples as f64, (most - least) as f64);
    // Costs above the least, so that no digits are lost to what all samples pay.
    let above = |exit: &(Ticks, u32)| (exit.0 - least) as f64;
    let moment = |f: &dyn Fn(f64) -> f64| {
        exits.iter().map(|exit| f64::from(exit.1) * f(above(exit))).sum::<f64>() / n.max(1.0)
    };
    let mean = moment(&|cost| cost);
    let only_one = exits.iter().filter(|exit| exit.1 > 0).count() < 2;
    let Interval(low, high) = if only_one {
        let others = binomial_interval(0, samples, level).1;
        Interval(mean - others * mean, mean + others * (spread - mean))
    } else {
        let central = |power: i32| moment(&|cost: f64| (cost - mean).powi(power));
        unskewed_interval(mean, central(2), central(3), n, level)
    };
    let ticks = |above: f64| least + above.clamp(0.0, spread) as Ticks;
    let (low, high) = (ticks(low.floor()), ticks(high.ceil()));
    Interval(scale.cost(low.min(most)), scale.cost(high.min(most)))
}

/// Student's interval at `level` for a mean that was measured on `n` values, after Hall's transformation;
/// `second` and `third` are the central moments of these values.
pub(super) fn unskewed_interval(
    mean: f64,
    second: f64,
    third: f64,
    n: f64,
    level: f64,
) -> Interval {
    let deviation = (second * n / (n - 1.0)).sqrt();
    let skewness = third / deviation.powi(3);
    let error = deviation / n.sqrt();
    let t = t_quantile(n - 1.0, (1.0 + level) / 2.0);
    Interval(mean - error * unskewed(t, skewness, n), mean - error * unskewed(-t, skewness, n))
}

fn t_quantile(freedom: f64, p: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |t| t.inverse_cdf(p))
}

/// Hall's inverse transformation: the studentised mean that has `x` as its unskewed value.
fn unskewed(x: f64, skewness: f64, n: f64) -> f64 {
    // Below that the cube root has no digits left, and nothing is skewed.
    if skewness.abs() < 1e-6 {
        return x;
    }
    let cube = 1.0 + skewness * (x / n.sqrt() - skewness / (6.0 * n));
    3.0 * n.sqrt() / skewness * (cube.cbrt() - 1.0)
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn costs() -> (CostScale, [Ticks; 4]) {
        let scale = CostScale::new(&[1.0, 20.0, 400.0], 1000);
        (scale, [1.0, 21.0, 421.0, 421.5].map(|cost| scale.ticks(cost)))
    }

    #[test]
    fn one_cost_leaves_room_for_those_not_seen() {
        let (scale, [cheap, dear, ..]) = costs();
        let on = |exits: &[(Ticks, u32)]| cost_interval(exits, scale, 0.95);
        assert_eq!(on(&[(cheap, 50)]), Interval(1.0, 1.0));
        assert_eq!(on(&[(cheap, 0), (dear, 0)]), Interval(1.0, 21.0));
        let others = 1.0 - 0.025f64.powf(1.0 / 30.0);
        let interval = on(&[(cheap, 30), (dear, 0)]);
        assert!(interval.0 == 1.0 && (interval.1 - (1.0 + 20.0 * others)).abs() < 1e-9);
        let interval = on(&[(cheap, 0), (dear, 30)]);
        assert!(interval.1 == 21.0 && (interval.0 - (21.0 - 20.0 * others)).abs() < 1e-9);
    }

    #[test]
    fn unskewed_costs_get_students_interval() {
        let (scale, [cheap, dear, ..]) = costs();
        // 8 of either: mean 11, deviation 10 * sqrt(16 / 15), t with 15 degrees 2.131450.
        let half = 2.131_450 * 10.0 * (16.0f64 / 15.0).sqrt() / 4.0;
        let interval = cost_interval(&[(cheap, 8), (dear, 8)], scale, 0.95);
        assert!((interval.0 - (11.0 - half)).abs() < 1e-5, "{interval:?}");
        assert!((interval.1 - (11.0 + half)).abs() < 1e-5, "{interval:?}");
    }

    /// Over many draws both ends miss about as often as they may. The error of the shares is 0.005;
    /// plain Student intervals have their upper end too low three times as often as allowed here.
    #[test]
    fn skewed_costs_are_covered_from_both_sides() {
        let (scale, costs) = costs();
        let shares = [0.8, 0.15, 0.04, 0.01];
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let truth: f64 = shares.iter().zip(costs).map(|(s, cost)| s * scale.cost(cost)).sum();
        let (mut below, mut above) = (0, 0);
        const DRAWS: u32 = 2000;
        for _ in 0..DRAWS {
            let mut exits = costs.map(|cost| (cost, 0));
            for _ in 0..500 {
                let mut at = rng.random_range(0.0..1.0);
                let exit = shares.iter().position(|share| {
                    at -= share;
                    at < 0.0
                });
                exits[exit.unwrap_or(3)].1 += 1;
            }
            let Interval(low, high) = cost_interval(&exits, scale, 0.95);
            below += u32::from(truth < low);
            above += u32::from(truth > high);
        }
        assert!(below <= DRAWS / 20 && above <= DRAWS / 20, "{below} {above} of {DRAWS}");
        assert!(below + above >= DRAWS / 100, "{below} {above}: wider than it has to be");
    }

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
