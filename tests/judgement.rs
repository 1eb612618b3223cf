//! What is said of the chosen cascade, against plain loops and plain cases.

mod common;
#[path = "common/program.rs"]
mod program;

use std::collections::BTreeMap;

use committee::cascade::{Aggregation, Cascade, Committee, ConfidenceMeasure, Fit, Mix, Stage};
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource, Values, write_table};
use committee::search::{Options, Resolution, Scope, Silent, Space, search};
use committee::signal::Signals;
use committee::spec::wire::{Frontier, Point};
use committee::trust::{Call, Holdout, Interval, Judgement, Reason, Without, Yardstick};
use committee::{Judging, Settings, Warning, optimize};
use ndarray::Array2;
use program::{DIGITS, Folder, run, run_in};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

fn settings(holdout: Holdout) -> Settings {
    let scope = Scope {
        max_models: 3,
        aggregations: vec![Aggregation::Last],
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_worst_case_cost: None,
    };
    Settings {
        options: Options { scope, resolution: Resolution::Exact, gap: 0.0, time_limit: None },
        holdout,
        seed: 1,
        max_points: 0,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    }
}

fn judged(pool: &Pool, settings: &Settings) -> (Frontier, Judgement, Vec<Warning>) {
    let found = optimize(pool, settings, &Silent).unwrap();
    let judgement = found.frontier.judgement.clone().expect("a cascade was chosen");
    assert_eq!(found.chosen, Ok(judgement.point));
    (found.frontier, judgement, found.warnings)
}

fn cascade(pool: &Pool, point: &Point) -> Cascade {
    let place = |name: &String| pool.models().iter().position(|m| m.name == *name).unwrap();
    let stages = point.stages.iter().map(|stage| Stage {
        models: Committee::new(stage.models.iter().map(place).collect()),
        mix: Mix::default(),
        threshold: stage.threshold,
    });
    let Point { aggregation, confidence, .. } = *point;
    Cascade { aggregation, confidence, stages: stages.collect() }
}

