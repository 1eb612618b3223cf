//! The two documents: a spec, and a frontier of them.

use std::path::Path;

use serde_json::Value;

use super::load::{FRONTIER_FILE, SPEC_FILE, json};
use super::wire::{Frontier, Spec};
use crate::error::{Error, Result};

/// Which document a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// `cascade.json`: one cascade.
    #[value(alias = "cascade")]
    Spec,
    /// `frontier.json`: all that were kept.
    Frontier,
}

impl DocumentKind {
    /// The kind that `document` looks like, whatever else may be wrong with it.
    pub(super) fn of(document: &Value) -> Option<Self> {
        match (document.get("points"), document.get("stages")) {
            (Some(_), None) => Some(Self::Frontier),
            (None, Some(_)) => Some(Self::Spec),
            _ => None,
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Frontier => "frontier",
        }
    }

    /// What to do where a document of this kind is needed and another one is given.
    fn way_out(self) -> &'static str {
        match self {
            Self::Spec => {
                "`committee select` makes a spec (cascade.json) of one of a frontier's cascades"
            }
            Self::Frontier => {
                "name the frontier.json that `committee optimize` wrote; `committee replay` and \
                 `committee check` take specs"
            }
        }
    }

    /// Sees that `document` does not look like the other kind.
    pub(super) fn expect(self, document: &Value, path: &Path) -> Result<()> {
        match Self::of(document) {
            Some(found) if found != self => Err(Error::DocumentKind {
                path: path.to_owned(),
                found: found.name(),
                needed: self.name(),
                advice: self.way_out(),
            }),
            _ => Ok(()),
        }
    }
}

/// A file of either kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// A spec.
    Spec(Box<Spec>),
    /// A frontier.
    Frontier(Box<Frontier>),
}

impl Document {
    /// Reads and checks a spec or a frontier.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::NoJson`], [`Error::Json`], or [`Error::Document`] or [`Error::Misread`], which name the
    /// field.
    pub fn read(path: &Path) -> Result<Self> {
        let document = json(path, &[SPEC_FILE, FRONTIER_FILE])?;
        match DocumentKind::of(&document) {
            Some(DocumentKind::Frontier) => {
                Ok(Self::Frontier(Box::new(Frontier::from_json(&document, path)?)))
            }
            _ => Ok(Self::Spec(Box::new(Spec::from_json(&document, path)?))),
        }
    }

    /// Which it is.
    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::Spec(_) => DocumentKind::Spec,
            Self::Frontier(_) => DocumentKind::Frontier,
        }
    }
}
