//! The program, from files to files, against what polars takes only to read the same files, in
//! turns: `cargo bench --bench against_polars [-- SAMPLES]`.
//!
//! The pool has 8 models and 1,000 classes, and 50,000 samples if not told otherwise (1.4 GB).

mod made;

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use committee::search::Status;
use committee::spec::wire::Frontier;
use polars::prelude::{ParquetReader, SerReader};

/// Times that each is run.
const RUNS: usize = 5;

/// A way to run the program.
struct Job {
    name: &'static str,
    options: &'static [&'static str],
    /// How the search ends.
    status: Status,
}

/// In the order of the memory that they need.
const JOBS: [Job; 3] = [
    Job { name: "exact, 3 models", options: &["--max-models", "3"], status: Status::Optimal },
    Job {
        name: "gap 0.0005, 4 models",
        options: &["--max-models", "4", "--gap", "0.0005"],
        status: Status::GapReached,
    },
    Job {
        name: "64 thresholds, 4 models",
        options: &["--max-models", "4", "--resolution", "64"],
        status: Status::Grid,
    },
];

fn main() {
    let samples = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let size = made::Size { models: 8, samples: samples.unwrap_or(50_000), classes: 1000 };
    let manifest = made::pool(size);
    let mut reads = vec![];
    let mut runs = JOBS.map(|_| vec![]);
    for _ in 0..RUNS {
        reads.push(timed(|| read(&manifest, size)));
        for (job, times) in JOBS.iter().zip(&mut runs) {
            times.push(timed(|| whole_run(&manifest, job)));
        }
    }
    let read = median(&mut reads);
    println!("{} models x {} samples x {} classes", size.models, size.samples, size.classes);
    println!("polars reads the files: {:.2} s", read.as_secs_f64());
    for (job, times) in JOBS.iter().zip(&mut runs) {
        let run = median(times);
        let ratio = run.as_secs_f64() / read.as_secs_f64();
        println!("{}: {:.2} s, {ratio:.2} times that", job.name, run.as_secs_f64());
    }
    #[cfg(unix)]
    println!("peak memory of the largest run: {} MB", peak_memory());
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

fn whole_run(manifest: &Path, job: &Job) {
    let out = std::env::temp_dir().join("committee-against-polars");
    let mut command = Command::new(env!("CARGO_BIN_EXE_committee"));
    command.arg("optimize").arg(manifest).arg("--out").arg(&out).arg("--quiet").args(job.options);
    command.args(["--aggregation", "mean_logits", "--confidence", "max_prob"]);
    command.args(["--time-limit", "inf"]);
    assert!(command.output().expect("the program starts").status.success());
    let found = std::fs::read_to_string(out.join("frontier.json")).expect("it was written");
    let found: Frontier = serde_json::from_str(&found).expect("it is a frontier");
    assert_eq!(found.search.status, job.status);
}

/// Most memory that one of the program's runs so far has held, in MB.
#[cfg(unix)]
fn peak_memory() -> i64 {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("it can always be asked for");
    // In KiB, but in bytes on Apple's systems.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    usage.max_rss() * unit / 1_000_000
}
