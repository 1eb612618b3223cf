//! What to make of a frontier: which points to keep and which one to take.

mod choose;
mod goal;
mod hypervolume;
mod limits;
mod mixture;
mod thin;
mod unmet;

pub use choose::choose;
pub use goal::{Goal, Similar, Single, best_single, similar};
pub use hypervolume::hypervolume;
pub use limits::{Limits, Merit};
pub use mixture::{Between, between};
pub use thin::thin;
pub(crate) use unmet::no_less;
pub use unmet::{Eased, Unmet};
