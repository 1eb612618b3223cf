//! A column about samples that may stand in several files, which then have to agree.

use std::path::PathBuf;

use super::align::read_ids;
use super::ids::{Ascending, gather};
use super::layout::Column;
use super::parquet::Table;
use super::{FileProblem, PairProblem, Pool};
use crate::{Error, Result};

impl Pool {
    /// What `column` says of each sample, in canonical order; `None` if no file has it. It may stand
    /// in the file of labels and in any file of predictions. `read` takes it from a file, in stored
    /// order, and `differ` names what two files say of one sample.
    pub(super) fn column<T: Clone + PartialEq>(
        &self,
        column: &str,
        read: impl Fn(&Table, &Column) -> Result<Vec<T>>,
        differ: impl Fn(String, &T, &T) -> PairProblem,
    ) -> Result<Option<Vec<T>>> {
        let labels = self.labels_file.as_deref().map(Table::open).transpose()?;
        let tables = labels.iter().chain(self.predictions.iter().map(|model| model.table()));
        let mut known: Option<(PathBuf, Vec<T>)> = None;
        for table in tables {
            let columns = table.columns();
            let Some(found) = columns.iter().find(|known| known.name == column) else { continue };
            let stored = read(table, found)?;
            let ids = read_ids(table)?;
            let ascending = Ascending::new(&ids).map_err(|problem| table.fail(problem))?;
            let values = gather(&stored, &ascending.rows);
            if values.len() != self.samples() {
                let changed = "it has another number of rows than when it was opened";
                return Err(table.fail(FileProblem::Parquet(changed.to_owned())));
            }
            let Some((first, known)) = &known else {
                known = Some((table.path().to_owned(), values));
                continue;
            };
            let mut pairs = known.iter().zip(&values).enumerate();
            if let Some((at, (ours, theirs))) = pairs.find(|(_, (ours, theirs))| ours != theirs) {
                return Err(Error::Pair {
                    first: first.clone(),
                    second: table.path().to_owned(),
                    problem: differ(self.ids.sample(at), ours, theirs),
                });
            }
        }
        Ok(known.map(|(_, values)| values))
    }
}
