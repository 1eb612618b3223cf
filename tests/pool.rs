//! Pools: every layout reads the same, and everything that does not fit is named.

use std::path::{Path, PathBuf};

use committee::pool::{Chunk, Kind, Pool, PoolSource, SampleIds, Values, write_table};
use polars::prelude::*;

const SCORES: [[f32; 3]; 4] =
    [[0.5, 1.5, -2.0], [3.0, 0.25, 1.0], [-1.0, -0.5, 4.0], [2.0, 2.0, 0.0]];
const LABELS: [i64; 4] = [1, 0, 2, 0];
const IDS: [i64; 4] = [10, 20, 30, 40];

/// A folder of predictions files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, columns: Vec<Column>) {
        self.write_groups(name, columns, None);
    }

    fn write_groups(&self, name: &str, columns: Vec<Column>, rows_per_group: Option<usize>) {
        let file = std::fs::File::create(self.path(name)).unwrap();
        let mut frame = DataFrame::new_infer_height(columns).unwrap();
        ParquetWriter::new(file).with_row_group_size(rows_per_group).finish(&mut frame).unwrap();
    }

    fn manifest(&self, text: &str) -> PoolSource {
        std::fs::write(self.path("pool.toml"), text).unwrap();
        PoolSource::Manifest(self.path("pool.toml"))
    }

    fn files(&self, names: &[&str]) -> PoolSource {
        let stem = |name: &&str| Path::new(name).file_stem().unwrap().to_str().unwrap().to_owned();
        PoolSource::Files {
            files: names.iter().map(|name| self.path(name)).collect(),
            costs: names.iter().map(stem).zip((1..).map(f64::from)).collect(),
            cost_unit: "GFLOPs".into(),
        }
    }

    /// The pool of `a.parquet` and `b.parquet`.
    fn pair(&self) -> PoolSource {
        self.files(&["a.parquet", "b.parquet"])
    }
}

fn read(source: &PoolSource) -> committee::Result<Chunk> {
    Pool::open(source, None)?.read_all()
}

/// Asserts that opening and reading `source` fails with all of `parts` in one line.
#[track_caller]
fn fails(source: &PoolSource, parts: &[&str]) {
    let message = read(source).expect_err("this pool is wrong").to_string();
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    assert_eq!(message.lines().count(), 1, "{message}");
}

fn ids(values: &[i64]) -> Column {
    Column::new("sample_id".into(), values)
}

fn labels(values: &[i64]) -> Column {
    Column::new("label".into(), values)
}

fn lists<R: AsRef<[f32]>>(name: &str, rows: &[R]) -> Column {
    let rows: Vec<Series> = rows.iter().map(|r| Series::new("".into(), r.as_ref())).collect();
    Column::new(name.into(), rows)
}

fn wide(prefix: &str, rows: &[[f32; 3]], dtype: &DataType) -> Vec<Column> {
    let column = |class: usize| {
        let values: Vec<f32> = rows.iter().map(|row| row[class]).collect();
        Column::new(format!("{prefix}{class}").into(), values).cast(dtype).unwrap()
    };
    // Any order of columns will do.
    [2, 0, 1].map(column).into()
}

/// Ids, labels and `scores`.
fn table(scores: Vec<Column>) -> Vec<Column> {
    [ids(&IDS), labels(&LABELS)].into_iter().chain(scores).collect()
}

fn good() -> Vec<Column> {
    table(vec![lists("logits", &SCORES)])
}

/// A folder with a good `a.parquet`, and `b.parquet` as given.
fn with_b(columns: Vec<Column>) -> Folder {
    let folder = Folder::new();
    folder.write("a.parquet", good());
    folder.write("b.parquet", columns);
    folder
}

#[track_caller]
fn b_fails(columns: Vec<Column>, parts: &[&str]) {
    fails(&with_b(columns).pair(), parts);
}

