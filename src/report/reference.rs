//! Single models against cascades: the paper's Table 2 on the user's own pool.

use crate::frontier::{Goal, Merit, Single, Unmet, choose, similar};
use crate::spec::wire::{Frontier, ModelEntry, Point};

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
    let merits = frontier.merits();
    let point = |at: Option<usize>| at.map(|at| &frontier.points[at]);
    let mut models: Vec<&ModelEntry> = frontier.pool.models.iter().collect();
    models.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let rows = models.into_iter().map(|model| {
        let similar = similar(&merits, &model.into());
        Row { model, similar_cost: point(similar.cost), similar_accuracy: point(similar.accuracy) }
    });
    rows.collect()
}

/// What no cascade of `frontier` meets, what comes nearest and which limit of `goal` to ease, in one
/// sentence with `none` for "no cascade". Where there is no cascade at all, the cheapest model is nearest.
pub fn unmet_message(none: &str, frontier: &Frontier, unmet: &Unmet, goal: &Goal) -> String {
    let unit = &frontier.pool.cost_unit;
    let models = frontier.pool.models.iter();
    let cheapest = models.min_by(|a, b| a.cost.total_cmp(&b.cost)).map(|model| Merit {
        accuracy: model.accuracy,
        cost: model.cost,
        worst_case_cost: model.cost,
        min_group_accuracy: None,
    });
    let of_model = match (unmet.nearest, cheapest) {
        (None, Some(cheapest)) => choose(&[cheapest], &unmet.limits).err(),
        _ => None,
    };
    let singles = frontier.singles();
    let reference = goal.limits(&singles).1.map(|model| singles[model].name);
    of_model.as_deref().unwrap_or(unmet).message(none, unit, goal, reference)
}

impl Frontier {
    /// The figures that a choice goes by, point by point.
    pub fn merits(&self) -> Vec<Merit> {
        let merit = |point: &Point| {
            let &Point { accuracy, cost, worst_case_cost, min_group_accuracy, .. } = point;
            Merit { accuracy, cost, worst_case_cost, min_group_accuracy }
        };
        self.points.iter().map(merit).collect()
    }

    /// The single models, in the order of the pool.
    pub fn singles(&self) -> Vec<Single<'_>> {
        self.pool.models.iter().map(Single::from).collect()
    }
}

impl<'a> From<&'a ModelEntry> for Single<'a> {
    fn from(model: &'a ModelEntry) -> Self {
        Self { name: &model.name, cost: model.cost, accuracy: model.accuracy }
    }
}
