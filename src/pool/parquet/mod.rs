//! Parquet files. Nothing outside this folder knows which library reads them.

mod convert;
mod guard;
mod pages;
mod types;
mod write;

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::{Array2, Axis};
use polars::io::parquet::metadata::{FileMetadata, FileMetadataRef};
use polars::prelude::{
    ArrowField, ArrowSchema, DataFrame, ParallelStrategy, ParquetReader, PolarsError, SerReader,
};
use polars_parquet::parquet::error::ParquetError;

use super::FileProblem;
use super::layout::{Column, ColumnType, Layout};
use super::problem::one_line;
use crate::counted::counted;
use crate::{Error, Result};

use guard::guarded;

pub use guard::is_decoding;
pub use write::{write_described_table, write_table};

/// Values of wide columns that are decoded at a time.
const BATCH_VALUES: usize = 1 << 20;

/// A Parquet file whose footer has been read.
///
/// The file is opened anew by every read. So each read maps only what it needs into memory, and
/// any number of threads may read at once.
#[derive(Debug)]
pub(super) struct Table {
    path: PathBuf,
    metadata: FileMetadataRef,
    /// The metadata without its row groups: a read adds those that it needs.
    bare: FileMetadata,
    schema: Arc<ArrowSchema>,
    rows: usize,
}

