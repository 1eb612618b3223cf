//! Pools of rows that real exports hold now and then.

use committee::pool::{Pool, PoolSource, Values, write_table};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// Like [`random_pool`](super::random_pool), of rows that are all equal, all zero, tied at the top,
/// sure of one class, far apart or 8-bit. Models take turns in logits and probabilities, and some
/// are copies of the one before.
pub fn odd_pool(seed: u64, models: usize, samples: usize, classes: usize) -> (TempDir, Pool) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let labels: Vec<u32> = (0..samples).map(|_| rng.random_range(0..classes as u32)).collect();
    let folder = tempfile::tempdir().unwrap();
    let (mut files, mut costs) = (vec![], vec![]);
    let mut table = vec![];
    for model in 0..models {
        if model == 0 || rng.random_bool(0.8) {
            let is_logits = rng.random_bool(0.5);
            let rows: Vec<Vec<f64>> =
                (0..samples).map(|_| odd_row(&mut rng, classes, is_logits)).collect();
            let prefix = if is_logits { "logit" } else { "prob" };
            table = vec![("label".to_owned(), Values::U32(labels.clone()))];
            table.extend((0..classes).map(|class| {
                let column = rows.iter().map(|row| row[class]).collect();
                (format!("{prefix}_{class}"), Values::F64(column))
            }));
        }
        let file = folder.path().join(format!("m{model}.parquet"));
        std::fs::write(&file, write_table(table.clone()).unwrap()).unwrap();
        files.push(file);
        // Equal costs and free models are among them.
        costs.push((format!("m{model}"), f64::from(rng.random_range(0..3)) / 3.0));
    }
    costs[models - 1].1 = 1.0;
    let source = PoolSource::Files { files, costs, cost_unit: "units".into() };
    let pool = Pool::open(&source, None).unwrap();
    (folder, pool)
}

fn odd_row(rng: &mut ChaCha8Rng, classes: usize, is_logits: bool) -> Vec<f64> {
    let top = rng.random_range(0..classes);
    let mut row = match rng.random_range(0..6) {
        0 => vec![0.0; classes],
        1 => vec![1.0 / classes as f64; classes],
        2 => (0..classes).map(|_| f64::from(rng.random_range(0..2))).collect(),
        3 => (0..classes).map(|class| if class == top { 1.0 } else { 0.0 }).collect(),
        4 => (0..classes).map(|_| f64::from(rng.random_range(0..256)) / 256.0).collect(),
        _ => (0..classes).map(|_| rng.random_range(0.0..1.0)).collect::<Vec<f64>>(),
    };
    if is_logits {
        let scale = [1.0, -3.0, 100.0, 1e4, 1e-6][rng.random_range(0..5)];
        row.iter_mut().for_each(|score| *score *= scale);
    }
    row
}
