//! Specs and frontiers as documents: their schemas, and that every version stays readable.

mod common {
    pub mod program;
}

use std::path::Path;

use committee::runtime::Runner;
use committee::spec::wire::{Frontier, Spec};
use committee::spec::{Document, DocumentKind};
use common::program::{DIGITS, Folder, run};
use serde_json::{Value, json};

const SPEC_V1: &str = "tests/fixtures/cascade.v1.json";
const FRONTIER_V1: &str = "tests/fixtures/frontier.v1.json";

/// The files of a version 2, with temperatures and weights, made by
/// `optimize data/digits/pool.toml --calibrate temperature --weights --max-points 3 --max-models 3 --resolution 64`.
const SPEC_V2: &str = "tests/fixtures/cascade.v2.json";
const FRONTIER_V2: &str = "tests/fixtures/frontier.v2.json";

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[track_caller]
fn assert_valid(kind: DocumentKind, document: &Value) {
    let validator = jsonschema::draft202012::new(&kind.schema()).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(document).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

/// `committee schema` > the file renews it.
#[test]
fn committed_schemas_are_those_of_the_types() {
    for (name, kind, path) in [
        ("spec", DocumentKind::Spec, "docs/schema/cascade.schema.json"),
        ("frontier", DocumentKind::Frontier, "docs/schema/frontier.schema.json"),
    ] {
        let printed = run(&format!("schema {name}"));
        assert_eq!(printed.code, Some(0));
        assert_eq!(printed.json(), kind.schema());
        let committed = std::fs::read_to_string(path).unwrap();
        assert!(committed == printed.stdout, "{path} is not what `committee schema {name}` prints");
        jsonschema::meta::validate(&kind.schema()).unwrap();
    }
    assert_eq!(run("schema").stdout, run("schema spec").stdout);
}

#[test]
fn what_is_written_is_valid() {
    for options in ["", "--holdout 0", "--folds 2", "--aggregation last --max-cost 1000"] {
        let folder = Folder::new();
        let quick = "--max-models 2 --resolution 8";
        let out = folder.at("out");
        assert_eq!(run(&format!("optimize {DIGITS} --out {out} {quick} {options}")).code, Some(0));
        assert_valid(DocumentKind::Spec, &folder.json("out/cascade.json"));
        assert_valid(DocumentKind::Frontier, &folder.json("out/frontier.json"));
        let select = format!("select {out}/frontier.json --out {}", folder.at("chosen.json"));
        assert_eq!(run(&select).code, Some(0));
        assert_valid(DocumentKind::Spec, &folder.json("chosen.json"));
    }
}

#[test]
fn the_schema_refuses_what_is_no_spec() {
    let validator = jsonschema::draft202012::new(&DocumentKind::Spec.schema()).unwrap();
    let spec = json(SPEC_V1);
    assert!(validator.is_valid(&spec));
    let edits = [
        ("/aggregation", json!("median")),
        ("/version", json!(3)),
        ("/format", json!("other")),
        ("/stages", json!([])),
        ("/stages/0/models", json!([])),
        ("/stages/0/threshold", json!("high")),
        ("/classes", json!(1)),
        ("/holdout/accuracy_interval", json!([0.5])),
        ("/provenance", json!(null)),
    ];
    for (place, value) in edits {
        let mut edited = spec.clone();
        *edited.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&edited), "{place}");
    }
}

/// Every field of `old` is in `new` and says the same; `new` may say more.
#[track_caller]
fn assert_holds(new: &Value, old: &Value) {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().for_each(|(name, old)| assert_holds(&new[name], old));
        }
        (Value::Array(new), Value::Array(old)) => {
            assert_eq!(new.len(), old.len());
            new.iter().zip(old).for_each(|(new, old)| assert_holds(new, old));
        }
        (new, old) => assert_eq!(new, old),
    }
}

/// Reads the two files of a run, of which nothing may be lost or changed, and uses them.
#[track_caller]
fn assert_readable(spec_file: &str, frontier_file: &str) -> (Spec, Frontier) {
    let spec = Spec::read(Path::new(spec_file)).unwrap();
    assert_holds(&json!(spec), &json(spec_file));
    assert_valid(DocumentKind::Spec, &json(spec_file));
    assert_eq!(Runner::new(&spec).unwrap().models().count(), 3);

    let frontier = Frontier::read(Path::new(frontier_file)).unwrap();
    assert_eq!(frontier.points.len(), json(frontier_file)["points"].as_array().unwrap().len());
    assert_holds(&json!(frontier), &json(frontier_file));
    assert_valid(DocumentKind::Frontier, &json(frontier_file));

    let folder = Folder::new();
    let replay = run(&format!("replay {spec_file} {DIGITS}"));
    assert_eq!(replay.code, Some(0), "{}", replay.stdout);
    assert!(replay.stdout.contains("figures must be equal"));
    let select = run(&format!("select {frontier_file} --out {}", folder.at("chosen.json")));
    assert_eq!(select.code, Some(0), "{}", select.stderr);
    (spec, frontier)
}

