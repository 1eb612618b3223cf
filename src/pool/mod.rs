//! The models that share one set of samples and labels.
//!
//! A [`Pool`] is opened from a manifest or from a list of files, and then read piece by piece:
//!
//! ```no_run
//! use committee::pool::{Pool, PoolSource};
//!
//! let pool = Pool::open(&PoolSource::Manifest("pool.toml".into()), None)?;
//! for rows in pool.chunks() {
//!     let chunk = pool.read(rows)?;
//!     for (model, scores) in pool.models().iter().zip(&chunk.scores) {
//!         println!("{}: {:?}", model.name, scores.values.dim());
//!     }
//! }
//! # Ok::<(), committee::Error>(())
//! ```

mod absent;
mod align;
mod axis;
mod chunk;
mod column;
mod cost;
mod declared;
mod files;
mod fresh;
mod group;
mod hash;
mod ids;
mod kind;
mod layout;
mod manifest;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "no_parquet.rs"]
mod parquet;
mod part;
mod predictions;
pub(crate) mod problem;
mod scores;
mod source;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::cascade::CostScale;
use crate::{Error, Result};
use absent::{absent, named_by};
use align::{Aligned, Keys, align};
use axis::Axis;
use declared::{Declared, DeclaredModel};
use parquet::Table;
use predictions::{Predictions, hold};

pub use absent::look_for;
pub use chunk::Chunk;
pub(crate) use chunk::Spare;
pub(crate) use files::hint;
pub use fresh::FreshPool;
pub use group::Groups;
pub use hash::InputFile;
pub use ids::SampleIds;
pub use kind::Kind;
pub use parquet::{is_decoding, write_described_table, write_table};
pub use problem::{CostProblem, FileProblem, PairProblem};
pub(crate) use scores::LARGEST_LOGIT;
pub use scores::Scores;
pub use source::PoolSource;
pub use values::Values;

/// A model of a pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Unique within the pool.
    pub name: String,
    /// The cost of running it on one sample, in the pool's unit. Finite and at least 0.
    pub cost: f64,
    /// Its cost on every axis that it has one on, by the axis' name.
    pub costs: BTreeMap<String, f64>,
    /// The file of its predictions.
    pub predictions: PathBuf,
}

/// Models that share one set of samples and labels. Samples are counted in ascending order of
/// their ids, or by position where there are none; models in ascending order of their names.
#[derive(Debug)]
pub struct Pool {
    models: Vec<Model>,
    cost_axis: String,
    cost_axes: Vec<String>,
    cost_unit: String,
    classes: usize,
    ids: SampleIds,
    labels: Vec<u32>,
    /// For each row of the first file its sample.
    positions: Vec<u32>,
    predictions: Vec<Predictions>,
    chunks: Vec<Range<usize>>,
    manifest: Option<PathBuf>,
    labels_file: Option<PathBuf>,
}

impl Pool {
    /// Opens a pool and checks everything that can be checked without looking at the scores.
    ///
    /// `cost_axis` names the cost that counts. Without it that is the only one there is, or the
    /// one that has the name of the manifest's `cost_unit`.
    ///
    /// Memory: files whose samples come in another order than in the first model's file are read
    /// now and kept, 4 bytes per sample and class. So are files of long row groups, from which no
    /// piece can be read without decoding all of it, as far as they fit in 1 GiB together.
    ///
    /// # Errors
    /// Anything in the manifest or the files that does not make sense; see [`Error`].
    pub fn open(source: &PoolSource, cost_axis: Option<&str>) -> Result<Self> {
        let declared = source.declared()?;
        if declared.models.len() < 2 {
            return Err(declared.too_few_models());
        }
        let axis = Axis::choose(&declared, cost_axis)?;
        axis.refuse_all_free(&declared)?;
        let (pool, labelled) = Self::assemble(declared, axis)?;
        if labelled { Ok(pool) } else { Err(pool.without_labels()) }
    }

    /// Opens the files of a pool. Says whether they have labels; if not, all of its are 0.
    fn assemble(declared: Declared, axis: Axis) -> Result<(Self, bool)> {
        let (by, named) = (named_by(declared.manifest.as_deref()), declared.files());
        let opened = |model: &DeclaredModel| {
            let expected = || format!("the Parquet file of model {:?}{by}", model.name);
            Predictions::open(model).map_err(|error| absent(error, &named, expected))
        };
        let mut predictions = in_order(declared.models.par_iter().map(opened))?;
        let classes = same_classes(&declared, &predictions)?;
        let aligned = align(&keys(&declared, &predictions)?, classes)?;
        axis.check(&declared, aligned.positions.len())?;
        let row_groups = predictions.first().map(|first| first.table().row_groups());
        let chunks = chunk::ranges(&row_groups.unwrap_or_default(), classes);
        let Aligned { ids, labels, positions, orders } = aligned;
        let labelled = labels.is_some();
        let labels = labels.unwrap_or_else(|| vec![0; positions.len()]);
        hold(&mut predictions, orders, &chunks)?;
        let pool = Self {
            cost_axes: axis::axes(&declared),
            cost_axis: axis.name,
            cost_unit: axis.unit,
            models: models(declared.models, &axis.costs),
            classes,
            ids,
            labels,
            positions,
            predictions,
            chunks,
            manifest: declared.manifest,
            labels_file: declared.labels,
        };
        Ok((pool, labelled))
    }

