//! What the chosen cascade is worth, from the samples that held-out figures are on.

mod bounds;
mod models;
mod strata;
mod verdict;

use super::Judging;
use super::scorer::Scorer;
use super::side::{Run, Side};
use crate::cascade::Cascade;
use crate::frontier::Single;
use crate::pool::Groups;
use crate::signal::Signal;
use crate::trust::{Judgement, Method, ModelValue};

/// Passes judgement on one cascade.
pub(super) struct Judge<'a> {
    scorer: &'a Scorer<'a>,
    singles: &'a [Single<'a>],
    cascade: &'a Cascade,
    /// What the cascade does on the tuning samples.
    tuning: Run,
    /// What it does, or what folds do for it, on the samples of [`side`](Self::side).
    run: Run,
    method: Option<Method>,
    /// The model that the choice is measured against.
    reference: usize,
    /// Most that a model may cost.
    limit: Option<f64>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        scorer: &'a Scorer<'a>,
        singles: &'a [Single<'a>],
        cascade: &'a Cascade,
        reference: usize,
        limit: Option<f64>,
    ) -> Self {
        let tuning = scorer.tuning.run(cascade);
        let (method, run) = match scorer.unseen(cascade, &tuning.tally) {
            Some((method, _, run)) => (Some(method), run),
            None => (None, scorer.tuning.run(cascade)),
        };
        Self { scorer, singles, cascade, tuning, run, method, reference, limit }
    }

    /// The judgement on the cascade, which is point number `point`. `groups` are those of the samples
    /// that held-out figures are on, or of the tuning samples where there are none; `models` is their value.
    pub(super) fn judgement(
        &self,
        point: usize,
        judging: &Judging,
        groups: Option<&Groups>,
        models: Vec<ModelValue>,
    ) -> Judgement {
        Judgement {
            point,
            method: self.method,
            verdict: self.verdict(),
            ceiling: self.ceiling(),
            who_pays: self.who_pays(judging.group_margin, groups),
            sensitivity: self.sensitivity(),
            models,
        }
    }

    /// The samples that figures are on.
    fn side(&self) -> &'a Side<'a> {
        // Folds cover all samples, which are those that tuned.
        self.scorer.reported.side().unwrap_or(&self.scorer.tuning)
    }

    /// The models that a cascade within the limit may be.
    fn models(&self) -> Vec<usize> {
        let within =
            |model: &usize| self.limit.is_none_or(|most| self.singles[*model].cost <= most);
        (0..self.singles.len()).filter(within).collect()
    }

    /// Whether a model is right on each sample of `side`.
    fn right(&self, side: &Side<'_>, model: usize) -> Vec<bool> {
        let signal = self.single(side, model);
        side.samples.iter().map(|&sample| signal.right[sample as usize]).collect()
    }

    fn single<'s>(&self, side: &'s Side<'_>, model: usize) -> &'s Signal {
        let key = self.scorer.scope.single_key(model);
        side.signals.get(&key).expect("the signals of single models are always computed")
    }
}
