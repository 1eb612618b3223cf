//! What is known of each open sample of a cell, and that side by side as line bounds take it.

use super::candidate::MAX_GATES;
use super::cut::Ranked;

/// Stretches of the order of ranks that are summed side by side.
pub(super) const LANES: usize = 8;

/// An open sample: what it does at each gate, as a code of that gate's [`Cut`](super::cut::Cut)
/// (in a [`Cell`](super::bound::Cell), as a [`way`](super::cut::way)), and the stages that get it
/// right, a bit each. Eight bytes side by side, since line bounds take samples in any order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    pub(super) codes: [u8; MAX_GATES],
    pub(super) right: u8,
}

/// For one stretch each, what there is to know about one sample at one gate.
pub(super) type Column = [u8; LANES];

/// The samples of `order`, all open at `gate`, as line bounds take them: stretch by stretch of
/// equal length, one sample of each side by side. For each of these rows, their codes at each of so
/// many `gates` (at `gate` itself 1, or 0 where a stretch has no more samples), and at last the
/// stages that get them right.
pub(super) fn columns(
    gates: usize,
    gate: usize,
    order: &[Ranked],
    profiles: &[Profile],
) -> Vec<Column> {
    let rows = order.len().div_ceil(LANES);
    let mut columns = vec![[0; LANES]; rows * (gates + 1)];
    for (lane, stretch) in order.chunks(rows.max(1)).enumerate() {
        for (row, ranked) in columns.chunks_exact_mut(gates + 1).zip(stretch) {
            let Profile { codes, right } = &profiles[ranked.sample as usize];
            for (column, &code) in row.iter_mut().zip(&codes[..gates]) {
                column[lane] = code;
            }
            row[gate][lane] = 1;
            row[gates][lane] = *right;
        }
    }
    columns
}
