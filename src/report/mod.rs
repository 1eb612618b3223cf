//! What a run leaves behind: files, and words for people.

mod calibration;
mod checked;
mod compared;
mod files;
mod guarantees;
mod held;
mod judgement;
mod layout;
mod notebook;
mod output;
mod page;
mod plot;
mod reference;
mod run;
mod summary;
mod text;
mod unmet;
mod verdicts;
mod worth;

pub use crate::counted::counted;
pub use calibration::calibrated;
pub use checked::{checked, remarks as check_remarks, sentence as finding_sentence};
pub use compared::compared;
pub use files::{DiagnosticsJson, Export, FrontierCsv, FrontierJson, FrontierParquet, SpecJson};
pub use guarantees::{certified, guaranteed, not_certified};
pub use layout::paragraph;
pub use notebook::notebook;
pub use output::{OutputDir, Written, check_writable, refuse_inputs, write_atomically};
pub use page::ReportHtml;
pub use plot::{PlotFormat, boxed_letters, plot};
pub use reference::{Row, comparison};
pub use run::Run;
pub use summary::{headline, how_found, none_found, summary};
pub use unmet::unmet_message;
pub use verdicts::{inspected, replayed};