#[test]
fn all_layouts_and_widths_agree() {
    for float in [DataType::Float16, DataType::Float32, DataType::Float64] {
        let list = lists("logits", &SCORES).cast(&DataType::List(Box::new(float.clone()))).unwrap();
        let array = list.cast(&DataType::Array(Box::new(float.clone()), 3)).unwrap();
        for scores in [vec![list], vec![array], wide("logit_", &SCORES, &float)] {
            let chunk = read(&with_b(table(scores)).pair()).unwrap();
            assert_eq!(chunk.scores[0], chunk.scores[1], "{float}");
            assert_eq!(chunk.scores[1].kind, Kind::Logits);
            let values: Vec<f32> = SCORES.concat();
            assert_eq!(chunk.scores[1].values.as_slice().unwrap(), values);
        }
    }
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let folder = Folder::new();
    let order = [2, 0, 3, 1];
    let shuffled = vec![
        ids(&order.map(|row| IDS[row])),
        labels(&order.map(|row| LABELS[row])),
        lists("logits", &order.map(|row| SCORES[row])),
    ];
    folder.write("a.parquet", good());
    folder.write("shuffled.parquet", shuffled);
    for names in [["a.parquet", "shuffled.parquet"], ["shuffled.parquet", "b.parquet"]] {
        std::fs::copy(folder.path("a.parquet"), folder.path("b.parquet")).unwrap();
        // Whichever name comes first gives the stored order.
        let renamed = folder.path("0.parquet");
        std::fs::copy(folder.path(names[0]), &renamed).unwrap();
        let pool = Pool::open(&folder.files(&["0.parquet", names[1]]), None).unwrap();
        assert_eq!(pool.ids(), &SampleIds::Integers(IDS.map(i128::from).to_vec()));
        assert_eq!(pool.labels(), LABELS.map(|label| label as u32));
        let chunk = pool.read(1..4).unwrap();
        for scores in &chunk.scores {
            for (row, position) in scores.values.rows().into_iter().zip(&chunk.positions) {
                assert_eq!(row.to_vec(), SCORES[*position as usize]);
            }
        }
    }
}

#[test]
fn pieces_equal_the_whole_across_row_groups() {
    let folder = Folder::new();
    let rows: Vec<[f32; 3]> = (0..1000).map(|i| [i as f32, 0.5, -(i as f32)]).collect();
    let label = labels(&vec![0; 1000]);
    let list = vec![label.clone(), lists("logits", &rows)];
    let columns = [vec![label], wide("logit_", &rows, &DataType::Float32)].concat();
    folder.write_groups("a.parquet", list, Some(64));
    folder.write_groups("b.parquet", columns, Some(300));
    let pool = Pool::open(&folder.pair(), None).unwrap();
    assert_eq!(pool.ids(), &SampleIds::Positions(1000));
    assert_eq!(pool.chunks().first(), Some(&(0..1000)));
    let whole = pool.read_all().unwrap();
    assert_eq!(whole.scores[0], whole.scores[1]);
    for rows in [0..1, 63..65, 299..301, 100..900, 999..1000] {
        let piece = pool.read(rows.clone()).unwrap();
        assert_eq!(piece.positions, rows.clone().map(|row| row as u32).collect::<Vec<_>>());
        for (piece, whole) in piece.scores.iter().zip(&whole.scores) {
            let expected = whole.values.slice_axis(ndarray::Axis(0), rows.clone().into());
            assert_eq!(piece.values, expected);
        }
    }
}

#[test]
fn long_row_groups_are_held_and_read_the_same() {
    let folder = Folder::new();
    let rows: Vec<Vec<f32>> = (0..2500).map(|i| vec![i as f32; 4096]).collect();
    let columns = vec![labels(&vec![7; 2500]), lists("logits", &rows)];
    folder.write_groups("a.parquet", columns.clone(), Some(500));
    folder.write_groups("b.parquet", columns, None);
    let pool = Pool::open(&folder.pair(), None).unwrap();
    assert_eq!(pool.chunks(), [0..1000, 1000..2000, 2000..2500]);
    for rows in pool.chunks() {
        let chunk = pool.read(rows).unwrap();
        assert_eq!(chunk.scores[0], chunk.scores[1]);
    }
}

