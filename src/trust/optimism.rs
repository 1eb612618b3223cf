//! How much a frontier's tuning figures flatter.

use serde::{Deserialize, Serialize};

use super::Outcomes;

/// One-sided 5 % point of the normal distribution.
const SURPRISING: f64 = 1.644_853_626_951_472_7;

/// Share of the gain above which optimism matters.
const SHARE_OF_GAIN: f64 = 0.1;

/// Tuning less held-out accuracy, as a mean over a frontier. All figures are shares, not points.
///
/// Source of the word: Efron, "How biased is the apparent error rate of a prediction rule?", JASA 81
/// (1986).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Optimism {
    /// The mean; below 0 where held-out samples did better.
    pub mean: f64,
    /// The mean, less what comes of held-out samples being harder or easier than those that tuned,
    /// as far as all single models together show it: nothing of these was tuned. Null where samples
    /// do not tell how much they vary: a side has fewer than two, or the same errors on each.
    pub adjusted: Option<f64>,
    /// The standard error of `adjusted`: by how much it would vary if nothing had been tuned. Null with it.
    pub standard_error: Option<f64>,
    /// What the frontier gains on single models of no more cost: mean difference in tuning accuracy.
    pub gain: f64,
    /// Whether `adjusted` is more than chance explains (above 1.645 standard errors, one-sided 5 %)
    /// and more than a tenth of the gain.
    pub is_large: bool,
}

/// How much optimism there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// More than chance explains, and enough to matter.
    Large,
    /// Enough to matter, but chance may be all of it.
    NotBeyondChance,
    /// Little, next to the gain.
    Small,
    /// Samples do not tell how much chance explains.
    Unknown,
}

/// The cascades of a frontier, and the single models, on the same samples.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What the cascades get wrong.
    pub cascades: &'a Outcomes,
    /// What the models get wrong.
    pub models: &'a Outcomes,
}

impl Optimism {
    /// From what cascades do on the samples that tuned and on other samples, held out. `gain` is
    /// [`Optimism::gain`]. `None` if there are no cascades, or no samples on either side.
    ///
    /// Each sample has the share `y` of cascades that are wrong on it, and the share `z` of models. The
    /// mean optimism is the difference of the means of `y`. The means of `z` differ too, for reasons
    /// that are none of tuning's. So the adjusted optimism is the difference of the means of `y - b z`,
    /// with the `b` that leaves this the least variance: the covariance of the differences by the
    /// variance of that of `z`. All models weigh the same in `z`: weights that follow the cascades
    /// would take the luck of the models they run for difficulty of the samples.
    ///
    /// Source: control variates; Lavenberg and Welch, Management Science 27 (1981).
    pub fn new(tuning: Seen<'_>, held: Seen<'_>, gain: f64) -> Option<Self> {
        let cascades = known(tuning.cascades, held.cascades)?;
        let (tuning, held) = (Moments::new(tuning), Moments::new(held));
        let mean = held.y - tuning.y;
        let [yy, yz, zz] = [tuning.yy + held.yy, tuning.yz + held.yz, tuning.zz + held.zz];
        let slope = if zz > 0.0 { yz / zz } else { 0.0 };
        let adjusted = mean - slope * (held.z - tuning.z);
        let variance = yy - slope * yz;
        // A side on which nothing varies says nothing of how much it would.
        // Nor does one of so few samples that single models explain all that varies.
        let varies = tuning.yy > 0.0 && held.yy > 0.0 && variance > 1e-9 * yy;
        let adjusted = varies.then_some((adjusted, variance));
        Some(Self::from_moments(mean, adjusted, cascades, gain))
    }

    /// From what cascades do on the samples that tuned, and what others for their cost, tuned without
    /// these, do on the same samples in the same order. Nothing is adjusted: samples are the same.
    /// The standard error is that of a mean of paired differences.
    pub fn cross_fitted(tuning: &Outcomes, held: &Outcomes, gain: f64) -> Option<Self> {
        let cascades = known(tuning, held)?;
        let pairs = held.wrong_cascades().into_iter().zip(tuning.wrong_cascades());
        let (mean, variance) =
            moments(pairs.map(|(held, tuning)| i64::from(held) - i64::from(tuning)));
        let adjusted = (variance > 0.0).then_some((mean, variance));
        Some(Self::from_moments(mean, adjusted, cascades, gain))
    }

