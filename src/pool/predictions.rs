//! Where the scores of one model come from.

use std::ops::Range;

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::declared::DeclaredModel;
use super::parquet::Table;
use super::{FileProblem, Kind, Scores, in_order, layout::Layout};
use crate::Result;

/// Scores of all models together that may be held in memory for speed alone: 1 GiB of them.
const HELD_VALUES: usize = 1 << 28;

/// A model's predictions file, and its scores if they are held in memory.
#[derive(Debug)]
pub(super) struct Predictions {
    table: Table,
    kind: Kind,
    layout: Layout,
    classes: usize,
    held: Option<Held>,
}

/// All scores of a file as they are stored, unchecked, by row of the pool's first file.
#[derive(Debug)]
struct Held {
    scores: Array2<f32>,
    /// For each row of `scores` its row in the file; `None` where these are equal.
    order: Option<Vec<u32>>,
}

impl Predictions {
    pub fn open(model: &DeclaredModel) -> Result<Self> {
        let table = Table::open(&model.predictions)?;
        let (kind, layout) =
            Layout::find(&table.columns(), model.kind).map_err(|problem| table.fail(problem))?;
        let classes = match &layout {
            Layout::Lists { width: Some(width), .. } => *width,
            Layout::Lists { column, width: None } => table.first_width(column)?,
            Layout::Wide { columns } => columns.len(),
        };
        if classes < 2 {
            return Err(table.fail(FileProblem::TooFewClasses { classes }));
        }
        Ok(Self { table, kind, layout, classes, held: None })
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Scores in the file.
    fn values(&self) -> usize {
        self.table.rows().saturating_mul(self.classes)
    }

    /// Rows of the longest row group.
    fn longest_row_group(&self) -> usize {
        self.table.row_groups().into_iter().max().unwrap_or_default()
    }

    /// Reads the whole file into memory, in the given order of rows.
    fn hold(&mut self, order: Option<Vec<u32>>) -> Result<()> {
        let stored =
            self.table.scores(&self.layout, self.classes, 0..self.table.rows(), Vec::new())?;
        let scores = match &order {
            None => stored,
            Some(order) => {
                let rows: Vec<usize> = order.iter().map(|row| *row as usize).collect();
                stored.select(Axis(0), &rows)
            }
        };
        self.held = Some(Held { scores, order });
        Ok(())
    }

    /// The scores of some rows of the pool's first file, in the memory of `room` if they can be.
    pub fn read(&self, rows: Range<usize>, room: Vec<f32>) -> Result<Scores> {
        let first = rows.start;
        let scores = match &self.held {
            Some(held) => held.scores.slice_axis(Axis(0), rows.into()).to_owned(),
            None => self.table.scores(&self.layout, self.classes, rows, room)?,
        };
        let order = self.held.as_ref().and_then(|held| held.order.as_ref());
        let stored_row = |row: usize| match order {
            Some(order) => order.get(first + row).map_or(first + row, |row| *row as usize),
            None => first + row,
        };
        Scores::check(self.kind, scores, stored_row)
            .map_err(|problem| self.table.fail(self.in_full(problem)))
    }

    /// `problem` with the score that the file has, where that is too large for 32 bits.
    fn in_full(&self, problem: FileProblem) -> FileProblem {
        match problem {
            FileProblem::NotFinite { row, class, value } => {
                let stored = self.table.score(&self.layout, class, row);
                let large = stored.filter(|stored| stored.abs() > f32::MAX.into());
                let value = large.map_or(value, |stored| format!("{stored:e}"));
                FileProblem::NotFinite { row, class, value }
            }
            problem => problem,
        }
    }
}

/// Reads into memory the files that cannot be read piece by piece in the order of the first.
pub(super) fn hold(
    predictions: &mut [Predictions],
    orders: Vec<Option<Vec<u32>>>,
    chunks: &[Range<usize>],
) -> Result<()> {
    let longest_chunk = chunks.iter().map(Range::len).max().unwrap_or_default();
    let mut spare = HELD_VALUES;
    let mut wanted = Vec::new();
    for (model, order) in predictions.iter_mut().zip(orders) {
        // A row group is decoded once per chunk that cuts it: twice is cheap, more is not.
        let slow = model.longest_row_group() > longest_chunk.saturating_mul(2);
        if order.is_some() || (slow && model.values() <= spare) {
            spare = spare.saturating_sub(model.values());
            wanted.push((model, order));
        }
    }
    in_order(wanted.into_par_iter().map(|(model, order)| model.hold(order)))?;
    Ok(())
}
