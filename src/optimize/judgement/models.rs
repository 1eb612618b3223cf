//! What is lost when a model leaves the pool.

use std::collections::BTreeSet;

use super::Judge;
use crate::error::Result;
use crate::search::{Found, Observer, Options, Resolution, Space, search};
use crate::trust::{ModelValue, Without, Yardstick};

/// Thresholds per gate of the searches without a model.
const THRESHOLDS: u16 = 12;

/// Cells of a table on that grid, at most.
const TABLE: f64 = 4096.0;

/// Hears nothing but whether to stop.
struct Quiet<'a>(&'a dyn Observer);

impl Observer for Quiet<'_> {
    fn interrupted(&self) -> bool {
        self.0.interrupted()
    }
}

impl Judge<'_> {
    /// The value of every model to `frontier`, which is all that was found. With `searches`, one
    /// search on a coarse grid is done for each model, without it, and one with all models.
    pub(in crate::optimize) fn model_values(
        &self,
        frontier: &[Found],
        options: Option<&Options>,
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
        let without = match options {
            None => vec![None; count],
            Some(options) => self.without_each(options, observer)?.into_iter().map(Some).collect(),
        };
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
        let frontier = |left_out: Option<usize>| -> Vec<(f64, f64)> {
            let wanted = |committee: &crate::cascade::Committee| {
                left_out.is_none_or(|model| !committee.models().contains(&model))
            };
            let space =
                Space::among(tuning.pool, &tuning.signals, scope, &tuning.samples, |_, of| {
                    wanted(of)
                });
            let found = search(&space, &options, &Quiet(observer)).frontier;
            let merit = |found: &Found| {
                let merit = self.scorer.merit(found);
                (merit.cost, merit.accuracy)
            };
            found.iter().map(merit).collect()
        };
        let reference = &self.singles[self.reference];
        let models = self.models();
        let costs =
            |a: &&usize, b: &&usize| self.singles[**a].cost.total_cmp(&self.singles[**b].cost);
        let cheapest =
            models.iter().min_by(costs).map_or(0.0, |&model| self.singles[model].accuracy);
        let by = Yardstick { corner: (reference.cost, cheapest), accuracy: reference.accuracy };
        let all = frontier(None);
        let without =
            (0..self.singles.len()).map(|model| Without::new(&all, &frontier(Some(model)), by));
        Ok(without.collect())
    }
}
