//! Matches the samples of all files and rejects what does not fit.

use std::path::{Path, PathBuf};

use super::ids::{Ascending, gather};
use super::layout::{ColumnType, names};
use super::parquet::Table;
use super::{FileProblem, PairProblem, SampleIds};
use crate::{Error, Result};

const ID: &str = "sample_id";
const LABEL: &str = "label";

/// Which samples a file has, in stored order.
#[derive(Debug)]
pub(super) struct Keys {
    path: PathBuf,
    ids: SampleIds,
    labels: Option<Vec<i128>>,
}

impl Keys {
    /// The keys of a file that may lack labels.
    pub fn read(table: &Table) -> Result<Self> {
        let columns = table.columns();
        let ids = read_ids(table)?;
        let labels = match columns.iter().find(|column| column.name == LABEL) {
            None => None,
            Some(labels) => match labels.kind {
                ColumnType::Integer => Some(table.integers(LABEL)?),
                ColumnType::Float => {
                    let found = labels.described.clone();
                    return Err(table.fail(FileProblem::FloatLabels { found }));
                }
                _ => return Err(table.fail(labels.not("integers"))),
            },
        };
        Ok(Self { path: table.path().into(), ids, labels })
    }

    /// The keys of a file that is there for its labels.
    pub fn read_labels(table: &Table) -> Result<Self> {
        let keys = Self::read(table)?;
        if keys.labels.is_none() {
            let columns = names(&table.columns());
            return Err(table.fail(FileProblem::NoColumn { column: LABEL, columns }));
        }
        Ok(keys)
    }

    fn ascending(&self) -> Result<Ascending<'_>> {
        Ascending::new(&self.ids).map_err(|problem| self.fail(problem))
    }

    /// The labels in stored order, all of them below `classes`.
    fn classes(&self, classes: usize) -> Result<Option<Vec<u32>>> {
        let class = |(row, &label): (usize, &i128)| match u32::try_from(label) {
            Ok(class) if (class as usize) < classes => Ok(class),
            _ => {
                let label = label.to_string();
                Err(self.fail(FileProblem::LabelOutOfRange { label, row, classes }))
            }
        };
        let labels = self.labels.as_ref();
        labels.map(|labels| labels.iter().enumerate().map(class).collect()).transpose()
    }

    fn fail(&self, problem: FileProblem) -> Error {
        Error::File { path: self.path.clone(), problem }
    }
}

/// What the samples of a file are called, in stored order.
pub(super) fn read_ids(table: &Table) -> Result<SampleIds> {
    let columns = table.columns();
    match columns.iter().find(|column| column.name == ID) {
        None => Ok(SampleIds::Positions(table.rows())),
        Some(ids) => match ids.kind {
            ColumnType::Integer => Ok(SampleIds::Integers(table.integers(ID)?)),
            ColumnType::Text => Ok(SampleIds::Strings(table.texts(ID)?)),
            _ => Err(table.fail(ids.not("integers or strings"))),
        },
    }
}

/// The samples that all files share.
#[derive(Debug)]
pub(super) struct Aligned {
    /// Ascending.
    pub ids: SampleIds,
    /// In the order of `ids`; `None` if no file has labels.
    pub labels: Option<Vec<u32>>,
    /// For each row of the first file its place in `ids`.
    pub positions: Vec<u32>,
    /// For each file, which of its rows is which row of the first file; `None` where the orders
    /// are equal.
    pub orders: Vec<Option<Vec<u32>>>,
}

/// Matches the rows of every file with those of the first, by id or, where no file has ids, by
/// position.
pub(super) fn align(files: &[Keys], classes: usize) -> Result<Aligned> {
    let none = || Error::TooFewModels { pool: PathBuf::new(), found: 0 };
    let first = files.first().ok_or_else(none)?;
    let ascending = first.ascending()?;
    let orders =
        files.iter().map(|file| order(first, &ascending, file)).collect::<Result<Vec<_>>>()?;
    let labels = labels(files, &orders, classes)?;
    Ok(Aligned {
        ids: first.ids.gathered(&ascending.rows),
        labels: labels.map(|labels| gather(&labels, &ascending.rows)),
        positions: ascending.ranks(),
        orders,
    })
}

fn order(first: &Keys, ascending: &Ascending<'_>, other: &Keys) -> Result<Option<Vec<u32>>> {
    let unfit = |problem| pair(&first.path, &other.path, problem);
    if let Some(problem) = incomparable(&first.ids, &other.ids) {
        return Err(unfit(problem));
    }
    if first.ids == other.ids {
        return Ok(None);
    }
    ascending.rows_in(&other.ascending()?).map(Some).map_err(unfit)
}

/// Why the samples of two files cannot be compared at all.
fn incomparable(first: &SampleIds, second: &SampleIds) -> Option<PairProblem> {
    use SampleIds as S;
    match (first, second) {
        (S::Positions(first), S::Positions(second)) if first != second => {
            Some(PairProblem::Lengths { first: *first, second: *second })
        }
        (S::Positions(_), S::Positions(_)) => None,
        (S::Positions(_), _) => Some(PairProblem::IdsInOne { first_has_them: false }),
        (_, S::Positions(_)) => Some(PairProblem::IdsInOne { first_has_them: true }),
        (S::Integers(_), S::Integers(_)) | (S::Strings(_), S::Strings(_)) => None,
        (first, second) => {
            Some(PairProblem::IdTypes { first: first.type_name(), second: second.type_name() })
        }
    }
}

/// The labels by row of the first file. All files that have labels must agree.
fn labels(files: &[Keys], orders: &[Option<Vec<u32>>], classes: usize) -> Result<Option<Vec<u32>>> {
    let reference = files.first().map(|file| &file.ids);
    let mut known: Option<(&Path, Vec<u32>)> = None;
    for (file, order) in files.iter().zip(orders) {
        let Some(stored) = file.classes(classes)? else { continue };
        let labels = match order {
            Some(order) => gather(&stored, order),
            None => stored,
        };
        let Some((first, known)) = &known else {
            known = Some((&file.path, labels));
            continue;
        };
        let differs = known.iter().zip(&labels).enumerate().find(|(_, (a, b))| a != b);
        if let Some((row, (&first_label, &second))) = differs {
            let sample = reference.map_or_else(String::new, |ids| ids.sample(row));
            let problem = PairProblem::Labels { sample, first: first_label, second };
            return Err(pair(first, &file.path, problem));
        }
    }
    Ok(known.map(|(_, labels)| labels))
}

fn pair(first: &Path, second: &Path, problem: PairProblem) -> Error {
    Error::Pair { first: first.into(), second: second.into(), problem }
}
