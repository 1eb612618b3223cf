//! What held-out samples say of a whole frontier.

use super::scorer::{LEVEL, Reported, Scored, Scorer};
use crate::frontier::{Merit, Single};
use crate::spec::wire::{HeldFrontier, Point};
use crate::trust::{Method, Optimism, Outcomes, Seen, accuracy_band};

/// What cascades or models do on the samples that tuned, and on those held out.
pub(super) struct Sides {
    tuning: Outcomes,
    held: Outcomes,
}

impl Sides {
    pub(super) fn of<'a, T: 'a>(
        scored: impl IntoIterator<Item = &'a Scored<T>>,
        scorer: &Scorer<'_>,
    ) -> Self {
        let both = scored.into_iter().map(|scored| (scored.tuning.clone(), scored.held.clone()));
        let (tuning, held) = both.unzip();
        let tuning = Outcomes::of_bits(scorer.tuning.samples.len(), tuning);
        let held = Outcomes::of_bits(scorer.reported.samples(), held);
        Self { tuning, held }
    }
}

/// What held-out samples say of the frontier: `cascades` is what was seen of the points that stand
/// for all of it, `kept` of `points`, which get their band.
pub(super) fn judge(
    points: &mut [Point],
    kept: &Sides,
    cascades: &Sides,
    models: &Sides,
    reported: &Reported<'_>,
    gain: f64,
    seed: u64,
) -> Option<HeldFrontier> {
    let (tuning, held) = (&cascades.tuning, &cascades.held);
    let (method, optimism) = match reported {
        Reported::Nothing => return None,
        Reported::On(method, _) => {
            let tuning = Seen { cascades: tuning, models: &models.tuning };
            let held = Seen { cascades: held, models: &models.held };
            (*method, Optimism::new(tuning, held, gain)?)
        }
        Reported::CrossFitted(_) => {
            (Method::CrossFitted, Optimism::cross_fitted(tuning, held, gain)?)
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

/// The mean over `points` of their accuracy less that of the best model that costs no more.
pub(super) fn gain<'a>(
    points: impl ExactSizeIterator<Item = &'a Merit>,
    singles: &[Single<'_>],
) -> f64 {
    let gain = |point: &Merit| {
        let affordable = singles.iter().filter(|single| single.cost <= point.cost);
        point.accuracy - affordable.map(|single| single.accuracy).fold(0.0, f64::max)
    };
    let count = points.len().max(1);
    points.map(gain).sum::<f64>() / count as f64
}
