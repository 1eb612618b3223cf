//! What a run says of the cascade that it chose, or would have chosen unasked.

use super::layout::wrapped;
use super::text::{capitalized, cost, percent};
use super::worth::needed;
use crate::counted::counted;
use crate::frontier::{Goal, between, no_less};
use crate::search::Ended;
use crate::spec::wire::{Frontier, Point, SearchEntry};
use crate::trust::{
    Call, Ceiling, Cheaper, Figures, Interval, Judgement, Method, Mixture, Reason, Sensitivity,
    Stratum, Verdict, Versus, WhoPays,
};

/// The judgement on `chosen` as lines of text; see [`sentences`].
pub(super) fn judgement(frontier: &Frontier, chosen: Option<&Point>) -> Option<String> {
    let parts = sentences(frontier, chosen)?.into_iter();
    let lines = parts.map(|(name, text)| wrapped(&format!("{:<9}", format!("{name}:")), &text));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// The judgement on `chosen`, if that is the point that was judged; if none was chosen, on the one that was:
/// each part by its name.
pub(super) fn sentences(
    frontier: &Frontier,
    chosen: Option<&Point>,
) -> Option<Vec<(&'static str, String)>> {
    let judged = frontier.judgement.as_ref()?;
    let point = frontier.points.get(judged.point)?;
    let about = match chosen {
        Some(chosen) if chosen != point => return None,
        Some(_) => String::new(),
        None => format!(
            "none was chosen; the cheapest cascade as accurate as the best model is {} ({} at {} {})",
            point.path(),
            percent(point.accuracy),
            cost(point.cost),
            frontier.pool.cost_unit
        ),
    };
    let limited = limited(frontier, chosen);
    let unit = &frontier.pool.cost_unit;
    // With folds, what moves a cascade's thresholds is about the one that tuned on all samples.
    let on = match frontier.provenance.split.method {
        Method::CrossFitted => "on the samples that tuned, ",
        _ => "",
    };
    let on = |text: String| if text.is_empty() { text } else { on.to_owned() + &text };
    let Judgement { verdict, ceiling, who_pays, sensitivity, models, .. } = judged;
    let parts = [
        ("judged", about),
        ("verdict", said(verdict, &limited)),
        ("ceiling", on(best_possible(ceiling, point, unit))),
        ("who pays", fares(who_pays, &verdict.reference.model)),
        ("steps", on(rests(sensitivity, unit))),
        ("models", needed(frontier, models)),
    ];
    Some(parts.into_iter().filter(|(_, text)| !text.is_empty()).collect())
}

/// The verdict in words; `limited` is what [`limited`] makes of the options.
pub(super) fn said(verdict: &Verdict, limited: &str) -> String {
    let Verdict { call, reasons, reference, .. } = verdict;
    let against = compared(reference);
    let rival = besides(verdict);
    let traded = (*call == Call::Cascade && !verdict.saves).then(|| traded(reference)).flatten();
    if let Some(traded) = traded {
        return format!("cascade, as a trade: {traded}{rival}");
    }
    let call = match call {
        Call::Cascade if verdict.saves => "cascade".to_owned(),
        Call::Cascade if reference.accuracy_difference > 0.0 => {
            "cascade, for its accuracy".to_owned()
        }
        Call::Cascade => "cascade, as a trade".to_owned(),
        Call::NotTested => "not tested on samples that tuning did not see".to_owned(),
        Call::DoNotCascade => {
            let reasons = reasons.iter().map(|reason| because(*reason, verdict, limited));
            format!("do not cascade: {}", reasons.collect::<Vec<_>>().join("; "))
        }
    };
    format!("{call}. {against}{rival}")
}

/// The accuracy beside that of what else costs as much: two models and chance, or else one model.
fn besides(verdict: &Verdict) -> String {
    let Verdict { reference, rival, .. } = verdict;
    let suffices = verdict.reasons.contains(&Reason::SingleSuffices);
    match verdict.mixture.as_ref().filter(|it| it.dearer_share > 0.0 && !suffices) {
        Some(mixture) => {
            let Mixture { cheaper, dearer, accuracy_difference, accuracy_interval, .. } = mixture;
            let dearer = dearer.as_deref().unwrap_or_default();
            let edge = points(*accuracy_difference, *accuracy_interval);
            format!("; {edge} over choosing between {cheaper} and {dearer} at random for that cost")
        }
        None if rival.model == reference.model => String::new(),
        None => {
            let edge = points(rival.accuracy_difference, rival.accuracy_interval);
            format!("; {edge} over {}, the best model of no more cost", rival.model)
        }
    }
}

/// What may be why `chosen` is no better than single models: a search that did not come to its end,
/// and limits of the user's own, with how far to ease the one on cost. Nothing where there was none.
/// What is judged although none was chosen keeps to no limit.
fn limited(frontier: &Frontier, chosen: Option<&Point>) -> String {
    let stopped = cut_short(&frontier.search).map_or_else(String::new, |how| {
        format!("; the search was stopped {how} before it found one that is")
    });
    let Some(chosen) = chosen else { return stopped };
    let goal = Goal::from_json(&frontier.provenance.options);
    let singles = frontier.singles();
    let models: Vec<usize> = (0..singles.len()).collect();
    let gains = |point: &&Point| {
        let chance = between(&singles, &models, point.cost);
        chance.is_some_and(|chance| chance.accuracy(&singles, point.cost) < point.accuracy)
    };
    let beyond = frontier.points.iter().filter(|point| point.cost > chosen.cost);
    let better = beyond.filter(|_| goal.max_cost.is_some()).find(gains);
    if let Some(better) = better {
        return format!("; with --max-cost {} there is one that is", no_less(better.cost));
    }
    let set = goal.limiting();
    match set.is_empty() {
        true => stopped,
        false => format!("{stopped}; with another {} one may be", set.join(" or ")),
    }
}

/// What stopped a search before its end, if anything did.
fn cut_short(search: &SearchEntry) -> Option<&'static str> {
    match search.cut_short()? {
        Ended::TimeLimit => Some("by the time limit"),
        Ended::Interrupted => Some("by Ctrl-C"),
        Ended::GapReached => Some("at the gap asked for,"),
        Ended::Complete => None,
    }
}