    /// What to say where labels are needed and there are none.
    pub(crate) fn without_labels(&self) -> Error {
        let pool = self.files().next().unwrap_or(Path::new("")).to_owned();
        Error::NoLabels { pool }
    }

    /// The models, ascending by name: a [`ModelId`](crate::cascade::ModelId) is an index into
    /// this.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The unit of [`Model::cost`].
    pub fn cost_unit(&self) -> &str {
        &self.cost_unit
    }

    /// The axis that [`Model::cost`] is on; `cost` where costs are bare numbers.
    pub fn cost_axis(&self) -> &str {
        &self.cost_axis
    }

    /// Every axis that any model has a cost on, ascending.
    pub fn cost_axes(&self) -> &[String] {
        &self.cost_axes
    }

    /// The scale that costs are counted on, fine enough for every cost that is not 0.
    pub fn cost_scale(&self) -> CostScale {
        let costs: Vec<f64> = self.models.iter().map(|model| model.cost).collect();
        CostScale::new(&costs, self.samples())
    }

    /// Number of classes, at least 2.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of samples, at least 1.
    pub fn samples(&self) -> usize {
        self.labels.len()
    }

    /// What the samples are called, ascending.
    pub fn ids(&self) -> &SampleIds {
        &self.ids
    }

    /// The right class of every sample, below [`classes`](Self::classes).
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// The file of labels, where the manifest names one.
    pub fn labels_file(&self) -> Option<&Path> {
        self.labels_file.as_deref()
    }

    /// The files that the pool was read from: manifest, labels, predictions.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let predictions = self.models.iter().map(|model| &model.predictions);
        self.manifest.iter().chain(&self.labels_file).chain(predictions).map(PathBuf::as_path)
    }

    /// The files that the pool was read from and their hashes: manifest, labels, predictions.
    ///
    /// # Errors
    /// [`Error::Io`] if one of them cannot be read.
    pub fn inputs(&self) -> Result<Vec<InputFile>> {
        let paths: Vec<&Path> = self.files().collect();
        in_order(paths.into_par_iter().map(InputFile::read))
    }

    /// Ranges to [`read`](Self::read) one by one: together all samples, each of them about 16 MiB
    /// of scores per model at most.
    pub fn chunks(&self) -> Vec<Range<usize>> {
        self.chunks.clone()
    }

    /// The scores of some rows, counted in the stored order of the first model's file. Any number
    /// of threads may read at once.
    ///
    /// # Errors
    /// The first model with a list of a wrong length or a missing score among `rows`; else with a
    /// score that is no finite number or no probability, the first by row and class.
    ///
    /// # Panics
    /// If `rows` does not lie within `0..self.samples()`.
    pub fn read(&self, rows: Range<usize>) -> Result<Chunk> {
        self.read_into(rows, &Spare::default())
    }

    /// [`read`](Self::read) that takes its memory from `spare`.
    pub(crate) fn read_into(&self, rows: Range<usize>, spare: &Spare) -> Result<Chunk> {
        let positions = self.positions[rows.clone()].to_vec();
        let scores = self.predictions.iter().map(|model| model.read(rows.clone(), spare.take()));
        Ok(Chunk { positions, scores: scores.collect::<Result<_>>()? })
    }

    /// All scores at once, for pools that are known to be small.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_all(&self) -> Result<Chunk> {
        self.read(0..self.samples())
    }
}

/// The results in their order, or the first error in that order, whichever thread was faster.
fn in_order<T: Send>(results: impl IndexedParallelIterator<Item = Result<T>>) -> Result<Vec<T>> {
    results.collect::<Vec<_>>().into_iter().collect()
}

fn models(declared: Vec<DeclaredModel>, costs: &[f64]) -> Vec<Model> {
    let model = |(model, cost): (DeclaredModel, &f64)| Model {
        name: model.name,
        cost: *cost,
        costs: model.costs,
        predictions: model.predictions,
    };
    declared.into_iter().zip(costs).map(model).collect()
}

/// The number of classes, which all models have to share.
fn same_classes(declared: &Declared, predictions: &[Predictions]) -> Result<usize> {
    let mut counts = declared.models.iter().zip(predictions.iter().map(Predictions::classes));
    let (first, first_classes) = counts.next().ok_or_else(|| declared.too_few_models())?;
    match counts.find(|(_, classes)| *classes != first_classes) {
        None => Ok(first_classes),
        Some((second, second_classes)) => Err(Error::ClassCounts {
            first: first.name.clone(),
            first_classes,
            second: second.name.clone(),
            second_classes,
        }),
    }
}

/// The samples of every predictions file and of the file of labels, which comes last.
fn keys(declared: &Declared, predictions: &[Predictions]) -> Result<Vec<Keys>> {
    let mut keys = in_order(predictions.par_iter().map(|model| Keys::read(model.table())))?;
    if let Some(labels) = &declared.labels {
        let (by, named) = (named_by(declared.manifest.as_deref()), declared.files());
        let expected = || format!("the Parquet file of the labels{by}");
        let table = Table::open(labels).map_err(|error| absent(error, &named, expected))?;
        keys.push(Keys::read_labels(&table)?);
    }
    Ok(keys)
}
