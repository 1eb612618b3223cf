//! A whole run against what polars takes only to read the same files, in turns:
//! `cargo bench --bench against_polars [-- SAMPLES]`.
//!
//! The pool has 8 models and 1,000 classes, and 50,000 samples if not told otherwise (1.4 GB).

mod made;

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource};
use committee::search::{Options, Resolution, Scope, Silent, Status};
use committee::trust::Holdout;
use committee::{Judging, Settings, optimize};
use polars::prelude::{ParquetReader, SerReader};

/// Times that each is run.
const RUNS: usize = 5;

fn main() {
    let samples = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let size = made::Size { models: 8, samples: samples.unwrap_or(50_000), classes: 1000 };
    let manifest = made::pool(size);
    let mut polars: Vec<Duration> = (0..RUNS).map(|_| timed(|| read(&manifest, size))).collect();
    let read = median(&mut polars);
    println!("{} models x {} samples x {} classes", size.models, size.samples, size.classes);
    println!("polars reads the files: {:.2} s", read.as_secs_f64());
    for (name, max_models, resolution, gap) in [
        ("exact, 3 models", 3, Resolution::Exact, 0.0),
        ("gap 0.0005, 4 models", 4, Resolution::Exact, 0.0005),
        ("64 thresholds, 4 models", 4, Resolution::Quantiles(64), 0.0),
    ] {
        let settings = settings(max_models, resolution, gap);
        let run = || timed(|| whole_run(&manifest, &settings));
        let mut runs: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
        let run = median(&mut runs);
        let ratio = run.as_secs_f64() / read.as_secs_f64();
        println!("{name}: {:.2} s, {ratio:.2} times that", run.as_secs_f64());
    }
}

fn timed(job: impl FnOnce()) -> Duration {
    let start = Instant::now();
    job();
    start.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn read(manifest: &Path, size: made::Size) {
    let folder = manifest.parent().expect("a manifest lies in a folder");
    for model in 0..size.models {
        let file = File::open(folder.join(format!("model_{model}.parquet"))).expect("it was made");
        let table = ParquetReader::new(file).finish().expect("it is sound");
        assert_eq!(table.height(), size.samples);
    }
}

fn settings(max_models: usize, resolution: Resolution, gap: f64) -> Settings {
    let scope = Scope {
        max_models,
        aggregations: vec![Aggregation::MeanLogits],
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_worst_case_cost: None,
    };
    Settings {
        options: Options { scope, resolution, gap, time_limit: None },
        holdout: Holdout::Share(0.5),
        seed: 0,
        max_points: 500,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    }
}

fn whole_run(manifest: &Path, settings: &Settings) {
    let pool = Pool::open(&PoolSource::Manifest(manifest.into()), None).expect("it is sound");
    let found = optimize(&pool, settings, &Silent).expect("it is sound").frontier;
    let expected = match settings.options.resolution {
        Resolution::Quantiles(_) => Status::Grid,
        Resolution::Exact if settings.options.gap > 0.0 => Status::GapReached,
        Resolution::Exact => Status::Optimal,
    };
    assert_eq!(found.search.status, expected);
}
