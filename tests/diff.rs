//! What `diff` says of two specs and of two frontiers.

mod common {
    pub mod program;
}

use common::program::{DIGITS, Folder, run};
use serde_json::{Value, json};

const SPEC_V1: &str = "tests/fixtures/cascade.v1.json";
const FRONTIER_V1: &str = "tests/fixtures/frontier.v1.json";
const FRONTIER_V2: &str = "tests/fixtures/frontier.v2.json";

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn diff_says_what_changed() {
    let folder = Folder::new();
    let same = run(&format!("diff {SPEC_V1} {SPEC_V1}"));
    assert_eq!(same.code, Some(0));
    assert!(same.stdout.trim_end().ends_with("no difference"), "{}", same.stdout);
    let same = run(&format!("diff {FRONTIER_V1} {FRONTIER_V1} --json")).json();
    assert_eq!(same["changes"], json!([]));
    let count = json(FRONTIER_V1)["points"].as_array().unwrap().len();
    assert_eq!(same["summary"]["frontiers"]["points"], json!([count, count, count]));

    let mut edited = json(SPEC_V1);
    edited["stages"][0]["threshold"] = json!(0.95);
    edited["accuracy"] = json!(0.99);
    edited["provenance"]["options"]["max-models"] = json!(4);
    std::fs::write(folder.path("b.json"), edited.to_string()).unwrap();
    let line = format!("diff {SPEC_V1} {}", folder.at("b.json"));
    let text = run(&line).stdout;
    assert!(text.contains("another cascade: thresholds differ"), "{text}");
    assert!(text.contains("accuracy, tuning") && text.contains("+0.13 points"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let changes = run(&format!("{line} --json")).json()["changes"].clone();
    let fields: Vec<&str> =
        changes.as_array().unwrap().iter().map(|c| c["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["accuracy", "provenance.options.max-models", "stages[0].threshold"]);
    assert_eq!(
        (&changes[2]["before"], &changes[2]["after"]),
        (&json!(0.9470711052417755), &json!(0.95))
    );

    edited["cost_unit"] = json!("ms");
    std::fs::write(folder.path("b.json"), edited.to_string()).unwrap();
    let json = run(&format!("{line} --json")).json();
    let figures = json["summary"]["specs"]["figures"].as_array().unwrap();
    assert!(figures.iter().all(|figure| figure["unit"].is_null()), "costs in two units");

    let mut frontier = self::json(FRONTIER_V1);
    frontier["points"].as_array_mut().unwrap().pop();
    frontier["search"]["seconds"] = json!(1e3);
    std::fs::write(folder.path("f.json"), frontier.to_string()).unwrap();
    let ran = run(&format!("diff {FRONTIER_V1} {} --json", folder.at("f.json"))).json();
    assert_eq!(ran["changes"], json!([]));
    assert_eq!(ran["summary"]["frontiers"]["points"], json!([count, count - 1, count - 1]));
    let shifts = ran["summary"]["frontiers"]["shifts"].as_array().unwrap();
    assert_eq!(shifts.len(), 7);
    assert!(shifts.iter().any(|shift| shift["before"] != shift["after"]), "{shifts:?}");
}

/// Only what differs is named, each part in words and figures.
#[test]
fn diff_names_only_what_differs() {
    let folder = Folder::new();
    let text = |edited: &Value| {
        std::fs::write(folder.path("b.json"), edited.to_string()).unwrap();
        run(&format!("diff {SPEC_V1} {}", folder.at("b.json"))).stdout
    };
    let mut shorter = json(SPEC_V1);
    shorter["stages"].as_array_mut().unwrap().remove(1);
    let shown = text(&shorter);
    let expected = "another cascade: models and thresholds differ\n  \
                    models A: cnn_s -> cnn_m -> cnn_l\n         B: cnn_s -> cnn_l\n  \
                    thresholds A: 0.947071, 0.849767\n             B: 0.947071\n\n";
    assert!(shown.contains(expected), "{shown}");

    let mut close = json(SPEC_V1);
    close["stages"][0]["threshold"] = json!(0.9470711052417757);
    let shown = text(&close);
    assert!(shown.contains("thresholds A: 0.9470711052417755, 0.8497"), "{shown}");
    assert!(shown.contains("           B: 0.9470711052417757, 0.8497"), "{shown}");

    let mut weighed = json(SPEC_V1);
    weighed["version"] = json!(2);
    weighed["stages"].as_array_mut().unwrap().truncate(1);
    weighed["stages"][0]["threshold"] = json!(null);
    weighed["stages"][0]["weights"] = json!({"cnn_s": 1.0});
    let shown = text(&weighed);
    assert!(shown.contains("weights A: none\n          B: stage 1 (cnn_s 1.000000)"), "{shown}");
    assert!(!shown.contains("temperatures A"), "{shown}");

    let mut unit = json(SPEC_V1);
    unit["cost_unit"] = json!("ms");
    let shown = text(&unit);
    let sentence = "costs are in kFLOPs in A and in ms in B: they cannot be compared";
    assert_eq!(shown.lines().nth(3), Some(sentence), "{shown}");
}

/// Models are found by name, and a profile's figures are one row a stage.
#[test]
fn diff_sums_up_what_would_drown_the_words() {
    let folder = Folder::new();
    let out = folder.at("out");
    let quick = "--max-models 2 --resolution 8 --no-report";
    assert_eq!(run(&format!("optimize {DIGITS} --out {out} {quick}")).code, Some(0));
    let mut frontier = folder.json("out/frontier.json");
    frontier["judgement"]["models"].as_array_mut().unwrap().remove(0);
    std::fs::write(folder.path("f.json"), frontier.to_string()).unwrap();
    let line = format!("diff {out}/frontier.json {} --json", folder.at("f.json"));
    let changes = run(&line).json()["changes"].clone();
    let fields: Vec<&str> =
        changes.as_array().unwrap().iter().map(|c| c["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["judgement.models[cnn_l]"]);

    let mut spec = folder.json("out/cascade.json");
    for figure in spec["profile"]["stages"][0]["below"].as_array_mut().unwrap() {
        *figure = json!(0);
    }
    std::fs::write(folder.path("b.json"), spec.to_string()).unwrap();
    let shown = run(&format!("diff {out}/cascade.json {}", folder.at("b.json"))).stdout;
    let rows: Vec<&str> = shown.lines().filter(|line| line.starts_with("profile.")).collect();
    let words: Vec<&str> = rows[0].split_whitespace().collect();
    assert_eq!((rows.len(), &words[2..]), (1, ["figures)", "{…}", "{…}"].as_slice()), "{shown}");
}

/// Of two frontiers the words come first, and what is no word is counted.
#[test]
fn diff_of_frontiers_is_in_words() {
    let folder = Folder::new();
    let before = json(FRONTIER_V2);
    let text = |edited: &Value| {
        std::fs::write(folder.path("f.json"), edited.to_string()).unwrap();
        run(&format!("diff {FRONTIER_V2} {}", folder.at("f.json"))).stdout
    };
    // What a browser copies has no ".0".
    let mut copied = before.clone();
    copied["provenance"]["options"]["gap"] = json!(0);
    copied["provenance"]["options"]["time-limit"] = json!(60);
    assert!(text(&copied).trim_end().ends_with("no difference"), "{}", text(&copied));

    let mut edited = before.clone();
    let classes = &mut edited["judgement"]["who_pays"]["classes"];
    (classes[8]["loses"], classes[2]["loses"]) = (json!(false), json!(true));
    classes[3]["accuracy"] = json!(0.5);
    edited["judgement"]["verdict"]["call"] = json!("do_not_cascade");
    edited["judgement"]["verdict"]["reasons"] = json!(["not_beyond_chance"]);
    edited["search"]["status"] = json!("time_limit");
    edited["search"]["certified_gap"] = json!(0.0125);
    edited["provenance"]["options"]["max-models"] = json!(2);
    edited["provenance"]["options"]["aggregation"] = json!(["last"]);
    edited["provenance"]["inputs"][1]["sha256"] = json!("0".repeat(64));
    edited["pool"]["models"][0]["cost"] = json!(2e4);
    let shown = text(&edited);
    for part in [
        "verdict A: cascade",
        "B: do not cascade: what it gains may be chance",
        "search A: best on the grid, no certified gap\n       B: time limit, certified gap 1.25 points",
        "loses in B, not in A: class 2\nloses no longer: class 8",
        "max-models",
        "\nwithin a cost in kFLOPs of\n4.714 (softmax_14) ",
        "files, other content: data/digits/cnn_l.parquet",
        "pool.models[cnn_l].cost",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("judgement."), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    let last = shown.lines().last().unwrap();
    assert_eq!(last, "5 more fields differ (figures and judgement): --json lists all");
}

/// Long values are cut where they are alike.
#[test]
fn diff_shows_that_end_of_a_value_that_differs() {
    let folder = Folder::new();
    let shown = |folders: [&str; 2]| {
        let file = |place: &str| {
            let mut spec = json(SPEC_V1);
            spec["provenance"]["inputs"][0]["file"] =
                json!(format!("{place}/data/digits/pool.toml"));
            let path = folder.path(&format!("{}.json", place.replace('/', "_")));
            std::fs::write(&path, spec.to_string()).unwrap();
            path.display().to_string()
        };
        run(&format!("diff {} {}", file(folders[0]), file(folders[1]))).stdout
    };
    let starts = shown(["a/folder/with/a/name", "b/folder/with/a/name"]);
    assert!(starts.contains("a/folder/with/a/name/da…  b/folder/with/a/name/da…"), "{starts}");
}

/// Cross-fitted figures are not those of the cascade itself: no change is told between the two.
#[test]
fn diff_compares_unseen_figures_of_one_kind_only() {
    let folder = Folder::new();
    let quick = "--max-models 2 --resolution 8 --no-report";
    for (name, options) in [("split", "--holdout 0.5"), ("folds", "--folds 2")] {
        let line = format!("optimize {DIGITS} --out {} {quick} {options}", folder.at(name));
        assert_eq!(run(&line).code, Some(0));
    }
    let mut worse = folder.json("folds/cascade.json");
    worse["accuracy"] = json!(0.5);
    std::fs::write(folder.path("folds/worse.json"), worse.to_string()).unwrap();
    let text = |a: &str, b: &str| run(&format!("diff {} {}", folder.at(a), folder.at(b))).stdout;
    let shown = text("split/cascade.json", "folds/cascade.json");
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = "figures that tuning has not seen are held out in A and cross-fitted in B: they \
                    cannot be compared";
    assert!(flat.contains(sentence), "{shown}");
    assert!(
        !shown.contains("accuracy, held out") && shown.contains("holdout.accuracy "),
        "{shown}"
    );
    let shown = text("folds/cascade.json", "folds/worse.json");
    assert!(shown.contains("accuracy, cross-fitted") && shown.contains("cost, cross-fitted"));
    assert!(!shown.contains("held out"), "{shown}");
}
