//! A column that says which group each sample belongs to.

use super::layout::{Column, ColumnType};
use super::parquet::Table;
use super::{PairProblem, Pool};
use crate::Result;

/// The name of that column.
const GROUP: &str = "group";

/// Which group each sample belongs to: a site, a device, a kind of customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// Their names, ascending: numbers as numbers, strings by their bytes.
    pub names: Vec<String>,
    /// Of every sample, in canonical order: a place in `names`.
    pub of: Vec<u32>,
}

/// A group as it is stored. Numbers come before strings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Number(i128),
    Text(String),
}

impl Group {
    fn name(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// For a message, in which 7 and "7" differ.
    fn quoted(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("{text:?}"),
        }
    }
}

impl Pool {
    /// The groups that the column `group` of the file of labels or of any file of predictions says,
    /// as integers or strings; `None` if no file has it. Files that have it have to agree.
    ///
    /// # Errors
    /// [`Error::File`](crate::Error::File) for another type or a missing value, and
    /// [`Error::Pair`](crate::Error::Pair) if two files differ.
    pub fn groups(&self) -> Result<Option<Groups>> {
        let differ = |sample, first: &Group, second: &Group| PairProblem::Groups {
            sample,
            first: first.quoted(),
            second: second.quoted(),
        };
        let stored = self.column(GROUP, read, differ)?;
        Ok(stored.map(|stored| {
            let mut all = stored.clone();
            all.sort_unstable();
            all.dedup();
            let place = |group| all.partition_point(|known| known < group) as u32;
            let of = stored.iter().map(place).collect();
            Groups { names: all.iter().map(Group::name).collect(), of }
        }))
    }
}

fn read(table: &Table, column: &Column) -> Result<Vec<Group>> {
    match column.kind {
        ColumnType::Integer => {
            Ok(table.integers(&column.name)?.into_iter().map(Group::Number).collect())
        }
        ColumnType::Text => Ok(table.texts(&column.name)?.into_iter().map(Group::Text).collect()),
        _ => Err(table.fail(column.not("integers or strings"))),
    }
}
