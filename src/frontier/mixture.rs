//! Single models between which chance decides: what a cascade has to beat.

use super::goal::Single;

/// Two models, each sample being given to one of them at random, or one model for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// The cheaper model, as an index.
    pub cheaper: usize,
    /// The dearer one; `None` where none is more accurate.
    pub dearer: Option<usize>,
}

impl Between {
    /// The mean accuracy where the mean cost is `cost`, as far as that can be.
    pub fn accuracy(&self, singles: &[Single<'_>], cost: f64) -> f64 {
        let cheaper = &singles[self.cheaper];
        let Some(dearer) = self.dearer.map(|dearer| &singles[dearer]) else {
            return cheaper.accuracy;
        };
        let share = ((cost - cheaper.cost) / (dearer.cost - cheaper.cost)).clamp(0.0, 1.0);
        cheaper.accuracy + share * (dearer.accuracy - cheaper.accuracy)
    }
}

/// Between which of `models` (indices into `singles`) to choose at random for the most accuracy at a mean
/// cost of `cost`: the neighbours of that cost on the upper hull of accuracy over cost. A cost below that
/// of all models counts as that of the cheapest. `None` without models.
///
/// ```
/// use committee::frontier::{Between, Single, between};
/// let single = |name, cost, accuracy| Single { name, cost, accuracy };
/// let singles = [single("s", 1.0, 0.5), single("m", 5.0, 0.6), single("l", 10.0, 0.9)];
/// // Half of the samples for s and half for l cost 5.5 and are right on 0.7.
/// assert_eq!(between(&singles, &[0, 1, 2], 5.5), Some(Between { cheaper: 0, dearer: Some(2) }));
/// ```
pub fn between(singles: &[Single<'_>], models: &[usize], cost: f64) -> Option<Between> {
    let hull = hull(singles, models);
    let above = hull.partition_point(|&model| singles[model].cost <= cost).max(1);
    let cheaper = hull.get(above - 1).copied()?;
    Some(Between { cheaper, dearer: hull.get(above).copied() })
}

/// The models that no choice between others beats, cheapest first; accuracies rise.
fn hull(singles: &[Single<'_>], models: &[usize]) -> Vec<usize> {
    let mut sorted = models.to_vec();
    sorted.sort_by(|&a, &b| {
        let (a, b) = (&singles[a], &singles[b]);
        a.cost.total_cmp(&b.cost).then(b.accuracy.total_cmp(&a.accuracy))
    });
    let mut hull: Vec<usize> = vec![];
    for model in sorted {
        let new = &singles[model];
        if hull.last().is_some_and(|&last| singles[last].accuracy >= new.accuracy) {
            continue;
        }
        while let [.., before, last] = hull[..] {
            let (before, last) = (&singles[before], &singles[last]);
            let rise = |to: &Single<'_>| (to.accuracy - before.accuracy, to.cost - before.cost);
            let ((to_last, run_last), (to_new, run_new)) = (rise(last), rise(new));
            if to_last * run_new > to_new * run_last {
                break;
            }
            hull.pop();
        }
        hull.push(model);
    }
    hull
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_other_choice_is_better(
            models in prop::collection::vec((0..8u8, 0..=10u8), 1..7),
            cost in 0.0..9.0f64,
        ) {
            let single = |&(cost, accuracy): &(u8, u8)| Single {
                name: "m",
                cost: f64::from(cost),
                accuracy: f64::from(accuracy) / 10.0,
            };
            let singles: Vec<Single<'_>> = models.iter().map(single).collect();
            let all: Vec<usize> = (0..singles.len()).collect();
            let least = singles.iter().map(|single| single.cost).fold(f64::INFINITY, f64::min);
            let cost = cost.max(least);
            let found = between(&singles, &all, cost).unwrap().accuracy(&singles, cost);
            let affordable = all.iter().filter(|&&model| singles[model].cost <= cost);
            let one = affordable.clone().map(|&model| singles[model].accuracy);
            let two = affordable.flat_map(|&cheaper| {
                let dearer = all.iter().filter(|&&model| singles[model].cost > cost);
                dearer.map(move |&dearer| Between { cheaper, dearer: Some(dearer) })
            });
            let two = two.map(|pair| pair.accuracy(&singles, cost));
            let best = one.chain(two).fold(0.0, f64::max);
            prop_assert!((found - best).abs() < 1e-9, "{found} {best}");
        }
    }
}
