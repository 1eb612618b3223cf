//! To cascade or not to cascade.

use serde::{Deserialize, Serialize};

use crate::trust::{Interval, Paired};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// A gain is shown.
    Cascade,
    /// None is shown.
    DoNotCascade,
    /// There is one on the samples that tuned, and no others were looked at.
    NotTested,
}

/// Why no gain is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No model costs less than the reference.
    NothingCheaper,
    /// There is a gain on held-out samples, but chance may be all of it.
    NotBeyondChance,
    /// The cascade is cheaper than the reference, but so is a single model of no more cost than the
    /// cascade, and that is no less accurate on held-out samples.
    SingleSuffices,
    /// There is a gain on the samples that tuned, and none on held-out ones.
    DoesNotHold,
    /// No cheaper model is sure and right often enough to pay for itself: each one's
    /// [`sure_share`](Cheaper::sure_share) is at most its [`needed_share`](Cheaper::needed_share).
    NoneSure,
    /// The models are wrong on the same samples: the oracle that picks a right model wherever there is
    /// one makes at least nine tenths of the reference's errors.
    ErrAlike,
    /// None of these: the cascade is no better than single models on the samples that tuned.
    NoneFound,
}

/// Share of the reference's errors from which on the oracle makes as good as all of them.
const ALIKE: f64 = 0.9;

/// A cascade against a single model on the same samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Versus {
    /// The model.
    pub model: String,
    /// On how many samples who is right.
    #[serde(flatten)]
    pub paired: Paired,
    /// Accuracy of the cascade less that of the model.
    pub accuracy_difference: f64,
    /// 95 % interval of that difference; absent on samples that tuned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_interval: Option<Interval>,
    /// Cost of the cascade, as a share of the model's; null for a model that costs nothing.
    pub cost_ratio: Option<f64>,
    /// 95 % interval of that ratio; absent on samples that tuned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_ratio_interval: Option<Interval>,
}

impl Versus {
    /// Whether the cascade is cheaper, and no less accurate as far as the samples tell. Without
    /// intervals, as measured.
    pub fn saves(&self) -> bool {
        let ratio = self.cost_ratio_interval.map(|interval| interval.1).or(self.cost_ratio);
        let difference = self.accuracy_interval.map_or(self.accuracy_difference, |ends| ends.1);
        ratio.is_some_and(|ratio| ratio < 1.0) && difference >= 0.0
    }

    /// Whether the cascade is more accurate. Without an interval, as measured.
    pub fn gains(&self) -> bool {
        self.accuracy_interval.map_or(self.accuracy_difference, |ends| ends.0) > 0.0
    }

    /// The same without intervals.
    fn measured(&self) -> Self {
        Self { accuracy_interval: None, cost_ratio_interval: None, ..self.clone() }
    }
}

/// A model that costs less than the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cheaper {
    /// The model.
    pub model: String,
    /// Largest share of the tuning samples, surest first, on which it is as accurate as the reference.
    pub sure_share: f64,
    /// Its cost as a share of the reference's: running it first, and the reference on the rest, pays if
    /// it can keep more samples than that.
    pub needed_share: f64,
}

/// Whether to cascade, and why not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verdict {
    /// What to do.
    pub call: Call,
    /// Whether the cascade is shown to be cheaper than the reference and not shown to be less accurate.
    pub saves: bool,
    /// Whether it is shown to be more accurate than every model of no more cost.
    pub gains: bool,
    /// Every reason that applies, where the call is not to cascade.
    pub reasons: Vec<Reason>,
    /// The cascade against the best single model, or against the one that was to be matched.
    pub reference: Versus,
    /// The cascade against the most accurate model that costs no more than it, on the tuning samples.
    pub rival: Versus,
    /// The models that cost less than the reference, cheapest first.
    pub cheaper: Vec<Cheaper>,
}

