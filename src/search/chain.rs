//! A chain as the exact search sees it, and what all chains share.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::bits;
use super::candidate::{Chain, GateId};
use super::cut::{Codes, Cut, Ranked, inside, order};
use super::gate::Gate;
use super::space::Space;
use super::staircase::Staircase;
use crate::cascade::Ticks;

/// Parts that the gates of a chain with that many gates are cut into; the last serves for more.
const PARTS: [usize; 5] = [1, 64, 32, 10, 6];

/// The same for each gate but the first on each round of the screen that looks at all chains first,
/// the last again serving for more; where a round has no number, the rounds before it have to do.
const SCREEN_PARTS: [&[usize]; 7] = [&[], &[1], &[16, 48, 127], &[4, 10], &[4], &[2], &[1]];

/// Rounds of the screen.
pub(super) const SCREENS: usize = 3;

/// How many parts each of `gates` gates is cut into.
pub(super) fn parts_per_gate(gates: usize) -> usize {
    PARTS[gates.min(PARTS.len() - 1)]
}

/// How many parts each of `gates` gates but the first is cut into on the screen.
pub(super) fn screen_parts_per_gate(gates: usize, round: usize) -> Option<usize> {
    SCREEN_PARTS[gates.min(SCREEN_PARTS.len() - 1)].get(round).copied()
}

/// What the first split of every chain is made of, made once for all chains.
pub(crate) struct FirstCuts {
    /// For each gate, the samples that its committee gets right.
    pub(super) right: Vec<Vec<u64>>,
    /// For each gate, the samples in the order of their ranks.
    pub(super) order: Vec<Vec<Ranked>>,
    /// For each number of parts that occurs, the cut of every gate that another may follow.
    cuts: BTreeMap<usize, Vec<Option<Cut>>>,
    /// The same of such cuts as screens take, but only who stays.
    codes: BTreeMap<usize, Vec<Option<Codes>>>,
}

impl FirstCuts {
    /// `None` if `stop` said so before all were made.
    pub(crate) fn new(space: &Space, stop: impl Fn() -> bool + Sync) -> Option<Self> {
        let right = space.gates.par_iter().map(|gate| bits::collect(gate.right.iter().copied()));
        let right = right.collect();
        let ordered = |gate: &Gate| (!stop()).then(|| order(&gate.ranks));
        let order: Vec<_> = space.gates.par_iter().map(ordered).collect::<Option<_>>()?;
        let cut = |(id, gate): (usize, &Gate), parts: usize| {
            let (low, high) = gate.interval();
            let stay = (0..space.samples).filter(|&sample| gate.ranks[sample] < low);
            Cut::new(space.samples, stay, inside(&order[id], (low, high)), low, parts)
        };
        let cuts = of_all_gates(space, (1..=space.most_gates()).map(parts_per_gate), cut, &stop)?;
        let screens = (2..=space.most_gates()).flat_map(|gates| {
            (0..SCREENS).filter_map(move |round| screen_parts_per_gate(gates, round))
        });
        let codes = |gate: (usize, &Gate), parts| Codes::of(cut(gate, parts));
        let codes = of_all_gates(space, screens, codes, &stop)?;
        Some(Self { right, order, cuts, codes })
    }

    /// Who stays at `gate`, as a screen takes it that cuts it into `parts`.
    pub(super) fn codes(&self, gate: GateId, parts: usize) -> &Codes {
        let codes = self.codes.get(&parts).and_then(|codes| codes[gate as usize].as_ref());
        codes.expect("every gate that leads is cut")
    }

    /// The cut of `gate` into `parts`.
    pub(super) fn cut(&self, gate: GateId, parts: usize) -> &Cut {
        let cut = self.cuts.get(&parts).and_then(|cuts| cuts[gate as usize].as_ref());
        cut.expect("every gate that leads is cut")
    }

    /// The most right answers by which a cascade of `chain` may beat `staircase` at its cost: every
    /// sample is right if any stage gets it right, and leaves at the first.
    pub(crate) fn gain(&self, space: &Space, chain: &Chain, staircase: &Staircase) -> u32 {
        let mut right = bits::empty(space.samples);
        for &gate in chain.gates() {
            bits::unite(&mut right, &self.right[gate as usize]);
        }
        let cost = space.costs(chain).next().unwrap_or(0) * space.samples as Ticks;
        bits::count(&right).saturating_sub(staircase.best_at(cost))
    }
}

