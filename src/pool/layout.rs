//! Which columns of a file hold the scores.

use super::problem::listed;
use super::{FileProblem, Kind};

/// The type of a column, as far as a pool cares.
#[cfg_attr(not(feature = "parquet"), allow(dead_code, reason = "no reader finds any"))]
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ColumnType {
    Integer,
    Text,
    Boolean,
    Float,
    FloatList,
    /// Lists of one length.
    FloatArray(usize),
    Other,
}

/// A column of a file.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub name: String,
    pub kind: ColumnType,
    /// Its type in words, for messages.
    pub described: String,
}

impl Column {
    /// The error that this column is not `expected`.
    pub fn not(&self, expected: &'static str) -> FileProblem {
        let (column, found) = (self.name.clone(), self.described.clone());
        FileProblem::WrongType { column, found, expected }
    }
}

/// Where the scores of a file are.
#[derive(Debug)]
pub(super) enum Layout {
    /// One column of lists; the width is known where the type fixes it.
    Lists { column: String, width: Option<usize> },
    /// One column per class, by class.
    Wide { columns: Vec<String> },
}

impl Layout {
    /// Finds the scores among `columns`. Where no kind is `declared`, the columns' names decide.
    pub fn find(columns: &[Column], declared: Option<Kind>) -> Result<(Kind, Self), FileProblem> {
        let [logits, probabilities] =
            [Kind::Logits, Kind::Probabilities].map(|kind| Candidates::new(columns, kind));
        match (declared, logits.any(), probabilities.any()) {
            (_, false, false) => Err(FileProblem::NoScores { columns: names(columns) }),
            (None, true, true) => Err(FileProblem::BothKinds),
            (Some(Kind::Logits) | None, true, _) => logits.layout(),
            (Some(Kind::Probabilities) | None, _, true) => probabilities.layout(),
            (Some(declared), found, _) => {
                let found = if found { Kind::Logits } else { Kind::Probabilities };
                Err(FileProblem::WrongKind { declared, found })
            }
        }
    }
}

/// The names of `columns`, for a message.
pub(super) fn names(columns: &[Column]) -> String {
    listed(&columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>())
}

/// The columns that may hold scores of one kind.
struct Candidates<'a> {
    kind: Kind,
    list: Option<&'a Column>,
    /// With their class.
    wide: Vec<(usize, &'a Column)>,
}

impl<'a> Candidates<'a> {
    fn new(columns: &'a [Column], kind: Kind) -> Self {
        let mut wide: Vec<_> = columns
            .iter()
            .filter_map(|column| Some((class_of(&column.name, kind)?, column)))
            .collect();
        wide.sort_by_key(|(class, _)| *class);
        Self { kind, list: columns.iter().find(|column| column.name == kind.column()), wide }
    }

    fn any(&self) -> bool {
        self.list.is_some() || !self.wide.is_empty()
    }

    fn layout(&self) -> Result<(Kind, Layout), FileProblem> {
        let layout = match (self.list, self.wide.first()) {
            (Some(_), Some((_, first))) => {
                let (list, wide) = (self.kind.column(), first.name.clone());
                return Err(FileProblem::BothLayouts { list, wide });
            }
            (Some(list), None) => lists(list)?,
            (None, _) => self.columns()?,
        };
        Ok((self.kind, layout))
    }

    fn columns(&self) -> Result<Layout, FileProblem> {
        let count = self.wide.len();
        for (class, (found, column)) in self.wide.iter().enumerate() {
            if *found != class {
                let column = format!("{}{class}", self.kind.prefix());
                return Err(FileProblem::MissingClass { column, count });
            }
            if column.kind != ColumnType::Float {
                return Err(column.not("floats of 16, 32 or 64 bits"));
            }
        }
        Ok(Layout::Wide { columns: self.wide.iter().map(|(_, c)| c.name.clone()).collect() })
    }
}

fn lists(column: &Column) -> Result<Layout, FileProblem> {
    let width = match column.kind {
        ColumnType::FloatList => None,
        ColumnType::FloatArray(width) => Some(width),
        _ => return Err(column.not("lists of floats of 16, 32 or 64 bits")),
    };
    Ok(Layout::Lists { column: column.name.clone(), width })
}

/// The class of a wide column: `logit_7` is class 7, `logit_07` and `logit_x` are none.
fn class_of(name: &str, kind: Kind) -> Option<usize> {
    let digits = name.strip_prefix(kind.prefix())?;
    let class = digits.parse::<usize>().ok()?;
    (class.to_string() == digits).then_some(class)
}
