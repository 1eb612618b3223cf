//! What a run leaves behind: files, and words for people.

mod checked;
mod compared;
mod files;
mod guarantees;
mod held;
mod output;
mod reference;
mod summary;
mod text;
mod verdicts;

pub use checked::{checked, remarks as check_remarks, sentence as finding_sentence};
pub use compared::compared;
pub use files::{Export, FrontierCsv, FrontierJson, FrontierParquet, SpecJson};
pub use guarantees::{certified, guaranteed, not_certified};
pub use output::{OutputDir, check_writable, refuse_inputs, write_atomically};
pub use reference::{Row, comparison, unmet_message};
pub use summary::{headline, how_found, summary};
pub use verdicts::{inspected, replayed};
