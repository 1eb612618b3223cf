//! A cascade while it is being searched: a chain of gates, and a threshold for each.

#[cfg(doc)]
use super::space::Space;

/// A gate's place in [`Space::gates`].
pub(crate) type GateId = u32;

/// Most gates in a cascade: one less than the most models.
pub(crate) const MAX_GATES: usize = 7;

/// The committees `S1 < S2 < …` of a cascade whose thresholds are still open.
///
/// The order is that in which ties are broken: fewest stages first, then what is not fitted, then
/// the scope's order of aggregations and measures, then smaller committees first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Chain {
    stages: u8,
    family: u8,
    /// The gate of every stage; the rest is 0. The last stage always exits, so its gate's
    /// thresholds count only in longer chains.
    gates: [GateId; MAX_GATES + 1],
}

impl Chain {
    /// Before any stage.
    pub(super) fn root(family: u8) -> Self {
        Self { stages: 0, family, gates: [0; MAX_GATES + 1] }
    }

    /// This chain with one more stage.
    pub(super) fn with(mut self, gate: GateId) -> Self {
        self.gates[usize::from(self.stages)] = gate;
        self.stages += 1;
        self
    }

    /// The chain of these gates in the first family.
    #[cfg(test)]
    pub(crate) fn of(gates: &[GateId]) -> Self {
        gates.iter().fold(Self::root(0), |chain, &gate| chain.with(gate))
    }

    /// The number of the way in which the space combines its models and gates.
    pub(super) fn family(&self) -> usize {
        self.family.into()
    }

    /// This chain without its last stage.
    pub(crate) fn parent(mut self) -> Self {
        self.stages -= 1;
        self.gates[usize::from(self.stages)] = 0;
        self
    }

    /// The first stage of this chain alone.
    pub(crate) fn first(&self) -> Self {
        Self::root(self.family).with(self.gates[0])
    }

    /// The gate of the last stage.
    pub(crate) fn last(&self) -> GateId {
        self.gates[usize::from(self.stages) - 1]
    }

    /// The gates of all stages.
    pub(crate) fn gates(&self) -> &[GateId] {
        &self.gates[..usize::from(self.stages)]
    }
}

/// A cascade of a [`Space`]: a chain and one threshold index for each gate but the last, the rest
/// being 0. The order breaks ties between cascades of equal merit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub(crate) chain: Chain,
    pub(crate) thresholds: [u32; MAX_GATES],
}