/// What the first program of version 1 wrote.
#[test]
fn version_1_is_readable_for_ever() {
    let (spec, _) = assert_readable(SPEC_V1, FRONTIER_V1);
    assert_eq!(spec.point.path(), "cnn_s -> cnn_m -> cnn_l");
    assert_eq!(spec.point.stages[1].threshold, Some(0.8497671782970428));
    assert_eq!((spec.classes, spec.profile.as_ref()), (10, None));
}

/// The same of version 2: what was fitted is there, and a replay that left it out would not agree.
#[test]
fn version_2_is_readable_for_ever() {
    let (spec, frontier) = assert_readable(SPEC_V2, FRONTIER_V2);
    let written = json(SPEC_V2);
    assert_eq!((&written["version"], spec.point.version), (&json!(2), 2));
    assert_eq!(spec.point.path(), "cnn_s -> cnn_m -> cnn_l");
    assert_eq!(json!(spec.point.temperatures), written["temperatures"]);
    assert!(written["temperatures"]["cnn_l"].is_f64(), "{written}");
    let weights =
        spec.point.stages.iter().map(|stage| stage.weights.as_ref().map_or(0, |w| w.len()));
    assert_eq!(weights.collect::<Vec<_>>(), [1, 2, 3]);
    assert!(frontier.points.iter().any(|point| point.version == 1));
    assert_eq!(frontier.calibration.unwrap().models.len(), 7);
}

#[test]
fn what_readers_do_not_know_they_ignore() {
    let folder = Folder::new();
    let mut spec = json(SPEC_V1);
    spec["colour"] = json!("blue");
    spec["stages"][0]["colour"] = json!(["blue"]);
    std::fs::write(folder.path("spec.json"), spec.to_string()).unwrap();
    let read = Spec::read(&folder.path("spec.json")).unwrap();
    assert_eq!(read, Spec::read(Path::new(SPEC_V1)).unwrap());
}