impl Table {
    pub fn open(path: &Path) -> Result<Self> {
        let fail = |problem| Error::File { path: path.into(), problem };
        let file = File::open(path).map_err(|source| Error::Io { path: path.into(), source })?;
        let (metadata, schema) = guarded(|| {
            let mut reader = ParquetReader::new(file);
            Ok::<_, PolarsError>((reader.get_metadata()?.clone(), reader.schema()?))
        })
        .map_err(fail)?;
        let lengths = metadata.row_groups.iter().map(|group| group.num_rows());
        let rows = lengths.fold(0_usize, usize::saturating_add);
        if rows == 0 {
            return Err(fail(FileProblem::NoRows));
        }
        if u32::try_from(rows).is_err() {
            return Err(fail(FileProblem::TooManyRows { rows }));
        }
        let bare = FileMetadata { row_groups: Vec::new(), ..(*metadata).clone() };
        Ok(Self { path: path.into(), metadata, bare, schema, rows })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// At least 1 and at most `u32::MAX`.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Rows in each row group, in stored order.
    pub fn row_groups(&self) -> Vec<usize> {
        self.metadata.row_groups.iter().map(|group| group.num_rows()).collect()
    }

    /// `problem` with this file's name.
    pub fn fail(&self, problem: FileProblem) -> Error {
        Error::File { path: self.path.clone(), problem }
    }

    /// Every column, in stored order.
    pub fn columns(&self) -> Vec<Column> {
        let column = |field: &ArrowField| Column {
            name: field.name.to_string(),
            kind: types::column_type(field.dtype()),
            described: types::describe(field.dtype()),
        };
        self.schema.iter_values().map(column).collect()
    }

    /// A whole column of integers.
    pub fn integers(&self, column: &str) -> Result<Vec<i128>> {
        self.convert(column, 0..self.rows, convert::integers)
    }

    /// A whole column of strings.
    pub fn texts(&self, column: &str) -> Result<Vec<String>> {
        self.convert(column, 0..self.rows, convert::texts)
    }

    /// A whole column of booleans.
    pub fn booleans(&self, column: &str) -> Result<Vec<bool>> {
        self.convert(column, 0..self.rows, convert::booleans)
    }

    /// How many scores the first row has.
    pub fn first_width(&self, column: &str) -> Result<usize> {
        self.convert(column, 0..1, convert::first_width)
    }

    fn convert<T>(
        &self,
        column: &str,
        rows: Range<usize>,
        convert: impl FnOnce(&DataFrame) -> Result<T, FileProblem>,
    ) -> Result<T> {
        self.frame(&[column], rows)
            .and_then(|frame| guarded(|| convert(&frame)))
            .map_err(|problem| self.fail(problem))
    }

    /// The scores of some rows as rows x classes: not null, but otherwise unchecked. They take the
    /// memory of `room`, an empty list, where they come straight from their pages.
    pub fn scores(
        &self,
        layout: &Layout,
        classes: usize,
        rows: Range<usize>,
        room: Vec<f32>,
    ) -> Result<Array2<f32>> {
        let scores = match layout {
            Layout::Lists { column, .. } => self.lists(column, classes, rows, room),
            Layout::Wide { columns } => self.wide(columns, rows),
        };
        scores.map_err(|problem| self.fail(problem))
    }

    /// One score as it is stored, for a message: those of 64 bits may be too large for
    /// [`scores`](Self::scores).
    pub fn score(&self, layout: &Layout, class: usize, row: usize) -> Option<f64> {
        let (column, class) = match layout {
            Layout::Lists { column, .. } => (column, class),
            Layout::Wide { columns } => (columns.get(class)?, 0),
        };
        let frame = self.frame(&[column], row..row.checked_add(1)?).ok()?;
        guarded(|| convert::score(&frame, class)).ok()
    }

    fn lists(
        &self,
        column: &str,
        classes: usize,
        rows: Range<usize>,
        room: Vec<f32>,
    ) -> Result<Array2<f32>, FileProblem> {
        if let Some(scores) = self.plain_lists(column, classes, &rows, room) {
            return Ok(scores);
        }
        let first_row = rows.start;
        let frame = self.frame(&[column], rows)?;
        guarded(|| convert::lists(&frame, classes, first_row))
    }

    /// What [`lists`](Self::lists) gives, faster, if it is stored as it usually is.
    fn plain_lists(
        &self,
        column: &str,
        classes: usize,
        rows: &Range<usize>,
        room: Vec<f32>,
    ) -> Option<Array2<f32>> {
        let mut file = File::open(&self.path).ok()?;
        let (metadata, skipped) = self.groups_of(rows);
        let of_groups = skipped..skipped + rows.len();
        let read = || pages::lists(&mut file, &metadata, column, classes, &of_groups, room);
        let values = guarded(read).ok()??;
        Array2::from_shape_vec((rows.len(), classes), values).ok()
    }

    /// Reads some columns at a time, so as not to hold all of them twice.
    fn wide(&self, columns: &[String], rows: Range<usize>) -> Result<Array2<f32>, FileProblem> {
        let mut scores = Array2::zeros((rows.len(), columns.len()));
        let at_once = (BATCH_VALUES / rows.len().max(1)).max(1);
        for (names, target) in
            columns.chunks(at_once).zip(scores.axis_chunks_iter_mut(Axis(1), at_once))
        {
            let frame = self.frame(names, rows.clone())?;
            guarded(|| convert::wide(&frame, rows.start, target))?;
        }
        Ok(scores)
    }

    /// Decodes `rows` of `columns`, touching no other row group, on this thread alone.
    ///
    /// Within a row group the decoder has to unpack every page, even for one row.
    fn frame<S: AsRef<str>>(
        &self,
        columns: &[S],
        rows: Range<usize>,
    ) -> Result<DataFrame, FileProblem> {
        let file = File::open(&self.path)?;
        let (metadata, skipped) = self.groups_of(&rows);
        let projection = columns.iter().filter_map(|name| self.schema.index_of(name.as_ref()));
        let frame = guarded(|| {
            let mut reader = ParquetReader::new(file)
                .with_projection(Some(projection.collect()))
                .with_slice(Some((skipped, rows.len())))
                // The library's own thread pool would let a waiting thread of ours begin another
                // read, and so on: any number of reads would be held in memory at once.
                .read_parallel(ParallelStrategy::None);
            reader.set_metadata(Arc::new(metadata));
            reader.finish()
        })?;
        // A damaged file can decode to fewer values than its footer promises.
        match frame.columns().iter().find(|column| column.len() != rows.len()) {
            Some(short) => Err(FileProblem::Parquet(format!(
                "column {:?} gave {} of {}",
                short.name(),
                short.len(),
                counted(rows.len(), "row")
            ))),
            None => Ok(frame),
        }
    }

    /// The metadata of the row groups that hold `rows`, and how many rows come before `rows` there.
    fn groups_of(&self, rows: &Range<usize>) -> (FileMetadata, usize) {
        let mut metadata = self.bare.clone();
        let mut skipped = 0;
        let mut start = 0_usize;
        for group in &self.metadata.row_groups {
            let end = start.saturating_add(group.num_rows());
            if end <= rows.start {
                skipped = end;
            } else if start < rows.end {
                metadata.row_groups.push(group.clone());
            }
            start = end;
        }
        metadata.num_rows = metadata.row_groups.iter().map(|group| group.num_rows()).sum();
        (metadata, rows.start - skipped)
    }
}

impl From<ParquetError> for FileProblem {
    fn from(error: ParquetError) -> Self {
        Self::Parquet(one_line(&error.to_string()))
    }
}

impl From<PolarsError> for FileProblem {
    fn from(error: PolarsError) -> Self {
        Self::Parquet(one_line(&error.to_string()))
    }
}
