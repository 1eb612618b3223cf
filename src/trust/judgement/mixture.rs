//! A cascade against chance: two single models, of which each sample gets one at random.

use serde::{Deserialize, Serialize};

use crate::trust::Interval;
use crate::trust::interval::{binomial_interval, unskewed_interval};

/// A cascade against choosing between two models at random for the same mean cost. That takes no gate
/// that knows anything: what is not more accurate has gained nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Mixture {
    /// The cheaper of the two models.
    pub cheaper: String,
    /// The dearer one; absent where no model is more accurate than the cheaper one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dearer: Option<String>,
    /// Share of the samples that go to the dearer model, so that the mean cost is that of the cascade.
    pub dearer_share: f64,
    /// Accuracy of the cascade less the mean accuracy of the choice.
    pub accuracy_difference: f64,
    /// 95 % interval of that difference; absent on samples that tuned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_interval: Option<Interval>,
}

impl Mixture {
    /// Whether the cascade is more accurate. Without an interval, as measured.
    pub fn is_beaten(&self) -> bool {
        self.accuracy_interval.map_or(self.accuracy_difference, |ends| ends.0) > 0.0
    }
}

/// One sample: who is right, and what the cascade costs there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Whether the cascade is right.
    pub cascade: bool,
    /// Whether the cheaper model is.
    pub cheaper: bool,
    /// Whether the dearer model is.
    pub dearer: bool,
    /// The cost of the cascade.
    pub cost: f64,
}

/// The share of samples for the dearer model at which both cost the same, and the accuracy of the cascade
/// less that of the choice with its interval at `level`. `prices` are the costs of the two models, the
/// second one larger; `None` where there is but one.
///
/// The difference is a smooth function of five means (three accuracies, a cost and, through it, the
/// share), so to first order it is itself a mean: that of
/// `cascade - (1 - share) cheaper - share dearer - (A_dearer - A_cheaper) (cost - C) / (price_2 - price_1)`,
/// with `A` and `C` for measured means (the delta method). The interval is that of such a mean, with the
/// skewness taken out as for costs. Where all samples agree, it leaves room for the share of others that
/// would not be surprising.
pub fn against_chance(
    trials: &[Trial],
    (cheap, dear): (f64, Option<f64>),
    level: f64,
) -> (f64, f64, Interval) {
    let n = trials.len() as f64;
    let mean = |f: &dyn Fn(&Trial) -> f64| trials.iter().map(f).sum::<f64>() / n.max(1.0);
    let one = |right: bool| f64::from(u8::from(right));
    let spread = dear.map(|dear| dear - cheap);
    let cost = mean(&|trial| trial.cost);
    let share = spread.map_or(0.0, |spread| ((cost - cheap) / spread).clamp(0.0, 1.0));
    let rise = mean(&|trial| one(trial.dearer) - one(trial.cheaper));
    // At either end of the two prices a little more cost changes nothing.
    let per_cost = match spread {
        Some(spread) if share > 0.0 && share < 1.0 => rise / spread,
        _ => 0.0,
    };
    let value = |trial: &Trial| {
        let chance = (1.0 - share) * one(trial.cheaper) + share * one(trial.dearer);
        one(trial.cascade) - chance - per_cost * (trial.cost - cost)
    };
    let difference = mean(&value);
    let central = |power: i32| mean(&|trial| (value(trial) - difference).powi(power));
    let Interval(low, high) = if central(2) > 1e-18 {
        unskewed_interval(difference, central(2), central(3), n, level)
    } else {
        let others = binomial_interval(0, trials.len(), level).1;
        Interval(difference - others * (difference + 1.0), difference + others * (1.0 - difference))
    };
    (share, difference, Interval(low.max(-1.0), high.min(1.0)))
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const PRICES: (f64, Option<f64>) = (1.0, Some(10.0));

    /// Samples of a cascade whose gate lets out `share` of the samples; it knows who is right with
    /// probability `knows`, and else throws a coin.
    fn draw(rng: &mut ChaCha8Rng, samples: usize, share: f64, knows: f64) -> Vec<Trial> {
        let trial = |_| {
            let (cheaper, dearer) = (rng.random_bool(0.7), rng.random_bool(0.9));
            let exits = match rng.random_bool(knows) {
                true => cheaper,
                false => rng.random_bool(share),
            };
            let cascade = if exits { cheaper } else { dearer };
            Trial { cascade, cheaper, dearer, cost: if exits { 1.0 } else { 11.0 } }
        };
        (0..samples).map(trial).collect()
    }

    #[test]
    fn a_gate_that_throws_coins_gains_nothing() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let trials = draw(&mut rng, 100_000, 0.5, 0.0);
        let (share, difference, Interval(low, high)) = against_chance(&trials, PRICES, 0.95);
        // Half at 1 and half at 11 cost 6, as 5 in 9 at 10 do: running the cheap model as well is lost.
        assert!((share - 5.0 / 9.0).abs() < 0.01, "{share}");
        let truth = 0.8 - (0.7 + 0.2 * 5.0 / 9.0);
        assert!((difference - truth).abs() < 0.01 && high < 0.0 && low < truth, "{difference}");
        let trials = draw(&mut rng, 1000, 0.5, 1.0);
        assert!(against_chance(&trials, PRICES, 0.95).2.0 > 0.0);
    }

    #[test]
    fn where_all_samples_agree_others_may_not() {
        let trial = Trial { cascade: true, cheaper: true, dearer: true, cost: 2.0 };
        let (_, difference, Interval(low, high)) = against_chance(&[trial; 20], PRICES, 0.95);
        assert!(difference == 0.0 && low < -0.1 && high > 0.1);
        let none = against_chance(&[], PRICES, 0.95);
        assert_eq!((none.1, none.2), (0.0, Interval(-1.0, 1.0)));
    }

    #[test]
    fn one_model_is_no_choice() {
        let trial = |cascade, cheaper| Trial { cascade, cheaper, dearer: false, cost: 3.0 };
        let trials = [trial(true, false), trial(true, true), trial(false, true), trial(true, true)];
        let (share, difference, _) = against_chance(&trials, (1.0, None), 0.95);
        assert_eq!((share, difference), (0.0, 0.0));
    }

    /// Over many draws the lower end, from which a gain is read, misses about as often as it may, and the
    /// upper one not much more often where few samples pass a gate; the error of the shares is 0.0035.
    #[test]
    fn the_difference_is_covered_from_both_sides() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        const DRAWS: u32 = 2000;
        for (samples, share, knows) in [(100, 0.5, 0.0), (100, 0.9, 0.1), (1000, 0.8, 0.2)] {
            let exits = knows * 0.7 + (1.0 - knows) * share;
            let right =
                knows * (0.7 + 0.3 * 0.9) + (1.0 - knows) * (share * 0.7 + (1.0 - share) * 0.9);
            let cost = exits + (1.0 - exits) * 11.0;
            let truth = right - (0.7 + 0.2 * (cost - 1.0) / 9.0);
            let (mut below, mut above) = (0, 0);
            for _ in 0..DRAWS {
                let trials = draw(&mut rng, samples, share, knows);
                let Interval(low, high) = against_chance(&trials, PRICES, 0.95).2;
                below += u32::from(truth < low);
                above += u32::from(truth > high);
            }
            let told = format!("{below} {above} of {DRAWS} with {samples} {share} {knows}");
            assert!(below <= DRAWS / 25 && above <= DRAWS / 16, "{told}");
            assert!(below + above >= DRAWS / 50, "{told}: wider than it has to be");
        }
    }
}
