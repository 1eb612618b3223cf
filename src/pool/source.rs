//! Where a pool comes from.

use std::path::PathBuf;

use super::declared::Declared;
use super::{files, manifest};
use crate::error::Result;

/// Where a pool comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum PoolSource {
    /// A manifest, `pool.toml`.
    Manifest(PathBuf),
    /// Predictions files; a model's name is its file's stem.
    Files {
        /// At least two, all of them with different stems.
        files: Vec<PathBuf>,
        /// Every model's name and cost.
        costs: Vec<(String, f64)>,
        /// The unit of these costs.
        cost_unit: String,
    },
}

impl PoolSource {
    /// What it says of its models, checked.
    pub(super) fn declared(&self) -> Result<Declared> {
        match self {
            Self::Manifest(path) => manifest::read(path),
            Self::Files { files, costs, cost_unit } => files::declare(files, costs, cost_unit),
        }
    }
}
