//! Messages that say what to do next.

mod common {
    pub mod program;
}

use common::program::{DIGITS, Folder, Ran, integers, lists, run, run_in};

const FRONTIER: &str = "tests/fixtures/frontier.v1.json";

#[track_caller]
fn assert_refused(ran: &Ran, message: &str) {
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
    assert_eq!(ran.stderr, format!("committee: {message}\n"));
}

#[test]
fn a_folder_without_a_run_names_the_command_that_makes_one() {
    let folder = Folder::new();
    let (none, out) = (folder.at("none"), folder.at("f.svg"));
    let message = format!(
        "{none}/frontier.json: no such file: run `committee optimize POOL --out {none}` first"
    );
    assert_refused(&run(&format!("report {none}")), &message);
    assert_refused(&run(&format!("plot {none} --out {out}")), &message);
    let notebook = folder.at("n.ipynb");
    assert_refused(&run(&format!("export notebook {none} --out {notebook}")), &message);

    std::fs::copy(FRONTIER, folder.path("frontier.json")).unwrap();
    let root = folder.root().display();
    let message = format!(
        "{root}/cascade.json: no such file: no cascade was chosen; run `committee select \
         {root}/frontier.json --out {root}/cascade.json` with what it is to meet first"
    );
    assert_refused(&run(&format!("export notebook {root} --out {notebook}")), &message);

    std::fs::copy("tests/fixtures/cascade.v1.json", folder.path("cascade.json")).unwrap();
    let message = format!(
        "{root}/frontier.parquet: no such file, and the notebook reads it: `committee optimize` writes it"
    );
    assert_refused(&run(&format!("export notebook {root} --out {notebook}")), &message);
}

#[test]
fn what_is_no_json_names_the_file_beside_it() {
    let folder = Folder::new();
    let root = folder.root().display().to_string();
    let select = format!("select {root} --out {}", folder.at("c.json"));
    let message = |name: &str| format!("{root}: is a folder, expected JSON: name {name}");
    assert_refused(&run(&select), &message("frontier.json"));
    std::fs::copy(FRONTIER, folder.path("frontier.json")).unwrap();
    std::fs::copy("tests/fixtures/cascade.v1.json", folder.path("cascade.json")).unwrap();
    let (spec, frontier) = (folder.at("cascade.json"), folder.at("frontier.json"));
    assert_refused(&run(&select), &message(&frontier));
    assert_refused(&run(&format!("replay {root} {DIGITS}")), &message(&spec));

    let table = folder.at("frontier.parquet");
    std::fs::copy("data/digits/cnn_s.parquet", &table).unwrap();
    let message = |name: &str| format!("{table}: is a Parquet file, expected JSON: name {name}");
    assert_refused(&run(&format!("check {table} {DIGITS}")), &message(&spec));
    let either = format!("{spec} or {frontier}");
    assert_refused(&run(&format!("diff {table} {spec}")), &message(&either));

    let empty = folder.at("empty.json");
    std::fs::write(&empty, "\n").unwrap();
    let line = format!("diff {empty} {spec}");
    assert_refused(&run(&line), &format!("{empty}: is empty, expected JSON"));
}

#[test]
fn a_file_with_nearly_that_name_is_found() {
    let ran = run("inspect data/digits/pol.toml");
    let message = "data/digits/pol.toml: no such file, expected the manifest of a pool; did you mean \
                   data/digits/pool.toml?";
    assert_refused(&ran, message);
    let ran = run(
        "inspect data/digits/cnn_l.parquet data/digits/cnn_x.parquet --cost cnn_l=1 --cost cnn_x=1",
    );
    let expected = "data/digits/cnn_x.parquet: no such file, expected the Parquet file of model \"cnn_x\"; \
                    did you mean data/digits/cnn_m.parquet?";
    assert_refused(&ran, expected);
}

#[test]
fn a_spec_with_nearly_that_name_is_found() {
    let folder = Folder::new();
    let spec = folder.at("cascade.json");
    std::fs::copy("tests/fixtures/cascade.v1.json", &spec).unwrap();
    for name in ["cascade.jsn", "cascade", "casade.json"] {
        let given = folder.at(name);
        let expected = format!(
            "{given}: no such file, expected a cascade.json that `committee optimize` wrote; did you mean \
             {spec}?"
        );
        assert_refused(&run(&format!("check {given} {DIGITS}")), &expected);
    }
    let far = folder.at("other.json");
    let expected =
        format!("{far}: no such file, expected a cascade.json that `committee optimize` wrote");
    assert_refused(&run(&format!("check {far} {DIGITS}")), &expected);
}

