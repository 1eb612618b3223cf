//! The samples in the order of one gate's ranks, and what other gates say of them in that order.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::search::bits;
use crate::search::candidate::GateId;
use crate::search::chain::FirstCuts;
use crate::search::cut::{Codes, Ranked, Stays};

/// A set of samples, numbered by their place in `order`.
pub(super) fn in_order(set: &[u64], order: &[Ranked]) -> Vec<u64> {
    let word = |samples: &[Ranked]| {
        let flags = samples.iter().map(|ranked| u64::from(bits::contains(set, ranked.sample)));
        flags.enumerate().fold(0, |word, (at, flag)| word | flag << at)
    };
    order.chunks(64).map(word).collect()
}

/// What gates say of the samples, those first that stay longest at one of them.
pub(super) struct InOrder {
    pub(super) samples: usize,
    /// For each gate, the samples that it gets right.
    right: BTreeMap<GateId, Vec<u64>>,
    /// For each gate that comes later, but not last, who stays there.
    stays: BTreeMap<GateId, Kept>,
}

/// Who stays at a gate. As sets only once that is asked for and chains share them: of many parts they are large.
struct Kept {
    codes: Codes,
    stays: OnceLock<(Stays, usize)>,
}

impl InOrder {
    /// In the order of `gate`, what it says and `lasts` and those `between`, the latter cut into `parts`.
    pub(super) fn of(
        first: &FirstCuts,
        gate: GateId,
        between: &[GateId],
        lasts: &[GateId],
        parts: usize,
    ) -> Self {
        let order = &first.order[gate as usize];
        let right = |gate: GateId| (gate, in_order(&first.right[gate as usize], order));
        let codes = |&gate: &GateId| (gate, first.codes(gate, parts).in_order(order));
        let all = lasts.par_iter().chain(between).copied().chain([gate]);
        Self::new(order.len(), all.map(right).collect(), between.par_iter().map(codes).collect())
    }

    pub(super) fn new(
        samples: usize,
        right: BTreeMap<GateId, Vec<u64>>,
        codes: BTreeMap<GateId, Codes>,
    ) -> Self {
        let kept = |(gate, codes)| (gate, Kept { codes, stays: OnceLock::new() });
        Self { samples, right, stays: codes.into_iter().map(kept).collect() }
    }

    pub(super) fn right(&self, gate: GateId) -> &[u64] {
        &self.right[&gate]
    }

    /// Who stays at a gate, and in how many parts; `keep` where it will be asked for again.
    pub(super) fn stays(&self, gate: GateId, keep: bool) -> Cow<'_, (Stays, usize)> {
        let Kept { codes, stays } = &self.stays[&gate];
        match keep {
            true => Cow::Borrowed(stays.get_or_init(|| codes.stays())),
            false => Cow::Owned(codes.stays()),
        }
    }
}