/// One stage with these models.
fn ensemble(like: &Cascade, models: Vec<usize>) -> Cascade {
    let stages =
        vec![Stage { models: Committee::new(models), threshold: None, mix: Mix::default() }];
    Cascade { stages, ..like.clone() }
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Counts, ceilings and classes are those of running every sample on its own.
    #[test]
    fn figures_are_those_of_plain_loops(seed: u64, is_held: bool, models in 2..=4usize) {
        let (_folder, pool) = common::random_pool(seed, models, 60, 3);
        let settings = settings(Holdout::Share(if is_held { 0.5 } else { 0.0 }));
        let (frontier, judgement, _) = judged(&pool, &settings);
        let split = settings.holdout.split(&pool, settings.seed, settings.stratified()).unwrap();
        let samples = if is_held { split.holdout } else { split.tuning };
        let chosen = cascade(&pool, &frontier.points[judgement.point]);
        let on = |cascade: &Cascade, sample: u32| common::run(&pool, cascade, &[sample]);

        let reference = &judgement.verdict.reference;
        let place = pool.models().iter().position(|model| model.name == reference.model).unwrap();
        let alone = ensemble(&chosen, vec![place]);
        let pairs: Vec<(u32, u32)> =
            samples.iter().map(|&s| (on(&chosen, s).0, on(&alone, s).0)).collect();
        let gained = pairs.iter().filter(|pair| pair.0 > pair.1).count() as u32;
        let lost = pairs.iter().filter(|pair| pair.0 < pair.1).count() as u32;
        prop_assert_eq!((reference.paired.gained, reference.paired.lost), (gained, lost));
        let (_, total) = common::run(&pool, &chosen, &samples);
        let ratio = total / samples.len() as f64 / pool.models()[place].cost;
        prop_assert!(close(reference.cost_ratio.unwrap(), ratio));
        prop_assert_eq!(reference.accuracy_interval.is_some(), is_held);

        let (mut right, mut paid) = (0, 0.0);
        let (mut gated, mut gate_paid) = (0, 0.0);
        let stages = chosen.stages.len();
        for &sample in &samples {
            let mut ways: Vec<(f64, bool)> = (0..models)
                .map(|model| {
                    let (correct, cost) = on(&ensemble(&chosen, vec![model]), sample);
                    (cost, correct > 0)
                })
                .collect();
            ways.sort_by(|a, b| a.0.total_cmp(&b.0));
            let way = ways.iter().find(|way| way.1);
            right += u32::from(way.is_some());
            paid += way.unwrap_or(&ways[0]).0;
            // A cascade whose gates stop it at a stage, for every stage.
            let exits: Vec<(u32, f64)> = (0..stages)
                .map(|last| {
                    let mut stopped = chosen.clone();
                    stopped.stages.truncate(last + 1);
                    for (number, stage) in stopped.stages.iter_mut().enumerate() {
                        stage.threshold = (number < last).then_some(f64::INFINITY);
                    }
                    on(&stopped, sample)
                })
                .collect();
            let exit = exits.iter().find(|exit| exit.0 > 0);
            gated += u32::from(exit.is_some());
            gate_paid += exit.unwrap_or(&exits[0]).1;
        }
        let n = samples.len() as f64;
        let ceiling = judgement.ceiling;
        prop_assert!(close(ceiling.oracle.accuracy, f64::from(right) / n));
        prop_assert!(close(ceiling.oracle.cost, paid / n), "{} {}", ceiling.oracle.cost, paid / n);
        prop_assert!(close(ceiling.perfect_gate.accuracy, f64::from(gated) / n));
        prop_assert!(close(ceiling.perfect_gate.cost, gate_paid / n));
        prop_assert!(close(ceiling.cascade.cost, total / n));

        for class in &judgement.who_pays.classes {
            let label: u32 = class.name.parse().unwrap();
            let own: Vec<u32> =
                samples.iter().copied().filter(|&s| pool.labels()[s as usize] == label).collect();
            let (correct, cost) = common::run(&pool, &chosen, &own);
            prop_assert_eq!(class.paired.samples, own.len());
            prop_assert!(close(class.accuracy, f64::from(correct) / own.len() as f64));
            prop_assert!(close(class.cost, cost / own.len() as f64));
            prop_assert!(close(class.exit_fractions.iter().sum(), 1.0));
        }
        prop_assert_eq!(judgement.who_pays.groups, None);

        // Whatever moves, accuracy and cost stay those of some cascade of the same models.
        let sensitivity = &judgement.sensitivity;
        prop_assert!(close(sensitivity.as_is.cost, total / n));
        prop_assert_eq!(sensitivity.all().count() > 0, stages > 1);
        for figures in sensitivity.all() {
            let most = frontier.points[judgement.point].worst_case_cost;
            prop_assert!(figures.cost <= most && (0.0..=1.0).contains(&figures.accuracy));
        }
    }
}

/// Searches `pool` on the grid of model values; (cost, accuracy) of its frontier.
fn on_grid(pool: &Pool, tuning: &[u32]) -> Vec<(f64, f64)> {
    let mut options = settings(Holdout::Share(0.0)).options;
    options.resolution = Resolution::Quantiles(12);
    let signals = Signals::compute(pool, options.scope.signal_keys(pool), |_| {}).unwrap();
    let space = Space::new(pool, &signals, &options.scope, tuning);
    let found = search(&space, &options.check().unwrap(), &Silent).frontier;
    let n = tuning.len();
    found.iter().map(|f| (space.scale.mean(f.cost, n), f64::from(f.correct) / n as f64)).collect()
}

#[test]
fn a_model_left_out_is_as_if_it_were_not_there() {
    for seed in 0..4 {
        let (_folder, pool) = common::random_pool(seed, 4, 80, 3);
        let mut settings = settings(Holdout::Share(0.5));
        let tuning =
            settings.holdout.split(&pool, settings.seed, settings.stratified()).unwrap().tuning;
        settings.judging.model_values = true;
        let (frontier, judgement, _) = judged(&pool, &settings);
        let reference = &judgement.verdict.reference.model;
        let models = &frontier.pool.models;
        let cheapest = models.iter().min_by(|a, b| a.cost.total_cmp(&b.cost)).unwrap();
        let best = models.iter().find(|model| model.name == *reference).unwrap();
        let all = on_grid(&pool, &tuning);
        let dearest = all.iter().map(|point| point.0).fold(best.cost, f64::max);
        let by = Yardstick { corner: (dearest, cheapest.accuracy), accuracy: best.accuracy };
        assert_eq!(judgement.models.len(), 4);
        for (left_out, value) in judgement.models.iter().enumerate() {
            let others = pool.models().iter().enumerate().filter(|(at, _)| *at != left_out);
            let (files, costs): (Vec<_>, Vec<_>) = others
                .map(|(_, model)| (model.predictions.clone(), (model.name.clone(), model.cost)))
                .unzip();
            let source = PoolSource::Files { files, costs, cost_unit: "units".to_owned() };
            let fewer = on_grid(&Pool::open(&source, None).unwrap(), &tuning);
            let expected = Without::new(&all, &fewer, by);
            let found = value.without.unwrap();
            assert!((found.hypervolume_lost - expected.hypervolume_lost).abs() < 1e-9);
            assert!(close(found.accuracy_lost, expected.accuracy_lost));
            assert_eq!(found.cheapest_left.is_some(), expected.cheapest_left.is_some());
            assert_eq!(found.cost_ratio.is_some(), expected.cost_ratio.is_some());
            assert!(close(found.cost_ratio.unwrap_or(0.0), expected.cost_ratio.unwrap_or(0.0)));
            let runs = |point: &&Point| point.model_costs.contains_key(&value.model);
            assert_eq!(value.points, frontier.points.iter().filter(runs).count());
        }
    }
}