/// Every wrong field of a spec is named, with what was expected, in one line.
#[test]
fn wrong_fields_are_named() {
    let folder = Folder::new();
    let path = folder.path("edited.json");
    let refused = |document: &Value, expected: &str| {
        std::fs::write(&path, document.to_string()).unwrap();
        let error = Document::read(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {expected}", path.display()));
        assert_eq!(error.lines().count(), 1);
    };
    let spec = json(SPEC_V1);
    let cases = [
        (
            "/aggregation",
            json!("median"),
            "aggregation: unknown variant `median`, expected one of `mean_logits`, `mean_probs`, `last`",
        ),
        ("/confidence", json!(7), "confidence: invalid type: integer `7`, expected string or map"),
        ("/stages", json!("none"), "stages: invalid type: string \"none\", expected an array"),
        (
            "/stages/1/models",
            json!("a"),
            "stages[1].models: invalid type: string \"a\", expected an array",
        ),
        (
            "/stages/1/models/0",
            json!(3),
            "stages[1].models[0]: invalid type: integer `3`, expected a string",
        ),
        (
            "/stages/0/threshold",
            json!("0.5"),
            "stages[0].threshold: invalid type: string \"0.5\", expected a number",
        ),
        (
            "/stages/0/exit_fraction",
            json!(1.5),
            "stages[0].exit_fraction: expected a share from 0 to 1, found 1.5",
        ),
        (
            "/model_costs/cnn_m",
            json!(-1),
            "model_costs.cnn_m: expected a number of at least 0, found -1",
        ),
        ("/cost", json!(null), "cost: invalid type: null, expected a number"),
        ("/accuracy", json!(98.5), "accuracy: expected a share from 0 to 1, found 98.5"),
        (
            "/worst_case_cost",
            json!(-2.5),
            "worst_case_cost: expected a number of at least 0, found -2.5",
        ),
        ("/holdout/samples", json!(0), "holdout.samples: expected at least 1, found 0"),
        (
            "/holdout/samples",
            json!(1.5),
            "holdout.samples: invalid type: floating point `1.5`, expected a whole number",
        ),
        (
            "/holdout/accuracy_interval",
            json!([0.9, 0.8]),
            "holdout.accuracy_interval: expected two ascending shares from 0 to 1, found [0.9, 0.8]",
        ),
        ("/classes", json!(1), "classes: expected at least 2, found 1"),
        ("/classes", json!(-1), "classes: invalid value: integer `-1`, expected a whole number"),
        (
            "/version",
            json!(2),
            "version: expected 1, as there are no temperatures and no weights, found 2",
        ),
        (
            "/version",
            json!(3),
            "version: expected 1 or 2, the versions that this program reads, found 3",
        ),
        ("/format", json!("other"), "format: expected \"committee.cascade\", found \"other\""),
        ("/provenance", json!([]), "provenance: invalid length 0, expected an object"),
        (
            "/provenance/split/seed",
            json!("x"),
            "provenance.split.seed: invalid type: string \"x\", expected a whole number of at most 64 bits",
        ),
        (
            "/provenance/inputs/0/sha256",
            json!(null),
            "provenance.inputs[0].sha256: invalid type: null, expected a string",
        ),
    ];
    for (place, value, expected) in cases {
        let mut edited = spec.clone();
        *edited.pointer_mut(place).unwrap() = value;
        refused(&edited, expected);
    }
    for (parent, field, expected) in [
        ("", "classes", "missing field `classes`"),
        ("", "aggregation", "missing field `aggregation`"),
        ("/stages/0", "models", "stages[0]: missing field `models`"),
        (
            "/model_costs",
            "cnn_l",
            "model_costs: expected a cost for every model of the stages, found none for \"cnn_l\"",
        ),
    ] {
        let mut edited = spec.clone();
        edited.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field);
        refused(&edited, expected);
    }

    let profile = |stages: Value| {
        let mut edited = spec.clone();
        edited["profile"] = json!({"part": "holdout", "stages": stages});
        edited
    };
    let stage = |samples: u32, cuts: &[f64], below: &[u32]| json!({"samples": samples, "cuts": cuts, "below": below});
    let good = stage(9, &[0.5, 0.7], &[2, 9]);
    refused(
        &profile(json!([good])),
        "profile.stages: expected one for each of the 3 stages, found 1",
    );
    let cases = [
        (stage(10, &[], &[]), "samples: expected at most the 9 of the stage before, found 10"),
        (stage(9, &[0.5, 0.5], &[1, 2]), "cuts: expected ascending numbers, found others"),
        (
            stage(9, &[0.5, 0.6], &[2, 1]),
            "below: expected one count for each cut, ascending to at most `samples`, found others",
        ),
        (
            stage(9, &[0.5, 0.6], &[2]),
            "below: expected one count for each cut, ascending to at most `samples`, found others",
        ),
        (
            stage(9, &[0.5], &[10]),
            "below: expected one count for each cut, ascending to at most `samples`, found others",
        ),
    ];
    for (wrong, expected) in cases {
        refused(&profile(json!([good, wrong, good])), &format!("profile.stages[1].{expected}"));
    }

    let frontier = json(FRONTIER_V1);
    let cases = [
        (
            "/points/2/version",
            json!(3),
            "points[2].version: expected 1 or 2, the versions that this program reads, found 3",
        ),
        (
            "/points/2/confidence",
            json!("x"),
            "points[2].confidence: unknown variant `x`, expected one of `max_prob`, `margin`, `logit_margin`, `entropy`",
        ),
        (
            "/search/status",
            json!("done"),
            "search.status: unknown variant `done`, expected one of `optimal`, `grid`, `gap_reached`, `time_limit`, `interrupted`, `heuristic`",
        ),
        (
            "/search/seconds",
            json!("1"),
            "search.seconds: invalid type: string \"1\", expected a number",
        ),
        (
            "/pool/models/0/accuracy",
            json!(2),
            "pool.models[0].accuracy: expected a share from 0 to 1, found 2",
        ),
        ("/pool/classes", json!(0), "pool.classes: expected at least 2, found 0"),
        ("/points", json!({}), "points: invalid type: map, expected an array"),
    ];
    for (place, value, expected) in cases {
        let mut edited = frontier.clone();
        *edited.pointer_mut(place).unwrap() = value;
        refused(&edited, expected);
    }
    let mut edited = frontier.clone();
    edited["pool"]["models"][0]["name"] = json!("cnn_x");
    let before = edited["points"].to_string();
    std::fs::write(&path, edited.to_string()).unwrap();
    let error = Document::read(&path).unwrap_err().to_string();
    assert!(before.contains("cnn_l") && error.contains("did you mean \"cnn_x\"?"), "{error}");
}

