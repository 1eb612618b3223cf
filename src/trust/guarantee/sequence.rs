//! Which cascade of a frontier a statement is certified for.

use super::{Evidence, Statement};

/// How a fixed sequence of tests went.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// How many candidates were tested; all but the one that failed, if one did, passed.
    pub tested: usize,
    /// The last one that passed.
    pub certified: Option<Tested>,
    /// The one that failed.
    pub failed: Option<Tested>,
}

/// One test.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// The candidate's number.
    pub candidate: usize,
    /// What was seen of it.
    pub evidence: Evidence,
    /// What that says.
    pub p_value: f64,
}

/// Tests `statement` for one of the `candidates` after the other until one fails, and certifies the last
/// that passed. `candidates` rise in cost and accuracy on the tuning samples; `evidence` gives what
/// samples that chose nothing say for a candidate.
///
/// The order is fixed before any evidence is looked at: an accuracy is tested from the most accurate
/// candidate down, so that the cheapest is certified; a cost is tested from the cheapest candidate up, so that the most
/// accurate is. Since tests stop at the first failure, a wrong statement is certified only if the first wrong one
/// in the order passes, which it does with a probability of at most `error_rate`, however many
/// candidates there are and however they depend on each other.
///
/// Source: Angelopoulos, Bates, Candès, Jordan and Lei, "Learn then Test: Calibrating Predictive Algorithms to
/// Achieve Risk Control", Annals of Applied Statistics 19 (2025), arXiv:2110.01052 (2021), fixed-sequence testing.
pub fn fixed_sequence(
    statement: &Statement,
    error_rate: f64,
    candidates: &[usize],
    mut evidence: impl FnMut(usize) -> Evidence,
) -> Sequence {
    let mut sequence = Sequence { tested: 0, certified: None, failed: None };
    let count = candidates.len();
    for step in 0..count {
        let candidate = match statement {
            Statement::Cost { .. } => candidates[step],
            Statement::Accuracy { .. } | Statement::Difference { .. } => {
                candidates[count - 1 - step]
            }
        };
        let evidence = evidence(candidate);
        let p_value = evidence.p_value(error_rate);
        let test = Some(Tested { candidate, evidence, p_value });
        sequence.tested += 1;
        if p_value > error_rate {
            sequence.failed = test;
            break;
        }
        sequence.certified = test;
    }
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::Observed;

    fn run(statement: &str, right: &[usize]) -> Sequence {
        let statement: Statement = statement.parse().unwrap();
        let candidates: Vec<usize> = (0..right.len()).collect();
        fixed_sequence(&statement, 0.05, &candidates, |candidate| {
            let right: Vec<bool> = (0..100).map(|sample| sample < right[candidate]).collect();
            let seen = Observed {
                is_baseline: false,
                right: &right,
                baseline: &[],
                exits: &[100],
                costs: &[candidate as f64],
                planned: &[1.0],
            };
            Evidence::new(&statement, &seen)
        })
    }

    fn number(test: &Option<Tested>) -> Option<usize> {
        test.as_ref().map(|test| test.candidate)
    }

    #[test]
    fn accuracy_goes_down_to_the_first_failure() {
        // The third from the end fails; that the first would pass again does not count.
        let sequence = run("accuracy >= 0.9", &[99, 80, 97, 98]);
        assert_eq!((sequence.tested, number(&sequence.certified)), (3, Some(2)));
        assert_eq!(number(&sequence.failed), Some(1));
        let none = run("accuracy >= 0.9", &[99, 99, 90]);
        assert_eq!((none.tested, none.certified), (1, None));
        let all = run("accuracy >= 0.9", &[99, 99]);
        assert_eq!((all.tested, number(&all.certified), all.failed), (2, Some(0), None));
    }

    #[test]
    fn cost_goes_up_to_the_first_failure() {
        let sequence = run("cost <= 1.5", &[50, 60, 70]);
        assert_eq!((sequence.tested, number(&sequence.certified)), (3, Some(1)));
        assert_eq!(run("cost <= 1.5", &[]).tested, 0);
    }
}
