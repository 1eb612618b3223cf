//! Costs as integers, so that sums, comparisons and ties are exact.

/// What all models cost on all samples stays below this, so that no sum of [`Ticks`] overflows.
const MOST: u128 = 1 << 63;

/// Decimal digits that the largest cost has in ticks, where no cost needs more and they fit.
const DIGITS: i32 = 12;

/// One more digit would be above [`MOST`].
const MOST_DIGITS: i32 = 19;

/// Decimal digits below a tick that a mean is taken to.
const SPARE: u32 = 18;

/// A cost, or a sum of costs, in whole ticks of a [`CostScale`].
pub type Ticks = u64;

/// Converts costs in the user's unit to and from whole ticks, a power of ten of that unit.
///
/// Decimal ticks keep what people write (`40.55104`) exact, so that a sum over samples is the
/// same whatever the order of its terms, and two cascades of equal cost compare as equal. Costs
/// that span too many digits to be added up in 63 bits are rounded to the nearest tick.
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
    /// A scale on which the largest of `costs` has twelve digits, or more where a cost needs them to
    /// be whole ticks; but no finer than that all costs together, on `samples` samples, stay below
    /// 2^63 ticks. `costs` are finite and at least 0.
    pub fn new(costs: &[f64], samples: usize) -> Self {
        let largest = costs.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let magnitude = largest.log10().floor() as i32 + 1;
        let needed = costs.iter().map(|&cost| -decimal(cost).1).max().unwrap_or(0);
        let wanted = needed.max(DIGITS - magnitude).min(MOST_DIGITS - magnitude);
        let fits = |scale: &Self| {
            let total: u128 = costs.iter().map(|&cost| u128::from(scale.ticks(cost))).sum();
            total * (samples.max(1) as u128) < MOST
        };
        let scale = |decimals| Self { decimals };
        (1 - magnitude..=wanted).rev().map(scale).find(fits).unwrap_or(scale(-magnitude))
    }

    /// `cost` in ticks, rounded to the nearest; at most [`Ticks::MAX`].
    pub fn ticks(self, cost: f64) -> Ticks {
        let (digits, exponent) = decimal(cost);
        let exponent = exponent + self.decimals;
        let power = 10u128.checked_pow(exponent.unsigned_abs());
        match power {
            Some(power) if exponent >= 0 => {
                Ticks::try_from(u128::from(digits).saturating_mul(power)).unwrap_or(Ticks::MAX)
            }
            Some(power) => ((u128::from(digits) + power / 2) / power) as Ticks,
            None if exponent >= 0 && digits > 0 => Ticks::MAX,
            None => 0,
        }
    }

    /// `cost` to the nearest tick: the very same wherever ticks can hold it.
    pub fn rounded(self, cost: f64) -> f64 {
        self.cost(self.ticks(cost))
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

/// The shortest decimal number that reads as `value`, which is at least 0: `digits * 10^exponent`,
/// of at most 17 digits.
fn decimal(value: f64) -> (u64, i32) {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').expect("this format has an exponent");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number = format!("{whole}{fraction}").parse().expect("at most 17 digits");
    let exponent: i32 = exponent.parse().expect("this format has an exponent");
    (number, exponent - fraction.len() as i32)
}

/// `value * 10^exponent`, correctly rounded.
fn shift(value: impl std::fmt::Display, exponent: i32) -> f64 {
    format!("{value}e{exponent}").parse().expect("a number, 'e' and an integer make a float")
}

/// All digits of a cost, without the zeros of very large and very small ones.
pub(crate) fn all_digits(cost: f64) -> String {
    if (1e-9..1e17).contains(&cost) { cost.to_string() } else { format!("{cost:e}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The plainest exact scale: as many decimals as the costs are written with.
    fn written_exactly(costs: &[f64], samples: usize) -> bool {
        let decimals = costs.iter().filter(|cost| **cost > 0.0).map(|&cost| -decimal(cost).1);
        let scale = CostScale { decimals: decimals.max().unwrap_or(0) };
        let total: u128 = costs.iter().map(|&cost| u128::from(scale.ticks(cost))).sum();
        total.saturating_mul(samples as u128) < MOST
    }

    proptest! {
        #[test]
        fn costs_come_back_bit_for_bit_where_they_fit(
            costs in proptest::collection::vec((0u64..10_000_000, -6i32..6), 2..8),
            samples in 1usize..60_000,
        ) {
            let costs = costs.into_iter().map(|(digits, exponent)| shift(digits, exponent));
            let costs: Vec<f64> = costs.chain([1.0]).collect();
            let scale = CostScale::new(&costs, samples);
            let exact = costs.iter().all(|&cost| scale.rounded(cost).to_bits() == cost.to_bits());
            prop_assert!(exact || !written_exactly(&costs, samples));
            let total: u128 = costs.iter().map(|&cost| u128::from(scale.ticks(cost))).sum();
            prop_assert!(total * (samples as u128) < MOST);
        }

        #[test]
        fn any_cost_becomes_the_nearest_tick(cost in 0.0..1e9f64, decimals in -3i32..9) {
            let scale = CostScale { decimals };
            // Twice the distance in ticks, of which f64 holds enough digits here.
            let off = (shift(cost, decimals) - scale.ticks(cost) as f64).abs();
            prop_assert!(off <= 0.5 + shift(cost, decimals) * f64::EPSILON, "{off}");
        }
    }

    #[test]
    fn long_costs_survive_next_to_short_ones() {
        for costs in [[0.39, 9.9], [40.55104, 125.485696], [1e-9, 3e-7], [5.0, 2.5e9]] {
            let scale = CostScale::new(&costs, 50_000);
            assert_eq!(costs.map(|cost| scale.rounded(cost)), costs);
        }
        let costs = [1234567.0, 12345678901234.0];
        assert_eq!(costs.map(|cost| CostScale::new(&costs, 6000).rounded(cost)), costs);
        let costs = [1e-300, 1.5e-299];
        assert_eq!(costs.map(|cost| CostScale::new(&costs, 6000).rounded(cost)), costs);
    }

    #[test]
    fn ticks_saturate() {
        let scale = CostScale { decimals: 5 };
        assert_eq!(
            [0.0, 4e-6, 6e-6, 1e30, 1e300].map(|cost| scale.ticks(cost)),
            [0, 0, 1, u64::MAX, u64::MAX]
        );
        assert_eq!(CostScale { decimals: -300 }.ticks(1e-300), 0);
    }

    #[test]
    fn totals_never_overflow() {
        for (cost, models, samples) in
            [(9.99, 100, 1_000_000_000), (1e300, 8, u32::MAX as usize), (9.999999999999999, 2, 1)]
        {
            let scale = CostScale::new(&vec![cost; models], samples);
            let largest = u128::from(scale.ticks(cost));
            assert!(largest > 0 && largest * models as u128 * (samples as u128) < MOST);
        }
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
