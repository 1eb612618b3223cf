//! Single models against cascades: the paper's Table 2 on the user's own pool.

use crate::frontier::{Merit, Single, similar};
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
