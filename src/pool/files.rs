//! A pool given as files and costs on the command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::absent::look_for;
use super::declared::{Declared, DeclaredModel, by_name};
use super::problem::listed;
use super::{CostProblem, FileProblem, cost};
use crate::hint::near;
use crate::{Error, Result};

/// The pool of `files`, each a model named by its file's stem.
pub(super) fn declare(
    files: &[PathBuf],
    costs: &[(String, f64)],
    cost_unit: &str,
) -> Result<Declared> {
    files.iter().try_for_each(|file| look_for(file, files))?;
    let models = by_name(files.iter().map(|file| model(file)).collect::<Result<_>>()?)?;
    let names: Vec<String> = models.iter().map(|model| model.name.clone()).collect();
    let mut costs = by_model(costs, &names)?;
    let priced = models.into_iter().map(|model| DeclaredModel {
        costs: costs.remove(&model.name).map(cost::unnamed).unwrap_or_default(),
        ..model
    });
    Declared::check(priced.collect(), cost_unit.to_owned(), None)
}

/// The model that is given by its file alone, still without a cost.
fn model(file: &Path) -> Result<DeclaredModel> {
    match file.file_stem() {
        Some(stem) => Ok(DeclaredModel {
            name: stem.to_string_lossy().into_owned(),
            predictions: file.into(),
            kind: None,
            costs: BTreeMap::new(),
        }),
        None => Err(Error::File { path: file.into(), problem: FileProblem::NoStem }),
    }
}

/// The costs given on the command line, by model.
fn by_model(
    costs: &[(String, f64)],
    names: &[String],
) -> Result<BTreeMap<String, f64>, CostProblem> {
    let mut found = BTreeMap::new();
    for (model, cost) in costs {
        if !names.contains(model) {
            return Err(CostProblem::UnknownModel {
                model: model.clone(),
                hint: hint(model, names),
            });
        }
        if found.insert(model.clone(), *cost).is_some() {
            return Err(CostProblem::Twice { model: model.clone() });
        }
    }
    Ok(found)
}

/// What the user may have meant by `name`, or else what there is.
pub(crate) fn hint(name: &str, names: &[String]) -> String {
    match near(name, names) {
        Some(known) => format!("; did you mean {known:?}?"),
        None => format!("; the models are {}", listed(names)),
    }
}
