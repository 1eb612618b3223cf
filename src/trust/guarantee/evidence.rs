//! What samples say for a statement.

use serde::{Deserialize, Serialize};

use super::Statement;
use super::cost::Exits;
use super::difference::Paired;
use crate::trust::binomial;

/// What was seen of a cascade on the samples of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed<'a> {
    /// For each sample, whether the cascade is right.
    pub right: &'a [bool],
    /// The same of the model that a difference is about; empty for other statements.
    pub baseline: &'a [bool],
    /// Whether the cascade is that model and nothing else: then no sample can tell them apart.
    pub is_baseline: bool,
    /// How many samples exited at each stage.
    pub exits: &'a [u64],
    /// What a sample costs that exits at each stage.
    pub costs: &'a [f64],
    /// Which shares of the tuning samples exited at each stage.
    pub planned: &'a [f64],
}

/// The counts that bear on one statement about one cascade.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Accuracy {
        least: f64,
        right: u64,
        samples: u64,
    },
    Difference(Paired),
    /// A difference of a model to itself, which is none.
    Itself {
        holds: bool,
        samples: u64,
    },
    Cost(Exits),
}

/// How a p-value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TestMethod {
    /// The exact binomial test of a share.
    ExactBinomial,
    /// The exact unconditional test of a difference of paired shares.
    ExactPaired,
    /// The betting test of a bounded mean.
    Betting,
}

impl TestMethod {
    /// The name used in specs.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExactBinomial => "exact_binomial",
            Self::ExactPaired => "exact_paired",
            Self::Betting => "betting",
        }
    }

    /// Whether `statement` can be tested so.
    pub fn is_for(self, statement: &Statement) -> bool {
        match statement {
            Statement::Accuracy { .. } => self == Self::ExactBinomial,
            Statement::Difference { .. } => self == Self::ExactPaired,
            Statement::Cost { .. } => matches!(self, Self::ExactBinomial | Self::Betting),
        }
    }
}

/// Share of the error rate that goes into the interval of what the paired test leaves open.
const NUISANCE: f64 = 0.05;

/// How many times as many samples are looked at in [`Evidence::samples_needed`].
const MOST_TIMES: u64 = 1000;

impl Evidence {
    /// What was `seen` of a cascade, as evidence for `statement`.
    ///
    /// # Panics
    /// If a difference is stated and the baseline was not seen on as many samples as the cascade.
    pub fn new(statement: &Statement, seen: &Observed<'_>) -> Self {
        let samples = seen.right.len() as u64;
        Self(match *statement {
            Statement::Accuracy { least } => {
                Kind::Accuracy { least, right: count(seen.right.iter().copied()), samples }
            }
            Statement::Difference { margin, .. } if seen.is_baseline => {
                Kind::Itself { holds: margin >= 0.0, samples }
            }
            Statement::Difference { margin, .. } => {
                assert_eq!(seen.right.len(), seen.baseline.len(), "outcomes on the same samples");
                let pairs = || seen.right.iter().zip(seen.baseline);
                let gained = count(pairs().map(|(ours, theirs)| *ours && !theirs));
                let lost = count(pairs().map(|(ours, theirs)| !ours && *theirs));
                Kind::Difference(Paired { margin, gained, lost, samples })
            }
            Statement::Cost { most } => Kind::Cost(Exits {
                most,
                costs: seen.costs.to_vec(),
                exits: seen.exits.to_vec(),
                planned: seen.planned.to_vec(),
            }),
        })
    }

    /// The p-value of the null hypothesis that the statement is wrong, in `[0, 1]`: if it is, this is
    /// at most `error_rate` with a probability of at most `error_rate`.
    pub fn p_value(&self, error_rate: f64) -> f64 {
        match &self.0 {
            Kind::Accuracy { least, right, samples } => {
                binomial::at_least(*right, *samples, *least).max(f64::MIN_POSITIVE)
            }
            Kind::Difference(paired) => paired.p_value(NUISANCE * error_rate),
            Kind::Itself { holds: true, .. } => 0.0,
            Kind::Itself { holds: false, .. } => 1.0,
            Kind::Cost(exits) => exits.p_value(error_rate),
        }
    }

