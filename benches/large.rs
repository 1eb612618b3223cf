//! Large pools, each once: `cargo bench --bench large`. Prints a table in Markdown.

mod made;

use std::time::{Duration, Instant};

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource};
use committee::search::{Options, Resolution, Scope, Silent, Status};
use committee::trust::Holdout;
use committee::{Judging, Settings, optimize};

fn main() {
    println!("| models x samples x classes | cascades of | status | gap | search, s | whole, s |");
    println!("| --- | --- | --- | ---: | ---: | ---: |");
    let every = Aggregation::ALL.as_slice();
    let (means, last) = (&[Aggregation::MeanLogits][..], &[Aggregation::Last][..]);
    let cases = [
        (made::Size { models: 20, samples: 20_000, classes: 100 }, every, 3, 60),
        (made::Size { models: 200, samples: 50_000, classes: 10 }, last, 3, 110),
        (made::Size { models: 100, samples: 20_000, classes: 50 }, means, 4, 60),
    ];
    for (size, aggregations, max_models, seconds) in cases {
        let made::Size { models, samples, classes } = size;
        let manifest = made::pool(size);
        let settings = settings(aggregations, max_models, Duration::from_secs(seconds));
        let start = Instant::now();
        let pool = Pool::open(&PoolSource::Manifest(manifest), None).expect("it is sound");
        let found = optimize(&pool, &settings, &Silent).expect("it is sound").frontier;
        let whole = start.elapsed().as_secs_f64();
        let search = &found.search;
        let certified = search.certified_gap.is_some();
        assert_eq!(certified, search.status != Status::Heuristic);
        assert_eq!(certified, settings.options.scope.is_enumerable(models, samples));
        let gap = search.certified_gap.map_or("-".to_owned(), |gap| format!("{gap:.4}"));
        let names: Vec<String> = aggregations.iter().map(ToString::to_string).collect();
        println!(
            "| {models} x {samples} x {classes} | {max_models} models, {} | {} | {gap} | {:.1} | {whole:.1} |",
            names.join(", "),
            search.status,
            search.seconds,
        );
    }
}

fn settings(aggregations: &[Aggregation], max_models: usize, limit: Duration) -> Settings {
    let scope = Scope {
        max_models,
        aggregations: aggregations.to_vec(),
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_worst_case_cost: None,
    };
    let resolution = Resolution::Exact;
    Settings {
        options: Options { scope, resolution, gap: 0.0, time_limit: Some(limit) },
        holdout: Holdout::Share(0.5),
        seed: 0,
        max_points: 500,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    }
}
