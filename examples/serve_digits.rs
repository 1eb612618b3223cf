//! Serves a cascade of the digits, their cached logits standing in for running the models, and
//! checks what comes out against the spec:
//!
//! ```sh
//! cargo run --release -- optimize data/digits/pool.toml --out out
//! cargo run --release --example serve_digits -- out/cascade.json data/digits/pool.toml
//! ```

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use committee::pool::{Chunk, Pool, PoolSource, Scores};
use committee::runtime::Runner;
use committee::spec::wire::Spec;

/// Samples that are served together.
const BATCH: usize = 64;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("serve_digits: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [spec, pool] = paths.as_slice() else {
        return Err("usage: serve_digits SPEC.json POOL.toml".into());
    };
    let path = Path::new(spec);
    let spec = Spec::read(path)?;
    let pool = Pool::open(&PoolSource::Manifest(pool.into()), None)?;
    // Sees that the pool has its models, classes and unit of cost.
    spec.cascade(&pool, path)?;
    let split = spec.provenance.split.split(&pool)?;

    let tuning = Served::run(&spec, &pool, &split.tuning)?;
    tuning.print("tuning", &spec);
    tuning.check(spec.point.accuracy, spec.point.cost)?;
    // Held-out figures may also be of another pool, or cross-fitted.
    if let Some(held) = spec.held().filter(|_| !split.holdout.is_empty()) {
        let served = Served::run(&spec, &pool, &split.holdout)?;
        served.print("held out", &spec);
        served.check(held.accuracy, held.cost)?;
    }
    println!("all figures are those of the spec");
    Ok(())
}

/// What serving some samples came to.
struct Served {
    samples: usize,
    right: usize,
    /// How many samples each model was run on.
    calls: BTreeMap<String, usize>,
    cost: f64,
}

impl Served {
    fn run(spec: &Spec, pool: &Pool, samples: &[u32]) -> committee::Result<Self> {
        let cache = Cache::new(pool)?;
        let mut runner = Runner::new(spec)?;
        for model in spec.point.models() {
            runner = runner.with_kind(model, cache.scores(model).kind)?;
        }
        let mut served =
            Self { samples: samples.len(), right: 0, calls: BTreeMap::new(), cost: 0.0 };
        for samples in samples.chunks(BATCH) {
            let mut batch = runner.start(samples.len());
            while let Some(request) = batch.pending() {
                for model in request.models {
                    // Here a server would run the model on the inputs of these samples.
                    let scores =
                        request.samples.iter().flat_map(|&at| cache.row(model, samples[at]));
                    let exits = batch.feed(model, &scores.collect::<Vec<f32>>())?;
                    *served.calls.entry(model.to_owned()).or_default() += request.samples.len();
                    for exit in exits {
                        let label = pool.labels()[samples[exit.sample] as usize];
                        served.right += usize::from(exit.prediction == label);
                        served.cost += exit.cost;
                    }
                }
            }
        }
        Ok(served)
    }

    fn accuracy(&self) -> f64 {
        self.right as f64 / self.samples as f64
    }

    fn mean_cost(&self) -> f64 {
        self.cost / self.samples as f64
    }

    fn print(&self, part: &str, spec: &Spec) {
        println!("{part}: {} samples in batches of {BATCH}", self.samples);
        for model in spec.point.models() {
            println!("  {model:12} {:6} calls", self.calls.get(model).unwrap_or(&0));
        }
        let (accuracy, cost) = (100.0 * self.accuracy(), self.mean_cost());
        println!("  accuracy {accuracy:.2} %, cost {cost:.4} {} a sample\n", spec.point.cost_unit);
    }

    /// Fails unless the figures are those claimed, costs but for the rounding of their sum.
    fn check(&self, accuracy: f64, cost: f64) -> Result<(), String> {
        if self.accuracy() == accuracy && (self.mean_cost() - cost).abs() <= 1e-9 * cost {
            return Ok(());
        }
        let found = (self.accuracy(), self.mean_cost());
        Err(format!(
            "the spec claims accuracy and cost {:?}, serving found {found:?}",
            (accuracy, cost)
        ))
    }
}

/// The models' scores on every sample.
struct Cache {
    chunk: Chunk,
    /// For each sample its row.
    rows: Vec<usize>,
    models: BTreeMap<String, usize>,
}

impl Cache {
    fn new(pool: &Pool) -> committee::Result<Self> {
        let chunk = pool.read_all()?;
        let mut rows = vec![0; pool.samples()];
        for (row, &sample) in chunk.positions.iter().enumerate() {
            rows[sample as usize] = row;
        }
        let names = pool.models().iter().enumerate();
        let models = names.map(|(place, model)| (model.name.clone(), place)).collect();
        Ok(Self { chunk, rows, models })
    }

    fn scores(&self, model: &str) -> &Scores {
        &self.chunk.scores[self.models[model]]
    }

    fn row(&self, model: &str, sample: u32) -> Vec<f32> {
        self.scores(model).values.row(self.rows[sample as usize]).to_vec()
    }
}
