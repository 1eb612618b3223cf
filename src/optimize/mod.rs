//! The main job, end to end: from a pool to a frontier with held-out figures.

mod calibration;
mod certify;
mod choice;
mod find;
mod folds;
mod gather;
mod judge;
mod judgement;
mod listed;
mod overlap;
mod report;
mod scorer;
mod settings;
mod side;
mod thinned;

use crate::error::Result;
use crate::frontier::Unmet;
use crate::pool::Pool;
use crate::search::Observer;
use crate::spec::Diagnostics;
use crate::spec::wire::{Frontier, Profile};
use crate::warning::Warning;

pub use settings::{Judging, Settings};

use choice::choice;
use find::find;
use gather::gather;
use report::report;

/// What [`optimize`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimized {
    /// The frontier, ready to be written.
    pub frontier: Frontier,
    /// Which of its points was chosen, or why none.
    pub chosen: std::result::Result<usize, NoChoice>,
    /// A close look at the chosen cascade.
    pub diagnostics: Option<Diagnostics>,
    /// Which of the pool's models the choice is measured against.
    pub reference: Option<usize>,
    /// What the chosen cascade did, on the held-out samples where there are any.
    pub profile: Option<Profile>,
    /// What the user should know about the data.
    pub warnings: Vec<Warning>,
}

/// Why no cascade was chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum NoChoice {
    /// None keeps to the limits.
    Unmet(Box<Unmet>),
    /// None of those within the limits could be certified; see [`Frontier::guarantee`].
    NotCertified,
}

/// Searches `pool` for its frontier.
///
/// # Errors
/// [`Error::Option`](crate::Error::Option) for settings out of range, and what [`Pool::read`] finds
/// wrong with the files.
pub fn optimize(pool: &Pool, settings: &Settings, observer: &dyn Observer) -> Result<Optimized> {
    let gathered = gather(pool, settings, observer)?;
    let findings = find(&gathered, observer)?;
    let choice = choice(settings, &findings);
    report(&gathered, &findings, choice, observer)
}
