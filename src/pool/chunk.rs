//! Pieces of a pool small enough to hold.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Scores;

/// Values per model that a chunk should not exceed: 16 MiB of them.
const VALUES: usize = 1 << 22;

/// Rows that a chunk has even if they are wide: reading fewer at a time is slow.
const FEWEST_ROWS: usize = 1024;

/// Chunks of a pool that is stored in so many row groups: work for every core.
const CHUNKS: usize = 32;

/// All models' scores on some samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// For each row its sample: an index into the pool's ids and labels.
    pub positions: Vec<u32>,
    /// One per model, in the order of [`ModelId`](crate::cascade::ModelId).
    pub scores: Vec<Scores>,
}

/// Memory of chunks that are done with, for those that follow: fresh memory costs a page fault for
/// every 4 KiB, a tenth of the time of reading.
#[derive(Debug, Default)]
pub(crate) struct Spare(Mutex<Vec<Vec<f32>>>);

impl Spare {
    /// Some memory, empty.
    pub(super) fn take(&self) -> Vec<f32> {
        self.lock().pop().unwrap_or_default()
    }

    /// Takes back that of a chunk.
    pub(crate) fn put(&self, chunk: Chunk) {
        let parts =
            chunk.scores.into_iter().map(|scores| scores.values.into_raw_vec_and_offset().0);
        self.lock().extend(parts.map(|mut values| {
            values.clear();
            values
        }));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Vec<f32>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ranges of rows that cover all row groups once, in order: short row groups are merged, as long as
/// that leaves [`CHUNKS`]; long ones are cut evenly, though only where they are too much to hold, as
/// each piece costs decoding the whole row group.
pub(super) fn ranges(row_groups: &[usize], classes: usize) -> Vec<Range<usize>> {
    let limit = (VALUES / classes).max(FEWEST_ROWS);
    let rows: usize = row_groups.iter().sum();
    let enough = (rows / CHUNKS).max(FEWEST_ROWS);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for piece in row_groups.iter().flat_map(|rows| cut(*rows, limit)) {
        match ranges.last_mut() {
            Some(last) if last.len() < enough && last.len() + piece <= limit => last.end += piece,
            last => {
                let start = last.map_or(0, |last| last.end);
                ranges.push(start..start + piece);
            }
        }
    }
    ranges
}

/// The fewest pieces of at most `limit` rows that `rows` are cut into.
fn cut(rows: usize, limit: usize) -> impl Iterator<Item = usize> {
    let pieces = rows.div_ceil(limit);
    (0..pieces).map(move |piece| (piece + 1) * rows / pieces - piece * rows / pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_row_groups_are_merged_and_long_ones_are_cut() {
        let groups = [500, 500, 500, 0, 100];
        assert_eq!(ranges(&groups, 1000), [0..1500, 1500..1600]);
        let long = [0..3000, 3000..6000, 6000..9000, 9000..9010];
        assert_eq!(ranges(&[9000, 10], 1000), long);
        assert_eq!(ranges(&[3000; 64], 10).len(), 32);
        assert_eq!(ranges(&[1500], 1 << 22), [0..750, 750..1500]);
        assert_eq!(ranges(&[7], 2).first(), Some(&(0..7)));
    }

    #[test]
    fn cut_pieces_cover_all_rows() {
        for rows in [1, 999, 1000, 1001, 12_345] {
            let pieces: Vec<usize> = cut(rows, 1000).collect();
            assert_eq!(pieces.iter().sum::<usize>(), rows);
            assert!(pieces.iter().all(|piece| (1..=1000).contains(piece)));
        }
    }
}
