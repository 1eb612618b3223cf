//! What a user should know about their data, with advice.

use serde::{Serialize, Serializer};

use crate::cascade::all_digits;
use crate::counted::counted;
use crate::frontier::Goal;
use crate::pool::Pool;
use crate::signal::Signals;
use crate::spec::wire::Point;
use crate::trust::{Interval, Judgement, Method, Optimism, Stratum, binomial_interval};

/// Something that is odd but no error.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// Rows of probabilities that did not sum to 1 within 1e-2 and were normalised.
    Rescaled {
        /// Each model that has such rows, and how many.
        models: Vec<(String, usize)>,
        /// Of how many.
        samples: usize,
    },
    /// Held-out samples that have the label and the scores of others.
    Copies {
        /// How many have those of one that tuned, if these are many.
        of_tuned: Option<usize>,
        /// How many have those of another that is held out, if these are many.
        of_held: Option<usize>,
        /// Of how many whose scores tell them apart.
        told_apart: u32,
    },
    /// Tuning figures that flatter by more than chance explains and by much of what is gained.
    Optimistic(Optimism),
    /// Models whose calibration error a temperature makes larger, on samples that it was not fitted to
    /// where there are some: name, error before and after.
    Miscalibrated(Vec<(String, f64, f64)>),
    /// A limit of the user's that the chosen cascade keeps to on tuning samples, and that the whole interval of
    /// what others say is beyond.
    Missed {
        /// What was asked for.
        asked: String,
        /// What held-out samples say.
        held: String,
    },
    /// Classes or groups that lose more than the margin, and not by chance.
    Loses {
        /// `class` or `group`.
        kind: &'static str,
        /// Those that lose, the largest loss first, with the accuracy lost.
        strata: Vec<(String, f64)>,
        /// The model that the cascade takes the place of.
        reference: String,
        /// The accuracy that may be lost.
        margin: f64,
    },
    /// A run with folds that was interrupted before all of them were searched without.
    NotCrossFitted,
    /// Searches without one fold that the time limit ended.
    FoldsStopped {
        /// How many.
        stopped: usize,
        /// Of how many.
        folds: usize,
    },
    /// Folds that are small, or very many.
    FineFolds {
        /// How many.
        folds: usize,
        /// Samples in the smallest.
        least: usize,
        /// Samples in all.
        samples: usize,
    },
    /// Hardly any samples to tune on, or held out.
    FewSamples {
        /// How many tune.
        tuning: usize,
        /// How many are held out.
        held_out: usize,
    },
    /// A cost that spans too many digits beside the others to be counted as it is.
    RoundedCost {
        /// The model.
        model: String,
        /// What it costs, as it was given, in the pool's unit.
        given: String,
        /// What is counted, and written.
        used: String,
    },
}

/// Number of folds beyond which there is little to learn from more.
const USUAL_FOLDS: usize = 10;

