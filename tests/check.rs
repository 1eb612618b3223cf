//! `check`: fresh samples against a spec, with and without labels.

mod common;
#[path = "common/program.rs"]
mod program;

use std::path::Path;

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit, Ticks};
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource};
use committee::search::{Options, Resolution, Scope, Silent};
use committee::spec::replay;
use committee::spec::wire::{Part, Profile};
use committee::trust::Holdout;
use committee::{Judging, Settings, optimize};
use common::odd::odd_pool;
use polars::prelude::*;
use program::{Folder, run};
use proptest::prelude::*;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

const MODELS: [(&str, f64); 4] =
    [("softmax_14", 4.714), ("cnn_s", 52.538), ("cnn_m", 732.266), ("cnn_l", 19420.938)];

/// What is done to a model's table before it is written.
type Edit<'a> = &'a dyn Fn(&str, DataFrame) -> DataFrame;

fn unchanged(_: &str, table: DataFrame) -> DataFrame {
    table
}

/// Writes `rows` of some of the digits' models and a manifest to `folder/name`.
fn write(folder: &Folder, name: &str, rows: &[u32], models: &[(&str, f64)], edit: Edit<'_>) {
    std::fs::create_dir_all(folder.path(name)).unwrap();
    let rows = UInt32Chunked::from_vec("rows".into(), rows.to_vec());
    let mut manifest = "cost_unit = \"kFLOPs\"\n".to_owned();
    for (model, cost) in models {
        let file = std::fs::File::open(format!("data/digits/{model}.parquet")).unwrap();
        let table = ParquetReader::new(file).finish().unwrap().take(&rows).unwrap();
        let file = std::fs::File::create(folder.path(&format!("{name}/{model}.parquet"))).unwrap();
        ParquetWriter::new(file).finish(&mut edit(model, table)).unwrap();
        manifest += &format!(
            "[[model]]\nname = \"{model}\"\npredictions = \"{model}.parquet\"\ncost = {cost}\n"
        );
    }
    std::fs::write(folder.path(&format!("{name}/pool.toml")), manifest).unwrap();
}

/// The rows of the digits in a random order, in two halves.
fn halves(seed: u64) -> (Vec<u32>, Vec<u32>) {
    let mut rows: Vec<u32> = (0..6000).collect();
    rows.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let second = rows.split_off(3000);
    (rows, second)
}

