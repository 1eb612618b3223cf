//! Costs as integers, so that sums, comparisons and ties are exact.

/// The largest model cost is held with at most this many decimal digits.
const DIGITS: i32 = 12;

/// The cost of all models on all samples stays below ten to this power, which a [`Ticks`] holds.
const TOTAL_DIGITS: i32 = 18;

/// Decimal digits below a tick that a mean is taken to.
const SPARE: u32 = 18;

/// A cost, or a sum of costs, in whole ticks of a [`CostScale`].
pub type Ticks = u64;

/// Converts costs in the user's unit to and from whole ticks, a power of ten of that unit.
///
/// Decimal ticks keep what people write (`40.55104`) exact, so that a sum over samples is the
/// same whatever the order of its terms, and two cascades of equal cost compare as equal.
/// A cost with more than twelve digits below the pool's largest is rounded to the twelfth.
///
/// ```
/// use committee::cascade::CostScale;
/// let scale = CostScale::new(&[40.55104, 125.485696], 10_000);
/// assert_eq!(scale.cost(scale.ticks(40.55104) + scale.ticks(125.485696)), 166.036736);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostScale {
    /// One tick is `10^-decimals` units.
    decimals: i32,
}

impl CostScale {
    /// The finest scale on which the largest of `costs` has twelve digits and all of them together
    /// on `samples` samples do not overflow. `costs` are finite and at least 0.
    pub fn new(costs: &[f64], samples: usize) -> Self {
        let largest = costs.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let total =
            costs.iter().map(|cost| cost / largest).sum::<f64>().max(1.0) * samples.max(1) as f64;
        let magnitude = largest.log10().floor() as i32 + 1;
        let spare = TOTAL_DIGITS - total.log10().ceil() as i32;
        Self { decimals: DIGITS.min(spare) - magnitude }
    }

    /// `cost` in ticks, rounded to the nearest.
    pub fn ticks(self, cost: f64) -> Ticks {
        // The decimal text is shifted, not the binary value multiplied: that rounds only once.
        shift(cost, self.decimals).round() as Ticks
    }

    /// `ticks` in the user's unit: the f64 nearest to that decimal number.
    pub fn cost(self, ticks: Ticks) -> f64 {
        shift(ticks, -self.decimals)
    }

    /// The mean cost per sample, in the user's unit, of `samples` that cost `total` ticks together:
    /// the f64 nearest to that ratio. So samples of one cost have just that cost as their mean.
    /// 0 if there are none.
    pub fn mean(self, total: Ticks, samples: usize) -> f64 {
        // Divided with digits to spare, and one more for whether anything is left.
        let (total, samples) = (u128::from(total) * 10u128.pow(SPARE), samples.max(1) as u128);
        let left = u8::from(total % samples != 0);
        let digits = format!("{}{left}", total / samples);
        shift(digits, -self.decimals - SPARE as i32 - 1)
    }
}

/// `value * 10^exponent`, correctly rounded.
fn shift(value: impl std::fmt::Display, exponent: i32) -> f64 {
    format!("{value}e{exponent}").parse().expect("a number, 'e' and an integer make a float")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_survive() {
        for costs in [[0.39, 9.9], [40.55104, 125.485696], [1e-9, 3e-7], [5.0, 2.5e9]] {
            let scale = CostScale::new(&costs, 50_000);
            for cost in costs {
                assert_eq!(scale.cost(scale.ticks(cost)), cost);
            }
        }
    }

    #[test]
    fn totals_never_overflow() {
        let scale = CostScale::new(&[9.99; 100], 1_000_000_000);
        let largest = scale.ticks(9.99) as u128;
        assert!(largest > 0 && largest * 100 * 1_000_000_000 < u64::MAX as u128);
    }

    #[test]
    fn the_mean_of_equal_costs_is_that_cost() {
        let costs = [0.09, 1.774, 2.0 / 3.0, 19420.938];
        for samples in [1, 3, 7, 18, 1000, 49_999, 1_000_003] {
            let scale = CostScale::new(&costs, samples);
            for cost in costs {
                let ticks = scale.ticks(cost);
                assert_eq!(scale.mean(ticks * samples as u64, samples), scale.cost(ticks));
                let less = scale.mean(ticks * samples as u64 - 1, samples);
                assert!(less <= scale.cost(ticks), "means rise with their sums");
            }
        }
        assert_eq!(CostScale::new(&[0.5, 1.0], 3).mean(0, 0), 0.0);
    }

    #[test]
    fn sums_have_no_binary_dust() {
        let scale = CostScale::new(&[0.1, 0.2], 50_000);
        assert_eq!(scale.cost(scale.ticks(0.1) + scale.ticks(0.2)), 0.3);
    }
}
