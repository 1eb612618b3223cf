//! Figures of the search, of the signals and of the reference executor are one and the same.

mod common;

use std::path::Path;

use committee::calibrate::calibrate;
use committee::cascade::{
    Aggregation, Cascade, Committee, ConfidenceMeasure, CostScale, Fit, Mix, Stage, Ticks,
};
use committee::frontier::Goal;
use committee::pool::{Kind, Pool};
use committee::search::{Options, Resolution, Scope, Silent};
use committee::signal::{Row, SignalKey, Signals, decide, decide_mixed};
use committee::spec::wire::{Frontier, Point};
use committee::spec::{replay, tally, verify};
use committee::trust::Holdout;
use committee::{Judging, Settings, optimize};
use common::odd::odd_pool;
use proptest::prelude::*;

fn settings(
    aggregations: &[Aggregation],
    confidences: &[ConfidenceMeasure],
    resolution: Resolution,
    holdout: f64,
) -> Settings {
    let scope = Scope {
        max_models: 3,
        aggregations: aggregations.to_vec(),
        confidences: confidences.to_vec(),
        fit: Fit::RAW,
        max_worst_case_cost: None,
    };
    Settings {
        options: Options { scope, resolution, gap: 0.0, time_limit: None },
        holdout: Holdout::Share(holdout),
        seed: 3,
        max_points: 0,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    }
}

/// Everything that can be fitted.
const BOTH: Fit = Fit { temperature: true, weights: true };

/// The same with `fit` fitted.
fn fitting(fit: Fit, mut settings: Settings) -> Settings {
    settings.options.scope.fit = fit;
    settings
}

fn optimized(pool: &Pool, settings: &Settings) -> Frontier {
    optimize(pool, settings, &Silent).unwrap().frontier
}

fn ticks(pool: &Pool) -> (CostScale, Vec<Ticks>) {
    let costs: Vec<f64> = pool.models().iter().map(|model| model.cost).collect();
    let scale = pool.cost_scale();
    (scale, costs.iter().map(|&cost| scale.ticks(cost)).collect())
}

/// Every point of `frontier`, run sample by sample, does what it claims.
fn assert_replays(pool: &Pool, frontier: &Frontier) {
    let split = frontier.provenance.split.split(pool).unwrap();
    let (scale, costs) = ticks(pool);
    for (number, point) in frontier.points.iter().enumerate() {
        let spec = frontier.spec(number).unwrap();
        let cascade = spec.cascade(pool, Path::new("spec")).unwrap();
        let exits = replay(pool, &cascade, &costs).unwrap();
        let on = |samples: &[u32]| tally(&exits, pool.labels(), cascade.stages.len(), samples);
        let tuning = on(&split.tuning);
        assert_eq!(point.accuracy, tuning.accuracy());
        assert_eq!(point.cost, scale.mean(tuning.cost, tuning.samples));
        let fractions: Vec<f64> = point.stages.iter().map(|stage| stage.exit_fraction).collect();
        assert_eq!(fractions, tuning.exit_fractions());
        let held = point.holdout.as_ref().map(|held| (held.samples, held.accuracy, held.cost));
        let found = on(&split.holdout);
        let found = (found.samples, found.accuracy(), scale.mean(found.cost, found.samples));
        assert_eq!(held, (found.0 > 0).then_some(found));
        let verdict = verify(&spec, pool, &exits, scale).unwrap();
        assert!(verdict.agrees && verdict.same_inputs, "{verdict:?}");
    }
}