/// A folder with a cascade, `out/cascade.json`, of one half of the digits, and the other half.
fn deployed(options: &str) -> (Folder, Vec<u32>) {
    let folder = Folder::new();
    let (known, fresh) = halves(8);
    write(&folder, "known", &known, &MODELS, &unchanged);
    let (pool, out) = (folder.at("known/pool.toml"), folder.at("out"));
    let ran = run(&format!("optimize {pool} --out {out} --max-models 3 --resolution 16 {options}"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    (folder, fresh)
}

fn check(folder: &Folder, pool: &str, options: &str) -> (Option<i32>, Value) {
    let (spec, pool) = (folder.at("out/cascade.json"), folder.at(pool));
    let ran = run(&format!("check {spec} {pool}/pool.toml --json {options}"));
    assert_eq!(ran.stderr, "");
    (ran.code, ran.json())
}

fn subjects(json: &Value) -> Vec<&str> {
    let findings = json["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["subject"].as_str().unwrap()).collect()
}

fn drifted(json: &Value) -> Vec<&str> {
    let findings = json["findings"].as_array().unwrap();
    let drifted = findings.iter().filter(|finding| finding["drifted"] == true);
    drifted.map(|finding| finding["subject"].as_str().unwrap()).collect()
}

fn without_labels(_: &str, table: DataFrame) -> DataFrame {
    table.drop("label").unwrap()
}

/// Logits of `cnn_s` at half their size: the same predictions, less sure.
fn tempered(model: &str, mut table: DataFrame) -> DataFrame {
    if model == "cnn_s" {
        let logits = table.column("logits").unwrap().as_materialized_series();
        let rows: Vec<Series> = (0..table.height())
            .map(|row| {
                let AnyValue::List(row) = logits.list_or_array_row(row) else { panic!("a list") };
                row.cast(&DataType::Float32).unwrap() * 0.5_f32
            })
            .collect();
        table.with_column(Column::new("logits".into(), rows)).unwrap();
    }
    table
}

trait Row {
    fn list_or_array_row(&self, row: usize) -> AnyValue<'_>;
}

impl Row for Series {
    fn list_or_array_row(&self, row: usize) -> AnyValue<'_> {
        match self.get(row).unwrap() {
            AnyValue::Array(values, _) => AnyValue::List(values),
            other => other,
        }
    }
}

#[test]
fn fresh_samples_of_the_same_kind_have_not_drifted() {
    let (folder, fresh) = deployed("");
    // Only the files of the cascade's models are there.
    let spec = folder.json("out/cascade.json");
    let used = |model: &&(&str, f64)| spec["model_costs"].get(model.0).is_some();
    write(&folder, "fresh", &fresh, &MODELS, &unchanged);
    for (model, _) in MODELS.iter().filter(|model| !used(model)) {
        std::fs::remove_file(folder.path(&format!("fresh/{model}.parquet"))).unwrap();
    }
    let (code, json) = check(&folder, "fresh", "");
    assert_eq!((code, drifted(&json)), (Some(0), vec![]), "{json}");
    let stages = spec["stages"].as_array().unwrap().len();
    assert!(stages > 1);
    let mut expected = vec!["accuracy", "cost", "exit_shares"];
    expected.resize(3 + stages, "confidence");
    assert_eq!(subjects(&json), expected);
    assert_eq!((&json["samples"], &json["seen_before"]), (&3000.into(), &false.into()));
    assert_eq!(json["reference"]["part"], "holdout");

    write(&folder, "blind", &fresh, &MODELS, &without_labels);
    let (code, blind) = check(&folder, "blind", "");
    assert_eq!((code, subjects(&blind)), (Some(0), expected[1..].to_vec()));
    assert!(blind["accuracy"].is_null());
    assert_eq!(
        (&blind["cost"], &blind["exit_fractions"]),
        (&json["cost"], &json["exit_fractions"])
    );

    let files =
        MODELS.iter().filter(used).map(|(model, _)| folder.at(&format!("blind/{model}.parquet")));
    let files = files.collect::<Vec<_>>().join(" ");
    let ran = run(&format!("check {} {files} --json", folder.at("out/cascade.json")));
    assert_eq!((ran.code, ran.json()["cost"].clone()), (Some(0), blind["cost"].clone()));

    let text = run(&format!("check {} {files}", folder.at("out/cascade.json"))).stdout;
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("within chance") && text.contains("no drift found"), "{text}");
}

#[test]
fn less_sure_models_are_found_without_labels() {
    let (folder, fresh) = deployed("--aggregation last");
    write(&folder, "fresh", &fresh, &MODELS, &|name, table| {
        without_labels(name, tempered(name, table))
    });
    let (code, json) = check(&folder, "fresh", "");
    assert_eq!(code, Some(1));
    assert!(drifted(&json).contains(&"confidence") && drifted(&json).contains(&"exit_shares"));
    let text =
        run(&format!("check {} {}", folder.at("out/cascade.json"), folder.at("fresh/pool.toml")));
    assert_eq!(text.code, Some(1));
    for part in ["LESS SURE than chance explains", "NOT the spec's shares", "DRIFTED"] {
        assert!(text.stdout.contains(part), "{}", text.stdout);
    }
}

#[test]
fn wrong_answers_are_found_with_labels() {
    let (folder, fresh) = deployed("");
    write(&folder, "fresh", &fresh, &MODELS, &|_, mut table| {
        let labels = table.column("label").unwrap().cast(&DataType::Int64).unwrap();
        let labels = labels.i64().unwrap().into_no_null_iter().enumerate();
        let wrong: Vec<i64> = labels
            .map(|(row, label)| if row % 20 == 0 { (label + 1) % 10 } else { label })
            .collect();
        table.with_column(Column::new("label".into(), wrong)).unwrap();
        table
    });
    let (code, json) = check(&folder, "fresh", "");
    assert_eq!((code, drifted(&json)), (Some(1), vec!["accuracy"]));
    assert!(json["sentences"][0].as_str().unwrap().ends_with("LOWER than chance explains"));
}

#[test]
fn costs_that_changed_are_named() {
    let (folder, fresh) = deployed("");
    let mut models = MODELS;
    models.iter_mut().for_each(|(_, cost)| *cost *= 2.0);
    write(&folder, "fresh", &fresh, &models, &unchanged);
    let (code, json) = check(&folder, "fresh", "");
    assert_eq!((code, drifted(&json).len()), (Some(1), 0));
    let costs = folder.json("out/cascade.json")["model_costs"].as_object().unwrap().clone();
    assert_eq!(json["repriced"].as_array().unwrap().len(), costs.len());
    // By so little that four digits are the same.
    let (name, cost) = costs.iter().next_back().unwrap();
    let cost = cost.as_f64().unwrap();
    let found = cost * 1.000_01;
    let models = MODELS.map(|model| (model.0, if model.0 == name { found } else { model.1 }));
    write(&folder, "fresh", &fresh, &models, &unchanged);
    let ran =
        run(&format!("check {} {}", folder.at("out/cascade.json"), folder.at("fresh/pool.toml")));
    let said = format!("{name} costs {found} kFLOPs where the spec has {cost}: CHANGED");
    assert!(ran.code == Some(1) && ran.stdout.contains(&said), "{said}: {}", ran.stdout);
}

#[test]
fn a_spec_without_profile_or_holdout_is_checked_by_what_it_has() {
    let (folder, fresh) = deployed("--holdout 0");
    write(&folder, "fresh", &fresh, &MODELS, &unchanged);
    let (code, json) = check(&folder, "fresh", "");
    assert_eq!((code, &json["reference"]["part"]), (Some(0), &"tuning".into()), "{json}");
    assert!(json["remarks"].to_string().contains("flatter"), "{json}");
    let mut spec = folder.json("out/cascade.json");
    let profile = spec.as_object_mut().unwrap().remove("profile").unwrap();
    assert_eq!(profile["part"], "tuning");
    std::fs::write(folder.path("out/cascade.json"), spec.to_string()).unwrap();
    let (code, bare) = check(&folder, "fresh", "");
    assert_eq!((code, subjects(&bare)), (Some(0), vec!["accuracy", "cost", "exit_shares"]));
    assert!(bare["remarks"].to_string().contains("no profile"), "{bare}");
    // The exits that the profile counts are those that the stages' shares mean.
    assert_eq!(json["reference"]["exits"], bare["reference"]["exits"]);

    let (code, known) = check(&folder, "known", "");
    assert_eq!((code, &known["seen_before"]), (Some(0), &true.into()));
    let p_values = known["findings"].as_array().unwrap().iter().map(|f| f["p_value"].as_f64());
    assert!(p_values.into_iter().all(|p| p == Some(1.0)), "{known}");
}

#[test]
fn bad_input_is_named() {
    let (folder, fresh) = deployed("");
    write(&folder, "fresh", &fresh[..5], &MODELS[..1], &unchanged);
    let spec = folder.at("out/cascade.json");
    let pool = folder.at("fresh/pool.toml");
    let few = folder.at("fresh/softmax_14.parquet");
    for (line, part) in [
        (format!("check {spec} {pool}"), "the pool has no model \"cnn_"),
        (format!("check {spec} {few}"), "the pool has no model \"cnn_"),
        (format!("check {spec} {pool} --error-rate 0"), "--error-rate"),
        (format!("check {spec} none.toml"), "none.toml"),
        (format!("check {pool} {pool}"), "pool.toml"),
    ] {
        let ran = run(&line);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{line}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(line.contains("--error-rate") || ran.stderr.contains(part), "{}", ran.stderr);
    }
    write(&folder, "fresh", &fresh[..5], &MODELS, &unchanged);
    let ran = run(&format!("check {spec} {pool} --error-rate 1"));
    assert!(ran.stderr.contains("--error-rate: expected a probability"), "{}", ran.stderr);
    // Five samples are too few to find anything, and no error.
    let (code, json) = check(&folder, "fresh", "");
    assert_eq!((code, drifted(&json)), (Some(0), vec![]), "{json}");
    let told = |finding: &&Value| finding["too_few"] == true;
    let untested: Vec<&Value> = json["findings"].as_array().unwrap().iter().filter(told).collect();
    assert!(untested.len() == 1 && untested[0]["subject"] == "exit_shares", "{json}");
    let text = run(&format!("check {spec} {pool}")).stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("exit shares chi-square too few - - no"), "{text}");
    assert!(words.contains(": too few samples to test that"), "{text}");
    // Searching and replaying still want labels.
    write(&folder, "fresh", &fresh, &MODELS, &without_labels);
    for line in [format!("replay {spec} {pool}"), format!("inspect {pool}")] {
        let ran = run(&line);
        assert!(ran.code == Some(2) && ran.stderr.contains("label"), "{}", ran.stderr);
    }
}

