//! Per-sample confidence and correctness of every committee: all that the search ever looks at.

pub(crate) mod kernel;
pub(crate) mod math;
mod mixes;
mod plan;
pub(crate) mod reference;
mod tally;
mod walk;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

pub(crate) use mixes::Fitted;
pub use mixes::Mixes;
pub use plan::committees;
pub use reference::{Decision, Row, decide, decide_mixed};
pub use tally::{StageSignal, Tally};

use crate::cascade::{Aggregation, Committee, ConfidenceMeasure, Fit, Mix};
use crate::error::Result;
use crate::pool::{Chunk, Pool, Spare};
use plan::{Plan, Wanted};
use walk::{Asked, Piece, walk};

/// Samples of a chunk that one thread takes at a time.
const PIECE: usize = 128;

/// One committee on every sample of a pool, in the pool's canonical order: 5 bytes a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Larger is surer.
    pub confidence: Vec<f32>,
    /// Whether the prediction is the label.
    pub right: Vec<bool>,
}

impl Signal {
    /// Number of right answers.
    pub fn correct(&self) -> u32 {
        self.right.iter().map(|&right| u32::from(right)).sum()
    }

    /// Share of right answers.
    pub fn accuracy(&self) -> f64 {
        f64::from(self.correct()) / self.right.len().max(1) as f64
    }
}

/// Names one signal. Under [`Aggregation::Last`] the committee is the newest model alone, which
/// is the same signal as that model's mean of logits, and is kept only once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignalKey {
    aggregation: Aggregation,
    confidence: ConfidenceMeasure,
    fit: Fit,
    committee: Committee,
}

impl SignalKey {
    /// The signal of `committee`, nothing being fitted; for [`Aggregation::Last`], of its one
    /// newest model.
    pub fn new(
        aggregation: Aggregation,
        confidence: ConfidenceMeasure,
        committee: Committee,
    ) -> Self {
        let aggregation = match aggregation {
            Aggregation::Last => Aggregation::MeanLogits,
            other => other,
        };
        Self { aggregation, confidence, fit: Fit::RAW, committee }
    }

    /// The signal of the same committee with `fit` fitted.
    pub fn with(self, fit: Fit) -> Self {
        Self { fit, ..self }
    }

    /// What is fitted.
    pub fn fit(&self) -> Fit {
        self.fit
    }

    /// What it shares with the signals of other measures: how scores become one.
    pub(crate) fn mix(&self) -> (Aggregation, Fit, Committee) {
        (self.aggregation, self.fit, self.committee.clone())
    }

    /// The models whose predictions are combined.
    pub fn committee(&self) -> &Committee {
        &self.committee
    }
}

/// The signals of a pool.
#[derive(Debug, Clone)]
pub struct Signals {
    signals: Vec<Signal>,
    index: BTreeMap<SignalKey, usize>,
    mixes: Mixes,
    /// For each model, how many of its rows of probabilities did not sum to 1 within 1e-2.
    pub rescaled: Vec<usize>,
}

impl Signals {
    /// Computes the signals that `keys` name (repeats count once), nothing being fitted for any of
    /// them, reading `pool` once from end to end, chunk by chunk on all threads. `on_chunk` is told
    /// the number of samples of each chunk that is done.
    ///
    /// # Errors
    /// What [`Pool::read`] finds wrong; of several, that of the first chunk.
    pub fn compute(
        pool: &Pool,
        keys: impl IntoIterator<Item = SignalKey>,
        on_chunk: impl Fn(usize) + Sync,
    ) -> Result<Self> {
        Self::compute_mixed(pool, keys, &Mixes::default(), on_chunk)
    }