/// For each number of parts, what `make` makes of every gate of `space` that another may follow. `None`
/// if `stop` said so before all were made.
fn of_all_gates<T: Send>(
    space: &Space,
    parts: impl Iterator<Item = usize>,
    make: impl Fn((usize, &Gate), usize) -> T + Sync,
    stop: &(impl Fn() -> bool + Sync),
) -> Option<BTreeMap<usize, Vec<Option<T>>>> {
    let made = |parts: usize| {
        let made = |gate: (usize, &Gate)| {
            (!stop()).then(|| (!gate.1.ranks.is_empty()).then(|| make(gate, parts)))
        };
        Some((parts, space.gates.par_iter().enumerate().map(made).collect::<Option<_>>()?))
    };
    parts.collect::<BTreeSet<_>>().into_iter().map(made).collect()
}

/// The crudest of bounds: every sample is right that any gate gets right, and leaves at the first
/// stage.
pub(crate) struct Ceiling {
    /// The samples that any gate gets right.
    ever_right: u32,
}

impl Ceiling {
    pub(crate) fn new(space: &Space) -> Self {
        let is_right = |sample: usize| space.gates.iter().any(|gate| gate.right[sample]);
        let ever_right = (0..space.samples).into_par_iter().filter(|&sample| is_right(sample));
        Self { ever_right: ever_right.count() as u32 }
    }

    /// The most right answers by which anything that begins as `chain` does may beat `staircase` at
    /// its cost.
    pub(crate) fn gain(&self, space: &Space, chain: &Chain, staircase: &Staircase) -> u32 {
        let cost = space.costs(chain).next().unwrap_or(0) * space.samples as Ticks;
        self.ever_right.saturating_sub(staircase.best_at(cost))
    }

    /// The same for anything in `space`.
    pub(crate) fn most_gain(&self, space: &Space, staircase: &Staircase) -> u32 {
        let roots = space.roots();
        roots.iter().map(|root| self.gain(space, root, staircase)).max().unwrap_or(0)
    }
}

/// What is known of one chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Residual {
    pub(super) chain: Chain,
    /// Most right answers by which one of its cascades may still beat the frontier.
    pub(super) gap: u32,
}

/// A chain with what its stages need.
pub(crate) struct ChainView<'a> {
    pub(crate) id: Chain,
    /// The gates of all stages; the last one's thresholds play no part.
    pub(super) stages: Vec<(GateId, &'a Gate)>,
    /// The cost of a sample that exits at the first stage, and what each further stage adds.
    pub(super) costs: Vec<Ticks>,
    pub(super) first: &'a FirstCuts,
}

impl<'a> ChainView<'a> {
    pub(crate) fn new(space: &'a Space, first: &'a FirstCuts, id: Chain) -> Self {
        let mut before = 0;
        let costs = space.costs(&id).map(|cost| cost - std::mem::replace(&mut before, cost));
        let costs = costs.collect();
        let stages = id.gates().iter().map(|&gate| (gate, &space.gates[gate as usize])).collect();
        Self { id, stages, costs, first }
    }

    pub(super) fn gates(&self) -> &[(GateId, &'a Gate)] {
        &self.stages[..self.stages.len() - 1]
    }

    /// For each sample, the stages that get it right, a bit each.
    pub(super) fn right_stages(&self) -> Vec<u8> {
        right_stages(self.stages.iter().map(|(_, gate)| *gate))
    }
}

/// For each sample, those of `stages` that get it right, a bit each.
pub(super) fn right_stages<'a>(stages: impl Iterator<Item = &'a Gate>) -> Vec<u8> {
    let mut all = vec![];
    for (stage, gate) in stages.enumerate() {
        all.resize(gate.right.len(), 0);
        for (bits, &right) in all.iter_mut().zip(&gate.right) {
            *bits |= u8::from(right) << stage;
        }
    }
    all
}