/// Two models on `samples` samples of two groups. The large one is nearly always right; the small one
/// is sure and right on group `even` as often, and on `odd` it is sure and right with `skill`.
fn grouped(samples: usize, skill: f64, group: impl Fn(usize) -> Option<Values>) -> Folder {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let folder = Folder::new();
    let labels: Vec<u32> = (0..samples).map(|_| rng.random_range(0..3)).collect();
    for (name, column) in [("large", 0), ("small", 1)] {
        let mut scores = Array2::<f64>::zeros((samples, 3));
        for (sample, &label) in labels.iter().enumerate() {
            let is_odd = sample % 2 == 1;
            let right = if name == "small" && is_odd { skill } else { 0.96 };
            let class = if rng.random_bool(right) { label } else { (label + 1) % 3 };
            scores[[sample, class as usize]] = rng.random_range(3.0..6.0);
        }
        let mut table = vec![("label".to_owned(), Values::U32(labels.clone()))];
        for (class, scores) in scores.columns().into_iter().enumerate() {
            table.push((format!("logit_{class}"), Values::F64(scores.to_vec())));
        }
        table.extend(group(column).map(|group| ("group".to_owned(), group)));
        let bytes = write_table(table).unwrap();
        std::fs::write(folder.path(&format!("{name}.parquet")), bytes).unwrap();
    }
    folder
}

const PAIR: &str = "large.parquet small.parquet --cost large=10 --cost small=1";

fn names(samples: usize) -> Values {
    let name = |sample: usize| ["even", "odd"][sample % 2].to_owned();
    Values::Text((0..samples).map(name).collect())
}

fn open(folder: &Folder) -> Pool {
    let source = PoolSource::Files {
        files: ["large", "small"].map(|name| folder.path(&format!("{name}.parquet"))).to_vec(),
        costs: vec![("large".to_owned(), 10.0), ("small".to_owned(), 1.0)],
        cost_unit: "units".to_owned(),
    };
    Pool::open(&source, None).unwrap()
}

#[test]
fn a_group_that_pays_is_told_and_can_be_spared() {
    let folder = grouped(4000, 0.7, |file| (file == 1).then(|| names(4000)));
    let line = format!("optimize {PAIR} --max-cost 4 --out out");
    let ran = run_in(folder.root(), &line);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("warning: against large what was chosen loses"), "{}", ran.stderr);
    assert!(ran.stderr.contains("in group odd ("), "{}", ran.stderr);
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("1 of 2 groups LOSES more than 2.00 points"), "{words}");
    let frontier = folder.json("out/frontier.json");
    let groups = &frontier["judgement"]["who_pays"]["groups"];
    assert_eq!((&groups[0]["name"], &groups[1]["name"]), (&"even".into(), &"odd".into()));
    assert_eq!((&groups[0]["loses"], &groups[1]["loses"]), (&false.into(), &true.into()));
    // A wider margin, no warning.
    let ran = run_in(folder.root(), &format!("{line} --group-margin 0.5"));
    assert!(!ran.stderr.contains("loses more"), "{}", ran.stderr);

    // Every point has its worst group on the tuning samples, and the constraint goes by it.
    let points = frontier["points"].as_array().unwrap();
    let least = |point: &Value| point["min_group_accuracy"].as_f64().unwrap();
    assert!(points.iter().all(|point| least(point) <= point["accuracy"].as_f64().unwrap()));
    let wanted = points.iter().find(|point| least(point) >= 0.85).unwrap();
    let ask = "--min-accuracy 0 --min-group-accuracy 0.85";
    for line in [
        format!("optimize {PAIR} {ask} --out out"),
        format!("select out/frontier.json {ask} --out out/cascade.json"),
    ] {
        let ran = run_in(folder.root(), &line);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let spec = folder.json("out/cascade.json");
        assert_eq!(spec["cost"], wanted["cost"], "{line}");
        assert_eq!(spec["min_group_accuracy"], wanted["min_group_accuracy"]);
        assert_eq!(spec["provenance"]["options"]["min-group-accuracy"], 0.85);
    }
    let ran =
        run_in(folder.root(), &format!("optimize {PAIR} --min-group-accuracy 0.999 --out out"));
    assert_eq!(ran.code, Some(3));
    assert!(ran.stderr.contains("at least 0.999 in every group"), "{}", ran.stderr);
    assert!(ran.stderr.contains("in its worst group"), "{}", ran.stderr);
    // A frontier of accuracy and cost is none of fairness.
    assert!(ran.stderr.contains("no cascade of the frontier has "), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("or a model alone, may do better by every group"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stdout.contains("can be dropped"), "{}", ran.stdout);
    assert!(ran.stdout.contains("judged:   none was chosen;"), "{}", ran.stdout);
    assert!(folder.json("out/frontier.json")["judgement"]["verdict"].is_object());
}

