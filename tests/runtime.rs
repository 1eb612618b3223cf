//! The runtime decides as the reference executor does, and asks for no run that is not needed.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use committee::cascade::{Aggregation, ConfidenceMeasure, CostScale, Fit, Ticks};
use committee::frontier::Goal;
use committee::pool::{Kind, Pool};
use committee::runtime::{Exit, Runner};
use committee::search::{Options, Resolution, Scope, Silent};
use committee::spec::replay;
use committee::spec::wire::{Frontier, Spec};
use committee::trust::Holdout;
use committee::{Judging, Settings, optimize};
use common::odd::odd_pool;
use polars::prelude::*;
use proptest::prelude::*;

fn frontier(pool: &Pool) -> Frontier {
    let scope = Scope {
        max_models: 3,
        aggregations: Aggregation::ALL.to_vec(),
        confidences: ConfidenceMeasure::ALL.to_vec(),
        fit: Fit { temperature: true, weights: true },
        max_worst_case_cost: None,
    };
    let settings = Settings {
        options: Options {
            scope,
            resolution: Resolution::Quantiles(6),
            gap: 0.0,
            time_limit: None,
        },
        holdout: Holdout::Share(0.0),
        seed: 0,
        max_points: 0,
        guarantee: None,
        judging: Judging::default(),
        goal: Goal::default(),
    };
    optimize(pool, &settings, &Silent).unwrap().frontier
}

/// A model's scores as its file holds them, by sample, and their kind.
fn stored(path: &Path) -> (Kind, Vec<Vec<f32>>) {
    let file = std::fs::File::open(path).unwrap();
    let frame = ParquetReader::new(file).finish().unwrap();
    let columns = |prefix: &str| -> Vec<Vec<f32>> {
        let columns = frame.columns().iter().filter(|column| column.name().starts_with(prefix));
        let values = columns.map(|column| column.cast(&DataType::Float32).unwrap());
        values.map(|column| column.f32().unwrap().into_no_null_iter().collect()).collect()
    };
    let (kind, columns) = match columns("logit_") {
        none if none.is_empty() => (Kind::Probabilities, columns("prob_")),
        logits => (Kind::Logits, logits),
    };
    let rows = 0..columns[0].len();
    (kind, rows.map(|row| columns.iter().map(|column| column[row]).collect()).collect())
}

/// What a served cascade did: each sample's end, and which models were run on which samples.
struct Served {
    exits: Vec<Exit>,
    runs: Vec<(String, usize)>,
}

/// Serves all samples in batches of `size`.
fn serve(spec: &Spec, pool: &Pool, size: usize) -> Served {
    let files = pool.models().iter().map(|model| (&model.name, stored(&model.predictions)));
    let files: Vec<_> = files.collect();
    let mut runner = Runner::new(spec).unwrap();
    for (name, (kind, _)) in files.iter().filter(|(name, _)| runner_has(spec, name)) {
        runner = runner.with_kind(name, *kind).unwrap();
    }
    let mut served = Served { exits: vec![], runs: vec![] };
    for start in (0..pool.samples()).step_by(size) {
        let mut batch = runner.start(size.min(pool.samples() - start));
        while let Some(request) = batch.pending() {
            for model in request.models {
                let (_, (_, rows)) = files.iter().find(|(name, _)| *name == model).unwrap();
                let samples = request.samples.iter().map(|sample| start + sample);
                let scores: Vec<f32> =
                    samples.clone().flat_map(|sample| rows[sample].clone()).collect();
                served.runs.extend(samples.map(|sample| (model.to_owned(), sample)));
                let exits = batch.feed(model, &scores).unwrap();
                let exits = exits.into_iter().map(|e| Exit { sample: start + e.sample, ..e });
                served.exits.extend(exits);
            }
        }
    }
    served.exits.sort_by_key(|exit| exit.sample);
    served
}

