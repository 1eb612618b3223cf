//! The vocabulary that every other room shares: what a model, a committee and a cascade are.

mod aggregation;
mod committee;
mod confidence;
mod cost;
mod mix;
mod stage;

pub use aggregation::Aggregation;
pub use committee::Committee;
pub use confidence::ConfidenceMeasure;
pub(crate) use cost::all_digits;
pub use cost::{CostScale, Ticks};
pub use mix::{Fit, Mix, Temperatures};
pub use stage::{Cascade, Stage};

/// A model's place in its pool, counted from 0 in the order of names.
pub type ModelId = usize;
