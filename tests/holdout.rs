//! What is held out: a column, another pool, folds; and what the figures on it are.

mod common;
#[path = "common/program.rs"]
mod program;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use committee::cascade::{Aggregation, ConfidenceMeasure, CostScale, Fit, Ticks};
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource};
use committee::search::{
    Observer, Options, Progress, Resolution, Scope, Silent, Space, Status, search,
};
use committee::signal::Signals;
use committee::spec::wire::Frontier;
use committee::spec::{replay, verify};
use committee::trust::{Call, Holdout, Method, binomial_interval, folds};
use committee::{Judging, Settings, Warning, optimize};
use polars::prelude::*;
use program::{DIGITS, Folder, integers, lists, run, run_in};
use proptest::prelude::*;
use serde_json::Value;

/// Most models of a cascade.
const MAX_MODELS: usize = 3;

fn settings(holdout: Holdout, seed: u64, aggregation: Aggregation) -> Settings {
    let scope = Scope {
        max_models: MAX_MODELS,
        aggregations: vec![aggregation],
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_worst_case_cost: None,
    };
    Settings {
        options: Options { scope, resolution: Resolution::Exact, gap: 0.0, time_limit: None },
        holdout,
        seed,
        max_points: 0,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    }
}

fn optimized(pool: &Pool, settings: &Settings) -> Frontier {
    optimize(pool, settings, &Silent).unwrap().frontier
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Each fold is scored by a cascade that a search of the other samples found, run sample by
    /// sample; the whole is what cross-fitted figures say.
    #[test]
    fn no_fold_is_scored_by_what_it_tuned(
        seed: u64,
        models in 2..=3usize,
        samples in 6..40usize,
        classes in 2..4usize,
        count in 2..5usize,
        aggregation in prop::sample::select(Aggregation::ALL.to_vec()),
    ) {
        let (_folder, pool) = common::random_pool(seed, models, samples, classes);
        let settings = settings(Holdout::Folds(count), seed, aggregation);
        let frontier = optimized(&pool, &settings);
        let scope = &settings.options.scope;
        let signals = Signals::compute(&pool, scope.signal_keys(&pool), |_| {}).unwrap();
        let parts = folds(pool.labels(), count, seed).unwrap();
        let searched: Vec<_> = parts
            .iter()
            .map(|part| {
                let others: Vec<u32> = (0..samples as u32).filter(|s| !part.contains(s)).collect();
                prop_assert_eq!(others.len() + part.len(), samples);
                let space = Space::new(&pool, &signals, scope, &others);
                let options = settings.options.clone().check().unwrap();
                Ok((others, search(&space, &options, &Silent).frontier))
            })
            .collect::<Result<_, TestCaseError>>()?;
        for point in &frontier.points {
            let held = point.holdout.as_ref().unwrap();
            if point.models().count() == 1 {
                // Nothing about it is tuned.
                prop_assert_eq!((held.accuracy, held.cost), (point.accuracy, point.cost));
                continue;
            }
            let (mut correct, mut cost) = (0, 0.0);
            for (part, (others, found)) in parts.iter().zip(&searched) {
                // Made costs are whole hundredths: means are compared as whole numbers.
                let budget = (point.cost * 100.0 * samples as f64).round() * others.len() as f64;
                let affordable = found.iter().rev().find(|found| {
                    let (_, cost) = common::run(&pool, &found.cascade, others);
                    (cost * 100.0).round() * samples as f64 <= budget
                });
                let (right, spent) = common::run(&pool, &affordable.unwrap().cascade, part);
                correct += right;
                cost += spent;
            }
            prop_assert_eq!((held.method, held.samples), (Method::CrossFitted, samples));
            prop_assert_eq!(held.accuracy, f64::from(correct) / samples as f64);
            prop_assert!((held.cost - cost / samples as f64).abs() <= 1e-9 * held.cost);
            prop_assert_eq!(held.accuracy_interval, binomial_interval(correct, samples, 0.95));
        }
        for model in &frontier.pool.models {
            let held = model.holdout.as_ref().unwrap();
            prop_assert_eq!((held.accuracy, held.cost), (model.accuracy, model.cost));
        }
    }

    /// Every point has its figures, the band is about the interval and never narrower, and the
    /// optimism is the mean difference of the points.
    #[test]
    fn intervals_bands_and_optimism_belong_to_the_points(
        seed: u64,
        samples in 20..120usize,
        way in 0..3usize,
    ) {
        let (_folder, pool) = common::random_pool(seed, 3, samples, 3);
        let (_other_folder, other) = common::random_pool(seed, 3, samples + 5, 3);
        let holdout = match way {
            0 => Holdout::Share(0.5),
            1 => Holdout::Folds(3),
            _ => Holdout::Pool(Arc::new(repriced(&pool, other))),
        };
        let method = holdout.method();
        let all = settings(holdout, 1, Aggregation::MeanLogits);
        let frontier = optimized(&pool, &all);
        let whole = frontier.holdout.as_ref().unwrap();
        prop_assert_eq!(whole.method, method);
        // It does not hang on how many points are kept.
        let thinned = optimized(&pool, &Settings { max_points: 1, ..all });
        prop_assert_eq!(thinned.holdout.as_ref().unwrap().optimism, whole.optimism);
        let mut difference = 0.0;
        for point in &frontier.points {
            let held = point.holdout.as_ref().unwrap();
            let (interval, band) = (held.accuracy_interval, held.accuracy_band.unwrap());
            prop_assert!(band.0 <= interval.0 + 1e-6 && interval.1 <= band.1 + 1e-6);
            prop_assert!(interval.0 <= held.accuracy && held.accuracy <= interval.1);
            let cost = held.cost_interval.unwrap();
            prop_assert!(cost.0 <= held.cost && held.cost <= cost.1, "{held:?}");
            prop_assert!(cost.1 <= frontier.points.iter().map(|p| p.worst_case_cost).fold(0.0, f64::max));
            prop_assert_eq!(held.samples, frontier.pool.holdout_samples);
            difference += point.accuracy - held.accuracy;
        }
        let mean = difference / frontier.points.len() as f64;
        prop_assert!((whole.optimism.mean - mean).abs() < 1e-9);
        let error = 1.0 - whole.band.pointwise_level;
        prop_assert!((0.05 / frontier.points.len() as f64 - 1e-9..=0.05 + 1e-9).contains(&error));
        prop_assert_eq!(&frontier, &{
            let again = serde_json::to_string(&frontier).unwrap();
            serde_json::from_str::<Frontier>(&again).unwrap()
        });
    }
}

