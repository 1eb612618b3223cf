//! What a guarantee says: `accuracy >= 0.98`, `accuracy >= best - 0.005`, `cost <= 500`.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::hint::share_hint;
use crate::pool::hint;

/// A statement about a cascade on new data.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `accuracy >= A`.
    Accuracy {
        /// Least share of right answers, above 0 and below 1.
        least: f64,
    },
    /// `accuracy >= MODEL - E` or `accuracy >= MODEL + E`, on the same samples.
    Difference {
        /// What the cascade is held against.
        baseline: Baseline,
        /// How much less accurate it may be; negative if it has to be more accurate. Within -1 to 1,
        /// both excluded.
        margin: f64,
    },
    /// `cost <= X`.
    Cost {
        /// Most expected cost of a sample, in the pool's unit. At least 0.
        most: f64,
    },
}

/// The model that a cascade is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Baseline {
    /// The best single model.
    Best,
    /// The model of this name.
    Model(String),
}

/// The word for [`Baseline::Best`].
const BEST: &str = "best";

/// All that a statement may look like.
const FORMS: &str = "\"accuracy >= 0.98\", \"accuracy >= best - 0.005\", \"accuracy >= MODEL\", \
                     \"accuracy >= MODEL - E\", \"accuracy >= MODEL + E\" or \"cost <= X\"";

impl Statement {
    /// Checks the statement against the names of a pool's `models`.
    ///
    /// # Errors
    /// [`Error::Option`] for a model that is not in the pool, with the name that may be meant.
    pub fn check<'a>(&self, models: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let Self::Difference { baseline, .. } = self else { return Ok(()) };
        let models: Vec<String> = models.into_iter().map(str::to_owned).collect();
        let best_is_there = models.iter().any(|model| model == BEST);
        match baseline {
            Baseline::Best if best_is_there => {
                let expected = "another name for that model: best means the best single model";
                Err(Error::option("--guarantee", expected, "a model of the name \"best\""))
            }
            Baseline::Model(name) if !models.contains(name) => {
                let hint = glued(name, &models).unwrap_or_else(|| hint(name, &models));
                let expected = "a share such as 0.98, best, or a model of the pool";
                Err(Error::option("--guarantee", expected, format!("{name:?}{hint}")))
            }
            _ => Ok(()),
        }
    }

    /// Whether it holds for the very model that it is about, whatever the data.
    pub fn holds_for_its_baseline(&self) -> bool {
        matches!(self, Self::Difference { margin, .. } if *margin >= 0.0)
    }
}

/// What to write instead of a `name` that is one of `models`, or best, with a number glued to it.
fn glued(name: &str, models: &[String]) -> Option<String> {
    name.match_indices(['-', '+']).find_map(|(at, sign)| {
        let (model, size) = (name[..at].trim(), name[at + 1..].trim());
        let is_meant = model == BEST || models.iter().any(|known| known == model);
        (is_meant && size.parse::<f64>().is_ok())
            .then(|| format!("; the {sign} needs a blank on each side: \"{model} {sign} {size}\""))
    })
}

impl FromStr for Statement {
    type Err = String;

    /// Blanks may stand anywhere between the parts; around the sign before `E` they must, since names
    /// of models may hold signs.
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("expected {FORMS}, found {text:?}");
        let parts = [("accuracy", ">="), ("cost", "<=")].iter().find_map(|(subject, sign)| {
            let rest = text.trim().strip_prefix(subject)?.trim_start();
            Some((*subject, rest.strip_prefix(sign)?.trim()))
        });
        match parts {
            None | Some((_, "")) => Err(unknown()),
            Some(("cost", most)) => {
                let number =
                    most.parse().ok().filter(|most: &f64| most.is_finite() && *most >= 0.0);
                let most = number.ok_or_else(|| {
                    format!("expected a number of at least 0 after \"cost <=\", found {most:?}")
                })?;
                Ok(Self::Cost { most })
            }
            Some((_, bound)) if percentage(bound).is_some() || bound.parse::<f64>().is_ok() => {
                let share = bound.parse().ok().filter(|share| *share > 0.0 && *share < 1.0);
                let least = share.ok_or_else(|| {
                    let number = percentage(bound).or_else(|| bound.parse().ok());
                    let meant = number.map_or_else(String::new, share_hint);
                    format!("expected an accuracy above 0 and below 1, found {bound}{meant}")
                })?;
                Ok(Self::Accuracy { least })
            }
            Some((_, bound)) => difference(bound),
        }
    }
}

/// The number before a percent sign.
fn percentage(text: &str) -> Option<f64> {
    text.strip_suffix('%')?.trim_end().parse().ok()
}

