//! To cascade or not to cascade.

use serde::{Deserialize, Serialize};

use super::mixture::Mixture;
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
    /// The cascade is cheaper than the reference, but choosing between two single models at random is no
    /// less accurate at the same cost.
    ChanceSuffices,
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

    /// Whether nothing tells the two apart: the cascade is the model, or as good as that.
    pub fn is_alike(&self) -> bool {
        self.cost_ratio == Some(1.0) && self.paired.gained == 0 && self.paired.lost == 0
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
    /// Whether it is shown to be more accurate than choosing between single models at random for the same
    /// cost.
    pub gains: bool,
    /// Every reason that applies, where the call is not to cascade.
    pub reasons: Vec<Reason>,
    /// The cascade against the best single model, or against the one that was to be matched.
    pub reference: Versus,
    /// The cascade against the most accurate model that costs no more than it, on the tuning samples.
    pub rival: Versus,
    /// The cascade against choosing between single models at random for the same cost. Absent in older
    /// files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mixture: Option<Mixture>,
    /// The models that cost less than the reference, cheapest first.
    pub cheaper: Vec<Cheaper>,
}

/// A cascade against single models, on the same samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Against the reference.
    pub reference: Versus,
    /// Against its rival.
    pub rival: Versus,
    /// Against choosing at random.
    pub mixture: Mixture,
}

/// What the tuning samples say.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    /// The cascade against single models.
    pub compared: Compared,
    /// The models that cost less than the reference, cheapest first.
    pub cheaper: Vec<Cheaper>,
    /// Samples that the reference gets wrong.
    pub reference_errors: u32,
    /// Samples that all models get wrong.
    pub oracle_errors: u32,
}

impl Verdict {
    /// The verdict that held-out samples give, where there are some.
    pub fn new(tuned: Tuned, held: Option<Compared>) -> Self {
        let on_tuning = tuned.compared.mixture.is_beaten();
        let (call, reasons) = match &held {
            None if on_tuning => (Call::NotTested, vec![]),
            Some(held) if held.mixture.is_beaten() => (Call::Cascade, vec![]),
            _ => {
                let lacks = held.as_ref().and_then(Compared::lacks);
                let lacks = lacks.or(on_tuning.then_some(Reason::DoesNotHold));
                (Call::DoNotCascade, lacks.map_or_else(|| tuned.reasons(), |lacks| vec![lacks]))
            }
        };
        let is_shown = held.is_some();
        let Compared { reference, rival, mixture } = held.unwrap_or(tuned.compared);
        Self {
            call,
            saves: is_shown && reference.saves(),
            gains: is_shown && mixture.is_beaten(),
            reasons,
            reference,
            rival,
            mixture: Some(mixture),
            cheaper: tuned.cheaper,
        }
    }
}

