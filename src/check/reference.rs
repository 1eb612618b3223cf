//! What fresh samples are held against.

use serde::Serialize;

use crate::spec::wire::{Part, Profile, Spec};
use crate::trust::Share;

/// The samples of a spec that fresh ones are held against: the held-out ones where they are known,
/// for nothing was chosen by them; else those that tuned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reference {
    /// Where accuracy is taken from.
    pub part: Part,
    /// How many samples these are.
    pub samples: usize,
    /// Where cost, exit shares and confidences are taken from: without a profile a spec says of the
    /// tuning samples only how many exit where, and a test of the cost takes more than its mean.
    pub exits_part: Part,
    /// How many samples exit at each stage.
    pub exits: Vec<u32>,
    /// Whether the spec has a profile: without one confidences cannot be compared.
    pub has_profile: bool,
    /// Mean cost of a sample, of those whose exits are counted.
    pub cost: f64,
    #[serde(skip)]
    pub(super) right: Share,
    #[serde(skip)]
    pub(super) profile: Option<Profile>,
}

impl Reference {
    /// The reference of a spec.
    pub fn of(spec: &Spec) -> Self {
        let point = &spec.point;
        let (part, samples, accuracy) = match spec.held() {
            Some(held) => (Part::Holdout, held.samples, held.accuracy),
            None => (Part::Tuning, spec.tuning_samples(), point.accuracy),
        };
        let tuned = |fraction: f64| count(fraction, spec.tuning_samples());
        let (exits_part, exits) = match &spec.profile {
            Some(profile) => (profile.part, profile.exits()),
            None => (Part::Tuning, point.stages.iter().map(|s| tuned(s.exit_fraction)).collect()),
        };
        let cost = match (exits_part, spec.held()) {
            (Part::Holdout, Some(held)) => held.cost,
            _ => point.cost,
        };
        let right = Share { count: count(accuracy, samples), of: samples as u32 };
        let (profile, has_profile) = (spec.profile.clone(), spec.profile.is_some());
        Self { part, samples, exits_part, exits, has_profile, cost, right, profile }
    }

    /// How many samples' exits are counted.
    pub fn exits_samples(&self) -> usize {
        self.exits.iter().map(|&exits| exits as usize).sum()
    }
}

/// The whole number that `share` of `samples` is.
fn count(share: f64, samples: usize) -> u32 {
    (share * samples as f64).round() as u32
}
