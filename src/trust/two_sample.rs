//! Whether two sets of samples may come from one source. Every p-value is the probability, if they
//! do, of a difference at least as large as the one seen; none is smaller than it may be, but for
//! the approximations that are named.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ChiSquared, ContinuousCDF};
use statrs::function::gamma::ln_gamma;

/// Least expected count of a cell of [`chi_square`] (Cochran, Biometrics 10, 1954).
const LEAST_EXPECTED: f64 = 5.0;

/// The outcome of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// How far the two sets differ, on the test's own scale.
    pub statistic: f64,
    /// From 0 to 1.
    pub p_value: f64,
}

impl Test {
    /// Where nothing can be told apart.
    pub(crate) const NOTHING: Self = Self { statistic: 0.0, p_value: 1.0 };
}

/// Some successes of some trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Successes.
    pub count: u32,
    /// Trials, at least as many.
    pub of: u32,
}

impl Share {
    /// As a number from 0 to 1; 0 of no trials.
    pub fn value(self) -> f64 {
        f64::from(self.count) / f64::from(self.of.max(1))
    }
}

/// Fisher's exact test, two-sided, of whether two shares are of one rate. The statistic is the
/// difference, `second - first`.
///
/// The p-value is the probability, given how many successes there are in all, of every division of
/// them between the two that is no more probable than the one seen. Source: Fisher, Journal of the
/// Royal Statistical Society 98 (1935); two-sided as in R's `fisher.test`.
pub fn fisher_exact(first: Share, second: Share) -> Test {
    let all = Share { count: first.count + second.count, of: first.of + second.of };
    let whole = ln_choose(all.of, all.count);
    let probability = |in_first: u32| {
        let rest = ln_choose(second.of, all.count - in_first);
        (ln_choose(first.of, in_first) + rest - whole).exp()
    };
    let fewest = all.count.saturating_sub(second.of);
    let most = all.count.min(first.of);
    // Equal probabilities differ by the rounding of their logarithms.
    let limit = probability(first.count) * (1.0 + 1e-7);
    let p_value: f64 = (fewest..=most).map(probability).filter(|p| *p <= limit).sum();
    Test { statistic: second.value() - first.value(), p_value: p_value.min(1.0) }
}

/// Pearson's chi-square test of whether two rows of counts, cell by cell of the same kinds, have
/// one distribution. Neighbouring cells are merged until each is expected to hold at least 5 in
/// either row, which the chi-square approximation needs; with one cell left nothing can be told:
/// then there is no test.
///
/// The p-value is that of the chi-square distribution with one degree of freedom less than cells.
/// Source: Pearson, Philosophical Magazine 50 (1900).
pub fn chi_square(first: &[u32], second: &[u32]) -> Option<Test> {
    let total = |row: &[u32]| row.iter().map(|&count| f64::from(count)).sum::<f64>();
    let totals = [total(first), total(second)];
    let all = totals[0] + totals[1];
    if totals.contains(&0.0) {
        return None;
    }
    let expected = |cell: &[f64; 2], row: usize| (cell[0] + cell[1]) * totals[row] / all;
    let is_full = |cell: &[f64; 2]| (0..2).all(|row| expected(cell, row) >= LEAST_EXPECTED);
    let mut cells: Vec<[f64; 2]> = vec![];
    let mut open = [0.0; 2];
    for (&a, &b) in first.iter().zip(second) {
        open = [open[0] + f64::from(a), open[1] + f64::from(b)];
        if is_full(&open) {
            cells.push(std::mem::take(&mut open));
        }
    }
    // What is left over goes to the last cell.
    let last = cells.last_mut()?;
    *last = [last[0] + open[0], last[1] + open[1]];
    let excess =
        |cell: &[f64; 2], row| (cell[row] - expected(cell, row)).powi(2) / expected(cell, row);
    let statistic = cells.iter().map(|cell| excess(cell, 0) + excess(cell, 1)).sum();
    // Of one cell there is no distribution.
    let distribution = ChiSquared::new(cells.len() as f64 - 1.0).ok()?;
    Some(Test { statistic, p_value: distribution.sf(statistic) })
}

