//! Single models against cascades: the paper's Table 2 on the user's own pool.

use crate::error::{Error, Result};
use crate::frontier::{Limits, Merit, Unmet};
use crate::spec::wire::{Frontier, ModelEntry, Point};

/// What the user asked to be chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Goal {
    /// Most expected cost.
    pub max_cost: Option<f64>,
    /// Least accuracy.
    pub min_accuracy: Option<f64>,
    /// Most worst-case cost.
    pub max_worst_case_cost: Option<f64>,
    /// A model whose accuracy is to be reached.
    pub match_model: Option<String>,
}

impl Goal {
    /// Checks the goal against the names of the pool's models.
    ///
    /// # Errors
    /// [`Error::Option`] for a model that is not in the pool or a limit that is no number.
    pub fn check<'a>(&self, models: impl Iterator<Item = &'a str>) -> Result<()> {
        let numbers = [
            ("--max-cost", self.max_cost),
            ("--min-accuracy", self.min_accuracy),
            ("--max-worst-case-cost", self.max_worst_case_cost),
        ];
        for (option, number) in numbers {
            if let Some(number) = number.filter(|number| !(number.is_finite() && *number >= 0.0)) {
                return Err(Error::option(option, "a number of at least 0", number));
            }
        }
        if let Some(least) = self.min_accuracy.filter(|least| *least > 1.0) {
            return Err(Error::option("--min-accuracy", "a share from 0 to 1", least));
        }
        let names: Vec<&str> = models.collect();
        match &self.match_model {
            Some(name) if !names.contains(&name.as_str()) => {
                let expected = format!("a model of the pool ({})", names.join(", "));
                Err(Error::option("--match", expected, name))
            }
            _ => Ok(()),
        }
    }

    /// The limits that this goal means on `frontier`, and the model that the choice is measured
    /// against. With nothing asked for but a worst case, the best single model (within it) is to be
    /// matched.
    ///
    /// # Errors
    /// Those of [`check`](Self::check).
    pub fn limits<'a>(&self, frontier: &'a Frontier) -> Result<(Limits, Option<&'a ModelEntry>)> {
        let models = &frontier.pool.models;
        self.check(models.iter().map(|model| model.name.as_str()))?;
        let best = best_single(frontier, self.max_worst_case_cost);
        let matched = match &self.match_model {
            Some(name) => models.iter().find(|model| model.name == *name),
            None if self.max_cost.is_none() && self.min_accuracy.is_none() => best,
            None => None,
        };
        let to_match = matched.map(|model| model.accuracy);
        let min_accuracy = [self.min_accuracy, to_match].into_iter().flatten().reduce(f64::max);
        let limits = Limits {
            max_cost: self.max_cost,
            max_worst_case_cost: self.max_worst_case_cost,
            min_accuracy,
        };
        Ok((limits, matched.or(best)))
    }
}

/// The most accurate single model on the tuning samples that costs at most `limit`; of several, the
/// cheapest.
pub fn best_single(frontier: &Frontier, limit: Option<f64>) -> Option<&ModelEntry> {
    let models = frontier.pool.models.iter();
    let affordable = models.filter(|model| limit.is_none_or(|limit| model.cost <= limit));
    affordable.max_by(|a, b| a.accuracy.total_cmp(&b.accuracy).then(b.cost.total_cmp(&a.cost)))
}

/// One single model and the cascades to hold against it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// The model.
    pub model: &'a ModelEntry,
    /// The most accurate cascade that costs no more.
    pub similar_cost: Option<&'a Point>,
    /// The cheapest cascade that is at least as accurate.
    pub similar_accuracy: Option<&'a Point>,
}

/// A row for every single model, cheapest first. Cascades are picked by tuning figures.
///
/// Source: Wang et al., "Wisdom of Committees", ICLR 2022, table 2.
pub fn comparison(frontier: &Frontier) -> Vec<Row<'_>> {
    let mut models: Vec<&ModelEntry> = frontier.pool.models.iter().collect();
    models.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let row = |model| Row {
        model,
        similar_cost: frontier.points.iter().rev().find(|point| point.cost <= model.cost),
        similar_accuracy: frontier.points.iter().find(|point| point.accuracy >= model.accuracy),
    };
    models.into_iter().map(row).collect()
}

/// What no cascade of `frontier` meets and what comes nearest, in one sentence. Where there is no
/// cascade at all, that is the cheapest model.
pub fn unmet_message(frontier: &Frontier, unmet: Unmet) -> String {
    let models = frontier.pool.models.iter();
    let cheapest = models.min_by(|a, b| a.cost.total_cmp(&b.cost)).map(|model| Merit {
        accuracy: model.accuracy,
        cost: model.cost,
        worst_case_cost: model.cost,
    });
    let unmet = Unmet { nearest: unmet.nearest.or(cheapest), ..unmet };
    unmet.message(&frontier.pool.cost_unit)
}

impl From<&Point> for Merit {
    fn from(point: &Point) -> Self {
        let &Point { accuracy, cost, worst_case_cost, .. } = point;
        Self { accuracy, cost, worst_case_cost }
    }
}
