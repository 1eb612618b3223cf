//! Whether a cascade's expected cost is within a limit, from the stages at which samples exited.

use crate::trust::binomial;

/// Exits of a cascade, as a test of `expected cost <= most`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exits {
    /// The limit.
    pub most: f64,
    /// What a sample costs that exits at each stage.
    pub costs: Vec<f64>,
    /// How many samples exited at each stage.
    pub exits: Vec<u64>,
    /// The shares of the tuning samples that did: what the test is planned by.
    pub planned: Vec<f64>,
}

/// Sizes of bets that are tried in planning.
const BETS: u32 = 200;

/// The largest bet, as a share of the one that could lose everything on one sample.
const LARGEST: f64 = 0.95;

impl Exits {
    /// The p-value of the null hypothesis that the expected cost is above the limit. At most 1.
    ///
    /// Where every possible cost is within the limit it is 0, where none is it is 1, whatever was seen.
    /// Otherwise it is above 0: what no float can hold becomes the smallest normal one.
    /// With two possible costs the expected cost says how often the larger one occurs, and the test is
    /// the exact binomial one. With more:
    ///
    /// ```text
    /// p = min(1, 1 / product over samples of (1 + bet * (most - cost)))
    /// ```
    ///
    /// If the expected cost is at least `most`, each factor has an expectation of at most 1, and so has
    /// the product; by Markov's inequality it is then at least `1/x` with probability at most `x`. Factors
    /// must not be negative, and `bet` must not depend on these samples: it is the one that, if samples
    /// exit as the tuning samples did, is likeliest to take `p` to `error_rate`.
    ///
    /// Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS
    /// B 86 (2024), with one bet for all samples.
    pub(super) fn p_value(&self, error_rate: f64) -> f64 {
        let least = self.costs.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = self.costs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if self.most >= largest {
            return 0.0;
        }
        if self.most < least {
            return 1.0;
        }
        if self.costs.iter().all(|&cost| cost == least || cost == largest) {
            let dear = self.costs.iter().zip(&self.exits).filter(|(cost, _)| **cost == largest);
            let dear: u64 = dear.map(|(_, exits)| exits).sum();
            let share = (self.most - least) / (largest - least);
            let p_value = binomial::at_least(self.samples() - dear, self.samples(), 1.0 - share);
            return p_value.max(f64::MIN_POSITIVE);
        }
        let bet = self.bet(largest, error_rate);
        let exits = self.costs.iter().zip(&self.exits);
        let ln_wealth: f64 = exits.map(|(cost, &n)| n as f64 * self.growth(bet, *cost)).sum();
        (-ln_wealth).exp().clamp(f64::MIN_POSITIVE, 1.0)
    }

    /// All samples.
    pub(super) fn samples(&self) -> u64 {
        self.exits.iter().sum()
    }

    /// Whether no more than two costs are possible.
    pub(super) fn is_binomial(&self) -> bool {
        let first = self.costs.first();
        let mut others = self.costs.iter().filter(|cost| Some(*cost) != first);
        let second = others.next();
        others.all(|cost| Some(cost) == second)
    }

    /// Logarithm of the factor of a sample that costs `cost`.
    fn growth(&self, bet: f64, cost: f64) -> f64 {
        (bet * (self.most - cost)).ln_1p()
    }

