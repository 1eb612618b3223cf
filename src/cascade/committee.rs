//! A set of models.

use super::ModelId;

/// A set of models whose predictions are combined, held as ascending [`ModelId`]s.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Committee(Vec<ModelId>);

impl Committee {
    /// The set of `models`, whatever their order; repeated ones count once.
    pub fn new(mut models: Vec<ModelId>) -> Self {
        models.sort_unstable();
        models.dedup();
        Self(models)
    }

    /// This set with the models of `other`.
    pub fn union(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).copied().collect())
    }

    /// The models, ascending.
    pub fn models(&self) -> &[ModelId] {
        &self.0
    }

    /// Number of models.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds no model.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every model of `other` is in this set.
    pub fn contains(&self, other: &Self) -> bool {
        let mut models = self.0.iter();
        other.0.iter().all(|wanted| models.any(|model| model == wanted))
    }

    /// Every non-empty part of this set of at most 31 models, itself included.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Self> + '_ {
        let is_in = |bits: u32, at: usize| bits >> at & 1 == 1;
        (1..1u32 << self.len()).map(move |bits| {
            Self((0..self.len()).filter(|&at| is_in(bits, at)).map(|at| self.0[at]).collect())
        })
    }

    /// This set without the models of `other`.
    pub fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().copied().filter(|model| !other.0.contains(model)).collect())
    }
}
