//! Guarantees, as specs and frontiers carry them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::Input;
use crate::trust::{Statement, TestMethod};

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
    /// The statement of a certified guarantee, once all its fields are checked.
    ///
    /// # Errors
    /// The field that is wrong, what it should hold and what it holds.
    pub(super) fn check(&self) -> Result<Statement, [String; 3]> {
        let wrong = |field: &str, expected: &str, found: String| {
            [field.to_owned(), expected.to_owned(), found]
        };
        let statement: Statement = self.statement.parse().map_err(|_| {
            let expected = "a statement such as \"accuracy >= 0.98\"";
            wrong("statement", expected, format!("{:?}", self.statement))
        })?;
        let needs_baseline = matches!(statement, Statement::Difference { .. });
        if needs_baseline != self.baseline.is_some() {
            let expected = "a model's name, just where the statement is about a difference";
            let found = self.baseline.as_ref().map_or("none".into(), |name| format!("{name:?}"));
            return Err(wrong("baseline", expected, found));
        }
        if !(self.error_rate > 0.0 && self.error_rate <= 0.5) {
            let found = self.error_rate.to_string();
            return Err(wrong("error_rate", "a probability above 0 and at most 0.5", found));
        }
        if !(0.0..=self.error_rate).contains(&self.p_value) {
            let found = self.p_value.to_string();
            return Err(wrong("p_value", "a probability of at most the error rate", found));
        }
        if self.samples == 0 {
            return Err(wrong("samples", "at least one", "0".into()));
        }
        Ok(statement)
    }
}
