//! Threshold curves and histograms against running every sample.

mod common;

use committee::cascade::{Aggregation, Cascade, Committee, ConfidenceMeasure, Mix, Stage, Ticks};
use committee::signal::{SignalKey, Signals};
use committee::trust::{Bins, bin_edges, curve_thresholds, threshold_curve};
use common::odd::odd_pool;
use proptest::prelude::*;

/// A cascade of all models, one a stage, in an order drawn from `seed`, with its thresholds at the
/// confidence of some sample or just beside it.
fn cascade_of(seed: u64, models: usize, signals: &Signals, cascade: Cascade) -> Cascade {
    let mut cascade = cascade;
    let runs = cascade.committees();
    for (number, stage) in cascade.stages.iter_mut().enumerate() {
        let heard = match cascade.aggregation {
            Aggregation::Last => stage.models.clone(),
            Aggregation::MeanLogits | Aggregation::MeanProbs => runs[number].clone(),
        };
        let key = SignalKey::new(cascade.aggregation, cascade.confidence, heard);
        let confidence = &signals.get(&key).unwrap().confidence;
        let sample = (seed as usize).wrapping_mul(31 * (number + 1)) % confidence.len();
        stage.threshold = (number + 1 < models).then(|| f64::from(confidence[sample]));
    }
    cascade
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_curve_is_the_cascade_run_at_each_threshold(
        seed in any::<u64>(),
        aggregation in prop::sample::select(Aggregation::ALL.to_vec()),
        confidence in prop::sample::select(ConfidenceMeasure::ALL.to_vec()),
    ) {
        let (_folder, pool) = odd_pool(seed, 3, 60, 4);
        let models = pool.models().len();
        let order = (0..models).map(|i| (i + seed as usize % models) % models);
        let stages =
            order.map(|model| Stage { models: Committee::new(vec![model]), threshold: None, mix: Mix::default() });
        let cascade = Cascade { aggregation, confidence, stages: stages.collect() };
        let keys = committee::signal::committees(models, models)
            .into_iter()
            .map(|committee| SignalKey::new(aggregation, confidence, committee));
        let signals = Signals::compute(&pool, keys, |_| {}).unwrap();
        let cascade = cascade_of(seed, models, &signals, cascade);
        let costs: Vec<Ticks> = (0..models as Ticks).map(|model| 10 + 7 * model * model).collect();
        let samples: Vec<u32> = (0..pool.samples() as u32).filter(|at| at % 3 != 1).collect();
        let views = signals.stages(&cascade, &costs).unwrap();

        for gate in 0..models - 1 {
            let thresholds = curve_thresholds(&views, gate, &samples);
            prop_assert!(thresholds.is_sorted_by(|a, b| a < b));
            let curve = threshold_curve(&views, gate, &samples, &thresholds);
            prop_assert_eq!(curve.len(), thresholds.len());
            for (at, &threshold) in curve.iter().zip(&thresholds) {
                let mut moved = cascade.clone();
                moved.stages[gate].threshold = Some(threshold);
                let tally = signals.tally(&moved, &costs, &samples).unwrap();
                prop_assert_eq!(at.exits, tally.exits[gate]);
                prop_assert_eq!((at.correct, at.cost), (tally.correct, tally.cost));
            }
        }
        for (number, view) in views.iter().enumerate() {
            let edges = bin_edges(confidence, view.signal, &samples);
            let bins = Bins::count(view.signal, &samples, &edges);
            let right = samples.iter().filter(|&&at| view.signal.right[at as usize]).count();
            prop_assert_eq!(bins.right.iter().sum::<u32>() as usize, right, "stage {}", number);
            prop_assert_eq!(bins.wrong.iter().sum::<u32>() as usize, samples.len() - right);
            for (bin, pair) in edges.windows(2).enumerate().skip(1).take(edges.len() - 3) {
                let inside = |at: &&u32| {
                    let value = f64::from(view.signal.confidence[**at as usize]);
                    pair[0] <= value && value < pair[1]
                };
                let count = samples.iter().filter(inside).count();
                prop_assert_eq!((bins.right[bin] + bins.wrong[bin]) as usize, count);
            }
        }
    }
}
