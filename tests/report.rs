//! What is made of a run's files: the page, the figure, the notebook.

mod common {
    pub mod program;
}

use std::collections::BTreeSet;
use std::path::Path;

use common::program::{DIGITS, Folder, Ran, integers, lists, run, run_in};
use polars::prelude::{ParquetReader, SerReader};
use serde_json::Value;

/// A folder with the results of a quick run in `out`.
fn optimized(options: &str) -> Folder {
    let folder = Folder::new();
    let quick = "--max-models 3 --resolution 8";
    let ran = run(&format!("optimize {DIGITS} --out {} {quick} {options}", folder.at("out")));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    folder
}

fn text(folder: &Folder, name: &str) -> String {
    String::from_utf8(folder.bytes(name)).unwrap()
}

/// The data that a page carries.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

fn assert_refused(ran: &Ran, parts: &[&str]) {
    assert_eq!((ran.code, ran.stderr.lines().count()), (Some(2), 1), "{}", ran.stderr);
    for part in parts {
        assert!(ran.stderr.contains(part), "{part:?} is not in {}", ran.stderr);
    }
}

#[test]
fn the_page_needs_only_the_files_of_the_run() {
    let folder = optimized("");
    let page = text(&folder, "out/report.html");
    assert!(page.len() < 1_000_000, "{}", page.len());
    let elsewhere = Folder::new();
    for name in ["frontier.json", "cascade.json", "diagnostics.json"] {
        std::fs::copy(folder.path("out").join(name), elsewhere.path(name)).unwrap();
    }
    let ran = run_in(elsewhere.root(), "report .");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(text(&elsewhere, "report.html"), page);

    let data = data(&page);
    assert_eq!(data["spec"], folder.json("out/cascade.json"));
    assert_eq!(data["diagnostics"], folder.json("out/diagnostics.json"));
    let points = folder.json("out/frontier.json")["points"].as_array().unwrap().clone();
    assert_eq!(data["points"].as_array().unwrap().len(), points.len());
    let chosen = &data["points"][data["chosen"].as_u64().unwrap() as usize];
    assert_eq!(chosen["stages"], data["spec"]["stages"]);
    assert_eq!(chosen["version"], data["spec"]["version"]);
    for part in ["sha256", "--max-models", "best on the grid"] {
        assert!(page.contains(part), "{part:?} is not in the page");
    }
}

#[test]
fn diagnostics_agree_with_the_spec() {
    let folder = optimized("");
    let spec = folder.json("out/cascade.json");
    let diagnostics = folder.json("out/diagnostics.json");
    let number = |value: &Value| value.as_f64().unwrap();
    for (number_of, stage) in spec["stages"].as_array().unwrap().iter().enumerate() {
        let found = &diagnostics["stages"][number_of];
        assert_eq!(found["models"], stage["models"]);
        let bins = &found["histogram"]["tuning"];
        let total = |side: &str| bins[side].as_array().unwrap().iter().map(number).sum::<f64>();
        let before: f64 = spec["stages"].as_array().unwrap()[..number_of]
            .iter()
            .map(|stage| number(&stage["exit_fraction"]))
            .sum();
        assert!((total("right") + total("wrong") - 3000.0 * (1.0 - before)).abs() < 1e-6);
        let Some(threshold) = stage["threshold"].as_f64() else {
            assert!(found.get("curve").is_none());
            continue;
        };
        let curve = &found["curve"];
        let thresholds = curve["thresholds"].as_array().unwrap();
        let at = thresholds.iter().position(|value| number(value) == threshold).unwrap();
        for (part, figures) in [("tuning", &spec), ("holdout", &spec["holdout"])] {
            assert_eq!(curve[part]["accuracy"][at], figures["accuracy"]);
            assert_eq!(curve[part]["cost"][at], figures["cost"]);
        }
        assert_eq!(curve["tuning"]["exit_fraction"][at], stage["exit_fraction"]);
    }
}

#[test]
fn what_an_earlier_run_left_is_not_taken_for_this_one() {
    let folder = optimized("");
    let again = format!(
        "optimize {DIGITS} --out {} --max-models 2 --resolution 8 --min-accuracy 1 --no-report",
        folder.at("out")
    );
    assert_eq!(run(&again).code, Some(3));
    for name in ["cascade.json", "diagnostics.json", "report.html"] {
        assert!(!folder.path("out").join(name).exists(), "{name}");
    }
    let ran = run(&format!("report {}", folder.at("out")));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(text(&folder, "out/report.html").contains("No cascade was chosen"));
}