/// Replays point `number` of `frontier` on `pool`; gives the figures compared and whether all agree.
fn compared(frontier: &Frontier, number: usize, pool: &Pool) -> (Vec<String>, bool) {
    let spec = frontier.spec(number).unwrap();
    let cascade = spec.cascade(pool, Path::new("spec")).unwrap();
    let costs: Vec<f64> = pool.models().iter().map(|model| model.cost).collect();
    let scale = CostScale::new(&costs, pool.samples());
    let ticks: Vec<Ticks> = costs.iter().map(|&cost| scale.ticks(cost)).collect();
    let exits = replay(pool, &cascade, &ticks).unwrap();
    let verdict = verify(&spec, pool, &exits, scale).unwrap();
    let figures = verdict.comparisons.into_iter().map(|comparison| comparison.figure);
    (figures.collect(), verdict.agrees)
}

#[test]
fn replay_holds_each_pool_to_its_own_figures() {
    let (_folder, pool) = common::random_pool(1, 3, 200, 3);
    let (_other_folder, other) = common::random_pool(2, 3, 150, 3);
    let other = Holdout::Pool(Arc::new(repriced(&pool, other)));
    let Holdout::Pool(second) = &other else { unreachable!() };
    let frontier = optimized(&pool, &settings(other.clone(), 0, Aggregation::MeanLogits));
    let last = frontier.points.len() - 1;
    let (figures, agrees) = compared(&frontier, last, &pool);
    assert!(agrees && figures.iter().any(|figure| figure == "accuracy, tuning"), "{figures:?}");
    assert!(!figures.iter().any(|figure| figure.contains("held out")), "{figures:?}");
    let (figures, agrees) = compared(&frontier, last, second);
    assert!(agrees && figures.iter().any(|figure| figure == "cost to, held out"), "{figures:?}");
    assert!(!figures.iter().any(|figure| figure.contains("tuning")), "{figures:?}");

    let frontier = optimized(&pool, &settings(Holdout::Folds(4), 0, Aggregation::MeanLogits));
    let last = frontier.points.len() - 1;
    for pool in [&pool, &**second] {
        let (figures, _) = compared(&frontier, last, pool);
        assert!(!figures.iter().any(|figure| figure.contains("held out")), "{figures:?}");
    }
    assert!(compared(&frontier, last, &pool).1);
}