#[test]
fn probabilities_are_normalised() {
    let rows = [[0.2_f32, 0.3, 0.5], [0.0, 0.0, 0.0], [0.2, 0.2, 0.0], [1.0005, -0.0005, 0.0]];
    for scores in [vec![lists("probabilities", &rows)], wide("prob_", &rows, &DataType::Float32)] {
        let chunk = read(&with_b(table(scores)).pair()).unwrap();
        let [logits, probabilities] = chunk.scores.as_slice() else { panic!("two models") };
        assert_eq!((logits.kind, logits.rescaled), (Kind::Logits, 0));
        assert_eq!((probabilities.kind, probabilities.rescaled), (Kind::Probabilities, 2));
        let expected =
            [[0.2, 0.3, 0.5], [1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]];
        for (row, expected) in probabilities.values.rows().into_iter().zip(expected) {
            assert!(row.iter().zip(expected).all(|(p, e)| (p - e).abs() < 1e-6), "{row}");
        }
    }
    let off = [[0.2, 0.3, 0.5], [0.2, -0.002, 0.8], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]];
    let parts = ["b.parquet", "row 1 (from 0)", "class 1", "-0.002"];
    b_fails(table(vec![lists("probabilities", &off)]), &parts);
}

#[test]
fn a_manifest_names_costs_kinds_and_labels() {
    let folder = Folder::new();
    folder.write("one.parquet", vec![ids(&IDS), lists("probabilities", &[[0.2_f32, 0.8]; 4])]);
    folder.write("two.parquet", vec![ids(&IDS), lists("logits", &[[1.0_f32, 2.0]; 4])]);
    folder.write("labels.parquet", vec![ids(&[40, 30, 20, 10]), labels(&[0, 1, 1, 1])]);
    let text = r#"
        cost_unit = "MMACs"
        labels = "labels.parquet"
        [[model]]
        name = "z"
        predictions = "one.parquet"
        kind = "probabilities"
        cost = { mmacs = 3, latency_ms = 0.5 }
        [[model]]
        name = "a"
        predictions = "two.parquet"
        cost = { mmacs = 7.5, latency_ms = 0 }
    "#;
    let source = folder.manifest(text);
    let pool = Pool::open(&source, None).unwrap();
    let names: Vec<_> = pool.models().iter().map(|m| (m.name.as_str(), m.cost)).collect();
    assert_eq!(names, [("a", 7.5), ("z", 3.0)]);
    assert_eq!((pool.cost_unit(), pool.cost_axis()), ("MMACs", "mmacs"));
    assert_eq!(pool.cost_axes(), ["latency_ms", "mmacs"]);
    assert_eq!(pool.labels(), [1, 1, 1, 0]);
    let kinds: Vec<_> = pool.read_all().unwrap().scores.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [Kind::Logits, Kind::Probabilities]);
    let inputs = pool.inputs().unwrap();
    let files = ["pool.toml", "labels.parquet", "two.parquet", "one.parquet"];
    assert_eq!(
        inputs.iter().map(|f| f.path.clone()).collect::<Vec<_>>(),
        files.map(|f| folder.path(f))
    );
    assert_eq!(inputs[0].bytes, text.len() as u64);
    assert!(inputs.iter().all(|file| file.sha256.len() == 64));

    let latency = Pool::open(&source, Some("latency_ms")).unwrap();
    assert_eq!((latency.cost_unit(), latency.models()[1].cost), ("latency_ms", 0.5));
    let error = Pool::open(&source, Some("joules")).err().unwrap().to_string();
    assert!(error.contains("\"joules\"") && error.contains("\"latency_ms\", \"mmacs\""), "{error}");

    let other_unit = folder.manifest(&text.replace("MMACs", "GFLOPs"));
    fails(&other_unit, &["\"latency_ms\", \"mmacs\"", "--cost-axis"]);
    let no_kind = folder.manifest(&text.replace("kind =", "# kind ="));
    fails(&no_kind, &["one.parquet", "kind = \"logits\"", "probabilities"]);
}