/// The two-sample Kolmogorov-Smirnov test on shares below some cuts: `first[i]` and `second[i]` are
/// how many of each set lie below cut `i`, `sizes` how large the sets are. The statistic is the
/// largest difference of the two shares at any cut; also says which cut that is.
///
/// The p-value is the limit `2 sum (-1)^(k-1) exp(-2 k² d² nm / (n + m))` for continuous values and
/// all cuts. With ties, or with some cuts only, the statistic is at most as large, so the p-value is
/// at least what it should be: nothing is called different that is not. Source: Smirnov, Annals of
/// Mathematical Statistics 19 (1948).
pub fn kolmogorov_smirnov(first: &[u32], second: &[u32], sizes: [u32; 2]) -> (Test, Option<usize>) {
    let [n, m] = sizes.map(f64::from);
    let difference = |(&a, &b): (&u32, &u32)| (f64::from(a) / n - f64::from(b) / m).abs();
    let differences = first.iter().zip(second).map(difference).enumerate();
    match differences.max_by(|(_, a), (_, b)| a.total_cmp(b)) {
        Some((cut, statistic)) if n > 0.0 && m > 0.0 => {
            let p_value = kolmogorov_tail(statistic * (n * m / (n + m)).sqrt());
            (Test { statistic, p_value }, Some(cut))
        }
        _ => (Test::NOTHING, None),
    }
}

/// The probability that the limit of Kolmogorov's statistic exceeds `x`.
fn kolmogorov_tail(x: f64) -> f64 {
    // Below, it is 1 to the last digit and the series converges slowly.
    if x < 0.2 {
        return 1.0;
    }
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * f64::from(k * k) * x * x).exp()
    };
    (1..=40).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// Draws of [`permuted_means`]: its p-values are at least one over this.
const DRAWS: u32 = 20_000;

/// The permutation test, two-sided, of whether two sets come from one source by their means:
/// `first[i]` and `second[i]` of their members have the value `values[i]`. The statistic is the
/// difference of the means, `second - first`.
///
/// The p-value is the share of random divisions of all members into two sets of these sizes (the
/// one seen among 20,000, from a fixed seed) whose means differ at least as much. Few rare and
/// large values, such as the costs of late stages, fool tests that take means for normal, but not
/// this one. Source: Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology
/// 9 (2010).
pub fn permuted_means(values: &[f64], first: &[u32], second: &[u32]) -> Test {
    permuted(values, first, second, DRAWS, &mut ChaCha8Rng::seed_from_u64(0))
}

fn permuted(
    values: &[f64],
    first: &[u32],
    second: &[u32],
    draws: u32,
    rng: &mut ChaCha8Rng,
) -> Test {
    let size = |counts: &[u32]| counts.iter().sum::<u32>();
    let sizes = [size(first), size(second)];
    if sizes.contains(&0) {
        return Test::NOTHING;
    }
    let all: Vec<u32> = first.iter().zip(second).map(|(a, b)| a + b).collect();
    let sum = |counts: &[u32]| {
        values.iter().zip(counts).map(|(value, &count)| value * f64::from(count)).sum::<f64>()
    };
    let whole = sum(&all);
    let difference = |in_second: f64| {
        in_second / f64::from(sizes[1]) - (whole - in_second) / f64::from(sizes[0])
    };
    let statistic = difference(sum(second));
    // Equal differences differ by the rounding of their sums.
    let limit = statistic.abs() * (1.0 - 1e-9);
    let drawn =
        (1..draws).filter(|_| difference(sum(&divided(&all, sizes[1], rng))).abs() >= limit);
    let as_far = 1 + drawn.count();
    Test { statistic, p_value: as_far as f64 / f64::from(draws) }
}

/// How many of each kind are among `size` members drawn from `all` without putting back.
fn divided(all: &[u32], mut size: u32, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut others: u32 = all.iter().sum();
    let draw = |&kind: &u32| {
        others -= kind;
        let drawn = hypergeometric(kind, others, size, rng);
        size -= drawn;
        drawn
    };
    all.iter().map(draw).collect()
}