/// A page without a choice says what was asked for and what comes nearest, or that nothing is amiss
/// but the file.
#[test]
fn a_page_without_a_choice_says_why() {
    let folder = optimized("");
    let out = folder.at("out");
    let lead = || {
        let page = text(&folder, "out/report.html").replace('\u{a0}', " ");
        page.split_once("<p class=\"lead\">").unwrap().1.split_once("</p>").unwrap().0.to_owned()
    };
    std::fs::remove_file(folder.path("out/cascade.json")).unwrap();
    assert_eq!(run(&format!("report {out}")).code, Some(0));
    assert!(lead().starts_with("there is no cascade.json in this folder"), "{}", lead());
    assert!(!text(&folder, "out/report.html").contains("asked for"));

    let quick = "--max-models 2 --resolution 8";
    for (asked, said) in [
        (
            "--min-accuracy 1",
            "no cascade that was found has an accuracy of at least 1: the most accurate has ",
        ),
        ("--max-cost 1", "no cascade has a cost of at most 1 kFLOPs: the cheapest has "),
    ] {
        let ran = run(&format!("optimize {DIGITS} --out {out} {quick} {asked}"));
        assert_eq!(ran.code, Some(3));
        assert!(lead().starts_with(said), "{}", lead());
        assert!(ran.stderr.contains(&lead()), "{}: {}", ran.stderr, lead());
    }
}

#[test]
fn another_choice_has_no_diagnostics() {
    let folder = optimized("");
    let out = folder.at("out");
    let select = format!("select {out}/frontier.json --max-cost 100 --out {out}/cascade.json");
    assert_eq!(run(&select).code, Some(0));
    assert_eq!(run(&format!("report {out}")).code, Some(0));
    let page = text(&folder, "out/report.html");
    assert!(page.contains("There is no <code>diagnostics.json</code> for this cascade"));
    assert_eq!(data(&page)["diagnostics"], Value::Null);
}

#[test]
fn names_are_text_and_nothing_else() {
    let folder = Folder::new();
    let name = "</script><b>&\\\"{{ 1 }}";
    let file = |file: &str| std::path::absolute(format!("data/digits/{file}.parquet")).unwrap();
    let manifest = format!(
        "cost_unit = \"<i>\"\n[[model]]\nname = \"{name}\"\npredictions = {:?}\ncost = 1\n\
         [[model]]\nname = \"large\"\npredictions = {:?}\ncost = 9\n",
        file("cnn_s"),
        file("cnn_m")
    );
    std::fs::write(folder.path("pool.toml"), manifest).unwrap();
    let ran = run_in(folder.root(), "optimize pool.toml --out out --resolution 4");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let page = text(&folder, "out/report.html");
    assert!(!page.contains("<b>&") && !page.contains("<i>"));
    assert!(page.contains("&lt;&#x2f;script&gt;&lt;b&gt;&amp;"));
    let models = data(&page)["pool"]["models"].clone();
    assert_eq!(models[0]["name"], "</script><b>&\"{{ 1 }}");
    let ran = run_in(folder.root(), "plot out --out f.svg");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(text(&folder, "f.svg").contains("&lt;/script&gt;&lt;b&gt;&amp;"));
}