    /// The bet for which the mean of the logarithm of the product lies most standard deviations above
    /// what is needed, if samples exit as planned.
    fn bet(&self, largest: f64, error_rate: f64) -> f64 {
        let n = self.samples().max(1) as f64;
        // An exit that tuning never saw may happen all the same.
        let spare = 1.0 / n;
        let total = self.planned.iter().map(|share| share + spare).sum::<f64>();
        let shares: Vec<f64> = self.planned.iter().map(|share| (share + spare) / total).collect();
        let most = LARGEST / (largest - self.most);
        let bets = (1..=BETS).map(|step| most * 0.95f64.powf(f64::from(BETS - step)));
        let lead = |bet: f64| {
            let growths = self.costs.iter().map(|&cost| self.growth(bet, cost));
            let (mut mean, mut square) = (0.0, 0.0);
            for (growth, share) in growths.zip(&shares) {
                mean += share * growth;
                square += share * growth * growth;
            }
            (n * mean + error_rate.ln())
                / (n * (square - mean * mean)).max(f64::MIN_POSITIVE).sqrt()
        };
        let leads = bets.map(|bet| (bet, lead(bet)));
        leads.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(most, |(bet, _)| bet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exits(most: f64, costs: &[f64], exits: &[u64], planned: &[f64]) -> Exits {
        let (costs, planned) = (costs.to_vec(), planned.to_vec());
        Exits { most, costs, exits: exits.to_vec(), planned }
    }

    #[test]
    fn what_is_not_certain_is_not_zero() {
        let many = [10_000_000, 0, 0];
        let betting = exits(8.0, &[1.0, 3.0, 9.0], &many, &[1.0, 0.0, 0.0]);
        let binomial = exits(8.0, &[1.0, 9.0], &many[..2], &[1.0, 0.0]);
        assert_eq!((betting.is_binomial(), binomial.is_binomial()), (false, true));
        for exits in [betting, binomial] {
            assert_eq!(exits.p_value(0.05), f64::MIN_POSITIVE);
        }
    }

    #[test]
    fn what_is_certain_needs_no_samples() {
        let costs = [1.0, 3.0, 9.0];
        let at = |most| exits(most, &costs, &[0, 0, 10], &[0.5, 0.4, 0.1]).p_value(0.05);
        assert_eq!((at(9.0), at(0.5)), (0.0, 1.0));
        assert_eq!(exits(2.0, &[2.0], &[10], &[1.0]).p_value(0.05), 0.0);
        assert_eq!(exits(1.9, &[2.0], &[10], &[1.0]).p_value(0.05), 1.0);
    }

    #[test]
    fn two_costs_are_a_binomial() {
        // The limit is met if at most a quarter go on: P(at most 1 of 20) at 1/4.
        let seen = exits(2.0, &[1.0, 5.0], &[19, 1], &[0.9, 0.1]);
        let expected = 0.75f64.powi(20) + 20.0 * 0.25 * 0.75f64.powi(19);
        assert!((seen.p_value(0.05) - expected).abs() < 1e-12);
        assert!(seen.is_binomial());
        assert!(!exits(2.0, &[1.0, 2.0, 5.0], &[1, 1, 1], &[0.4, 0.3, 0.3]).is_binomial());
    }

    /// Over every outcome of few samples: the null hypothesis at its border is rejected at no level more
    /// often than it may be, however wrong the plan.
    #[test]
    fn bets_are_fair_whatever_the_plan() {
        let costs = [1.0, 2.0, 6.0];
        let n = 12;
        for planned in [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [1.0, 0.0, 0.0]] {
            for truth in [[0.6, 0.2, 0.2], [0.7, 0.05, 0.25], [0.3, 0.6, 0.1]] {
                let most: f64 = costs.iter().zip(truth).map(|(cost, share)| cost * share).sum();
                let mut outcomes = vec![];
                for second in 0..=n {
                    for third in 0..=n - second {
                        let counts = [n - second - third, second, third];
                        let ways = binomial::mass_or_limit(third, n, truth[2])
                            * binomial::mass_or_limit(
                                second,
                                n - third,
                                truth[1] / (1.0 - truth[2]),
                            );
                        outcomes.push((exits(most, &costs, &counts, &planned).p_value(0.1), ways));
                    }
                }
                for level in [0.01, 0.05, 0.1, 0.3, 0.9] {
                    let rejected: f64 =
                        outcomes.iter().filter(|(p, _)| *p <= level).map(|(_, ways)| ways).sum();
                    assert!(rejected <= level + 1e-9, "{planned:?} {truth:?} {level}: {rejected}");
                }
            }
        }
    }

    #[test]
    fn enough_samples_are_enough() {
        // Mean 1.9, standard deviation 1.9: 2.1 is 0.2 off, 5.8 standard errors of 3,000 samples.
        let shares = [0.7, 0.2, 0.1];
        let seen = |n: u64| exits(2.1, &[1.0, 2.0, 8.0], &[7 * n, 2 * n, n], &shares);
        assert!(seen(300).p_value(0.05) < 0.01);
        assert!(seen(10).p_value(0.05) > 0.05);
    }
}
