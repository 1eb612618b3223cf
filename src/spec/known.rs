//! What a spec has seen of a pool.

use std::collections::BTreeSet;

use super::wire::{Input, Spec, SplitEntry};
use crate::error::{Error, Result};
use crate::pool::{FreshPool, InputFile, Pool};
use crate::trust::{Method, Split, SplitRule};

/// What a spec knows a pool as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Its files are among those that the spec was tuned on.
    Tuning,
    /// Its files are among those of the second pool.
    Holdout,
    No,
}

impl Known {
    /// Looks up the `files` of `pool` among those that `spec` was made from.
    pub(super) fn of(spec: &Spec, pool: &Pool, files: &[InputFile]) -> Self {
        let all_among = |holdout: bool| {
            let inputs = spec.provenance.inputs.iter().filter(|input| input.holdout == holdout);
            is_among(inputs, pool, files)
        };
        match (all_among(false), all_among(true)) {
            (true, _) => Self::Tuning,
            (false, true) => Self::Holdout,
            (false, false) => Self::No,
        }
    }
}

/// Whether every file of predictions or labels of `pool`, whose `files` are these, is one of `inputs`
/// byte for byte. Paths may differ, and so may the manifest.
pub(super) fn is_among<'a>(
    inputs: impl Iterator<Item = &'a Input>,
    pool: &Pool,
    files: &[InputFile],
) -> bool {
    let known: BTreeSet<&str> = inputs.map(|input| input.sha256.as_str()).collect();
    let predictions = pool.models().iter().map(|model| model.predictions.as_path());
    predictions.chain(pool.labels_file()).all(|path| {
        let file = files.iter().find(|input| input.path == path);
        file.is_some_and(|file| known.contains(file.sha256.as_str()))
    })
}

/// Whether all that `spec` was made from is among `files`, the manifest included.
pub(super) fn is_whole(spec: &Spec, files: &[InputFile]) -> bool {
    let mut inputs = spec.provenance.inputs.iter().filter(|input| !input.holdout);
    inputs.all(|input| files.iter().any(|file| file.sha256 == input.sha256))
}

/// The samples of a pool that a spec was not tuned on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Untuned {
    /// Canonical positions.
    pub samples: Vec<u32>,
    /// The files that they stand in, where the spec has not seen these; else none.
    pub inputs: Vec<Input>,
    /// Whether each class of the spec's own pool gave its share of them.
    pub stratified: bool,
}

/// The samples of `pool` that `spec` was not tuned on: those that were held out if it is the pool that
/// the spec was made from, else all.
///
/// # Errors
/// [`Error::Option`] if all samples of the pool tuned the spec; if only some of its predictions are
/// those that the spec was made from, or it has no labels: its samples tuned the spec, and which of
/// them were held out is not known. And if the pool's files cannot be hashed.
pub(super) fn untuned(spec: &Spec, pool: &FreshPool) -> Result<Untuned> {
    let wrong = |expected: &str, found: &str| Err(Error::option("POOL", expected, found));
    let (has_labels, pool) = (pool.labels().is_some(), pool.unlabelled());
    let files = pool.inputs()?;
    let everyone = (0..pool.samples() as u32).collect();
    match Known::of(spec, pool, &files) {
        Known::Tuning if !has_labels && spec.provenance.split.needs_labels() => {
            return wrong(
                "labels, which say which samples of the spec's own pool were held out",
                "none",
            );
        }
        Known::Tuning => {
            let samples = spec.provenance.split.split(pool)?.holdout;
            if samples.is_empty() {
                let expected = "samples that the spec was not tuned on";
                return wrong(expected, "the spec's own pool, of which none were held out");
            }
            let stratified = spec.provenance.split.needs_labels();
            return Ok(Untuned { samples, inputs: vec![], stratified });
        }
        Known::Holdout => {
            return Ok(Untuned { samples: everyone, inputs: vec![], stratified: false });
        }
        Known::No => {}
    }
    let known = |file: &&InputFile| {
        let is_of = |model: &crate::pool::Model| model.predictions == file.path;
        let seen = |input: &Input| input.sha256 == file.sha256;
        pool.models().iter().any(is_of) && spec.provenance.inputs.iter().any(seen)
    };
    if let Some(file) = files.iter().find(known) {
        return wrong(
            "the very files that the spec was made from, or none of them",
            &format!("{} and others", file.path.display()),
        );
    }
    let inputs = files.into_iter().map(Input::from).collect();
    Ok(Untuned { samples: everyone, inputs, stratified: false })
}

impl From<InputFile> for Input {
    fn from(file: InputFile) -> Self {
        Self { file: file.path.display().to_string(), sha256: file.sha256, holdout: false }
    }
}

impl SplitEntry {
    /// Divides the samples of the pool that the entry was made for.
    ///
    /// # Errors
    /// [`Error::Option`] for an entry that makes no sense for `pool`.
    pub fn split(&self, pool: &Pool) -> Result<Split> {
        match self.rule() {
            Rule::Column(column) => Split::by(column, &pool.held_out_by(column)?),
            Rule::None => Ok(Split::all(pool.samples())),
            Rule::Drawn(rule) => rule.split(pool.labels()),
        }
    }

    /// Whether it takes labels to divide samples.
    fn needs_labels(&self) -> bool {
        matches!(self.rule(), Rule::Drawn(rule) if rule.stratified && rule.holdout > 0.0)
    }

    fn rule(&self) -> Rule<'_> {
        match (self.method, &self.column) {
            (Method::Column, Some(column)) => Rule::Column(column),
            (Method::Pool | Method::CrossFitted, _) => Rule::None,
            _ => Rule::Drawn(SplitRule {
                holdout: self.holdout,
                seed: self.seed,
                stratified: self.stratified,
            }),
        }
    }
}

/// How an entry divides samples.
enum Rule<'a> {
    Column(&'a str),
    /// All tune.
    None,
    /// At random.
    Drawn(SplitRule),
}