#[test]
fn odd_runs_have_a_page_and_a_figure() {
    let free = format!("{} {} {}", digits("cnn_s"), digits("cnn_m"), digits("cnn_l"));
    let costs = "--cost cnn_s=0 --cost cnn_m=1e18 --cost cnn_l=1e30";
    for options in ["", "--holdout 0", "--max-worst-case-cost 0", "--max-points 1"] {
        let folder = Folder::new();
        let out = folder.at("out");
        let ran = run(&format!("optimize {free} {costs} {options} --resolution 8 --out {out}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        for end in ["svg", "png"] {
            let ran = run(&format!("plot {out} --out {}", folder.at(&format!("f.{end}"))));
            assert_eq!(ran.code, Some(0), "{options}: {}", ran.stderr);
        }
        let figure = text(&folder, "f.svg");
        assert!(!figure.contains("NaN") && !figure.contains("inf"), "{options}: {figure}");
        assert!(data(&text(&folder, "out/report.html"))["points"].is_array());
    }
}

/// The rims of a dense frontier lie below all of its marks, so that none hides another.
#[test]
fn marks_of_a_dense_frontier_hide_none_of_each_other() {
    let folder = Folder::new();
    let out = folder.at("out");
    let dense = "--max-models 3 --max-points 0 --no-report";
    assert_eq!(run(&format!("optimize {DIGITS} --out {out} {dense}")).code, Some(0));
    assert_eq!(run(&format!("plot {out} --out {}", folder.at("f.svg"))).code, Some(0));
    let figure = text(&folder, "f.svg");
    let layers: Vec<(&str, usize)> = figure
        .lines()
        .filter_map(|line| Some((line.split_once("fill=\"")?.1.split('"').next()?, line)))
        .map(|(fill, line)| (fill, line.matches("<circle").count()))
        .collect();
    let points = folder.json("out/frontier.json")["points"].as_array().unwrap().clone();
    let gated = points.iter().filter(|it| it["stages"].as_array().unwrap().len() > 1).count();
    assert!(gated > 100, "{gated}");
    // One layer each, rims first; the legend has one mark more.
    let blue: Vec<usize> = layers.iter().filter(|it| it.0 == "#0067ad").map(|it| it.1).collect();
    assert_eq!(blue, [gated, 1]);
    let at = layers.iter().position(|it| *it == ("#0067ad", gated)).unwrap();
    assert_eq!(layers[at - 1], ("#ffffff", gated));
}

/// Of an empty frontier the page says what the terminal says.
#[test]
fn an_empty_frontier_is_said_to_be_empty() {
    let folder = Folder::new();
    let (out, chosen) = (folder.at("out"), folder.at("chosen.json"));
    let ran = run(&format!("optimize {DIGITS} --max-worst-case-cost 1 --out {out}"));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let why = "every cascade is dearer at worst than was asked for, the cheapest at 4.714 kFLOPs";
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&ran.stdout).contains(&format!("search: none; {why}")), "{}", ran.stdout);
    let page = text(&folder, "out/report.html");
    let head = page.split_once("<main>").unwrap().0;
    assert!(head.contains(&format!("<b>none</b><span>{why}</span>")), "{head}");
    assert!(!head.contains("optimal"), "{head}");
    assert!(!head.contains("no cascade of the space is better"));
    for choice in ["", "--max-cost 5", "--min-accuracy 0.5"] {
        let ran = run(&format!("select {out}/frontier.json --out {chosen} {choice}"));
        assert_eq!(ran.code, Some(3), "{choice}");
        let told = format!("committee: {out}/frontier.json: the frontier is empty: {why}\n");
        assert_eq!((ran.stderr, folder.path("chosen.json").exists()), (told, false), "{choice}");
    }
    assert_eq!(run(&format!("plot {out} --out {}", folder.at("f.svg"))).code, Some(0));
    assert!(!text(&folder, "f.svg").contains("beaten"));
}

/// The page says of the chosen cascade what the terminal says.
#[test]
fn the_page_has_the_verdict() {
    let folder = Folder::new();
    let out = folder.at("out");
    let pool = format!("{} {}", digits("cnn_l"), digits("softmax_14"));
    let line = format!("optimize {pool} --cost cnn_l=10 --cost softmax_14=5 --aggregation last");
    let ran = run(&format!("{line} --out {out}"));
    let verdict = "do not cascade: no cheaper model is sure and right often enough";
    assert!(ran.stdout.contains(verdict), "{}", ran.stdout);
    let page = text(&folder, "out/report.html");
    assert!(page.contains(&format!("<dt>verdict</dt><dd>{verdict}")));
    assert!(page.contains("<h1>Do not cascade: the chosen single model is cnn_l itself</h1>"));
    assert!(page.contains("How sure the chosen single model is"));
    // Nowhere is one model called a cascade.
    let spec = format!("{out}/cascade.json");
    let select = format!("select {out}/frontier.json --match cnn_l --out {}", folder.at("s.json"));
    for text in [&ran.stdout, &run(&select).stdout] {
        assert!(text.starts_with("is cnn_l itself: 98.83 % on 3000 held-out samples\n"), "{text}");
        assert!(text.contains("\nchosen single model:\n  [1] cnn_l "), "{text}");
        assert!(!text.contains("chosen cascade") && !text.contains("this cascade"), "{text}");
    }
    let replayed = run(&format!("replay {spec} {pool} --cost cnn_l=10 --cost softmax_14=5")).stdout;
    assert!(!replayed.contains("cascade"), "{replayed}");
}

