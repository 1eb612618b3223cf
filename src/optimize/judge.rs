//! What held-out samples say of a whole frontier.

use rayon::prelude::*;

use super::scorer::{LEVEL, Reported, Scored, Scorer};
use crate::cascade::Cascade;
use crate::frontier::{Merit, Single};
use crate::spec::wire::{HeldFrontier, Point};
use crate::trust::{Method, Misses, Optimism, Outcomes, Seen, accuracy_band};

/// What cascades or models do on the samples that tuned, and on those held out.
pub(super) struct Sides {
    tuning: Outcomes,
    held: Outcomes,
}

/// How many cascades or models are wrong on each of these samples.
struct Missed {
    tuning: Misses,
    held: Misses,
}

impl Missed {
    fn none(scorer: &Scorer<'_>) -> Self {
        let tuning = Misses::none(scorer.tuning.samples.len());
        Self { tuning, held: Misses::none(scorer.reported.samples()) }
    }

    fn add<T>(mut self, scored: &Scored<T>) -> Self {
        self.tuning.add(&scored.tuning);
        self.held.add(&scored.held);
        self
    }

    fn and(self, other: &Self) -> Self {
        Self { tuning: self.tuning.and(&other.tuning), held: self.held.and(&other.held) }
    }
}

impl From<&Sides> for Missed {
    fn from(sides: &Sides) -> Self {
        Self { tuning: Misses::from(&sides.tuning), held: Misses::from(&sides.held) }
    }
}

/// The entries, and what was seen of all of them.
pub(super) fn taken_apart<T>(scored: Vec<Scored<T>>, scorer: &Scorer<'_>) -> (Vec<T>, Sides) {
    let mut entries = Vec::with_capacity(scored.len());
    let (mut tuning, mut held) = (vec![], vec![]);
    for scored in scored {
        entries.push(scored.entry);
        tuning.push(scored.tuning);
        held.push(scored.held);
    }
    let tuning = Outcomes::of_bits(scorer.tuning.samples.len(), tuning);
    let held = Outcomes::of_bits(scorer.reported.samples(), held);
    (entries, Sides { tuning, held })
}

/// What held-out samples say of the frontier; gives the points that were kept of it their band.
/// `kept` is what was seen of these, `dropped` are the others: how far tuning flatters does not
/// hang on how many were kept.
pub(super) fn judge(
    points: &mut [Point],
    kept: &Sides,
    dropped: &[&Cascade],
    models: &Sides,
    scorer: &Scorer<'_>,
    gain: f64,
    seed: u64,
) -> Option<HeldFrontier> {
    let method = match &scorer.reported {
        Reported::Nothing => return None,
        Reported::On(method, _) => *method,
        Reported::CrossFitted(_) => Method::CrossFitted,
    };
    let none = || Missed::none(scorer);
    let missed = dropped.par_iter().fold(none, |missed, cascade| missed.add(&scorer.seen(cascade)));
    let missed = missed.reduce(none, |one, other| one.and(&other)).and(&Missed::from(kept));
    let (models, Missed { tuning, held }) = (Missed::from(models), &missed);
    let optimism = match method {
        Method::CrossFitted => Optimism::cross_fitted(tuning, held, gain)?,
        Method::Split | Method::Column | Method::Pool => {
            let tuning = Seen { cascades: tuning, models: &models.tuning };
            let held = Seen { cascades: held, models: &models.held };
            Optimism::new(tuning, held, gain)?
        }
    };
    let (band, intervals) = accuracy_band(&kept.held, LEVEL, seed);
    for (point, interval) in points.iter_mut().zip(intervals) {
        if let Some(held) = &mut point.holdout {
            held.accuracy_band = Some(interval);
        }
    }
    Some(HeldFrontier { method, optimism, band })
}

/// The mean over a whole frontier of accuracy less that of the best model that costs no more.
pub(super) fn gain(points: &[Merit], singles: &[Single<'_>]) -> f64 {
    let gain = |point: &Merit| {
        let affordable = singles.iter().filter(|single| single.cost <= point.cost);
        point.accuracy - affordable.map(|single| single.accuracy).fold(0.0, f64::max)
    };
    points.iter().map(gain).sum::<f64>() / points.len().max(1) as f64
}
