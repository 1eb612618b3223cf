//! The tests of a check, one by one.

use serde::Serialize;

use super::{Fresh, Reference};
use crate::spec::wire::Spec;
use crate::trust::{Share, Test, chi_square, fisher_exact, kolmogorov_smirnov, permuted_means};

/// What is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The share of right answers, by Fisher's exact test.
    Accuracy,
    /// The mean cost, by a permutation test.
    Cost,
    /// The shares that exit at each stage, by a chi-square test.
    ExitShares,
    /// The confidences at one stage, by a Kolmogorov-Smirnov test.
    Confidence,
    /// The spec's guarantee, by the exact test of its opposite.
    Guarantee,
}

impl Subject {
    /// The name of its test.
    pub fn test(self) -> &'static str {
        match self {
            Self::Accuracy => "Fisher's exact",
            Self::Cost => "permutation",
            Self::ExitShares => "chi-square",
            Self::Confidence => "Kolmogorov-Smirnov",
            Self::Guarantee => "of its opposite",
        }
    }
}

/// The outcome of one test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What was tested.
    pub subject: Subject,
    /// The stage that it is about, from 0: for exit shares the one that differs most.
    pub stage: Option<usize>,
    /// The confidence below which the shares of samples differ most.
    pub cut: Option<f64>,
    /// The spec's figure: an accuracy, a cost, a share that exits, a share below the cut, or what a
    /// guarantee measured.
    pub claimed: f64,
    /// The same of the fresh samples.
    pub found: f64,
    /// The test's statistic.
    pub statistic: f64,
    /// The probability of such a difference, or a larger one, if nothing has changed.
    pub p_value: f64,
    /// The same, corrected for the number of tests.
    pub adjusted_p_value: f64,
    /// Whether there are too few samples to test: then nothing was found, and the p-value is 1.
    pub too_few: bool,
    /// Whether that is at most the error rate.
    pub drifted: bool,
}

/// A test that is still to be corrected for the number of tests.
pub(super) struct Tested {
    subject: Subject,
    stage: Option<usize>,
    cut: Option<f64>,
    claimed: f64,
    found: f64,
    too_few: bool,
    pub test: Test,
}

impl Tested {
    /// A guarantee whose opposite has this p-value; `claimed` and `found` are what was measured.
    pub fn of_guarantee(claimed: f64, found: f64, p_value: f64) -> Self {
        let test = Test { statistic: found - claimed, p_value };
        let (subject, stage, cut, too_few) = (Subject::Guarantee, None, None, false);
        Self { subject, stage, cut, claimed, found, too_few, test }
    }

    pub fn judged(self, adjusted_p_value: f64, error_rate: f64) -> Finding {
        let Self { subject, stage, cut, claimed, found, too_few, test } = self;
        Finding {
            subject,
            stage,
            cut,
            claimed,
            found,
            statistic: test.statistic,
            p_value: test.p_value,
            adjusted_p_value,
            too_few,
            drifted: adjusted_p_value <= error_rate,
        }
    }
}

/// Every test that the labels and the spec allow.
pub(super) fn test_all(
    spec: &Spec,
    reference: &Reference,
    fresh: &Fresh,
    costs: &[f64],
) -> Vec<Tested> {
    let samples: u32 = fresh.exits.iter().sum();
    let mut tests = vec![];
    if let Some(right) = fresh.right {
        let found = Share { count: right, of: samples };
        let claimed = reference.right;
        tests.push(Tested {
            subject: Subject::Accuracy,
            stage: None,
            cut: None,
            claimed: claimed.value(),
            found: found.value(),
            too_few: false,
            test: fisher_exact(claimed, found),
        });
    }
    // One stage costs what it costs, and everybody exits there.
    if spec.point.stages.len() > 1 {
        tests.push(cost(reference, fresh, costs));
        tests.push(exit_shares(reference, fresh));
    }
    tests.extend(confidences(reference, fresh));
    tests
}

fn cost(reference: &Reference, fresh: &Fresh, costs: &[f64]) -> Tested {
    let mean = |exits: &[u32]| {
        let total: f64 = exits.iter().zip(costs).map(|(&n, cost)| f64::from(n) * cost).sum();
        total / f64::from(exits.iter().sum::<u32>().max(1))
    };
    Tested {
        subject: Subject::Cost,
        stage: None,
        cut: None,
        claimed: mean(&reference.exits),
        found: mean(&fresh.exits),
        too_few: false,
        test: permuted_means(costs, &reference.exits, &fresh.exits),
    }
}

fn exit_shares(reference: &Reference, fresh: &Fresh) -> Tested {
    let share = |exits: &[u32], stage: usize| {
        f64::from(exits[stage]) / f64::from(exits.iter().sum::<u32>().max(1))
    };
    let difference =
        |stage: usize| (share(&reference.exits, stage) - share(&fresh.exits, stage)).abs();
    let stages = 0..fresh.exits.len();
    let test = chi_square(&reference.exits, &fresh.exits);
    let farthest = stages.max_by(|&a, &b| difference(a).total_cmp(&difference(b))).unwrap_or(0);
    Tested {
        subject: Subject::ExitShares,
        stage: Some(farthest),
        cut: None,
        claimed: share(&reference.exits, farthest),
        found: share(&fresh.exits, farthest),
        too_few: test.is_none(),
        test: test.unwrap_or(Test::NOTHING),
    }
}

/// For each stage with a profile and samples on both sides. Samples that came there are compared
/// with samples that came there: a stage is not blamed for the one before.
fn confidences(reference: &Reference, fresh: &Fresh) -> Vec<Tested> {
    let stages = reference.profile.iter().flat_map(|profile| &profile.stages);
    let mut tests = vec![];
    for (stage, (claimed, found)) in stages.zip(&fresh.confidences).enumerate() {
        let below = |cut: &f64| found.iter().filter(|c| f64::from(**c) < *cut).count() as u32;
        let counts: Vec<u32> = claimed.cuts.iter().map(below).collect();
        let sizes = [claimed.samples, found.len() as u32];
        let (test, cut) = kolmogorov_smirnov(&claimed.below, &counts, sizes);
        let Some(cut) = cut else { continue };
        tests.push(Tested {
            subject: Subject::Confidence,
            stage: Some(stage),
            cut: Some(claimed.cuts[cut]),
            claimed: f64::from(claimed.below[cut]) / f64::from(sizes[0]),
            found: f64::from(counts[cut]) / f64::from(sizes[1]),
            too_few: false,
            test,
        });
    }
    tests
}