    /// Like [`compute`](Self::compute), with the fitted numbers of `mixes`. Keys for which nothing
    /// was fitted have no signal.
    ///
    /// # Errors
    /// Those of [`compute`](Self::compute).
    pub fn compute_mixed(
        pool: &Pool,
        keys: impl IntoIterator<Item = SignalKey>,
        mixes: &Mixes,
        on_chunk: impl Fn(usize) + Sync,
    ) -> Result<Self> {
        let mut layout = Layout::new(keys, mixes);
        let index = std::mem::take(&mut layout.index);
        let samples = pool.samples();
        let blank = || Signal { confidence: vec![0.0; samples], right: vec![false; samples] };
        let signals = index.iter().map(|_| blank()).collect();
        let rescaled = vec![0; pool.models().len()];
        let spare = Spare::default();
        let all = Mutex::new(Self { signals, index, mixes: mixes.clone(), rescaled });
        let lock = || all.lock().unwrap_or_else(|broken| broken.into_inner());
        let pieces: Mutex<Vec<Piece>> = Mutex::default();
        let pieces = || pieces.lock().unwrap_or_else(|broken| broken.into_inner());
        let walk_piece = |chunk: &Chunk, rows: Range<usize>| {
            let mut piece = pieces().pop().unwrap_or_default();
            let positions = &chunk.positions[rows.clone()];
            let labels: Vec<u32> = positions.iter().map(|&at| pool.labels()[at as usize]).collect();
            walk(chunk, rows, &labels, layout.asked(), &mut piece);
            layout.scatter(&piece, positions, &mut lock().signals);
            on_chunk(positions.len());
            pieces().push(piece);
        };
        let chunks = pool.chunks();
        // Where chunks are many, each is one thread's: no thread begins another while it holds one.
        let share = chunks.len() < 2 * rayon::current_num_threads();
        let outcomes: Vec<Result<()>> = chunks
            .into_par_iter()
            .map(|rows| {
                let chunk = pool.read_into(rows, &spare)?;
                let rows = chunk.positions.len();
                let starts: Vec<usize> = (0..rows).step_by(PIECE).collect();
                let walk_from =
                    |start: &usize| walk_piece(&chunk, *start..(start + PIECE).min(rows));
                match share {
                    true => starts.par_iter().for_each(walk_from),
                    false => starts.iter().for_each(walk_from),
                }
                for (total, scores) in lock().rescaled.iter_mut().zip(&chunk.scores) {
                    *total += scores.rescaled;
                }
                spare.put(chunk);
                Ok(())
            })
            .collect();
        outcomes.into_iter().collect::<Result<()>>()?;
        Ok(all.into_inner().unwrap_or_else(|broken| broken.into_inner()))
    }

    /// Computes the signals that `keys` name on the samples of one chunk, in the order of its rows,
    /// nothing being fitted.
    /// `labels` are those of the rows.
    pub fn of_chunk(
        chunk: &Chunk,
        labels: &[u32],
        keys: impl IntoIterator<Item = SignalKey>,
    ) -> Self {
        let mixes = Mixes::default();
        let mut layout = Layout::new(keys, &mixes);
        let index = std::mem::take(&mut layout.index);
        let mut piece = Piece::default();
        walk(chunk, 0..labels.len(), labels, layout.asked(), &mut piece);
        let signal = |&(committee, measure): &(usize, usize)| Signal {
            confidence: piece.confidence(committee, measure).to_vec(),
            right: piece.right(committee).to_vec(),
        };
        let rescaled = chunk.scores.iter().map(|scores| scores.rescaled).collect();
        Self { signals: layout.sources.iter().map(signal).collect(), index, mixes, rescaled }
    }

    /// The committees of at most `size` models that have a signal for `aggregation`, `confidence`
    /// and `fit`: smaller ones first, then by their models.
    pub fn committees(
        &self,
        aggregation: Aggregation,
        confidence: ConfidenceMeasure,
        fit: Fit,
        size: usize,
    ) -> Vec<Committee> {
        let named = SignalKey::new(aggregation, confidence, Committee::default()).with(fit);
        let keys = self.index.keys().filter(|key| {
            let of_none = SignalKey { committee: Committee::default(), ..(*key).clone() };
            of_none == named && key.committee.len() <= size
        });
        let mut committees: Vec<Committee> = keys.map(|key| key.committee.clone()).collect();
        committees.sort_by_key(|committee| (committee.len(), committee.models().to_vec()));
        committees
    }

