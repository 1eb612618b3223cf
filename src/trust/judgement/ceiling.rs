//! How much a perfect gate could still give.

use serde::{Deserialize, Serialize};

use super::Figures;
use crate::cascade::{CostScale, Ticks};

/// What is out of reach, against what there is, on the same samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Ceiling {
    /// Number of samples.
    pub samples: usize,
    /// What the chosen cascade does.
    pub cascade: Figures,
    /// The chosen cascade if its gates knew who is right: a sample exits at the first stage that is
    /// right, or at the first stage if none is.
    pub perfect_gate: Figures,
    /// The oracle: it runs nothing but the cheapest model that is right, or the cheapest of all if
    /// none is.
    pub oracle: Figures,
}

/// Accuracy and mean cost of taking, for every sample, the cheapest of `ways` that is right on it, and
/// the cheapest of all where none is. A way has its cost and says of every sample whether it is right;
/// of equal costs any will do. Without ways or samples both are 0.
pub fn cheapest_right(ways: &[(Ticks, Vec<bool>)], scale: CostScale) -> Figures {
    let mut ways: Vec<&(Ticks, Vec<bool>)> = ways.iter().collect();
    ways.sort_by_key(|way| way.0);
    let Some((cheapest, first)) = ways.first() else { return Figures { accuracy: 0.0, cost: 0.0 } };
    let (mut correct, mut total) = (0u32, 0);
    for sample in 0..first.len() {
        let right = ways.iter().find(|way| way.1[sample]);
        correct += u32::from(right.is_some());
        total += right.map_or(*cheapest, |way| way.0);
    }
    let samples = first.len();
    let accuracy = f64::from(correct) / samples.max(1) as f64;
    Figures { accuracy, cost: scale.mean(total, samples) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheapest_right_one_is_paid() {
        let scale = CostScale::new(&[1.0, 10.0], 4);
        let ticks = |cost| scale.ticks(cost);
        let ways = [
            (ticks(10.0), vec![true, true, false, false]),
            (ticks(1.0), vec![true, false, true, false]),
        ];
        let found = cheapest_right(&ways, scale);
        assert_eq!(found, Figures { accuracy: 0.75, cost: 13.0 / 4.0 });
        assert_eq!(cheapest_right(&[], scale), Figures { accuracy: 0.0, cost: 0.0 });
    }
}
