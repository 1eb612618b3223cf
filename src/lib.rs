//! Finds cascades and ensembles of trained models that beat one big model's cost at its accuracy,
//! from cached predictions.
//!
//! The way of the data is the layout: [`pool`] reads and matches predictions, [`signal`] turns them
//! into confidences, [`calibrate`](mod@calibrate) fits temperatures and weights, [`search`] finds the
//! [`frontier`], [`trust`] says how far its figures hold, [`spec`] makes files that a runtime can run,
//! [`runtime`] runs them, [`report`] says it all to people. [`cascade`] is the
//! vocabulary, and [`optimize`](fn@optimize) the whole way at once.

pub mod calibrate;
pub mod cascade;
pub mod check;
mod counted;
pub mod diff;
mod error;
pub mod expected;
pub mod frontier;
mod hint;
mod inspect;
mod optimize;
pub mod pool;
pub mod report;
pub mod runtime;
pub mod search;
pub mod signal;
pub mod spec;
pub mod trust;
mod warning;

pub use error::{Error, Result};
pub use inspect::{InspectedModel, Inspection, inspect};
pub use optimize::{Judging, NoChoice, Optimized, Settings, optimize};
pub use warning::{Warning, missed};
