//! Stands in for the Parquet files where the crate is built without them: nothing can be opened, so
//! there is never a table to read from.

use std::convert::Infallible;
use std::ops::Range;
use std::path::Path;

use ndarray::Array2;

use super::layout::{Column, Layout};
use super::{FileProblem, Values};
use crate::{Error, Result};

const WITHOUT: &str = "this build of the crate is without the feature \"parquet\"";

/// No file at all.
#[derive(Debug)]
pub(super) struct Table(Infallible);

impl Table {
    pub fn open(path: &Path) -> Result<Self> {
        let problem = FileProblem::Parquet(WITHOUT.to_owned());
        Err(Error::File { path: path.into(), problem })
    }

    pub fn path(&self) -> &Path {
        match self.0 {}
    }

    pub fn rows(&self) -> usize {
        match self.0 {}
    }

    pub fn row_groups(&self) -> Vec<usize> {
        match self.0 {}
    }

    pub fn fail(&self, _problem: FileProblem) -> Error {
        match self.0 {}
    }

    pub fn columns(&self) -> Vec<Column> {
        match self.0 {}
    }

    pub fn integers(&self, _column: &str) -> Result<Vec<i128>> {
        match self.0 {}
    }

    pub fn booleans(&self, _column: &str) -> Result<Vec<bool>> {
        match self.0 {}
    }

    pub fn texts(&self, _column: &str) -> Result<Vec<String>> {
        match self.0 {}
    }

    pub fn first_width(&self, _column: &str) -> Result<usize> {
        match self.0 {}
    }

    pub fn score(&self, _: &Layout, _class: usize, _row: usize) -> Option<f64> {
        match self.0 {}
    }

    pub fn scores(
        &self,
        _: &Layout,
        _classes: usize,
        _: Range<usize>,
        _room: Vec<f32>,
    ) -> Result<Array2<f32>> {
        match self.0 {}
    }
}

/// Fails: there is no Parquet in this build.
///
/// # Errors
/// [`Error::Encode`], always.
pub fn write_table(_columns: Vec<(String, Values)>) -> Result<Vec<u8>> {
    Err(Error::Encode { message: WITHOUT.to_owned() })
}

/// Fails: there is no Parquet in this build.
///
/// # Errors
/// [`Error::Encode`], always.
pub fn write_described_table(
    columns: Vec<(String, Values)>,
    _notes: Vec<(String, String)>,
) -> Result<Vec<u8>> {
    write_table(columns)
}

/// Whether this thread is decoding a file: never.
pub fn is_decoding() -> bool {
    false
}
