//! What is lost when a model leaves the pool.

use std::collections::BTreeSet;

use super::super::side::Side;
use super::Judge;
use crate::error::Result;
use crate::search::{Found, Observer, Options, Resolution, Space, search};
use crate::trust::{ModelValue, Without, Yardstick};

/// Thresholds per gate of the searches without a model.
const THRESHOLDS: u16 = 12;

/// Cells of a table on that grid, at most.
const TABLE: f64 = 4096.0;

/// Tuning samples that these searches look at, at most.
const SAMPLES: usize = 5000;

/// Samples looked at, over all chains and searches, up to which nobody has to ask for them: less than a second.
const UNASKED: f64 = 4e8;

/// Hears nothing but whether to stop.
struct Quiet<'a>(&'a dyn Observer);

impl Observer for Quiet<'_> {
    fn interrupted(&self) -> bool {
        self.0.interrupted()
    }
}

impl Judge<'_> {
    /// The value of every model to `frontier`, which is all that was found. With `options`, one search on a
    /// coarse grid is done for each model, without it, and one with all models, if that is `asked` for or
    /// quick; an interrupt ends them, and then nothing is said of what is lost.
    pub(in crate::optimize) fn model_values(
        &self,
        frontier: &[Found],
        options: Option<&Options>,
        asked: bool,
        observer: &dyn Observer,
    ) -> Result<Vec<ModelValue>> {
        let count = self.singles.len();
        let mut points = vec![0; count];
        for found in frontier {
            let stages = found.cascade.stages.iter();
            let models: BTreeSet<usize> =
                stages.flat_map(|stage| stage.models.models().iter().copied()).collect();
            models.into_iter().for_each(|model| points[model] += 1);
        }
        let is_quick = |options: &&Options| {
            let samples = self.scorer.tuning.samples.len().min(SAMPLES);
            let looked_at = options.scope.size(count).chains * (count + 1) as f64 * samples as f64;
            asked || looked_at <= UNASKED
        };
        let without = match options.filter(is_quick).filter(|_| !observer.interrupted()) {
            None => vec![None; count],
            Some(options) => self.without_each(options, observer)?.into_iter().map(Some).collect(),
        };
        let without = if observer.interrupted() { vec![None; count] } else { without };
        let values = self.singles.iter().zip(points).zip(without);
        Ok(values
            .map(|((single, points), without)| ModelValue::new(single.name, points, without))
            .collect())
    }

    fn without_each(&self, options: &Options, observer: &dyn Observer) -> Result<Vec<Without>> {
        let tuning = &self.scorer.tuning;
        let gates = (options.scope.max_models - 1).max(1) as f64;
        let thresholds = THRESHOLDS.min(TABLE.powf(1.0 / gates) as u16);
        let resolution = Resolution::Quantiles(thresholds);
        let options =
            Options { resolution, gap: 0.0, time_limit: None, ..options.clone() }.check()?;
        let scope = self.scorer.scope;
        let most = tuning.samples.len().min(SAMPLES);
        // Evenly spaced: pools may be ordered by class.
        let spaced = (0..most).map(|at| tuning.samples[at * tuning.samples.len() / most]);
        let few = Side::new(tuning.pool, &*tuning.signals, spaced.collect());
        let frontier = |left_out: Option<usize>| -> Vec<(f64, f64)> {
            let wanted = |committee: &crate::cascade::Committee| {
                left_out.is_none_or(|model| !committee.models().contains(&model))
            };
            let space =
                Space::among(few.pool, &few.signals, scope, &few.samples, |_, of| wanted(of));
            let found = search(&space, &options, &Quiet(observer)).frontier;
            let merit = |found: &Found| {
                (few.scale.mean(found.cost, most), f64::from(found.correct) / most as f64)
            };
            found.iter().map(merit).collect()
        };
        let price = |model: &usize| self.singles[*model].cost;
        let accuracy = |model: usize| {
            let right = self.right(&few, model);
            right.iter().filter(|right| **right).count() as f64 / most as f64
        };
        let models = self.models();
        let cheapest = models.iter().copied().min_by(|a, b| price(a).total_cmp(&price(b)));
        let all = frontier(None);
        // Points that are dearer than the reference are worth something too.
        let dearest = all.iter().map(|point| point.0).fold(price(&self.reference), f64::max);
        let corner = (dearest, cheapest.map_or(0.0, accuracy));
        let by = Yardstick { corner, accuracy: accuracy(self.reference) };
        let without =
            (0..self.singles.len()).map(|model| Without::new(&all, &frontier(Some(model)), by));
        Ok(without.collect())
    }
}
