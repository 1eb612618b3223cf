//! Samples on their way through a cascade.

use ndarray::{Array2, Axis};

use super::Runner;
use crate::cascade::{Aggregation, Cascade, ModelId};
use crate::counted::counted;
use crate::error::{Error, Result};
use crate::pool::Scores;
use crate::signal::{Row, decide_mixed};

/// Samples that run through a cascade together.
///
/// Memory: 4 bytes per class, model run and sample that is not done yet.
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    runner: &'a Runner,
    stage: usize,
    /// The samples that are not done, ascending.
    here: Vec<usize>,
    /// Per model its scores, one row for each sample of `here`; `None` if it has not run.
    scores: Vec<Option<Scores>>,
}

/// Work that is needed next, and no more than that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The models to run, ascending by name.
    pub models: Vec<&'a str>,
    /// The samples to run every one of them on, ascending.
    pub samples: Vec<usize>,
}

/// The end of one sample's way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exit {
    /// Its number in the batch.
    pub sample: usize,
    /// The stage at which it exited, from 0.
    pub stage: usize,
    /// The predicted class.
    pub prediction: u32,
    /// The confidence at that stage.
    pub confidence: f32,
    /// What all models that were run for it cost, in the spec's unit.
    pub cost: f64,
}

impl<'a> Batch<'a> {
    pub(super) fn new(runner: &'a Runner, samples: usize) -> Self {
        let scores = vec![None; runner.models.len()];
        Self { runner, stage: 0, here: (0..samples).collect(), scores }
    }

    /// The models that have to run next and the samples to run them on: those that no earlier stage
    /// let out. `None` once all samples are done.
    pub fn pending(&self) -> Option<Request<'a>> {
        if self.here.is_empty() {
            return None;
        }
        let models = self.missing().map(|model| self.runner.models[model].name.as_str());
        Some(Request { models: models.collect(), samples: self.here.clone() })
    }

    /// Takes the scores of one [pending](Self::pending) model: row by row, one for each pending
    /// sample in their order, each of [`classes`](Runner::classes) values. With the last model of a
    /// stage says which samples exit there, ascending; before that, none.
    ///
    /// # Errors
    /// [`Error::Fed`] if the model is not pending or the number of scores is not what it should be,
    /// and [`Error::Scores`] for a score that is no finite number or no probability. The batch is
    /// then as it was.
    pub fn feed(&mut self, model: &str, scores: &[f32]) -> Result<Vec<Exit>> {
        let id = self.runner.id(model)?;
        let pending: Vec<ModelId> = self.missing().collect();
        if self.here.is_empty() || !pending.contains(&id) {
            let names = pending.iter().map(|&model| self.runner.models[model].name.as_str());
            let expected = match self.here.is_empty() {
                true => "none, as all samples are done".to_owned(),
                false => format!("those of {}", names.collect::<Vec<_>>().join(" or ")),
            };
            return Err(unfit(model, expected, "a model that is not pending"));
        }
        let shape = (self.here.len(), self.runner.classes);
        let rows = Array2::from_shape_vec(shape, scores.to_vec()).map_err(|_| {
            let expected = format!("{} of {}", counted(shape.0, "row"), counted(shape.1, "score"));
            unfit(model, expected, counted(scores.len(), "score"))
        })?;
        let kind = self.runner.models[id].kind;
        let checked = Scores::check(kind, rows, |row| self.here[row])
            .map_err(|problem| Error::Scores { model: model.to_owned(), problem })?;
        self.scores[id] = Some(checked);
        Ok(if pending.len() == 1 { self.pass_gate() } else { vec![] })
    }

    /// The stage's models that have not run, ascending.
    fn missing(&self) -> impl Iterator<Item = ModelId> {
        let stage = self.runner.cascade.stages.get(self.stage);
        let models = stage.into_iter().flat_map(|stage| stage.models.models());
        models.copied().filter(|&model| self.scores[model].is_none())
    }

    /// Lets out the samples that are sure enough and goes on to the next stage with the others.
    fn pass_gate(&mut self) -> Vec<Exit> {
        let Runner { cascade, costs, .. } = self.runner;
        let stage = &cascade.stages[self.stage];
        let heard: Vec<&Scores> = match cascade.aggregation {
            Aggregation::Last => stage
                .models
                .models()
                .iter()
                .filter_map(|&model| self.scores[model].as_ref())
                .collect(),
            Aggregation::MeanLogits | Aggregation::MeanProbs => {
                self.scores.iter().flatten().collect()
            }
        };
        let mut exits = vec![];
        let mut stay = vec![];
        let mut rows: Vec<Row<'_>> = Vec::with_capacity(heard.len());
        for (row, &sample) in self.here.iter().enumerate() {
            rows.clear();
            rows.extend(heard.iter().filter_map(|scores| {
                // All scores are row-major, so that each row is a slice.
                let values = scores.values.row(row).to_slice()?;
                Some(Row { kind: scores.kind, scores: values })
            }));
            let Cascade { aggregation, confidence, .. } = *cascade;
            let said = decide_mixed(&rows, aggregation, confidence, &stage.mix);
            if stage.threshold.is_none_or(|threshold| f64::from(said.confidence) >= threshold) {
                exits.push(Exit {
                    sample,
                    stage: self.stage,
                    prediction: said.prediction,
                    confidence: said.confidence,
                    cost: costs[self.stage],
                });
            } else {
                stay.push(row);
            }
        }
        for scores in self.scores.iter_mut().flatten() {
            scores.values = scores.values.select(Axis(0), &stay);
        }
        self.here = stay.into_iter().map(|row| self.here[row]).collect();
        self.stage += 1;
        exits
    }
}

/// The error that the scores of `model` are not what was asked for.
pub(super) fn unfit(
    model: &str,
    expected: impl Into<String>,
    found: impl std::fmt::Display,
) -> Error {
    Error::Fed { model: model.to_owned(), expected: expected.into(), found: found.to_string() }
}
