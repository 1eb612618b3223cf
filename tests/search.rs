//! The search against its slow twin.

mod common;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::pool::Pool;
use committee::search::{
    Observer, Options, Outcome, Progress, Resolution, Scope, Silent, Space, Status, search,
};
use committee::signal::Signals;
use proptest::prelude::*;

struct Searched {
    space: Space,
    outcome: Outcome,
}

fn searched(
    pool: &Pool,
    aggregations: &[Aggregation],
    confidences: &[ConfidenceMeasure],
    max_models: usize,
    resolution: Resolution,
    tuning: &[u32],
) -> Searched {
    searched_by(pool, aggregations, confidences, max_models, resolution, tuning, 0.0, &Silent)
}

#[expect(clippy::too_many_arguments, reason = "all that a search depends on")]
fn searched_by(
    pool: &Pool,
    aggregations: &[Aggregation],
    confidences: &[ConfidenceMeasure],
    max_models: usize,
    resolution: Resolution,
    tuning: &[u32],
    gap: f64,
    observer: &dyn Observer,
) -> Searched {
    let scope = Scope {
        max_models,
        aggregations: aggregations.to_vec(),
        confidences: confidences.to_vec(),
        fit: Fit::RAW,
        max_worst_case_cost: None,
    };
    let signals = Signals::compute(pool, scope.signal_keys(pool), |_| {}).unwrap();
    let space = Space::new(pool, &signals, &scope, tuning);
    let options = Options { scope, resolution, gap, time_limit: None }.check().unwrap();
    let outcome = search(&space, &options, observer);
    Searched { space, outcome }
}

/// Interrupts when it has been asked so many times, and remembers the gaps that it was told.
struct Impatient {
    patience: AtomicI64,
    gaps: Mutex<Vec<f64>>,
}

impl Impatient {
    fn new(patience: i64) -> Self {
        Self { patience: AtomicI64::new(patience), gaps: Mutex::default() }
    }
}

impl Observer for Impatient {
    fn progress(&self, progress: Progress) {
        if let Progress::Proving { gap, .. } = progress {
            self.gaps.lock().unwrap().push(gap);
        }
    }

    fn interrupted(&self) -> bool {
        self.patience.fetch_sub(1, Ordering::Relaxed) <= 0
    }
}

/// The most accuracy by which a point of `best` beats all of `found` at its cost.
fn true_gap(best: &[(u32, f64)], found: &[(u32, f64)], samples: usize) -> f64 {
    let gap = |&(correct, cost): &(u32, f64)| {
        let affordable = found.iter().filter(|point| point.1 <= cost);
        correct.saturating_sub(affordable.map(|point| point.0).max().unwrap_or(0))
    };
    f64::from(best.iter().map(gap).max().unwrap_or(0)) / samples as f64
}

fn merits(searched: &Searched) -> Vec<(u32, f64)> {
    let points = searched.outcome.frontier.iter();
    points.map(|found| (found.correct, searched.space.scale.cost(found.cost))).collect()
}

