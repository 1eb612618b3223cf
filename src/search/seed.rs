//! Where an exact search starts: the best cascades on a coarse grid, of as many chains as are quick
//! to score.

use super::grid::{self, Counts};
use super::space::{Chain, Space};
use super::staircase::Staircase;
use crate::cascade::ModelId;

/// Thresholds per gate.
const RESOLUTION: u16 = 32;

/// Cells of a chain's table, at most.
const TABLE: f64 = (1u64 << 18) as f64;

/// Samples that are looked at over all chains, at most.
const VISITS: f64 = 2e9;

/// Offers good cascades to `staircase`. Where there are too many chains, it takes those of few
/// stages first, and then longer ones of the models that did well in them.
pub(super) fn search(
    space: &Space,
    staircase: &mut Staircase,
    on_chains: impl Fn(usize) + Sync,
    stop: impl Fn() -> bool + Sync,
) -> Counts {
    let gates = space.most_gates().max(1) as f64;
    let resolution = RESOLUTION.min(TABLE.powf(1.0 / gates) as u16);
    let affordable = VISITS / space.samples.max(1) as f64;
    let all = space.chains(|_| true) as f64;
    let mut scored = 0;
    let mut pass = |staircase: &mut Staircase, wanted: &(dyn Fn(&Chain) -> bool + Sync)| {
        let counts = grid::search(space, resolution, wanted, staircase, &on_chains, &stop);
        scored += counts.scored;
    };
    if all <= affordable {
        pass(staircase, &|_| true);
    } else {
        let fits = |stages: &usize| {
            space.chains(|chain| chain.gates().len() <= *stages) as f64 <= affordable
        };
        let stages = (1..=space.most_gates()).take_while(fits).last().unwrap_or(1);
        pass(staircase, &|chain| chain.gates().len() <= stages);
        // The number of chains grows with that power of the number of models.
        let share = (affordable / all).powf(1.0 / (gates + 1.0));
        let models = best_models(space, staircase, share);
        let committee = |gate: u32| &space.gates[gate as usize].committee;
        pass(staircase, &|chain| {
            let mut run = chain.gates().iter().flat_map(|&gate| committee(gate).models());
            run.all(|model| models.contains(model))
        });
    }
    Counts { candidates: space.candidates(), scored }
}

/// The `share` of the models that are in most steps of `staircase`, ascending.
fn best_models(space: &Space, staircase: &Staircase, share: f64) -> Vec<ModelId> {
    let mut uses = std::collections::BTreeMap::new();
    for gate in &space.gates {
        gate.committee.models().iter().for_each(|&model| {
            uses.entry(model).or_insert(0u32);
        });
    }
    for step in staircase.steps() {
        let gates = step.candidate.chain.gates().iter();
        let run: std::collections::BTreeSet<ModelId> = gates
            .flat_map(|&gate| space.gates[gate as usize].committee.models())
            .copied()
            .collect();
        for model in run {
            *uses.entry(model).or_insert(0) += 1;
        }
    }
    let mut ranked: Vec<(ModelId, u32)> = uses.into_iter().collect();
    ranked.sort_by_key(|&(model, uses)| (std::cmp::Reverse(uses), model));
    let count = (share * ranked.len() as f64) as usize;
    ranked.into_iter().take(count.max(1)).map(|(model, _)| model).collect()
}