/// `other`, its files opened at the costs of `pool`.
fn repriced(pool: &Pool, other: Pool) -> Pool {
    let files = other.models().iter().map(|model| model.predictions.clone()).collect();
    let costs = pool.models().iter().map(|model| (model.name.clone(), model.cost)).collect();
    let source = PoolSource::Files { files, costs, cost_unit: pool.cost_unit().into() };
    Pool::open(&source, None).unwrap()
}

/// Writes three of the digits' models with a column `part`, the samples of which `held` holds out.
fn digits(folder: &Folder, part: impl Fn(&[i64]) -> Vec<Column>, keep: impl Fn(usize) -> bool) {
    for name in ["cnn_s", "cnn_m", "cnn_l"] {
        let file = std::fs::File::open(format!("data/digits/{name}.parquet")).unwrap();
        let table = ParquetReader::new(file).finish().unwrap();
        let rows: Vec<bool> = (0..table.height()).map(&keep).collect();
        let table = table.filter(&BooleanChunked::new("".into(), &rows)).unwrap();
        let ids = table.column("sample_id").unwrap().cast(&DataType::Int64).unwrap();
        let ids: Vec<i64> = ids.i64().unwrap().iter().flatten().collect();
        let mut columns = table.columns().to_vec();
        columns.extend(part(&ids));
        folder.write(&format!("{name}.parquet"), columns);
    }
}

const FILES: &str = "cnn_s.parquet cnn_m.parquet cnn_l.parquet";
const COSTS: &str = "--cost cnn_s=52.538 --cost cnn_m=732.266 --cost cnn_l=19420.938";

