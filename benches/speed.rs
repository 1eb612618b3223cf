//! How fast the parts are: `cargo bench --bench speed`. Each benchmark checks its answer.

mod made;

use std::path::PathBuf;

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource};
use committee::search::{Options, Resolution, Scope, Silent, Space, Status, search};
use committee::signal::{Row, Signals, decide};
use committee::trust::Holdout;
use committee::{Judging, Settings, optimize};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn open(manifest: PathBuf) -> Pool {
    Pool::open(&PoolSource::Manifest(manifest), None).expect("the pool is sound")
}

fn scope(aggregations: &[Aggregation], max_models: usize) -> Scope {
    Scope {
        max_models,
        aggregations: aggregations.to_vec(),
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_worst_case_cost: None,
    }
}

/// The README's main job, without writing files.
fn digits(criterion: &mut Criterion) {
    let settings = Settings {
        options: Options {
            scope: scope(&Aggregation::ALL, 4),
            resolution: Resolution::Exact,
            gap: 0.0,
            time_limit: None,
        },
        holdout: Holdout::Share(0.5),
        seed: 0,
        max_points: 500,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    };
    criterion.bench_function("digits: files to frontier, exact", |bencher| {
        bencher.iter(|| {
            let pool = open("data/digits/pool.toml".into());
            let found = optimize(&pool, &settings, &Silent).expect("the pool is sound");
            assert_eq!(found.frontier.search.status, Status::Optimal);
            found
        });
    });
}

/// 8 models x 50,000 samples x 100 classes: the search does not see the number of classes.
fn grid(criterion: &mut Criterion) {
    let pool = open(made::pool(made::Size { models: 8, samples: 50_000, classes: 100 }));
    let scope = scope(&[Aggregation::MeanLogits], 4);
    let signals = Signals::compute(&pool, scope.signal_keys(&pool), |_| {}).expect("sound");
    let tuning: Vec<u32> = (0..50_000).step_by(2).collect();
    let space = Space::new(&pool, &signals, &scope, &tuning);
    let options =
        Options { scope, resolution: Resolution::Quantiles(64), gap: 0.0, time_limit: None };
    let options = options.check().expect("the options are sound");

    let outcome = search(&space, &options, &Silent);
    let costs: Vec<u64> = pool.models().iter().map(|model| space.scale.ticks(model.cost)).collect();
    for found in &outcome.frontier {
        let tally = signals.tally(&found.cascade, &costs, &tuning).expect("all signals are there");
        assert_eq!((tally.correct, tally.cost), (found.correct, found.cost));
    }
    let mut group = criterion.benchmark_group("grid");
    group.throughput(Throughput::Elements(outcome.candidates));
    group.bench_function("64 thresholds a gate, 4 models of 8, 25,000 samples", |bencher| {
        bencher.iter(|| search(&space, &options, &Silent));
    });
}

/// Reading included; an element is one committee, sample and class.
fn signals(criterion: &mut Criterion) {
    let size = made::Size { models: 8, samples: 10_000, classes: 1000 };
    let pool = open(made::pool(size));
    let keys = scope(&[Aggregation::MeanLogits], 4).signal_keys(&pool);
    let computed = Signals::compute(&pool, keys.clone(), |_| {}).expect("the pool is sound");
    let chunk = pool.read(0..100).expect("the pool is sound");
    for key in &keys {
        let signal = computed.get(key).expect("all keys are computed");
        for (row, &at) in chunk.positions.iter().enumerate() {
            let rows: Vec<_> = key
                .committee()
                .models()
                .iter()
                .map(|&model| {
                    (chunk.scores[model].kind, chunk.scores[model].values.row(row).to_vec())
                })
                .collect();
            let rows: Vec<Row<'_>> =
                rows.iter().map(|(kind, scores)| Row { kind: *kind, scores }).collect();
            let said = decide(&rows, Aggregation::MeanLogits, ConfidenceMeasure::MaxProb);
            assert_eq!(said.confidence, signal.confidence[at as usize]);
        }
    }
    let mut group = criterion.benchmark_group("signals");
    group.sample_size(10);
    group.throughput(Throughput::Elements((keys.len() * size.samples * size.classes) as u64));
    group.bench_function("162 committees x 10,000 x 1,000, files included", |bencher| {
        bencher.iter(|| Signals::compute(&pool, keys.clone(), |_| {}).expect("sound"));
    });
    group.throughput(Throughput::Elements((size.models * size.samples * size.classes) as u64));
    group.bench_function("the files alone", |bencher| {
        use rayon::prelude::*;
        bencher.iter(|| {
            pool.chunks().into_par_iter().for_each(|rows| {
                pool.read(rows).expect("the pool is sound");
            })
        });
    });
}

criterion_group!(benches, digits, grid, signals);
criterion_main!(benches);