fn runner_has(spec: &Spec, name: &str) -> bool {
    spec.point.models().any(|known| known == name)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn serving_is_replaying_and_no_run_is_wasted(
        seed: u64,
        models in 2..=4usize,
        samples in 4..60usize,
        classes in 2..40usize,
        size in 1..20usize,
        odd: bool,
    ) {
        let make = if odd { odd_pool } else { common::random_pool };
        let (_folder, pool) = make(seed, models, samples, classes);
        let prices: Vec<f64> = pool.models().iter().map(|model| model.cost).collect();
        let scale = CostScale::new(&prices, pool.samples());
        let ticks: Vec<Ticks> = prices.iter().map(|&cost| scale.ticks(cost)).collect();
        let frontier = frontier(&pool);
        for number in 0..frontier.points.len() {
            let spec = frontier.spec(number).unwrap();
            let cascade = spec.cascade(&pool, Path::new("spec")).unwrap();
            let replayed = replay(&pool, &cascade, &ticks).unwrap();
            let Served { exits, runs } = serve(&spec, &pool, size);
            prop_assert_eq!(exits.len(), replayed.len());
            for (sample, (exit, replayed)) in exits.iter().zip(&replayed).enumerate() {
                prop_assert_eq!(exit.sample, sample);
                prop_assert_eq!(exit.stage, replayed.stage as usize);
                prop_assert_eq!(exit.prediction, replayed.prediction);
                prop_assert_eq!(exit.confidence.to_bits(), replayed.confidence.to_bits());
                prop_assert!((exit.cost - scale.cost(replayed.cost)).abs() <= 1e-9 * exit.cost);
            }
            // The runs are those that the cost counts: each once, and none beside them.
            let distinct: BTreeSet<_> = runs.iter().collect();
            prop_assert_eq!(distinct.len(), runs.len());
            let expected: usize = replayed
                .iter()
                .map(|exit| cascade.committees()[exit.stage as usize].len())
                .sum();
            prop_assert_eq!(runs.len(), expected);
            let paid = |name: &String| {
                ticks[pool.models().iter().position(|model| model.name == *name).unwrap()]
            };
            let spent: Ticks = runs.iter().map(|(model, _)| paid(model)).sum();
            prop_assert_eq!(spent, replayed.iter().map(|exit| exit.cost).sum::<Ticks>());
        }
    }
}

fn fixture() -> Spec {
    Spec::read(Path::new("tests/fixtures/cascade.v1.json")).unwrap()
}

#[test]
fn what_was_not_asked_for_is_refused_and_changes_nothing() {
    let runner = Runner::new(&fixture()).unwrap();
    let mut batch = runner.start(2);
    let before = batch.pending();
    let mut refused = |model: &str, scores: &[f32], expected: &str| {
        let error = batch.feed(model, scores).unwrap_err().to_string();
        assert_eq!(error, format!("scores of model {model:?}: {expected}"));
        assert_eq!(batch.pending(), before);
    };
    let good = [0.0; 20];
    refused("cnn_l", &good, "expected those of cnn_s, found a model that is not pending");
    refused(
        "cnn",
        &good,
        "expected those of a model of the cascade (cnn_l, cnn_m, cnn_s), found no such model",
    );
    refused("cnn_s", &good[1..], "expected 2 rows of 10 scores, found 19 scores");
    let mut nan = good;
    nan[13] = f32::NAN;
    let expected = "row 1 (from 0), class 3: the score is NaN, expected a finite number of at most \
                    1e37 in size";
    refused("cnn_s", &nan, expected);
}

#[test]
fn a_batch_ends_and_an_empty_one_asks_for_nothing() {
    let runner = Runner::new(&fixture()).unwrap();
    assert_eq!(runner.start(0).pending(), None);
    let mut batch = runner.start(1);
    let sure: Vec<f32> = (0..10).map(|class| if class == 7 { 50.0 } else { 0.0 }).collect();
    let exits = batch.feed("cnn_s", &sure).unwrap();
    assert_eq!((exits.len(), exits[0].prediction, exits[0].cost), (1, 7, 52.538));
    assert_eq!(batch.pending(), None);
    let error = batch.feed("cnn_m", &sure).unwrap_err().to_string();
    assert!(error.contains("all samples are done"), "{error}");
}

#[test]
fn a_spec_that_makes_no_sense_is_refused() {
    let mut spec = fixture();
    spec.point.stages[0].threshold = None;
    let error = Runner::new(&spec).unwrap_err().to_string();
    assert_eq!(error, "stages[0].threshold: expected a number before the last stage, found null");
    let error = Runner::new(&fixture()).unwrap().with_kind("x", Kind::Probabilities).unwrap_err();
    assert!(error.to_string().contains("no such model"), "{error}");
}

#[test]
fn free_cascades_cost_nothing() {
    let mut spec = fixture();
    spec.point.model_costs.values_mut().for_each(|cost| *cost = 0.0);
    let runner = Runner::new(&spec).unwrap();
    let mut batch = runner.start(1);
    let sure: Vec<f32> = (0..10).map(|class| if class == 7 { 50.0 } else { 0.0 }).collect();
    assert_eq!(batch.feed("cnn_s", &sure).unwrap()[0].cost, 0.0);
}