    /// `mean`, and `adjusted` with its variance, are of numbers of cascades, not shares.
    fn from_moments(mean: f64, adjusted: Option<(f64, f64)>, cascades: f64, gain: f64) -> Self {
        let mean = mean / cascades;
        let error = |variance: f64| variance.max(0.0).sqrt() / cascades;
        let adjusted = adjusted.map(|(adjusted, variance)| (adjusted / cascades, error(variance)));
        let is_large = adjusted.is_some_and(|(adjusted, error)| {
            adjusted > SURPRISING * error && adjusted > SHARE_OF_GAIN * gain
        });
        let (adjusted, standard_error) = adjusted.unzip();
        Self { mean, adjusted, standard_error, gain, is_large }
    }

    /// How much there is of it.
    pub fn size(&self) -> Size {
        match self.adjusted {
            None => Size::Unknown,
            Some(_) if self.is_large => Size::Large,
            Some(adjusted) if adjusted > SHARE_OF_GAIN * self.gain => Size::NotBeyondChance,
            Some(_) => Size::Small,
        }
    }
}

/// The number of cascades, if something is known of them on both sides.
fn known(tuning: &Outcomes, held: &Outcomes) -> Option<f64> {
    let known = tuning.cascades() > 0 && tuning.samples() > 0 && held.samples() > 0;
    known.then_some(tuning.cascades() as f64)
}

/// Means on one side, and variances and covariance of these means, of the numbers of cascades `y` and
/// of models `z` that are wrong on a sample.
struct Moments {
    y: f64,
    z: f64,
    yy: f64,
    yz: f64,
    zz: f64,
}

impl Moments {
    fn new(seen: Seen<'_>) -> Self {
        let (ys, zs) = (seen.cascades.wrong_cascades(), seen.models.wrong_cascades());
        let of = |counts: &[u32]| moments(counts.iter().map(|&count| count.into()));
        let ((y, yy), (z, zz)) = (of(&ys), of(&zs));
        let both = ys.iter().zip(&zs);
        let (_, sum) = moments(both.map(|(&y, &z)| i64::from(y) + i64::from(z)));
        Self { y, z, yy, yz: (sum - yy - zz) / 2.0, zz }
    }
}

