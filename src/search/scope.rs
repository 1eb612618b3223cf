//! What is to be searched, and how much of it there is.

use crate::cascade::{Aggregation, Committee, ConfidenceMeasure, Fit};
use crate::pool::Pool;
use crate::signal::{SignalKey, committees};

/// What is to be searched: sizes, combinations and limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// Most models in a cascade, at least 1.
    pub max_models: usize,
    /// Every aggregation to search, each once.
    pub aggregations: Vec<Aggregation>,
    /// Every confidence measure to search, each once.
    pub confidences: Vec<ConfidenceMeasure>,
    /// What to fit to the tuning samples. What is not fitted is searched as well.
    pub fit: Fit,
    /// Most that all models of a cascade may cost together, in the pool's unit.
    pub max_worst_case_cost: Option<f64>,
}

/// Chains that are worth listing, at most.
const MOST_CHAINS: f64 = 2e7;

/// Bytes that signals may take, at most.
const MOST_BYTES: f64 = (2u64 << 30) as f64;

/// How large a space is, at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) signals: f64,
    pub(crate) chains: f64,
}

impl Scope {
    /// Whether every committee and every chain of a pool of so many models and samples can be looked
    /// at; where not, a search has to be heuristic.
    pub fn is_enumerable(&self, models: usize, samples: usize) -> bool {
        let Size { signals, chains } = self.size(models);
        chains <= MOST_CHAINS && 5.0 * signals * samples as f64 <= MOST_BYTES
    }

    /// How many signals and chains a pool of so many models has at most.
    pub(crate) fn size(&self, models: usize) -> Size {
        let (mut signals, mut chains) = (0.0, 0.0);
        for &aggregation in &self.aggregations {
            // Sets of `size` models, and ways to order and group one of them.
            let (mut sets, mut ways) = (1.0, vec![1.0]);
            for size in 1..=self.max_models.min(models) {
                sets *= (models + 1 - size) as f64 / size as f64;
                ways.push(match aggregation {
                    Aggregation::Last => ways[size - 1] * size as f64,
                    Aggregation::MeanLogits | Aggregation::MeanProbs => groupings(size, &ways),
                });
                chains += sets * ways[size];
                if size == 1 || aggregation != Aggregation::Last {
                    signals += sets;
                }
            }
        }
        let measures = (self.confidences.len() * self.fit.variants().len()) as f64;
        Size { signals: signals * measures, chains: chains * measures }
    }

    /// The signals that a search of this scope in `pool` looks at where nothing is fitted.
    pub fn signal_keys(&self, pool: &Pool) -> Vec<SignalKey> {
        let models = pool.models().len();
        let mut keys = Vec::new();
        for &aggregation in &self.aggregations {
            let size = if aggregation == Aggregation::Last { 1 } else { self.max_models };
            for committee in committees(models, size) {
                for &confidence in &self.confidences {
                    keys.push(SignalKey::new(aggregation, confidence, committee.clone()));
                }
            }
        }
        keys
    }

    /// Which of those signals stands for `model` alone: it is right on the same samples in all of them.
    pub fn single_key(&self, model: usize) -> SignalKey {
        SignalKey::new(self.aggregations[0], self.confidences[0], Committee::new(vec![model]))
    }

    /// The signals `keys`, and the same with everything fitted that this scope fits.
    pub fn fitted_keys(&self, keys: Vec<SignalKey>) -> Vec<SignalKey> {
        let variants = self.fit.variants();
        keys.iter().flat_map(|key| variants.iter().map(|&fit| key.clone().with(fit))).collect()
    }

    /// Whether these gates decide as those of another measure do that is searched: of mean probabilities, the
    /// margin of the scores is that of the probabilities.
    fn repeats(&self, aggregation: Aggregation, confidence: ConfidenceMeasure, fit: Fit) -> bool {
        let of_scores = confidence == ConfidenceMeasure::LogitMargin && !fit.temperature;
        let is_twice = self.confidences.contains(&ConfidenceMeasure::Margin);
        aggregation == Aggregation::MeanProbs && of_scores && is_twice
    }

    /// Every way to combine models and to gate. What is not fitted comes first: it wins ties.
    pub(super) fn families(
        &self,
    ) -> impl Iterator<Item = (Aggregation, ConfidenceMeasure, Fit)> + '_ {
        self.fit.variants().into_iter().flat_map(move |fit| {
            let pairs = self.aggregations.iter().flat_map(move |&aggregation| {
                self.confidences.iter().map(move |&confidence| (aggregation, confidence, fit))
            });
            let fits = pairs
                .filter(|&(aggregation, confidence, fit)| fit.matters(aggregation, confidence));
            fits.filter(|&(aggregation, confidence, fit)| {
                !self.repeats(aggregation, confidence, fit)
            })
        })
    }
}

/// Ways to put `size` models into ordered groups, `ways` being those for fewer: the first group may
/// be any of its sets. Source: Fubini numbers, OEIS A000670.
fn groupings(size: usize, ways: &[f64]) -> f64 {
    let mut choose = 1.0;
    let mut total = 0.0;
    for first in 1..=size {
        choose *= (size + 1 - first) as f64 / first as f64;
        total += choose * ways[size - first];
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_groupings_are_the_fubini_numbers() {
        let mut ways = vec![1.0];
        for (size, expected) in [1.0, 3.0, 13.0, 75.0, 541.0].into_iter().enumerate() {
            ways.push(groupings(size + 1, &ways));
            assert_eq!(ways[size + 1], expected);
        }
    }

    #[test]
    fn large_pools_are_not_enumerated() {
        let scope = |aggregations: &[Aggregation], max_models| Scope {
            max_models,
            aggregations: aggregations.to_vec(),
            confidences: vec![ConfidenceMeasure::MaxProb],
            fit: Fit::RAW,
            max_worst_case_cost: None,
        };
        assert!(scope(&Aggregation::ALL, 3).is_enumerable(20, 20_000));
        assert!(scope(&[Aggregation::Last], 3).is_enumerable(200, 50_000));
        assert!(!scope(&[Aggregation::Last], 4).is_enumerable(200, 50_000));
        assert!(!scope(&[Aggregation::MeanLogits], 4).is_enumerable(100, 20_000));
    }
}
