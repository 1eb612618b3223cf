//! What samples are called, and matching those of two files.

use std::cmp::Ordering;

use super::{FileProblem, PairProblem, Values};

/// The names of samples. In a [`Pool`](super::Pool) they ascend, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampleIds {
    /// Integers of 64 bits, signed or not, as numbers.
    Integers(Vec<i128>),
    /// Strings, ordered by their bytes.
    Strings(Vec<String>),
    /// No file names them: a sample is its position, and this is how many there are.
    Positions(usize),
}

impl SampleIds {
    /// Number of samples.
    pub fn len(&self) -> usize {
        match self {
            Self::Integers(ids) => ids.len(),
            Self::Strings(ids) => ids.len(),
            Self::Positions(samples) => *samples,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ids as a column to write; positions count from 0.
    pub fn values(&self) -> Values {
        match self {
            Self::Integers(ids) => {
                let signed: Option<_> = ids.iter().map(|&id| i64::try_from(id).ok()).collect();
                // Else they come from an unsigned column, all of them.
                let unsigned = || ids.iter().map(|&id| id as u64).collect();
                signed.map_or_else(|| Values::U64(unsigned()), Values::I64)
            }
            Self::Strings(ids) => Values::Text(ids.clone()),
            Self::Positions(samples) => Values::I64((0..*samples as i64).collect()),
        }
    }

    /// The id at `index`, for a message.
    pub(super) fn id(&self, index: usize) -> String {
        match self {
            Self::Integers(ids) => ids.get(index).map_or_else(String::new, i128::to_string),
            Self::Strings(ids) => ids.get(index).map_or_else(String::new, |id| format!("{id:?}")),
            Self::Positions(_) => index.to_string(),
        }
    }

    /// The sample at `index`, for a message.
    pub(super) fn sample(&self, index: usize) -> String {
        match self {
            Self::Positions(_) => format!("row {index} (from 0)"),
            _ => format!("sample_id {}", self.id(index)),
        }
    }

    /// For each name that is among both of two ascending lists, its place in either.
    pub fn shared(&self, other: &Self) -> Vec<(u32, u32)> {
        if self.type_name() != other.type_name() {
            return vec![];
        }
        let mut shared = vec![];
        let (mut ours, mut theirs) = (0, 0);
        while (ours as usize) < self.len() && (theirs as usize) < other.len() {
            let order = self.compare(ours, other, theirs);
            if order.is_eq() {
                shared.push((ours, theirs));
            }
            ours += u32::from(order.is_le());
            theirs += u32::from(order.is_ge());
        }
        shared
    }

    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Integers(_) => "an integer",
            Self::Strings(_) => "a string",
            Self::Positions(_) => "missing",
        }
    }

    /// The ids at `rows`, in that order.
    pub(super) fn gathered(&self, rows: &[u32]) -> Self {
        match self {
            Self::Integers(ids) => Self::Integers(gather(ids, rows)),
            Self::Strings(ids) => Self::Strings(gather(ids, rows)),
            Self::Positions(samples) => Self::Positions(*samples),
        }
    }

    /// Compares ids of one type.
    fn compare(&self, index: u32, other: &Self, other_index: u32) -> Ordering {
        match (self, other) {
            (Self::Integers(a), Self::Integers(b)) => at(a, index).cmp(&at(b, other_index)),
            (Self::Strings(a), Self::Strings(b)) => at(a, index).cmp(&at(b, other_index)),
            _ => index.cmp(&other_index),
        }
    }
}

/// The values at `rows`, in that order.
pub(super) fn gather<T: Clone>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().filter_map(|row| at(values, *row)).cloned().collect()
}

fn at<T>(values: &[T], index: u32) -> Option<&T> {
    values.get(index as usize)
}

/// The rows of a file by ascending id.
pub(super) struct Ascending<'a> {
    ids: &'a SampleIds,
    pub rows: Vec<u32>,
}

impl<'a> Ascending<'a> {
    /// Fails if an id is there twice.
    pub fn new(ids: &'a SampleIds) -> Result<Self, FileProblem> {
        let mut rows: Vec<u32> = (0..).take(ids.len()).collect();
        rows.sort_by(|a, b| ids.compare(*a, ids, *b));
        for (&first, &second) in rows.iter().zip(rows.iter().skip(1)) {
            if ids.compare(first, ids, second).is_eq() {
                let (first, second) = (first as usize, second as usize);
                return Err(FileProblem::DuplicateId { id: ids.id(first), first, second });
            }
        }
        Ok(Self { ids, rows })
    }

    /// For each row of this file the row of `other` with the same id. Fails unless both files
    /// have the same samples.
    pub fn rows_in(&self, other: &Self) -> Result<Vec<u32>, PairProblem> {
        if let Some((count, id)) = self.lacked_by(other) {
            return Err(PairProblem::OnlyInFirst { count, id });
        }
        if let Some((count, id)) = other.lacked_by(self) {
            return Err(PairProblem::OnlyInSecond { count, id });
        }
        let mut pairs: Vec<(u32, u32)> =
            self.rows.iter().copied().zip(other.rows.iter().copied()).collect();
        pairs.sort_unstable();
        Ok(pairs.into_iter().map(|(_, row)| row).collect())
    }

    /// How many ids `other` lacks, and the first of them.
    fn lacked_by(&self, other: &Self) -> Option<(usize, String)> {
        let mut others = other.rows.iter().copied().peekable();
        let mut lacked = self.rows.iter().copied().filter(|&row| {
            let compare = |&there: &u32| other.ids.compare(there, self.ids, row);
            while others.next_if(|there| compare(there).is_lt()).is_some() {}
            others.next_if(|there| compare(there).is_eq()).is_none()
        });
        let first = lacked.next()?;
        Some((1 + lacked.count(), self.ids.id(first as usize)))
    }

    /// For each row its place in ascending order.
    pub fn ranks(&self) -> Vec<u32> {
        let mut pairs: Vec<(u32, u32)> = self.rows.iter().copied().zip(0..).collect();
        pairs.sort_unstable();
        pairs.into_iter().map(|(_, rank)| rank).collect()
    }
}
