//! The one error of the library. Each message names the file, column, row or model it is about and
//! says what was expected.

use std::path::PathBuf;

use crate::pool::problem::{CostProblem, FileProblem, PairProblem};

/// What can be wrong with an input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// One file of a pool is not what it should be.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// Two files of a pool do not fit together.
    #[error("{} and {}: {problem}", first.display(), second.display())]
    Pair {
        /// The file that the other is compared with.
        first: PathBuf,
        /// The file that does not fit.
        second: PathBuf,
        /// In what they differ.
        problem: PairProblem,
    },
    /// The costs of the models do not make sense.
    #[error(transparent)]
    Cost(#[from] CostProblem),
    /// A pool to report on does not fit the pool that tunes.
    #[error("--holdout-pool {}: {problem}", file.display())]
    HoldoutPool {
        /// Its manifest or its first file, or the file at fault.
        file: PathBuf,
        /// What was expected and what was found.
        problem: String,
    },
    /// There is nothing to choose from.
    #[error("{}: expected a pool of at least two models, found {found}", pool.display())]
    TooFewModels {
        /// The manifest, or the first of the files.
        pool: PathBuf,
        /// How many there are.
        found: usize,
    },
    /// A model that has to be in the pool is not.
    #[error("the pool has no model {model:?}; its models are {models}{hint}")]
    NoModel {
        /// The model.
        model: String,
        /// Those that are there.
        models: String,
        /// Which of them may be meant.
        hint: String,
    },
    /// Two models have one name.
    #[error(
        "model {name:?} is there twice ({} and {}): names must differ",
        first.display(),
        second.display()
    )]
    DuplicateModel {
        /// Their name.
        name: String,
        /// The predictions of one of them.
        first: PathBuf,
        /// The predictions of the other.
        second: PathBuf,
    },
    /// Two models do not tell the same classes apart.
    #[error(
        "model {first:?} has {first_classes} classes, model {second:?} has {second_classes}: expected the same \
         classes in all models"
    )]
    ClassCounts {
        /// The first model.
        first: String,
        /// Its classes.
        first_classes: usize,
        /// The model that does not fit.
        second: String,
        /// Its classes.
        second_classes: usize,
    },
    /// No file says which class is right.
    #[error(
        "{}: no file has a column \"label\": add it to the predictions, or name a file with \
         \"sample_id\" and \"label\" as `labels` in a manifest",
        pool.display()
    )]
    NoLabels {
        /// The manifest, or the first of the files.
        pool: PathBuf,
    },
    /// A result could not be encoded as Parquet or JSON.
    #[error("cannot encode the result: {message}")]
    Encode {
        /// Why, on one line.
        message: String,
    },
    /// A result would take the place of what it is made from.
    #[error("{}: this command reads that file, so it cannot write it: name another", path.display())]
    Overwrite {
        /// The file.
        path: PathBuf,
    },
    /// A file is not the JSON that it should be.
    #[error("{}: is no JSON: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// What is no JSON at all: a folder, a Parquet file, nothing.
    #[error("{}: is {found}, expected JSON{advice}", path.display())]
    NoJson {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
        /// Which file may be meant; may be empty.
        advice: String,
    },
    /// A spec or a frontier that is not there.
    #[error("{}: no such file, expected a {names} that `committee optimize` wrote{hint}", path.display())]
    NoDocument {
        /// The file.
        path: PathBuf,
        /// What such files are called.
        names: String,
        /// Which file may be meant.
        hint: String,
    },
    /// A file of a pool that is not there.
    #[error("{}: no such file, expected {expected}{hint}", path.display())]
    NoPoolFile {
        /// The file.
        path: PathBuf,
        /// What it would be, and who names it.
        expected: String,
        /// Which file with nearly its name may be meant; may be empty.
        hint: String,
    },
    /// A folder that holds no run.
    #[error(
        "{0}/frontier.json: no such file: run `committee optimize POOL --out {0}` first",
        folder.display()
    )]
    NoRun {
        /// The folder.
        folder: PathBuf,
    },
    /// A frontier where a spec is needed, or the other way round.
    #[error("{}: is a {found}, expected a {needed}: {advice}", path.display())]
    DocumentKind {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
        /// What it should be.
        needed: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A pool of other files than the ones asked for.
    #[error(
        "{}: the files of this pool are not those that it was made from (their SHA-256 differ)",
        path.display()
    )]
    OtherInputs {
        /// The spec or frontier.
        path: PathBuf,
    },
    /// A spec and a frontier cannot be compared.
    #[error("{first} is a {first_kind} and {second} is a {second_kind}: expected two of a kind")]
    Kinds {
        /// The first file.
        first: String,
        /// What it is.
        first_kind: &'static str,
        /// The second file.
        second: String,
        /// What it is.
        second_kind: &'static str,
    },
    /// A field of a spec or frontier is missing or of another type.
    #[error("{}: {message}", path.display())]
    Misread {
        /// The file.
        path: PathBuf,
        /// Which field, and what it should be.
        message: String,
    },
    /// What a runtime was fed is not what it asked for.
    #[error("scores of model {model:?}: expected {expected}, found {found}")]
    Fed {
        /// The model whose scores they are.
        model: String,
        /// What was asked for.
        expected: String,
        /// What was fed.
        found: String,
    },
    /// A runtime was fed something that is no score.
    #[error("scores of model {model:?}: {problem}")]
    Scores {
        /// The model whose scores they are.
        model: String,
        /// Which row, counted as in the batch, and why.
        problem: FileProblem,
    },
    /// A field of a spec that is not from a file is not what it should be.
    #[error("{field}: expected {expected}, found {found}")]
    Field {
        /// The field, as a path from the top.
        field: String,
        /// What it should hold.
        expected: String,
        /// What it holds.
        found: String,
    },
    /// A field of a spec or frontier is not what it should be.
    #[error("{}: {field}: expected {expected}, found {found}", path.display())]
    Document {
        /// The file.
        path: PathBuf,
        /// The field, as a path from the top.
        field: String,
        /// What it should hold.
        expected: String,
        /// What it holds.
        found: String,
    },
    /// An option has a value that makes no sense.
    #[error("{option}: expected {expected}, found {found}")]
    Option {
        /// The option as it is written on the command line.
        option: String,
        /// What would make sense.
        expected: String,
        /// What was given.
        found: String,
    },
}

impl Error {
    pub(crate) fn option(
        option: &str,
        expected: impl Into<String>,
        found: impl std::fmt::Display,
    ) -> Self {
        Self::Option {
            option: option.to_owned(),
            expected: expected.into(),
            found: found.to_string(),
        }
    }
}

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;