/// What is guaranteed stands in the head of the page as in the terminal; where nothing is, why.
#[test]
fn the_page_has_the_guarantee() {
    let words = |text: &str| {
        let plain = text.replace('\u{a0}', " ").replace(';', ",").replace("&#x2f,", "/");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let head = |page: &str| words(page.split_once("</header>").unwrap().0);
    let given = "--guarantee accuracy>=0.9";
    let folder = optimized(given);
    let out = folder.at("out");
    let quick = "--max-models 3 --resolution 8";
    let again = format!("optimize {DIGITS} --out {out} {quick} {given}");
    let told = run(&again).stdout;
    let lines: Vec<&str> = told.split_once("guarantee: ").unwrap().1.lines().take(3).collect();
    let row = format!("<dt>guarantee</dt><dd>{}</dd>", words(&lines.join(", ")));
    let page = head(&text(&folder, "out/report.html")).replace("&gt,", ">");
    assert!(page.contains(&row), "{row} is not in {page}");

    // Another choice has not been tested.
    let select = format!("select {out}/frontier.json --max-cost 100 --out {out}/cascade.json");
    assert_eq!(run(&select).code, Some(0));
    assert_eq!(run(&format!("report {out}")).code, Some(0));
    let page = head(&text(&folder, "out/report.html"));
    assert!(page.contains("<dt>guarantee</dt><dd>none: this "), "{page}");

    let ran = run(&format!("optimize {DIGITS} --out {out} {quick} --guarantee accuracy>=0.99"));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let page = head(&text(&folder, "out/report.html")).replace("&gt,", ">");
    let row = "<dt>guarantee</dt><dd>no cascade of the frontier is certified for ";
    let said = page.split_once(row).unwrap().1.split_once("</dd>").unwrap().0;
    assert!(words(&ran.stderr).contains(said), "{said} is not in {}", ran.stderr);
}

/// The tiles say the figures of the terminal, in its digits, and what they are on.
#[test]
fn the_tiles_are_what_the_terminal_says() {
    let folder = Folder::new();
    for (options, on, name) in
        [("", "held out:", "held out"), ("--holdout 0", "tuning:  ", "tuning")]
    {
        let quick = "--max-models 3 --resolution 8";
        let ran = run(&format!("optimize {DIGITS} --out {} {quick} {options}", folder.at("out")));
        let page = text(&folder, "out/report.html");
        let tile = |label: &str| {
            let (_, rest) = page.split_once(&format!("<dt>{label}</dt><dd><b>")).expect(label);
            rest.split_once("</b>").unwrap().0.to_owned()
        };
        let accuracy = tile(&format!("Accuracy, {name}"));
        let cost = tile(&format!("Mean cost, {name}"));
        let worst = tile("Worst case, any sample");
        let said = format!("{on} {accuracy} at {cost}");
        assert!(ran.stdout.contains(&said), "{said} is not in {}", ran.stdout);
        assert!(ran.stdout.contains(&format!(", at worst {worst}\n")), "{worst}");
        assert!(worst.len() >= "10000 kFLOPs".len(), "not of five digits: {worst}");
    }
}

/// What the terminal says of the frontier, and what it warns of, stands in the head of the page.
#[test]
fn the_page_has_optimism_and_warnings() {
    let folder = Folder::new();
    let fitted = "--max-models 3 --resolution 16 --calibrate temperature --max-cost 300";
    let ran = run(&format!("optimize {DIGITS} --out {} {fitted}", folder.at("out")));
    let page = text(&folder, "out/report.html");
    let (head, rest) = page.split_once("</header>").unwrap();
    let words = |text: &str| {
        let plain = text.replace('\u{a0}', " ").replace("&#x2f;", "/");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (_, said) = ran.stdout.split_once("optimism: ").unwrap();
    let (optimism, _) = said.split_once("\nband:").unwrap();
    assert!(words(head).contains(&format!("<dt>optimism</dt><dd>{}", words(optimism))), "{said}");
    assert!(!rest.contains("<dt>Optimism</dt>"), "one place, one wording");
    let warnings: Vec<&str> =
        ran.stderr.lines().filter_map(|line| line.strip_prefix("warning: ")).collect();
    assert!(!warnings.is_empty(), "the quick cascade loses in a class");
    for warning in warnings {
        assert!(words(head).contains(&format!("<b>Warning</b> {warning}")), "{warning}\n{head}");
    }

    let (_, table) = rest.split_once("id=\"calibration\"").unwrap();
    let (table, _) = table.split_once("</table>").unwrap();
    let fitted = folder.json("out/frontier.json")["calibration"]["models"].clone();
    for model in fitted.as_array().unwrap() {
        let (_, row) = table
            .split_once(&format!("<th scope=\"row\">{}", model["name"].as_str().unwrap()))
            .unwrap();
        let (row, _) = row.split_once("</tr>").unwrap();
        for errors in ["tuning", "holdout"] {
            for when in ["before", "after"] {
                let shown = format!("{:.2}</td>", 100.0 * model[errors][when].as_f64().unwrap());
                assert!(row.contains(&shown), "{shown} is not in {row}");
            }
        }
    }
}

/// What a run warns of in the data is known to its files, so that another page can say it.
#[test]
fn warnings_about_the_data_last() {
    let folder = Folder::new();
    let ids: Vec<i64> = (0..40).collect();
    let labels: Vec<i64> = ids.iter().map(|id| id % 2).collect();
    let rows: Vec<[f32; 2]> =
        ids.iter().map(|id| if id % 3 == 0 { [0.2, 0.2] } else { [0.9, 0.1] }).collect();
    for name in ["a.parquet", "b.parquet"] {
        let columns = vec![
            integers("sample_id", &ids),
            integers("label", &labels),
            lists("probabilities", &rows),
        ];
        folder.write(name, columns);
    }
    let line = "optimize a.parquet b.parquet --cost a=1 --cost b=2 --out out";
    let ran = run_in(folder.root(), line);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let frontier = folder.json("out/frontier.json");
    let lasting = frontier["warnings"].as_array().unwrap();
    let [rescaled, copies, few] = lasting.as_slice() else { panic!("{lasting:?}") };
    for (warning, says) in [
        (rescaled, "14 of a, 14 of b, of 40 rows each"),
        (copies, "20 have those of one that tuned and 16 have those of another one"),
        (few, "20 samples tune and 20 are held out: what so few say"),
    ] {
        assert!(warning.as_str().unwrap().contains(says), "{warning}");
    }
    assert!(ran.stderr.lines().all(|line| line.chars().count() <= 80), "{}", ran.stderr);
    let said = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for warning in lasting {
        let warning = warning.as_str().unwrap();
        assert!(said.contains(&format!("warning: {warning}")), "{said}");
        assert!(text(&folder, "out/report.html").contains(&format!("<b>Warning</b> {warning}")));
    }
}

fn digits(model: &str) -> String {
    format!("data/digits/{model}.parquet")
}

#[test]
fn figures_are_what_their_names_say() {
    let folder = optimized("");
    let out = folder.at("out");
    for name in ["a.svg", "b.svg", "a.png", "b.png"] {
        let ran = run(&format!("plot {out} --out {}", folder.at(name)));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    }
    assert_eq!(folder.bytes("a.svg"), folder.bytes("b.svg"));
    assert_eq!(folder.bytes("a.png"), folder.bytes("b.png"));
    let svg = text(&folder, "a.svg");
    for part in ["<svg ", "cnn_l", "chosen", "kFLOPs (log scale)", "held out"] {
        assert!(svg.contains(part), "{part:?} is not in the figure");
    }
    let png = folder.bytes("a.png");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let side = |from: usize| u32::from_be_bytes(png[from..from + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (1680, 1040));
    let ran = run(&format!("plot {out} --out {}", folder.at("f.pdf")));
    assert_refused(&ran, &["--out", "ends in .svg or .png", "f.pdf"]);
    assert!(!folder.path("f.pdf").exists());
}

#[test]
fn letters_that_a_png_lacks_are_told() {
    let folder = Folder::new();
    let model = |file: &str, name: &str, cost: u32| {
        let file = std::path::absolute(format!("data/digits/{file}.parquet")).unwrap();
        format!("[[model]]\nname = {name:?}\npredictions = {file:?}\ncost = {cost}\n")
    };
    let models = [model("cnn_s", "\u{5c0f}", 50), model("cnn_l", "large", 20000)];
    let manifest = format!("cost_unit = \"kFLOPs\"\n{}", models.concat());
    std::fs::write(folder.path("pool.toml"), manifest).unwrap();
    let optimize = format!("optimize {} --resolution 8 --no-report", folder.at("pool.toml"));
    let out = folder.at("out");
    assert_eq!(run(&format!("{optimize} --out {out}")).code, Some(0));
    let plot = |name: &str| run(&format!("plot {out} --out {}", folder.at(name)));
    let png = plot("f.png");
    assert_eq!(png.code, Some(0));
    assert!(png.stderr.starts_with("note: the font of a .png lacks \u{5c0f}, "), "{}", png.stderr);
    assert_eq!(plot("f.svg").stderr, "");
}

#[test]
fn folders_without_a_run_are_refused() {
    let folder = optimized("");
    assert_refused(&run(&format!("report {}", folder.at("no"))), &["no/frontier.json"]);
    let other = Folder::new();
    std::fs::copy(folder.path("out/frontier.json"), other.path("frontier.json")).unwrap();
    let export = format!("export notebook {} --out", other.root().display());
    let ran = run(&format!("{export} {}", other.at("n.ipynb")));
    assert_refused(&ran, &["cascade.json"]);
    assert_refused(&run(&format!("{export} {}", other.at("n.py"))), &["ends in .ipynb"]);
    let mut spec = folder.json("out/cascade.json");
    spec["stages"][0]["models"][0] = "softmax_14".into();
    spec["model_costs"]["softmax_14"] = 1.into();
    std::fs::write(other.path("cascade.json"), spec.to_string()).unwrap();
    let ran = run(&format!("report {}", other.root().display()));
    assert_refused(&ran, &["cascade.json", "a cascade of the frontier.json beside it"]);
    std::fs::write(folder.path("out/diagnostics.json"), "{}").unwrap();
    let ran = run(&format!("report {}", folder.at("out")));
    assert_refused(&ran, &["diagnostics.json"]);
    let ran = run(&format!("report {0} --out {0}/frontier.json", folder.at("out")));
    assert_eq!(ran.code, Some(2));
}

#[test]
fn columns_have_units() {
    let folder = optimized("");
    let file = std::fs::File::open(folder.path("out/frontier.parquet")).unwrap();
    let mut reader = ParquetReader::new(file);
    let metadata = reader.get_metadata().unwrap().clone();
    let notes = metadata.key_value_metadata().clone().unwrap();
    let units = notes.iter().find(|note| note.key == "committee.units").unwrap();
    let units: Value = serde_json::from_str(units.value.as_deref().unwrap()).unwrap();
    let names: Vec<String> = units.as_object().unwrap().keys().cloned().collect();
    let table = folder.table("out/frontier.parquet");
    let mut columns: Vec<&str> =
        table.get_column_names().into_iter().map(|name| name.as_str()).collect();
    columns.sort_unstable();
    assert_eq!(names, columns);
    for (column, unit) in
        [("cost", "kFLOPs"), ("holdout_cost", "kFLOPs"), ("accuracy", "share"), ("stages", "count")]
    {
        assert_eq!(units[column], unit);
    }
}

/// The source of every cell, with its id.
fn sources(notebook: &Value) -> Vec<(String, Value)> {
    let cells = notebook["cells"].as_array().unwrap().iter();
    cells.map(|cell| (cell["id"].as_str().unwrap().to_owned(), cell["source"].clone())).collect()
}

#[test]
fn the_committed_notebook_is_what_export_writes_and_was_run() {
    let folder = Folder::new();
    // Beside the committed one as far as paths go.
    for name in ["frontier.json", "frontier.parquet", "cascade.json"] {
        let to = folder.path("notebooks-export/digits");
        std::fs::create_dir_all(&to).unwrap();
        std::fs::copy(Path::new("notebooks-export/digits").join(name), to.join(name)).unwrap();
    }
    let export = "export notebook notebooks-export/digits --out notebooks-export/digits.ipynb";
    let ran = run_in(folder.root(), export);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let fresh = folder.json("notebooks-export/digits.ipynb");
    let committed = std::fs::read("notebooks-export/digits.ipynb").unwrap();
    let committed: Value = serde_json::from_slice(&committed).unwrap();
    assert_eq!(sources(&fresh), sources(&committed));
    assert_eq!((&fresh["nbformat"], &fresh["nbformat_minor"]), (&4.into(), &5.into()));
    let ids: BTreeSet<String> = sources(&fresh).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), sources(&fresh).len());
    for cell in committed["cells"].as_array().unwrap() {
        if cell["cell_type"] == "code" {
            assert!(cell["execution_count"].is_u64(), "{} was not run", cell["id"]);
            let outputs = cell["outputs"].as_array().unwrap();
            assert!(outputs.iter().all(|output| output["output_type"] != "error"));
        }
    }
}

/// README, guide and notebook say how long the two references in numpy are.
#[test]
fn the_lines_of_numpy_are_counted() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let (readme, guide, spec) = (read("README.md"), read("docs/guide.md"), read("docs/spec.md"));
    let committed: Value = serde_json::from_str(&read("notebooks-export/digits.ipynb")).unwrap();
    let sources = sources(&committed);
    let cell = |id: &str| &sources.iter().find(|(name, _)| name == id).unwrap().1;
    assert_eq!(cell("run").as_array().unwrap().len(), 20);
    let claim = "in twenty lines of numpy";
    for text in [readme.as_str(), guide.as_str(), &cell("about-run").to_string()] {
        assert_eq!(text.matches(claim).count(), 1, "{text}");
    }
    let (_, rest) = spec.split_once("```python\n").unwrap();
    let lines = rest.split_once("```").unwrap().0.lines().filter(|line| !line.is_empty()).count();
    assert!(readme.contains(&format!("a reference of {lines} lines of Python with numpy")));
}