    /// The same without any signals but those that `keys` name.
    pub(crate) fn only(mut self, keys: &BTreeSet<SignalKey>) -> Self {
        self.index.retain(|key, _| keys.contains(key));
        let blank = || Signal { confidence: vec![], right: vec![] };
        let mut kept = Vec::with_capacity(self.index.len());
        for number in self.index.values_mut() {
            kept.push(std::mem::replace(&mut self.signals[*number], blank()));
            *number = kept.len() - 1;
        }
        self.signals = kept;
        self
    }

    /// The signal that `key` names, if it was computed.
    pub fn get(&self, key: &SignalKey) -> Option<&Signal> {
        self.index.get(key).map(|&number| &self.signals[number])
    }

    /// How the scores of the committee of `key` were combined, if its signal was computed.
    pub fn mix(&self, key: &SignalKey) -> Option<Mix> {
        self.get(key).and_then(|_| self.mixes.get(key))
    }
}

impl From<Signals> for Cow<'_, Signals> {
    fn from(signals: Signals) -> Self {
        Self::Owned(signals)
    }
}

impl<'a> From<&'a Signals> for Cow<'a, Signals> {
    fn from(signals: &'a Signals) -> Self {
        Self::Borrowed(signals)
    }
}

/// Where each signal comes from: which committee of which walk, by which measure.
struct Layout {
    plans: Vec<Plan>,
    measures: Vec<ConfidenceMeasure>,
    /// Number of committees over all plans.
    committees: usize,
    index: BTreeMap<SignalKey, usize>,
    /// For each signal, its committee's number and its measure's.
    sources: Vec<(usize, usize)>,
}

impl Layout {
    fn new(keys: impl IntoIterator<Item = SignalKey>, mixes: &Mixes) -> Self {
        let mut index: BTreeMap<SignalKey, usize> = keys.into_iter().map(|key| (key, 0)).collect();
        index.retain(|key, _| mixes.get(key).is_some());
        let mut measures: Vec<_> = index.keys().map(|key| key.confidence).collect();
        measures.sort_unstable();
        measures.dedup();

        let mut numbers: BTreeMap<(Aggregation, Fit, Committee), usize> = BTreeMap::new();
        let mut wanted: BTreeMap<(Aggregation, Fit), Vec<Wanted>> = BTreeMap::new();
        let mut sources = Vec::with_capacity(index.len());
        for (number, (key, slot)) in index.iter_mut().enumerate() {
            *slot = number;
            let fresh = numbers.len();
            let committee = *numbers.entry(key.mix()).or_insert_with(|| {
                let mix = mixes.get(key).expect("keys without a mix were left out");
                let plan = wanted.entry((key.aggregation, key.fit)).or_default();
                plan.push((fresh, key.committee.clone(), mix));
                fresh
            });
            let measure = measures.partition_point(|&measure| measure < key.confidence);
            sources.push((committee, measure));
        }
        let plan = |(&(aggregation, _), list): (&(Aggregation, Fit), &Vec<_>)| {
            Plan::new(aggregation.into(), list)
        };
        let plans = wanted.iter().map(plan).collect();
        Self { plans, measures, committees: numbers.len(), index, sources }
    }

    fn asked(&self) -> Asked<'_> {
        Asked { plans: &self.plans, measures: &self.measures, committees: self.committees }
    }

    /// Copies what came of some samples to their canonical places.
    fn scatter(&self, piece: &Piece, positions: &[u32], signals: &mut [Signal]) {
        let Some(first) = positions.first().map(|&first| first as usize) else { return };
        let in_order = positions.windows(2).all(|pair| pair[1] == pair[0] + 1);
        for (signal, &(committee, measure)) in signals.iter_mut().zip(&self.sources) {
            let (right, confidence) =
                (piece.right(committee), piece.confidence(committee, measure));
            if in_order {
                signal.right[first..][..right.len()].copy_from_slice(right);
                signal.confidence[first..][..right.len()].copy_from_slice(confidence);
                continue;
            }
            for ((&at, &right), &confidence) in positions.iter().zip(right).zip(confidence) {
                signal.right[at as usize] = right;
                signal.confidence[at as usize] = confidence;
            }
        }
    }
}
