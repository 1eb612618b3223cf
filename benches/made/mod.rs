//! Makes pools of any size: logits of models that err alike, cheap to dear.
//!
//! Every sample has a difficulty and every class a confusion that all models share; each model adds
//! noise of its own and a signal that grows with its cost, and none is calibrated.
#![allow(dead_code, reason = "each benchmark uses some of it")]

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// The size of a made pool.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub models: usize,
    pub samples: usize,
    pub classes: usize,
}

/// Rows of one row group.
const ROW_GROUP: usize = 4096;

/// The manifest of a pool of this size; its files are made in the folder for temporary files once
/// and then kept.
pub fn pool(size: Size) -> PathBuf {
    let Size { models, samples, classes } = size;
    let folder = std::env::temp_dir().join(format!("committee-made-{models}x{samples}x{classes}"));
    let manifest = folder.join("pool.toml");
    if manifest.exists() {
        return manifest;
    }
    std::fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
    let shared = Shared::new(size);
    let mut text = "cost_unit = \"GFLOPs\"\n".to_owned();
    for model in 0..models {
        write(&folder.join(format!("model_{model}.parquet")), &shared, model);
        text += &format!(
            "[[model]]\nname = \"model_{model}\"\npredictions = \"model_{model}.parquet\"\ncost = {:.3}\n",
            0.39 * 25.6f64.powf(share(model, models)),
        );
    }
    std::fs::write(&manifest, text).expect("the folder for temporary files is writable");
    manifest
}

/// Where a model stands between the cheapest (0) and the dearest (1).
fn share(model: usize, models: usize) -> f64 {
    model as f64 / (models - 1).max(1) as f64
}

/// What all models have in common.
struct Shared {
    size: Size,
    labels: Vec<u32>,
    difficulty: Vec<f32>,
}

impl Shared {
    fn new(size: Size) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let labels = (0..size.samples).map(|_| rng.random_range(0..size.classes as u32)).collect();
        // Gamma of shape 4: a sum of four exponentials.
        let difficulty = (0..size.samples)
            .map(|_| {
                let gamma: f32 = (0..4).map(|_| -(1.0 - rng.random::<f32>()).ln() * 0.28).sum();
                gamma.sqrt()
            })
            .collect();
        Self { size, labels, difficulty }
    }

    /// The logits of one sample; the same shared confusion for every model.
    fn logits(&self, model: usize, sample: usize, row: &mut Vec<f32>) {
        let at = |stream: u64| {
            let mut rng = ChaCha8Rng::seed_from_u64(stream);
            rng.set_word_pos((sample * self.size.classes * 2) as u128 * 4);
            rng
        };
        let (mut shared, mut own) = (at(1), at(2 + model as u64));
        let share = share(model, self.size.models) as f32;
        let sharpness = 1.6 - 0.4 * share;
        let first = row.len();
        for _ in 0..self.size.classes {
            let noise = 0.75 * normal(&mut shared) + 0.66 * normal(&mut own);
            row.push(noise * self.difficulty[sample] * 1.35 * sharpness);
        }
        let signal = (3.2 + 2.2 * share) * (1.0 + 0.15 * normal(&mut own));
        row[first + self.labels[sample] as usize] += signal * sharpness;
    }
}

/// Nearly a standard normal: four uniform numbers from one draw.
fn normal(rng: &mut impl Rng) -> f32 {
    let bits = rng.random::<u64>();
    let sum: u64 = (0..4).map(|part| bits >> (16 * part) & 0xffff).sum();
    (sum as f32 / 65536.0 - 2.0) * 1.732_050_8
}

fn write(path: &Path, shared: &Shared, model: usize) {
    let Size { samples, classes, .. } = shared.size;
    let rows: Vec<f32> = (0..samples)
        .into_par_iter()
        .fold(Vec::new, |mut rows, sample| {
            shared.logits(model, sample, &mut rows);
            rows
        })
        .reduce(Vec::new, |mut all, rows| {
            all.extend(rows);
            all
        });
    let ids: Vec<i64> = (0..samples as i64).collect();
    let flat = Series::new("logits".into(), rows);
    let lists = flat
        .reshape_list(&[ReshapeDimension::Infer, ReshapeDimension::new_dimension(classes as u64)])
        .expect("every sample has one logit per class");
    let columns = vec![
        Column::new("sample_id".into(), ids),
        Column::new("label".into(), &shared.labels),
        lists.into_column(),
    ];
    let mut table = DataFrame::new(samples, columns).expect("all columns have one length");
    let file = File::create(path).expect("the folder for temporary files is writable");
    ParquetWriter::new(file)
        .with_compression(ParquetCompression::Zstd(None))
        .with_row_group_size(Some(ROW_GROUP))
        .finish(&mut table)
        .expect("a table can be written");
}
