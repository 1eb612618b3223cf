//! A first bound on all chains, those that share everything but their last stage side by side.
//!
//! What a coarse cell of thresholds leaves open depends on the gates alone. So for each cell of the
//! shared gates the samples for which the last stage matters are found once; a chain's optimistic
//! point then takes one count of those that its own last stage gets right.

mod cells;
mod order;

use std::collections::BTreeSet;

use super::bits;
use super::candidate::{Chain, GateId};
use super::chain::{FirstCuts, Residual, screen_parts_per_gate};
use super::levels::Levels;
use super::space::Space;
use crate::cascade::Ticks;
use cells::{Between, Cell, Cells, LANES};
use order::InOrder;

/// Last stages are taken together whose costs differ by less than one part in so many.
const NEAR: Ticks = 8;

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
    /// Of chains that nothing more is known of.
    pub(super) fn left(left: Vec<Residual>) -> Self {
        Self { left, ..Self::default() }
    }

    /// This and then that.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.left.extend(other.left);
        self.bounded += other.bounded;
        self.dropped += other.dropped;
        self
    }
}

/// One round of bounding chains that begin with the same gate.
pub(super) struct Screen<'a> {
    space: &'a Space,
    levels: &'a Levels,
    tolerance: u32,
    samples: InOrder,
}

impl<'a> Screen<'a> {
    /// For `chains`, which begin with the same gate and have as many gates; measured against a staircase
    /// of these `levels`. `None` where the round has nothing to add.
    pub(super) fn new(
        space: &'a Space,
        first: &FirstCuts,
        levels: &'a Levels,
        tolerance: u32,
        chains: &[Residual],
        round: usize,
    ) -> Option<Self> {
        let gates = chains.first()?.chain.gates().len() - 1;
        let parts = screen_parts_per_gate(gates, round)?;
        let all = |of: fn(&Chain) -> &[GateId]| -> Vec<GateId> {
            let gates = chains.iter().flat_map(|residual| of(&residual.chain));
            gates.copied().collect::<BTreeSet<_>>().into_iter().collect()
        };
        let lasts = all(|chain| &chain.gates()[chain.gates().len() - 1..]);
        let between = all(|chain| &chain.gates()[1..chain.gates().len() - 1]);
        let gate = chains.first()?.chain.gates()[0];
        let samples = InOrder::of(first, gate, &between, &lasts, parts);
        Some(Self { space, levels, tolerance, samples })
    }

    /// Bounds chains that differ in their last stage only: which of them may beat the staircase at their
    /// cost by more than the tolerance.
    pub(super) fn bound(&self, chains: &[Residual]) -> Screened {
        let Some(parent) = chains.first().map(|residual| residual.chain.parent()) else {
            return Screened::default();
        };
        let (first, between) = self.gates(&parent);
        let mut lasts: Vec<Last<'_>> =
            chains.iter().map(|residual| self.last(residual, &parent)).collect();
        let mut by_cost: Vec<&mut Last<'_>> = lasts.iter_mut().collect();
        by_cost.sort_by_key(|last| last.cost);
        let mut found = Screened::default();
        for cells in Cell::all(&self.samples, &between).chunks(LANES) {
            let counted = (cells.len() * self.samples.samples.div_ceil(64)) as u64;
            let cells = Cells::new(&self.samples, first, &between, cells);
            // Of stages taken together, if one that is right where any of them is may gain anything.
            let margins = |lasts: &[&mut Last<'_>]| {
                let some = some(lasts);
                let margins = cells.margins(lasts[0].cost, &some, self.levels);
                (cells.most_gain(&margins, &some) > self.tolerance).then_some(margins)
            };
            found.bounded += counted;
            if margins(&by_cost).is_none() {
                found.dropped += counted;
                continue;
            }
            let mut rest = by_cost.as_mut_slice();
            while let Some(cheapest) = rest.first().map(|last| last.cost) {
                let near = rest.partition_point(|last| last.cost <= cheapest + cheapest / NEAR);
                let lasts;
                (lasts, rest) = rest.split_at_mut(near);
                found.bounded += counted;
                let Some(margins) = margins(lasts) else {
                    found.dropped += counted;
                    continue;
                };
                for last in lasts {
                    last.gain = last.gain.max(cells.most_gain(&margins, last.right));
                    found.bounded += counted;
                }
            }
        }
        let gains = chains
            .iter()
            .zip(lasts)
            .map(|(residual, last)| Residual { gap: residual.gap.min(last.gain), ..*residual });
        found.left = gains.filter(|residual| residual.gap > self.tolerance).collect();
        found
    }

    /// The first gate of chains that go on from `parent`, as [`Cells`] take it, and their further ones.
    fn gates(&self, parent: &Chain) -> ((GateId, Ticks, Ticks), Vec<Between>) {
        let costs: Vec<Ticks> = self.space.costs(parent).collect();
        let more = |stage: usize| costs.get(stage + 1).map_or(0, |next| next - costs[stage]);
        let gates = parent.gates().iter().enumerate().skip(1);
        let between = gates.map(|(stage, &gate)| Between { gate, more: more(stage) });
        ((parent.gates()[0], costs[0], more(0)), between.collect())
    }

    fn last(&self, residual: &Residual, parent: &Chain) -> Last<'_> {
        let last = |chain: &Chain| self.space.costs(chain).last().unwrap_or(0);
        Last {
            right: self.samples.right(residual.chain.last()),
            cost: last(&residual.chain) - last(parent),
            gain: self.tolerance,
        }
    }
}

/// A stage that ends one of the chains.
struct Last<'a> {
    /// The samples that it gets right.
    right: &'a [u64],
    /// What it adds to a sample's cost.
    cost: Ticks,
    gain: u32,
}

/// The samples that some of `lasts` gets right.
fn some(lasts: &[&mut Last<'_>]) -> Vec<u64> {
    let mut some = vec![0; lasts[0].right.len()];
    lasts.iter().for_each(|last| bits::unite(&mut some, last.right));
    some
}
