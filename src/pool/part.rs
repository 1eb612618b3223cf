//! A column that says which samples are held out.

use std::path::{Path, PathBuf};

use super::align::read_ids;
use super::ids::{Ascending, gather};
use super::layout::{Column, ColumnType, names};
use super::parquet::Table;
use super::{FileProblem, PairProblem, Pool};
use crate::{Error, Result};

/// What such a column may hold.
const EXPECTED: &str = "\"tune\" or \"holdout\", or booleans or 0 and 1 where true and 1 hold out";

impl Pool {
    /// Whether `column` holds each sample out, in canonical order. The column may stand in the file
    /// of labels and in any file of predictions, and has to say the same wherever it stands.
    ///
    /// It holds the strings `tune` and `holdout`, or booleans (true is held out), or the integers 0
    /// and 1 (1 is held out).
    ///
    /// # Errors
    /// [`Error::Option`] if no file has the column, [`Error::File`] for another value or type, and
    /// [`Error::Pair`] if two files differ.
    pub fn held_out_by(&self, column: &str) -> Result<Vec<bool>> {
        let labels = self.labels_file.as_deref().map(Table::open).transpose()?;
        let tables = labels.iter().chain(self.predictions.iter().map(|model| model.table()));
        let mut known: Option<(PathBuf, Vec<bool>)> = None;
        for table in tables {
            let columns = table.columns();
            let Some(found) = columns.iter().find(|known| known.name == column) else { continue };
            let stored = read(table, found)?;
            let ids = read_ids(table)?;
            let ascending = Ascending::new(&ids).map_err(|problem| table.fail(problem))?;
            let parts = gather(&stored, &ascending.rows);
            if parts.len() != self.samples() {
                let changed = "it has another number of rows than when it was opened";
                return Err(table.fail(FileProblem::Parquet(changed.to_owned())));
            }
            match &known {
                None => known = Some((table.path().to_owned(), parts)),
                Some((first, known)) => {
                    self.same(column, (first, known), (table.path(), &parts))?
                }
            }
        }
        known.map(|(_, parts)| parts).ok_or_else(|| {
            let columns = self.predictions.first().map(|model| names(&model.table().columns()));
            let expected = format!(
                "a column of the predictions or labels (the first file has {})",
                columns.unwrap_or_default()
            );
            Error::option("--split-column", expected, format!("{column:?}"))
        })
    }

    /// Fails if two files put a sample into different parts.
    fn same(
        &self,
        column: &str,
        (first, known): (&Path, &[bool]),
        (second, parts): (&Path, &[bool]),
    ) -> Result<()> {
        match known.iter().zip(parts).position(|(known, part)| known != part) {
            None => Ok(()),
            Some(at) => Err(Error::Pair {
                first: first.to_owned(),
                second: second.to_owned(),
                problem: PairProblem::Parts {
                    column: column.to_owned(),
                    sample: self.ids.sample(at),
                    first_holds_out: known[at],
                },
            }),
        }
    }
}

/// Whether each row is held out, in stored order.
fn read(table: &Table, column: &Column) -> Result<Vec<bool>> {
    let name = column.name.as_str();
    let part = |row: usize, part: Option<bool>, value: String| {
        let column = name.to_owned();
        let problem = FileProblem::Part { column, value, row, expected: EXPECTED };
        part.ok_or_else(|| table.fail(problem))
    };
    match column.kind {
        ColumnType::Boolean => table.booleans(name),
        ColumnType::Integer => {
            let rows = table.integers(name)?.into_iter().enumerate();
            rows.map(|(row, value)| {
                let held = [0, 1].contains(&value).then_some(value == 1);
                part(row, held, value.to_string())
            })
            .collect()
        }
        ColumnType::Text => {
            let rows = table.texts(name)?.into_iter().enumerate();
            rows.map(|(row, value)| {
                let held = ["tune", "holdout"].contains(&value.as_str());
                part(row, held.then_some(value == "holdout"), format!("{value:?}"))
            })
            .collect()
        }
        _ => Err(table.fail(column.not(EXPECTED))),
    }
}
