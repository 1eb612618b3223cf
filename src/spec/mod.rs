//! Specs: the files that say all about a cascade, and the executor that shows they are right.

mod certify;
mod diagnostics;
mod document;
mod guarantee;
mod known;
mod load;
mod mixing;
mod profile;
mod replay;
mod schema;
mod validate;
mod verify;
pub mod wire;

pub use certify::{Agreement, Certificate, Retest, certify, contradiction};
pub use diagnostics::{Curve, CurvePart, Diagnostics, Histogram, Part, StageDiagnostics};
pub use document::{Document, DocumentKind};
pub use profile::arrivals;
pub use replay::{Exit, replay, tally};
pub use verify::{Comparison, Figures, Quantity, Verdict, verify};
