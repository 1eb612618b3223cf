//! One pool, written and run in many ways: the results are the same.

mod common {
    pub mod program;
}

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::frontier::Goal;
use committee::pool::{Chunk, Pool, PoolSource};
use committee::search::{Options, Resolution, Scope, Silent};
use committee::spec::wire::{Frontier, Point, Spec};
use committee::trust::Holdout;
use committee::{Judging, Settings, optimize};
use common::program::{DIGITS, Folder, committee, integers, lists, run};
use polars::prelude::*;
use rand::SeedableRng;
use rand::seq::SliceRandom;

const FILES: [&str; 5] =
    ["cascade.json", "frontier.csv", "frontier.json", "frontier.parquet", "diagnostics.json"];

/// Three of the digits' models in the order of their names: ids, labels and scores.
fn three_models() -> (Vec<i64>, Vec<i64>, Chunk) {
    let names = ["cnn_l", "cnn_m", "cnn_s"];
    let source = PoolSource::Files {
        files: names.map(|name| format!("data/digits/{name}.parquet").into()).to_vec(),
        costs: names.map(str::to_owned).into_iter().zip([1.0, 2.0, 3.0]).collect(),
        cost_unit: "u".into(),
    };
    let pool = Pool::open(&source, None).unwrap();
    let mut chunk = pool.read(0..1500).unwrap();
    for scores in &mut chunk.scores {
        // What 16 bits hold exactly, 32 and 64 bits do too.
        scores.values.mapv_inplace(|score| (score * 16.0).round() / 16.0);
    }
    let labels = chunk.positions.iter().map(|&at| pool.labels()[at as usize].into()).collect();
    (chunk.positions.iter().map(|&at| at.into()).collect(), labels, chunk)
}

/// How a file stores its scores.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Lists,
    FixedLists,
    Wide,
}

/// One model's file, its rows in an order drawn from `seed`.
fn columns(
    (ids, labels, chunk): &(Vec<i64>, Vec<i64>, Chunk),
    model: usize,
    layout: Layout,
    float: &DataType,
    seed: Option<u64>,
) -> Vec<Column> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    if let Some(seed) = seed {
        order.shuffle(&mut rand_chacha::ChaCha8Rng::seed_from_u64(seed));
    }
    let at = |values: &[i64]| order.iter().map(|&row| values[row]).collect::<Vec<_>>();
    let scores = &chunk.scores[model].values;
    let rows: Vec<Vec<f32>> = order.iter().map(|&row| scores.row(row).to_vec()).collect();
    let list = || lists("logits", &rows).cast(&DataType::List(Box::new(float.clone()))).unwrap();
    let classes = scores.ncols();
    let mut columns = vec![integers("sample_id", &at(ids)), integers("label", &at(labels))];
    match layout {
        Layout::Lists => columns.push(list()),
        Layout::FixedLists => {
            columns.push(list().cast(&DataType::Array(Box::new(float.clone()), classes)).unwrap());
        }
        Layout::Wide => columns.extend((0..classes).map(|class| {
            let values: Vec<f32> = rows.iter().map(|row| row[class]).collect();
            Column::new(format!("logit_{class}").into(), values).cast(float).unwrap()
        })),
    }
    columns
}

/// The frontier of the three models' files in `folder`.
fn points(folder: &Folder) -> Vec<Point> {
    let names = ["m0", "m1", "m2"];
    let source = PoolSource::Files {
        files: names.map(|name| folder.path(&format!("{name}.parquet"))).to_vec(),
        costs: names.map(str::to_owned).into_iter().zip([19420.938, 732.266, 52.538]).collect(),
        cost_unit: "kFLOPs".into(),
    };
    let scope = Scope {
        max_models: 3,
        aggregations: Aggregation::ALL.to_vec(),
        confidences: ConfidenceMeasure::ALL.to_vec(),
        fit: Fit::RAW,
        max_worst_case_cost: None,
    };
    let resolution = Resolution::Quantiles(16);
    let settings = Settings {
        options: Options { scope, resolution, gap: 0.0, time_limit: None },
        holdout: Holdout::Share(0.3),
        seed: 1,
        max_points: 0,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    };
    let pool = Pool::open(&source, None).unwrap();
    optimize(&pool, &settings, &Silent).unwrap().frontier.points
}