/// Most classes, groups or models that one warning names.
const LISTED: usize = 5;

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rescaled { models, samples } => {
                let each = |(model, rows): &(String, usize)| format!("{rows} of {model}");
                write!(
                    f,
                    "probabilities that did not sum to 1 (within 0.01) were normalised: {}, of {} each; if \
                     they come from 8-bit outputs, export the float ones where you can",
                    models.iter().map(each).collect::<Vec<_>>().join(", "),
                    counted(*samples, "row"),
                )
            }
            Self::Copies { of_tuned, of_held, told_apart } => {
                let of_tuned = of_tuned.map(|copies| format!("{copies} have those of one that tuned"));
                let of_held =
                    of_held.map(|copies| format!("{copies} have those of another one"));
                let both: Vec<String> = of_tuned.into_iter().chain(of_held).collect();
                write!(
                    f,
                    "of {} that scores tell apart, {} (label and all scores): if these are copies, figures \
                     on samples that did not tune promise too much, and so does a guarantee; leave copies out",
                    counted(*told_apart as usize, "reported sample"),
                    both.join(" and "),
                )
            }
            Self::Optimistic(Optimism { adjusted, standard_error, gain, .. }) => write!(
                f,
                "tuning figures flatter: over the frontier, {:.2} points of accuracy on average are tuning's \
                 luck (standard error {:.2}), of {:.2} gained on single models of no more cost; \
                 go by the figures of samples that did not tune, and tune on more samples or search less (a smaller --max-models, \
                 a coarse --resolution)",
                100.0 * adjusted.unwrap_or_default(),
                100.0 * standard_error.unwrap_or_default(),
                100.0 * gain
            ),
            Self::Miscalibrated(models) => {
                let each = |(model, before, after): &(String, f64, f64)| {
                    format!("{model} ({:.2} to {:.2} %)", 100.0 * before, 100.0 * after)
                };
                let mut shown: Vec<String> = models.iter().take(LISTED).map(each).collect();
                if models.len() > LISTED {
                    shown.push(format!("and {} more", models.len() - LISTED));
                }
                write!(
                    f,
                    "temperatures make the calibration error of a model larger: {}; they maximise the \
                     likelihood, which a few labels with a probability near 0 can rule (8-bit outputs have \
                     such); go by cascades without temperatures (leave out --calibrate)",
                    shown.join(", ")
                )
            }
            Self::Missed { asked, held } => write!(
                f,
                "{asked} was asked for, and is kept to on the tuning samples only: on samples that did not tune it \
                 is {held}; ask for some more than you need, or for a guarantee (--guarantee)"
            ),
            Self::Loses { kind, strata, reference, margin } => {
                let named = |(name, loss): &(String, f64)| format!("{name} ({:.2})", 100.0 * loss);
                let mut shown: Vec<String> = strata.iter().take(LISTED).map(named).collect();
                if strata.len() > LISTED {
                    shown.push(format!("and {} more", strata.len() - LISTED));
                }
                write!(
                    f,
                    "against {reference} what was chosen loses more than {:.2} points of accuracy, and not by \
                     chance, in {kind} {}; see `judgement` in frontier.json, and choose a more accurate one \
                     (--min-accuracy{})",
                    100.0 * margin,
                    shown.join(", "),
                    if *kind == "group" { ", --min-group-accuracy" } else { "" }
                )
            }
            Self::NotCrossFitted => f.write_str(
                "interrupted before each fold had been searched without, so there are no cross-fitted \
                 figures; those of the samples that tuned flatter",
            ),
            Self::FoldsStopped { stopped, folds } => write!(
                f,
                "{stopped} of {} without a fold were cut short by the time limit, so cross-fitted figures may be too low; give them time (--time-limit, for each search)",
                counted(*folds, "search"),
            ),
            Self::FineFolds { folds, least, samples } if *folds > USUAL_FOLDS => write!(
                f,
                "--folds {folds} leaves {} in the smallest fold: {folds} searches that tune on nearly the same \
                 samples err alike, so cross-fitted intervals are less sure than they look; --folds \
                 {USUAL_FOLDS} or fewer takes less time too",
                counted(*least, "sample"),
            ),
            Self::FineFolds { folds, least, samples } => write!(
                f,
                "--folds {folds} of {} leaves {} in the smallest fold: cross-fitted figures depend much on which \
                 samples fall into which fold; get more samples where you can",
                counted(*samples, "sample"),
                counted(*least, "sample"),
            ),
            Self::FewSamples { tuning, held_out } => write!(
                f,
                "{} and {}: what so few say of cascades and of models is mostly chance; get more \
                 samples, or divide these otherwise (--holdout, --folds)",
                match tuning {
                    1 => "1 sample tunes".to_owned(),
                    many => format!("{many} samples tune"),
                },
                match held_out {
                    0 => "none is held out".to_owned(),
                    1 => "1 is held out".to_owned(),
                    many => format!("{many} are held out"),
                },
            ),
            Self::RoundedCost { model, given, used } => write!(
                f,
                "{model}: its cost {given} is counted and written as {used}, since the costs of all \
                 models on all samples have to add up in 63 bits; give them fewer digits"
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

/// What the costs of `pool` brought up.
pub(crate) fn rounded(pool: &Pool) -> Vec<Warning> {
    let scale = pool.cost_scale();
    let changed = pool.models().iter().filter(|model| scale.rounded(model.cost) != model.cost);
    let rounded = changed.map(|model| Warning::RoundedCost {
        model: model.name.clone(),
        given: all_digits(model.cost),
        used: all_digits(scale.rounded(model.cost)),
    });
    rounded.collect()
}

/// What reading `pool` into `signals` brought up about probabilities.
pub(crate) fn rescaled(pool: &Pool, signals: &Signals) -> Vec<Warning> {
    let models = pool.models().iter().zip(&signals.rescaled);
    let off = models.filter(|(_, rows)| **rows > 0);
    let off: Vec<(String, usize)> = off.map(|(model, &rows)| (model.name.clone(), rows)).collect();
    let any = !off.is_empty();
    any.then(|| Warning::Rescaled { models: off, samples: pool.samples() }).into_iter().collect()
}

/// What `goal` asks of `chosen` in numbers of its own, and what held-out samples deny; `judgement` is the one on
/// it, if there is one.
pub fn missed(goal: &Goal, chosen: &Point, judgement: Option<&Judgement>) -> Vec<Warning> {
    let Some(held) = chosen.holdout.as_ref().filter(|held| held.method != Method::CrossFitted)
    else {
        return vec![];
    };
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let unit = &chosen.cost_unit;
    let Interval(low, high) = held.accuracy_interval;
    let accuracy = goal.min_accuracy.filter(|least| high < *least).map(|least| Warning::Missed {
        asked: format!("an accuracy of at least {least}"),
        held: format!(
            "{} (95 % interval {} to {})",
            percent(held.accuracy),
            percent(low),
            percent(high)
        ),
    });
    let cost = goal.max_cost.zip(held.cost_interval);
    let cost = cost.filter(|(most, Interval(low, _))| low > most);
    let cost = cost.map(|(most, Interval(low, high))| Warning::Missed {
        asked: format!("a cost of at most {most} {unit}"),
        held: format!("{:.4} {unit} (95 % interval {low:.4} to {high:.4})", held.cost),
    });
    let groups = judgement.and_then(|it| it.who_pays.groups.as_deref()).unwrap_or(&[]);
    let worst = groups.iter().min_by(|a, b| a.accuracy.total_cmp(&b.accuracy));
    let group = goal.min_group_accuracy.zip(worst).and_then(|(least, worst)| {
        let right = (worst.accuracy * worst.paired.samples as f64).round() as u32;
        let Interval(low, high) = binomial_interval(right, worst.paired.samples, 0.95);
        (high < least).then(|| Warning::Missed {
            asked: format!("an accuracy of at least {least} in every group"),
            held: format!(
                "{} in group {} (95 % interval {} to {})",
                percent(worst.accuracy),
                worst.shown(),
                percent(low),
                percent(high)
            ),
        })
    });
    accuracy.into_iter().chain(cost).chain(group).collect()
}

/// Who pays for the cascade that `judgement` is about.
pub(crate) fn losers(judgement: &Judgement) -> Vec<Warning> {
    let who = &judgement.who_pays;
    let warning = |(kind, strata): (&'static str, &[Stratum])| {
        let losing = strata.iter().filter(|stratum| stratum.loses);
        let mut losing: Vec<(String, f64)> =
            losing.map(|one| (one.shown(), -one.paired.difference())).collect();
        losing.sort_by(|a, b| b.1.total_cmp(&a.1));
        (!losing.is_empty()).then(|| Warning::Loses {
            kind,
            strata: losing,
            reference: judgement.verdict.reference.model.clone(),
            margin: who.margin,
        })
    };
    let kinds =
        [("class", who.classes.as_slice()), ("group", who.groups.as_deref().unwrap_or(&[]))];
    kinds.into_iter().filter_map(warning).collect()
}