    /// How the p-value is computed.
    pub fn method(&self) -> TestMethod {
        match &self.0 {
            Kind::Accuracy { .. } => TestMethod::ExactBinomial,
            Kind::Difference(_) | Kind::Itself { .. } => TestMethod::ExactPaired,
            Kind::Cost(exits) if exits.is_binomial() => TestMethod::ExactBinomial,
            Kind::Cost(_) => TestMethod::Betting,
        }
    }

    /// The number of samples.
    pub fn samples(&self) -> u64 {
        match &self.0 {
            Kind::Accuracy { samples, .. } | Kind::Itself { samples, .. } => *samples,
            Kind::Difference(paired) => paired.samples,
            Kind::Cost(exits) => exits.samples(),
        }
    }

    /// What was measured: an accuracy, a difference of accuracies, or a mean cost.
    pub fn measured(&self) -> f64 {
        let samples = self.samples().max(1) as f64;
        match &self.0 {
            Kind::Accuracy { right, .. } => *right as f64 / samples,
            Kind::Difference(paired) => (paired.gained as f64 - paired.lost as f64) / samples,
            Kind::Itself { .. } => 0.0,
            Kind::Cost(exits) => {
                let each = exits.costs.iter().zip(&exits.exits);
                each.map(|(cost, &exits)| cost * exits as f64).sum::<f64>() / samples
            }
        }
    }

    /// The same samples as evidence for the opposite statement.
    pub fn opposite(&self) -> Self {
        Self(match &self.0 {
            &Kind::Accuracy { least, right, samples } => {
                Kind::Accuracy { least: 1.0 - least, right: samples - right, samples }
            }
            &Kind::Difference(Paired { margin, gained, lost, samples }) => {
                Kind::Difference(Paired { margin: -margin, gained: lost, lost: gained, samples })
            }
            &Kind::Itself { holds, samples } => Kind::Itself { holds: !holds, samples },
            Kind::Cost(exits) => Kind::Cost(Exits {
                most: -exits.most,
                costs: exits.costs.iter().map(|cost| -cost).collect(),
                ..exits.clone()
            }),
        })
    }

    /// About how many samples would take the p-value to `error_rate` if they came out as these did; in
    /// half of all cases it will take more. `None` if not even a thousand times as many would.
    pub fn samples_needed(&self, error_rate: f64) -> Option<u64> {
        let samples = self.samples();
        let enough = |samples: u64| self.scaled(samples).p_value(error_rate) <= error_rate;
        let most = samples.saturating_mul(MOST_TIMES);
        let mut high = samples.max(1);
        while !enough(high) {
            high = high.checked_mul(2).filter(|high| *high <= most)?;
        }
        // To three digits: the p-value does not fall steadily, and the rates are estimates anyway.
        let mut low = high / 2;
        while high - low > (high / 1000).max(1) {
            let middle = low + (high - low) / 2;
            (low, high) = if enough(middle) { (low, middle) } else { (middle, high) };
        }
        Some(high)
    }

    /// These outcomes on another number of samples; fractions are rounded against the statement.
    fn scaled(&self, samples: u64) -> Self {
        let factor = samples as f64 / self.samples().max(1) as f64;
        let times = |count: u64| count as f64 * factor;
        Self(match &self.0 {
            &Kind::Accuracy { least, right, .. } => {
                Kind::Accuracy { least, right: (times(right) as u64).min(samples), samples }
            }
            Kind::Difference(paired) => {
                let gained = (times(paired.gained) as u64).min(samples);
                let lost = (times(paired.lost).ceil() as u64).min(samples - gained);
                Kind::Difference(Paired { gained, lost, samples, ..*paired })
            }
            &Kind::Itself { holds, .. } => Kind::Itself { holds, samples },
            Kind::Cost(exits) => {
                let mut scaled: Vec<u64> =
                    exits.exits.iter().map(|&exits| times(exits) as u64).collect();
                let missing = samples.saturating_sub(scaled.iter().sum());
                // The last stage is the dearest.
                if let Some(last) = scaled.last_mut() {
                    *last += missing;
                }
                Kind::Cost(Exits { exits: scaled, ..exits.clone() })
            }
        })
    }
}

