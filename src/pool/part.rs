//! A column that says which samples are held out.

use super::layout::{Column, ColumnType, names};
use super::parquet::Table;
use super::{FileProblem, PairProblem, Pool};
use crate::hint::hint;
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
        let differ = |sample, first_holds_out: &bool, _: &bool| PairProblem::Parts {
            column: column.to_owned(),
            sample,
            first_holds_out: *first_holds_out,
        };
        self.column(column, read, differ)?.ok_or_else(|| {
            let columns = self.predictions.first().map(|model| model.table().columns());
            let columns = columns.unwrap_or_default();
            let expected = format!(
                "a column of the predictions or labels (the first file has {})",
                names(&columns)
            );
            let known: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            let found = format!("{column:?}{}", hint(column, &known));
            Error::option("--split-column", expected, found)
        })
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
