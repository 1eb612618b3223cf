//! Fitted temperatures and weights against slow, plain searches for them.

mod common;

use std::path::Path;

use committee::calibrate::calibrate;
use committee::cascade::{Aggregation, Committee, ConfidenceMeasure, Fit, Mix};
use committee::frontier::Goal;
use committee::pool::{Kind, Pool, PoolSource, Values, write_table};
use committee::search::{Found, Options, Resolution, Scope, Silent, Space, search};
use committee::signal::{SignalKey, Signals};
use committee::spec::replay;
use committee::spec::wire::{Frontier, Point};
use committee::trust::{Holdout, Method, folds};
use committee::{Judging, Settings, optimize};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

const TEMPERATURE: Fit = Fit { temperature: true, weights: false };
const WEIGHTS: Fit = Fit { temperature: false, weights: true };
const BOTH: Fit = Fit { temperature: true, weights: true };

fn key(aggregation: Aggregation, models: &[usize], fit: Fit) -> SignalKey {
    SignalKey::new(aggregation, ConfidenceMeasure::MaxProb, Committee::new(models.to_vec()))
        .with(fit)
}

fn everyone(pool: &Pool) -> Vec<u32> {
    (0..pool.samples() as u32).collect()
}

/// A pool of models with these logits, model by sample by class.
fn written(labels: &[u32], models: &[Vec<Vec<f64>>]) -> (TempDir, Pool) {
    let folder = tempfile::tempdir().unwrap();
    let mut files = vec![];
    for (number, rows) in models.iter().enumerate() {
        let mut table = vec![("label".to_owned(), Values::U32(labels.to_vec()))];
        for class in 0..rows[0].len() {
            let column = rows.iter().map(|row| row[class]).collect();
            table.push((format!("logit_{class}"), Values::F64(column)));
        }
        let file = folder.path().join(format!("m{number}.parquet"));
        std::fs::write(&file, write_table(table).unwrap()).unwrap();
        files.push(file);
    }
    let costs = (0..models.len()).map(|number| (format!("m{number}"), 1.0 + number as f64));
    let source = PoolSource::Files { files, costs: costs.collect(), cost_unit: "units".to_owned() };
    let pool = Pool::open(&source, None).unwrap();
    (folder, pool)
}

/// Every model's logits in double precision, model by sample by class.
fn logits(pool: &Pool) -> Vec<Vec<Vec<f64>>> {
    let chunk = pool.read_all().unwrap();
    let model = |scores: &committee::pool::Scores| {
        let mut rows = vec![vec![]; pool.samples()];
        for (row, &at) in scores.values.rows().into_iter().zip(&chunk.positions) {
            let logit = |&score: &f32| match scores.kind {
                Kind::Logits => f64::from(score),
                Kind::Probabilities => f64::from(score).max(1e-12).ln(),
            };
            rows[at as usize] = row.iter().map(logit).collect();
        }
        rows
    };
    chunk.scores.iter().map(model).collect()
}

fn softmax(logits: &[f64]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let terms: Vec<f64> = logits.iter().map(|logit| (logit - top).exp()).collect();
    let total: f64 = terms.iter().sum();
    terms.iter().map(|term| term / total).collect()
}

/// The mean of minus the logarithm of the labels' probabilities, the stated formula word by word.
fn negative_log_likelihood(
    pool: &Pool,
    logits: &[Vec<Vec<f64>>],
    aggregation: Aggregation,
    models: &[usize],
    mix: &Mix,
) -> f64 {
    let equal = vec![1.0 / models.len() as f64; models.len()];
    let weights = mix.weights.as_ref().unwrap_or(&equal);
    let of_sample = |(sample, &label): (usize, &u32)| {
        let mut mean = vec![0.0_f64; pool.classes()];
        for (place, &model) in models.iter().enumerate() {
            let temperature = mix.temperatures.as_ref().map_or(1.0, |t| t.models[place]);
            let row: Vec<f64> =
                logits[model][sample].iter().map(|logit| logit / temperature).collect();
            let row = if aggregation == Aggregation::MeanProbs { softmax(&row) } else { row };
            for (mean, score) in mean.iter_mut().zip(row) {
                *mean += weights[place] * score;
            }
        }
        if aggregation == Aggregation::MeanProbs {
            mean.iter_mut().for_each(|p| *p = p.max(1e-12).ln());
        }
        let temperature = mix.temperatures.as_ref().map_or(1.0, |t| t.committee);
        let mean: Vec<f64> = mean.iter().map(|logit| logit / temperature).collect();
        -softmax(&mean)[label as usize].max(1e-300).ln()
    };
    let sum: f64 = pool.labels().iter().enumerate().map(of_sample).sum();
    sum / pool.samples() as f64
}