#[test]
fn a_column_with_nearly_that_name_is_found() {
    let folder = Folder::new();
    let ran = run(&format!("optimize {DIGITS} --split-column labl --out {}", folder.at("out")));
    let message = "--split-column: expected a column of the predictions or labels (the first file has \
                   \"sample_id\", \"label\", \"logits\"), found \"labl\"; did you mean \"label\"?";
    assert_refused(&ran, message);
}

#[test]
fn a_file_in_place_of_a_folder_names_the_option() {
    let folder = Folder::new();
    let file = folder.at("out");
    std::fs::write(&file, "").unwrap();
    let expected = "--out: expected a folder, or where to make one, found";
    let message = format!("{expected} {file}, which is no folder");
    assert_refused(&run(&format!("optimize {DIGITS} --out {file}")), &message);
    let message = format!("{expected} {file}/a/b, and {file} is no folder");
    assert_refused(&run(&format!("optimize {DIGITS} --out {file}/a/b")), &message);
}

/// Whatever stands for a pool is looked for before anything is said of its models.
#[test]
fn a_pool_that_is_no_file_says_so() {
    let folder = Folder::new();
    let root = folder.root().display().to_string();
    let spec = "tests/fixtures/cascade.v1.json";
    std::fs::write(folder.path("pool.toml"), "").unwrap();
    let expected = "expected a manifest (name.toml) or a model's predictions";
    let is_folder = format!("{root}: is a folder, {expected}; did you mean {root}/pool.toml?");
    let missing =
        format!("{root}/pool.tml: no such file, {expected}; did you mean {root}/pool.toml?");
    for verb in ["inspect", "check", "certify"] {
        let (before, after) = match verb {
            "inspect" => (verb.to_owned(), ""),
            "check" => (format!("check {spec}"), ""),
            _ => (format!("certify {spec}"), "--guarantee cost<=1"),
        };
        assert_refused(&run(&format!("{before} {root} {after}")), &is_folder);
        assert_refused(&run(&format!("{before} {root}/pool.tml {after}")), &missing);
    }
}

#[test]
fn a_pool_before_its_spec_is_told_the_right_order() {
    let spec = "tests/fixtures/cascade.v1.json";
    let said = |verb: &str, first: &str, rest: &str, right: &str| {
        let ran = run(&format!("{verb} {first} {rest} --threads 1"));
        let told = format!(
            "{first}: expected the spec first, then the pool: committee {verb} {spec} {right}"
        );
        assert_refused(&ran, &told);
    };
    for verb in ["check", "replay"] {
        said(verb, DIGITS, spec, DIGITS);
    }
    said("check", "a.parquet", &format!("{spec} b.parquet"), "a.parquet b.parquet");
    said("certify", DIGITS, &format!("{spec} --guarantee cost<=1"), DIGITS);
}

#[test]
fn a_percentage_is_not_taken_for_a_share() {
    let folder = Folder::new();
    let line = format!("select {FRONTIER} --out {}", folder.at("c.json"));
    for (given, meant) in [("98.5", "; did you mean 0.985?"), ("985", "")] {
        let message = format!("--min-accuracy: expected a share from 0 to 1, found {given}{meant}");
        assert_refused(&run(&format!("{line} --min-accuracy {given}")), &message);
    }
}

/// Where limits leave nothing, what the message says would do does.
#[test]
fn limits_to_ease_can_be_eased() {
    let folder = Folder::new();
    let out = folder.at("out");
    let optimize = |limits: &str| {
        run(&format!("optimize {DIGITS} --max-models 2 --resolution 8 --out {out} {limits}"))
    };
    for limits in [
        "--max-cost 3",
        "--max-cost 100 --min-accuracy 0.98",
        "--max-cost 100 --match cnn_l",
        "--max-worst-case-cost 3",
        "--max-worst-case-cost 100 --min-accuracy 0.99",
    ] {
        let ran = optimize(limits);
        assert_eq!(ran.code, Some(3), "{limits}");
        let told = ran.stderr.lines().find(|line| line.starts_with("committee: ")).unwrap();
        let (_, ways) = told.split_once("; there is one with ").unwrap_or_else(|| panic!("{told}"));
        let ways = ways.split_once("; ").map_or(ways, |(ways, _)| ways);
        for way in ways.split(", or with ") {
            let (eased, asked) = way.split_once(" in place of ").unwrap();
            let option = eased.split(' ').next().unwrap();
            let asked = if asked.starts_with("--") { asked } else { &format!("{option} {asked}") };
            assert!(limits.contains(asked), "{asked:?} is not in {limits}");
            let eased = limits.replace(asked, eased);
            assert_eq!(optimize(&eased).code, Some(0), "{eased}");
        }
    }
    // A limit that leaves nothing better than a model is named by the verdict.
    let ran = optimize("--max-cost 5");
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, way) = words.split_once("no better than single models; with ").unwrap();
    let (eased, _) = way.split_once(" there is one that is").unwrap();
    let ran = optimize(eased);
    assert!(ran.stdout.contains("verdict:  cascade"), "{eased}: {}", ran.stdout);
}

