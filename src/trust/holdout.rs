//! Where the figures come from that no choice looks at.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Split, SplitRule, folds};
use crate::error::{Error, Result};
use crate::pool::{InputFile, Pool, PoolSource};

/// Which samples tune, and what is reported on.
#[derive(Debug, Clone)]
pub enum Holdout {
    /// A share of the samples, from 0 to below 1, drawn at random, is held out: of each class that share,
    /// unless a guarantee is asked for.
    Share(f64),
    /// This column of the pool's files says which samples are held out; see
    /// [`Pool::held_out_by`].
    Column(String),
    /// All samples tune; those of another pool, of the same models at the same costs, are reported
    /// on. [`Holdout::pool`] opens one.
    Pool(Arc<Pool>),
    /// All samples tune. Cross-fitted figures come from so many further searches, each without one
    /// fold of the samples, scored on that fold.
    Folds(usize),
}

/// The name of a [`Holdout`], which says what figures on held-out samples are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The cascade on samples of the pool drawn at random.
    #[default]
    Split,
    /// The cascade on samples of the pool that a column marks.
    Column,
    /// The cascade on samples of another pool.
    Pool,
    /// What tuning anew finds within the cascade's cost, on samples that it did not see.
    CrossFitted,
}

impl Method {
    /// What figures are called that tuning has not seen.
    pub fn unseen(self) -> &'static str {
        match self {
            Self::CrossFitted => "cross-fitted",
            Self::Split | Self::Column | Self::Pool => "held out",
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Split => "split",
            Self::Column => "column",
            Self::Pool => "pool",
            Self::CrossFitted => "cross-fitted",
        })
    }
}

impl Holdout {
    /// The second pool in `source`, to report on cascades that are tuned on `pool`. It is opened on
    /// the axis of `pool`. Predictions files without costs take those of `pool`.
    ///
    /// # Errors
    /// What is wrong with the pool itself, and [`Error::HoldoutPool`] where it does not fit: models
    /// of other names or costs, another number of classes, or a file of predictions that tunes.
    pub fn pool(source: &PoolSource, pool: &Pool) -> Result<Self> {
        let mut source = source.clone();
        if let PoolSource::Files { files, costs, cost_unit } = &mut source
            && costs.is_empty()
        {
            let stems = files.iter().filter_map(|file| file.file_stem()?.to_str());
            let names: BTreeSet<&str> = stems.collect();
            let priced = pool.models().iter().filter(|m| names.contains(m.name.as_str()));
            *costs = priced.map(|model| (model.name.clone(), model.cost)).collect();
            pool.cost_unit().clone_into(cost_unit);
        }
        let (axis, file) = match &source {
            PoolSource::Manifest(manifest) => (Some(pool.cost_axis()), manifest.as_path()),
            PoolSource::Files { files, .. } => (None, files.first().map_or(Path::new(""), |f| f)),
        };
        let unfit = |problem: String| Error::HoldoutPool { file: file.to_owned(), problem };
        let other = Pool::open(&source, axis).map_err(|error| match error {
            // These name no file.
            Error::Cost(problem) => unfit(problem.to_string()),
            other => other,
        })?;
        fits(pool, &other).map_err(unfit)?;
        let tuning = pool.inputs()?;
        if let Some((ours, theirs)) = shared(pool, &tuning, &other, &other.inputs()?) {
            return Err(Error::HoldoutPool {
                file: theirs,
                problem: format!(
                    "expected other samples than those that tune, found the content of {ours}"
                ),
            });
        }
        Ok(Self::Pool(Arc::new(other)))
    }

    /// What figures on held-out samples are.
    pub fn method(&self) -> Method {
        match self {
            Self::Share(_) => Method::Split,
            Self::Column(_) => Method::Column,
            Self::Pool(_) => Method::Pool,
            Self::Folds(_) => Method::CrossFitted,
        }
    }

    /// Which samples of `pool` tune and which are held out; `seed` is that of the draw, `stratified`
    /// whether each class gives [its share](SplitRule::stratified).
    ///
    /// # Errors
    /// [`Error::Option`] if a side is empty where it must not be, [`Error::HoldoutPool`] for a pool
    /// that does not fit, and what is wrong with a column.
    pub fn split(&self, pool: &Pool, seed: u64, stratified: bool) -> Result<Split> {
        match self {
            Self::Share(share) => {
                SplitRule { holdout: *share, seed, stratified }.split(pool.labels())
            }
            Self::Column(column) => Split::by(column, &pool.held_out_by(column)?),
            Self::Pool(other) => {
                let file = other.files().next().unwrap_or(Path::new("")).to_owned();
                fits(pool, other).map_err(|problem| Error::HoldoutPool { file, problem })?;
                Ok(Split::all(pool.samples()))
            }
            Self::Folds(count) => {
                // Only to see that they can be made.
                folds(pool.labels(), *count, seed)?;
                Ok(Split::all(pool.samples()))
            }
        }
    }
}

/// Says what does not fit, unless models, costs and classes of the two pools are the same.
fn fits(pool: &Pool, other: &Pool) -> Result<(), String> {
    let names = |pool: &Pool| -> BTreeSet<String> {
        pool.models().iter().map(|model| model.name.clone()).collect()
    };
    let (ours, theirs) = (names(pool), names(other));
    if let Some(missing) = ours.difference(&theirs).next() {
        return Err(format!("expected the models of the pool, found none named {missing:?}"));
    }
    if let Some(extra) = theirs.difference(&ours).next() {
        return Err(format!("expected the models of the pool, found {extra:?} besides"));
    }
    if pool.classes() != other.classes() {
        let (ours, theirs) = (pool.classes(), other.classes());
        return Err(format!("expected the pool's {ours} classes, found {theirs}"));
    }
    if pool.cost_unit() != other.cost_unit() {
        let (ours, theirs) = (pool.cost_unit(), other.cost_unit());
        return Err(format!("expected costs in the pool's unit, {ours:?}, found {theirs:?}"));
    }
    let scale = pool.cost_scale();
    let mut pairs = pool.models().iter().zip(other.models());
    match pairs.find(|(ours, theirs)| scale.ticks(ours.cost) != scale.ticks(theirs.cost)) {
        None => Ok(()),
        Some((ours, theirs)) => Err(format!(
            "model {:?}: expected the cost that it has in the pool, {}, found {}",
            ours.name, ours.cost, theirs.cost
        )),
    }
}

/// A file of predictions of `pool` and one of `other` with the same content.
fn shared(
    pool: &Pool,
    inputs: &[InputFile],
    other: &Pool,
    others: &[InputFile],
) -> Option<(String, std::path::PathBuf)> {
    let is_of = |pool: &Pool, file: &InputFile| {
        pool.models().iter().any(|model| model.predictions == file.path)
    };
    let theirs = others.iter().filter(|file| is_of(other, file));
    theirs.into_iter().find_map(|theirs| {
        let same = |ours: &&InputFile| is_of(pool, ours) && ours.sha256 == theirs.sha256;
        let ours = inputs.iter().find(same)?;
        Some((ours.path.display().to_string(), theirs.path.clone()))
    })
}