#[test]
fn a_wrong_manifest_is_named() {
    let folder = with_b(good());
    let model = |name: &str, cost: &str| {
        format!("[[model]]\nname = \"{name}\"\npredictions = \"{name}.parquet\"\n{cost}\n")
    };
    let pool = |a: &str, b: &str| {
        folder.manifest(&format!("cost_unit = \"u\"\n{}{}", model("a", a), model("b", b)))
    };
    assert!(read(&pool("cost = 0", "cost = 2")).is_ok());
    fails(&pool("cost = 1", ""), &["\"b\"", "no cost"]);
    fails(&pool("cost = 1", "cost = -2"), &["\"b\"", "-2", "at least 0"]);
    fails(&pool("cost = nan", "cost = 2"), &["\"a\"", "NaN"]);
    fails(&pool("cost = inf", "cost = 2"), &["\"a\"", "inf"]);
    fails(&pool("cost = 0", "cost = 0"), &["\"a\", \"b\"", "nothing to save"]);
    fails(
        &pool("cost = { u = 1, v = 2 }", "cost = { v = 1 }"),
        &[
            "cost axis \"u\": model \"b\" lacks it: expected a cost on it for every model, as on \"v\"",
        ],
    );
    fails(&pool("cost = \"x\"", "cost = 1"), &["pool.toml", "line 5", "number or a table"]);
    fails(&pool("cost = 1\nflops = 3", "cost = 1"), &["pool.toml", "line 6", "flops"]);
    fails(&pool("cost = 1", "cost = ="), &["pool.toml", "line 9"]);
    fails(&pool("cost = 1\nkind = \"odds\"", "cost = 1"), &["pool.toml", "odds", "probabilities"]);
    let one = folder.manifest(&format!("cost_unit = \"u\"\n{}", model("a", "cost = 1")));
    fails(&one, &["two models", "1"]);
    let twice = format!("cost_unit = \"u\"\n{0}{0}", model("a", "cost = 1"));
    fails(&folder.manifest(&twice), &["\"a\"", "twice"]);
    let gone = format!("cost_unit = \"u\"\n{}{}", model("a", "cost = 1"), model("c", "cost = 1"));
    fails(
        &folder.manifest(&gone),
        &[
            "c.parquet: no such file, expected the Parquet file of model \"c\", named by ",
            "pool.toml",
        ],
    );
    fails(
        &PoolSource::Manifest(folder.path("none.toml")),
        &["none.toml: no such file, expected the manifest"],
    );
    let labels = |file: &str| {
        let models = format!("{}{}", model("a", "cost = 1"), model("b", "cost = 1"));
        folder.manifest(&format!("cost_unit = \"u\"\nlabels = {file:?}\n{models}"))
    };
    fails(
        &labels("d.parquet"),
        &["d.parquet: no such file, expected the Parquet file of the labels, named by"],
    );
}

#[test]
fn wrong_costs_of_files_are_named() {
    let folder = Folder::new();
    folder.write("resnet20.parquet", good());
    folder.write("resnet32.parquet", good());
    let files = ["resnet20.parquet", "resnet32.parquet"].map(|name| folder.path(name)).to_vec();
    let pool = |costs: &[(&str, f64)]| PoolSource::Files {
        files: files.clone(),
        costs: costs.iter().map(|(name, cost)| ((*name).to_owned(), *cost)).collect(),
        cost_unit: "u".into(),
    };
    let both = [("resnet20", 1.0), ("resnet32", 2.0)];
    assert!(read(&pool(&both)).is_ok());
    fails(&pool(&both[..1]), &["\"resnet32\"", "no cost"]);
    fails(&pool(&[both[0], both[1], both[0]]), &["resnet20", "twice"]);
    fails(&pool(&[("resnt32", 1.0)]), &["\"resnt32\"", "did you mean \"resnet32\"?"]);
    fails(&pool(&[("vit", 1.0)]), &["\"vit\"", "\"resnet20\", \"resnet32\""]);
    std::fs::create_dir(folder.path("x")).unwrap();
    folder.write("x/resnet20.parquet", good());
    fails(&folder.files(&["resnet20.parquet", "x/resnet20.parquet"]), &["\"resnet20\"", "twice"]);
    fails(&folder.files(&["resnet20.parquet"]), &["two models"]);
}

