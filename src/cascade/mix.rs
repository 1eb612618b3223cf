//! What may be fitted to the tuning samples before models are combined, and the fitted numbers.

use super::{Aggregation, ConfidenceMeasure};

/// Which numbers are fitted. [`Fit::RAW`] is none: scores are taken as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fit {
    /// One temperature per model before averaging, one per committee after it.
    pub temperature: bool,
    /// One weight per model of a committee.
    pub weights: bool,
}

impl Fit {
    /// Nothing is fitted.
    pub const RAW: Self = Self { temperature: false, weights: false };

    /// Every way to fit all of this or part of it, nothing first.
    pub fn variants(self) -> Vec<Self> {
        let choices = |fitted: bool| if fitted { vec![false, true] } else { vec![false] };
        let pairs = choices(self.weights).into_iter().flat_map(|weights| {
            let temperatures = choices(self.temperature).into_iter();
            temperatures.map(move |temperature| Self { temperature, weights })
        });
        pairs.collect()
    }

    /// Whether it can change what a cascade of these does. Under [`Aggregation::Last`] models are
    /// heard alone: a weight is 1, and a temperature only scales the margin of logits.
    pub fn matters(self, aggregation: Aggregation, confidence: ConfidenceMeasure) -> bool {
        match aggregation {
            Aggregation::MeanLogits | Aggregation::MeanProbs => true,
            Aggregation::Last if self == Self::RAW => true,
            Aggregation::Last => !self.weights && confidence != ConfidenceMeasure::LogitMargin,
        }
    }

    /// The name used in tables.
    pub fn name(self) -> &'static str {
        match (self.temperature, self.weights) {
            (false, false) => "raw",
            (true, false) => "temperature",
            (false, true) => "weights",
            (true, true) => "temperature+weights",
        }
    }
}

impl std::fmt::Display for Fit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// How one committee's scores become one: the plain mean, unless something was fitted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mix {
    /// What logits are divided by.
    pub temperatures: Option<Temperatures>,
    /// For each model of the committee its share, at least 0 and 1 in sum; the same share for each
    /// if `None`.
    pub weights: Option<Vec<f64>>,
}

/// The temperatures of a committee. Above 1 they make probabilities less sure, below 1 surer.
///
/// Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
#[derive(Debug, Clone, PartialEq)]
pub struct Temperatures {
    /// Of each of its models, before averaging.
    pub models: Vec<f64>,
    /// Of the committee, after it.
    pub committee: f64,
}

impl Mix {
    /// What of it was fitted.
    pub fn fit(&self) -> Fit {
        Fit { temperature: self.temperatures.is_some(), weights: self.weights.is_some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_all_parts_and_nothing_comes_first() {
        let both = Fit { temperature: true, weights: true };
        let names = |fit: Fit| fit.variants().into_iter().map(Fit::name).collect::<Vec<_>>();
        assert_eq!(names(Fit::RAW), ["raw"]);
        assert_eq!(names(both), ["raw", "temperature", "weights", "temperature+weights"]);
    }
}