/// Cost and accuracy against a model.
fn compared(versus: &Versus) -> String {
    let Versus { model, cost_ratio, cost_ratio_interval, .. } = versus;
    if versus.is_alike() {
        return format!("It answers and costs as {model} does");
    }
    let price = match cost_ratio {
        None => format!("{model} costs nothing"),
        Some(ratio) if *ratio > 1.0 => {
            let more = |ratio: f64| format!("{:.1} %", 100.0 * (ratio - 1.0));
            let interval = cost_ratio_interval.map_or_else(String::new, |Interval(low, high)| {
                format!(" ({})", range(&more(low), &more(high)))
            });
            format!("It costs {}{interval} more than {model}", more(*ratio))
        }
        Some(ratio) => format!("It saves {} of the cost of {model}", spared(versus, *ratio)),
    };
    format!("{price} at {}", points(versus.accuracy_difference, versus.accuracy_interval))
}

/// What is given up and what for, where a cheaper cascade is shown to be less accurate than the model.
fn traded(versus: &Versus) -> Option<String> {
    let Interval(low, high) = versus.accuracy_interval.filter(|ends| ends.1 < 0.0)?;
    let ratio = versus.cost_ratio.filter(|ratio| *ratio < 1.0)?;
    let points = |difference: f64| format!("{:.2}", -100.0 * difference);
    Some(format!(
        "{} points ({}) less accurate than {}, and {} cheaper",
        points(versus.accuracy_difference),
        range(&points(high), &points(low)),
        versus.model,
        spared(versus, ratio)
    ))
}

/// The share that is saved at the cost ratio of `versus`, with its interval.
fn spared(versus: &Versus, ratio: f64) -> String {
    let interval = versus.cost_ratio_interval.map_or_else(String::new, |Interval(low, high)| {
        format!(" ({})", range(&saved(high), &saved(low)))
    });
    let measured = saved(ratio);
    if interval == format!(" ({measured})") { measured } else { measured + &interval }
}

/// Both ends, or one where they read alike.
fn range(from: &str, to: &str) -> String {
    if from == to { from.to_owned() } else { format!("{from} to {to}") }
}