#[test]
fn wrong_scores_are_named() {
    let b = "b.parquet";
    let scores = |rows: [Vec<f32>; 4]| table(vec![lists("logits", &rows)]);
    let [r0, r1, r2, r3] = SCORES.map(|row| row.to_vec());
    b_fails(table(vec![]), &[b, "no scores", "\"sample_id\", \"label\""]);
    let both = [vec![lists("logits", &SCORES)], wide("logit_", &SCORES, &DataType::Float32)];
    b_fails(table(both.concat()), &[b, "\"logits\"", "\"logit_0\""]);
    let kinds = vec![lists("logits", &SCORES), lists("probabilities", &SCORES)];
    b_fails(table(kinds), &[b, "both logits and probabilities"]);
    let gap = wide("logit_", &SCORES, &DataType::Float32)[..2].to_vec();
    b_fails(table(gap), &[b, "\"logit_1\" is missing"]);
    let integers = wide("logit_", &SCORES, &DataType::Int32);
    b_fails(table(integers), &[b, "\"logit_0\" is int32", "floats"]);
    let integers = lists("logits", &SCORES).cast(&DataType::List(Box::new(DataType::Int64)));
    b_fails(table(vec![integers.unwrap()]), &[b, "lists of int64", "lists of floats"]);
    let ragged = scores([r0.clone(), r1.clone(), vec![1.0], r3.clone()]);
    b_fails(ragged, &[b, "1 score in row 2 (from 0)", "expected 3"]);
    b_fails(table(vec![lists("logits", &[[1.0_f32]; 4])]), &[b, "1 class", "at least 2"]);
    b_fails(table(vec![lists("logits", &[[1.0_f32; 5]; 4])]), &["\"a\" has 3", "\"b\" has 5"]);
    let nan = scores([r0.clone(), vec![0.0, 1.0, f32::NAN], vec![f32::NAN; 3], r3.clone()]);
    b_fails(nan, &[b, "row 1 (from 0)", "class 2", "NaN"]);
    let infinite = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, f32::INFINITY, 0.0], [0.0, 0.0, 0.0]];
    b_fails(table(wide("logit_", &infinite, &DataType::Float64)), &[b, "row 2", "class 1", "inf"]);
    let mut huge = wide("logit_", &SCORES, &DataType::Float64);
    huge[1] = Column::new("logit_0".into(), [0.0, 1e300, 0.0, 0.0]);
    b_fails(table(huge), &[b, "row 1 (from 0)", "class 0", "at most 1e37"]);

    let rows = [Some(&r0), Some(&r1), None, Some(&r2)];
    let rows: Vec<Option<Series>> =
        rows.iter().map(|row| row.map(|row| Series::new("".into(), row))).collect();
    b_fails(
        table(vec![Column::new("logits".into(), rows)]),
        &[b, "\"logits\" is null in row 2 (from 0), expected a value in every row"],
    );
    let full = Series::new("".into(), r0);
    let holed = Series::new("".into(), [Some(1.0_f32), None, None]);
    let list = Column::new("logits".into(), [full.clone(), holed, full.clone(), full]);
    let array = list.cast(&DataType::Array(Box::new(DataType::Float32), 3)).unwrap();
    for column in [list, array] {
        b_fails(table(vec![column]), &[b, "null at class 1 of row 1 (from 0)"]);
    }
    let mut columns = wide("logit_", &SCORES, &DataType::Float32);
    columns[0] = Column::new("logit_2".into(), [Some(1.0_f32), None, Some(1.0), None]);
    b_fails(table(columns), &[b, "\"logit_2\" is null in row 1"]);
}

#[test]
fn a_wrong_score_in_another_order_keeps_its_own_row() {
    let scores = [[0.0; 3], [0.0, f32::NAN, 0.0], [0.0; 3], [0.0; 3]];
    let columns = vec![ids(&[40, 30, 20, 10]), labels(&[0, 2, 0, 1]), lists("logits", &scores)];
    b_fails(columns, &["b.parquet", "row 1 (from 0)", "class 1"]);
}