/// One sample is no samples.
#[test]
fn one_of_a_thing_is_singular() {
    let folder = Folder::new();
    for (name, sure) in [("a", 1.0), ("b", 2.0)] {
        let rows = [[sure, 0.0], [0.0, sure], [sure, 0.0f32]];
        let labels = integers("label", &[0, 1, 1]);
        folder.write(&format!("{name}.parquet"), vec![labels, lists("logits", &rows)]);
    }
    let short = [[1.0, 0.0f32]];
    let columns = vec![integers("label", &[0]), lists("logits", &short)];
    folder.write("short.parquet", columns);
    let pool = "a.parquet b.parquet --cost a=1 --cost b=2";
    let mut said = String::new();
    for line in [
        format!("optimize {pool} --holdout 0.34 --calibrate temperature --out out"),
        format!("optimize {pool} --out none --min-accuracy 1"),
        format!("optimize {pool} --holdout 0.34 --out none --guarantee accuracy>=0.5"),
        "replay out/cascade.json a.parquet b.parquet".to_owned(),
        "certify out/cascade.json a.parquet b.parquet --guarantee accuracy>=0.5".to_owned(),
        "certify out/cascade.json a.parquet b.parquet --guarantee cost<=5".to_owned(),
        "check out/cascade.json short.parquet".to_owned(),
        "diff out/frontier.json out/frontier.json".to_owned(),
        "diff out/frontier.json none/frontier.json".to_owned(),
        "select none/frontier.json --max-cost 0.5 --out c.json".to_owned(),
        "inspect a.parquet short.parquet --cost a=1 --cost short=2".to_owned(),
    ] {
        let ran = run_in(folder.root(), &line);
        said += &(ran.stdout + &ran.stderr);
    }
    assert!(said.contains("1 held-out sample\n"), "{said}");
    assert!(said.contains("3 rows and 1 row,"), "{said}");
    let things = ["samples", "rows", "points", "cascades", "classes", "models", "searches"];
    for line in said.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        for (at, _) in words.iter().enumerate().filter(|(_, word)| **word == "1") {
            let after = words[at + 1..].iter().take(2);
            let mut after = after.map(|word| word.trim_end_matches([',', ';', ':', '.', ')']));
            assert!(!after.any(|word| things.contains(&word)), "{line}");
        }
    }
}