#[test]
fn order_layout_and_width_change_nothing() {
    let models = three_models();
    let folder = Folder::new();
    let write = |layout, float: &DataType, seed: Option<u64>| {
        for model in 0..3 {
            let seed = seed.map(|seed| seed + model as u64);
            let columns = columns(&models, model, layout, float, seed);
            folder.write(&format!("m{model}.parquet"), columns);
        }
    };
    write(Layout::Lists, &DataType::Float32, None);
    let expected = points(&folder);
    assert!(expected.len() > 5, "{}", expected.len());
    for layout in [Layout::Lists, Layout::FixedLists, Layout::Wide] {
        for float in [DataType::Float16, DataType::Float32, DataType::Float64] {
            for seed in [None, Some(7)] {
                write(layout, &float, seed);
                assert!(points(&folder) == expected, "{layout:?} of {float}, seed {seed:?}");
            }
        }
    }
    // Different ones in one pool.
    let mixed = [Layout::Lists, Layout::FixedLists, Layout::Wide];
    let floats = [DataType::Float16, DataType::Float64, DataType::Float32];
    for (model, (layout, float)) in mixed.into_iter().zip(&floats).enumerate() {
        let columns = columns(&models, model, layout, float, Some(model as u64));
        folder.write(&format!("m{model}.parquet"), columns);
    }
    assert!(points(&folder) == expected);
}

#[test]
fn threads_change_no_byte() {
    let options = [
        "--max-models 2",
        "--max-models 3 --resolution 12 --confidence max_prob,margin,logit_margin,entropy",
        "--max-models 3 --aggregation mean_logits --max-worst-case-cost 1000",
        "--max-models 2 --folds 3",
        "--max-models 2 --calibrate temperature --weights",
    ];
    for options in options {
        let folder = Folder::new();
        let mut first: Option<Vec<Vec<u8>>> = None;
        for threads in [1, 2, 7] {
            let out = folder.at("out");
            let line = format!("optimize {DIGITS} --out {out} {options} --threads {threads}");
            assert_eq!(run(&line).code, Some(0));
            let mut frontier = folder.json("out/frontier.json");
            let seconds = frontier["search"].as_object_mut().unwrap().remove("seconds");
            assert!(seconds.is_some());
            std::fs::write(folder.path("out/frontier.json"), frontier.to_string()).unwrap();
            let bytes = FILES.map(|name| folder.bytes(&format!("out/{name}"))).to_vec();
            let first = first.get_or_insert_with(|| bytes.clone());
            for ((name, bytes), first) in FILES.iter().zip(&bytes).zip(first) {
                assert!(bytes == first, "{name} differs with {threads} threads, {options}");
            }
        }
    }
}

/// Runs are ended at points that they reach on machines of any speed: at a pipe that stands in
/// for a file and that nobody reads, or in a search that does not end by itself.
#[cfg(unix)]
mod ended {
    use super::*;