/// No point is beaten by another, nor by a single model.
fn assert_no_point_is_dominated(frontier: &Frontier) {
    let rises = |pair: &[Point]| pair[0].cost < pair[1].cost && pair[0].accuracy < pair[1].accuracy;
    let falls = frontier.points.windows(2).find(|pair| !rises(pair));
    assert!(falls.is_none(), "{falls:?}");
    for model in &frontier.pool.models {
        let matched = |point: &Point| point.cost <= model.cost && point.accuracy >= model.accuracy;
        assert!(frontier.points.iter().any(matched), "{} beats the frontier", model.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_point_replays_and_none_is_dominated(
        seed: u64,
        models in 2..=4usize,
        samples in 4..60usize,
        classes in 2..6usize,
        aggregation in prop::sample::select(Aggregation::ALL.to_vec()),
        confidence in prop::sample::select(ConfidenceMeasure::ALL.to_vec()),
        holdout in prop::sample::select(vec![0.0, 0.5]),
        resolution in prop::sample::select(vec![Resolution::Exact, Resolution::Quantiles(5)]),
        fit in prop::sample::select(BOTH.variants()),
        odd: bool,
    ) {
        let make = if odd { odd_pool } else { common::random_pool };
        let (_folder, pool) = make(seed, models, samples, classes);
        for (aggregations, confidences) in [
            (&[aggregation][..], &[confidence][..]),
            (&Aggregation::ALL, &ConfidenceMeasure::ALL),
        ] {
            let settings = settings(aggregations, confidences, resolution, holdout);
            let frontier = optimized(&pool, &fitting(fit, settings));
            assert_replays(&pool, &frontier);
            assert_no_point_is_dominated(&frontier);
        }
    }

    /// The fast kernels give the very bits of the stated formula.
    #[test]
    fn signals_are_the_reference_bit_for_bit(
        seed: u64,
        models in 2..=4usize,
        samples in 1..70usize,
        classes in prop_oneof![2..9usize, 30..36usize, 60..70usize],
        odd: bool,
    ) {
        let make = if odd { odd_pool } else { common::random_pool };
        let (_folder, pool) = make(seed, models, samples, classes);
        let mut keys = vec![];
        for bits in 1..1usize << models {
            let members: Vec<usize> = (0..models).filter(|model| bits >> model & 1 == 1).collect();
            for aggregation in [Aggregation::MeanLogits, Aggregation::MeanProbs] {
                for measure in ConfidenceMeasure::ALL {
                    for fit in BOTH.variants() {
                        keys.push((aggregation, measure, members.clone(), fit));
                    }
                }
            }
        }
        type Named = (Aggregation, ConfidenceMeasure, Vec<usize>, Fit);
        let name = |(aggregation, measure, members, fit): &Named| {
            SignalKey::new(*aggregation, *measure, Committee::new(members.clone())).with(*fit)
        };
        let named: Vec<SignalKey> = keys.iter().map(name).collect();
        let everyone: Vec<u32> = (0..samples as u32).collect();
        let mixes = calibrate(&pool, &named, &everyone, seed, |_| {}).unwrap().mixes;
        let signals = Signals::compute_mixed(&pool, named, &mixes, |_| {}).unwrap();
        let chunk = pool.read_all().unwrap();
        for key in &keys {
            let signal = signals.get(&name(key)).unwrap();
            let mix = signals.mix(&name(key)).unwrap();
            prop_assert_eq!(mix.fit(), key.3);
            for (row, &at) in chunk.positions.iter().enumerate() {
                let rows: Vec<Row<'_>> = key.2.iter().map(|&model| {
                    let scores = &chunk.scores[model];
                    Row { kind: scores.kind, scores: scores.values.row(row).to_slice().unwrap() }
                }).collect();
                let said = decide_mixed(&rows, key.0, key.1, &mix);
                if key.3 == Fit::RAW {
                    prop_assert_eq!(said, decide(&rows, key.0, key.1));
                }
                let fast = signal.confidence[at as usize];
                prop_assert_eq!(fast.to_bits(), said.confidence.to_bits(), "{:?} {:?}", key, rows);
                let right = said.prediction == pool.labels()[at as usize];
                prop_assert_eq!(signal.right[at as usize], right, "{:?} {:?}", key, rows);
                prop_assert!(fast.is_finite());
            }
        }
        let last = SignalKey::new(Aggregation::Last, ConfidenceMeasure::MaxProb, Committee::new(vec![0]));
        prop_assert!(signals.get(&last).is_some(), "the newest model alone is its mean of logits");
    }

    #[test]
    fn threads_change_nothing(seed: u64, samples in 20..200usize, resolution in 1..20u16) {
        let (_folder, pool) = common::random_pool(seed, 4, samples, 3);
        for resolution in [Resolution::Quantiles(resolution), Resolution::Exact] {
            let confidences = [ConfidenceMeasure::MaxProb, ConfidenceMeasure::Entropy];
            let settings = settings(&Aggregation::ALL, &confidences, resolution, 0.5);
            let with = |threads| {
                let pool_of_threads =
                    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let mut frontier = pool_of_threads.install(|| optimized(&pool, &settings));
                frontier.search.seconds = 0.0;
                frontier
            };
            let one = with(1);
            prop_assert_eq!(&one, &with(2));
            prop_assert_eq!(&one, &with(7));
        }
    }

    /// A sample whose confidence is the threshold itself exits; by the smallest step above, it stays.
    #[test]
    fn a_confidence_on_the_threshold_exits(
        seed: u64,
        aggregation in prop::sample::select(Aggregation::ALL.to_vec()),
        confidence in prop::sample::select(ConfidenceMeasure::ALL.to_vec()),
        sample in 0..12usize,
    ) {
        let (_folder, pool) = common::random_pool(seed, 2, 12, 3);
        let (_, costs) = ticks(&pool);
        let stage = |model, threshold| {
            Stage { models: Committee::new(vec![model]), threshold, mix: Mix::default() }
        };
        let run = |threshold| {
            let stages = vec![stage(0, Some(threshold)), stage(1, None)];
            replay(&pool, &Cascade { aggregation, confidence, stages }, &costs).unwrap()[sample]
        };
        let on = f64::from(run(f64::NEG_INFINITY).confidence);
        let exit = run(on);
        prop_assert_eq!((exit.stage, f64::from(exit.confidence)), (0, on));
        prop_assert_eq!(exit.cost, costs[0]);
        let above = run(on.next_up());
        prop_assert_eq!((above.stage, above.cost), (1, costs[0] + costs[1]));

        // The search's own tally holds with it.
        let key = |aggregation, model| {
            SignalKey::new(aggregation, confidence, Committee::new(model))
        };
        let keys = [key(aggregation, vec![0]), key(aggregation, vec![1]), key(aggregation, vec![0, 1])];
        let signals = Signals::compute(&pool, keys, |_| {}).unwrap();
        let exits_first = |threshold| {
            let stages = vec![stage(0, Some(threshold)), stage(1, None)];
            let cascade = Cascade { aggregation, confidence, stages };
            signals.tally(&cascade, &costs, &[sample as u32]).unwrap().exits[0]
        };
        prop_assert_eq!((exits_first(on), exits_first(on.next_up())), (1, 0));
    }
}

/// Ties go to the first class, and rows that say nothing say it the same way everywhere.
#[test]
fn ties_and_empty_rows_are_settled() {
    let logits = |scores| Row { kind: Kind::Logits, scores };
    let probabilities = |scores| Row { kind: Kind::Probabilities, scores };
    let third = [1.0 / 3.0; 3];
    for aggregation in Aggregation::ALL {
        for row in [logits(&[2.0; 3]), probabilities(&third)] {
            for (measure, expected) in [
                (ConfidenceMeasure::MaxProb, 1.0 / 3.0),
                (ConfidenceMeasure::Margin, 0.0),
                (ConfidenceMeasure::LogitMargin, 0.0),
                (ConfidenceMeasure::Entropy, -(3f32.ln())),
            ] {
                let said = decide(&[row], aggregation, measure);
                assert_eq!(said.prediction, 0);
                assert!((said.confidence - expected).abs() < 1e-6, "{aggregation} {measure}");
            }
        }
        let tied = decide(&[logits(&[0.0, 5.0, 5.0])], aggregation, ConfidenceMeasure::LogitMargin);
        assert_eq!((tied.prediction, tied.confidence), (1, 0.0));
    }
}