/// What is no number and what is out of range are answered in the same words.
#[test]
fn options_say_what_they_expect() {
    let (share, cost) = ("a share from 0 to 1", "a finite number of at least 0");
    let seconds = "seconds, at least 0, or inf";
    let probability = "a probability above 0 and at most 0.5";
    let rules = [
        ("--gap", "an accuracy from 0 to 1", &["abc", "-1", "NaN"][..]),
        ("--time-limit", seconds, &["abc", "-3", "NaN", "60s"]),
        ("--holdout", "a share from 0 to below 1", &["abc", "1", "-0.5"]),
        (
            "--max-points",
            "a whole number from 0 (for all) to 18446744073709551615",
            &["abc", "-1", "1.5"],
        ),
        ("--max-models", "a whole number from 1 to 8", &["abc", "-1", "0", "9"]),
        ("--folds", "a whole number of at least 2", &["abc", "-1"]),
        ("--seed", "a whole number from 0 to 18446744073709551615", &["abc", "-1"]),
        ("--threads", "a whole number from 1 to 1024", &["abc", "0", "1025"]),
        ("--max-cost", cost, &["abc", "-1", "inf"]),
        ("--max-worst-case-cost", cost, &["abc", "-1", "inf"]),
        ("--min-accuracy", share, &["abc", "-1", "90%", "inf"]),
        ("--min-group-accuracy", share, &["abc", "-1"]),
        ("--group-margin", share, &["abc", "-1"]),
        ("--cost", "NAME=COST, COST a number", &["a", "a=abc"]),
        ("--guarantee accuracy>=0.9 --error-rate", probability, &["abc", "0", "0.7"]),
    ];
    let folder = Folder::new();
    for (options, expected, values) in rules {
        let option = options.rsplit(' ').next().unwrap();
        for value in values {
            let ran =
                run(&format!("optimize {DIGITS} --out {} {options} {value}", folder.at("out")));
            assert_refused(&ran, &format!("{option}: expected {expected}, found {value}"));
        }
    }
    let rate = "--error-rate: expected";
    let spec = "tests/fixtures/cascade.v1.json";
    let ran = run(&format!("certify {spec} {DIGITS} --guarantee cost<=1 --error-rate abc"));
    assert_refused(&ran, &format!("{rate} {probability}, found abc"));
    let ran = run(&format!("check {spec} {DIGITS} --error-rate abc"));
    assert_refused(&ran, &format!("{rate} a probability between 0 and 1, found abc"));
}

/// The lines on the search say what is so, also where there is little to say.
#[test]
fn odd_searches_are_told_in_plain_words() {
    let cases = [
        (
            "--max-worst-case-cost 1",
            3,
            &["search: none; every cascade is dearer at worst than was asked for, the cheapest \
                 at 4.714 kFLOPs a space of 0 cascades"][..],
        ),
        (
            "--max-points 2 --resolution 8",
            0,
            &[
                "search: best on the grid; other thresholds were not looked at",
                "more than --max-points 2: the ends and what is chosen or compared stay",
            ],
        ),
        (
            "--resolution 60000",
            0,
            &["best on the grid, which has every threshold; no cascade of the space is better"],
        ),
    ];
    for (options, code, said) in cases {
        let folder = Folder::new();
        let out = folder.at("out");
        let ran = run(&format!("optimize {DIGITS} --max-models 2 --out {out} {options}"));
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in said {
            assert!(text.contains(part), "{part:?} is not in {}", ran.stdout);
        }
    }
}

#[test]
fn a_command_that_only_help_is_asked_about_has_a_near_name() {
    let fault =
        "unrecognized subcommand 'replya'; tip: a similar subcommand exists: 'replay'; see --help";
    assert_refused(&run("replya"), fault);
    assert_refused(&run("help replya"), fault);
    assert_refused(&run("help xyzxyz"), "unrecognized subcommand 'xyzxyz'; see --help");
}

#[test]
fn a_name_that_is_only_an_end_wants_one_before_it() {
    let folder = Folder::new();
    std::fs::copy(FRONTIER, folder.path("frontier.json")).unwrap();
    let root = folder.root().display();
    for (line, end) in [("plot", ".svg"), ("plot", ".png"), ("report", ".html")] {
        let out = folder.at(end);
        let message = format!("--out: expected a name before {end}, found {out}");
        assert_refused(&run(&format!("{line} {root} --out {out}")), &message);
    }
    let message = "--out: expected a name that ends in .svg or .png, found f.pdf";
    assert_refused(&run(&format!("plot {root} --out f.pdf")), message);
}

#[test]
#[cfg(target_os = "linux")]
fn what_takes_no_folder_is_told_that_one_is_expected() {
    let expected = "--out: expected a folder, or where to make one, found";
    for line in [format!("optimize {DIGITS}"), "man".to_owned()] {
        let ran = run(&format!("{line} --out /proc/none"));
        assert_refused(&ran, &format!("{expected} /proc/none, and /proc takes none"));
        let ran = run(&format!("{line} --out /dev/null"));
        assert_refused(&ran, &format!("{expected} /dev/null, which is no folder"));
    }
}