#[test]
fn wrong_samples_are_named() {
    let scores = || lists("logits", &SCORES);
    let b = "b.parquet";
    let with_ids = |column: Column| vec![column, labels(&LABELS), scores()];
    b_fails(with_ids(ids(&[10, 20, 10, 40])), &[b, "sample_id 10", "row 0", "row 2", "unique"]);
    b_fails(
        with_ids(ids(&[10, 20, 35, 45])),
        &["a.parquet", b, "2 samples of the first not in the second", "sample_id 30"],
    );
    b_fails(vec![labels(&LABELS), scores()], &["a.parquet", b, "only the first", "sample_id"]);
    let text = Column::new("sample_id".into(), ["10", "20", "30", "40"]);
    b_fails(with_ids(text), &["a.parquet", b, "integer", "string"]);
    let null = Column::new("sample_id".into(), [Some(10_i64), None, Some(30), Some(40)]);
    b_fails(with_ids(null), &[b, "\"sample_id\" is null in row 1"]);
    let float = Column::new("sample_id".into(), [10.0, 20.0, 30.0, 40.0]);
    b_fails(with_ids(float), &[b, "float64", "integers or strings"]);
    let more = [10, 20, 30, 40, 50];
    let five = vec![ids(&more), labels(&[1, 0, 2, 0, 0]), lists("logits", &[[0.0_f32; 3]; 5])];
    b_fails(five, &[b, "1 sample of the second not in the first", "sample_id 50"]);
    let folder = Folder::new();
    folder.write("a.parquet", vec![labels(&LABELS), scores()]);
    folder.write("b.parquet", vec![labels(&[0; 3]), lists("logits", &[[0.0_f32; 3]; 3])]);
    fails(&folder.pair(), &["a.parquet", b, "4 rows and 3 rows"]);
    let none: Vec<Column> = good().iter().map(|column| column.head(Some(0))).collect();
    b_fails(none, &[b, "no rows"]);
}

#[test]
fn ids_of_any_integer_type_or_strings_are_matched() {
    for dtype in [DataType::Int32, DataType::UInt32, DataType::UInt64] {
        let columns = vec![ids(&IDS).cast(&dtype).unwrap(), lists("logits", &SCORES)];
        assert!(read(&with_b(columns).pair()).is_ok());
    }
    let folder = Folder::new();
    for (name, ids) in [("a.parquet", ["b", "a", "d", "c"]), ("b.parquet", ["d", "c", "b", "a"])] {
        let columns = vec![Column::new("sample_id".into(), ids), lists("logits", &SCORES)];
        folder.write(name, [columns, vec![labels(&[0; 4])]].concat());
    }
    let pool = Pool::open(&folder.pair(), None).unwrap();
    let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    assert_eq!(pool.ids(), &SampleIds::Strings(names));
    let chunk = pool.read_all().unwrap();
    assert_eq!(chunk.positions, [1, 0, 3, 2]);
    assert_eq!(chunk.scores[1].values.row(0).to_vec(), SCORES[2]);
}

#[test]
fn wrong_labels_are_named() {
    let b = "b.parquet";
    let with_labels = |column: Column| vec![ids(&IDS), column, lists("logits", &SCORES)];
    b_fails(with_labels(labels(&[1, 0, 3, 0])), &[b, "label 3 in row 2 (from 0)", "0 to 2"]);
    b_fails(with_labels(labels(&[1, -1, 2, 0])), &[b, "label -1 in row 1 (from 0)"]);
    let other = labels(&[1, 0, 1, 0]);
    b_fails(with_labels(other), &["a.parquet", b, "sample_id 30", "label 2", "1 in the second"]);
    let null = Column::new("label".into(), [Some(1_i64), Some(0), Some(2), None]);
    b_fails(with_labels(null), &[b, "\"label\" is null in row 3"]);
    let float = Column::new("label".into(), [1.0, 0.0, 2.0, 0.0]);
    b_fails(with_labels(float), &[b, "float64", "integers", "cast"]);
    let folder = Folder::new();
    for name in ["a.parquet", "b.parquet"] {
        folder.write(name, vec![ids(&IDS), lists("logits", &SCORES)]);
    }
    fails(&folder.pair(), &["label", "sample_id"]);
    let manifest = r#"
        cost_unit = "u"
        labels = "a.parquet"
        model = [
            { name = "a", predictions = "a.parquet", cost = 1 },
            { name = "b", predictions = "b.parquet", cost = 2 },
        ]"#;
    fails(&folder.manifest(manifest), &["a.parquet", "no column \"label\"", "\"logits\""]);
}