/// Labels drawn from the softmax of random logits, and these logits times `sharpness`.
fn drawn(seed: u64, samples: usize, classes: usize, sharpness: f64) -> (Vec<u32>, Vec<Vec<f64>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let rows: Vec<Vec<f64>> =
        (0..samples).map(|_| (0..classes).map(|_| rng.random_range(-3.0..3.0)).collect()).collect();
    let label = |row: &Vec<f64>| {
        let mut left = rng.random_range(0.0..1.0);
        let label = softmax(row).iter().position(|p| {
            left -= p;
            left < 0.0
        });
        label.unwrap_or(classes - 1) as u32
    };
    let labels = rows.iter().map(label).collect();
    let rows = rows.iter().map(|row| row.iter().map(|logit| logit * sharpness).collect());
    (labels, rows.collect())
}

/// A model whose logits are too sharp, or too flat, by a known factor has that factor for its
/// temperature.
#[test]
fn a_known_temperature_is_found() {
    for sharpness in [0.01, 0.5, 1.0, 1.7, 40.0] {
        let (labels, rows) = drawn(7, 4000, 5, sharpness);
        let (_folder, pool) = written(&labels, &[rows.clone(), rows]);
        let keys = [key(Aggregation::MeanLogits, &[0, 1], TEMPERATURE)];
        let mixes = calibrate(&pool, &keys, &everyone(&pool), 0, |_| {}).unwrap().mixes;
        let found = mixes.temperature(0).unwrap();
        assert!((found / sharpness - 1.0).abs() < 0.06, "{found} for {sharpness}");
        // Two like models are as sure together as each: nothing is left to correct.
        let committee = mixes.get(&keys[0]).unwrap().temperatures.unwrap().committee;
        assert!((committee - 1.0).abs() < 0.002, "{committee}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// No temperature on a fine grid is better, neither for a model nor after averaging, and none
    /// that was found is worse than 1.
    #[test]
    fn temperatures_are_those_of_a_fine_grid(
        seed: u64,
        samples in 30..200usize,
        classes in 2..6usize,
        aggregation in prop::sample::select(vec![Aggregation::MeanLogits, Aggregation::MeanProbs]),
    ) {
        let (_folder, pool) = common::random_pool(seed, 3, samples, classes);
        let logits = logits(&pool);
        let all = [0, 1, 2];
        let keys = [key(aggregation, &all, TEMPERATURE)];
        let mixes = calibrate(&pool, &keys, &everyone(&pool), 0, |_| {}).unwrap().mixes;
        let grid = |low: f64, high: f64| {
            let (low, high) = (low.ln(), high.ln());
            (0..=2000).map(move |step| (low + (high - low) * f64::from(step) / 2000.0).exp())
        };
        for model in all {
            let at = |temperature: f64| {
                let temperatures =
                    Some(committee::cascade::Temperatures { models: vec![temperature], committee: 1.0 });
                let mix = Mix { temperatures, weights: None };
                negative_log_likelihood(&pool, &logits, Aggregation::MeanLogits, &[model], &mix)
            };
            let found = at(mixes.temperature(model).unwrap());
            let best = grid(1e-3, 1e3).map(at).fold(f64::INFINITY, f64::min);
            prop_assert!(found <= best + 1e-5, "{} against {}", found, best);
            prop_assert!(found <= at(1.0) + 1e-6);
        }
        let mix = mixes.get(&keys[0]).unwrap();
        let at = |committee: f64| {
            let mut mix = mix.clone();
            mix.temperatures.as_mut().unwrap().committee = committee;
            negative_log_likelihood(&pool, &logits, aggregation, &all, &mix)
        };
        let found = at(mix.temperatures.as_ref().unwrap().committee);
        let best = grid(0.1, 10.0).map(at).fold(f64::INFINITY, f64::min);
        prop_assert!(found <= best + 1e-5, "{} against {}", found, best);
        prop_assert!(found <= at(1.0) + 1e-6);
    }

    /// No weights on a fine grid over the simplex are better, and none that were found are worse than
    /// equal ones.
    #[test]
    fn weights_are_those_of_a_fine_grid(
        seed: u64,
        models in 2..=3usize,
        samples in 30..150usize,
        classes in 2..5usize,
        aggregation in prop::sample::select(vec![Aggregation::MeanLogits, Aggregation::MeanProbs]),
        fit in prop::sample::select(vec![WEIGHTS, BOTH]),
    ) {
        let (_folder, pool) = common::random_pool(seed, models, samples, classes);
        let logits = logits(&pool);
        let all: Vec<usize> = (0..models).collect();
        let keys = [key(aggregation, &all, fit)];
        let mixes = calibrate(&pool, &keys, &everyone(&pool), 0, |_| {}).unwrap().mixes;
        let mut mix = mixes.get(&keys[0]).unwrap();
        let weights = mix.weights.clone().unwrap();
        prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(weights.iter().all(|weight| *weight >= 0.0));
        // Weights are fitted before the committee's temperature.
        if let Some(temperatures) = &mut mix.temperatures {
            temperatures.committee = 1.0;
        }
        let at = |weights: Vec<f64>| {
            let mix = Mix { weights: Some(weights), ..mix.clone() };
            negative_log_likelihood(&pool, &logits, aggregation, &all, &mix)
        };
        let found = at(weights);
        let parts = 40;
        let mut best = f64::INFINITY;
        for first in 0..=parts {
            for second in 0..=(parts - first) {
                if models == 2 && first + second < parts {
                    continue;
                }
                let rest = parts - first - second;
                let whole = [first, second, rest].map(|part| part as f64 / parts as f64);
                best = best.min(at(whole[..models].to_vec()));
            }
        }
        prop_assert!(found <= best + 1e-5, "{} against {}", found, best);
        prop_assert!(found <= at(vec![1.0 / models as f64; models]) + 1e-6);
    }

    /// What is searched with fitted numbers holds what is searched without: on the tuning samples it
    /// is never worse.
    #[test]
    fn fitting_never_loses_on_tuning_samples(seed: u64, samples in 20..120usize) {
        let (_folder, pool) = common::random_pool(seed, 3, samples, 4);
        let raw = optimized(&pool, Fit::RAW);
        prop_assert!(raw.calibration.is_none());
        prop_assert!(raw.points.iter().all(|point| point.version == 1 && point.fit() == Fit::RAW));
        for fit in [TEMPERATURE, WEIGHTS, BOTH] {
            let fitted = optimized(&pool, fit);
            for point in &raw.points {
                let better = fitted.points.iter().any(|other| {
                    other.cost <= point.cost && other.accuracy >= point.accuracy
                });
                prop_assert!(better);
            }
            let calibration = fitted.calibration.as_ref().unwrap();
            prop_assert_eq!(calibration.samples, fitted.pool.tuning_samples);
            prop_assert_eq!(calibration.models.len(), if fit.temperature { 3 } else { 0 });
            for point in &fitted.points {
                prop_assert_eq!(point.version, if point.fit() == Fit::RAW { 1 } else { 2 });
            }
        }
    }

    /// Samples that do not tune change nothing, and neither does the number of threads.
    #[test]
    fn only_tuning_samples_are_looked_at(seed: u64) {
        let (labels, rows) = drawn(seed, 300, 4, 2.0);
        let (_, others) = drawn(seed ^ 1, 300, 4, 0.7);
        let tuning: Vec<u32> = (0..300).filter(|sample| sample % 3 != 0).collect();
        let spoilt = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
            let row = |(sample, row): (usize, &Vec<f64>)| {
                if sample % 3 == 0 { vec![9.0, -9.0, 5.0, 0.5] } else { row.clone() }
            };
            rows.iter().enumerate().map(row).collect()
        };
        let keys: Vec<SignalKey> = [Aggregation::MeanLogits, Aggregation::MeanProbs]
            .into_iter()
            .flat_map(|aggregation| BOTH.variants().into_iter().map(move |fit| (aggregation, fit)))
            .map(|(aggregation, fit)| key(aggregation, &[0, 1], fit))
            .collect();
        let fitted = |pool: &Pool, threads| {
            let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            threads.install(|| calibrate(pool, &keys, &tuning, 5, |_| {}).unwrap())
        };
        let (_folder, pool) = written(&labels, &[rows.clone(), others.clone()]);
        let (_folder, changed) = written(&labels, &[spoilt(&rows), spoilt(&others)]);
        let one = fitted(&pool, 1);
        prop_assert_eq!(one.samples, tuning.len());
        prop_assert_eq!(&one, &fitted(&changed, 1));
        prop_assert_eq!(&one, &fitted(&pool, 3));
    }
}

fn settings(fit: Fit, holdout: Holdout) -> Settings {
    let scope = Scope {
        max_models: 3,
        aggregations: Aggregation::ALL.to_vec(),
        confidences: vec![ConfidenceMeasure::MaxProb, ConfidenceMeasure::LogitMargin],
        fit,
        max_worst_case_cost: None,
    };
    Settings {
        options: Options { scope, resolution: Resolution::Exact, gap: 0.0, time_limit: None },
        holdout,
        seed: 1,
        max_points: 0,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    }
}

fn optimized(pool: &Pool, fit: Fit) -> Frontier {
    let settings = settings(fit, Holdout::Share(0.3));
    optimize(pool, &settings, &Silent).unwrap().frontier
}

/// For each point the right answers, all together, of cascades that are tuned without each fold and run
/// sample by sample on it; `fitted_to` says which samples their fits look at, given those that tune.
fn cross_fitted(
    pool: &Pool,
    settings: &Settings,
    parts: &[Vec<u32>],
    frontier: &Frontier,
    fitted_to: impl Fn(&[u32]) -> Vec<u32>,
) -> Vec<u32> {
    let (scope, scale) = (&settings.options.scope, pool.cost_scale());
    let keys = scope.fitted_keys(scope.signal_keys(pool));
    let options = settings.options.clone().check().unwrap();
    let mut right = vec![0; frontier.points.len()];
    for part in parts {
        let mut others = everyone(pool);
        others.retain(|sample| !part.contains(sample));
        let looked_at = fitted_to(&others);
        let mixes = calibrate(pool, &keys, &looked_at, settings.seed, |_| {}).unwrap().mixes;
        let signals = Signals::compute_mixed(pool, keys.clone(), &mixes, |_| {}).unwrap();
        let found = search(&Space::new(pool, &signals, scope, &others), &options, &Silent).frontier;
        for (right, point) in right.iter_mut().zip(&frontier.points) {
            // Costs are whole numbers: means are compared as such.
            let budget = (point.cost * pool.samples() as f64).round() * others.len() as f64;
            let within = |found: &&Found| scale.cost(found.cost) * pool.samples() as f64 <= budget;
            let cascade = &found.iter().rev().find(within).unwrap().cascade;
            let exits = replay(pool, cascade, &vec![0; pool.models().len()]).unwrap();
            let is_right =
                |&&at: &&u32| exits[at as usize].prediction == pool.labels()[at as usize];
            *right += part.iter().filter(is_right).count() as u32;
        }
    }
    right
}

/// Each fold is scored by cascades whose fits never looked at it. Fits that looked at all samples would
/// give other figures on some of these pools.
#[test]
fn no_fold_is_seen_by_its_fit() {
    let mut would_show = false;
    for (seed, fit) in [(1, BOTH), (2, TEMPERATURE), (3, WEIGHTS), (4, BOTH)] {
        let (labels, rows) = drawn(seed, 60, 3, 3.0);
        let (_, weaker) = drawn(seed ^ 9, 60, 3, 0.5);
        // The weaker model is right on some samples, wherever the other is wrong or not.
        let helped = weaker.iter().zip(&labels).enumerate().map(|(sample, (row, &label))| {
            let mut row = row.clone();
            row[label as usize] += if sample % 2 == 0 { 1.5 } else { 0.0 };
            row
        });
        let (_folder, pool) = written(&labels, &[helped.collect(), rows]);
        let settings = settings(fit, Holdout::Folds(4));
        let frontier = optimize(&pool, &settings, &Silent).unwrap().frontier;
        let parts = folds(pool.labels(), 4, settings.seed).unwrap();
        let held = |point: &Point| {
            let held = point.holdout.as_ref().unwrap();
            assert_eq!((held.method, held.samples), (Method::CrossFitted, pool.samples()));
            (held.accuracy * pool.samples() as f64).round() as u32
        };
        // Nothing about a single model is tuned: no fold changes what is said of it.
        let is_tuned = |point: &&Point| point.models().count() > 1;
        let reported: Vec<u32> = frontier.points.iter().filter(is_tuned).map(held).collect();
        let right = |fitted_to: &dyn Fn(&[u32]) -> Vec<u32>| -> Vec<u32> {
            let all = cross_fitted(&pool, &settings, &parts, &frontier, fitted_to);
            let tuned = frontier.points.iter().zip(all).filter(|(point, _)| is_tuned(point));
            tuned.map(|(_, right)| right).collect()
        };
        assert_eq!(reported, right(&|others| others.to_vec()), "seed {seed}");
        would_show |= reported != right(&|_| everyone(&pool));
    }
    assert!(would_show, "these pools tell nothing");
}

/// A spec with fitted numbers says all that running it needs: written and read again, it is the same
/// cascade.
#[test]
fn specs_carry_what_was_fitted() {
    let (_folder, pool) = common::random_pool(11, 3, 150, 4);
    let frontier = optimized(&pool, BOTH);
    assert!(frontier.points.iter().any(|point| point.fit() != Fit::RAW));
    for (number, point) in frontier.points.iter().enumerate() {
        let spec = frontier.spec(number).unwrap();
        let text = serde_json::to_string(&spec).unwrap();
        let read: committee::spec::wire::Spec = serde_json::from_str(&text).unwrap();
        let cascade = spec.cascade(&pool, Path::new("spec")).unwrap();
        assert_eq!(read.cascade(&pool, Path::new("spec")).unwrap(), cascade);
        assert_eq!(cascade.fit(), point.fit());
    }
}
