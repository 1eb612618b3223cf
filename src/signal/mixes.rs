//! The fitted numbers of every committee of a search.

use std::collections::BTreeMap;

use super::SignalKey;
use crate::cascade::{Aggregation, Cascade, Committee, Fit, Mix, ModelId, Temperatures};

/// What was fitted for one committee.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Fitted {
    /// For each of its models.
    pub(crate) weights: Option<Vec<f64>>,
    /// After averaging.
    pub(crate) temperature: Option<f64>,
}

/// How the scores of each committee are combined. A committee of one model needs no fitting: its
/// weight is 1, and after its model's own temperature its own is 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mixes {
    /// Of each model; empty where none were fitted.
    temperatures: Vec<f64>,
    committees: BTreeMap<(Aggregation, Fit, Committee), Fitted>,
}

impl Mixes {
    /// The mixes of models with these `temperatures` (none if empty), nothing being fitted for any
    /// committee yet.
    pub(crate) fn new(temperatures: Vec<f64>) -> Self {
        Self { temperatures, committees: BTreeMap::new() }
    }

    /// Adds what was fitted for the committee of `key`, whatever its measure.
    pub(crate) fn insert(&mut self, key: &SignalKey, fitted: Fitted) {
        self.committees.insert(key.mix(), fitted);
    }

    /// The mixes of the stages of `cascade`.
    pub fn along(cascade: &Cascade) -> Self {
        let mut all = Self::default();
        for (key, stage) in SignalKey::along(cascade).iter().zip(&cascade.stages) {
            let Mix { temperatures, weights } = stage.mix.clone();
            if let Some(temperatures) = &temperatures {
                for (&model, &temperature) in
                    key.committee().models().iter().zip(&temperatures.models)
                {
                    // No stage hears the models that keep 1.
                    all.temperatures.resize(all.temperatures.len().max(model + 1), 1.0);
                    all.temperatures[model] = temperature;
                }
            }
            let temperature = temperatures.map(|temperatures| temperatures.committee);
            all.insert(key, Fitted { weights, temperature });
        }
        all
    }

    /// The temperature of a model, if it was fitted.
    pub fn temperature(&self, model: ModelId) -> Option<f64> {
        self.temperatures.get(model).copied()
    }

    /// How the scores of the committee of `key` are combined. `None` if what the key names was not
    /// fitted.
    pub fn get(&self, key: &SignalKey) -> Option<Mix> {
        let (_, fit, committee) = key.mix();
        let of_one = || Fitted {
            weights: fit.weights.then(|| vec![1.0]),
            temperature: fit.temperature.then_some(1.0),
        };
        let fitted = match self.committees.get(&key.mix()) {
            Some(fitted) => fitted.clone(),
            None if fit == Fit::RAW => Fitted::default(),
            None if committee.len() == 1 => of_one(),
            None => return None,
        };
        let models = committee.models().iter();
        let temperatures = match fitted.temperature {
            None => None,
            Some(committee) => Some(Temperatures {
                models: models.map(|&model| self.temperature(model)).collect::<Option<_>>()?,
                committee,
            }),
        };
        Some(Mix { temperatures, weights: fitted.weights })
    }
}
