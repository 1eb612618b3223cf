//! What a deployed cascade's models say of fresh samples.

use super::axis::Axis;
use super::declared::Declared;
use super::problem::listed;
use super::{Pool, PoolSource};
use crate::hint::hint;
use crate::{Error, Result};

/// Predictions of some models on samples whose labels may not be known. Unlike a [`Pool`] it is
/// not there to be searched: one model is enough, and all may be free.
#[derive(Debug)]
pub struct FreshPool {
    /// Where there are no labels, all of its are 0 and mean nothing.
    pool: Pool,
    labelled: bool,
}

impl FreshPool {
    /// Opens the predictions of `models` in `source`, and those of `besides` that it has; other
    /// models' files are not looked at. The rest is as for [`Pool::open`].
    ///
    /// # Errors
    /// [`Error::NoModel`] for a model that is not there, and those of [`Pool::open`] but for
    /// missing labels.
    pub fn open(
        source: &PoolSource,
        cost_axis: Option<&str>,
        models: &[&str],
        besides: Option<&str>,
    ) -> Result<Self> {
        let mut declared = source.declared()?;
        let names: Vec<&str> = declared.models.iter().map(|model| model.name.as_str()).collect();
        if let Some(model) = models.iter().find(|model| !names.contains(model)) {
            let model = (*model).to_owned();
            // A name that is another one of those wanted is not meant.
            let free = names.iter().filter(|name| !models.contains(name));
            let hint = hint(&model, &free.collect::<Vec<_>>());
            return Err(Error::NoModel { model, models: listed(&names), hint });
        }
        declared.models.retain(|model| {
            let name = model.name.as_str();
            models.contains(&name) || besides == Some(name)
        });
        Self::assemble(declared, cost_axis)
    }

    /// Opens the predictions of all models in `source`. The rest is as for [`Pool::open`].
    ///
    /// # Errors
    /// Those of [`Pool::open`] but for missing labels.
    pub fn open_all(source: &PoolSource, cost_axis: Option<&str>) -> Result<Self> {
        Self::assemble(source.declared()?, cost_axis)
    }

    fn assemble(declared: Declared, cost_axis: Option<&str>) -> Result<Self> {
        let axis = Axis::choose(&declared, cost_axis)?;
        let (pool, labelled) = Pool::assemble(declared, axis)?;
        Ok(Self { pool, labelled })
    }

    /// The pool without its labels: [`Pool::labels`] are all 0 where nothing is known.
    pub fn unlabelled(&self) -> &Pool {
        &self.pool
    }

    /// The pool with its labels.
    ///
    /// # Errors
    /// [`Error::NoLabels`] if no file has them.
    pub fn labelled(self) -> Result<Pool> {
        if self.labelled { Ok(self.pool) } else { Err(self.pool.without_labels()) }
    }

    /// The right class of every sample; `None` if no file says.
    pub fn labels(&self) -> Option<&[u32]> {
        self.labelled.then(|| self.pool.labels())
    }
}