    /// Starts a search with `options`.
    fn start(folder: &Folder, options: &str) -> Child {
        let mut program = Command::new(committee([""; 0]).get_program());
        program.args(["optimize", DIGITS, "--out", &folder.at("out")]);
        program.args(options.split_whitespace());
        program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// A quick one, of another frontier than that which is there.
    const QUICK: &str = "--max-models 3 --resolution 8";

    /// One that goes on for longer than any test.
    const ENDLESS: &str = "--max-models 7 --time-limit inf";

    /// A folder with the results of an earlier run, and these by name.
    fn earlier() -> (Folder, Vec<Vec<u8>>) {
        let folder = Folder::new();
        let out = folder.at("out");
        assert_eq!(run(&format!("optimize {DIGITS} --max-models 2 --out {out}")).code, Some(0));
        let before = contents(&folder);
        (folder, before)
    }

    fn contents(folder: &Folder) -> Vec<Vec<u8>> {
        FILES.map(|name| folder.bytes(&format!("out/{name}"))).to_vec()
    }

    fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
        for _ in 0..60_000 {
            if is_so() {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("two minutes have passed, and not yet: {what}");
    }

    fn interrupt(child: &Child) {
        let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(signal.unwrap().success());
    }

    /// How the program ended, and what it said.
    fn end(mut child: Child) -> (Option<i32>, String) {
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (child.wait().unwrap().code(), said)
    }

    /// Puts a pipe in the place of the table that is written third, and starts a run that is to
    /// stop there: the files before it have taken their places, those after it have not.
    fn stopped_half_way(folder: &Folder, before: &[Vec<u8>]) -> Child {
        let pipe = folder.path("out/frontier.csv");
        std::fs::remove_file(&pipe).unwrap();
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let child = start(folder, QUICK);
        wait_until("the second file is new", || folder.bytes("out/frontier.parquet") != before[3]);
        child
    }

    fn assert_readable(folder: &Folder) {
        Frontier::read(&folder.path("out/frontier.json")).unwrap();
        Spec::read(&folder.path("out/cascade.json")).unwrap();
        assert!(folder.table("out/frontier.parquet").height() > 0);
    }

    fn leftovers(folder: &Folder) -> usize {
        let names = std::fs::read_dir(folder.path("out")).unwrap().flatten();
        names.filter(|entry| entry.file_name().to_string_lossy().starts_with(".committee-")).count()
    }

    #[test]
    fn a_run_killed_in_its_search_changes_nothing() {
        let (folder, before) = earlier();
        for delay in [0, 100] {
            let mut child = start(&folder, ENDLESS);
            std::thread::sleep(Duration::from_millis(delay));
            child.kill().unwrap();
            child.wait().unwrap();
            assert!(contents(&folder) == before);
        }
    }

    #[test]
    fn a_run_killed_while_it_writes_leaves_whole_files() {
        let (folder, before) = earlier();
        let mut child = stopped_half_way(&folder, &before);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_readable(&folder);
        // The specification and the diagnostics are old, and what was to replace them is left over.
        for (place, name) in [(0, "out/cascade.json"), (4, "out/diagnostics.json")] {
            assert!(folder.bytes(name) == before[place], "{name}");
        }
        assert!(folder.bytes("out/frontier.json") != before[2]);
        assert!(leftovers(&folder) > 0);

        std::fs::remove_file(folder.path("out/frontier.csv")).unwrap();
        let out = folder.at("out");
        assert_eq!(run(&format!("optimize {DIGITS} {QUICK} --out {out}")).code, Some(0));
        assert_eq!(leftovers(&folder), 0, "the next run clears them");
    }

    #[test]
    fn an_interrupted_search_writes_what_it_has() {
        let (folder, before) = earlier();
        // How long it reads before it searches is not known: wait longer until it does search.
        let mut delay = 50;
        loop {
            let child = start(&folder, ENDLESS);
            std::thread::sleep(Duration::from_millis(delay));
            interrupt(&child);
            match end(child) {
                (Some(0), _) => break,
                // Before it listens, the signal ends it, and while it reads too.
                (None | Some(130), said) => assert!(contents(&folder) == before, "{said}"),
                (other, said) => panic!("ended with {other:?}: {said}"),
            }
            delay *= 2;
            assert!(delay < 120_000, "it never searches");
        }
        assert_readable(&folder);
        assert_eq!(folder.json("out/frontier.json")["search"]["status"], "interrupted");
    }

    #[test]
    fn interrupted_twice_while_it_writes_it_writes_all() {
        let (folder, before) = earlier();
        let child = stopped_half_way(&folder, &before);
        interrupt(&child);
        interrupt(&child);
        // Whoever reads the pipe lets it go on.
        let table = std::fs::read_to_string(folder.path("out/frontier.csv")).unwrap();
        let (code, said) = end(child);
        assert!(matches!(code, Some(0 | 130)), "{code:?}: {said}");
        assert_readable(&folder);
        assert_eq!(leftovers(&folder), 0);
        let points = folder.json("out/frontier.json")["points"].as_array().unwrap().len();
        assert_eq!(table.lines().count(), points + 1);
        assert!(folder.bytes("out/diagnostics.json") != before[4]);
    }
}
