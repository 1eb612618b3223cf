//! Keeping few points of a frontier at the least loss of hypervolume.

use std::collections::BTreeSet;

/// Which `keep` of `points` to keep: the cheapest, the most accurate and those of `pinned` stay, even
/// if they alone are more than `keep`; the others are chosen so that the hypervolume between the two
/// ends shrinks least. `points` are (cost, accuracy), both strictly rising; the result is ascending.
///
/// The hypervolume of points `(x, y)` is the sum of `y * (next x - x)`, so the best choice ending
/// at a point is a maximum over lines in its `x`: dynamic programming with an upper envelope of
/// lines, in time `points * keep`. Source: Kuhn et al., "Hypervolume subset selection in two
/// dimensions", Evolutionary Computation 24 (2016).
pub fn thin(points: &[(f64, f64)], keep: usize, pinned: &BTreeSet<usize>) -> Vec<usize> {
    if points.len() <= keep {
        return (0..points.len()).collect();
    }
    let last = points.len() - 1;
    let mut stay = pinned.clone();
    stay.extend([0, last]);
    if stay.len() >= keep {
        return stay.into_iter().collect();
    }
    let stays: Vec<bool> = (0..points.len()).map(|i| stay.contains(&i)).collect();
    // best[i]: largest area left of point i with the points chosen so far, i being the newest.
    let mut best = vec![f64::NEG_INFINITY; points.len()];
    best[0] = 0.0;
    let mut came_from: Vec<Vec<u32>> = Vec::with_capacity(keep - 1);
    for _ in 1..keep {
        let (next, from) = extend(points, &best, &stays);
        best = next;
        came_from.push(from);
    }
    let mut chosen = vec![last];
    let mut at = last;
    for from in came_from.iter().rev() {
        at = from[at] as usize;
        chosen.push(at);
    }
    chosen.reverse();
    chosen
}

/// The best areas with one more point, and the point before. No step passes over one that stays.
fn extend(points: &[(f64, f64)], best: &[f64], stays: &[bool]) -> (Vec<f64>, Vec<u32>) {
    let mut next = vec![f64::NEG_INFINITY; points.len()];
    let mut from = vec![0; points.len()];
    // The upper envelope: lines `y_p * x + (best_p - y_p x_p)`, slopes rising.
    let mut envelope: Vec<(usize, f64, f64)> = Vec::new();
    let mut head = 0;
    for (i, &(x, y)) in points.iter().enumerate() {
        let value = |line: &(usize, f64, f64)| line.1 * x + line.2;
        while head + 1 < envelope.len() && value(&envelope[head + 1]) >= value(&envelope[head]) {
            head += 1;
        }
        if let Some(line) = envelope.get(head) {
            next[i] = value(line);
            from[i] = line.0 as u32;
        }
        if stays[i] {
            envelope.clear();
            head = 0;
        }
        if best[i] > f64::NEG_INFINITY {
            let line = (i, y, best[i] - y * x);
            while envelope.len() >= head + 2 && is_hidden(&envelope, &line) {
                envelope.pop();
            }
            envelope.push(line);
        }
    }
    (next, from)
}

/// Whether the last line of the envelope is nowhere above both its neighbour and `new`.
fn is_hidden(envelope: &[(usize, f64, f64)], new: &(usize, f64, f64)) -> bool {
    let [.., before, last] = envelope else { return false };
    (new.2 - before.2) * (last.1 - before.1) >= (last.2 - before.2) * (new.1 - before.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_limit_holds_unless_more_must_stay() {
        let points: Vec<(f64, f64)> = (0..20).map(|i| (f64::from(i), f64::from(i))).collect();
        let pinned = BTreeSet::from([3, 4, 5]);
        assert_eq!(thin(&points, 20, &pinned).len(), 20);
        assert_eq!(thin(&points, 2, &pinned), [0, 3, 4, 5, 19]);
    }

    fn area(points: &[(f64, f64)], chosen: &[usize]) -> f64 {
        let pairs = chosen.windows(2);
        pairs.map(|pair| points[pair[0]].1 * (points[pair[1]].0 - points[pair[0]].0)).sum()
    }

    proptest! {
        #[test]
        fn no_other_choice_keeps_more(
            steps in prop::collection::vec((1..9u32, 1..9u32), 1..11),
            keep in 2..8usize,
            pinned in prop::collection::btree_set(0..12usize, 0..4),
        ) {
            let mut at = (0.0, 0.0);
            let points: Vec<(f64, f64)> = steps
                .iter()
                .map(|&(cost, accuracy)| {
                    at = (at.0 + f64::from(cost), at.1 + f64::from(accuracy));
                    at
                })
                .collect();
            let last = points.len() - 1;
            let mut stay: BTreeSet<usize> = pinned.into_iter().filter(|i| *i <= last).collect();
            let chosen = thin(&points, keep, &stay);
            stay.extend([0, last]);
            prop_assert_eq!(chosen.len(), keep.max(stay.len()).min(points.len()));
            prop_assert!(chosen.is_sorted() && stay.iter().all(|i| chosen.contains(i)));
            for bits in 0u32..1 << points.len() {
                let other: Vec<usize> = (0..points.len()).filter(|i| bits >> i & 1 == 1).collect();
                if other.len() == chosen.len() && stay.iter().all(|i| other.contains(i)) {
                    prop_assert!(area(&points, &other) <= area(&points, &chosen) + 1e-9);
                }
            }
        }
    }
}
