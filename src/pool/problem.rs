//! What can be wrong with the files of a pool, as sentences that [`Error`](crate::Error) puts the
//! file's name in front of. Rows are counted from 0, as they are stored.

use super::kind::Kind;
use crate::cascade::all_digits;
use crate::counted::counted;

/// What is wrong with one file. Rows count from 0, in stored order.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what its fields are")]
pub enum FileProblem {
    /// The manifest is not the TOML that it should be.
    #[error("{0}")]
    Manifest(String),
    /// The path has no last component to name a model by.
    #[error("has no file name, so the model has no name")]
    NoStem,
    /// It could be opened before and no longer can.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A folder where a file should be.
    #[error("is a folder, expected a manifest (name.toml) or a model's predictions{hint}")]
    Folder { hint: String },
    /// Not Parquet, cut short or damaged.
    #[error("cannot be read as Parquet: {0}")]
    Parquet(String),
    /// No samples.
    #[error("has no rows")]
    NoRows,
    /// More samples than 32 bits count.
    #[error("has {rows} rows, more than can be counted in 32 bits")]
    TooManyRows { rows: usize },
    /// A column that has to be there is not.
    #[error("has no column {column:?}; its columns are {columns}")]
    NoColumn { column: &'static str, columns: String },
    /// Nothing looks like scores.
    #[error(
        "has no scores: expected a column \"logits\" or \"probabilities\", or columns \
         \"logit_0\", \"logit_1\", … or \"prob_0\", \"prob_1\", …; its columns are {columns}"
    )]
    NoScores { columns: String },
    /// Lists and wide columns at once.
    #[error("has scores twice: as lists in {list:?} and as columns {wide:?}, …; leave one out")]
    BothLayouts { list: &'static str, wide: String },
    /// Logits and probabilities at once, and nothing says which count.
    #[error("has both logits and probabilities; a manifest's `kind` says which to use")]
    BothKinds,
    /// The manifest says one kind and the columns say the other.
    #[error(
        "the manifest says kind = \"{declared}\" (\"logits\" if left out), but the scores are \
         {found}"
    )]
    WrongKind { declared: Kind, found: Kind },
    /// A gap in the wide columns.
    #[error("column {column:?} is missing: {} must count up from 0", counted(*count, "column of scores"))]
    MissingClass { column: String, count: usize },
    /// A column of another type.
    #[error("column {column:?} is {found}, expected {expected}")]
    WrongType { column: String, found: String, expected: &'static str },
    /// Whole numbers stored as floats.
    #[error(
        "column \"label\" is {found}, expected integers: cast it, even if all its values are whole"
    )]
    FloatLabels { found: String },
    /// Nothing to tell apart.
    #[error("has {}, expected at least 2", counted(*classes, "class"))]
    TooFewClasses { classes: usize },
    /// A missing value.
    #[error("column {column:?} is null in row {row} (from 0), expected a value in every row")]
    Null { column: String, row: usize },
    /// A missing score within a list.
    #[error(
        "column {column:?} has a null at class {class} of row {row} (from 0), expected a score for every class"
    )]
    NullScore { column: String, row: usize, class: usize },
    /// A list of another length.
    #[error("column {column:?} has {} in row {row} (from 0), expected {expected}", counted(*found, "score"))]
    Ragged { column: String, row: usize, found: usize, expected: usize },
    /// NaN or infinite.
    #[error(
        "row {row} (from 0), class {class}: the score is {value}, expected a finite number of at \
         most 1e37 in size"
    )]
    NotFinite { row: usize, class: usize, value: String },
    /// Too far outside of [0, 1].
    #[error(
        "row {row} (from 0), class {class}: the probability is {value}, expected 0 to 1 (give or \
         take 0.001)"
    )]
    NotProbability { row: usize, class: usize, value: f32 },
    /// One sample twice.
    #[error("sample_id {id} is in row {first} and in row {second} (from 0), expected unique ids")]
    DuplicateId { id: String, first: usize, second: usize },
    /// A label that is no class.
    #[error("label {label} in row {row} (from 0), expected 0 to {}", classes.saturating_sub(1))]
    LabelOutOfRange { label: String, row: usize, classes: usize },
    /// A value that does not say which part a sample belongs to.
    #[error("column {column:?} is {value} in row {row} (from 0), expected {expected}")]
    Part { column: String, value: String, row: usize, expected: &'static str },
}