#[test]
fn a_pool_that_lacks_models_or_costs_says_which() {
    let folder = Folder::new();
    let pool = folder.at("pool.toml");
    let entry = |name: &str| format!("[[model]]\nname = \"{name}\"\npredictions = \"x.parquet\"\n");
    let write = |text: &str| {
        std::fs::write(&pool, format!("cost_unit = \"ms\"\n{text}")).unwrap();
        run(&format!("inspect {pool}"))
    };
    let message = format!("{pool}: expected a pool of at least two models, found 1");
    assert_refused(&write(&format!("{}cost = 1\n", entry("a"))), &message);
    assert_refused(&write(""), &format!("{pool}: expected a pool of at least two models, found 0"));
    let (a, b, c) = (entry("a"), entry("b"), entry("c"));
    let message = "model \"b\" has no cost: expected cost = \u{2026} in its manifest entry, or --cost b=\u{2026}";
    assert_refused(&write(&format!("{a}cost = 1\n{b}{c}cost = 1\n")), message);
    let message = "models \"a\", \"c\" have no cost: expected cost = \u{2026} in each one's manifest entry, \
                   or --cost a=\u{2026} --cost c=\u{2026}";
    assert_refused(&write(&format!("{a}{b}cost = 1\n{c}")), message);
}

#[test]
fn a_stage_without_a_threshold_is_told_from_one_that_is_null() {
    let folder = Folder::new();
    let text = std::fs::read_to_string("tests/fixtures/cascade.v1.json").unwrap();
    let mut spec: serde_json::Value = serde_json::from_str(&text).unwrap();
    let edited = folder.at("edited.json");
    let replay = |spec: &serde_json::Value| {
        std::fs::write(&edited, spec.to_string()).unwrap();
        run(&format!("replay {edited} {DIGITS}"))
    };
    let place =
        format!("{edited}: stages[0].threshold: expected a number before the last stage, found");
    spec["stages"][0]["threshold"] = serde_json::Value::Null;
    assert_refused(&replay(&spec), &format!("{place} null"));
    spec["stages"][0].as_object_mut().unwrap().remove("threshold");
    assert_refused(&replay(&spec), &format!("{place} no such field"));
}

/// What a search did not come to it cannot rule out.
#[test]
fn what_was_not_searched_is_not_said_to_be_missing() {
    let folder = Folder::new();
    let told = |options: &str| {
        let ran = run(&format!("optimize {DIGITS} --out {} {options}", folder.at("out")));
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        ran.stderr
    };
    let limits = "--max-cost 28 --min-accuracy 0.97";
    let hasty = told(&format!("{limits} --time-limit 0"));
    assert!(
        hasty.contains("no cascade that was found has an accuracy of at least 0.97"),
        "{hasty}"
    );
    assert!(hasty.contains("which may find one with a longer --time-limit"), "{hasty}");
    let coarse = told(&format!("{limits} --resolution 8"));
    assert!(coarse.contains("no cascade that was found has"), "{coarse}");
    assert!(coarse.contains("and may find one with --resolution exact"), "{coarse}");
    let near = told("--max-cost 28 --min-accuracy 0.962 --gap 0.01 --max-models 2");
    assert!(near.contains("and may find one with a smaller --gap"), "{near}");

    // What is certain is said to be.
    for certain in [
        "--max-cost 28 --min-accuracy 0.97 --max-models 2",
        "--max-cost 28 --min-accuracy 0.97 --max-models 2 --gap 0.01",
        "--max-cost 1 --time-limit 0",
    ] {
        let told = told(certain);
        assert!(told.contains("no cascade has"), "{told}");
        assert!(!told.contains("may find"), "{told}");
    }
}

/// A limit is kept to on the samples that tuned: what others say of it is said where it differs.
#[test]
fn a_limit_that_does_not_hold_is_told() {
    let folder = Folder::new();
    let out = folder.at("out");
    let told = |options: &str| {
        let line = format!("optimize {DIGITS} --out {out} --max-models 3 {options}");
        run(&line).stderr.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let accuracy = told("--min-accuracy 0.985");
    let missed =
        "an accuracy of at least 0.985 was asked for, and is kept to on the tuning samples only";
    assert!(accuracy.contains(missed) && accuracy.contains("97.93 % (95 % interval"), "{accuracy}");
    let cost = told("--max-cost 352");
    assert!(cost.contains("a cost of at most 352 kFLOPs was asked for"), "{cost}");
    assert!(!told("--min-accuracy 0.9").contains("was asked for"));
    // Another choice from the same frontier is told the same.
    let select = format!("select {out}/frontier.json --out {} ", folder.at("other.json"));
    let ran = run(&format!("{select} --min-accuracy 0.985"));
    assert!(ran.code == Some(0) && ran.stderr.contains("0.985 was asked for"), "{ran:?}");
    assert!(!run(&format!("{select} --min-accuracy 0.9")).stderr.contains("was asked for"));
}