/// The share that is saved at a cost ratio, with as many digits as tell a ratio above 0 from none, as far as
/// anyone reads them.
fn saved(ratio: f64) -> String {
    let with = |digits: usize| format!("{:.digits$} %", 100.0 * (1.0 - ratio));
    let reads_all = |text: &String| text.starts_with("100.");
    let told = (1..=6).map(with).find(|text| ratio <= 0.0 || !reads_all(text));
    told.unwrap_or_else(|| "nearly 100 %".to_owned())
}

/// A difference in accuracy with its interval.
fn points(difference: f64, interval: Option<Interval>) -> String {
    // No negative zero.
    let points = |share: f64| format!("{:+.2}", 100.0 * share).replace("-0.00", "+0.00");
    let interval = interval.map_or_else(String::new, |Interval(low, high)| {
        format!(" ({} to {})", points(low), points(high))
    });
    format!("{} points{interval}", points(difference))
}

/// `limited` is [`limited`].
fn because(reason: Reason, verdict: &Verdict, limited: &str) -> String {
    match reason {
        Reason::NothingCheaper => "no model is cheaper".to_owned(),
        Reason::SingleSuffices => "a single model that costs no more does as well".to_owned(),
        Reason::NotBeyondChance => {
            "what it gains may be chance; more samples would tell".to_owned()
        }
        Reason::ChanceSuffices => {
            "choosing between single models at random does as well for its cost".to_owned()
        }
        Reason::DoesNotHold => "what it gains on tuning samples is not there on others".to_owned(),
        Reason::NoneSure => {
            let worth = |model: &Cheaper| model.sure_share - model.needed_share;
            let best = verdict.cheaper.iter().max_by(|a, b| worth(a).total_cmp(&worth(b)));
            let best = best.map_or_else(String::new, |best| {
                format!(
                    " ({} on {} of the samples; it pays on more than {})",
                    best.model,
                    percent(best.sure_share),
                    percent(best.needed_share)
                )
            });
            format!("no cheaper model is sure and right often enough{best}")
        }
        Reason::ErrAlike => "the models are wrong on the same samples".to_owned(),
        Reason::NoneFound if verdict.reference.is_alike() => {
            format!(
                "it does as {} does, and so no better than single models{limited}",
                verdict.reference.model
            )
        }
        Reason::NoneFound => {
            format!("on the tuning samples this one is no better than single models{limited}")
        }
    }
}

fn at(figures: Figures, unit: &str) -> String {
    format!("{} at {} {unit}", percent(figures.accuracy), cost(figures.cost))
}

fn best_possible(ceiling: &Ceiling, point: &Point, unit: &str) -> String {
    let gates = match point.stages.len() {
        1 => format!("this {} has no gates", point.noun()),
        _ => format!("with perfect gates this cascade is at {}", at(ceiling.perfect_gate, unit)),
    };
    format!("{gates}; always the cheapest right model: {}", at(ceiling.oracle, unit))
}

fn fares(who: &WhoPays, reference: &str) -> String {
    let groups = who.groups.as_deref().unwrap_or(&[]);
    let kinds = [("class", "classes", who.classes.as_slice()), ("group", "groups", groups)];
    let kinds = kinds.into_iter().filter(|kind| !kind.2.is_empty());
    let sentences = kinds.map(|(one, many, strata)| {
        let losing = strata.iter().filter(|stratum| stratum.loses).count();
        let maybe = strata.iter().filter(|stratum| who.may_lose(stratum)).count();
        let margin = format!("more than {:.2} points", 100.0 * who.margin);
        let (of, s) = (strata.len(), |count: usize| if count == 1 { "s" } else { "" });
        let count = match (losing, maybe) {
            (0, 0) => format!("no {one} loses {margin}"),
            (0, 1..) => {
                format!("{maybe} of {of} {many} lose{} {margin}, but it may be chance", s(maybe))
            }
            (1.., _) => {
                let verb = if losing == 1 { "LOSES" } else { "LOSE" };
                format!("{losing} of {of} {many} {verb} {margin}, beyond chance")
            }
        };
        let more = match (losing, maybe) {
            (0, _) | (_, 0) => String::new(),
            _ => format!("; {maybe} more lose{} that much, but it may be chance", s(maybe)),
        };
        // Who is worst of all need not be one of those that lose beyond chance.
        let told = strata.iter().filter(|stratum| losing == 0 || stratum.loses);
        let worst = told.min_by(|a, b| a.paired.difference().total_cmp(&b.paired.difference()));
        let worst = worst.filter(|worst| worst.paired.difference() < 0.0);
        let worst = worst.map_or_else(String::new, |worst| {
            let Stratum { accuracy, reference_accuracy, paired, .. } = worst;
            let of = if losing > 1 { " of them" } else { "" };
            format!(
                "; worst{of} is {one} {} with {}: {} against {} of {reference}",
                worst.shown(),
                counted(paired.samples, "sample"),
                percent(*accuracy),
                percent(*reference_accuracy)
            )
        });
        count + &worst + &more
    });
    // The first goes on after its name, as everything that is said here does.
    sentences.reduce(|text, next| format!("{text}. {}", capitalized(&next))).unwrap_or_default()
}