/// Over many pairs of halves of one pool, drift is found no more often than the error rate says.
#[test]
fn the_wolf_is_not_cried() {
    let rounds = 40;
    let mut false_alarms = 0;
    for seed in 0..rounds {
        let folder = Folder::new();
        let (known, fresh) = halves(1000 + seed);
        write(&folder, "known", &known, &MODELS[..3], &unchanged);
        write(&folder, "fresh", &fresh, &MODELS[..3], &unchanged);
        let (pool, out) = (folder.at("known/pool.toml"), folder.at("out"));
        let options = "--max-models 3 --resolution 8 --quiet";
        assert_eq!(run(&format!("optimize {pool} --out {out} {options}")).code, Some(0));
        let (code, _) = check(&folder, "fresh", "--error-rate 0.2");
        false_alarms += u32::from(code == Some(1));
    }
    // A binomial of 40 trials at 0.2 exceeds 16 with probability 0.0003.
    assert!(false_alarms <= 16, "{false_alarms} of {rounds}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A profile counts what the reference executor does.
    #[test]
    fn profiles_are_those_of_a_replay(
        seed: u64,
        models in 2..=4usize,
        samples in 8..120usize,
        classes in 2..6usize,
        holdout in prop::sample::select(vec![0.0, 0.5]),
        odd: bool,
    ) {
        let make = if odd { odd_pool } else { common::random_pool };
        let (_folder, pool) = make(seed, models, samples, classes);
        let scope = Scope {
            max_models: 3,
            aggregations: Aggregation::ALL.to_vec(),
            confidences: ConfidenceMeasure::ALL.to_vec(),
            fit: Fit::RAW,
            max_worst_case_cost: None,
        };
        let settings = Settings {
            options: Options { scope, resolution: Resolution::Quantiles(6), gap: 0.0, time_limit: None },
            holdout: Holdout::Share(holdout),
        seed: 3,
            max_points: 0,
        guarantee: None,
        judging: Judging::default(),
            goal: Goal { min_accuracy: Some(0.0), ..Goal::default() },
        };
        let found = optimize(&pool, &settings, &Silent).unwrap();
        let spec = found.frontier.spec(*found.chosen.as_ref().unwrap()).unwrap();
        let Profile { part, stages } = found.profile.unwrap();
        let split = spec.provenance.split.split(&pool).unwrap();
        let mine = if holdout > 0.0 { &split.holdout } else { &split.tuning };
        prop_assert_eq!(part, if holdout > 0.0 { Part::Holdout } else { Part::Tuning });

        let cascade = spec.cascade(&pool, Path::new("spec")).unwrap();
        let free: Vec<Ticks> = vec![0; pool.models().len()];
        for (number, stage) in stages.iter().enumerate() {
            // A sample that has come here exits here if nothing is asked of it.
            let mut here = cascade.clone();
            here.stages.truncate(number + 1);
            here.stages[number].threshold = None;
            let exits = replay(&pool, &here, &free).unwrap();
            let came = mine.iter().map(|&sample| exits[sample as usize]);
            let confidences: Vec<f64> =
                came.filter(|exit| exit.stage as usize == number).map(|e| e.confidence.into()).collect();
            prop_assert_eq!(stage.samples as usize, confidences.len());
            prop_assert_eq!(stage.cuts.len(), stage.below.len());
            prop_assert!(stage.cuts.len() <= 31);
            for (cut, &below) in stage.cuts.iter().zip(&stage.below) {
                let counted = confidences.iter().filter(|confidence| *confidence < cut).count();
                prop_assert_eq!(counted, below as usize);
                let nearest = confidences.iter().map(|c| (c - cut).abs()).fold(f64::MAX, f64::min);
                prop_assert!(nearest >= 0.49e-6, "a cut lies apart from all confidences");
            }
        }
    }
}

/// A cost that is just what was promised, whatever the sample, breaks no promise.
#[test]
fn a_cost_at_its_limit_is_no_contradiction() {
    let cheapest = MODELS.iter().map(|(_, cost)| *cost).fold(f64::INFINITY, f64::min);
    let (folder, fresh) = deployed(&format!("--guarantee cost<={cheapest}"));
    assert_eq!(folder.json("out/cascade.json")["guarantee"]["p_value"], 0.0);
    write(&folder, "fresh", &fresh, &MODELS, &unchanged);
    let (_, json) = check(&folder, "fresh", "");
    assert!(subjects(&json).contains(&"guarantee"), "{json}");
    assert!(!drifted(&json).contains(&"guarantee"), "{json}");
}

/// A certified guarantee is tested again, if labels and the model that it is about are there.
#[test]
fn a_guarantee_is_tested_again() {
    let (folder, fresh) = deployed("--guarantee accuracy>=cnn_m");
    let spec = folder.json("out/cascade.json");
    assert_eq!(spec["guarantee"]["baseline"], "cnn_m");
    write(&folder, "fresh", &fresh, &MODELS, &unchanged);
    let (code, json) = check(&folder, "fresh", "");
    assert_eq!(code, Some(0), "{json}");
    assert_eq!(subjects(&json).last(), Some(&"guarantee"));
    // The difference of two accuracies is in points.
    let sentences = json["sentences"].as_array().unwrap();
    let said = sentences.iter().find_map(|it| it.as_str()?.split_once("measures ")).unwrap().1;
    assert_eq!(said.matches(" points").count(), 2, "{said}");
    // Labels that only the baseline agrees with.
    let said = |table: &DataFrame| -> Vec<i64> {
        let logits = table.column("logits").unwrap().as_materialized_series().clone();
        let best = |row: usize| {
            let AnyValue::List(row) = logits.list_or_array_row(row) else { panic!("a list") };
            let row = row.cast(&DataType::Float32).unwrap();
            let row: Vec<f32> = row.f32().unwrap().into_no_null_iter().collect();
            (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap() as i64
        };
        (0..table.height()).map(best).collect()
    };
    let mut truth = vec![];
    let file = std::fs::File::open(folder.path("fresh/cnn_m.parquet")).unwrap();
    truth.extend(said(&ParquetReader::new(file).finish().unwrap()));
    write(&folder, "fresh", &fresh, &MODELS, &|_, mut table| {
        table.with_column(Column::new("label".into(), truth.clone())).unwrap();
        table
    });
    let (code, json) = check(&folder, "fresh", "");
    let found = json["findings"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((code, &found["drifted"]), (Some(1), &true.into()), "{json}");
    assert!(json["sentences"].to_string().contains("CONTRADICTED"), "{json}");
    write(&folder, "fresh", &fresh, &MODELS, &without_labels);
    let line = format!("check {} {}", folder.at("out/cascade.json"), folder.at("fresh/pool.toml"));
    let text = run(&line).stdout;
    assert!(text.starts_with("3000 fresh samples without labels, mean cost "), "{text}");
    let (_, json) = check(&folder, "fresh", "");
    assert!(json["remarks"].to_string().contains("is not tested: that needs labels"), "{json}");
}

/// Without a profile a spec counts exits on its tuning samples only, and `check` says which figure it
/// holds against which samples.
#[test]
fn each_figure_is_held_against_the_samples_that_are_named() {
    let (folder, fresh) = deployed("--holdout 0.4");
    let mut spec = folder.json("out/cascade.json");
    write(&folder, "fresh", &fresh, &MODELS, &unchanged);
    let near = |a: f64, b: &Value| (a - b.as_f64().unwrap()).abs() < 1e-9 * a;
    let cost = |json: &Value| {
        let findings = json["findings"].as_array().unwrap();
        let cost = findings.iter().find(|finding| finding["subject"] == "cost").unwrap();
        let claimed = cost["claimed"].as_f64().unwrap();
        assert!(near(claimed, &json["reference"]["cost"]), "{json}");
        claimed
    };
    let said = |pool: &str| {
        let (spec, pool) = (folder.at("out/cascade.json"), folder.at(pool));
        run(&format!("check {spec} {pool}/pool.toml")).stdout
    };
    let (_, json) = check(&folder, "fresh", "");
    assert!(near(cost(&json), &spec["holdout"]["cost"]), "{json}");
    assert_eq!(said("fresh").lines().nth(1), Some("held against the spec's 1200 held-out samples"));

    spec.as_object_mut().unwrap().remove("profile");
    std::fs::write(folder.path("out/cascade.json"), spec.to_string()).unwrap();
    let (_, json) = check(&folder, "fresh", "");
    assert!(near(cost(&json), &spec["cost"]), "{json}");
    assert_ne!(spec["cost"], spec["holdout"]["cost"]);
    let text = said("fresh").replace("\n  ", " ");
    let expected = "accuracy is held against the spec's 1200 held-out samples; cost and exit \
                    shares against its 1800 tuning samples\n";
    assert!(text.contains(expected), "{text}");
    write(&folder, "blind", &fresh, &MODELS, &without_labels);
    assert_eq!(said("blind").lines().nth(1), Some("held against the spec's 1800 tuning samples"));
}

/// Figures of another pool are about the cascade, cross-fitted ones are not.
#[test]
fn the_reference_is_what_ran_the_cascade() {
    let folder = Folder::new();
    let (known, fresh) = halves(8);
    write(&folder, "known", &known, &MODELS, &unchanged);
    write(&folder, "other", &fresh[..1000], &MODELS, &unchanged);
    write(&folder, "fresh", &fresh[1000..], &MODELS, &unchanged);
    let (pool, other, out) =
        (folder.at("known/pool.toml"), folder.at("other/pool.toml"), folder.at("out"));
    for (options, part, samples) in [
        ("--folds 2".to_owned(), "tuning", 3000),
        (format!("--holdout-pool {other}"), "holdout", 1000),
    ] {
        let quick = "--max-models 2 --resolution 8 --quiet";
        let ran = run(&format!("optimize {pool} --out {out} {quick} {options}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let profile = folder.json("out/cascade.json")["profile"].clone();
        assert_eq!(
            (&profile["part"], &profile["stages"][0]["samples"]),
            (&part.into(), &samples.into())
        );
        let (code, json) = check(&folder, "fresh", "");
        assert_eq!(code, Some(0), "{json}");
        let reference = &json["reference"];
        assert_eq!((&reference["part"], &reference["samples"]), (&part.into(), &samples.into()));
        let remarks = json["remarks"].to_string();
        assert!(!remarks.contains("nothing was held out"), "{remarks}");
        assert_eq!(remarks.contains("cross-fitted figure, 9"), options == "--folds 2", "{remarks}");
        let exits: u64 =
            reference["exits"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).sum();
        assert_eq!(exits, samples);
    }
    // The second pool is known to the spec, and has its profile too.
    let chosen = folder.at("chosen.json");
    let select = format!("select {out}/frontier.json --out {chosen} --pool {other}");
    assert_eq!(run(&select).code, Some(0));
    assert_eq!(folder.json("chosen.json")["profile"], folder.json("out/cascade.json")["profile"]);
}

/// `select` adds the profile that `optimize` would have written, from the pool that was searched.
#[test]
fn select_adds_a_profile() {
    let (folder, fresh) = deployed("");
    let (frontier, out) = (folder.at("out/frontier.json"), folder.at("chosen.json"));
    let select = format!("select {frontier} --out {out} --pool");
    let ran = run(&format!("{select} {}", folder.at("known/pool.toml")));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let profile = folder.json("out/cascade.json")["profile"].clone();
    assert!(profile.is_object());
    assert_eq!(folder.json("chosen.json")["profile"], profile);
    std::fs::remove_file(&out).unwrap();
    write(&folder, "fresh", &fresh, &MODELS, &unchanged);
    let ran = run(&format!("{select} {}", folder.at("fresh/pool.toml")));
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("not those that it was made from"), "{}", ran.stderr);
    assert!(!folder.path("chosen.json").exists());
}

/// A pool whose labels are there is opened with them, whatever the command.
#[test]
fn labels_are_used_where_there_are_some() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let (folder, pool) = common::random_pool(rng.random(), 3, 20, 3);
    let source = PoolSource::Manifest(folder.path().join("pool.toml"));
    let fresh = committee::pool::FreshPool::open(&source, None, &["model_1"], None).unwrap();
    assert_eq!(fresh.labels(), Some(pool.labels()));
    assert_eq!(fresh.unlabelled().models().len(), 1);
    assert!(Pool::open(&source, None).is_ok());
}