/// What the tuning samples say.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    /// The cascade against the reference.
    pub reference: Versus,
    /// The cascade against its rival.
    pub rival: Versus,
    /// The models that cost less than the reference, cheapest first.
    pub cheaper: Vec<Cheaper>,
    /// Samples that the reference gets wrong.
    pub reference_errors: u32,
    /// Samples that all models get wrong.
    pub oracle_errors: u32,
}

impl Verdict {
    /// The verdict that held-out samples give, where there are some: the cascade against the reference
    /// and against its rival.
    pub fn new(tuned: Tuned, held: Option<(Versus, Versus)>) -> Self {
        let on_tuning = tuned.reference.saves() || tuned.rival.gains();
        let Some((reference, rival)) = held else {
            let call = if on_tuning { Call::NotTested } else { Call::DoNotCascade };
            let reasons = if on_tuning { vec![] } else { tuned.reasons() };
            let (saves, gains) = (false, false);
            let Tuned { reference, rival, cheaper, .. } = tuned;
            return Self { call, saves, gains, reasons, reference, rival, cheaper };
        };
        let (saves, gains) = (reference.saves(), rival.gains());
        let measured = reference.measured().saves() || rival.measured().gains();
        // What is saved by a single model is no gain of a cascade.
        let suffices = rival.model != reference.model && rival.accuracy_difference <= 0.0;
        let (call, reasons) = match (saves || gains, measured, on_tuning) {
            (true, ..) if suffices => (Call::DoNotCascade, vec![Reason::SingleSuffices]),
            (true, ..) => (Call::Cascade, vec![]),
            (_, true, _) => (Call::DoNotCascade, vec![Reason::NotBeyondChance]),
            (_, _, true) => (Call::DoNotCascade, vec![Reason::DoesNotHold]),
            _ => (Call::DoNotCascade, tuned.reasons()),
        };
        Self { call, saves, gains, reasons, reference, rival, cheaper: tuned.cheaper }
    }
}

impl Tuned {
    /// Why there is no gain even here.
    fn reasons(&self) -> Vec<Reason> {
        let pays = |model: &Cheaper| model.sure_share > model.needed_share;
        let (ours, theirs) = (f64::from(self.oracle_errors), f64::from(self.reference_errors));
        let mut reasons = vec![];
        if self.cheaper.is_empty() {
            reasons.push(Reason::NothingCheaper);
        } else if !self.cheaper.iter().any(pays) {
            reasons.push(Reason::NoneSure);
        }
        if theirs > 0.0 && ours >= ALIKE * theirs {
            reasons.push(Reason::ErrAlike);
        }
        if reasons.is_empty() {
            reasons.push(Reason::NoneFound);
        }
        reasons
    }
}