fn rests(sensitivity: &Sensitivity, unit: &str) -> String {
    let span = |figures: &mut dyn Iterator<Item = Figures>| {
        let all: Vec<Figures> = figures.collect();
        let ends = |f: &dyn Fn(&Figures) -> f64| {
            let values = || all.iter().map(f);
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
        };
        let ((worst, best), (least, most)) = (ends(&|f| f.accuracy), ends(&|f| f.cost));
        let as_is = percent(sensitivity.as_is.accuracy);
        let accuracy = match (percent(worst), percent(best)) {
            (worst, best) if worst == as_is && best == as_is => format!("{best} (no change)"),
            (worst, best) if worst == best => best,
            (_, best) => format!("{:.2} to {best}", 100.0 * worst),
        };
        let price = match (cost(least), cost(most)) {
            (least, most) if least == most => most,
            (least, most) => format!("{least} to {most}"),
        };
        format!("{accuracy} at {price} {unit}")
    };
    if sensitivity.thresholds.is_empty() {
        return String::new();
    }
    let mut moved = sensitivity.thresholds.iter().map(|moved| moved.figures);
    let mut shifted = sensitivity.confidences.iter().map(|shifted| shifted.figures);
    let factors: Vec<String> =
        sensitivity.confidences.iter().map(|shifted| shifted.factor.to_string()).collect();
    format!(
        "thresholds moved past {:.0} % of samples: {}; logits of confidences times {}: {}",
        100.0 * sensitivity.step,
        span(&mut moved),
        factors.join(" or "),
        span(&mut shifted)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::{Judged, Move, Moved, Paired, Shifted};

    /// Classes or groups of 100 samples that have so many gained and lost each.
    fn compared(strata: &[(u32, u32)]) -> Vec<Stratum> {
        let judged = |(at, &(gained, lost)): (usize, &(u32, u32))| Judged {
            name: at.to_string(),
            paired: Paired { samples: 100, gained, lost },
            reference_correct: 90,
            cost: 1.0,
            exit_fractions: vec![],
        };
        let judged = strata.iter().enumerate().map(judged).collect();
        Stratum::compare(judged, 0.02, 0.05, None)
    }

    /// Who pays, where classes have so many gained and lost each.
    fn pays(classes: &[(u32, u32)]) -> String {
        let classes = compared(classes);
        fares(&WhoPays { margin: 0.02, error_rate: 0.05, classes, groups: None }, "large")
    }

    #[test]
    fn what_is_said_of_groups_is_a_sentence_after_that_of_classes() {
        let (classes, groups) = (compared(&[(0, 2)]), Some(compared(&[(0, 1)])));
        let who = WhoPays { margin: 0.02, error_rate: 0.05, classes, groups };
        let said = fares(&who, "large");
        assert!(said.starts_with("no class loses "), "{said}");
        assert!(said.contains(" of large. No group loses "), "{said}");
    }

    #[test]
    fn a_loss_beyond_the_margin_is_said_even_if_it_may_be_chance() {
        let worst = "worst is class 1 with 100 samples";
        let maybe = pays(&[(0, 1), (0, 3)]);
        assert_eq!(
            maybe,
            format!(
                "1 of 2 classes loses more than 2.00 points, but it may be chance; {worst}: \
                 87.00 % against 90.00 % of large"
            )
        );
        assert!(pays(&[(0, 4), (0, 3)]).starts_with("2 of 2 classes lose more than 2.00"));
        let none = pays(&[(0, 1), (0, 2)]);
        assert!(
            none.starts_with(&format!("no class loses more than 2.00 points; {worst}")),
            "{none}"
        );
        let sure = pays(&[(0, 20), (0, 0)]);
        assert!(
            sure.starts_with("1 of 2 classes LOSES more than 2.00 points, beyond chance; worst is"),
            "{sure}"
        );
        let both = pays(&[(0, 8), (30, 39)]);
        assert!(
            both.starts_with(
                "1 of 2 classes LOSES more than 2.00 points, beyond chance; worst is class 0 with"
            ),
            "{both}"
        );
        let end = "82.00 % against 90.00 % of large; 1 more loses that much, but it may be chance";
        assert!(both.ends_with(end), "{both}");
        let several = pays(&[(0, 20), (0, 30), (30, 39)]);
        assert!(several.contains("beyond chance; worst of them is class 1 with"), "{several}");
    }

    #[test]
    fn a_trade_says_what_is_given_up_for_what() {
        let versus = |model: &str, difference: f64, interval, ratio: f64| Versus {
            model: model.to_owned(),
            paired: Paired { samples: 100, gained: 0, lost: 0 },
            accuracy_difference: difference,
            accuracy_interval: Some(interval),
            cost_ratio: Some(ratio),
            cost_ratio_interval: Some(Interval(ratio - 0.01, ratio + 0.01)),
        };
        let mixture = Mixture {
            cheaper: "small".to_owned(),
            dearer: Some("large".to_owned()),
            dearer_share: 0.02,
            accuracy_difference: 0.015,
            accuracy_interval: Some(Interval(0.005, 0.025)),
        };
        let of = |reference| {
            let verdict = Verdict {
                call: Call::Cascade,
                saves: false,
                gains: true,
                reasons: vec![],
                reference,
                rival: versus("small", 0.02, Interval(0.01, 0.03), 1.5),
                mixture: Some(mixture.clone()),
                cheaper: vec![],
            };
            said(&verdict, "")
        };
        let rival = "+1.50 points (+0.50 to +2.50) over choosing between small and large at random \
                     for that cost";
        assert_eq!(
            of(versus("large", -0.005, Interval(-0.0096, -0.0009), 0.04)),
            format!(
                "cascade, as a trade: 0.50 points (0.09 to 0.96) less accurate than large, and 96.0 % \
                 (95.0 % to 97.0 %) cheaper; {rival}"
            )
        );
        let dearer = of(versus("large", 0.01, Interval(0.005, 0.015), 1.2));
        let said = "cascade, for its accuracy. It costs 20.0 % (19.0 % to 21.0 %) more than large at +1.00";
        assert!(dearer.starts_with(said), "{dearer}");
    }

    #[test]
    fn what_does_not_change_is_no_range() {
        let at = |accuracy, cost| Figures { accuracy, cost };
        let moved = |figures| Moved { stage: None, direction: Move::Up, figures };
        let said = |thresholds: &[Figures], confidences: &[Figures]| {
            let shifted = confidences.iter().map(|&figures| Shifted { factor: 0.9, figures });
            let sensitivity = Sensitivity {
                samples: 100,
                step: 0.01,
                as_is: at(0.985, 7.0),
                thresholds: thresholds.iter().copied().map(moved).collect(),
                confidences: shifted.collect(),
            };
            rests(&sensitivity, "ms")
        };
        assert_eq!(
            said(&[at(0.985, 6.0), at(0.985, 8.0)], &[at(0.98, 7.0)]),
            "thresholds moved past 1 % of samples: 98.50 % (no change) at 6.000 to 8.000 ms; \
             logits of confidences times 0.9: 98.00 % at 7.000 ms"
        );
        assert!(
            said(&[at(0.98, 6.0), at(0.985, 8.0)], &[]).contains("98.00 to 98.50 % at 6.000 to")
        );
    }

    #[test]
    fn what_is_not_all_does_not_read_as_all() {
        for (ratio, text) in [
            (0.0, "100.0 %"),
            (0.00025, "99.98 %"),
            (0.000_001, "99.9999 %"),
            (1e-12, "nearly 100 %"),
            (0.5, "50.0 %"),
            (1.1, "-10.0 %"),
        ] {
            assert_eq!(saved(ratio), text);
        }
    }
}