fn frontier(folder: &Folder, line: &str) -> Value {
    let ran = run_in(folder.root(), &format!("optimize {line} --max-models 2 --out out"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    folder.json("out/frontier.json")
}

#[test]
fn a_column_divides_however_it_is_written() {
    let held = |id: &i64| id % 3 == 0;
    let mut first: Option<Value> = None;
    for kind in 0..3 {
        let folder = Folder::new();
        let part = |ids: &[i64]| {
            let held: Vec<bool> = ids.iter().map(held).collect();
            vec![match kind {
                0 => Column::new("part".into(), held),
                1 => Column::new(
                    "part".into(),
                    held.iter().map(|h| i32::from(*h)).collect::<Vec<_>>(),
                ),
                _ => {
                    let word = |held: &bool| if *held { "holdout" } else { "tune" };
                    Column::new("part".into(), held.iter().map(word).collect::<Vec<_>>())
                }
            }]
        };
        digits(&folder, part, |_| true);
        let found = frontier(&folder, &format!("{FILES} {COSTS} --split-column part"));
        assert_eq!(found["provenance"]["split"]["column"], "part");
        assert_eq!(found["points"][0]["holdout"]["method"], "column");
        let replay = format!("replay out/cascade.json {FILES}");
        let ran = run_in(folder.root(), &replay);
        assert!(ran.code == Some(0) && ran.stdout.contains("accuracy, held out"), "{ran:?}");
        let points = found["points"].clone();
        let first = first.get_or_insert_with(|| points.clone());
        assert!(points == *first, "kind {kind}");
    }
}

/// Copies under other ids, on both sides of a split.
#[test]
fn copies_that_are_held_out_are_told() {
    let folder = Folder::new();
    let part = |ids: &[i64]| vec![integers("part", &vec![0; ids.len()])];
    digits(&folder, part, |row| row < 300);
    let line = format!("optimize {FILES} {COSTS} --max-models 2 --out out");
    let told = |ran: &program::Ran| ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let ran = run_in(folder.root(), &line);
    assert!(!told(&ran).contains("copies"), "{ran:?}");
    for name in ["cnn_s", "cnn_m", "cnn_l"] {
        let path = folder.path(&format!("{name}.parquet"));
        let once = ParquetReader::new(std::fs::File::open(&path).unwrap()).finish().unwrap();
        let mut again = once.clone();
        again.with_column(integers("part", &[1; 300])).unwrap();
        let ids: Vec<i64> = (1_000_000..1_000_300).collect();
        let kind = once.column("sample_id").unwrap().dtype().clone();
        again.with_column(integers("sample_id", &ids).cast(&kind).unwrap()).unwrap();
        let both = once.vstack(&again).unwrap();
        folder.write(&format!("{name}.parquet"), both.columns().to_vec());
    }
    let ran = run_in(folder.root(), &format!("{line} --split-column part"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let copies = "that scores tell apart, 58 have those of one that tuned (label";
    assert!(told(&ran).contains(copies), "{}", ran.stderr);
    // Twice on the same side.
    for name in ["cnn_s", "cnn_m", "cnn_l"] {
        let path = folder.path(&format!("{name}.parquet"));
        let mut all = ParquetReader::new(std::fs::File::open(&path).unwrap()).finish().unwrap();
        let part: Vec<i64> = (0..600).map(|row| i64::from(row % 300 < 100)).collect();
        all.with_column(integers("part", &part)).unwrap();
        folder.write(&format!("{name}.parquet"), all.columns().to_vec());
    }
    let ran = run_in(folder.root(), &format!("{line} --split-column part"));
    assert!(told(&ran).contains(" have those of another one (label"), "{}", ran.stderr);
    assert!(!told(&ran).contains("one that tuned"), "{}", ran.stderr);
}

#[test]
fn another_pool_takes_the_place_of_a_split() {
    let (folder, split) = (Folder::new(), Folder::new());
    // The same halves, once as two pools and once as a column.
    let none = |_: &[i64]| vec![];
    digits(&folder, none, |row| row % 2 == 0);
    let other = Folder::new();
    digits(&other, none, |row| row % 2 == 1);
    let files = FILES.split(' ').map(|file| format!(" --holdout-pool {}", other.at(file)));
    let files: String = files.collect();
    let by_pool = frontier(&folder, &format!("{FILES} {COSTS}{files}"));
    // Ids by row, so that the column says the same.
    let file = std::fs::File::open("data/digits/cnn_s.parquet").unwrap();
    let table = ParquetReader::new(file).finish().unwrap();
    let ids = table.column("sample_id").unwrap().cast(&DataType::Int64).unwrap();
    let row_of: std::collections::BTreeMap<i64, usize> =
        ids.i64().unwrap().iter().flatten().zip(0..).collect();
    let part = |ids: &[i64]| {
        let held: Vec<bool> = ids.iter().map(|id| row_of[id] % 2 == 1).collect();
        vec![Column::new("part".into(), held)]
    };
    digits(&split, part, |_| true);
    let by_column = frontier(&split, &format!("{FILES} {COSTS} --split-column part"));
    let figures = |frontier: &Value| {
        let mut points = frontier["points"].clone();
        for point in points.as_array_mut().unwrap() {
            point["holdout"]["method"] = Value::Null;
        }
        (points, frontier["holdout"]["optimism"].clone(), frontier["holdout"]["band"].clone())
    };
    assert!(figures(&by_pool) == figures(&by_column));
    assert_eq!(by_pool["holdout"]["method"], "pool");
    assert_eq!(by_pool["pool"]["tuning_samples"], 3000);

    for (pool, figure) in [(&folder, "accuracy, tuning"), (&other, "accuracy, held out")] {
        let files: String = FILES.split(' ').map(|file| format!(" {}", pool.at(file))).collect();
        let ran = run(&format!("replay {}{files}", folder.at("out/cascade.json")));
        assert!(ran.code == Some(0) && ran.stdout.contains(figure), "{ran:?}");
        assert!(ran.stdout.contains("figures must be equal"), "{}", ran.stdout);
    }
}

#[test]
fn folds_are_said_to_be_folds() {
    let folder = Folder::new();
    let line = format!("optimize {DIGITS} --folds 3 --max-models 2 --resolution 16");
    let ran = run(&format!("{line} --out {}", folder.at("out")));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("all cross-fitted in 3 folds"), "{}", ran.stdout);
    assert!(ran.stdout.contains("what tuning anew finds within that cost"), "{}", ran.stdout);
    assert!(ran.stdout.contains(" cross-fitted:\n"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("held out:"), "{}", ran.stdout);
    let frontier = folder.json("out/frontier.json");
    assert_eq!(frontier["provenance"]["split"]["folds"], 3);
    assert_eq!(frontier["pool"]["tuning_samples"], 6000);
    assert_eq!(frontier["points"][0]["holdout"]["samples"], 6000);
    let ran = run(&format!("replay {} {DIGITS}", folder.at("out/cascade.json")));
    assert!(ran.code == Some(0) && !ran.stdout.contains("held out"), "{ran:?}");
    let select = format!("select {} --max-cost 500", folder.at("out/frontier.json"));
    let ran = run(&format!("{select} --out {}", folder.at("chosen.json")));
    assert!(ran.code == Some(0) && ran.stdout.contains("cross-fitted"), "{ran:?}");
}

/// Interrupts the searches without a fold once the first of their grids is scored. A search has a
/// grid for each number of models.
#[derive(Default)]
struct Impatient(AtomicUsize);

impl Observer for Impatient {
    fn progress(&self, progress: Progress) {
        if let Progress::Scoring { done, total } = progress
            && done == total
        {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn interrupted(&self) -> bool {
        self.0.load(Ordering::Relaxed) > MAX_MODELS
    }
}

#[test]
fn folds_go_together_with_fits() {
    let folder = Folder::new();
    let line = format!(
        "optimize {DIGITS} --folds 3 --max-models 2 --resolution 16 --aggregation mean_logits \
         --calibrate temperature --weights --out {}",
        folder.at("out")
    );
    let ran = run(&line);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("all cross-fitted in 3 folds"), "{}", ran.stdout);
    let frontier = folder.json("out/frontier.json");
    let points = frontier["points"].as_array().unwrap();
    assert!(points.iter().any(|point| point["version"] == 2));
    assert!(points.iter().all(|point| point["holdout"]["samples"] == 6000));
    // The same whatever the number of threads.
    let before = folder.bytes("out/cascade.json");
    assert_eq!(run(&format!("{line} --threads 1")).code, Some(0));
    assert_eq!(folder.bytes("out/cascade.json"), before);
}

#[test]
fn folds_cut_short_are_told() {
    let pool = Pool::open(&PoolSource::Manifest(DIGITS.into()), None).unwrap();
    let settings = settings(Holdout::Folds(3), 0, Aggregation::MeanLogits);
    let stopped = |warning: &Warning| matches!(warning, Warning::FoldsStopped { folds: 3, .. });
    let whole = optimize(&pool, &settings, &Silent).unwrap();
    assert!(!whole.warnings.iter().any(stopped), "{:?}", whole.warnings);
    let mut hasty = settings.clone();
    hasty.options.time_limit = Some(Duration::ZERO);
    let found = optimize(&pool, &hasty, &Silent).unwrap();
    assert!(found.warnings.iter().any(stopped), "{:?}", found.warnings);
    assert!(found.frontier.points.iter().all(|point| point.holdout.is_some()));

    // Searches that Ctrl-C left no time say nothing of the cascades that were found before.
    let found = optimize(&pool, &settings, &Impatient::default()).unwrap();
    assert_eq!(found.frontier.search.status, Status::Optimal);
    assert!(found.warnings.contains(&Warning::NotCrossFitted), "{:?}", found.warnings);
    assert!(found.frontier.points.iter().all(|point| point.holdout.is_none()));
    assert!(found.frontier.holdout.is_none() && found.frontier.pool.holdout_samples == 0);
    let call = found.frontier.judgement.as_ref().map(|judgement| judgement.verdict.call);
    assert_eq!(call, Some(Call::NotTested));
    let folder = Folder::new();
    let path = folder.path("frontier.json");
    std::fs::write(&path, serde_json::to_vec(&found.frontier).unwrap()).unwrap();
    assert_eq!(Frontier::read(&path).unwrap(), found.frontier);
}

#[test]
fn small_folds_are_told() {
    let warned = |samples: usize, folds: usize| {
        let (_folder, pool) = common::random_pool(5, 3, samples, 3);
        let mut settings = settings(Holdout::Folds(folds), 0, Aggregation::MeanLogits);
        settings.options.scope.max_models = 2;
        let found = optimize(&pool, &settings, &Silent).unwrap();
        let fine = |warning: &&Warning| matches!(warning, Warning::FineFolds { .. });
        found.warnings.iter().find(fine).map(ToString::to_string)
    };
    assert_eq!(warned(300, 10), None);
    let few = warned(60, 3).unwrap();
    let told = "--folds 3 of 60 samples leaves 20 samples in the smallest fold: ";
    assert!(few.starts_with(told), "{few}");
    let many = warned(60, 60).unwrap();
    let told =
        "--folds 60 leaves 1 sample in the smallest fold: 60 searches that tune on nearly the same";
    assert!(many.starts_with(told), "{many}");
}

#[test]
fn large_optimism_is_said_plainly() {
    let folder = Folder::new();
    let line = format!("optimize {DIGITS} --max-models 3 --out {}", folder.at("out"));
    let of = |options: &str| {
        let ran = run(&format!("{line} {options}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let optimism = folder.json("out/frontier.json")["holdout"]["optimism"].clone();
        (ran, optimism)
    };
    let (ran, optimism) = of("--seed 7");
    assert_eq!(optimism["is_large"], true, "{optimism}");
    assert!(ran.stdout.contains("LARGE") && ran.stderr.contains("tuning figures flatter"));
    let (ran, optimism) = of("--seed 0");
    assert_eq!(optimism["is_large"], false, "{optimism}");
    assert!(!ran.stdout.contains("LARGE") && ran.stderr.is_empty(), "{}", ran.stderr);
    let (ran, optimism) = of("--holdout 0");
    assert!(optimism.is_null() && !ran.stdout.contains("optimism"), "{optimism}");
}

#[test]
fn a_few_held_out_samples_tell_no_standard_error() {
    let folder = Folder::new();
    let part = |ids: &[i64]| {
        let first = ids.iter().min();
        let held: Vec<bool> = ids.iter().map(|id| Some(id) == first).collect();
        vec![Column::new("part".into(), held)]
    };
    digits(&folder, part, |_| true);
    let options = "--split-column part --resolution 8";
    let found = frontier(&folder, &format!("{FILES} {COSTS} {options}"));
    let optimism = &found["holdout"]["optimism"];
    assert!(optimism["mean"].is_number(), "{optimism}");
    assert!(optimism["adjusted"].is_null() && optimism["standard_error"].is_null(), "{optimism}");
    assert_eq!(optimism["is_large"], false);
}

/// Files that were written before these figures were there.
#[test]
fn older_files_are_read() {
    let folder = Folder::new();
    let line =
        format!("optimize {DIGITS} --max-models 2 --resolution 8 --out {}", folder.at("out"));
    assert_eq!(run(&line).code, Some(0));
    let strip = |point: &mut Value| {
        if let Some(held) = point.get_mut("holdout").and_then(Value::as_object_mut) {
            for field in ["method", "cost_interval", "accuracy_band"] {
                held.remove(field);
            }
        }
    };
    let older = |name: &str| {
        let mut file = folder.json(name);
        strip(&mut file);
        file["provenance"]["split"].as_object_mut().unwrap().remove("method");
        file
    };
    let mut frontier = older("out/frontier.json");
    frontier.as_object_mut().unwrap().remove("holdout");
    frontier["points"].as_array_mut().unwrap().iter_mut().for_each(strip);
    frontier["pool"]["models"].as_array_mut().unwrap().iter_mut().for_each(strip);
    std::fs::write(folder.path("older.json"), frontier.to_string()).unwrap();
    std::fs::write(folder.path("spec.json"), older("out/cascade.json").to_string()).unwrap();
    let select = format!("select {} --out {}", folder.at("older.json"), folder.at("x.json"));
    let ran = run(&select);
    assert!(ran.code == Some(0) && !ran.stdout.contains("optimism"), "{ran:?}");
    let ran = run(&format!("replay {} {DIGITS}", folder.at("spec.json")));
    assert!(ran.code == Some(0) && ran.stdout.contains("accuracy, held out"), "{ran:?}");
}

#[test]
fn what_cannot_be_held_out_is_named() {
    let folder = Folder::new();
    let scores = [[0.5f32, 1.5], [3.0, 0.25], [-1.0, -0.5], [2.0, 2.0]];
    let columns = |ids: [i64; 4], scores: [[f32; 2]; 4]| {
        vec![
            integers("sample_id", &ids),
            integers("label", &[0, 1, 0, 1]),
            lists("logits", &scores),
        ]
    };
    let write = |name: &str, part: Option<Column>| {
        let mut all = columns([1, 2, 3, 4], scores);
        all.extend(part);
        folder.write(name, all);
    };
    let texts = |values: [&str; 4]| Some(Column::new("part".into(), values));
    write("b.parquet", None);
    let pair = "a.parquet b.parquet --cost a=1 --cost b=2";
    let refused = |options: &str, parts: &[&str]| {
        let before = folder.files();
        let ran = run_in(folder.root(), &format!("optimize {pair} --out out {options}"));
        assert_eq!((ran.code, ran.stderr.lines().count()), (Some(2), 1), "{options}: {ran:?}");
        for part in parts {
            assert!(ran.stderr.contains(part), "{options}: {part:?} is not in {:?}", ran.stderr);
        }
        assert!(folder.files() == before, "{options} wrote something");
    };
    let column = [
        (None, vec!["--split-column", "\"part\"", "\"label\""]),
        (
            texts(["tune", "holdout", "test", "tune"]),
            vec!["a.parquet", "\"test\"", "row 2", "tune"],
        ),
        (texts(["tune"; 4]), vec!["--split-column", "only tuning ones"]),
        (Some(integers("part", &[0, 1, 2, 0])), vec!["a.parquet", "is 2 in row 2"]),
        (
            Some(Column::new("part".into(), [0.5, 1.0, 0.0, 0.0])),
            vec!["a.parquet", "f", "expected"],
        ),
        (
            Some(Column::new("part".into(), [Some(true), None, Some(false), None])),
            vec!["a.parquet", "\"part\"", "null in row 1"],
        ),
    ];
    for (part, parts) in column {
        write("a.parquet", part);
        refused("--split-column part", &parts);
    }
    write("a.parquet", texts(["tune", "holdout", "tune", "holdout"]));
    write("b.parquet", texts(["tune", "holdout", "holdout", "holdout"]));
    let parts = ["a.parquet", "b.parquet", "sample_id 3", "tuning part", "held-out part"];
    refused("--split-column part", &parts);

    for folds in ["1", "0", "5", "-3", "x"] {
        refused(&format!("--folds {folds}"), &["--folds"]);
    }
    refused("--folds 5", &["expected 2 to 4, the number of samples, found 5"]);
    let both = [
        "--folds 2 --holdout 0.5",
        "--folds 2 --split-column part",
        "--holdout 0.2 --split-column part",
        "--holdout-pool x.toml --folds 2",
        "--holdout-pool x.toml --holdout 0.5",
        "--holdout-pool x.toml --split-column part",
    ];
    both.iter().for_each(|options| refused(options, &["cannot be used with"]));

    // Other pools that do not fit.
    let new = [[1.5f32, 1.0], [0.0, 0.25], [-1.0, 0.5], [2.0, 1.0]];
    std::fs::create_dir(folder.path("x")).unwrap();
    for name in ["a", "b", "c"] {
        folder.write(&format!("x/{name}.parquet"), columns([5, 6, 7, 8], new));
    }
    let three = |row: &[f32; 2]| [row[0], row[1], 0.0];
    for name in ["a", "b"] {
        let mut wide = columns([5, 6, 7, 8], new);
        wide[2] = lists("logits", &new.iter().map(three).collect::<Vec<_>>());
        std::fs::create_dir_all(folder.path("y")).unwrap();
        folder.write(&format!("y/{name}.parquet"), wide);
    }
    let manifest = |unit: &str, models: &[(&str, &str)]| {
        let models = models.iter().map(|(name, cost)| {
            format!(
                "[[model]]\nname = \"{name}\"\npredictions = \"x/{name}.parquet\"\ncost = {cost}\n"
            )
        });
        let text = format!("cost_unit = \"{unit}\"\n{}", models.collect::<String>());
        std::fs::write(folder.path("x.toml"), text).unwrap();
    };
    let pools = [
        ("units", vec![("a", "1"), ("c", "2")], vec!["x.toml", "none named \"b\""]),
        ("units", vec![("a", "1"), ("b", "2"), ("c", "3")], vec!["x.toml", "\"c\" besides"]),
        ("units", vec![("a", "1"), ("b", "3")], vec!["x.toml", "\"b\"", "2", "found 3"]),
        ("ms", vec![("a", "1"), ("b", "2")], vec!["x.toml", "\"units\"", "\"ms\""]),
        ("units", vec![("a", "{ j = 1 }"), ("b", "2")], vec!["x.toml", "\"cost\"", "\"a\""]),
    ];
    for (unit, models, parts) in pools {
        manifest(unit, &models);
        refused("--holdout-pool x.toml", &parts);
    }
    manifest("units", &[("a", "1"), ("b", "2")]);
    let good = run_in(folder.root(), &format!("optimize {pair} --out good --holdout-pool x.toml"));
    assert_eq!(good.code, Some(0), "{}", good.stderr);
    refused("--holdout-pool none.toml", &["none.toml: no such file, expected the manifest"]);
    refused("--holdout-pool x/a.parquet", &["x/a.parquet", "at least two"]);
    refused("--holdout-pool x.toml --holdout-pool x/a.parquet", &["x.toml", "only --holdout-pool"]);
    let own = "--holdout-pool a.parquet --holdout-pool b.parquet";
    refused(own, &["--holdout-pool a.parquet", "other samples"]);
    let wide = "--holdout-pool y/a.parquet --holdout-pool y/b.parquet";
    refused(wide, &["y/a.parquet", "2 classes", "found 3"]);
    let missing = "--holdout-pool x/a.parquet --holdout-pool x/c.parquet";
    refused(missing, &["x/a.parquet", "\"c\""]);
}
