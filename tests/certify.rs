//! Guarantees on the command line: given, refused, written, read and tested again.

mod common {
    pub mod program;
}

use common::program::{DIGITS, Folder, Ran, integers, lists, run, run_words};
use polars::prelude::{DataFrame, ParquetReader, ParquetWriter, SerReader};
use serde_json::{Value, json};

const QUICK: [&str; 4] = ["--max-models", "2", "--resolution", "8"];

fn optimize(folder: &Folder, options: &[&str]) -> Ran {
    let out = folder.at("out");
    run_words(&[&["optimize", DIGITS, "--out", &out], &QUICK[..], options].concat())
}

fn guaranteed(folder: &Folder, statement: &str) -> Ran {
    optimize(folder, &["--guarantee", statement])
}

fn certify(folder: &Folder, pool: &str, statement: &str, options: &[&str]) -> Ran {
    let spec = folder.at("out/cascade.json");
    run_words(&[&["certify", &spec, pool, "--guarantee", statement], options].concat())
}

fn read(path: &str) -> DataFrame {
    ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap()
}

/// Half of the digits' samples, as a pool of other files.
fn new_pool(folder: &Folder) -> String {
    half(folder, 0)
}

/// 3,000 of the digits' samples from the place `from` on.
fn half(folder: &Folder, from: i64) -> String {
    let mut manifest = "cost_unit = \"kFLOPs\"\n".to_owned();
    let digits: toml::Table = toml::from_str(&std::fs::read_to_string(DIGITS).unwrap()).unwrap();
    for model in digits["model"].as_array().unwrap() {
        let file = model["predictions"].as_str().unwrap();
        let mut table = read(&format!("data/digits/{file}")).slice(from, 3000);
        let target = std::fs::File::create(folder.path(file)).unwrap();
        ParquetWriter::new(target).finish(&mut table).unwrap();
        manifest += &format!(
            "[[model]]\nname = {}\npredictions = \"{file}\"\ncost = {}\n",
            model["name"], model["cost"]
        );
    }
    if let Some(labels) = digits.get("labels").and_then(|labels| labels.as_str()) {
        std::fs::copy(format!("data/digits/{labels}"), folder.path(labels)).unwrap();
        manifest = format!("labels = \"{labels}\"\n{manifest}");
    }
    std::fs::write(folder.path("new.toml"), manifest).unwrap();
    folder.at("new.toml")
}

