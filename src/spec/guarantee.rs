//! Guarantees, as specs and frontiers carry them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::validate::Problem;
use super::wire::Input;
use crate::trust::{Baseline, Statement, TestMethod};

/// A statement about new data, tested on samples that chose nothing. In a spec it is certified: the
/// p-value is at most the error rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Guarantee {
    /// What is to hold on new data, such as `accuracy >= best - 0.005`; see [`Statement`].
    pub statement: String,
    /// The model that a statement about a difference is about; absent for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// How the p-value is computed.
    pub method: TestMethod,
    /// The probability with which a wrong statement may be certified.
    pub error_rate: f64,
    /// How many samples it was tested on.
    pub samples: usize,
    /// If the statement is wrong, this is at most the error rate with at most that probability.
    pub p_value: f64,
    /// The accuracy, the accuracy less that of the baseline, or the mean cost of these samples.
    pub measured: f64,
    /// The files that these samples stand in, where the spec was neither made from them nor reported
    /// on them; else absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// Whether these samples were held out class by class, as those that tuned were left: then it is about
    /// data with their mix of classes. Left out where not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stratified: bool,
}

/// How certifying a frontier went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Certification {
    /// Points of the frontier, before it was thinned, that keep to the other limits.
    pub candidates: usize,
    /// How many of them were tested, in the fixed sequence.
    pub tested: usize,
    /// The last test that passed: the chosen cascade's guarantee. Null where none did.
    pub certified: Option<Guarantee>,
    /// The test that failed and ended the sequence; null where all passed.
    pub failed: Option<Guarantee>,
    /// Where nothing was certified: about how many held-out samples would do in one of two cases, if
    /// they came out as these did. Null if not even a thousand times as many would.
    pub samples_needed: Option<u64>,
}

impl Guarantee {
    /// Whether it is about cost, which takes no labels to see.
    pub fn needs_no_labels(&self) -> bool {
        matches!(self.statement.parse(), Ok(Statement::Cost { .. }))
    }

    /// Whether it is about the difference to the best single model.
    pub(super) fn is_about_best(&self) -> bool {
        let best = |it| matches!(it, Statement::Difference { baseline: Baseline::Best, .. });
        self.statement.parse().is_ok_and(best)
    }

    /// The statement of a certified guarantee, once all its fields are checked.
    ///
    /// # Errors
    /// The field that is wrong.
    pub(super) fn check(&self) -> Result<Statement, Problem> {
        let statement = self.check_test()?;
        if self.p_value > self.error_rate {
            let expected = "a probability of at most the error rate";
            return Err(Problem::new("p_value", expected, self.p_value));
        }
        Ok(statement)
    }

    /// The statement of a test, passed or not, once all its fields are checked.
    fn check_test(&self) -> Result<Statement, Problem> {
        let statement: Statement = self.statement.parse().map_err(|_| {
            let expected = "a statement such as \"accuracy >= 0.98\"";
            Problem::new("statement", expected, format!("{:?}", self.statement))
        })?;
        self.check_baseline(&statement)?;
        if !self.method.is_for(&statement) {
            let expected = format!("a test of the statement {:?}", self.statement);
            return Err(Problem::new("method", expected, self.method.name()));
        }
        if !(self.error_rate > 0.0 && self.error_rate <= 0.5) {
            let expected = "a probability above 0 and at most 0.5";
            return Err(Problem::new("error_rate", expected, self.error_rate));
        }
        if !(0.0..=1.0).contains(&self.p_value) {
            return Err(Problem::new("p_value", "a probability from 0 to 1", self.p_value));
        }
        if self.samples == 0 {
            return Err(Problem::new("samples", "at least 1", 0));
        }
        let (range, expected) = match statement {
            Statement::Accuracy { .. } => (0.0..=1.0, "an accuracy from 0 to 1"),
            Statement::Difference { .. } => {
                (-1.0..=1.0, "a difference of accuracies, from -1 to 1")
            }
            Statement::Cost { .. } => (0.0..=f64::MAX, "a cost of at least 0"),
        };
        if !range.contains(&self.measured) {
            return Err(Problem::new("measured", expected, self.measured));
        }
        Ok(statement)
    }
}

impl Guarantee {
    /// The baseline of a difference is the model that the statement names, if it names one.
    fn check_baseline(&self, statement: &Statement) -> Result<(), Problem> {
        let expected = match (statement, &self.baseline) {
            (Statement::Difference { baseline: Baseline::Best, .. }, Some(_)) => return Ok(()),
            (Statement::Difference { baseline: Baseline::Model(named), .. }, Some(name)) => {
                if named == name {
                    return Ok(());
                }
                format!("{named:?}, as in the statement")
            }
            (Statement::Accuracy { .. } | Statement::Cost { .. }, None) => return Ok(()),
            _ => "a model's name, just where the statement is about a difference".to_owned(),
        };
        let found = self.baseline.as_ref().map_or("none".into(), |name| format!("{name:?}"));
        Err(Problem::new("baseline", expected, found))
    }
}

impl Certification {
    /// Checks all fields.
    ///
    /// # Errors
    /// The field that is wrong.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if !(1..=self.candidates).contains(&self.tested) {
            let expected = format!("1 to the number of candidates, {}", self.candidates);
            return Err(Problem::new("tested", expected, self.tested));
        }
        if let Some(certified) = &self.certified {
            certified.check().map_err(|problem| problem.within("certified"))?;
        }
        if let Some(failed) = &self.failed {
            let within = |problem: Problem| problem.within("failed");
            failed.check_test().map_err(within)?;
            if failed.p_value <= failed.error_rate {
                let expected = "a probability above the error rate";
                return Err(within(Problem::new("p_value", expected, failed.p_value)));
            }
        }
        if self.certified.is_none() && self.failed.is_none() {
            let expected = "a test that passed, or one that did not in `failed`";
            return Err(Problem::new("certified", expected, "null in both"));
        }
        match self.samples_needed {
            Some(0) => Err(Problem::new("samples_needed", "at least 1, or null", 0)),
            _ => Ok(()),
        }
    }

    /// The models that its tests are about.
    pub(super) fn baselines(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let tests = [("certified", &self.certified), ("failed", &self.failed)];
        tests
            .into_iter()
            .filter_map(|(name, test)| Some((name, test.as_ref()?.baseline.as_deref()?)))
    }
}