#[test]
fn a_null_in_a_column_about_samples_is_named() {
    let told = " is null in row 2 (from 0), expected a value in every row";
    let fails = |column: Column, read: &dyn Fn(&Pool) -> committee::Result<()>| {
        let name = column.name().to_string();
        let folder = with_b([good(), vec![column]].concat());
        let pool = Pool::open(&folder.pair(), None).unwrap();
        let message = read(&pool).expect_err("a value is missing").to_string();
        assert!(message.ends_with(&format!("b.parquet: column {name:?}{told}")), "{message}");
    };
    let groups = |pool: &Pool| pool.groups().map(drop);
    fails(Column::new("group".into(), [Some("x"), Some("y"), None, None]), &groups);
    fails(Column::new("group".into(), [Some(7_i64), Some(8), None, Some(7)]), &groups);
    let part = |pool: &Pool| pool.held_out_by("part").map(drop);
    fails(Column::new("part".into(), [Some("tune"), Some("holdout"), None, None]), &part);
    fails(Column::new("part".into(), [Some(true), Some(false), None, None]), &part);
    fails(Column::new("part".into(), [Some(1_i64), Some(0), None, None]), &part);
}

#[test]
fn damaged_files_are_errors() {
    let folder = with_b(good());
    let whole = std::fs::read(folder.path("b.parquet")).unwrap();
    for end in [0, 3, 4, whole.len() / 2, whole.len() - 1] {
        std::fs::write(folder.path("b.parquet"), &whole[..end]).unwrap();
        fails(&folder.pair(), &["b.parquet", "cannot be read as Parquet"]);
    }
    // Damage elsewhere may go unnoticed, but never ends the program.
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0xff;
        std::fs::write(folder.path("b.parquet"), &damaged).unwrap();
        if let Err(error) = read(&folder.pair()) {
            assert_eq!(error.to_string().lines().count(), 1, "{error}");
        }
    }
}

#[test]
fn written_tables_are_read_back() {
    let columns = || {
        vec![
            ("cost".to_owned(), Values::F64(vec![0.1, 2.5])),
            ("holdout".to_owned(), Values::OptF64(vec![None, Some(0.5)])),
            ("id".to_owned(), Values::I64(vec![-1, 1])),
            ("stages".to_owned(), Values::U32(vec![1, 2])),
            ("models".to_owned(), Values::Text(vec!["a".into(), "a + b".into()])),
            ("chosen".to_owned(), Values::Bool(vec![false, true])),
        ]
    };
    let bytes = write_table(columns()).unwrap();
    assert_eq!(bytes, write_table(columns()).unwrap());
    let frame = ParquetReader::new(std::io::Cursor::new(bytes)).finish().unwrap();
    let expected = df!(
        "cost" => [0.1, 2.5],
        "holdout" => [None, Some(0.5)],
        "id" => [-1_i64, 1],
        "stages" => [1_u32, 2],
        "models" => ["a", "a + b"],
        "chosen" => [false, true],
    );
    assert!(frame.equals_missing(&expected.unwrap()));
    let uneven = vec![
        ("a".to_owned(), Values::U32(vec![1])),
        ("b".to_owned(), Values::Bool(vec![true, false])),
    ];
    assert_eq!(write_table(uneven).unwrap_err().to_string().lines().count(), 1);
}

#[test]
fn ids_of_all_64_bits_match_by_value() {
    let unsigned = |ids: [u64; 4]| Column::new("sample_id".into(), ids);
    let rest = || [labels(&LABELS), lists("logits", &SCORES)];
    let large = [0, i64::MAX as u64, 1 << 63, u64::MAX];
    let folder = Folder::new();
    for name in ["a.parquet", "b.parquet"] {
        folder.write(name, [unsigned(large)].into_iter().chain(rest()).collect());
    }
    let pool = Pool::open(&folder.pair(), None).unwrap();
    assert_eq!(pool.ids().values(), Values::U64(large.to_vec()));

    // Whether signed or not, what is the same number is the same sample.
    folder.write("a.parquet", good());
    let same = unsigned(IDS.map(|id| id as u64));
    folder.write("b.parquet", [same].into_iter().chain(rest()).collect());
    let pool = Pool::open(&folder.pair(), None).unwrap();
    assert_eq!(pool.ids().values(), Values::I64(IDS.to_vec()));
    // -1 and 2^64 - 1 have the same bits.
    folder.write("a.parquet", [ids(&[0, 1, 2, -1])].into_iter().chain(rest()).collect());
    let other = unsigned([0, 1, 2, u64::MAX]);
    folder.write("b.parquet", [other].into_iter().chain(rest()).collect());
    fails(&folder.pair(), &["1 sample of the first not in the second", "sample_id -1"]);
}
