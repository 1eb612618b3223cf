//! What a user should know about their data, with advice.

use serde::{Serialize, Serializer};

use crate::pool::Pool;
use crate::signal::Signals;

/// Something that is odd but no error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Rows of probabilities that did not sum to 1 within 1e-2 and were normalised.
    Rescaled {
        /// The model.
        model: String,
        /// How many of its rows.
        rows: usize,
        /// Of how many.
        samples: usize,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rescaled { model, rows, samples } => write!(
                f,
                "{model}: {rows} of {samples} rows of probabilities did not sum to 1 (within 0.01) and \
                 were normalised; if they come from 8-bit outputs, export the float ones where you can"
            ),
        }
    }
}

/// A warning is written as its sentence.
impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What reading `pool` into `signals` brought up.
pub(crate) fn warnings(pool: &Pool, signals: &Signals) -> Vec<Warning> {
    let models = pool.models().iter().zip(&signals.rescaled);
    let off = models.filter(|(_, rows)| **rows > 0);
    off.map(|(model, &rows)| Warning::Rescaled {
        model: model.name.clone(),
        rows,
        samples: pool.samples(),
    })
    .collect()
}
