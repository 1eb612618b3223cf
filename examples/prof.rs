//! scratch
use committee::cascade::*;
use committee::pool::*;
use committee::search::*;
use committee::signal::*;
use committee::trust::*;
use std::time::*;
struct Obs(Instant);
impl Observer for Obs {
    fn progress(&self, p: Progress) {
        if let Progress::Proving { done, total, gap } = p {
            if done % 2048 == 0 || done == total {
                eprintln!("{:.2}s {done}/{total} gap {gap}", self.0.elapsed().as_secs_f64());
            }
        }
        if let Progress::Scoring { done, total } = p {
            if done == total {
                eprintln!("{:.2}s scored {done}/{total}", self.0.elapsed().as_secs_f64());
            }
        }
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let pool = Pool::open(&PoolSource::Manifest(a[1].clone().into()), None).unwrap();
    let k: usize = a[2].parse().unwrap();
    let gap: f64 = a[3].parse().unwrap();
    let aggs = if a[4] == "all" { Aggregation::ALL.to_vec() } else { vec![Aggregation::MeanLogits] };
    let scope = Scope { max_models: k, aggregations: aggs, confidences: vec![ConfidenceMeasure::MaxProb], max_worst_case_cost: None };
    let t = Instant::now();
    let keys = scope.signal_keys(&pool);
    let sets = keys.len();
    let signals = Signals::compute(&pool, keys, |_| {}).unwrap();
    let e = t.elapsed().as_secs_f64();
    eprintln!("signals {sets} {:.3}s {:.3} ns per committee sample class", e, e * 1e9 / (sets * pool.samples() * pool.classes()) as f64);
    let tuning = SplitRule { holdout: 0.5, seed: 0 }.split(pool.labels()).unwrap().tuning;
    let t = Instant::now();
    let space = Space::new(&pool, &signals, &scope, &tuning);
    eprintln!("space {:.3}s", t.elapsed().as_secs_f64());
    let options = Options { scope, resolution: a[5].parse().unwrap(), gap, time_limit: Some(Duration::from_secs(600)) }.check().unwrap();
    let o = search(&space, &options, &Obs(Instant::now()));
    eprintln!("{:?} gap {:?} candidates {:e} evaluated {:e} pruned {:e} {:.3}s points {} rate {:e}", o.status, o.certified_gap, o.candidates as f64, o.evaluated as f64, o.pruned as f64, o.duration.as_secs_f64(), o.frontier.len(), o.candidates as f64 / o.duration.as_secs_f64());
}
