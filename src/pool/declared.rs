//! What the user says about a pool, checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::cost;
use super::kind::Kind;
use super::problem::CostProblem;
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

    /// That there are not enough models to choose from.
    pub fn too_few_models(&self) -> Error {
        let files = self.files();
        let pool = self.manifest.as_deref().or(files.first().copied()).unwrap_or(Path::new(""));
        Error::TooFewModels { pool: pool.to_owned(), found: self.models.len() }
    }

    /// Checks the costs of `models`, which are [`by_name`].
    pub fn check(
        models: Vec<DeclaredModel>,
        cost_unit: String,
        labels: Option<PathBuf>,
    ) -> Result<Self> {
        let free = models.iter().filter(|model| model.costs.is_empty());
        let free: Vec<String> = free.map(|model| model.name.clone()).collect();
        if !free.is_empty() {
            return Err(CostProblem::Missing { models: free }.into());
        }
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
