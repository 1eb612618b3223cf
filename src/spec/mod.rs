//! Specs: the files that say all about a cascade, and the executor that shows they are right.

mod certify;
mod guarantee;
mod load;
mod replay;
mod verify;
pub mod wire;

pub use certify::{Agreement, Certificate, Retest, certify};
pub use replay::{Exit, replay, tally};
pub use verify::{Comparison, Figures, Verdict, untuned, verify};
