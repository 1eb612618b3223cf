//! How two runs differ beside their cascades: verdict, who loses, search, options, inputs.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Change, changes};
use crate::search::Status;
use crate::spec::wire::{Frontier, Provenance};
use crate::trust::Verdict;

/// What a run says of its choice and of its search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// Whether to cascade; `None` where nothing was judged.
    pub verdict: Option<Verdict>,
    /// Classes and groups that lose more than the margin, and not by chance.
    pub losers: Vec<String>,
    /// Why the search ended.
    pub status: Status,
    /// What is certified of it.
    pub certified_gap: Option<f64>,
}

impl Said {
    pub(super) fn by(frontier: &Frontier) -> Self {
        let judgement = frontier.judgement.as_ref();
        let strata = judgement.into_iter().flat_map(|judgement| {
            let groups = judgement.who_pays.groups.iter().flatten().map(|group| ("group", group));
            judgement.who_pays.classes.iter().map(|class| ("class", class)).chain(groups)
        });
        let losers = strata.filter(|(_, stratum)| stratum.loses);
        Self {
            verdict: judgement.map(|judgement| judgement.verdict.clone()),
            losers: losers.map(|(kind, stratum)| format!("{kind} {}", stratum.name)).collect(),
            status: frontier.search.status,
            certified_gap: frontier.search.certified_gap,
        }
    }
}

/// The options that differ, each as a whole.
pub(super) fn options(a: &Provenance, b: &Provenance) -> Vec<Change> {
    by_name(&a.options, &b.options)
}

/// The input files that differ: by path, with their hashes. A file that only moved is the same.
pub(super) fn inputs(a: &Provenance, b: &Provenance) -> Vec<Change> {
    let hashes = |provenance: &Provenance, other: &Provenance| {
        let moved = |hash: &String| other.inputs.iter().any(|input| input.sha256 == *hash);
        let known = |file: &String| other.inputs.iter().any(|input| input.file == *file);
        let inputs = provenance.inputs.iter();
        let inputs = inputs.filter(|input| known(&input.file) || !moved(&input.sha256));
        inputs.map(|input| (input.file.clone(), json!(input.sha256))).collect()
    };
    by_name(&hashes(a, b), &hashes(b, a))
}

fn by_name(a: &BTreeMap<String, Value>, b: &BTreeMap<String, Value>) -> Vec<Change> {
    let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differing = names.into_iter().filter_map(|name| {
        let (before, after) = (a.get(name), b.get(name));
        let is_same = before.zip(after).is_some_and(|(a, b)| changes(a, b).is_empty());
        let change = Change { field: name.clone(), before: before.cloned(), after: after.cloned() };
        (!is_same).then_some(change)
    });
    differing.collect()
}