#[test]
fn a_guarantee_about_a_long_name_fits_80_columns() {
    let folder = Folder::new();
    let long = "a_model_with_a_name_that_says_all_of_how_it_was_trained";
    for (file, name) in [("cnn_s", "small"), ("cnn_l", long)] {
        let data = std::fs::read(format!("data/digits/{file}.parquet")).unwrap();
        std::fs::write(folder.path(&format!("{name}.parquet")), data).unwrap();
    }
    let (small, large) = (folder.at("small.parquet"), folder.at(&format!("{long}.parquet")));
    let (price, out) = (format!("{long}=19421"), folder.at("out"));
    let statement = format!("accuracy >= {long} - 0.05");
    let ran = run_words(&[
        "optimize",
        &small,
        &large,
        "--cost",
        "small=52.5",
        "--cost",
        &price,
        "--resolution",
        "16",
        "--guarantee",
        &statement,
        "--out",
        &out,
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let (_, after) = ran.stdout.split_once("\nguarantee: ").unwrap();
    let (block, _) = after.split_once("\n\n").unwrap();
    let said = block.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.starts_with(&format!("{statement} on new data like these, error rate")), "{said}");
    let is_narrow = |line: &str| line.chars().count() <= 80;
    assert!(format!("guarantee: {block}").lines().all(is_narrow), "{block}");
}

#[test]
fn a_certified_cascade_carries_its_guarantee() {
    for (statement, baseline) in [
        ("accuracy >= 0.97", None),
        ("accuracy >= best - 0.015", Some("cnn_l")),
        ("accuracy >= cnn_s + 0.005", Some("cnn_s")),
        ("cost <= 500", None),
    ] {
        let folder = Folder::new();
        let ran = guaranteed(&folder, statement);
        // The cascade costs some classes accuracy; nothing else is remarked.
        let others =
            |line: &&str| !line.starts_with("warning: against ") && !line.starts_with("  ");
        assert_eq!(ran.stderr.lines().find(others), None, "{statement}");
        assert_eq!(ran.code, Some(0), "{statement}");
        assert!(
            ran.stdout.contains(&format!("guarantee: {statement} on new data")),
            "{}",
            ran.stdout
        );
        let guarantee = folder.json("out/cascade.json")["guarantee"].clone();
        assert_eq!(guarantee["statement"], statement);
        assert_eq!(guarantee.get("baseline").and_then(Value::as_str), baseline);
        assert_eq!((&guarantee["samples"], &guarantee["error_rate"]), (&json!(3000), &json!(0.05)));
        assert!(guarantee["p_value"].as_f64().unwrap() <= 0.05);
        let frontier = folder.json("out/frontier.json");
        let how = &frontier["guarantee"];
        assert_eq!(how["certified"], guarantee);
        assert!(how["failed"]["p_value"].as_f64().unwrap() > 0.05, "{how}");
        assert!(how["tested"].as_u64().unwrap() > 1);

        // The held-out samples say the same in a replay, and on their own.
        let replay = run_words(&["replay", &folder.at("out/cascade.json"), DIGITS]);
        assert_eq!(replay.code, Some(0), "{}", replay.stdout);
        assert!(replay.stdout.contains("found again"), "{}", replay.stdout);
        if !statement.contains("best") {
            let again = certify(&folder, DIGITS, statement, &["--json"]);
            assert_eq!(again.code, Some(0), "{again:?}");
            let again = again.json();
            assert_eq!((&again["certified"], &again["held_out"]), (&json!(true), &json!(true)));
            assert_eq!(again["p_value"], guarantee["p_value"]);
        }
    }
}

#[test]
fn costs_are_certified_at_the_prices_of_the_spec_only() {
    let folder = Folder::new();
    assert_eq!(guaranteed(&folder, "cost <= 500").code, Some(0));
    let pool = new_pool(&folder);
    assert_eq!(certify(&folder, &pool, "cost <= 500", &[]).code, Some(0));
    let costs = folder.json("out/cascade.json")["model_costs"].clone();
    let (name, cost) = costs.as_object().unwrap().iter().next().unwrap();
    let manifest = std::fs::read_to_string(&pool).unwrap();
    let written = cost.as_f64().unwrap();
    let dearer = manifest.replace(&format!("cost = {written}\n"), "cost = 99999\n");
    assert_ne!(dearer, manifest, "{written}");
    std::fs::write(&pool, dearer).unwrap();
    let ran = certify(&folder, &pool, "cost <= 500", &[]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let expected =
        format!("POOL: expected {name} to cost {written}, as in the spec, found a cost of 99999");
    assert!(ran.stderr.contains(&expected), "{}", ran.stderr);
    // What is said of accuracy does not rest on prices.
    assert_eq!(certify(&folder, &pool, "accuracy >= 0.5", &[]).code, Some(0));
}

#[test]
fn other_limits_come_first() {
    let folder = Folder::new();
    let figures = |options: &[&str]| {
        let ran = optimize(&folder, options);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let spec = folder.json("out/cascade.json");
        (spec["accuracy"].as_f64().unwrap(), spec["cost"].as_f64().unwrap())
    };
    let (_, cheapest) = figures(&["--guarantee", "accuracy >= 0.95"]);
    let (accuracy, cost) = figures(&["--guarantee", "accuracy >= 0.95", "--min-accuracy", "0.98"]);
    assert!(accuracy >= 0.98 && cost > cheapest);
    // A limit that no cascade keeps to is named, and nothing is tested.
    let ran = optimize(&folder, &["--guarantee", "accuracy >= 0.95", "--max-cost", "1"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.stderr.contains("a cost of at most 1 kFLOPs"), "{}", ran.stderr);
    assert!(folder.json("out/frontier.json").get("guarantee").is_none());
}

#[test]
fn what_is_not_certified_is_not_written() {
    let folder = Folder::new();
    assert_eq!(guaranteed(&folder, "accuracy >= 0.9").code, Some(0));
    let ran = guaranteed(&folder, "accuracy >= 0.995");
    assert_eq!(ran.code, Some(3));
    for part in [
        "committee: no cascade of the frontier is certified for accuracy >= 0.995 at an error rate of 0.05",
        "not even a thousand times as many held-out samples would do",
        "the cascade.json of an earlier run was removed",
    ] {
        assert!(ran.stderr.contains(part), "{part:?} is not in {}", ran.stderr);
    }
    assert_eq!(ran.stderr.lines().count(), 1);
    assert!(!folder.path("out/cascade.json").exists());
    let how = folder.json("out/frontier.json")["guarantee"].clone();
    assert_eq!((&how["certified"], &how["tested"]), (&Value::Null, &json!(1)));

    // Just below what the most accurate has: more samples would tell.
    let measured = how["failed"]["measured"].as_f64().unwrap();
    let ran = guaranteed(&folder, &format!("accuracy >= {:.4}", measured - 0.002));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains(" more held-out samples would do"), "{}", ran.stderr);
    let needed = folder.json("out/frontier.json")["guarantee"]["samples_needed"].as_u64().unwrap();
    assert!((3001..100_000).contains(&needed), "{needed}");
}

#[test]
fn select_gives_no_guarantee() {
    let folder = Folder::new();
    assert_eq!(guaranteed(&folder, "accuracy >= 0.95").code, Some(0));
    let (frontier, chosen) = (folder.at("out/frontier.json"), folder.at("chosen.json"));
    let selected = run_words(&["select", &frontier, "--out", &chosen]);
    assert_eq!(selected.code, Some(0));
    assert!(folder.json("chosen.json").get("guarantee").is_none());
    let options = folder.json("chosen.json")["provenance"]["options"].clone();
    assert_eq!((&options["guarantee"], &options["error-rate"]), (&Value::Null, &Value::Null));
}

#[test]
fn new_samples_certify_or_contradict() {
    let folder = Folder::new();
    let pool = new_pool(&folder);
    assert_eq!(guaranteed(&folder, "accuracy >= 0.96").code, Some(0));
    for (statement, code) in [
        ("accuracy >= 0.95", 0),
        ("accuracy >= 0.999", 3),
        ("accuracy >= best - 0.05", 0),
        ("accuracy >= best + 0.05", 3),
        ("accuracy >= softmax_14", 0),
        ("cost <= 100000", 0),
        ("cost <= 1", 3),
    ] {
        let ran = certify(&folder, &pool, statement, &[]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""), "{statement}: {ran:?}");
        assert_eq!(ran.stdout.contains("NOT certified"), code == 3, "{}", ran.stdout);
        let json = certify(&folder, &pool, statement, &["--json"]).json();
        assert_eq!((&json["certified"], &json["samples"]), (&json!(code == 0), &json!(3000)));
        assert_eq!(json["held_out"], false);
    }
    let replay = run_words(&["replay", &folder.at("out/cascade.json"), &pool]);
    assert_eq!(replay.code, Some(0), "{replay:?}");
    assert!(replay.stdout.contains("certified again"), "{}", replay.stdout);

    // A promise that new samples refute.
    let mut spec = folder.json("out/cascade.json");
    spec["guarantee"]["statement"] = json!("accuracy >= 0.999");
    std::fs::write(folder.path("bold.json"), spec.to_string()).unwrap();
    let replay = run_words(&["replay", &folder.at("bold.json"), &pool]);
    assert_eq!(replay.code, Some(1));
    assert!(replay.stdout.contains("CONTRADICTED"), "{}", replay.stdout);
    let replay = run_words(&["replay", &folder.at("bold.json"), DIGITS, "--json"]);
    assert_eq!(replay.json()["guarantee"]["agreement"], "not_reproduced");
    assert_eq!(replay.code, Some(1));
}

/// What `certify` wrote is the spec with its guarantee, which replays on any pool.
#[test]
fn a_certified_spec_is_written() {
    let folder = Folder::new();
    let pool = new_pool(&folder);
    assert_eq!(guaranteed(&folder, "accuracy >= 0.975").code, Some(0));
    let (spec, out) = (folder.at("out/cascade.json"), folder.at("sure.json"));
    let ran = certify(&folder, &pool, "accuracy >= best - 0.02", &["--out", &out]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.ends_with(&format!("\n\nwritten to {out}\n")), "{}", ran.stdout);
    let (mut before, mut sure) = (folder.json("out/cascade.json"), folder.json("sure.json"));
    let guarantee = sure.as_object_mut().unwrap().remove("guarantee").unwrap();
    before.as_object_mut().unwrap().remove("guarantee");
    assert_eq!(sure, before);
    assert_eq!(guarantee["statement"], "accuracy >= best - 0.02");
    assert_eq!((&guarantee["samples"], &guarantee["error_rate"]), (&json!(3000), &json!(0.05)));
    let inputs = guarantee["inputs"].as_array().unwrap();
    assert!(inputs.iter().any(|input| input["file"] == json!(folder.at("cnn_l.parquet"))));

    // The samples that certified it say the same again; those that chose the cascade for another
    // statement have no say in this one.
    for (pool, told) in [(pool.as_str(), "found again"), (DIGITS, "for \"accuracy >= 0.975\"")] {
        let replay = run_words(&["replay", &out, pool]);
        assert_eq!(replay.code, Some(0), "{}", replay.stdout);
        assert!(replay.stdout.contains(told), "{told:?} is not in {}", replay.stdout);
    }
    let mut wrong = folder.json("sure.json");
    wrong["guarantee"]["p_value"] = json!(0.04);
    std::fs::write(folder.path("wrong.json"), wrong.to_string()).unwrap();
    let replay = run_words(&["replay", &folder.at("wrong.json"), &pool]);
    assert_eq!(replay.code, Some(1), "{}", replay.stdout);
    assert!(replay.stdout.contains("NOT found again"), "{}", replay.stdout);

    // On the spec's own held-out samples no other files are named.
    let own = folder.at("own.json");
    let ran = certify(&folder, DIGITS, "accuracy >= 0.975", &["--out", &own, "--json"]);
    assert_eq!((ran.code, &ran.json()["files"]), (Some(0), &json!([own])));
    let guarantee = &folder.json("own.json")["guarantee"];
    assert_eq!((guarantee.get("inputs"), guarantee.get("stratified")), (None, None));
    assert!(run_words(&["replay", &own, DIGITS]).stdout.contains("found again"));

    // What is not certified leaves the file as it was, and no input is written over.
    let kept = folder.files();
    let ran = certify(&folder, &pool, "accuracy >= 0.999", &["--out", &out]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stdout.contains(&format!("nothing written; {out} is left as it was")));
    let new = folder.at("new.json");
    let ran = certify(&folder, &pool, "accuracy >= 0.999", &["--out", &new, "--json"]);
    assert_eq!((ran.code, &ran.json()["files"]), (Some(3), &json!([])));
    for input in [&spec, &pool, &folder.at("cnn_s.parquet")] {
        let ran = certify(&folder, &pool, "accuracy >= 0.5", &["--out", input]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("this command reads that file"), "{}", ran.stderr);
    }
    assert_eq!(folder.files(), kept);
}

#[test]
fn costs_are_certified_without_labels() {
    let folder = Folder::new();
    let manifest = new_pool(&folder);
    let labels = folder.table("cnn_s.parquet").select(["sample_id", "label"]).unwrap();
    for file in std::fs::read_dir(folder.root()).unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_some_and(|end| end == "parquet") {
            let mut table = read(file.to_str().unwrap()).drop("label").unwrap();
            ParquetWriter::new(std::fs::File::create(&file).unwrap()).finish(&mut table).unwrap();
        }
    }
    assert_eq!(guaranteed(&folder, "cost <= 500").code, Some(0));
    let ran = certify(&folder, &manifest, "cost <= 500", &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let checked = run_words(&["check", &folder.at("out/cascade.json"), &manifest]).stdout;
    assert!(checked.contains("guarantee") && !checked.contains("not tested"), "{checked}");
    let ran = certify(&folder, &manifest, "accuracy >= 0.5", &[]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("no file has a column \"label\""), "{}", ran.stderr);

    // Of the spec's own pool, labels say which samples were held out.
    let target = std::fs::File::create(folder.path("labels.parquet")).unwrap();
    ParquetWriter::new(target).finish(&mut labels.clone()).unwrap();
    let models = std::fs::read_to_string(&manifest).unwrap();
    let labelled = folder.at("labelled.toml");
    std::fs::write(&labelled, format!("labels = \"labels.parquet\"\n{models}")).unwrap();
    let words = ["optimize", &labelled, "--out", &folder.at("out")];
    assert_eq!(run_words(&[&words[..], &QUICK[..]].concat()).code, Some(0));
    let ran = certify(&folder, &manifest, "cost <= 100000", &[]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let told =
        "POOL: expected labels, which say which samples of the spec's own pool were held out";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let own = folder.at("own.json");
    let ran = certify(&folder, &labelled, "cost <= 100000", &["--out", &own]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("held out class by class"), "{}", ran.stderr);
    let condition = "cost <= 100000 on new data like these with the same mix of classes";
    assert!(ran.stdout.contains(condition), "{}", ran.stdout);
    assert_eq!(folder.json("own.json")["guarantee"]["stratified"], true);
    let replay = run_words(&["replay", &own, &labelled]).stdout;
    assert!(replay.contains("found again"), "{replay}");
    assert!(replay.contains("cost <= 100000 with the same mix of classes (error"), "{replay}");
    assert!(folder.json("out/cascade.json")["provenance"]["split"].get("stratified").is_none());

    // A guarantee takes samples that were drawn without labels.
    let statement = "cost <= 100000";
    let words = [&words[..], &QUICK[..], &["--guarantee", statement]].concat();
    assert_eq!(run_words(&words).code, Some(0));
    assert_eq!(folder.json("out/cascade.json")["provenance"]["split"]["stratified"], false);
    let [with, without] = [&labelled, &manifest].map(|pool| certify(&folder, pool, statement, &[]));
    assert_eq!((with.code, &with.stdout), (Some(0), &without.stdout), "{with:?} {without:?}");
    assert!(!with.stderr.contains("class by class"), "{}", with.stderr);
}

/// A second pool takes the place of held-out samples; what it certified is found again on it.
#[test]
fn another_pool_certifies() {
    let (folder, other) = (Folder::new(), Folder::new());
    let (pool, tuned) = (new_pool(&folder), half(&other, 3000));
    let statement = "accuracy >= best - 0.02";
    let (out, options) = (folder.at("out"), ["--holdout-pool", &pool, "--guarantee", statement]);
    let ran = run_words(&[&["optimize", &tuned, "--out", &out], &QUICK[..], &options].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let guarantee = folder.json("out/cascade.json")["guarantee"].clone();
    assert_eq!(guarantee["samples"], 3000);
    let spec = folder.at("out/cascade.json");
    let replay = run_words(&["replay", &spec, &pool]);
    assert!(replay.stdout.contains("found again"), "{}", replay.stdout);
    let replay = run_words(&["replay", &spec, &tuned]);
    assert_eq!(replay.code, Some(0), "{}", replay.stdout);
    assert!(replay.stdout.contains("guarantee: not tested"), "{}", replay.stdout);
    assert_eq!(certify(&folder, &tuned, "accuracy >= 0.9", &[]).code, Some(2));
    let certified = certify(&folder, &pool, statement, &[]);
    assert_eq!(certified.code, Some(0));
    let note = "were held out when the spec was made";
    assert!(certified.stdout.contains("3000 held-out samples"), "{certified:?}");
    assert!(certified.stderr.contains(note), "{certified:?}");
    // For anything else, the samples that it was chosen on are no new ones.
    for other in ["accuracy >= 0.9", "cost <= 100000"] {
        let refused = certify(&folder, &pool, other, &[]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        let told =
            format!("those held out, which can speak for {statement:?} only, at an error rate of");
        assert!(refused.stderr.contains(&told), "{}", refused.stderr);
    }
    assert_eq!(certify(&folder, &pool, statement, &["--error-rate", "0.01"]).code, Some(2));

    // Samples that tune are recognised in whatever files they are.
    let ran = optimize(&folder, &["--holdout-pool", &pool]);
    let expected =
        "--holdout-pool: expected samples that did not tune, found 3000 of 3000 that did";
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    // And under whatever ids.
    let renamed = folder.at("renamed.toml");
    std::fs::copy(&pool, &renamed).unwrap();
    for entry in std::fs::read_dir(folder.root()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "parquet") {
            let mut table = read(path.to_str().unwrap());
            let ids = (100_000..).take(table.height()).collect::<Vec<i64>>();
            table.replace("sample_id", integers("sample_id", &ids)).unwrap();
            ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut table).unwrap();
        }
    }
    let ran = optimize(&folder, &["--holdout-pool", &renamed]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let told = "found 3000 of 3000 that did: same label and scores, under other ids";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

/// `best` in `certify` means every model: of several that are certified as surely as can be, the spec names
/// that with the least to spare, and a replay holds it against those of its own pool.
#[test]
fn the_best_model_may_be_another_one_elsewhere() {
    let (folder, fresh) = (Folder::new(), Folder::new());
    let small = "data/digits/softmax_14.parquet data/digits/cnn_s.parquet";
    let costs = "--cost softmax_14=1 --cost cnn_s=10 --holdout 0 --resolution 8";
    let out = folder.at("out");
    let ran = run(&format!("optimize {small} {costs} --out {out}"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    half(&fresh, 0);
    let few = ["softmax_14", "cnn_s"].map(|name| fresh.at(&format!("{name}.parquet")));
    let certified = folder.at("certified.json");
    let spec = folder.at("out/cascade.json");
    let statement = "accuracy >= best - 0.02";
    let words = ["certify", &spec, &few[0], &few[1], "--guarantee", statement, "--out", &certified];
    let ran = run_words(&words);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(folder.json("certified.json")["guarantee"]["baseline"], "cnn_s");
    let replay = run_words(&["replay", &certified, &few[0], &few[1]]);
    assert!(replay.stdout.contains("found again"), "{replay:?}");
    // Of these samples cnn_l gets several in a hundred more right.
    let other = Folder::new();
    half(&other, 3000);
    let files: Vec<String> =
        ["softmax_14", "cnn_s", "cnn_l"].map(|name| other.at(&format!("{name}.parquet"))).into();
    let costs = ["--cost", "softmax_14=1", "--cost", "cnn_s=10", "--cost", "cnn_l=100"];
    let words: Vec<&str> = ["replay", &certified].into_iter().collect();
    let words = [words, files.iter().map(String::as_str).collect(), costs.to_vec()].concat();
    let replay = run_words(&words);
    assert_eq!(replay.code, Some(1), "{replay:?}");
    assert!(replay.stdout.contains("below cnn_l on 3000 samples"), "{replay:?}");
    assert!(replay.stdout.contains("CONTRADICTED"), "{replay:?}");
}

#[test]
fn bad_guarantees_get_one_line() {
    let folder = Folder::new();
    for (options, part) in [
        (&["--guarantee", "accuracy > 0.9"][..], "expected \"accuracy >= 0.98\""),
        (&["--guarantee", "accuracy >= 97"], "an accuracy above 0 and below 1"),
        (&["--guarantee", "accuracy >= cnn_L - 0.01"], "did you mean \"cnn_l\"?"),
        (&["--guarantee", "accuracy >= 0.9", "--error-rate", "0"], "--error-rate: expected"),
        (&["--guarantee", "accuracy >= 0.9", "--error-rate", "0.7"], "--error-rate: expected"),
        (&["--guarantee", "accuracy >= 0.9", "--holdout", "0"], "held-out samples to test it on"),
        (&["--guarantee", "accuracy >= 0.9", "--folds", "3"], "found --folds"),
        (&["--error-rate", "0.1"], "--guarantee"),
    ] {
        let ran = optimize(&folder, options);
        assert_eq!(ran.code, Some(2), "{options:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(part), "{part:?} is not in {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(!folder.path("out").exists());
    }
    // One file of its pool among others: the same samples, who knows which of them held out.
    assert_eq!(optimize(&folder, &[]).code, Some(0));
    let digits = |file| format!("data/digits/{file}.parquet");
    let (known, copy) = (digits("cnn_s"), folder.at("cnn_l.parquet"));
    let mut table = read(&digits("cnn_l"));
    ParquetWriter::new(std::fs::File::create(&copy).unwrap()).finish(&mut table).unwrap();
    let spec = folder.at("out/cascade.json");
    let mut spec_of_two = folder.json("out/cascade.json");
    spec_of_two["stages"] = json!([{"models": ["cnn_s"], "threshold": null, "exit_fraction": 1.0}]);
    spec_of_two["model_costs"] = json!({"cnn_s": 1.0});
    spec_of_two.as_object_mut().unwrap().remove("profile");
    std::fs::write(&spec, spec_of_two.to_string()).unwrap();
    let words = ["certify", &spec, &known, &copy, "--guarantee", "accuracy >= 0.9"];
    let ran = run_words(&[&words[..], &["--cost", "cnn_s=1", "--cost", "cnn_l=9"]].concat());
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("or none of them"), "{}", ran.stderr);
    // Tuned on all of its pool: nothing is left to certify on.
    assert_eq!(optimize(&folder, &["--holdout", "0"]).code, Some(0));
    let ran = certify(&folder, DIGITS, "accuracy >= 0.9", &[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("samples that the spec was not tuned on"), "{}", ran.stderr);
}

#[test]
fn a_spec_with_a_broken_guarantee_names_the_field() {
    let folder = Folder::new();
    assert_eq!(guaranteed(&folder, "accuracy >= best - 0.02").code, Some(0));
    for (field, value) in [
        ("statement", json!("always right")),
        ("statement", json!("cost <= 5")),
        ("error_rate", json!(0.9)),
        ("p_value", json!(0.5)),
        ("p_value", json!(-1)),
        ("samples", json!(0)),
    ] {
        let mut spec = folder.json("out/cascade.json");
        spec["guarantee"][field] = value.clone();
        std::fs::write(folder.path("broken.json"), spec.to_string()).unwrap();
        let ran = run_words(&["replay", &folder.at("broken.json"), DIGITS]);
        assert_eq!(ran.code, Some(2), "{field} {value}");
        let named = if value == "cost <= 5" { "baseline" } else { field };
        let expected = format!("broken.json: guarantee.{named}: expected");
        assert!(ran.stderr.contains(&expected), "{expected:?} is not in {}", ran.stderr);
    }
    let mut spec = folder.json("out/cascade.json");
    spec["guarantee"]["baseline"] = json!("cnn_xxl");
    std::fs::write(folder.path("broken.json"), spec.to_string()).unwrap();
    let ran = run_words(&["replay", &folder.at("broken.json"), DIGITS]);
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    let told = "guarantee.baseline: expected a model of the pool (";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    // Another pool may well lack the model: all else is replayed.
    let costs = spec["model_costs"].as_object().unwrap();
    let mut words = vec!["replay".to_owned(), folder.at("broken.json")];
    words.extend(costs.keys().map(|model| format!("data/digits/{model}.parquet")));
    words.extend(costs.iter().map(|(model, cost)| format!("--cost={model}={cost}")));
    words.push("--cost-unit=kFLOPs".to_owned());
    let ran = run_words(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let told = "guarantee: not tested, that needs predictions of cnn_xxl";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
}

/// A guarantee says of which model it is, in its statement and in its baseline, and how it was tested: one
/// that was edited is not confirmed.
#[test]
fn an_edited_guarantee_is_not_found_again() {
    let folder = Folder::new();
    assert_eq!(guaranteed(&folder, "accuracy >= cnn_s + 0.005").code, Some(0));
    let replayed = |edits: &[(&str, &str)]| {
        let mut spec = folder.json("out/cascade.json");
        edits.iter().for_each(|(field, value)| spec["guarantee"][field] = json!(value));
        std::fs::write(folder.path("edited.json"), spec.to_string()).unwrap();
        run_words(&["replay", &folder.at("edited.json"), DIGITS])
    };
    assert_eq!(replayed(&[]).code, Some(0));
    for (field, value, told) in [
        (
            "statement",
            "accuracy >= cnn_l + 0.005",
            "baseline: expected \"cnn_l\", as in the statement, found \"cnn_s\"",
        ),
        (
            "method",
            "betting",
            "method: expected a test of the statement \"accuracy >= cnn_s + 0.005\", found betting",
        ),
    ] {
        let ran = replayed(&[(field, value)]);
        assert_eq!(ran.code, Some(2), "{}", ran.stdout);
        assert!(ran.stderr.contains(&format!("guarantee.{told}")), "{}", ran.stderr);
    }
    let of_best = replayed(&[("statement", "accuracy >= best + 0.005")]);
    assert_eq!(of_best.code, Some(1), "{}", of_best.stdout);
    let told = "accuracy of the best model, tuning, which cnn_s is not";
    assert!(of_best.stdout.contains(told), "{}", of_best.stdout);
}

/// A pool of three models at these `costs`, the dearest of which looks best on the samples that tune and is worst on
/// those that are held out.
fn deceptive(folder: &Folder, costs: [f64; 3]) -> String {
    let samples = 400;
    let mut manifest = "cost_unit = \"ms\"\n".to_owned();
    for ((name, cost), right_of_ten) in
        ["a", "b", "c"].into_iter().zip(costs).zip([[5, 5], [6, 6], [7, 2]])
    {
        let right = |sample: usize| sample / 2 % 10 < right_of_ten[sample % 2];
        let row = |sample: usize| if right(sample) { [1.0, 0.0] } else { [0.0, 1.0] };
        let columns = vec![
            integers("label", &vec![0; samples]),
            integers("part", &(0..samples as i64).map(|sample| sample % 2).collect::<Vec<_>>()),
            lists("logits", &(0..samples).map(row).collect::<Vec<[f32; 2]>>()),
        ];
        folder.write(&format!("{name}.parquet"), columns);
        manifest += &format!(
            "[[model]]\nname = \"{name}\"\npredictions = \"{name}.parquet\"\ncost = {cost}\n"
        );
    }
    std::fs::write(folder.path("pool.toml"), manifest).unwrap();
    folder.at("pool.toml")
}

/// Its own accuracy is a promise that any model keeps, whatever becomes of the others.
#[test]
fn a_model_is_certain_to_be_as_accurate_as_itself() {
    let optimize = |folder: &Folder, pool: &str, statement: &str| {
        let words = ["optimize", pool, "--out", &folder.at("out"), "--split-column", "part"];
        run_words(&[&words[..], &["--max-models", "1", "--guarantee", statement]].concat())
    };
    let folder = Folder::new();
    let pool = deceptive(&folder, [1.0, 2.0, 3.0]);
    let ran = optimize(&folder, &pool, "accuracy >= a");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let spec = folder.json("out/cascade.json");
    assert_eq!(spec["stages"][0]["models"], json!(["a"]));
    let guarantee = &spec["guarantee"];
    assert_eq!((&guarantee["p_value"], &guarantee["baseline"]), (&json!(0.0), &json!("a")));
    let replay = run_words(&["replay", &folder.at("out/cascade.json"), &pool]);
    assert!(replay.code == Some(0) && replay.stdout.contains("found again"), "{replay:?}");
    // More than itself is another matter.
    let ran = optimize(&folder, &pool, "accuracy >= a + 0.01");
    assert!(ran.code == Some(3) && !ran.stderr.contains("for certain"), "{}", ran.stderr);

    // Where the deceiver is cheaper too, it takes the place of the others on the frontier.
    let pool = deceptive(&folder, [1.0, 2.0, 1.5]);
    let ran = optimize(&folder, &pool, "accuracy >= b");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("b alone keeps it for certain"), "{}", ran.stderr);
}
