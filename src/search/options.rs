//! What to search and for how long: unchecked as given, and checked.

use std::fmt::Display;
use std::time::Duration;

use super::candidate::MAX_GATES;
use super::scope::Scope;
use crate::error::{Error, Result};
use crate::expected;

/// Most cells of one table on the grid.
const MAX_TABLE: f64 = (1u64 << 26) as f64;

/// Which thresholds each gate may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Every threshold that tells two tuning samples apart.
    Exact,
    /// This many, at evenly spaced quantiles of the tuning samples' confidences.
    Quantiles(u16),
}

impl std::str::FromStr for Resolution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "exact" {
            return Ok(Self::Exact);
        }
        let count = text.parse().ok().filter(|count| *count > 0);
        count
            .map(Self::Quantiles)
            .ok_or_else(|| "expected \"exact\" or a number from 1 to 65535".into())
    }
}

/// What to search and when to stop, as given.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Which cascades.
    pub scope: Scope,
    /// Which thresholds.
    pub resolution: Resolution,
    /// Accuracy by which the frontier may fall short of the best at its cost, in `[0, 1]`.
    pub gap: f64,
    /// Longest time to search; `None` for as long as it takes.
    pub time_limit: Option<Duration>,
}

/// [`Options`] that were found to be sound.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedOptions(pub(super) Options);

impl Options {
    /// Checks the options.
    ///
    /// # Errors
    /// [`Error::Option`] if a value is out of its range or the grid would not fit into memory.
    pub fn check(self) -> Result<CheckedOptions> {
        let Scope { max_models, aggregations, confidences, max_worst_case_cost, .. } = &self.scope;
        let most = MAX_GATES + 1;
        if !(1..=most).contains(max_models) {
            return Err(Error::option("--max-models", expected::MAX_MODELS, max_models));
        }
        check_list("--aggregation", aggregations)?;
        check_list("--confidence", confidences)?;
        if let Some(limit) = max_worst_case_cost
            && !(limit.is_finite() && *limit >= 0.0)
        {
            return Err(Error::option("--max-worst-case-cost", expected::COST_LIMIT, limit));
        }
        if !(0.0..=1.0).contains(&self.gap) {
            return Err(Error::option("--gap", expected::GAP, self.gap));
        }
        if let Resolution::Quantiles(count) = self.resolution {
            if self.gap > 0.0 {
                let expected = "0 with a number for --resolution: a grid is scored whole";
                return Err(Error::option("--gap", expected, self.gap));
            }
            let table = f64::from(count).powi(*max_models as i32 - 1);
            if count == 0 || table > MAX_TABLE {
                let most = MAX_TABLE.powf(1.0 / (*max_models as f64 - 1.0).max(1.0));
                let most = most.min(f64::from(u16::MAX)) as u32;
                let expected = format!("exact, or 1 to {most} with --max-models {max_models}");
                return Err(Error::option("--resolution", expected, count));
            }
        }
        Ok(CheckedOptions(self))
    }
}

impl CheckedOptions {
    /// The same with as much less time as is `spent` already.
    pub(crate) fn after(&self, spent: Duration) -> Self {
        let time_limit = self.0.time_limit.map(|limit| limit.saturating_sub(spent));
        Self(Options { time_limit, ..self.0.clone() })
    }
}

/// Fails unless the list of an option names something, and nothing twice.
fn check_list<T: PartialEq + Display>(option: &str, list: &[T]) -> Result<()> {
    if list.is_empty() {
        return Err(Error::option(option, "at least one name", "none"));
    }
    let repeated = list.iter().enumerate().find(|(at, name)| list[..*at].contains(name));
    match repeated {
        Some((_, name)) => Err(Error::option(option, "each name once", format!("{name} twice"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_is_what_is_checked() {
        assert_eq!(expected::MAX_MODELS, format!("a whole number from 1 to {}", MAX_GATES + 1));
    }
}