#[test]
fn groups_are_read_wherever_they_stand() {
    let integers = |samples: usize| Values::U32((0..samples).map(|s| (s % 12) as u32).collect());
    let folder = grouped(240, 0.9, |_| Some(integers(240)));
    let groups = open(&folder).groups().unwrap().unwrap();
    let ascending: Vec<String> = (0..12).map(|group| group.to_string()).collect();
    assert_eq!(groups.names, ascending, "numbers ascend as numbers");
    assert!(groups.of.iter().zip(0..).all(|(&group, sample)| group == sample % 12));
    assert_eq!(open(&grouped(240, 0.9, |_| None)).groups().unwrap(), None);
    let (_, judgement, _) = judged(&open(&folder), &settings(Holdout::Share(0.5)));
    let groups = judgement.who_pays.groups.unwrap();
    assert_eq!(groups.iter().map(|group| group.paired.samples).sum::<usize>(), 120);
    let all = |samples: &dyn Fn(usize) -> f64| (0..groups.len()).map(samples).sum::<f64>() / 120.0;
    let weighted = all(&|at| groups[at].accuracy * groups[at].paired.samples as f64);
    assert!(close(weighted, judgement.ceiling.cascade.accuracy));
}

#[test]
fn what_is_wrong_with_groups_is_named() {
    let texts = |names: [&str; 4]| Values::Text(names.map(str::to_owned).to_vec());
    let refused = |folder: &Folder, options: &str, parts: &[&str]| {
        let before = folder.files();
        let ran = run_in(folder.root(), &format!("optimize {PAIR} {options} --out out"));
        assert_eq!((ran.code, ran.stderr.lines().count()), (Some(2), 1), "{}", ran.stderr);
        for part in parts {
            assert!(ran.stderr.contains(part), "{part:?} is not in {}", ran.stderr);
        }
        assert!(folder.files() == before);
    };
    let floats = grouped(4, 0.5, |file| (file == 1).then(|| Values::F64(vec![0.0; 4])));
    refused(&floats, "", &["small.parquet", "column \"group\"", "expected integers or strings"]);
    let differ = grouped(4, 0.5, |file| Some(texts(["a", "b", ["c", "d"][file], "a"])));
    refused(&differ, "", &["large.parquet and small.parquet", "row 2", "\"c\"", "\"d\""]);
    let kinds = grouped(4, 0.5, |file| {
        Some(if file == 0 { texts(["7"; 4]) } else { Values::U32(vec![7; 4]) })
    });
    refused(&kinds, "", &["row 0", "group \"7\" in the first and 7 in the second"]);
    let none = grouped(4, 0.5, |_| None);
    refused(&none, "--min-group-accuracy 0.9", &["--min-group-accuracy", "a column \"group\""]);
    refused(&none, "--min-group-accuracy 90", &["--min-group-accuracy", "0 to 1", "90"]);
    refused(&none, "--min-group-accuracy -1", &["--min-group-accuracy", "from 0 to 1", "-1"]);
    refused(&none, "--group-margin 2", &["--group-margin", "0 to 1", "2"]);
    refused(&none, "--group-margin NaN", &["--group-margin", "0 to 1", "NaN"]);

    let ran = run_in(none.root(), &format!("optimize {PAIR} --out out"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ran = run_in(none.root(), "select out/frontier.json --min-group-accuracy 0.1");
    assert_eq!((ran.code, ran.stderr.lines().count()), (Some(2), 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("--min-group-accuracy") && ran.stderr.contains("frontier.json"));
}

/// Where nothing meets what was asked for, the judgement is that on what would be chosen unasked.
#[test]
fn there_is_a_judgement_even_where_nothing_is_chosen() {
    let folder = grouped(400, 0.5, |_| None);
    let pool = open(&folder);
    let asked = settings(Holdout::Share(0.5));
    let (frontier, unasked, _) = judged(&pool, &asked);
    let goal = Goal { min_accuracy: Some(1.0), max_cost: Some(0.01), ..Goal::default() };
    let found = optimize(&pool, &Settings { goal, ..asked }, &Silent).unwrap();
    assert!(found.chosen.is_err());
    assert_eq!(found.frontier.points, frontier.points);
    assert_eq!(found.frontier.judgement, Some(unasked));
    assert_eq!(found.warnings.iter().filter(|w| matches!(w, Warning::Loses { .. })).count(), 0);
}

#[test]
fn a_copy_gives_no_reason_to_cascade() {
    // Both models are the large one of the pair.
    let folder = grouped(400, 0.5, |_| None);
    std::fs::copy(folder.path("large.parquet"), folder.path("small.parquet")).unwrap();
    for (holdout, has_method) in [(Holdout::Share(0.5), true), (Holdout::Share(0.0), false)] {
        let (_, judgement, _) = judged(&open(&folder), &settings(holdout));
        let verdict = &judgement.verdict;
        assert_eq!(verdict.call, Call::DoNotCascade);
        assert_eq!(verdict.reasons, [Reason::NothingCheaper, Reason::ErrAlike]);
        assert_eq!(
            (verdict.reference.model.as_str(), verdict.reference.cost_ratio),
            ("small", Some(1.0))
        );
        assert_eq!(judgement.method.is_some(), has_method);
    }
    let ran = run_in(folder.root(), &format!("optimize {PAIR} --out out"));
    assert!(ran.stdout.contains("do not cascade: no model is cheaper;"), "{}", ran.stdout);
}

#[test]
fn a_model_that_guesses_is_not_sure_often_enough() {
    // The small model guesses and is as sure as ever.
    let folder = grouped(2000, 0.33, |_| None);
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let large = open(&folder);
    let mut table = vec![("label".to_owned(), Values::U32(large.labels().to_vec()))];
    for class in 0..3 {
        let scores = (0..2000).map(|_| rng.random_range(0.0..6.0)).collect();
        table.push((format!("logit_{class}"), Values::F64(scores)));
    }
    std::fs::write(folder.path("small.parquet"), write_table(table).unwrap()).unwrap();
    let (_, judgement, _) = judged(&open(&folder), &settings(Holdout::Share(0.5)));
    assert_eq!(judgement.verdict.call, Call::DoNotCascade);
    assert!(judgement.verdict.reasons.contains(&Reason::NoneSure), "{judgement:?}");
}

#[test]
fn the_digits_are_worth_a_cascade_and_select_repeats_it() {
    let folder = Folder::new();
    let line = "optimize data/digits/pool.toml --max-models 2 --resolution 16";
    let ran = run(&format!("{line} --out {}", folder.at("out")));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let said = |stdout: &str| {
        let lines = stdout.lines().skip_while(|line| !line.starts_with("verdict:"));
        lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let lines = said(&ran.stdout);
    assert!(lines[0].starts_with("verdict:  cascade"), "{lines:?}");
    for start in ["ceiling:", "who pays:", "steps:"] {
        assert!(lines.iter().any(|line| line.starts_with(start)), "{start} {lines:?}");
    }
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:?}");
    let select = format!("select {} --out {}", folder.at("out/frontier.json"), folder.at("c.json"));
    assert_eq!(said(&run(&select).stdout), lines);
    // Nothing is said of another choice.
    assert!(said(&run(&format!("{select} --max-cost 50")).stdout).is_empty());
    let json = folder.json("out/frontier.json");
    let names: BTreeMap<String, Value> = serde_json::from_value(json["judgement"].clone()).unwrap();
    let expected = ["ceiling", "method", "models", "point", "sensitivity", "verdict", "who_pays"];
    assert!(names.keys().eq(&expected), "{:?}", names.keys());
}

/// With folds the figures of a point are those of other cascades; where a single model was chosen they
/// are its own, and it is no gain on itself.
#[test]
fn folds_do_not_set_a_model_against_itself() {
    let mut alone = 0;
    for seed in 0..24 {
        let (_folder, pool) = common::random_pool(seed, 2, 60, 2);
        let (frontier, judgement, _) = judged(&pool, &settings(Holdout::Folds(3)));
        let verdict = &judgement.verdict;
        for versus in [&verdict.reference, &verdict.rival] {
            let Interval(low, high) = versus.accuracy_interval.unwrap();
            assert!((low..=high).contains(&versus.accuracy_difference), "{versus:?}");
        }
        let stages = &frontier.points[judgement.point].stages;
        if stages.len() == 1 && stages[0].models == [verdict.reference.model.as_str()] {
            alone += 1;
            assert_eq!(verdict.call, Call::DoNotCascade);
            assert_eq!((verdict.reference.paired.gained, verdict.reference.paired.lost), (0, 0));
        }
    }
    assert!(alone > 0);
}

/// A search that was stopped may have missed what is better: the verdict says so, and of a model that
/// no cascade uses no more than that.
#[test]
fn what_a_stopped_search_did_not_find_is_not_said_to_be_absent() {
    let folder = Folder::new();
    let said = |options: &str, start: &str| {
        let line = "optimize data/digits/pool.toml --no-report";
        let ran = run(&format!("{line} {options} --out {}", folder.at("out")));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let mut lines = ran.stdout.lines().skip_while(|line| !line.starts_with(start));
        let mut text = lines.next().unwrap_or_default().to_owned();
        for line in lines.take_while(|line| line.starts_with(' ')) {
            text += &format!(" {}", line.trim());
        }
        text
    };
    let verdict = said("--max-models 2 --time-limit 0", "verdict:");
    let stopped = "no better than single models; the search was stopped by the time limit before it \
                   found one that is.";
    assert!(verdict.contains(stopped), "{verdict}");
    let whole = said("--max-models 1", "verdict:");
    assert!(whole.contains("do not cascade") && !whole.contains("stopped"), "{whole}");

    // Dearer at worst than what was looked at.
    let models = said("--max-models 2 --resolution 16 --max-worst-case-cost 1000", "models:");
    let unused = "no cascade of this frontier uses cnn_l, gapnet_14, gapnet_28";
    assert!(models.contains(unused) && !models.contains("dropped"), "{models}");
}

/// What a model is worth is not only what it is worth at the price of the one that is to be matched.
#[test]
fn a_model_that_the_choice_runs_is_not_spare() {
    let folder = Folder::new();
    let out = folder.at("out");
    let line = format!("optimize {DIGITS} --match softmax_14 --max-models 2 --out {out}");
    assert_eq!(run(&line).code, Some(0));
    let models = &folder.json("out/frontier.json")["judgement"]["models"];
    for model in models.as_array().unwrap() {
        let is_worth = model["without"]["accuracy_lost"].as_f64().unwrap() >= 0.002;
        assert!(!is_worth || model["is_spare"] == false, "{model}");
    }
    let dear = models.as_array().unwrap().iter().find(|model| model["model"] == "cnn_l").unwrap();
    assert!(dear["without"]["hypervolume_lost"].as_f64().unwrap() > 0.01, "{dear}");
}

/// A limit on groups that holds on the samples that tuned and not on others.
#[test]
fn a_limit_on_groups_that_does_not_hold_is_told() {
    let folder = grouped(4000, 0.9, |file| (file == 1).then(|| names(4000)));
    // Another number of samples, so other draws.
    let other = grouped(3998, 0.5, |file| (file == 1).then(|| names(3998)));
    let held = ["small.parquet", "large.parquet"].map(|file| other.at(file));
    let line = format!(
        "optimize {PAIR} --min-accuracy 0 --min-group-accuracy 0.9 --out out --holdout-pool {} --holdout-pool {}",
        held[0], held[1]
    );
    let ran = run_in(folder.root(), &line);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let told = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let missed = "an accuracy of at least 0.9 in every group was asked for, and is kept to on the tuning samples only";
    assert!(told.contains(missed) && told.contains("in group odd (95 % interval"), "{told}");
}