/// How many of `drawn` members are marked, if `marked` of them and `others` are in the urn: by
/// inversion, from the most probable number outwards.
fn hypergeometric(marked: u32, others: u32, drawn: u32, rng: &mut ChaCha8Rng) -> u32 {
    let (fewest, most) = (drawn.saturating_sub(others), drawn.min(marked));
    let [k, l, m] = [marked, others, drawn].map(f64::from);
    let mode = ((m + 1.0) * (k + 1.0) / (k + l + 2.0)).floor() as u32;
    let mode = mode.clamp(fewest, most);
    let ways = ln_choose(marked, mode) + ln_choose(others, drawn - mode);
    let probability = (ways - ln_choose(marked + others, drawn)).exp();
    let mut left = rng.random::<f64>() - probability;
    let (mut up, mut above) = (mode, probability);
    let (mut down, mut below) = (mode, probability);
    while left > 0.0 && (up < most || down > fewest) {
        if up < most {
            let x = f64::from(up);
            above *= (k - x) * (m - x) / ((x + 1.0) * (l - m + x + 1.0));
            up += 1;
            left -= above;
            if left <= 0.0 {
                return up;
            }
        }
        if down > fewest {
            let x = f64::from(down);
            below *= x * (l - m + x) / ((k - x + 1.0) * (m - x + 1.0));
            down -= 1;
            left -= below;
            if left <= 0.0 {
                return down;
            }
        }
    }
    mode
}

