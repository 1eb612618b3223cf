//! What a run leaves behind: files, and words for people.

mod files;
mod guarantees;
mod held;
mod output;
mod reference;
mod summary;
mod text;
mod verdicts;

pub use files::{Export, FrontierCsv, FrontierJson, FrontierParquet, SpecJson};
pub use guarantees::{certified, guaranteed, not_certified};
pub use output::{OutputDir, check_writable, refuse_inputs, write_atomically};
pub use reference::{Row, comparison, unmet_message};
pub use summary::{headline, how_found, summary};
pub use verdicts::{inspected, replayed};
