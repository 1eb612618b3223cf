//! How good a frontier is as a whole, in one number.

/// The area that `points` (cost, accuracy), in any order, dominate within the box that ends at the
/// corner `reference` = (largest cost, smallest accuracy). Costs less, or is more accurate: better.
/// Points outside the box count for the part of it that they dominate.
///
/// Source: Zitzler and Thiele, "Multiobjective optimization using evolutionary algorithms", PPSN V
/// (1998), there called size of the space covered.
///
/// ```
/// use committee::frontier::hypervolume;
/// let area = hypervolume(&[(1.0, 0.5), (3.0, 0.9)], (4.0, 0.1));
/// assert!((area - (2.0 * 0.4 + 1.0 * 0.8)).abs() < 1e-12);
/// ```
pub fn hypervolume(points: &[(f64, f64)], (dearest, worst): (f64, f64)) -> f64 {
    let mut inside: Vec<(f64, f64)> =
        points.iter().copied().filter(|&(x, y)| x < dearest && y > worst).collect();
    inside.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut area = 0.0;
    let mut best = worst;
    for (number, &(_, accuracy)) in inside.iter().enumerate() {
        best = f64::max(best, accuracy);
        let next = inside.get(number + 1).map_or(dearest, |next| next.0);
        area += (next - inside[number].0) * (best - worst);
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_cells_that_some_point_dominates() {
        // On a grid of unit cells, by hand.
        let points = [(2.0, 3.0), (0.0, 1.0), (5.0, 9.0), (2.0, 2.0), (4.0, 2.0), (9.0, 9.0)];
        let (width, height) = (7, 6);
        let dominated =
            |x: i32, y: i32| points.iter().any(|p| p.0 <= f64::from(x) && p.1 >= f64::from(y + 1));
        let cells = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
        let count = cells.filter(|&(x, y)| dominated(x, y)).count();
        // Accuracies above the box dominate to its top only.
        let clipped = points.map(|(x, y): (f64, f64)| (x, y.min(f64::from(height))));
        assert_eq!(hypervolume(&clipped, (f64::from(width), 0.0)), count as f64);
        assert_eq!(hypervolume(&[], (1.0, 0.0)), 0.0);
        assert_eq!(hypervolume(&[(2.0, 0.5)], (1.0, 0.0)), 0.0);
    }
}
