//! A run as a Jupyter notebook: how to read its files, and how to check it with nothing but numpy.
//! The cells are the files in `cells/`.

use std::path::{Component, Path, PathBuf};

use serde_json::ser::PrettyFormatter;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::spec::wire::Spec;
use crate::trust::Method;

/// Names and texts of the cells, in order. A name is the cell's id.
const CELLS: [(&str, Kind, &str); 18] = [
    ("title", Kind::Words, include_str!("cells/01-title.md")),
    ("read", Kind::Code, include_str!("cells/02-read.py")),
    ("about-plot", Kind::Words, include_str!("cells/03-plot.md")),
    ("plot", Kind::Code, include_str!("cells/04-plot.py")),
    ("about-table", Kind::Words, include_str!("cells/05-table.md")),
    ("table", Kind::Code, include_str!("cells/06-table.py")),
    ("about-chosen", Kind::Words, include_str!("cells/07-chosen.md")),
    ("chosen", Kind::Code, include_str!("cells/08-chosen.py")),
    ("about-budget", Kind::Words, include_str!("cells/09-budget.md")),
    ("budget", Kind::Code, include_str!("cells/10-budget.py")),
    ("about-inputs", Kind::Words, include_str!("cells/11-replay.md")),
    ("inputs", Kind::Code, include_str!("cells/12-inputs.py")),
    ("about-says", Kind::Words, include_str!("cells/13-says.md")),
    ("says", Kind::Code, include_str!("cells/14-says.py")),
    ("about-run", Kind::Words, include_str!("cells/15-run.md")),
    ("run", Kind::Code, include_str!("cells/16-run.py")),
    ("about-agree", Kind::Words, include_str!("cells/17-agree.md")),
    ("agree", Kind::Code, include_str!("cells/18-agree.py")),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Words,
    Code,
}

/// A notebook (nbformat 4.5, not yet run) about the run in the folder `run`, to be kept at `out`.
/// `base` is the folder that the run was started in. Paths in the notebook are relative, from its
/// own folder. The same arguments give the same bytes.
///
/// # Errors
/// [`Error::Io`] if the current folder is not known, where paths depend on it.
pub fn notebook(spec: &Spec, run: &Path, base: &Path, out: &Path) -> Result<Vec<u8>> {
    let home = out.parent().unwrap_or(Path::new(""));
    let literal = |path: &Path| -> Result<String> {
        Ok(Value::from(relative(home, path)?.to_string_lossy()).to_string())
    };
    let method = spec.point.holdout.as_ref().map(|held| held.method);
    // A budget to start from: half of what the chosen cascade costs.
    let budget = format!("{:.3e}", spec.point.cost / 2.0).parse().unwrap_or(spec.point.cost);
    let holes = [
        ("@RUN@", literal(run)?),
        ("@BASE@", literal(base)?),
        ("@BUDGET@", Value::from(budget).to_string()),
        ("@UNSEEN@", method.unwrap_or_default().unseen().to_owned()),
        ("@ABOUT_UNSEEN@", about_unseen(method).to_owned()),
        ("@TO_BELIEVE@", to_believe(method).to_owned()),
    ];
    let filled = |text: &str| {
        let text = text.trim_end();
        holes.iter().fold(text.to_owned(), |text, (hole, value)| text.replace(hole, value))
    };
    let cells = CELLS.iter().map(|(id, kind, text)| cell(id, *kind, &filled(text)));
    let notebook = json!({
        "cells": cells.collect::<Vec<_>>(),
        "metadata": {
            "kernelspec": { "display_name": "Python 3", "language": "python", "name": "python3" },
            "language_info": { "name": "python" },
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    encode(&notebook)
}

/// What the plot shows; `method` says how the figures came about that tuning has not seen, if there are some.
fn about_unseen(method: Option<Method>) -> &'static str {
    match method {
        Some(Method::CrossFitted) => {
            "Accuracy on the tuning samples, and cross-fitted, which is what tuning anew finds within \
             each cost, on samples that it did not see, with its 95 % interval. The gap between the two \
             is how much the search flatters itself."
        }
        Some(Method::Split | Method::Column | Method::Pool) => {
            "Accuracy on the tuning samples, and on the held-out ones, which did not tune, with \
             its 95 % interval. The gap between the two is how much the search flatters itself."
        }
        None => {
            "Accuracy on the samples that tuned. Nothing was held out: these figures flatter, and it is \
             not known by how much."
        }
    }
}

/// By which figures to choose, and which to believe.
fn to_believe(method: Option<Method>) -> &'static str {
    match method {
        Some(Method::CrossFitted) => {
            "Choose by tuning figures only; the cross-fitted ones are to believe the result by."
        }
        Some(Method::Split | Method::Column | Method::Pool) => {
            "Choose by tuning figures only; the held-out ones are to believe the result by."
        }
        None => "Nothing was held out: its figures on new data will be a little worse.",
    }
}

fn cell(id: &str, kind: Kind, text: &str) -> Value {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    match kind {
        Kind::Words => {
            json!({ "cell_type": "markdown", "id": id, "metadata": {}, "source": lines })
        }
        Kind::Code => json!({
            "cell_type": "code",
            "execution_count": null,
            "id": id,
            "metadata": {},
            "outputs": [],
            "source": lines,
        }),
    }
}

/// As Jupyter itself writes notebooks: keys by name, one blank a level.
fn encode(notebook: &Value) -> Result<Vec<u8>> {
    let mut bytes = vec![];
    let mut writer =
        serde_json::Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b" "));
    serde::Serialize::serialize(notebook, &mut writer)
        .map_err(|error| Error::Encode { message: error.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The way from the folder `from` to `to`, with `/` between its parts.
fn relative(from: &Path, to: &Path) -> Result<PathBuf> {
    let absolute = |path: &Path| -> Result<PathBuf> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let absolute = std::path::absolute(path)
            .map_err(|source| Error::Io { path: path.to_owned(), source })?;
        Ok(plain(&absolute))
    };
    let (from, to): (PathBuf, PathBuf) = (absolute(from)?, absolute(to)?);
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to.components().skip(shared)).collect();
    Ok(if way.as_os_str().is_empty() { PathBuf::from(".") } else { way })
}

/// `path` without its detours.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_lead_up_and_down() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).unwrap();
        assert_eq!(way("notebooks", "out"), Path::new("../out"));
        assert_eq!(way("notebooks", "notebooks/digits"), Path::new("digits"));
        assert_eq!(way("a/b", ""), Path::new("../.."));
        assert_eq!(way("", ""), Path::new("."));
        assert_eq!(way("a/../b", "./b/c"), Path::new("c"));
    }
}