#[test]
fn the_picture_in_the_readme_is_that_of_the_main_job() {
    let folder = Folder::new();
    let out = folder.at("out");
    assert_eq!(run(&format!("optimize {DIGITS} --out {out} --no-report")).code, Some(0));
    assert_eq!(run(&format!("plot {out} --out {}", folder.at("frontier.svg"))).code, Some(0));
    let committed = std::fs::read("docs/frontier.svg").unwrap();
    assert!(folder.bytes("frontier.svg") == committed, "make it again: see CONTRIBUTING.md");
}

/// Figures are called held out where samples were held out, and nowhere else.
#[test]
fn figures_that_tuning_has_not_seen_are_called_what_they_are() {
    for (options, called) in [("--folds 2", "cross-fitted"), ("--holdout 0", "")] {
        let folder = optimized(options);
        let out = folder.at("out");
        assert_eq!(run(&format!("plot {out} --out {}", folder.at("f.svg"))).code, Some(0));
        let export = format!("export notebook {out} --out {}", folder.at("n.ipynb"));
        assert_eq!(run(&export).code, Some(0));
        let svg = text(&folder, "f.svg");
        assert!(svg.contains(called) && !svg.contains("held out"), "{options}");
        let cells = sources(&folder.json("n.ipynb"));
        let said = |id: &str| cells.iter().find(|cell| cell.0 == id).unwrap().1.to_string();
        for id in ["about-plot", "about-budget"] {
            let said = said(id);
            let expected = if called.is_empty() { "Nothing was held out" } else { called };
            assert!(said.contains(expected) && !said.contains("held-out"), "{options}: {said}");
        }
        if !called.is_empty() {
            assert!(!said("plot").contains("held out") && !said("chosen").contains("held out"));
        }
        let page = text(&folder, "out/report.html");
        let tables = page.split("<thead>").skip(1).map(|table| table.split("</thead>").next());
        for head in tables.flatten() {
            assert!(!head.contains("held out"), "{options}: {head}");
        }
    }
}
