//! What is in a pool, before anything is searched.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cascade::{Aggregation, Committee, ConfidenceMeasure};
use crate::error::Result;
use crate::pool::Pool;
use crate::search::{Observer, reading};
use crate::signal::{Signal, SignalKey, Signals};
use crate::trust::{Interval, binomial_interval, expected_calibration_error};
use crate::warning::{Warning, rescaled, rounded};

/// What [`inspect`] found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// The models, by name.
    pub models: Vec<InspectedModel>,
    /// The axis of costs that was chosen.
    pub cost_axis: String,
    /// Unit of the costs on the chosen axis.
    pub cost_unit: String,
    /// Number of samples.
    pub samples: usize,
    /// Number of classes.
    pub classes: usize,
    /// Accuracy of the mean of all models' logits.
    pub ensemble_mean_logits: f64,
    /// Accuracy of the mean of all models' probabilities.
    pub ensemble_mean_probs: f64,
    /// Share of the samples that at least one model gets right.
    pub oracle: f64,
    /// What the user should know about the data.
    pub warnings: Vec<Warning>,
}

/// One model of an [`Inspection`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InspectedModel {
    /// Its name.
    pub name: String,
    /// Share of right answers.
    pub accuracy: f64,
    /// Exact 95 % interval of the accuracy.
    pub accuracy_interval: Interval,
    /// Its cost on every axis.
    pub costs: BTreeMap<String, f64>,
    /// Mean of the largest probability.
    pub mean_confidence: f64,
    /// Expected calibration error of the largest probability, in 15 bins.
    pub calibration_error: f64,
}

/// Reads all of `pool` and sums it up.
///
/// # Errors
/// What [`Pool::read`] finds wrong.
pub fn inspect(pool: &Pool, observer: &dyn Observer) -> Result<Inspection> {
    let count = pool.models().len();
    let key = |aggregation, models| {
        SignalKey::new(aggregation, ConfidenceMeasure::MaxProb, Committee::new(models))
    };
    let single = |model| key(Aggregation::MeanLogits, vec![model]);
    let of_all = |aggregation| key(aggregation, (0..count).collect());
    let ensembles = [Aggregation::MeanLogits, Aggregation::MeanProbs];
    let keys = (0..count).map(single).chain(ensembles.map(of_all));
    let total = pool.samples();
    let signals = Signals::compute(pool, keys, reading(observer, total))?;
    let signal = |key: &SignalKey| signals.get(key).expect("all these were asked for");

    let singles: Vec<&Signal> = (0..count).map(|id| signal(&single(id))).collect();
    let models = pool.models().iter().zip(&singles).map(|(model, signal)| {
        let Signal { confidence, right } = signal;
        let sum: f64 = confidence.iter().map(|&confidence| f64::from(confidence)).sum();
        InspectedModel {
            name: model.name.clone(),
            accuracy: signal.accuracy(),
            accuracy_interval: binomial_interval(signal.correct(), total, 0.95),
            costs: model.costs.clone(),
            mean_confidence: sum / total as f64,
            calibration_error: expected_calibration_error(confidence, right),
        }
    });
    let oracle = (0..total).filter(|&at| singles.iter().any(|single| single.right[at])).count();
    Ok(Inspection {
        models: models.collect(),
        cost_axis: pool.cost_axis().to_owned(),
        cost_unit: pool.cost_unit().to_owned(),
        samples: total,
        classes: pool.classes(),
        ensemble_mean_logits: signal(&of_all(Aggregation::MeanLogits)).accuracy(),
        ensemble_mean_probs: signal(&of_all(Aggregation::MeanProbs)).accuracy(),
        oracle: oracle as f64 / total as f64,
        warnings: rounded(pool).into_iter().chain(rescaled(pool, &signals)).collect(),
    })
}
