//! A first bound on all chains that share everything but their last stage.
//!
//! What a coarse cell of thresholds leaves open depends on the gates alone. So for each cell of the
//! shared gates the samples for which the last stage matters are found once; a chain's optimistic
//! point then takes one count of those that its own last stage gets right.

use super::bits;
use super::chain::{FirstCuts, screen_parts_per_gate};
use super::cut::Cut;
use super::exact::Residual;
use super::prefix::Prefix;
use super::space::{GateId, Space};
use super::staircase::Staircase;
use crate::cascade::Ticks;

/// What is known of some chains after the screen.
#[derive(Debug, Default)]
pub(super) struct Screened {
    /// Those that may still beat the staircase.
    pub(super) left: Vec<Residual>,
    /// Cells that were bounded, and those of them that were dropped.
    pub(super) bounded: u64,
    pub(super) dropped: u64,
}

impl Screened {
    /// This and then that.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.left.extend(other.left);
        self.bounded += other.bounded;
        self.dropped += other.dropped;
        self
    }
}

/// Bounds `chains`, which differ in their last stage only: which of them may beat `staircase` at
/// their cost by more than `tolerance` right answers. `None` where the round has nothing to add.
pub(super) fn screen(
    space: &Space,
    first: &FirstCuts,
    staircase: &Staircase,
    tolerance: u32,
    chains: &[Residual],
    round: usize,
) -> Option<Screened> {
    let parent = chains.first()?.chain.parent();
    let parts = screen_parts_per_gate(parent.gates().len(), round)?;
    let costs: Vec<Ticks> = space.costs(&parent).collect();
    let before = costs.last().copied().unwrap_or(0);
    let last = |residual: &Residual| Last {
        right: &first.right[residual.chain.last() as usize],
        cost: space.costs(&residual.chain).last().unwrap_or(before) - before,
        gain: tolerance,
    };
    let lasts: Vec<Last<'_>> = chains.iter().map(last).collect();
    let cheapest = lasts.iter().map(|last| last.cost).min().unwrap_or(0);
    let right = |gate: GateId| first.right[gate as usize].as_slice();
    let mut some_later = bits::empty(space.samples);
    lasts.iter().for_each(|last| bits::unite(&mut some_later, last.right));
    let mut more = cheapest;
    let mut gates = Vec::with_capacity(parent.gates().len());
    for (number, &gate) in parent.gates().iter().enumerate().rev() {
        let cut = first.cut(gate, parts);
        gates.push(Shared { cut, right: right(gate), some_later: some_later.clone(), more });
        bits::unite(&mut some_later, right(gate));
        more = costs[number] - number.checked_sub(1).map_or(0, |before| costs[before]);
    }
    gates.reverse();
    let found = Screened::default();
    let mut screen = Screen { staircase, tolerance, gates, cheapest, lasts, found };
    screen.descend(0, &Prefix::first(space.samples, more * space.samples as Ticks));
    let Screen { lasts, mut found, .. } = screen;
    let gains = chains
        .iter()
        .zip(lasts)
        .map(|(residual, last)| Residual { gap: residual.gap.min(last.gain), ..*residual });
    found.left = gains.filter(|residual| residual.gap > tolerance).collect();
    Some(found)
}

/// A gate that all the chains have.
struct Shared<'a> {
    cut: &'a Cut,
    /// The samples that it gets right.
    right: &'a [u64],
    /// The samples that some stage after it gets right.
    some_later: Vec<u64>,
    /// What the next stage adds to a sample's cost, at least.
    more: Ticks,
}

/// A stage that ends one of the chains.
struct Last<'a> {
    /// The samples that it gets right.
    right: &'a [u64],
    /// What it adds to a sample's cost.
    cost: Ticks,
    gain: u32,
}

struct Screen<'a> {
    staircase: &'a Staircase,
    tolerance: u32,
    gates: Vec<Shared<'a>>,
    /// What the cheapest last stage costs.
    cheapest: Ticks,
    lasts: Vec<Last<'a>>,
    found: Screened,
}

impl Screen<'_> {
    /// Goes through the parts of the gates from `gate` on.
    fn descend(&mut self, gate: usize, prefix: &Prefix) {
        for number in 0..self.gates[gate].cut.parts.len() {
            let Shared { cut, right, some_later, more } = &self.gates[gate];
            let surely = bits::count_both(&prefix.surely, cut.surely_stay.row(number));
            let cost = prefix.cost + more * Ticks::from(surely);
            let passed = prefix.pass(cut, number, right, cost);
            let most = bits::count_with(&passed.right, &passed.may, some_later);
            self.found.bounded += 1;
            if most <= self.staircase.best_at(cost) + self.tolerance {
                self.found.dropped += 1;
            } else if gate + 1 < self.gates.len() {
                self.descend(gate + 1, &passed);
            } else {
                self.finish(&passed, surely, most);
            }
        }
    }

    /// Bounds the cell of `prefix` for every last stage. `surely` is the number of samples that
    /// reach it in any case, `most` that of right answers if it is right wherever some is.
    fn finish(&mut self, prefix: &Prefix, surely: u32, most: u32) {
        let settled = bits::count(&prefix.right);
        let matters = prefix.may.iter().zip(&prefix.right).map(|(may, right)| may & !right);
        let matters: Vec<u64> = matters.collect();
        for last in &mut self.lasts {
            let more = (last.cost - self.cheapest) * Ticks::from(surely);
            let level = self.staircase.best_at(prefix.cost + more);
            if most > level + last.gain {
                let correct = settled + bits::count_both(&matters, last.right);
                last.gain = last.gain.max(correct.saturating_sub(level));
                self.found.bounded += 1;
            }
        }
    }
}
