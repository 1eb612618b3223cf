//! Small random pools, and the slow obvious twin of the search.
#![allow(dead_code)]

pub mod odd;

use committee::cascade::{Aggregation, Cascade, Committee, ConfidenceMeasure, Mix, Stage};
use committee::pool::{Kind, Pool, PoolSource, Scores, Values, write_table};
use committee::signal::{Decision, Row, decide};
use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// A pool on disk, from a seed, in a folder that lives as long as the first of the two. Scores are
/// multiples of 1/4 on a short range, so that ties of scores and of confidences are common.
pub fn random_pool(seed: u64, models: usize, samples: usize, classes: usize) -> (TempDir, Pool) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let labels: Vec<u32> = (0..samples).map(|_| rng.random_range(0..classes as u32)).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut manifest = "cost_unit = \"units\"\n".to_owned();
    for model in 0..models {
        let skill = 4 + 2 * model as i32;
        let values = Array2::from_shape_fn((samples, classes), |(sample, class)| {
            let bonus =
                if labels[sample] == class as u32 { rng.random_range(0..=skill) } else { 0 };
            (rng.random_range(-4..=4) + bonus) as f32 / 4.0
        });
        let kind = if rng.random_bool(0.3) { Kind::Probabilities } else { Kind::Logits };
        let (values, column) = match kind {
            Kind::Logits => (values, "logit"),
            Kind::Probabilities => (probabilities(values), "prob"),
        };
        let mut table = vec![("label".to_owned(), Values::U32(labels.clone()))];
        for (class, scores) in values.columns().into_iter().enumerate() {
            let scores = scores.iter().map(|&score| f64::from(score)).collect();
            table.push((format!("{column}_{class}"), Values::F64(scores)));
        }
        let file = format!("model_{model}.parquet");
        std::fs::write(folder.path().join(&file), write_table(table).unwrap()).unwrap();
        let cost = f64::from(rng.random_range(1..=9)) * 10f64.powi(model as i32 - 2);
        manifest += &format!(
            "[[model]]\nname = \"model_{model}\"\npredictions = \"{file}\"\nkind = \"{kind}\"\n\
             cost = {cost:.2}\n"
        );
    }
    let path = folder.path().join("pool.toml");
    std::fs::write(&path, manifest).unwrap();
    let pool = Pool::open(&PoolSource::Manifest(path), None).unwrap();
    (folder, pool)
}

/// Rows of positive 8-bit counts that sum to 1.
fn probabilities(mut values: Array2<f32>) -> Array2<f32> {
    for mut row in values.rows_mut() {
        row.mapv_inplace(|value| (value * 4.0 + 5.0).max(0.0));
        let sum = row.sum();
        let classes = row.len() as f32;
        row.mapv_inplace(|value| if sum > 0.0 { value / sum } else { 1.0 / classes });
    }
    values
}

/// Right answers and cost (summed over samples, in the pool's unit) by running every sample.
pub fn run(pool: &Pool, cascade: &Cascade, samples: &[u32]) -> (u32, f64) {
    let chunk = pool.read(0..pool.samples()).unwrap();
    let mut correct = 0;
    // Made costs are whole hundredths: summed as such, equal costs are equal.
    let mut hundredths = 0.0;
    for &sample in samples {
        let mut models: Vec<usize> = vec![];
        for stage in &cascade.stages {
            models.extend(stage.models.models());
            models.sort_unstable();
            let heard = if cascade.aggregation == Aggregation::Last {
                stage.models.models()
            } else {
                &models
            };
            let said = said(&chunk.scores, heard, sample, cascade.aggregation, cascade.confidence);
            if stage.threshold.is_none_or(|threshold| f64::from(said.confidence) >= threshold) {
                correct += u32::from(said.prediction == pool.labels()[sample as usize]);
                break;
            }
        }
        hundredths += models.iter().map(|&m| (100.0 * pool.models()[m].cost).round()).sum::<f64>();
    }
    (correct, hundredths / 100.0)
}

fn said(
    scores: &[Scores],
    models: &[usize],
    sample: u32,
    aggregation: Aggregation,
    confidence: ConfidenceMeasure,
) -> Decision {
    let rows: Vec<Row<'_>> = models
        .iter()
        .map(|&model| Row {
            kind: scores[model].kind,
            scores: scores[model].values.row(sample as usize).to_slice().unwrap(),
        })
        .collect();
    decide(&rows, aggregation, confidence)
}

/// Every cascade of at most `max_models` models with every threshold between distinct confidences.
pub fn every_cascade(
    pool: &Pool,
    aggregation: Aggregation,
    confidence: ConfidenceMeasure,
    max_models: usize,
    samples: &[u32],
) -> Vec<Cascade> {
    let chunk = pool.read(0..pool.samples()).unwrap();
    let mut all = vec![];
    let mut partial: Vec<Vec<Stage>> = vec![vec![]];
    while let Some(stages) = partial.pop() {
        let used: Vec<usize> = stages.iter().flat_map(|s| s.models.models()).copied().collect();
        for bits in 1..1usize << pool.models().len() {
            let added: Vec<usize> =
                (0..pool.models().len()).filter(|model| bits >> model & 1 == 1).collect();
            let fits = added.len() + used.len() <= max_models
                && !added.iter().any(|model| used.contains(model))
                && (aggregation != Aggregation::Last || added.len() == 1);
            if !fits {
                continue;
            }
            let mut heard = added.clone();
            if aggregation != Aggregation::Last {
                heard.extend(&used);
                heard.sort_unstable();
            }
            let models = Committee::new(added);
            let mut last = stages.clone();
            last.push(Stage { models: models.clone(), threshold: None, mix: Mix::default() });
            all.push(Cascade { aggregation, confidence, stages: last });
            if used.len() + models.len() == max_models {
                continue;
            }
            let mut values: Vec<f64> = samples
                .iter()
                .map(|&s| said(&chunk.scores, &heard, s, aggregation, confidence).confidence.into())
                .collect();
            values.sort_by(f64::total_cmp);
            for pair in values.windows(2) {
                if pair[1] - pair[0] >= 1e-6 * pair[0].abs().max(pair[1].abs()).max(1.0) {
                    let mut longer = stages.clone();
                    let threshold = Some((pair[0] + pair[1]) / 2.0);
                    let mix = Mix::default();
                    longer.push(Stage { models: models.clone(), threshold, mix });
                    partial.push(longer);
                }
            }
        }
    }
    all
}

/// The pairs (right answers, cost) that no other of `all` beats, cheapest first.
pub fn pareto(mut all: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    all.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    let mut best = None;
    all.retain(|&(correct, _)| {
        let better = best.is_none_or(|best| correct > best);
        best = best.max(Some(correct));
        better
    });
    all
}
