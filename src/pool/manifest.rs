//! A manifest, `pool.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::absent::absent;
use super::declared::{Declared, DeclaredModel, by_name};
use super::problem::one_line;
use super::{FileProblem, Kind, cost};
use crate::{Error, Result};

/// Reads and checks a manifest. The paths that it gives lead to files from here, not from the
/// manifest's folder.
pub(super) fn read(path: &Path) -> Result<Declared> {
    let text = std::fs::read_to_string(path).map_err(|source| {
        absent(Error::Io { path: path.into(), source }, &[], || "the manifest of a pool".to_owned())
    })?;
    let wire: WireManifest = toml::from_str(&text).map_err(|error| Error::File {
        path: path.into(),
        problem: FileProblem::Manifest(described(&text, &error)),
    })?;
    let names =
        wire.models.iter().zip(1..).map(|(model, number)| {
            (&model.name, format!("the name of [[model]] {number} (from 1)"))
        });
    let mut names = names.chain([(&wire.cost_unit, "cost_unit".to_owned())]);
    if let Some((name, what)) = names.find(|(name, _)| !is_printable(name)) {
        let problem = format!("{what} is {name:?}, expected text on one line");
        return Err(Error::File { path: path.into(), problem: FileProblem::Manifest(problem) });
    }
    drop(names);
    let mut declared = Declared::try_from(wire)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for model in &mut declared.models {
        model.predictions = folder.join(&model.predictions);
    }
    declared.labels = declared.labels.map(|labels| folder.join(labels));
    declared.manifest = Some(path.to_owned());
    Ok(declared)
}

/// Whether a name can stand in a table and in a message.
fn is_printable(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains(char::is_control)
}

/// A manifest as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireManifest {
    cost_unit: String,
    labels: Option<PathBuf>,
    #[serde(default, rename = "model")]
    models: Vec<WireModel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireModel {
    name: String,
    predictions: PathBuf,
    #[serde(default)]
    kind: Kind,
    /// Optional only so that its absence is reported with the model's name.
    cost: Option<WireCost>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected `cost` to be a number or a table of numbers")]
enum WireCost {
    One(f64),
    Axes(BTreeMap<String, f64>),
}

impl TryFrom<WireManifest> for Declared {
    type Error = Error;

    fn try_from(wire: WireManifest) -> Result<Self> {
        let models = wire.models.into_iter().map(DeclaredModel::from).collect();
        Self::check(by_name(models)?, wire.cost_unit, wire.labels)
    }
}

impl From<WireModel> for DeclaredModel {
    fn from(wire: WireModel) -> Self {
        let costs = match wire.cost {
            Some(WireCost::One(cost)) => cost::unnamed(cost),
            Some(WireCost::Axes(costs)) => costs,
            None => BTreeMap::new(),
        };
        Self { name: wire.name, predictions: wire.predictions, kind: Some(wire.kind), costs }
    }
}

/// What the TOML reader says, with the line instead of a picture of it.
fn described(text: &str, error: &toml::de::Error) -> String {
    let message = one_line(error.message());
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}