/// `MODEL`, `MODEL - E` or `MODEL + E`.
fn difference(bound: &str) -> Result<Statement, String> {
    let signed = [(" - ", 1.0), (" + ", -1.0)].into_iter().find_map(|(sign, factor)| {
        let (name, size) = bound.rsplit_once(sign)?;
        Some((name.trim(), factor, size.trim()))
    });
    let (name, margin) = match signed {
        None => (bound, 0.0),
        Some((name, factor, size)) => {
            let number = size.parse().ok().filter(|size| (0.0..1.0).contains(size));
            let size: f64 = number.ok_or_else(|| {
                let meant = percentage(size).map(|size| format!("; did you mean {}?", size / 100.0));
                let meant = meant.unwrap_or_default();
                format!(
                    "expected a share from 0 to below 1 after {name:?}, such as 0.005, found {size}{meant}"
                )
            })?;
            // No negative zero.
            (name, if size == 0.0 { 0.0 } else { factor * size })
        }
    };
    if name.is_empty() {
        return Err(format!("expected {FORMS}, found no model in {bound:?}"));
    }
    let baseline = match name {
        BEST => Baseline::Best,
        name => Baseline::Model(name.to_owned()),
    };
    Ok(Statement::Difference { baseline, margin })
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accuracy { least } => write!(f, "accuracy >= {least}"),
            Self::Cost { most } => write!(f, "cost <= {most}"),
            Self::Difference { baseline, margin } => {
                write!(f, "accuracy >= {baseline}")?;
                match *margin {
                    margin if margin > 0.0 => write!(f, " - {margin}"),
                    margin if margin < 0.0 => write!(f, " + {}", -margin),
                    _ => Ok(()),
                }
            }
        }
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Best => BEST,
            Self::Model(name) => name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(name: &str, margin: f64) -> Statement {
        let baseline = match name {
            BEST => Baseline::Best,
            name => Baseline::Model(name.to_owned()),
        };
        Statement::Difference { baseline, margin }
    }

    #[test]
    fn statements_are_read_and_written() {
        for (text, statement) in [
            ("accuracy >= 0.98", Statement::Accuracy { least: 0.98 }),
            ("accuracy >= best - 0.005", difference("best", 0.005)),
            ("accuracy >= cnn_l", difference("cnn_l", 0.0)),
            ("accuracy >= resnet-50 + 0.01", difference("resnet-50", -0.01)),
            ("accuracy >= a - b - 0.25", difference("a - b", 0.25)),
            ("cost <= 500", Statement::Cost { most: 500.0 }),
            ("cost <= 0.39", Statement::Cost { most: 0.39 }),
        ] {
            assert_eq!(text.parse(), Ok(statement.clone()), "{text}");
            assert_eq!(statement.to_string(), text);
        }
        assert_eq!(" accuracy>=0.5 ".parse(), Ok(Statement::Accuracy { least: 0.5 }));
        assert_eq!("accuracy >= best - 0".parse(), Ok(difference("best", 0.0)));
    }

    #[test]
    fn what_is_no_statement_is_told_what_is() {
        for (text, part) in [
            ("", "expected \"accuracy >= 0.98\""),
            ("accuracy", "expected \"accuracy >= 0.98\""),
            ("accuracy <= 0.9", "expected \"accuracy >= 0.98\""),
            ("accuracy >=", "expected \"accuracy >= 0.98\""),
            ("latency <= 3", "expected \"accuracy >= 0.98\""),
            ("accuracy >= 98", "an accuracy above 0 and below 1, found 98; did you mean 0.98?"),
            ("accuracy >= 1.5", "an accuracy above 0 and below 1, found 1.5; 98 % is written 0.98"),
            ("accuracy >= 98 %", "an accuracy above 0 and below 1"),
            ("accuracy >= 1", "an accuracy above 0 and below 1"),
            ("accuracy >= NaN", "an accuracy above 0 and below 1"),
            ("accuracy >= best - 5", "a share from 0 to below 1 after \"best\""),
            ("accuracy >= best - x", "found x"),
            ("accuracy >= best - ", "model"),
            ("cost <= cheap", "a number of at least 0 after \"cost <=\", found \"cheap\""),
            ("cost <= -1", "a number of at least 0"),
            ("cost <= inf", "a number of at least 0"),
        ] {
            match text.parse::<Statement>() {
                Err(message) => assert!(message.contains(part), "{text:?}: {message}"),
                // A name may be anything: whether there is such a model is for the pool to say.
                Ok(statement) => assert_eq!(statement, difference("best -", 0.0), "{text:?}"),
            }
        }
    }

    #[test]
    fn models_have_to_be_in_the_pool() {
        let check = |name| difference(name, 0.0).check(["resnet", "cnn_l"]);
        assert!(check("best").is_ok() && check("cnn_l").is_ok());
        assert_eq!(
            check("cnn_L").unwrap_err().to_string(),
            "--guarantee: expected a share such as 0.98, best, or a model of the pool, \
             found \"cnn_L\"; did you mean \"cnn_l\"?"
        );
        for (glued, told) in [("best-0.01", "best - 0.01"), ("cnn_l +0.02", "cnn_l + 0.02")] {
            let message = check(glued).unwrap_err().to_string();
            assert!(
                message.ends_with(&format!("needs a blank on each side: {told:?}")),
                "{message}"
            );
        }
        assert!(difference("best-0.01", 0.0).check(["best-0.01"]).is_ok());
        assert!(difference("best", 0.1).check(["best", "other"]).is_err());
        assert!(Statement::Cost { most: 1.0 }.check([]).is_ok());
    }
}
