//! What bad input gets: one line that names it, exit code 2, and nothing written.

mod common {
    pub mod program;
}

use common::program::{self, integers};
use common::program::{Folder, lists, run_in};
use polars::prelude::*;
use std::path::Path;

const IDS: [i64; 4] = [10, 20, 30, 40];
const LABELS: [i64; 4] = [1, 0, 2, 0];
const SCORES: [[f32; 3]; 4] =
    [[0.5, 1.5, -2.0], [3.0, 0.25, 1.0], [-1.0, -0.5, 4.0], [2.0, 2.0, 0.0]];
/// Both models with a cost each.
const PAIR: &str = "a.parquet b.parquet --cost a=1 --cost b=2";

fn ids() -> Column {
    integers("sample_id", &IDS)
}

fn labels() -> Column {
    integers("label", &LABELS)
}

fn logits() -> Column {
    lists("logits", &SCORES)
}

fn with_score(row: usize, class: usize, score: f32) -> Column {
    let mut scores = SCORES;
    scores[row][class] = score;
    lists("logits", &scores)
}

fn probabilities(first: [f32; 3]) -> Column {
    lists("probabilities", &[first, [1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.2, 0.3, 0.5]])
}

/// A folder with a good `a.parquet`, and `b.parquet` as given.
fn folder(b: Vec<Column>) -> Folder {
    let folder = Folder::new();
    folder.write("a.parquet", vec![ids(), labels(), logits()]);
    folder.write("b.parquet", b);
    folder
}

fn good() -> Folder {
    folder(vec![ids(), labels(), logits()])
}

/// Asserts that each command that reads the pool refuses it: in one line with all of `parts`.
#[track_caller]
fn refused(folder: &Folder, pool: &str, parts: &[&str]) {
    for command in ["inspect", "optimize --out out"] {
        line_refused(folder, &format!("{command} {pool}"), parts);
    }
}

#[track_caller]
fn line_refused(folder: &Folder, line: &str, parts: &[&str]) {
    let before = folder.files();
    let ran = run_in(folder.root(), line);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{line}: {}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{line}: {}", ran.stderr);
    for part in ["committee: "].iter().chain(parts) {
        assert!(ran.stderr.contains(part), "{line}: {part:?} is not in {:?}", ran.stderr);
    }
    assert!(folder.files() == before, "{line} wrote something");
}

