//! How fast the runtime serves, against plain loops that run the same cascade over the same logits:
//! `cargo bench --bench serve`. Both predict the same, or it fails.

use std::hint::black_box;
use std::time::Instant;

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource};
use committee::runtime::Runner;
use committee::search::{Options, Resolution, Scope, Silent};
use committee::spec::wire::Spec;
use committee::trust::Holdout;
use committee::{Judging, Settings, optimize};

/// Samples that are served together.
const BATCHES: [usize; 3] = [1, 64, 1024];

/// Each is timed this often; the median counts.
const TIMES: usize = 9;

/// How often all samples are served in one timing.
const ROUNDS: usize = 20;

fn main() {
    let source = PoolSource::Manifest("data/digits/pool.toml".into());
    let pool = Pool::open(&source, None).expect("the pool is sound");
    let spec = chosen(&pool);
    let logits = Logits::of(&pool, &spec);
    println!("{} on {} samples of {} classes", spec.point.path(), logits.samples, logits.classes);

    let expected = plain(&spec, &logits);
    let rival = median(|| plain(&spec, &logits));
    let shown = |what: &str, seconds: f64| {
        let rate = logits.samples as f64 / seconds / 1e6;
        println!(
            "{what:24} {rate:6.2} million samples a second, {:.2}x the time of plain loops",
            seconds / rival
        );
    };
    shown("plain loops", rival);
    let runner = Runner::new(&spec).expect("the spec is sound");
    for size in BATCHES {
        assert_eq!(serve(&runner, &logits, size), expected, "in batches of {size}");
        shown(&format!("Runner, batches of {size}"), median(|| serve(&runner, &logits, size)));
    }
}

/// The cascade that the digits' main job would choose among means of logits.
fn chosen(pool: &Pool) -> Spec {
    let scope = Scope {
        max_models: 4,
        aggregations: vec![Aggregation::MeanLogits],
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_worst_case_cost: None,
    };
    let settings = Settings {
        options: Options { scope, resolution: Resolution::Exact, gap: 0.0, time_limit: None },
        holdout: Holdout::Share(0.5),
        seed: 0,
        max_points: 500,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    };
    let found = optimize(pool, &settings, &Silent).expect("the pool is sound");
    let chosen = found.chosen.expect("a cascade is as accurate as the best model");
    found.frontier.spec(chosen).expect("it is on the frontier")
}

/// Logits of all models of a cascade, stage by stage, row-major.
struct Logits {
    names: Vec<Vec<String>>,
    stages: Vec<Vec<Vec<f32>>>,
    samples: usize,
    classes: usize,
}

impl Logits {
    fn of(pool: &Pool, spec: &Spec) -> Self {
        let chunk = pool.read_all().expect("the pool is sound");
        let model = |name: &String| {
            let place = pool.models().iter().position(|model| model.name == *name);
            let scores = &chunk.scores[place.expect("the cascade is of this pool")].values;
            scores.iter().copied().collect::<Vec<f32>>()
        };
        let names: Vec<_> = spec.point.stages.iter().map(|stage| stage.models.clone()).collect();
        let stages = names.iter().map(|names| names.iter().map(model).collect()).collect();
        Self { names, stages, samples: chunk.positions.len(), classes: pool.classes() }
    }

    fn row<'a>(&self, scores: &'a [f32], sample: usize) -> &'a [f32] {
        &scores[sample * self.classes..][..self.classes]
    }

    fn scores(&self, model: &str) -> &[f32] {
        let all = self.names.iter().flatten().zip(self.stages.iter().flatten());
        all.into_iter().find(|(name, _)| *name == model).expect("a model of the cascade").1
    }
}

/// What a server's author would write by hand: for each sample and stage the sum of the logits, their
/// softmax, and the gate.
fn plain(spec: &Spec, logits: &Logits) -> Vec<u32> {
    let mut predictions = vec![0; logits.samples];
    let mut sum = vec![0.0f32; logits.classes];
    for (sample, prediction) in predictions.iter_mut().enumerate() {
        sum.fill(0.0);
        let mut models = 0;
        for (stage, scores) in spec.point.stages.iter().zip(&logits.stages) {
            for scores in scores {
                let row = logits.row(scores, sample);
                sum.iter_mut().zip(row).for_each(|(sum, score)| *sum += score);
                models += 1;
            }
            let mut best = 0;
            for class in 1..sum.len() {
                if sum[class] > sum[best] {
                    best = class;
                }
            }
            let scale = 1.0 / models as f32;
            let total: f32 = sum.iter().map(|score| ((score - sum[best]) * scale).exp()).sum();
            if stage.threshold.is_none_or(|threshold| f64::from(1.0 / total) >= threshold) {
                *prediction = best as u32;
                break;
            }
        }
    }
    predictions
}

fn serve(runner: &Runner, logits: &Logits, size: usize) -> Vec<u32> {
    let mut predictions = vec![0; logits.samples];
    let mut fed: Vec<f32> = vec![];
    for first in (0..logits.samples).step_by(size) {
        let mut batch = runner.start(size.min(logits.samples - first));
        while let Some(request) = batch.pending() {
            for model in request.models {
                let scores = logits.scores(model);
                fed.clear();
                for sample in &request.samples {
                    fed.extend_from_slice(logits.row(scores, first + sample));
                }
                for exit in batch.feed(model, &fed).expect("the scores are sound") {
                    predictions[first + exit.sample] = exit.prediction;
                }
            }
        }
    }
    predictions
}

/// Seconds for all samples once.
fn median(job: impl Fn() -> Vec<u32>) -> f64 {
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                black_box(job());
            }
            start.elapsed().as_secs_f64() / ROUNDS as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[TIMES / 2]
}
