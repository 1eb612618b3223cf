//! Every command at work on the digits.

mod common {
    pub mod program;
}

use common::program::{DIGITS, Folder, Ran, committee, run};
use polars::prelude::*;
use serde_json::Value;

/// Options that make a search of the digits quick.
const QUICK: &str = "--max-models 2 --resolution 8";

/// A folder with the results of a quick run in `out`, and what it printed.
fn optimized(options: &str) -> (Folder, Ran) {
    let folder = Folder::new();
    let ran = run(&format!("optimize {DIGITS} --out {} {QUICK} {options}", folder.at("out")));
    (folder, ran)
}

/// Replays `spec` of `folder` on the digits.
fn replayed(folder: &Folder, spec: &str, options: &str) -> Ran {
    run(&format!("replay {} {DIGITS} {options}", folder.at(spec)))
}

fn points(frontier: &Value) -> &Vec<Value> {
    frontier["points"].as_array().unwrap()
}

#[test]
fn inspect_shows_every_model_and_what_all_could_do() {
    let ran = run(&format!("inspect {DIGITS}"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for part in
        ["softmax_14 ", "cnn_l ", "kFLOPs", "95 % interval", "ECE", "ensemble of all", "oracle"]
    {
        assert!(ran.stdout.contains(part), "{part:?} is not in {}", ran.stdout);
    }
    let json = run(&format!("inspect {DIGITS} --json")).json();
    assert_eq!(json["samples"], 6000);
    assert_eq!(json["classes"], 10);
    assert_eq!(json["models"].as_array().unwrap().len(), 7);
}

#[test]
fn optimize_writes_four_files_that_agree() {
    let (folder, ran) = optimized("");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let frontier = folder.json("out/frontier.json");
    let points = points(&frontier);
    assert!(points.len() > 20);

    let mut spec = folder.json("out/cascade.json");
    assert_eq!(spec["classes"], 10);
    assert_eq!(spec["provenance"]["inputs"].as_array().unwrap().len(), 8);
    for beyond_a_point in ["classes", "profile", "provenance"] {
        spec.as_object_mut().unwrap().remove(beyond_a_point);
    }
    assert!(points.contains(&spec));

    let table = folder.table("out/frontier.parquet");
    let csv = String::from_utf8(folder.bytes("out/frontier.csv")).unwrap();
    let (header, rows) = csv.split_once('\n').unwrap();
    let names: Vec<&str> = header.split(',').collect();
    assert!(table.get_column_names().into_iter().eq(&names));
    assert_eq!((rows.lines().count(), table.height()), (points.len(), points.len()));
    let figures = [
        ("cost", "/cost"),
        ("worst_case_cost", "/worst_case_cost"),
        ("accuracy", "/accuracy"),
        ("holdout_cost", "/holdout/cost"),
        ("holdout_accuracy", "/holdout/accuracy"),
        ("holdout_accuracy_low", "/holdout/accuracy_interval/0"),
        ("holdout_accuracy_high", "/holdout/accuracy_interval/1"),
    ];
    for (name, place) in figures {
        let column = names.iter().position(|known| *known == name).unwrap();
        let stored = table.column(name).unwrap().f64().unwrap();
        for ((point, row), stored) in points.iter().zip(rows.lines()).zip(stored.iter()) {
            let figure = point.pointer(place).unwrap().as_f64();
            assert_eq!(stored, figure, "{name} in Parquet");
            let cell = row.split(',').nth(column).unwrap();
            assert_eq!(cell.parse().ok(), figure, "{name} in CSV");
        }
    }
}

#[test]
fn without_holdout_nothing_is_said_of_it() {
    let (folder, ran) = optimized("--holdout 0");
    let lines: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("held out")).collect();
    assert!(matches!(lines[..], [line] if line.contains("none held out")), "{lines:?}");
    let frontier = folder.json("out/frontier.json");
    assert!(points(&frontier).iter().all(|point| point.get("holdout").is_none()));
    assert_eq!(frontier["pool"]["tuning_samples"], 6000);
    let held = folder.table("out/frontier.parquet");
    assert_eq!(held.column("holdout_accuracy").unwrap().null_count(), held.height());
    assert_eq!(replayed(&folder, "out/cascade.json", "").code, Some(0));
}

#[test]
fn select_chooses_what_optimize_would() {
    let choices = [
        "",
        "--max-cost 500",
        "--min-accuracy 0.97",
        "--match gapnet_14",
        "--min-accuracy 0.9 --max-cost 100",
    ];
    for choice in choices {
        let (folder, ran) = optimized(choice);
        let select = format!("select {} {choice}", folder.at("out/frontier.json"));
        let chosen = folder.at("chosen.json");
        let selected = run(&format!("{select} --pool {DIGITS} --out {chosen}"));
        assert_eq!((ran.code, selected.code), (Some(0), Some(0)), "{choice}: {selected:?}");
        assert!(folder.bytes("chosen.json") == folder.bytes("out/cascade.json"), "{choice}");
        assert_eq!(ran.stdout.lines().next(), selected.stdout.lines().next());
        assert_eq!(replayed(&folder, "chosen.json", "").code, Some(0), "{choice}");
    }
}

#[test]
fn a_chosen_spec_records_its_own_choice() {
    let (folder, _) = optimized("--max-cost 500 --max-worst-case-cost 1e6");
    let select = format!("select {} --match gapnet_14", folder.at("out/frontier.json"));
    assert_eq!(run(&format!("{select} --out {}", folder.at("chosen.json"))).code, Some(0));
    let options = folder.json("chosen.json")["provenance"]["options"].clone();
    assert_eq!(options["match"], "gapnet_14");
    assert!(options["max-cost"].is_null(), "{options}");
    // The limit of the search still holds.
    assert_eq!(options["max-worst-case-cost"], 1e6);
}

/// What was fitted is in the spec, and whatever runs the spec applies it.
#[test]
fn fitted_specs_run_everywhere() {
    let folder = Folder::new();
    let out = folder.at("out");
    let optimize = format!("optimize {DIGITS} --out {out} --max-models 2");
    let found = run(&format!("{optimize} --calibrate temperature --weights"));
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    assert!(found.stdout.contains("fitted to 3000 tuning samples"), "{}", found.stdout);
    assert!(found.stdout.contains("ECE before"), "{}", found.stdout);
    let frontier = folder.json("out/frontier.json");
    assert_eq!(frontier["calibration"]["models"].as_array().unwrap().len(), 7);
    let spec = folder.json("out/cascade.json");
    assert_eq!(spec["version"], 2);
    let last = spec["stages"].as_array().unwrap().last().unwrap();
    assert!(last["temperature"].is_number() && last["weights"].is_object(), "{last}");
    // Chosen anew, with the profile measured anew, it is the same to the byte.
    let select =
        format!("select {out}/frontier.json --pool {DIGITS} --out {}", folder.at("again.json"));
    assert_eq!(run(&select).code, Some(0));
    assert!(folder.bytes("again.json") == folder.bytes("out/cascade.json"));
    for command in ["replay", "check"] {
        let ran = run(&format!("{command} {out}/cascade.json {DIGITS}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    }
    // Another program would run the same models at the same thresholds otherwise.
    let mut raw = spec.clone();
    raw["version"] = 1.into();
    std::fs::write(folder.path("raw.json"), raw.to_string()).unwrap();
    let replay = run(&format!("replay {} {DIGITS}", folder.at("raw.json")));
    assert_eq!(replay.code, Some(2), "{}", replay.stdout);
    assert!(replay.stderr.contains("version: expected 2"), "{}", replay.stderr);
}

/// The calibration errors of the chosen cascade's stages are those of `max_prob`, whatever was searched.
#[test]
fn stages_have_calibration_errors_whatever_was_searched() {
    let folder = Folder::new();
    let of = |name: &str, confidence: &str| {
        let out = folder.at(name);
        let options = "--max-models 2 --calibrate temperature --weights --resolution 16";
        let found =
            run(&format!("optimize {DIGITS} --out {out} {options} --confidence {confidence}"));
        assert_eq!(found.code, Some(0), "{}", found.stderr);
        assert!(found.stdout.contains("stages of the chosen cascade, calibration error"));
        let stages = folder.json(&format!("{name}/frontier.json"))["calibration"]["stages"].clone();
        let models = folder.json(&format!("{name}/cascade.json"))["stages"].clone();
        (stages, models.as_array().unwrap().len())
    };
    let (read_again, number) = of("alone", "entropy");
    let (searched, _) = of("both", "entropy,max_prob");
    assert_eq!(read_again.as_array().unwrap().len(), number);
    assert!(number > 1);
    for stage in read_again.as_array().unwrap() {
        let same = |other: &&Value| other["models"] == stage["models"];
        let other = searched.as_array().unwrap().iter().find(same);
        assert_eq!(other, Some(stage));
    }
}

#[test]
fn choices_keep_to_their_limits() {
    let (folder, _) = optimized("");
    let frontier = folder.json("out/frontier.json");
    let figure = |point: &Value, name: &str| point[name].as_f64().unwrap();
    let chosen = |choice: &str| {
        let select = format!("select {} {choice} --json", folder.at("out/frontier.json"));
        run(&format!("{select} --out {}", folder.at("chosen.json"))).json()["chosen"].clone()
    };
    let budget = chosen("--max-cost 500");
    assert!(figure(&budget, "cost") <= 500.0);
    let target = chosen("--min-accuracy 0.97");
    assert!(figure(&target, "accuracy") >= 0.97);
    for point in points(&frontier) {
        let (cost, accuracy) = (figure(point, "cost"), figure(point, "accuracy"));
        assert!(cost > 500.0 || accuracy <= figure(&budget, "accuracy"));
        assert!(accuracy < 0.97 || cost >= figure(&target, "cost"));
    }
    let (folder, ran) = optimized("--max-worst-case-cost 100");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let frontier = folder.json("out/frontier.json");
    assert!(points(&frontier).iter().all(|point| figure(point, "worst_case_cost") <= 100.0));
}

#[test]
fn replay_finds_every_edited_claim() {
    let (folder, ran) = optimized("--max-cost 500");
    assert_eq!(ran.code, Some(0));
    let spec = folder.json("out/cascade.json");
    let model = spec["stages"][0]["models"][0].as_str().unwrap();
    let edits = [
        ("/accuracy", Value::from(0.9)),
        ("/cost", Value::from(1.0)),
        ("/worst_case_cost", Value::from(1.0)),
        ("/holdout/accuracy", Value::from(0.9)),
        ("/holdout/cost", Value::from(1.0)),
        ("/holdout/samples", Value::from(10)),
        ("/holdout/accuracy_interval/0", Value::from(0.5)),
        ("/holdout/accuracy_interval/1", Value::from(1.0)),
        ("/stages/0/threshold", Value::from(0.5)),
        ("/stages/1/exit_fraction", Value::from(0.5)),
        (&format!("/model_costs/{model}"), Value::from(3.0)),
        ("/aggregation", Value::from("mean_probs")),
        ("/confidence", Value::from("entropy")),
    ];
    let as_it_is = spec["aggregation"] == "mean_probs";
    for (place, value) in edits.iter().filter(|(place, _)| !(as_it_is && *place == "/aggregation"))
    {
        let mut edited = spec.clone();
        *edited.pointer_mut(place).unwrap() = value.clone();
        std::fs::write(folder.path("edited.json"), edited.to_string()).unwrap();
        let ran = replayed(&folder, "edited.json", "");
        assert_eq!(ran.code, Some(1), "{place}: {}", ran.stdout);
        assert!(ran.stdout.contains("NO") && ran.stdout.contains("DISAGREES"), "{place}");
        let json = replayed(&folder, "edited.json", "--json").json();
        assert_eq!(json["agrees"], false, "{place}");
    }
    // Ends of intervals rest on logarithms: other machines and versions have other last digits.
    let mut older = spec.clone();
    let end = older["holdout"]["accuracy_interval"][0].as_f64().unwrap();
    older["holdout"]["accuracy_interval"][0] = Value::from(end + 1e-11);
    std::fs::write(folder.path("older.json"), older.to_string()).unwrap();
    assert_eq!(replayed(&folder, "older.json", "").code, Some(0));
    let ran = replayed(&folder, "out/cascade.json", "");
    assert_eq!(ran.code, Some(0));
    assert!(!ran.stdout.contains("NO") && ran.stdout.contains("agrees with the spec"));
}

/// The models of a spec.
fn names_of(spec: &serde_json::Value) -> impl Iterator<Item = &String> {
    spec["model_costs"].as_object().unwrap().keys()
}

#[test]
fn replay_runs_on_bare_files_and_on_other_data() {
    let (folder, _) = optimized("");
    let spec = folder.json("out/cascade.json");
    let path = |name: &String| format!("data/digits/{name}.parquet");
    let mut files: Vec<String> = names_of(&spec).map(path).collect();
    if !files.iter().any(|file| file.contains("softmax_14")) {
        files.push("data/digits/softmax_14.parquet".into());
    }
    let line = format!("replay {} {}", folder.at("out/cascade.json"), files.join(" "));
    let ran = run(&line);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("figures must be equal"));

    // Costs that are given are held against those of the spec.
    let dear = names_of(&spec).map(|name| format!(" --cost {name}=1e6")).collect::<String>();
    let extra = if dear.contains("softmax_14") { "" } else { " --cost softmax_14=1" };
    let ran = run(&format!("{line}{dear}{extra}"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let wrong = |text: &str| text.starts_with("cost of ") && text.ends_with("NO");
    assert!(ran.stdout.lines().any(wrong), "{}", ran.stdout);

    // Half of the samples: other files, whose accuracy is consistent.
    for file in &files {
        let half = polars_file(file).head(Some(3000));
        let name = file.rsplit('/').next().unwrap();
        folder.write(name, half.columns().to_vec());
    }
    let names: Vec<String> =
        files.iter().map(|file| folder.at(file.rsplit('/').next().unwrap())).collect();
    let ran = run(&format!("replay {} {}", folder.at("out/cascade.json"), names.join(" ")));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("all 3000 samples") && ran.stdout.contains("must be consistent"));
}

fn polars_file(path: &str) -> DataFrame {
    ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap()
}

#[test]
fn other_labels_are_other_files() {
    let folder = Folder::new();
    let table = polars_file("data/digits/cnn_m.parquet");
    let column = |name: &str| table.column(name).unwrap().clone();
    for name in ["cnn_m", "cnn_l"] {
        let scores = polars_file(&format!("data/digits/{name}.parquet"));
        let scores = scores.drop("label").unwrap();
        folder.write(&format!("{name}.parquet"), scores.columns().to_vec());
    }
    folder.write("labels.parquet", vec![column("sample_id"), column("label")]);
    let model = |name| format!("[[model]]\nname = \"{name}\"\npredictions = \"{name}.parquet\"\n");
    let manifest = format!(
        "cost_unit = \"u\"\nlabels = \"labels.parquet\"\n{}cost = 1\n{}cost = 20\n",
        model("cnn_m"),
        model("cnn_l")
    );
    std::fs::write(folder.path("pool.toml"), manifest).unwrap();
    let pool = folder.at("pool.toml");
    assert_eq!(run(&format!("optimize {pool} --out {}", folder.at("out"))).code, Some(0));
    let replay = format!("replay {} {pool}", folder.at("out/cascade.json"));
    assert!(run(&replay).stdout.contains("figures must be equal"));

    // The same labels in another order of rows are another file, and still consistent.
    folder.write("labels.parquet", vec![column("sample_id").reverse(), column("label").reverse()]);
    let ran = run(&replay);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("must be consistent"), "{}", ran.stdout);
}

#[test]
fn per_sample_rows_average_to_the_specs_figures() {
    let (folder, _) = optimized("--holdout 0");
    let options = format!("--quiet --per-sample {}", folder.at("exits.parquet"));
    assert_eq!(replayed(&folder, "out/cascade.json", &options).code, Some(0));
    let table = folder.table("exits.parquet");
    let names = ["sample_id", "exit_stage", "prediction", "confidence", "cost"];
    assert!(table.get_column_names().into_iter().eq(names));
    assert_eq!(table.height(), 6000);

    let labels = polars_file("data/digits/cnn_l.parquet");
    let integers = |table: &DataFrame, name: &str| -> Vec<i64> {
        let column = table.column(name).unwrap().cast(&DataType::Int64).unwrap();
        column.i64().unwrap().iter().flatten().collect()
    };
    let mut known: Vec<(i64, i64)> =
        integers(&labels, "sample_id").into_iter().zip(integers(&labels, "label")).collect();
    known.sort_unstable();
    let ids: Vec<i64> = known.iter().map(|(id, _)| *id).collect();
    assert_eq!(integers(&table, "sample_id"), ids);

    let spec = folder.json("out/cascade.json");
    let close = |found: f64, place: &str| {
        let claimed = spec.pointer(place).unwrap().as_f64().unwrap();
        assert!((found - claimed).abs() <= 1e-9 * claimed, "{place}: {found}, not {claimed}");
    };
    let predictions = integers(&table, "prediction");
    let right = predictions.iter().zip(&known).filter(|(said, (_, label))| *said == label).count();
    close(right as f64 / 6000.0, "/accuracy");
    let costs: Vec<f64> = table.column("cost").unwrap().f64().unwrap().iter().flatten().collect();
    close(costs.iter().sum::<f64>() / 6000.0, "/cost");
    let stages = integers(&table, "exit_stage");
    let first = stages.iter().filter(|stage| **stage == 0).count();
    close(first as f64 / 6000.0, "/stages/0/exit_fraction");
    let threshold = spec["stages"][0]["threshold"].as_f64().unwrap();
    let confidences = table.column("confidence").unwrap().f64().unwrap();
    for (confidence, stage) in confidences.iter().flatten().zip(stages) {
        assert!(stage > 0 || confidence >= threshold);
    }
}

#[test]
fn json_is_one_document_and_quiet_is_silent() {
    let (folder, _) = optimized("");
    let frontier = folder.at("out/frontier.json");
    let lines = [
        format!("inspect {DIGITS}"),
        format!("optimize {DIGITS} --out {} {QUICK}", folder.at("out")),
        format!("select {frontier} --out {}", folder.at("chosen.json")),
        format!("replay {} {DIGITS}", folder.at("out/cascade.json")),
    ];
    for line in lines {
        let json = run(&format!("{line} --json"));
        assert_eq!(json.code, Some(0));
        assert!(json.json().is_object() && json.stderr.is_empty(), "{line}");
        let quiet = run(&format!("{line} --quiet"));
        assert_eq!((quiet.code, quiet.stdout + &quiet.stderr), (Some(0), String::new()), "{line}");
        let both = run(&format!("{line} --quiet --json"));
        assert_eq!(both.stdout, "", "{line}");
    }
}

#[test]
fn files_with_costs_are_a_pool() {
    let folder = Folder::new();
    let line = format!(
        "optimize data/digits/cnn_m.parquet data/digits/cnn_l.parquet --cost cnn_m=732.266 \
         --cost cnn_l=19420.938 --cost-unit kFLOPs --out {}",
        folder.at("out")
    );
    assert_eq!(run(&line).code, Some(0));
    let spec = folder.json("out/cascade.json");
    assert_eq!(spec["cost_unit"], "kFLOPs");
    assert_eq!(spec["model_costs"]["cnn_m"], 732.266);
    assert_eq!(replayed(&folder, "out/cascade.json", "").code, Some(0));
}

#[test]
fn free_models_and_costs_of_any_size_are_fine() {
    let files = "data/digits/cnn_m.parquet data/digits/cnn_l.parquet";
    for (cheap, dear) in [("0", "1"), ("1e-300", "1e-299"), ("1e300", "1e301")] {
        let folder = Folder::new();
        let costs = format!("--cost cnn_m={cheap} --cost cnn_l={dear}");
        let line = format!("optimize {files} {costs} --match cnn_m --out {}", folder.at("out"));
        let ran = run(&line);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(ran.stdout.lines().all(|line| line.len() < 200), "{}", ran.stdout);
        let ran = run(&format!("replay {} {files}", folder.at("out/cascade.json")));
        assert_eq!(ran.code, Some(0), "{costs}: {ran:?}");
    }
}

#[test]
fn costs_are_kept_or_a_warning_says_what_is_used() {
    let files = "data/digits/cnn_m.parquet data/digits/cnn_l.parquet";
    let folder = Folder::new();
    let optimized = |cheap: &str, dear: &str| {
        let costs = format!("--cost cnn_m={cheap} --cost cnn_l={dear}");
        let ran = run(&format!("optimize {files} {costs} --holdout 0 --out {}", folder.at("out")));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        (ran, folder.json("out/cascade.json")["model_costs"].clone())
    };
    let (ran, costs) = optimized("1234567", "12345678901234");
    assert_eq!((&costs["cnn_m"], &costs["cnn_l"]), (&1234567.0.into(), &12345678901234.0.into()));
    assert_eq!(ran.stderr, "");

    // On 6,000 samples there are only whole ticks for a cost that large.
    let (ran, costs) = optimized("1.25", "923456789012345.5");
    assert_eq!((&costs["cnn_m"], &costs["cnn_l"]), (&1.0.into(), &923456789012346.0.into()));
    let both = ["cnn_m: its cost 1.25 is counted and written as 1,", "cost 923456789012345.5 is"];
    assert!(both.iter().all(|part| ran.stderr.contains(part)), "{}", ran.stderr);
    let ran = run(&format!("replay {} {files}", folder.at("out/cascade.json")));
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn what_cannot_be_met_leaves_the_frontier_and_names_the_nearest() {
    let cases = [
        ("--min-accuracy 0.9999", ["an accuracy of at least 0.9999", "the most accurate has"]),
        ("--max-cost 1", ["a cost of at most 1 kFLOPs", "the cheapest has an accuracy of 0.8943"]),
        (
            "--match cnn_l --max-cost 9",
            ["and a cost of at most 9", "the most accurate of that cost"],
        ),
        ("--max-worst-case-cost 1", ["a worst-case cost of at most 1", "at 4.7140 kFLOPs"]),
    ];
    for (choice, parts) in cases {
        let (folder, _) = optimized("");
        let line = format!("optimize {DIGITS} --out {} {QUICK} {choice}", folder.at("out"));
        let ran = run(&line);
        assert_eq!(ran.code, Some(3), "{choice}");
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        for part in parts {
            assert!(ran.stderr.contains(part), "{part:?} is not in {}", ran.stderr);
        }
        // A spec that is left from before would pass for this run's.
        assert!(!folder.path("out/cascade.json").exists());
        assert!(folder.json("out/frontier.json")["points"].is_array());
        assert!(ran.stderr.contains("the cascade.json of an earlier run was removed"));
        let again = run(&line).stderr;
        assert!(!again.contains("removed") && again.contains(parts[0]), "{again}");
        let quiet = run(&format!("{line} --quiet --json"));
        assert_eq!((quiet.code, quiet.stdout.as_str()), (Some(3), ""));

        let (folder, _) = optimized("");
        let select = format!("select {} {choice}", folder.at("out/frontier.json"));
        let ran = run(&format!("{select} --out {}", folder.at("chosen.json")));
        assert_eq!(ran.code, Some(3), "{choice}");
        assert!(ran.stderr.contains(parts[0]) && !folder.path("chosen.json").exists());
        std::fs::write(folder.path("chosen.json"), "deployed").unwrap();
        let ran = run(&format!("{select} --out {}", folder.at("chosen.json")));
        assert!(ran.stderr.trim_end().ends_with("chosen.json is left as it was"), "{ran:?}");
        assert_eq!((ran.code, folder.bytes("chosen.json").as_slice()), (Some(3), &b"deployed"[..]));
    }
}

#[test]
fn short_help_is_shorter_and_long_help_has_an_example() {
    for command in ["", "inspect", "optimize", "select", "replay"] {
        let short = run(&format!("{command} -h")).stdout;
        let long = run(&format!("{command} --help")).stdout;
        assert!(short.len() < long.len(), "{command}");
        assert!(long.contains(&format!("  committee {command}")) && long.contains("Example"));
        assert!(!short.contains("Example"));
    }
}

#[test]
fn help_and_readme_say_of_exit_codes_the_same() {
    let help = run("--help").stdout;
    let (_, said) = help.split_once("Exit codes:\n").unwrap();
    let mut codes: Vec<String> = vec![];
    for line in said.lines() {
        assert!(line.len() <= 80, "{line}");
        match line.trim_start().split_once("  ") {
            Some((code, meaning)) => codes.push(format!("{code} {meaning}")),
            None => *codes.last_mut().unwrap() += &format!(" {}", line.trim_start()),
        }
    }
    let readme = std::fs::read_to_string("README.md").unwrap().replace('`', "");
    let (_, table) = readme.split_once("| exit code | meaning |\n| ---: | --- |\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let rows = rows.map(|row| row.trim_matches(['|', ' ']).replace(" | ", " "));
    assert_eq!(codes, rows.collect::<Vec<_>>());
    assert_eq!(codes.len(), 6);

    let folder = Folder::new();
    run(&format!("man --out {}", folder.at("man")));
    let page = String::from_utf8(folder.bytes("man/committee.1")).unwrap();
    assert!(page.contains(".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\ndone;"), "{page}");
}

#[test]
fn nothing_but_text_goes_into_a_pipe() {
    let (folder, ran) = optimized("");
    let replay = replayed(&folder, "out/cascade.json", "");
    let inspect = run(&format!("inspect {DIGITS}"));
    for ran in [&ran, &replay, &inspect, &run("--help"), &run("optimize"), &run("inspect no.toml")]
    {
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!all.is_empty() && !all.contains('\x1b'), "{all:?}");
    }
    for line in ran.stdout.lines().chain(replay.stdout.lines()).chain(inspect.stdout.lines()) {
        assert!(
            line.starts_with("written to") || line.chars().count() <= 80,
            "{line:?} is too wide"
        );
    }
}

#[test]
fn a_reader_that_stops_early_is_no_failure() {
    let (folder, _) = optimized("");
    let lines = [
        ("--help".to_owned(), 0),
        (format!("inspect {DIGITS}"), 0),
        (format!("select {} --json --out {}", folder.at("out/frontier.json"), folder.at("x")), 0),
        (format!("optimize {DIGITS} {QUICK} --min-accuracy 1 --out {}", folder.at("out")), 3),
    ];
    for (line, code) in lines {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut program = std::process::Command::new(committee([""; 0]).get_program());
        let status = program
            .args(line.split_whitespace())
            .stdout(writer)
            .stderr(std::process::Stdio::null());
        assert_eq!(status.status().unwrap().code(), Some(code), "{line}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_named_and_the_results_stand() {
    let (folder, _) = optimized("");
    let frontier = folder.at("out/frontier.json");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut program = std::process::Command::new(committee([""; 0]).get_program());
    let chosen = folder.at("chosen.json");
    program.args(["select", &frontier, "--pool", DIGITS, "--out", &chosen]).stdout(full);
    let ran = program.output().unwrap();
    let message = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(4), "{message}");
    assert!(message.starts_with("committee: standard output: No space left on device"));
    assert_eq!(message.lines().count(), 1);
    assert!(folder.bytes("chosen.json") == folder.bytes("out/cascade.json"));
}