/// In what two files differ.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what its fields are")]
pub enum PairProblem {
    /// Samples cannot be matched.
    #[error("only the {} has a column \"sample_id\"", if *first_has_them { "first" } else { "second" })]
    IdsInOne { first_has_them: bool },
    /// Integers here, strings there.
    #[error("sample_id is {first} in the first and {second} in the second")]
    IdTypes { first: &'static str, second: &'static str },
    /// Nothing but the position to match by, and it cannot.
    #[error("{} and {}, and no \"sample_id\" to match them by", counted(*first, "row"), counted(*second, "row"))]
    Lengths { first: usize, second: usize },
    /// Samples of the first file that the second lacks.
    #[error(
        "{} of the first not in the second, beginning with sample_id {id}: expected the same samples in both",
        counted(*count, "sample")
    )]
    OnlyInFirst { count: usize, id: String },
    /// Samples of the second file that the first lacks.
    #[error(
        "{} of the second not in the first, beginning with sample_id {id}: expected the same samples in both",
        counted(*count, "sample")
    )]
    OnlyInSecond { count: usize, id: String },
    /// Two truths.
    #[error("{sample} has label {first} in the first and {second} in the second")]
    Labels { sample: String, first: u32, second: u32 },
    /// Two groups for one sample.
    #[error("{sample} has group {first} in the first and {second} in the second")]
    Groups { sample: String, first: String, second: String },
    /// A sample that tunes here and is held out there.
    #[error(
        "column {column:?} puts {sample} into {} in the first and into {} in the second",
        part(*first_holds_out),
        part(!*first_holds_out)
    )]
    Parts { column: String, sample: String, first_holds_out: bool },
}

fn part(held_out: bool) -> &'static str {
    if held_out { "the held-out part" } else { "the tuning part" }
}

/// What is wrong with the costs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what its fields are")]
pub enum CostProblem {
    /// Models without a cost.
    #[error(
        "{} no cost: expected cost = … in {}, or{}",
        if let [model] = models.as_slice() { format!("model {model:?} has") }
        else { format!("models {} have", listed(models)) },
        if models.len() == 1 { "its manifest entry" } else { "each one's manifest entry" },
        models.iter().take(LISTED).map(|model| format!(" --cost {model}=…")).collect::<String>(),
    )]
    Missing { models: Vec<String> },
    /// A cost below zero, or not a number.
    #[error("model {model:?}: {axis:?} is {cost}, expected a finite number of at least 0")]
    Invalid { model: String, axis: String, cost: f64 },
    /// Next to nothing beside the cost of another model.
    #[error(
        "model {model:?}: {axis:?} is {}, too little to be counted beside the largest, {}: \
         expected 0 or a cost nearer to it",
        all_digits(*cost),
        all_digits(*largest)
    )]
    TooSmall { model: String, axis: String, cost: f64, largest: f64 },
    /// Nothing to save.
    #[error("the cost of every model is 0 on axis {axis:?} ({models}): there is nothing to save")]
    AllFree { axis: String, models: String },
    /// More than one axis and none was chosen.
    #[error("the models have several costs: choose one of {} with --cost-axis", listed(axes))]
    ManyAxes { axes: Vec<String> },
    /// An axis that no model has.
    #[error("no model has a cost {axis:?}; the pool's axes are {axes}{hint}")]
    UnknownAxis { axis: String, axes: String, hint: String },
    /// An axis that some models have and others lack.
    #[error(
        "cost axis {axis:?}: {} {} it: expected a cost on it for every model{}",
        if lack.len() == 1 { "model" } else { "models" },
        listed(lack) + if lack.len() == 1 { " lacks" } else { " lack" },
        if whole.is_empty() { String::new() } else { format!(", as on {}", listed(whole)) }
    )]
    PartialAxis { axis: String, lack: Vec<String>, whole: Vec<String> },
    /// A cost for a model that is not there.
    #[error("--cost {model}=…: there is no model {model:?}{hint}")]
    UnknownModel { model: String, hint: String },
    /// Two costs for one model.
    #[error("--cost {model}=… is given twice")]
    Twice { model: String },
}

/// Most names in a message.
const LISTED: usize = 10;

/// `names` quoted and separated by commas; no more than the first ten of them.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let mut shown: Vec<String> =
        names.iter().take(LISTED).map(|name| format!("{:?}", name.as_ref())).collect();
    if names.len() > LISTED {
        shown.push(format!("and {} more", names.len() - LISTED));
    }
    shown.join(", ")
}

/// `text` without line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