fn assert_same(found: &[(u32, f64)], expected: &[(u32, f64)]) {
    assert_eq!(found.len(), expected.len(), "{found:?} against {expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.0, expected.0);
        assert!((found.1 - expected.1).abs() <= 1e-9 * expected.1, "{found:?} {expected:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Exact means exact: the frontier is that of every cascade run on every sample.
    #[test]
    fn exact_is_brute_force(
        seed: u64,
        models in 2..=4usize,
        samples in 2..14usize,
        classes in 2..5usize,
        aggregation in prop::sample::select(Aggregation::ALL.to_vec()),
        confidence in prop::sample::select(ConfidenceMeasure::ALL.to_vec()),
    ) {
        // Every vector of three thresholds of every order of four models is run by hand.
        let samples = if models == 4 { samples.min(6) } else { samples };
        let (_folder, pool) = common::random_pool(seed, models, samples, classes);
        let max_models = models;
        let tuning: Vec<u32> = (0..samples as u32).filter(|s| s % 4 != 3).collect();
        let searched =
            searched(&pool, &[aggregation], &[confidence], max_models, Resolution::Exact, &tuning);
        let all = common::every_cascade(&pool, aggregation, confidence, max_models, &tuning);
        prop_assert_eq!(searched.outcome.candidates, all.len() as u64);
        prop_assert_eq!(searched.outcome.status, Status::Optimal);
        let expected = common::pareto(
            all.iter().map(|cascade| common::run(&pool, cascade, &tuning)).collect(),
        );
        assert_same(&merits(&searched), &expected);
        for found in &searched.outcome.frontier {
            let (correct, cost) = common::run(&pool, &found.cascade, &tuning);
            prop_assert_eq!(found.correct, correct);
            let claimed = searched.space.scale.cost(found.cost);
            prop_assert!((claimed - cost).abs() <= 1e-9 * cost);
        }
    }

    /// Of several aggregations and measures together, each distinct cascade is counted once: no
    /// ensemble asks a confidence, and a single model is the same however it would be combined.
    #[test]
    fn candidates_are_distinct(seed: u64, samples in 2..10usize) {
        let (_folder, pool) = common::random_pool(seed, 3, samples, 3);
        let tuning: Vec<u32> = (0..samples as u32).collect();
        let measures = [ConfidenceMeasure::MaxProb, ConfidenceMeasure::Entropy];
        let on = |resolution| {
            searched(&pool, &Aggregation::ALL, &measures, 3, resolution, &tuning).outcome
        };
        let mut all = vec![];
        for aggregation in Aggregation::ALL {
            for measure in measures {
                all.extend(common::every_cascade(&pool, aggregation, measure, 3, &tuning));
            }
        }
        let distinct = all.into_iter().map(|mut cascade| {
            if let [only] = cascade.stages.as_slice() {
                cascade.confidence = ConfidenceMeasure::MaxProb;
                if only.models.len() == 1 {
                    cascade.aggregation = Aggregation::Last;
                }
            }
            format!("{cascade:?}")
        });
        let distinct = distinct.collect::<BTreeSet<_>>().len() as u64;
        prop_assert_eq!(on(Resolution::Exact).candidates, distinct);
        let grid = on(Resolution::Quantiles(300));
        prop_assert_eq!((grid.candidates, grid.evaluated), (distinct, distinct));
    }

    /// Of mean probabilities, the margin of the scores is that of the probabilities.
    #[test]
    fn measures_that_are_one_are_searched_once(seed: u64, samples in 2..10usize) {
        use ConfidenceMeasure::{LogitMargin, Margin};
        let (_folder, pool) = common::random_pool(seed, 3, samples, 3);
        let tuning: Vec<u32> = (0..samples as u32).collect();
        let by = |measures: &[ConfidenceMeasure], aggregation| {
            searched(&pool, &[aggregation], measures, 3, Resolution::Exact, &tuning)
        };
        let both = by(&[LogitMargin, Margin], Aggregation::MeanProbs);
        for one in [Margin, LogitMargin] {
            let one = by(&[one], Aggregation::MeanProbs);
            prop_assert_eq!(one.outcome.candidates, both.outcome.candidates);
            assert_same(&merits(&one), &merits(&both));
        }
    }

    /// Where the grid holds every threshold, it finds what branch and bound finds; where it does
    /// not, it is never better anywhere.
    #[test]
    fn exact_is_a_complete_grid(
        seed: u64,
        samples in 20..300usize,
        max_models in 1..=3usize,
        coarse in 1..20u16,
    ) {
        let (_folder, pool) = common::random_pool(seed, 3, samples, 3);
        let tuning: Vec<u32> = (0..samples as u32).collect();
        let on = |resolution| searched(
            &pool,
            &Aggregation::ALL,
            &[ConfidenceMeasure::MaxProb, ConfidenceMeasure::LogitMargin],
            max_models,
            resolution,
            &tuning,
        );
        let exact = on(Resolution::Exact);
        let complete = on(Resolution::Quantiles(300));
        prop_assert_eq!(complete.outcome.status, Status::Grid);
        prop_assert_eq!(complete.outcome.certified_gap, Some(0.0));
        prop_assert_eq!(merits(&exact), merits(&complete));
        let exact = merits(&exact);
        for (correct, cost) in merits(&on(Resolution::Quantiles(coarse))) {
            prop_assert!(exact.iter().any(|best| best.0 >= correct && best.1 <= cost));
        }
    }

    /// Wherever a search is stopped, no cascade beats what it has by more than it says.
    #[test]
    fn the_certified_gap_holds(
        seed: u64,
        samples in 50..400usize,
        aggregation in prop::sample::select(Aggregation::ALL.to_vec()),
        patience in 0..400i64,
        gap in prop::sample::select(vec![0.0, 0.01, 0.05]),
    ) {
        let (_folder, pool) = common::random_pool(seed, 4, samples, 3);
        let tuning: Vec<u32> = (0..samples as u32).collect();
        let measures = [ConfidenceMeasure::MaxProb];
        let with = |gap, observer: &dyn Observer| searched_by(
            &pool, &[aggregation], &measures, 4, Resolution::Exact, &tuning, gap, observer,
        );
        let best = merits(&with(0.0, &Silent));
        for patience in [patience, i64::MAX] {
            let observer = Impatient::new(patience);
            let stopped = with(gap, &observer);
            let certified = stopped.outcome.certified_gap.unwrap();
            let missing = true_gap(&best, &merits(&stopped), samples);
            prop_assert!(missing <= certified, "{} is missing, {} certified", missing, certified);
            match stopped.outcome.status {
                Status::Optimal => prop_assert_eq!(certified, 0.0),
                Status::GapReached => prop_assert!(certified <= gap),
                status => prop_assert_eq!(status, Status::Interrupted),
            }
            // What was proven once is not taken back.
            let mut told = observer.gaps.into_inner().unwrap();
            told.push(certified);
            prop_assert!(told.is_sorted_by(|earlier, later| earlier >= later), "{told:?}");
        }
    }
}