fn count(of: impl Iterator<Item = bool>) -> u64 {
    of.map(u64::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(statement: &str, right: usize, samples: usize) -> Evidence {
        let right: Vec<bool> = (0..samples).map(|at| at < right).collect();
        let baseline: Vec<bool> = (0..samples).map(|at| at < samples - samples / 50).collect();
        let seen = Observed {
            right: &right,
            baseline: &baseline,
            is_baseline: false,
            exits: &[samples as u64 - 300, 200, 100],
            costs: &[1.0, 3.0, 9.0],
            planned: &[0.7, 0.2, 0.1],
        };
        Evidence::new(&statement.parse().unwrap(), &seen)
    }

    #[test]
    fn p_values_are_those_of_the_counts() {
        let accuracy = evidence("accuracy >= 0.97", 980, 1000);
        assert_eq!(accuracy.p_value(0.05), binomial::at_least(980, 1000, 0.97));
        // The baseline is right on 980: equal outcomes, and a margin of ten of a thousand.
        let difference = evidence("accuracy >= cnn_l - 0.01", 980, 1000);
        assert!((difference.p_value(0.05) - 0.0025).abs() < 1e-15);
        assert_eq!(difference.measured(), 0.0);
        assert_eq!(evidence("accuracy >= cnn_l - 0.01", 975, 1000).measured(), -0.005);
        assert_eq!(evidence("cost <= 2.5", 980, 1000).measured(), 2.2);
        assert_eq!(evidence("cost <= 9", 980, 1000).p_value(0.05), 0.0);
        let methods = ["accuracy >= 0.9", "accuracy >= best", "cost <= 2"]
            .map(|statement| evidence(statement, 980, 1000).method());
        assert_eq!(
            methods,
            [TestMethod::ExactBinomial, TestMethod::ExactPaired, TestMethod::Betting]
        );
    }

    #[test]
    fn a_model_is_as_accurate_as_itself_whatever_is_seen() {
        for (statement, p_value) in
            [("accuracy >= m", 0.0), ("accuracy >= m - 0.01", 0.0), ("accuracy >= m + 0.01", 1.0)]
        {
            let right = [true, false];
            let seen = Observed {
                right: &right,
                baseline: &right,
                is_baseline: true,
                exits: &[2],
                costs: &[1.0],
                planned: &[1.0],
            };
            let evidence = Evidence::new(&statement.parse().unwrap(), &seen);
            assert_eq!(evidence.p_value(0.05), p_value, "{statement}");
            assert_eq!(evidence.opposite().p_value(0.05), 1.0 - p_value, "{statement}");
            assert_eq!((evidence.measured(), evidence.samples()), (0.0, 2));
            assert_eq!(evidence.samples_needed(0.05), (p_value == 0.0).then_some(2));
        }
    }

    #[test]
    fn no_samples_speak_for_a_statement_and_its_opposite() {
        for statement in
            ["accuracy >= 0.975", "accuracy >= best - 0.003", "accuracy >= best", "cost <= 2.3"]
        {
            for right in [900, 970, 976, 980, 1000] {
                let seen = evidence(statement, right, 1000);
                let both = [&seen, &seen.opposite()].map(|evidence| evidence.p_value(0.05));
                assert!(both.iter().any(|p| *p > 0.2), "{statement} {right}: {both:?}");
                assert!(seen.opposite().opposite().p_value(0.05) - both[0] < 1e-12);
            }
        }
        assert!(evidence("accuracy >= 0.99", 970, 1000).opposite().p_value(0.05) < 1e-6);
        assert!(evidence("accuracy >= best - 0.005", 960, 1000).opposite().p_value(0.05) < 0.01);
        assert!(evidence("cost <= 1.7", 960, 1000).opposite().p_value(0.05) < 0.01);
    }

    #[test]
    fn samples_needed_are_enough_and_hardly_too_many() {
        for statement in ["accuracy >= 0.975", "accuracy >= best - 0.002", "cost <= 2.3"] {
            let seen = evidence(statement, 979, 1000);
            assert!(seen.p_value(0.05) > 0.05, "{statement}");
            let needed = seen.samples_needed(0.05).unwrap();
            assert!(needed > 1000);
            assert!(seen.scaled(needed).p_value(0.05) <= 0.05, "{statement}");
            assert!(seen.scaled(needed * 9 / 10).p_value(0.05) > 0.05, "{statement}");
        }
        for statement in ["accuracy >= 0.985", "accuracy >= best", "cost <= 2.1"] {
            assert_eq!(evidence(statement, 979, 1000).samples_needed(0.05), None, "{statement}");
        }
    }
}