/// The largest share of samples, surest first, on which a model is as accurate as the reference:
/// `samples` holds its confidence, whether it is right and whether the reference is. Samples of equal
/// confidence are taken together, as a threshold would take them.
pub fn sure_share(mut samples: Vec<(f32, bool, bool)>) -> f64 {
    samples.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut lead, mut taken, mut largest) = (0i64, 0, 0);
    for run in samples.chunk_by(|a, b| a.0 == b.0) {
        lead += run.iter().map(|run| i64::from(run.1) - i64::from(run.2)).sum::<i64>();
        taken += run.len();
        if lead >= 0 {
            largest = taken;
        }
    }
    largest as f64 / samples.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn versus(paired: Paired, ratio: f64, is_held: bool) -> Versus {
        Versus {
            model: "m".to_owned(),
            paired,
            accuracy_difference: paired.difference(),
            accuracy_interval: is_held.then(|| paired.interval(0.95)),
            cost_ratio: Some(ratio),
            cost_ratio_interval: is_held.then_some(Interval(0.9 * ratio, 1.1 * ratio)),
        }
    }

    fn paired(gained: u32, lost: u32) -> Paired {
        Paired { samples: 1000, gained, lost }
    }

    fn tuned(reference: Versus, cheaper: Vec<Cheaper>) -> Tuned {
        let rival = versus(paired(0, 0), 1.0, false);
        Tuned { reference, rival, cheaper, reference_errors: 100, oracle_errors: 50 }
    }

    fn cheaper(sure_share: f64) -> Vec<Cheaper> {
        vec![Cheaper { model: "s".to_owned(), sure_share, needed_share: 0.1 }]
    }

    fn call(tuned: Tuned, held: Option<(Paired, f64, Paired)>) -> (Call, Vec<Reason>) {
        let held = held.map(|(reference, ratio, rival)| {
            let rival = Versus { model: "s".to_owned(), ..versus(rival, 1.5, true) };
            (versus(reference, ratio, true), rival)
        });
        let verdict = Verdict::new(tuned, held);
        (verdict.call, verdict.reasons)
    }

    #[test]
    fn a_gain_has_to_be_shown() {
        let good = || tuned(versus(paired(5, 5), 0.1, false), cheaper(0.9));
        let none = paired(0, 0);
        assert_eq!(call(good(), Some((paired(5, 5), 0.1, paired(5, 4)))).0, Call::Cascade);
        // Cheaper and as good, but so is a single model.
        let switched = call(good(), Some((paired(5, 5), 0.1, none)));
        assert_eq!(switched, (Call::DoNotCascade, vec![Reason::SingleSuffices]));
        // Cheaper and worse, but better than what costs no more.
        assert_eq!(call(good(), Some((paired(0, 50), 0.1, paired(50, 0)))).0, Call::Cascade);
        // Cheaper and worse.
        let worse = call(good(), Some((paired(0, 50), 0.1, none)));
        assert_eq!(worse, (Call::DoNotCascade, vec![Reason::DoesNotHold]));
        let unclear = call(good(), Some((paired(5, 5), 0.95, none)));
        assert_eq!(unclear, (Call::DoNotCascade, vec![Reason::NotBeyondChance]));
        assert_eq!(call(good(), None), (Call::NotTested, vec![]));
    }

    #[test]
    fn reasons_follow_their_rules() {
        let none = || versus(paired(0, 0), 1.0, false);
        let held = Some((paired(0, 0), 1.0, paired(0, 0)));
        let reasons = |tuned: Tuned| call(tuned, held).1;
        assert_eq!(reasons(tuned(none(), vec![])), [Reason::NothingCheaper]);
        assert_eq!(reasons(tuned(none(), cheaper(0.1))), [Reason::NoneSure]);
        assert_eq!(reasons(tuned(none(), cheaper(0.2))), [Reason::NoneFound]);
        let alike = Tuned { oracle_errors: 90, ..tuned(none(), cheaper(0.2)) };
        assert_eq!(reasons(alike), [Reason::ErrAlike]);
    }

    #[test]
    fn a_free_reference_cannot_be_undercut() {
        let free = Versus { cost_ratio: None, ..versus(paired(0, 0), 1.0, false) };
        assert!(!free.saves() && !free.gains());
    }

    proptest! {
        #[test]
        fn the_sure_share_is_the_best_threshold(
            samples in prop::collection::vec((0..6u8, any::<bool>(), any::<bool>()), 0..40)
        ) {
            let samples: Vec<(f32, bool, bool)> =
                samples.into_iter().map(|(c, a, b)| (f32::from(c), a, b)).collect();
            let kept = |threshold: f32| samples.iter().filter(move |s| s.0 >= threshold);
            let fits = |&threshold: &f32| {
                kept(threshold).filter(|s| s.1).count() >= kept(threshold).filter(|s| s.2).count()
            };
            let thresholds = (0..=6u8).map(f32::from).filter(fits);
            let most = thresholds.map(|threshold| kept(threshold).count()).max().unwrap_or(0);
            let share = most as f64 / samples.len().max(1) as f64;
            prop_assert_eq!(sure_share(samples), share);
        }
    }
}
