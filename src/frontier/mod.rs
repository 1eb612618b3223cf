//! What to make of a frontier: which points to keep and which one to take.

mod choose;
mod goal;
mod hypervolume;
mod thin;

pub use choose::{Limits, Merit, Unmet, choose};
pub use goal::{Goal, Similar, Single, best_single, similar};
pub use hypervolume::hypervolume;
pub use thin::thin;
