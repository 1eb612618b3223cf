//! What the user says about a pool, checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::cost;
use super::kind::Kind;
use crate::{Error, Result};

/// A pool as it is declared: its models ascending by name, each name once, and only
/// costs that are finite and at least 0. Nothing is known of the files yet.
#[derive(Debug)]
pub(super) struct Declared {
    pub manifest: Option<PathBuf>,
    pub labels: Option<PathBuf>,
    pub cost_unit: String,
    pub models: Vec<DeclaredModel>,
}

/// A model as it is declared.
#[derive(Debug)]
pub(super) struct DeclaredModel {
    pub name: String,
    pub predictions: PathBuf,
    /// `None` where the columns decide.
    pub kind: Option<Kind>,
    pub costs: BTreeMap<String, f64>,
}

impl Declared {
    /// All files that it names, but for the manifest.
    pub fn files(&self) -> Vec<&Path> {
        let models = self.models.iter().map(|model| model.predictions.as_path());
        models.chain(self.labels.as_deref()).collect()
    }

    /// Checks the costs of `models`, which are [`by_name`].
    pub fn check(
        models: Vec<DeclaredModel>,
        cost_unit: String,
        labels: Option<PathBuf>,
    ) -> Result<Self> {
        models.iter().try_for_each(|model| cost::check(&model.name, &model.costs))?;
        Ok(Self { manifest: None, labels, cost_unit, models })
    }
}

/// The models in ascending order of their names, which must differ.
pub(super) fn by_name(mut models: Vec<DeclaredModel>) -> Result<Vec<DeclaredModel>> {
    models.sort_by(|a, b| a.name.cmp(&b.name));
    let mut neighbours = models.iter().zip(models.iter().skip(1));
    match neighbours.find(|(first, second)| first.name == second.name) {
        None => Ok(models),
        Some((first, second)) => Err(Error::DuplicateModel {
            name: first.name.clone(),
            first: first.predictions.clone(),
            second: second.predictions.clone(),
        }),
    }
}
