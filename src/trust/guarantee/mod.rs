//! Statements about new data that hold with a chosen probability.
//!
//! A [`Statement`] is tested on samples that chose nothing: [`Evidence`] counts what bears on it and
//! gives a p-value that is exact or errs on the safe side, for any number of samples. Among many
//! cascades, [`fixed_sequence`] picks one such that the statement is wrong with at most the error rate.

mod cost;
mod difference;
mod evidence;
mod sequence;
mod statement;

pub use evidence::{Evidence, Observed, TestMethod};
pub use sequence::{Sequence, Tested, fixed_sequence};
pub use statement::{Baseline, Statement};

use crate::error::{Error, Result};
use crate::expected;

/// A statement that is to be certified.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What is to hold on new data.
    pub statement: Statement,
    /// The probability with which it may be certified although it is wrong.
    pub error_rate: f64,
}

impl Claim {
    /// Checks the claim against the names of a pool's `models`.
    ///
    /// # Errors
    /// [`Error::Option`] for an error rate out of range or a model that is not in the pool.
    pub fn check<'a>(&self, models: impl IntoIterator<Item = &'a str>) -> Result<()> {
        if !(self.error_rate > 0.0 && self.error_rate <= 0.5) {
            let expected = expected::GUARANTEE_ERROR_RATE;
            return Err(Error::option("--error-rate", expected, self.error_rate));
        }
        self.statement.check(models)
    }
}
