//! Finds cascades and ensembles of trained models from their cached predictions.

pub mod cascade;
mod error;
pub mod pool;
pub mod search;
pub mod signal;

pub use error::{Error, Result};
