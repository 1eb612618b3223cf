//! What a run left behind, read again.

use std::path::Path;

use crate::error::{Error, Result};
use crate::frontier::Goal;
use crate::spec::Diagnostics;
use crate::spec::wire::{Frontier, ModelEntry, Point, Spec};

/// A frontier, what was chosen from it, and a close look at the choice: all that reports, plots and
/// notebooks are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// `frontier.json`.
    pub frontier: Frontier,
    /// `cascade.json`.
    pub spec: Option<Spec>,
    /// `diagnostics.json`, where it is about the chosen cascade.
    pub diagnostics: Option<Diagnostics>,
}

impl Run {
    /// The files that [`Run::read`] may read.
    pub const FILES: [&str; 3] = ["frontier.json", "cascade.json", "diagnostics.json"];

    /// Reads the files of an earlier run from `folder`. Only `frontier.json` has to be there.
    ///
    /// # Errors
    /// [`Error::Option`] for a file, [`Error::NoRun`], [`Error::Io`], [`Error::Json`] or [`Error::Document`], which names file and field; also where
    /// `cascade.json` is none of the frontier's cascades.
    pub fn read(folder: &Path) -> Result<Self> {
        if folder.is_file() {
            let expected = "the folder that `committee optimize` wrote to";
            return Err(Error::option("DIR", expected, format!("the file {}", folder.display())));
        }
        let frontier = if_there(Frontier::read(&folder.join("frontier.json")))?
            .ok_or_else(|| Error::NoRun { folder: folder.to_owned() })?;
        let path = folder.join("cascade.json");
        let spec = if_there(Spec::read(&path))?;
        let mut run = Self { frontier, spec, diagnostics: None };
        if run.spec.is_some() && run.chosen().is_none() {
            return Err(Error::Document {
                path,
                field: "stages".to_owned(),
                expected: "a cascade of the frontier.json beside it".to_owned(),
                found: "another one".to_owned(),
            });
        }
        let diagnostics = if_there(Diagnostics::read(&folder.join("diagnostics.json")))?;
        // After `select` has chosen anew, those of the earlier choice are of no use.
        run.diagnostics = diagnostics
            .filter(|found| run.spec.as_ref().is_some_and(|spec| found.describes(&spec.point)));
        Ok(run)
    }

    /// Which point of the frontier was chosen.
    pub fn chosen(&self) -> Option<usize> {
        let chosen = &self.spec.as_ref()?.point;
        self.frontier.points.iter().position(|point| is_same_cascade(point, chosen))
    }

    /// The single model that the choice is measured against.
    pub fn reference(&self) -> Option<&ModelEntry> {
        let made_by = self.spec.as_ref().map_or(&self.frontier.provenance, |spec| &spec.provenance);
        let (_, reference) = Goal::from_json(&made_by.options).limits(&self.frontier.singles());
        self.frontier.pool.models.get(reference?)
    }
}

/// What was read, or nothing where there is no such file.
fn if_there<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(Error::NoDocument { .. }) => Ok(None),
        read => read.map(Some),
    }
}

/// Whether the two do the same with every sample.
fn is_same_cascade(a: &Point, b: &Point) -> bool {
    let stages = |point: &Point| {
        let stage = |stage: &crate::spec::wire::StageEntry| (stage.models.clone(), stage.threshold);
        point.stages.iter().map(stage).collect::<Vec<_>>()
    };
    let same_gates = (a.aggregation, a.confidence) == (b.aggregation, b.confidence);
    same_gates && stages(a) == stages(b) && a.mixes() == b.mixes()
}