/// The logarithm of the number of ways to choose `k` of `n`.
fn ln_choose(n: u32, k: u32) -> f64 {
    let ln_factorial = |n: u32| ln_gamma(f64::from(n) + 1.0);
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// Holm's adjustment of p-values of several tests: if every adjusted one of at most `rate` counts as
/// a finding, the probability of any false finding is at most `rate`, however the tests depend on
/// each other.
///
/// Source: Holm, Scandinavian Journal of Statistics 6 (1979).
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (rank, place) in order.into_iter().enumerate() {
        let remaining = (p_values.len() - rank) as f64;
        largest = largest.max((remaining * p_values[place]).min(1.0));
        adjusted[place] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6 * expected.max(1e-3), "{found} {expected}");
    }

    #[test]
    fn fisher_is_the_lady_tasting_tea() {
        // Three of four cups right, of four with milk first: 17/35 two-sided.
        let (first, second) = (Share { count: 3, of: 4 }, Share { count: 1, of: 4 });
        near(fisher_exact(first, second).p_value, 34.0 / 70.0);
        near(
            fisher_exact(Share { count: 4, of: 4 }, Share { count: 0, of: 4 }).p_value,
            2.0 / 70.0,
        );
        near(fisher_exact(Share { count: 5, of: 5 }, Share { count: 9, of: 9 }).p_value, 1.0);
        near(fisher_exact(Share { count: 0, of: 0 }, Share { count: 9, of: 20 }).p_value, 1.0);
    }

    #[test]
    fn chi_square_by_hand() {
        // Expected 30, 20 in each row: 4 cells each (20 - 30)² / 30 or (30 - 20)² / 20.
        let test = chi_square(&[20, 30], &[40, 10]).unwrap();
        near(test.statistic, 2.0 * (100.0 / 30.0 + 100.0 / 20.0));
        // With one degree of freedom the tail is that of a squared normal: erfc(sqrt(x / 2)).
        near(test.p_value, statrs::function::erf::erfc((test.statistic / 2.0).sqrt()));
        assert_eq!(chi_square(&[20, 30], &[40, 60]), Some(Test::NOTHING));
    }

    #[test]
    fn rare_cells_are_merged() {
        assert_eq!(chi_square(&[50, 50, 3, 1], &[40, 60, 2, 2]), chi_square(&[50, 54], &[40, 64]));
        assert_eq!(chi_square(&[3, 4], &[50, 60]), None);
        assert_eq!(chi_square(&[0, 0], &[50, 60]), None);
    }

    #[test]
    fn kolmogorov_smirnov_by_hand() {
        let (test, cut) = kolmogorov_smirnov(&[25, 60, 80], &[20, 40, 75], [100, 100]);
        near(test.statistic, 0.2);
        assert_eq!(cut, Some(1));
        // Tables of the limit: 1.3581 is exceeded with probability 0.05, 1.6276 with 0.01.
        assert!((kolmogorov_tail(1.3581) - 0.05).abs() < 1e-5);
        assert!((kolmogorov_tail(1.6276) - 0.01).abs() < 1e-5);
        near(kolmogorov_tail(0.2000001), 1.0);
        assert_eq!(kolmogorov_smirnov(&[], &[], [5, 5]).0, Test::NOTHING);
        assert_eq!(kolmogorov_smirnov(&[0], &[1], [0, 5]).0, Test::NOTHING);
    }

    #[test]
    fn permuted_means_by_hand() {
        // 1, 2, 3 against 4, 5: of the 10 divisions, this and its mirror image are the farthest.
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        let test = permuted_means(&values, &[1, 1, 1, 0, 0], &[0, 0, 0, 1, 1]);
        assert_eq!(test.statistic, 2.5);
        assert!((test.p_value - 0.2).abs() < 0.015, "{}", test.p_value);
        assert_eq!(permuted_means(&[1.0, 2.0], &[3, 0], &[4, 0]).p_value, 1.0);
        assert!((permuted_means(&[1.0, 2.0], &[3, 0], &[0, 3]).p_value - 0.1).abs() < 0.01);
        assert_eq!(permuted_means(&[1.0], &[0], &[9]), Test::NOTHING);
    }

    /// The urn's numbers of marked members against their probabilities.
    #[test]
    fn the_urn_is_fair() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for (marked, others, drawn) in [(5, 7, 4), (7, 5, 10), (3, 0, 2), (0, 4, 2), (60, 40, 30)] {
            let mut counts = vec![0; drawn as usize + 1];
            let rounds = 20_000;
            for _ in 0..rounds {
                counts[hypergeometric(marked, others, drawn, &mut rng) as usize] += 1;
            }
            for (x, &count) in counts.iter().enumerate() {
                let x = x as u32;
                let expected = if x > marked || drawn - x > others {
                    0.0
                } else {
                    let ways = ln_choose(marked, x) + ln_choose(others, drawn - x);
                    f64::from(rounds) * (ways - ln_choose(marked + others, drawn)).exp()
                };
                let error = (f64::from(count) - expected).abs();
                assert!(error <= 5.0 * expected.sqrt() + 1e-9, "{x}: {count}, {expected}");
            }
        }
    }

    #[test]
    fn holm_by_hand() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in adjusted.into_iter().zip([0.03, 0.06, 0.06, 0.02]) {
            near(found, expected);
        }
        assert_eq!(holm(&[]), Vec::<f64>::new());
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    }

    /// Under one source, each test calls at most its share of pairs of sets different.
    #[test]
    fn false_findings_are_as_rare_as_promised() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let rounds = 2000;
        let mut found = [0; 4];
        for _ in 0..rounds {
            let draw = |size: usize, rng: &mut ChaCha8Rng| {
                let mut counts = [0; 4];
                for _ in 0..size {
                    let u: f64 = rng.random();
                    counts[[0.6, 0.85, 0.97].iter().filter(|cut| u >= **cut).count()] += 1;
                }
                counts
            };
            let (a, b) = (draw(300, &mut rng), draw(150, &mut rng));
            let below = |counts: &[u32; 4]| {
                [counts[0], counts[0] + counts[1], counts[0] + counts[1] + counts[2]]
            };
            let p_values = [
                chi_square(&a, &b).map_or(1.0, |test| test.p_value),
                kolmogorov_smirnov(&below(&a), &below(&b), [300, 150]).0.p_value,
                permuted(&[1.0, 3.0, 9.0, 300.0], &a, &b, 100, &mut rng).p_value,
                fisher_exact(Share { count: a[0], of: 300 }, Share { count: b[0], of: 150 })
                    .p_value,
            ];
            for (found, p_value) in found.iter_mut().zip(p_values) {
                *found += u32::from(p_value <= 0.05);
            }
        }
        // Three standard errors above 5 %.
        let most = f64::from(rounds) * 0.05 + 3.0 * (f64::from(rounds) * 0.05 * 0.95).sqrt();
        assert!(found.iter().all(|&found| f64::from(found) <= most), "{found:?} of {rounds}");
    }
}
