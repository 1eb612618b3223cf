//! Where an exact search starts: the best cascades on coarse grids, with better thresholds than
//! those of the grid.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::candidate::{Candidate, Chain, GateId};
use super::grid;
use super::polish::polish;
use super::progress::{Observer, scoring};
use super::space::Space;
use super::staircase::{Staircase, Step};
use super::ways::Ways;
use crate::cascade::{Committee, ModelId};

/// Thresholds per gate, at least and at most.
const RESOLUTIONS: std::ops::RangeInclusive<u16> = 8..=32;

/// Samples looked at and cells filled in one pass over chains, at most.
const WORK: f64 = 5e8;

/// Share of the models that are left each time that chains are too many.
const FEWER: f64 = 0.8;

/// Offers good cascades to `staircase` and returns how many were scored: those that `space` starts
/// from and all ensembles whatever the time, then those of at most two models, of three, and so on.
/// So a search that may use more models is no worse for it where it is stopped. Where there are too
/// many chains, it takes those of the models that did well in smaller ones.
pub(super) fn search(
    space: &Space,
    staircase: &mut Staircase,
    observer: &dyn Observer,
    stop: impl Fn() -> bool + Sync,
) -> u64 {
    let mut scored = starts(space, staircase) + space.ensembles();
    for most in 1..=space.most_gates() + 1 {
        if most > 1 && stop() {
            break;
        }
        let mut models = ranked_models(space, staircase);
        let is_of = |gate: GateId, models: &[ModelId]| {
            let committee = committee(space, gate).models();
            most == 1 || committee.len() <= most && committee.iter().all(|it| models.contains(it))
        };
        let (resolution, chains) = loop {
            let chains = space.chains(most, |gate| is_of(gate, &models));
            let affordable = |resolution: &u16| work(space, &chains, *resolution) <= WORK;
            let finest = RESOLUTIONS.rev().find(affordable);
            if finest.is_some() || most == 1 || models.len() <= most {
                break (finest.unwrap_or(*RESOLUTIONS.start()), chains);
            }
            models.truncate((FEWER * models.len() as f64) as usize);
        };
        let wanted = |chain: &Chain| {
            chain.gates().len() <= most && chain.gates().iter().all(|&gate| is_of(gate, &models))
        };
        let on_chains = scoring(observer, &chains);
        scored += grid::search(space, resolution, wanted, staircase, on_chains, &stop);
        scored += polish(space, staircase, &stop);
    }
    scored
}

/// Offers what `space` starts from to `staircase`, and returns how many these are.
fn starts(space: &Space, staircase: &mut Staircase) -> u64 {
    let step = |start: &Candidate| {
        let (cost, correct) = Ways::new(space, start).merit();
        Step { cost, correct, candidate: *start }
    };
    staircase.join(space.starts.par_iter().map(step).collect::<Vec<_>>());
    space.starts.len() as u64
}

/// Samples looked at and cells filled for so many `chains` without a gate, with one, and so on.
fn work(space: &Space, chains: &[u64], resolution: u16) -> f64 {
    let chain = |gates: usize| space.samples as f64 + f64::from(resolution).powi(gates as i32);
    chains.iter().enumerate().map(|(gates, &number)| number as f64 * chain(gates)).sum()
}

fn committee(space: &Space, gate: GateId) -> &Committee {
    &space.gates[gate as usize].committee
}

/// The models of `space`, those that are in most steps of `staircase` first.
fn ranked_models(space: &Space, staircase: &Staircase) -> Vec<ModelId> {
    let mut uses: BTreeMap<ModelId, u32> = BTreeMap::new();
    let all = space.gates.iter().flat_map(|gate| gate.committee.models());
    all.for_each(|&model| *uses.entry(model).or_default() = 0);
    for step in staircase.steps() {
        let gates = step.candidate.chain.gates().iter();
        let run: BTreeSet<ModelId> =
            gates.flat_map(|&gate| committee(space, gate).models()).copied().collect();
        run.into_iter().for_each(|model| *uses.entry(model).or_default() += 1);
    }
    let mut ranked: Vec<(ModelId, u32)> = uses.into_iter().collect();
    ranked.sort_by_key(|&(model, uses)| (Reverse(uses), model));
    ranked.into_iter().map(|(model, _)| model).collect()
}
