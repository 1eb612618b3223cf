//! Choosing one cascade of a frontier.

use super::limits::{Limits, Merit};
use super::unmet::{Eased, Unmet};

/// The number of the chosen cascade: where an accuracy is asked for, the cheapest that reaches it,
/// else the most accurate within the limits. `points` rise in cost and accuracy. A point without
/// groups has no accuracy in any.
///
/// # Errors
/// [`Unmet`] if no point is within the limits.
pub fn choose(points: &[Merit], limits: &Limits) -> Result<usize, Box<Unmet>> {
    let most_accurate = points.iter().rposition(|point| limits.can_afford(point));
    let chosen = match limits.min_accuracy {
        None => points.iter().rposition(|point| limits.allow(point)),
        Some(_) => points.iter().position(|point| limits.allow(point)),
    };
    chosen.ok_or_else(|| {
        Box::new(Unmet {
            limits: *limits,
            nearest: most_accurate.map_or(points.first(), |at| points.get(at)).copied(),
            lacks_accuracy: most_accurate.is_some(),
            eased: Eased::new(points, limits),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontier::Goal;

    fn points() -> Vec<Merit> {
        let merit = |(accuracy, cost)| Merit {
            accuracy,
            cost,
            worst_case_cost: 3.0 * cost,
            min_group_accuracy: Some(if cost == 4.0 { 0.3 } else { accuracy - 0.1 }),
        };
        [(0.5, 1.0), (0.7, 2.0), (0.8, 4.0), (0.9, 9.0)].map(merit).to_vec()
    }

    fn chosen(limits: Limits) -> Result<usize, Box<Unmet>> {
        choose(&points(), &limits)
    }

    #[test]
    fn budgets_take_the_most_accurate() {
        assert_eq!(chosen(Limits { max_cost: Some(4.0), ..Limits::default() }), Ok(2));
        assert_eq!(chosen(Limits { max_worst_case_cost: Some(11.0), ..Limits::default() }), Ok(1));
    }

    #[test]
    fn targets_take_the_cheapest() {
        assert_eq!(chosen(Limits { min_accuracy: Some(0.7), ..Limits::default() }), Ok(1));
        let both = Limits { min_accuracy: Some(0.6), max_cost: Some(9.0), ..Limits::default() };
        assert_eq!(chosen(both), Ok(1));
    }

    #[test]
    fn no_group_may_fall_behind() {
        let limits = |least| Limits { min_group_accuracy: Some(least), ..Limits::default() };
        assert_eq!(chosen(limits(0.8)), Ok(3));
        assert_eq!(chosen(Limits { max_cost: Some(4.0), ..limits(0.5) }), Ok(1));
        assert_eq!(chosen(Limits { min_accuracy: Some(0.75), ..limits(0.4) }), Ok(3));
        let unmet = chosen(limits(0.85)).unwrap_err();
        assert!(unmet.lacks_accuracy);
        let message = unmet.message("no cascade", "GFLOPs", &Goal::default(), None);
        assert!(
            message.contains("at least 0.85 in every group: the most accurate has"),
            "{message}"
        );
        assert!(message.contains("0.9000, of 0.8000 in its worst group, at 9.0000"), "{message}");
    }

    #[test]
    fn what_cannot_be_met_names_the_nearest() {
        let accurate =
            Limits { min_accuracy: Some(0.95), max_cost: Some(5.0), ..Limits::default() };
        let unmet = chosen(accurate).unwrap_err();
        assert_eq!((unmet.nearest.unwrap().accuracy, unmet.lacks_accuracy), (0.8, true));
        let cheap = Limits { max_cost: Some(0.5), ..Limits::default() };
        let unmet = chosen(cheap).unwrap_err();
        assert_eq!((unmet.nearest.unwrap().cost, unmet.lacks_accuracy), (1.0, false));
        let message = unmet.message("no cascade", "GFLOPs", &Goal::default(), None);
        assert!(message.contains("cost of at most 0.5 GFLOPs"), "{message}");
        assert_eq!(choose(&[], &cheap).unwrap_err().nearest, None);
    }
}