/// Each command says what the other kind of document is for.
#[test]
fn the_other_kind_of_document_is_recognised() {
    let folder = Folder::new();
    let out = folder.at("chosen.json");
    let cases = [
        (
            format!("replay {FRONTIER_V1} {DIGITS}"),
            "is a frontier, expected a spec: `committee select`",
        ),
        (
            format!("check {FRONTIER_V1} {DIGITS}"),
            "is a frontier, expected a spec: `committee select`",
        ),
        (
            format!("select {SPEC_V1} --out {out}"),
            "is a spec, expected a frontier: name the frontier.json",
        ),
        (
            format!("diff {SPEC_V1} {FRONTIER_V1}"),
            "is a spec and tests/fixtures/frontier.v1.json is a frontier: expected two of a kind",
        ),
    ];
    for (line, part) in cases {
        let ran = run(&line);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{line}");
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert!(!folder.path("chosen.json").exists());
}

/// What is no document, or not where one is looked for, is answered with what was expected.
#[test]
fn what_is_no_document_is_told_what_was_expected() {
    let folder = Folder::new();
    for (name, text) in [("array.json", "[1, 2]"), ("null.json", "null")] {
        std::fs::write(folder.path(name), text).unwrap();
    }
    let (array, null) = (folder.at("array.json"), folder.at("null.json"));
    let cases = [
        (
            format!("replay {array} {DIGITS}"),
            "array.json: expected an object, as in a cascade.json, found an array",
        ),
        (
            format!("diff {SPEC_V1} {null}"),
            "null.json: expected an object, as in a cascade.json or frontier.json, found null",
        ),
        (
            format!("diff {SPEC_V1} nope.json"),
            "nope.json: no such file, expected a cascade.json or frontier.json that `committee optimize` wrote",
        ),
        (
            format!("select nope.json --out {}", folder.at("chosen.json")),
            "nope.json: no such file, expected a frontier.json that",
        ),
        (format!("man --out {array}"), "--out: expected a folder, or where to make one, found "),
        (
            format!("report {array}"),
            "DIR: expected the folder that `committee optimize` wrote to, found the file ",
        ),
    ];
    for (line, part) in cases {
        let ran = run(&line);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{line}");
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert_eq!(run("schema cascade").stdout, run("schema spec").stdout);
}

/// A near name is suggested where it may be meant, and not where it is another model of the spec.
#[test]
fn a_models_neighbour_is_not_suggested_for_it() {
    let one = run(&format!("check {SPEC_V1} data/digits/cnn_s.parquet")).stderr;
    assert!(one.contains("the pool has no model \"cnn_m\"") && !one.contains("did you"), "{one}");
    let folder = Folder::new();
    let misnamed = folder.at("cnn_mm.parquet");
    std::fs::copy("data/digits/cnn_m.parquet", &misnamed).unwrap();
    let files = format!("data/digits/cnn_s.parquet {misnamed} data/digits/cnn_l.parquet");
    let near = run(&format!("check {SPEC_V1} {files}")).stderr;
    assert!(near.contains("did you mean \"cnn_mm\"?"), "{near}");
    let costs = "--cost cnn_s=52.538 --cost cnn_l=19420.938 --cost-unit kFLOPs";
    let files = "data/digits/cnn_s.parquet data/digits/cnn_l.parquet";
    let replayed = run(&format!("replay {SPEC_V1} {files} {costs}")).stderr;
    assert!(replayed.contains("found \"cnn_m\"") && !replayed.contains("did you"), "{replayed}");
}

/// A guarantee is checked field by field, in a spec and, with the test that failed, in a frontier.
#[test]
fn wrong_guarantees_are_named() {
    let folder = Folder::new();
    let path = folder.path("edited.json");
    let read = |document: &Value| {
        std::fs::write(&path, document.to_string()).unwrap();
        Document::read(&path).map(drop).map_err(|error| error.to_string())
    };
    let test = |p_value: f64| {
        json!({
            "statement": "accuracy >= cnn_l - 0.01", "baseline": "cnn_l", "method": "exact_paired",
            "error_rate": 0.05, "samples": 3000, "p_value": p_value, "measured": -0.005,
        })
    };
    let with = |mut document: Value, guarantee: Value| {
        document["guarantee"] = guarantee;
        document
    };
    let certification = json!({
        "candidates": 9, "tested": 2, "certified": test(0.05), "failed": test(0.3), "samples_needed": null,
    });
    let spec = with(json(SPEC_V1), test(0.05));
    let frontier = with(json(FRONTIER_V1), certification);
    assert_eq!((read(&spec), read(&frontier)), (Ok(()), Ok(())));

    let refused = |document: &Value, place: &str, value: Value, expected: &str| {
        let mut edited = document.clone();
        *edited.pointer_mut(place).unwrap() = value;
        assert_eq!(read(&edited), Err(format!("{}: {expected}", path.display())));
    };
    let in_any = [
        ("error_rate", json!(0), "a probability above 0 and at most 0.5, found 0"),
        ("error_rate", json!(1), "a probability above 0 and at most 0.5, found 1"),
        ("p_value", json!(-0.1), "a probability from 0 to 1, found -0.1"),
        ("p_value", json!(1.5), "a probability from 0 to 1, found 1.5"),
        ("samples", json!(0), "at least 1, found 0"),
        ("measured", json!(-1.5), "a difference of accuracies, from -1 to 1, found -1.5"),
        (
            "method",
            json!("exact_binomial"),
            "a test of the statement \"accuracy >= cnn_l - 0.01\", found exact_binomial",
        ),
        ("baseline", json!("cnn_m"), "\"cnn_l\", as in the statement, found \"cnn_m\""),
        ("statement", json!("fine"), "a statement such as \"accuracy >= 0.98\", found \"fine\""),
        (
            "baseline",
            Value::Null,
            "a model's name, just where the statement is about a difference, found none",
        ),
    ];
    for (field, value, told) in in_any {
        for (document, place) in [
            (&spec, "guarantee"),
            (&frontier, "guarantee.certified"),
            (&frontier, "guarantee.failed"),
        ] {
            let pointer = format!("/{}/{field}", place.replace('.', "/"));
            let expected = format!("{place}.{field}: expected {told}");
            refused(document, &pointer, value.clone(), &expected);
        }
    }
    let mut of_share = spec.clone();
    of_share["guarantee"].as_object_mut().unwrap().remove("baseline");
    for (statement, method, measured, told) in [
        ("accuracy >= 0.9", "exact_binomial", 1.1, "an accuracy from 0 to 1, found 1.1"),
        ("cost <= 9", "betting", -1.0, "a cost of at least 0, found -1"),
    ] {
        of_share["guarantee"]["statement"] = json!(statement);
        of_share["guarantee"]["method"] = json!(method);
        let expected = format!("guarantee.measured: expected {told}");
        refused(&of_share, "/guarantee/measured", json!(measured), &expected);
    }
    let above = "expected a probability of at most the error rate, found 0.06";
    refused(&spec, "/guarantee/p_value", json!(0.06), &format!("guarantee.p_value: {above}"));
    for (place, value, expected) in [
        ("certified/p_value", json!(0.06), format!("certified.p_value: {above}")),
        (
            "failed/p_value",
            json!(0.05),
            "failed.p_value: expected a probability above the error rate, found 0.05".to_owned(),
        ),
        (
            "tested",
            json!(10),
            "tested: expected 1 to the number of candidates, 9, found 10".to_owned(),
        ),
        (
            "samples_needed",
            json!(0),
            "samples_needed: expected at least 1, or null, found 0".to_owned(),
        ),
    ] {
        let pointer = format!("/guarantee/{place}");
        refused(&frontier, &pointer, value, &format!("guarantee.{expected}"));
    }
    let mut of_best = frontier.clone();
    of_best["guarantee"]["failed"]["statement"] = json!("accuracy >= best - 0.01");
    let expected = "guarantee.failed.baseline: expected a model of `pool.models` (cnn_l, cnn_m, cnn_s, \
                    gapnet_14, gapnet_28, mlp_64, softmax_14), found \"cnn_x\"; did you mean \"cnn_l\"?";
    refused(&of_best, "/guarantee/failed/baseline", json!("cnn_x"), expected);
    let mut none = frontier.clone();
    none["guarantee"]["failed"] = Value::Null;
    let expected = "guarantee.certified: expected a test that passed, or one that did not in `failed`, \
                    found null in both";
    refused(&none, "/guarantee/certified", Value::Null, expected);
}