#[test]
fn the_good_pool_is_taken() {
    let folder = good();
    let ran = run_in(folder.root(), &format!("optimize {PAIR} --out out"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(folder.path("out/cascade.json").exists());
}

#[test]
fn wrong_files_are_named() {
    let cases = [
        ("no scores", vec![ids(), labels()], vec!["b.parquet", "no scores", "\"label\""]),
        (
            "ragged lists",
            vec![ids(), labels(), lists("logits", &[&[0.0, 1.0, 2.0][..], &[1.0], &[1.0], &[1.0]])],
            vec!["b.parquet", "1 score in row 1", "expected 3"],
        ),
        (
            "another number of classes",
            vec![ids(), labels(), lists("logits", &[[0.0_f32; 4]; 4])],
            vec!["\"a\" has 3 classes", "\"b\" has 4"],
        ),
        (
            "NaN",
            vec![ids(), labels(), with_score(2, 1, f32::NAN)],
            vec!["b.parquet", "row 2", "class 1", "NaN"],
        ),
        (
            "infinite",
            vec![ids(), labels(), with_score(3, 0, f32::NEG_INFINITY)],
            vec!["b.parquet", "row 3", "class 0", "-inf"],
        ),
        (
            "a label that is no class",
            vec![ids(), integers("label", &[1, 0, 3, 0]), logits()],
            vec!["b.parquet", "label 3 in row 2", "0 to 2"],
        ),
        (
            "another label",
            vec![ids(), integers("label", &[1, 2, 2, 0]), logits()],
            vec!["a.parquet", "b.parquet", "sample_id 20", "label 0", "2 in the second"],
        ),
        (
            "an id twice",
            vec![integers("sample_id", &[10, 20, 20, 40]), labels(), logits()],
            vec!["b.parquet", "sample_id 20", "row 1", "row 2"],
        ),
        (
            "other ids",
            vec![integers("sample_id", &[10, 25, 35, 40]), labels(), logits()],
            vec![
                "a.parquet",
                "b.parquet",
                "2 samples of the first not in the second",
                "sample_id 20",
            ],
        ),
        (
            "more ids",
            vec![
                integers("sample_id", &[10, 20, 30, 40, 50]),
                integers("label", &[1, 0, 2, 0, 0]),
                lists("logits", &[[0.0_f32; 3]; 5]),
            ],
            vec!["1 sample of the second not in the first", "sample_id 50"],
        ),
        ("ids in one file", vec![labels(), logits()], vec!["a.parquet", "b.parquet", "sample_id"]),
        (
            "no probability",
            vec![ids(), labels(), probabilities([0.2, 1.5, 0.1])],
            vec!["b.parquet", "row 0", "class 1", "1.5"],
        ),
    ];
    for (what, columns, parts) in cases {
        println!("{what}");
        refused(&folder(columns), PAIR, &parts);
    }
}

#[test]
fn a_score_too_large_for_32_bits_is_shown_in_full() {
    let wide = |class: usize, large: f64| {
        let column = [0.0, 1.0, if class == 1 { large } else { 0.0 }, 2.0];
        Column::new(format!("logit_{class}").into(), column)
    };
    let list = |large: f64| {
        let rows = [[0.0; 3], [0.0; 3], [0.0, large, 0.0], [0.0; 3]];
        let rows = rows.map(|row| Series::new("".into(), row));
        Column::new("logits".into(), rows)
    };
    for (large, shown) in [(1e300, "is 1e300,"), (-1e300, "is -1e300,"), (2e37, "is 2e37,")] {
        let array = list(large).cast(&DataType::Array(Box::new(DataType::Float64), 3)).unwrap();
        let wide: Vec<Column> = (0..3).map(|class| wide(class, large)).collect();
        for scores in [wide, vec![list(large)], vec![array]] {
            let columns = [ids(), labels()].into_iter().chain(scores).collect();
            refused(&folder(columns), PAIR, &["b.parquet", "row 2", "class 1", shown]);
        }
    }
}

#[test]
fn missing_and_damaged_files_are_named() {
    let folder = good();
    refused(
        &folder,
        "a.parquet c.parquet --cost a=1 --cost c=2",
        &["c.parquet: no such file, expected the Parquet file of model \"c\""],
    );
    refused(&folder, "none.toml", &["none.toml: no such file, expected the manifest of a pool"]);
    let whole = folder.bytes("b.parquet");
    for end in [0, whole.len() / 2, whole.len() - 1] {
        std::fs::write(folder.path("b.parquet"), &whole[..end]).unwrap();
        refused(&folder, PAIR, &["b.parquet", "cannot be read as Parquet"]);
    }
    std::fs::write(folder.path("b.parquet"), "not Parquet at all").unwrap();
    refused(&folder, PAIR, &["b.parquet", "cannot be read as Parquet"]);
    std::fs::create_dir(folder.path("d.parquet")).unwrap();
    refused(&folder, "a.parquet d.parquet --cost a=1 --cost d=2", &["d.parquet"]);
}

/// The decoder panics on these, and only the error is told of it.
#[test]
fn damaged_pages_are_named() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folder = Folder::new();
    let labels: Vec<i64> = (0..40).map(|row| row % 3).collect();
    folder.write("labels.parquet", vec![integers("label", &labels)]);
    let model =
        |name| format!("[[model]]\nname = \"{name}\"\npredictions = \"{name}\"\ncost = 1\n");
    let names = ["a.parquet", "b.parquet"];
    let manifest = format!(
        "cost_unit = \"u\"\nlabels = \"labels.parquet\"\n{}{}",
        model(names[0]),
        model(names[1])
    );
    std::fs::write(folder.path("pool.toml"), manifest).unwrap();
    for name in names {
        std::fs::copy(fixtures.join("dictionary_v2.parquet"), folder.path(name)).unwrap();
    }
    assert_eq!(run_in(folder.root(), "inspect pool.toml").code, Some(0));
    let mut pages = folder.bytes("b.parquet");
    pages[98] ^= 0x7f;
    std::fs::write(folder.path("b.parquet"), pages).unwrap();
    refused(&folder, "pool.toml", &["b.parquet", "damaged"]);
}

#[test]
fn samples_that_cannot_be_matched_are_named() {
    let folder = Folder::new();
    for name in ["a.parquet", "b.parquet"] {
        folder.write(name, vec![ids(), logits()]);
    }
    refused(&folder, PAIR, &["no file has a column \"label\""]);
    folder.write("a.parquet", vec![labels(), logits()]);
    folder
        .write("b.parquet", vec![integers("label", &[0; 3]), lists("logits", &[[0.0_f32; 3]; 3])]);
    refused(&folder, PAIR, &["a.parquet", "b.parquet", "4 rows and 3 rows"]);
}

#[test]
fn wrong_models_and_costs_are_named() {
    let folder = good();
    std::fs::create_dir(folder.path("x")).unwrap();
    folder.write("x/a.parquet", vec![ids(), labels(), logits()]);
    let cases = [
        ("a.parquet --cost a=1", vec!["a.parquet", "at least two"]),
        ("a.parquet x/a.parquet --cost a=1", vec!["\"a\"", "twice"]),
        ("a.parquet b.parquet --cost a=1", vec!["\"b\"", "no cost"]),
        ("a.parquet b.parquet --cost a=1 --cost b=-2", vec!["\"b\"", "-2", "at least 0"]),
        ("a.parquet b.parquet --cost a=1 --cost b=nan", vec!["\"b\"", "NaN"]),
        ("a.parquet b.parquet --cost a=1 --cost b=inf", vec!["\"b\"", "inf"]),
        ("a.parquet b.parquet --cost a=0.1 --cost b=1e300", vec!["\"a\"", "0.1", "1e300"]),
        ("a.parquet b.parquet --cost a=0 --cost b=0", vec!["\"a\", \"b\"", "nothing to save"]),
        (&format!("{PAIR} --cost c=3"), vec!["\"c\""]),
        (&format!("{PAIR} --cost a=3"), vec!["a", "twice"]),
        (&format!("{PAIR} --cost-axis joules"), vec!["\"joules\"", "\"cost\""]),
    ];
    for (pool, parts) in cases {
        refused(&folder, pool, &parts);
    }
}

#[test]
fn wrong_manifests_are_named() {
    let folder = good();
    let model = |name: &str, cost: &str| {
        format!("[[model]]\nname = \"{name}\"\npredictions = \"{name}.parquet\"\n{cost}\n")
    };
    let cases = [
        (model("a", "cost = 1"), vec!["two models", "1"]),
        (model("a", "cost = 1") + &model("a", "cost = 1"), vec!["\"a\"", "twice"]),
        (model("a", "cost = 1") + &model("b", ""), vec!["\"b\"", "no cost"]),
        (model("a", "cost = -1") + &model("b", "cost = 1"), vec!["\"a\"", "-1"]),
        (model("a", "cost = nan") + &model("b", "cost = 1"), vec!["\"a\"", "NaN"]),
        (model("a", "cost = 0") + &model("b", "cost = 0"), vec!["nothing to save"]),
        (
            model("b", "cost = 1") + &model("", "cost = 1"),
            vec!["pool.toml", "[[model]] 2 (from 1) is \"\"", "text on one line"],
        ),
        (model("a\\nb", "cost = 1"), vec!["pool.toml", "[[model]] 1 (from 1) is \"a\\nb\""]),
        (model("a", "price = 1") + &model("b", "cost = 1"), vec!["pool.toml", "line 5", "price"]),
        (model("a", "cost =") + &model("b", "cost = 1"), vec!["pool.toml", "line 5"]),
    ];
    for (models, parts) in cases {
        std::fs::write(folder.path("pool.toml"), format!("cost_unit = \"u\"\n{models}")).unwrap();
        refused(&folder, "pool.toml", &parts);
    }
    let axes = model("a", "cost = { x = 1, y = 2 }") + &model("b", "cost = { x = 2, y = 3 }");
    std::fs::write(folder.path("pool.toml"), format!("cost_unit = \"u\"\n{axes}")).unwrap();
    refused(&folder, "pool.toml --cost-axis z", &["\"z\"", "\"x\", \"y\""]);
    line_refused(&folder, "optimize --out out pool.toml", &["\"x\", \"y\"", "--cost-axis"]);
    // An axis of some models is another matter than a name that is nearly one.
    let entry = |name: &str, cost: &str| {
        format!("[[model]]\nname = \"{name}\"\npredictions = \"a.parquet\"\ncost = {cost}\n")
    };
    let some =
        entry("a", "{ ms = 1, mj = 2 }") + &entry("b", "{ ms = 2 }") + &entry("c", "{ ms = 3 }");
    std::fs::write(folder.path("some.toml"), format!("cost_unit = \"ms\"\n{some}")).unwrap();
    let lack = "cost axis \"mj\": models \"b\", \"c\" lack it: expected a cost on it for every model, \
                as on \"ms\"";
    refused(&folder, "some.toml --cost-axis mj", &[lack]);
    let unknown = "no model has a cost \"msj\"; the pool's axes are \"mj\", \"ms\"; did you mean";
    refused(&folder, "some.toml --cost-axis msj", &[unknown]);
    // Looking needs no choice: every axis is shown.
    let looked = run_in(folder.root(), "inspect pool.toml");
    assert!(looked.code == Some(0) && looked.stdout.contains(" y "), "{looked:?}");
    refused(&folder, "pool.toml --cost a=1", &["--cost:", "pool.toml"]);
    refused(&folder, "pool.toml --cost-unit u", &["--cost-unit:", "pool.toml"]);
    refused(&folder, "pool.toml a.parquet", &["pool.toml", "only POOL"]);
}

#[test]
fn wrong_options_are_named() {
    let folder = good();
    let cases = [
        ("--max-models 0", "--max-models"),
        ("--max-models 99", "--max-models"),
        ("--aggregation last,last", "found last twice"),
        ("--confidence entropy,margin,entropy", "found entropy twice"),
        ("--resolution 65535 --max-models 4", "--resolution"),
        (
            "--resolution -4",
            "--resolution: expected \"exact\" or a number from 1 to 65535, found -4",
        ),
        ("--threads -1", "--threads: expected a whole number from 1 to 1024, found -1"),
        ("--gap -1", "--gap"),
        ("--gap nan", "--gap"),
        ("--time-limit -1", "--time-limit"),
        ("--holdout 1", "--holdout"),
        ("--holdout -0.5", "--holdout"),
        ("--holdout 0.01", "--holdout"),
        ("--max-cost -5", "--max-cost"),
        ("--max-cost nan", "--max-cost"),
        ("--max-cost inf", "--max-cost: expected a finite number of at least 0, found inf"),
        ("--min-accuracy 98", "--min-accuracy"),
        ("--max-worst-case-cost -1", "--max-worst-case-cost"),
        ("--match c", "a, b"),
    ];
    for (option, part) in cases {
        line_refused(&folder, &format!("optimize {PAIR} --out out {option}"), &[part]);
    }
    line_refused(&folder, &format!("optimize {PAIR} --out a.parquet"), &["a.parquet"]);
    line_refused(&folder, &format!("optimize {PAIR} --out a.parquet/out"), &["a.parquet/out"]);
}

#[test]
fn a_wrong_command_line_is_explained() {
    let lines =
        ["", "optimise x", "optimize a.parquet", "optimize --cost a --out o a b", "inspect -x"];
    for line in lines {
        let ran = program::run(line);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{line}");
        let advice = ["Usage", "--help", "--cost: expected NAME=COST"];
        assert!(advice.iter().any(|part| ran.stderr.contains(part)), "{}", ran.stderr);
        let expected = if line.is_empty() { "Usage" } else { "committee: " };
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
        assert!(line.is_empty() || ran.stderr.lines().count() == 1, "{}", ran.stderr);
    }
}

#[test]
fn wrong_fitted_numbers_are_named() {
    let folder = good();
    let fits = format!("optimize {PAIR} --out out --calibrate temperature");
    line_refused(&folder, &format!("optimize {PAIR} --out out --calibrate x"), &["--calibrate"]);
    assert_eq!(run_in(folder.root(), &fits).code, Some(0));
    let mut spec = folder.json("out/cascade.json");
    spec["version"] = 2.into();
    spec["aggregation"] = "mean_logits".into();
    spec["temperatures"] = serde_json::json!({"a": 1.5, "b": 0.8});
    spec["stages"] = serde_json::json!([
        {"models": ["a"], "threshold": 0.5, "exit_fraction": 0.5, "temperature": 1,
         "weights": {"a": 1}},
        {"models": ["b"], "threshold": null, "exit_fraction": 0.5, "temperature": 1.1,
         "weights": {"a": 0.25, "b": 0.75}},
    ]);
    spec["model_costs"] = serde_json::json!({"a": 1.0, "b": 2.0});
    let null = serde_json::Value::Null;
    let cases = [
        ("/version", 1.into(), "version: expected 2"),
        ("/version", 3.into(), "version: expected 1 or 2, the"),
        ("/temperatures", serde_json::json!({"a": 1.0}), "temperatures: expected one number"),
        ("/temperatures", serde_json::json!({"a": 1.0, "b": 1.0, "c": 1.0}), "found one for \"c\""),
        ("/temperatures/a", 0.into(), "temperatures.a"),
        ("/temperatures", null.clone(), "stages[0].temperature"),
        ("/stages/1/temperature", (-1).into(), "stages[1].temperature"),
        ("/stages/1/temperature", null.clone(), "stages[1].temperature"),
        ("/stages/1/weights", null.clone(), "stages[1].weights"),
        ("/stages/1/weights", serde_json::json!({"b": 1.0}), "found none for \"a\""),
        ("/stages/1/weights/a", 0.5.into(), "stages[1].weights: expected weights that sum to 1"),
        ("/stages/1/weights", serde_json::json!({"a": -0.5, "b": 1.5}), "stages[1].weights.a"),
        ("/aggregation", "last".into(), "stages[0].weights"),
    ];
    for (place, value, part) in cases {
        let mut edited = spec.clone();
        *edited.pointer_mut(place).unwrap() = value;
        std::fs::write(folder.path("edited.json"), edited.to_string()).unwrap();
        line_refused(&folder, "replay edited.json a.parquet b.parquet", &["edited.json", part]);
    }
    // Without the fields of version 2 it would be version 1.
    for field in ["temperature", "weights"] {
        for stage in spec["stages"].as_array_mut().unwrap() {
            stage.as_object_mut().unwrap().remove(field);
        }
    }
    spec.as_object_mut().unwrap().remove("temperatures");
    std::fs::write(folder.path("edited.json"), spec.to_string()).unwrap();
    let line = "replay edited.json a.parquet b.parquet";
    line_refused(&folder, line, &["edited.json", "version: expected 1"]);
}

#[test]
fn wrong_specs_and_frontiers_are_named() {
    let folder = good();
    assert_eq!(run_in(folder.root(), &format!("optimize {PAIR} --out out")).code, Some(0));
    folder.write("c.parquet", vec![ids(), labels(), logits()]);
    folder.write("d.parquet", vec![ids(), labels(), logits()]);
    let others = "c.parquet d.parquet --cost c=1 --cost d=2";
    let replay = "replay edited.json a.parquet b.parquet --per-sample exits.parquet";
    let mut spec = folder.json("out/cascade.json");
    spec["stages"] = serde_json::json!([
        {"models": ["a"], "threshold": 0.5, "exit_fraction": 0.5},
        {"models": ["b"], "threshold": null, "exit_fraction": 0.5},
    ]);
    spec["model_costs"] = serde_json::json!({"a": 1.0, "b": 2.0});
    spec.as_object_mut().unwrap().remove("profile");
    let edit = |place: &str, value: serde_json::Value| {
        let mut edited = spec.clone();
        *edited.pointer_mut(place).unwrap() = value;
        std::fs::write(folder.path("edited.json"), edited.to_string()).unwrap();
    };
    let null = serde_json::Value::Null;
    edit("/version", 1.into());
    line_refused(&folder, &format!("replay edited.json {others}"), &["stages[0]", "c, d", "\"a\""]);
    line_refused(
        &folder,
        &format!("{replay}/none.parquet"),
        &["exits.parquet: there is no such folder"],
    );
    let named = ["--per-sample: expected a name that ends in .parquet"];
    line_refused(&folder, &format!("{replay}/none"), &named);
    let expected =
        "none.json: no such file, expected a cascade.json that `committee optimize` wrote";
    line_refused(&folder, "replay none.json a.parquet b.parquet", &[expected]);
    let cases = [
        ("/stages/0/threshold", null.clone(), "stages[0].threshold"),
        ("/stages/1/threshold", 0.5.into(), "stages[1].threshold"),
        ("/stages/1/models", serde_json::json!([]), "stages[1].models"),
        ("/stages/1/models", serde_json::json!(["a"]), "\"a\" twice"),
        ("/stages", serde_json::json!([]), "stages"),
        ("/model_costs", serde_json::json!({"a": 1.0}), "\"b\""),
        (
            "/model_costs/b",
            (-1.0).into(),
            "model_costs.b: expected a number of at least 0, found -1",
        ),
        ("/classes", 4.into(), "classes"),
        ("/version", 2.into(), "version"),
        ("/format", "other".into(), "format"),
        ("/aggregation", "median".into(), "median"),
        ("/provenance/split/holdout", 2.into(), "provenance.split.holdout: expected a share"),
        ("/cost", null, "edited.json"),
    ];
    for (place, value, part) in cases {
        edit(place, value);
        line_refused(&folder, replay, &["edited.json", part]);
    }
    edit("/version", 1.into());
    let hours = "replay edited.json a.parquet b.parquet --cost a=1 --cost b=2 --cost-unit hours";
    line_refused(&folder, hours, &["edited.json", "cost_unit", "\"hours\""]);

    let mut frontier = folder.json("out/frontier.json");
    let mut cheaper = frontier["points"][0].clone();
    cheaper["cost"] = 0.0.into();
    frontier["points"].as_array_mut().unwrap().push(cheaper);
    std::fs::write(folder.path("edited.json"), frontier.to_string()).unwrap();
    let select = "select edited.json --out chosen.json";
    line_refused(&folder, select, &["edited.json", "rise in cost"]);
    std::fs::write(folder.path("edited.json"), "{").unwrap();
    line_refused(&folder, select, &["edited.json", "line 1"]);
    line_refused(
        &folder,
        "select out/frontier.json --match c --out chosen.json",
        &["--match", "c"],
    );
    let nowhere = "select out/frontier.json --out none/chosen.json";
    line_refused(&folder, nowhere, &["none: there is no such folder; create it: mkdir -p none"]);
    for line in ["plot out --out no/ne/f.svg", "export notebook out --out no/ne/f.ipynb"] {
        line_refused(&folder, line, &["there is no such folder; create it: mkdir -p no/ne"]);
    }
    // What a command reads it does not write over, by whatever name.
    let read = "this command reads that file";
    line_refused(&folder, "select out/frontier.json --out out/../out/frontier.json", &[read]);
    for input in ["a.parquet", "./b.parquet"] {
        let replay = "replay out/cascade.json a.parquet b.parquet --per-sample";
        line_refused(&folder, &format!("{replay} {input}"), &[input, read]);
    }
    std::fs::copy(folder.path("a.parquet"), folder.path("frontier.parquet")).unwrap();
    let over = "optimize frontier.parquet b.parquet --cost frontier=1 --cost b=2 --out .";
    line_refused(&folder, over, &["frontier.parquet", read]);
}
