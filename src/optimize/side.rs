//! The samples that tuned, or those held out, and what a cascade does on them.

use std::borrow::Cow;

use crate::cascade::{Cascade, CostScale, Ticks};
use crate::error::Result;
use crate::pool::Pool;
use crate::signal::{Mixes, SignalKey, Signals, Tally};
use crate::spec;
use crate::trust::{Figures, expected_calibration_error};

/// Samples that cascades are run on.
pub(super) struct Side<'a> {
    pub(super) pool: &'a Pool,
    /// Those of a fold with fits of its own are its own too.
    pub(super) signals: Cow<'a, Signals>,
    /// Canonical positions.
    pub(super) samples: Vec<u32>,
    pub(super) scale: CostScale,
    /// Of each model.
    pub(super) costs: Vec<Ticks>,
}

/// What a cascade does on one side.
pub(super) struct Run {
    pub(super) tally: Tally,
    /// Whether each sample is right, in the order of the side's samples.
    pub(super) right: Vec<bool>,
    /// What each sample costs, in the same order.
    pub(super) costs: Vec<Ticks>,
    /// What a sample may cost, and how many did.
    pub(super) exits: Vec<(Ticks, u32)>,
}

impl<'a> Side<'a> {
    /// The `samples` of `pool`, whose signals are `signals`.
    pub(super) fn new(
        pool: &'a Pool,
        signals: impl Into<Cow<'a, Signals>>,
        samples: Vec<u32>,
    ) -> Self {
        let signals = signals.into();
        let costs: Vec<f64> = pool.models().iter().map(|model| model.cost).collect();
        let scale = pool.cost_scale();
        let costs = costs.iter().map(|&cost| scale.ticks(cost)).collect();
        Self { pool, signals, samples, scale, costs }
    }

    pub(super) fn part(&self) -> spec::Part<'_> {
        let Self { signals, samples, scale, costs, .. } = self;
        spec::Part { signals, samples, costs, scale: *scale }
    }

    pub(super) fn run(&self, cascade: &Cascade) -> Run {
        self.run_on(cascade, &self.samples)
    }

    /// Runs a cascade on some of the samples alone.
    pub(super) fn run_on(&self, cascade: &Cascade, samples: &[u32]) -> Run {
        let mut right = Vec::with_capacity(samples.len());
        let mut costs = Vec::with_capacity(samples.len());
        let tally = self.signals.tally_each(cascade, &self.costs, samples, |is_right, cost| {
            right.push(is_right);
            costs.push(cost);
        });
        let tally = tally.expect("the signals of every cascade of the scope are computed");
        let runs = cascade.committees();
        let prices = runs.iter().map(|run| run.models().iter().map(|&m| self.costs[m]).sum());
        let exits = prices.zip(tally.exits.iter().copied()).collect();
        Run { tally, right, costs, exits }
    }

    /// The same samples with the signals of `keys`: where one is missing, the pool is read for all.
    ///
    /// # Errors
    /// What [`Pool::read`] finds wrong.
    pub(super) fn seeing(&self, keys: &[SignalKey], mixes: &Mixes) -> Result<Side<'_>> {
        let signals = match keys.iter().all(|key| self.signals.get(key).is_some()) {
            true => Cow::Borrowed(&*self.signals),
            false => Cow::Owned(Signals::compute_mixed(self.pool, keys.to_vec(), mixes, |_| ())?),
        };
        Ok(Side::new(self.pool, signals, self.samples.clone()))
    }

    /// The expected calibration error of the signal of `key`, if it was computed.
    pub(super) fn calibration_error(&self, key: &SignalKey) -> Option<f64> {
        let signal = self.signals.get(key)?;
        let of = self.samples.iter().map(|&at| at as usize);
        let (confidence, right): (Vec<f32>, Vec<bool>) =
            of.map(|at| (signal.confidence[at], signal.right[at])).unzip();
        Some(expected_calibration_error(&confidence, &right))
    }

    /// Mean cost of a sample.
    pub(super) fn mean(&self, run: &Run) -> f64 {
        self.scale.mean(run.tally.cost, run.tally.samples)
    }

    pub(super) fn figures(&self, run: &Run) -> Figures {
        Figures { accuracy: run.tally.accuracy(), cost: self.mean(run) }
    }
}