impl Compared {
    /// Why what looks like a gain on these samples is none; `None` if nothing does.
    fn lacks(&self) -> Option<Reason> {
        let Self { reference, rival, mixture } = self;
        if mixture.accuracy_difference > 0.0 {
            Some(Reason::NotBeyondChance)
        } else if !reference.measured().saves() {
            None
        } else if rival.model != reference.model && rival.accuracy_difference <= 0.0 {
            // What is saved by a single model is no gain of a cascade.
            Some(Reason::SingleSuffices)
        } else {
            Some(Reason::ChanceSuffices)
        }
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

    fn versus(model: &str, (gained, lost): (u32, u32), ratio: f64, is_held: bool) -> Versus {
        let paired = Paired { samples: 1000, gained, lost };
        Versus {
            model: model.to_owned(),
            paired,
            accuracy_difference: paired.difference(),
            accuracy_interval: is_held.then(|| paired.interval(0.95)),
            cost_ratio: Some(ratio),
            cost_ratio_interval: is_held.then_some(Interval(0.9 * ratio, 1.1 * ratio)),
        }
    }

    /// A cascade that is right on `edge` more than chance is, within an interval of 0.02.
    fn compared(reference: Versus, rival: Versus, edge: f64, is_held: bool) -> Compared {
        let mixture = Mixture {
            cheaper: "s".to_owned(),
            dearer: Some("l".to_owned()),
            dearer_share: 0.1,
            accuracy_difference: edge,
            accuracy_interval: is_held.then_some(Interval(edge - 0.01, edge + 0.01)),
        };
        Compared { reference, rival, mixture }
    }

    fn tuned(edge: f64, cheaper: Vec<Cheaper>) -> Tuned {
        let [reference, rival] = ["l", "s"].map(|model| versus(model, (5, 5), 0.1, false));
        let compared = compared(reference, rival, edge, false);
        Tuned { compared, cheaper, reference_errors: 100, oracle_errors: 50 }
    }

    fn cheaper(sure_share: f64) -> Vec<Cheaper> {
        vec![Cheaper { model: "s".to_owned(), sure_share, needed_share: 0.1 }]
    }

    /// What is said of a cascade at `ratio` of the reference's cost, where it and its rival differ on so
    /// many samples.
    fn held(
        edge: f64,
        reference: (u32, u32),
        ratio: f64,
        rival: (u32, u32),
    ) -> (Call, Vec<Reason>) {
        let reference = versus("l", reference, ratio, true);
        let held = compared(reference, versus("s", rival, 1.5, true), edge, true);
        let verdict = Verdict::new(tuned(0.05, cheaper(0.9)), Some(held));
        (verdict.call, verdict.reasons)
    }

    #[test]
    fn a_gain_has_to_be_shown() {
        let not = |reason| (Call::DoNotCascade, vec![reason]);
        assert_eq!(held(0.02, (5, 5), 0.1, (50, 4)).0, Call::Cascade);
        // Cheaper and worse, but better than what costs no more.
        assert_eq!(held(0.02, (0, 50), 0.1, (50, 0)).0, Call::Cascade);
        assert_eq!(held(0.005, (5, 5), 0.1, (50, 4)), not(Reason::NotBeyondChance));
        // Cheaper and as good as far as is known, but so is a single model, or a choice at random.
        assert_eq!(held(-0.02, (5, 5), 0.1, (4, 5)), not(Reason::SingleSuffices));
        assert_eq!(held(-0.02, (5, 5), 0.1, (50, 5)), not(Reason::ChanceSuffices));
        // Cheaper and worse.
        assert_eq!(held(-0.02, (0, 50), 0.1, (4, 5)), not(Reason::DoesNotHold));
        let untested = Verdict::new(tuned(0.05, cheaper(0.9)), None);
        assert_eq!((untested.call, untested.reasons), (Call::NotTested, vec![]));
        assert!(!untested.gains && !untested.saves);
    }

    #[test]
    fn reasons_follow_their_rules() {
        let reasons = |tuned: Tuned| Verdict::new(tuned, None).reasons;
        assert_eq!(reasons(tuned(0.0, vec![])), [Reason::NothingCheaper]);
        assert_eq!(reasons(tuned(0.0, cheaper(0.1))), [Reason::NoneSure]);
        assert_eq!(reasons(tuned(0.0, cheaper(0.2))), [Reason::NoneFound]);
        let alike = Tuned { oracle_errors: 90, ..tuned(0.0, cheaper(0.2)) };
        assert_eq!(reasons(alike), [Reason::ErrAlike]);
        // With samples held out, where nothing looks like a gain on any.
        let nothing =
            compared(versus("l", (0, 50), 1.0, true), versus("s", (0, 0), 1.5, true), 0.0, true);
        let verdict = Verdict::new(tuned(0.0, vec![]), Some(nothing));
        assert_eq!(verdict.reasons, [Reason::NothingCheaper]);
    }

    #[test]
    fn a_free_reference_cannot_be_undercut() {
        assert!(!Versus { cost_ratio: None, ..versus("l", (0, 0), 1.0, false) }.saves());
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