/// The mean of whole numbers, and the variance of that mean.
fn moments(counts: impl ExactSizeIterator<Item = i64>) -> (f64, f64) {
    let n = counts.len() as f64;
    let (mut sum, mut squares) = (0i128, 0i128);
    for count in counts {
        sum += i128::from(count);
        squares += i128::from(count * count);
    }
    let spread = (squares * n as i128 - sum * sum) as f64;
    (sum as f64 / n, spread / (n * n * (n - 1.0).max(1.0)))
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// 20 cascades and 3 models on samples that are hard for all or for none, more or less.
    fn draw(rng: &mut ChaCha8Rng, samples: usize, right: f64) -> (Outcomes, Outcomes) {
        let shared: Vec<bool> = (0..samples).map(|_| rng.random_bool(0.9)).collect();
        let mut rows = |count: usize, right: f64| {
            let rows: Vec<Vec<bool>> = (0..count)
                .map(|_| {
                    let own = |&shared: &bool| {
                        if rng.random_bool(0.2) { rng.random_bool(right) } else { shared }
                    };
                    shared.iter().map(own).collect()
                })
                .collect();
            Outcomes::new(samples, rows.iter().map(Vec::as_slice))
        };
        (rows(20, right), rows(3, 0.9))
    }

    fn seen((cascades, models): &(Outcomes, Outcomes)) -> Seen<'_> {
        Seen { cascades, models }
    }

    #[test]
    fn without_models_it_is_the_plain_formula() {
        let tuning = Outcomes::new(4, [&[true, true, true, false][..], &[true; 4]]);
        let held = Outcomes::new(2, [&[true, false][..], &[false, false]]);
        let models = [4, 2].map(|samples| Outcomes::new(samples, []));
        let tuning = Seen { cascades: &tuning, models: &models[0] };
        let found = Optimism::new(tuning, Seen { cascades: &held, models: &models[1] }, 0.1);
        let found = found.unwrap();
        // Wrong shares: 0, 0, 0, 1/2 and 1/2, 1.
        assert!((found.mean - (0.75 - 0.125)).abs() < 1e-12);
        let error = (0.0625 / 4.0 + 0.125 / 2.0f64).sqrt();
        assert!((found.standard_error.unwrap() - error).abs() < 1e-12, "{found:?}");
        assert!(found.is_large && found.adjusted == Some(found.mean));
        assert_eq!(found.size(), Size::Large);
        let same = Optimism::cross_fitted(tuning.cascades, tuning.cascades, 0.1).unwrap();
        assert_eq!((same.mean, same.standard_error, same.is_large), (0.0, None, false));
        let none = Outcomes::new(0, []);
        let none = Seen { cascades: &none, models: &none };
        assert_eq!(Optimism::new(tuning, none, 0.1), None);
    }

    #[test]
    fn too_few_samples_have_no_standard_error() {
        let tuning = Outcomes::new(4, [&[true, true, true, false][..], &[true; 4]]);
        for held in [&[false][..], &[true, true], &[false, false, false]] {
            let none = [4, held.len()].map(|samples| Outcomes::new(samples, []));
            let held = Outcomes::new(held.len(), [held, held]);
            let tuning = Seen { cascades: &tuning, models: &none[0] };
            let held = Seen { cascades: &held, models: &none[1] };
            for found in [Optimism::new(tuning, held, 0.1), Optimism::new(held, tuning, 0.1)] {
                let found = found.unwrap();
                assert_eq!((found.adjusted, found.standard_error), (None, None));
                assert_eq!((found.is_large, found.size()), (false, Size::Unknown));
            }
        }
    }

    #[test]
    fn what_matters_and_may_be_chance_is_not_called_small() {
        let size = |adjusted, error: f64| {
            Optimism::from_moments(adjusted, Some((adjusted, error * error)), 1.0, 0.1).size()
        };
        assert_eq!(size(0.05, 0.01), Size::Large);
        assert_eq!(size(0.05, 0.04), Size::NotBeyondChance);
        assert_eq!(size(0.005, 0.001), Size::Small);
    }

    /// Where nothing was tuned it is called large about once in twenty times, and adjusting makes
    /// what was tuned stand out. Shares of 600 draws have an error of 0.009.
    #[test]
    fn chance_is_seldom_called_large() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        const REPEATS: u32 = 600;
        let (mut apart, mut paired, mut tuned, mut plain) = (0, 0, 0, 0);
        for _ in 0..REPEATS {
            let tuning = draw(&mut rng, 300, 0.9);
            let held = draw(&mut rng, 200, 0.9);
            let again = draw(&mut rng, 300, 0.9);
            let worse = draw(&mut rng, 200, 0.75);
            let large = |optimism: Option<Optimism>| u32::from(optimism.unwrap().is_large);
            apart += large(Optimism::new(seen(&tuning), seen(&held), 0.0));
            paired += large(Optimism::cross_fitted(&tuning.0, &again.0, 0.0));
            tuned += large(Optimism::new(seen(&tuning), seen(&worse), 0.0));
            let none = [300, 200].map(|samples| Outcomes::new(samples, []));
            let without =
                |at: usize, side: &'_ (Outcomes, Outcomes)| (side.0.clone(), none[at].clone());
            let (tuning, worse) = (without(0, &tuning), without(1, &worse));
            plain += large(Optimism::new(seen(&tuning), seen(&worse), 0.0));
        }
        for found in [apart, paired] {
            assert!((REPEATS / 50..=REPEATS / 10).contains(&found), "{apart} {paired}");
        }
        assert!(tuned >= REPEATS / 2 && plain <= REPEATS / 2, "{tuned} {plain}");
    }
}
