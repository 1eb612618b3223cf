//! Who pays for a cascade: classes and groups.

use serde::{Deserialize, Serialize};

use super::super::{Interval, Paired, holm};

/// A class or a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Stratum {
    /// The class' index or the group's name.
    pub name: String,
    /// On how many of its samples who is right.
    #[serde(flatten)]
    pub paired: Paired,
    /// Share of its samples that the cascade gets right.
    pub accuracy: f64,
    /// Share of its samples that the reference gets right.
    pub reference_accuracy: f64,
    /// 95 % interval of the difference of both; absent on samples that tuned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference_interval: Option<Interval>,
    /// Probability of so large a loss by chance, adjusted for the number of classes or groups.
    pub p_value: f64,
    /// Whether it loses more than the margin, and not by chance.
    pub loses: bool,
    /// Mean cost of its samples.
    pub cost: f64,
    /// Share of its samples that exit at each stage.
    pub exit_fractions: Vec<f64>,
}

/// A stratum before it is compared with its like.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The class' index or the group's name.
    pub name: String,
    /// Who is right.
    pub paired: Paired,
    /// Right answers of the reference.
    pub reference_correct: u32,
    /// Mean cost of its samples.
    pub cost: f64,
    /// Share of its samples that exit at each stage.
    pub exit_fractions: Vec<f64>,
}

/// How classes and groups fare with the cascade in place of the reference. Only those with samples are
/// listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WhoPays {
    /// Accuracy that a class or group may lose without a warning.
    pub margin: f64,
    /// Probability that any of the classes is wrongly said to lose, and likewise of the groups.
    pub error_rate: f64,
    /// Ascending.
    pub classes: Vec<Stratum>,
    /// Ascending; absent where no file has a column `group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Stratum>>,
}

/// Whether more than `margin` of accuracy is lost, be it by chance or not.
fn exceeds(paired: &Paired, margin: f64) -> bool {
    -paired.difference() > margin
}

impl WhoPays {
    /// Whether a class or group loses more than the margin, but chance may be all of it.
    pub fn may_lose(&self, stratum: &Stratum) -> bool {
        exceeds(&stratum.paired, self.margin) && !stratum.loses
    }
}

impl Stratum {
    /// Its name for a text: in quotes where it would not be seen.
    pub fn shown(&self) -> String {
        let name = &self.name;
        let is_seen = !name.is_empty() && name.trim() == name && !name.contains(char::is_control);
        if is_seen { name.clone() } else { format!("{name:?}") }
    }

    /// The strata of one kind. One loses where its accuracy is lower by more than `margin` and the
    /// sign test, adjusted after Holm, gives at most `error_rate`. Intervals are at the level
    /// `interval`, where there is one.
    pub fn compare(
        judged: Vec<Judged>,
        margin: f64,
        error_rate: f64,
        interval: Option<f64>,
    ) -> Vec<Self> {
        let p_values: Vec<f64> = judged.iter().map(|one| one.paired.loss_p_value()).collect();
        let strata = judged.into_iter().zip(holm(&p_values)).map(|(one, p_value)| {
            let Paired { samples, gained, lost } = one.paired;
            let share = |count: u32| f64::from(count) / samples.max(1) as f64;
            let correct = (one.reference_correct + gained).saturating_sub(lost);
            Self {
                name: one.name,
                paired: one.paired,
                accuracy: share(correct),
                reference_accuracy: share(one.reference_correct),
                difference_interval: interval.map(|level| one.paired.interval(level)),
                p_value,
                loses: exceeds(&one.paired, margin) && p_value <= error_rate,
                cost: one.cost,
                exit_fractions: one.exit_fractions,
            }
        });
        strata.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_not_be_seen_is_quoted() {
        for (name, shown) in [
            ("north", "north"),
            ("", "\"\""),
            (" a", "\" a\""),
            ("a\tb", "\"a\\tb\""),
            ("b c", "b c"),
        ] {
            let judged = Judged {
                name: name.to_owned(),
                paired: Paired { samples: 1, gained: 0, lost: 0 },
                reference_correct: 1,
                cost: 1.0,
                exit_fractions: vec![1.0],
            };
            let found = Stratum::compare(vec![judged], 0.02, 0.05, None);
            assert_eq!(found[0].shown(), shown);
        }
    }

    #[test]
    fn a_loss_counts_beyond_the_margin_and_beyond_chance() {
        let judged = |name: &str, gained, lost| Judged {
            name: name.to_owned(),
            paired: Paired { samples: 200, gained, lost },
            reference_correct: 150,
            cost: 1.0,
            exit_fractions: vec![1.0],
        };
        let all = vec![
            judged("clear", 0, 20),
            judged("chance", 8, 16),
            judged("small", 0, 3),
            judged("better", 20, 0),
        ];
        let found = Stratum::compare(all, 0.02, 0.05, Some(0.95));
        let loses: Vec<bool> = found.iter().map(|one| one.loses).collect();
        assert_eq!(loses, [true, false, false, false]);
        assert_eq!((found[0].accuracy, found[0].reference_accuracy), (0.65, 0.75));
        assert!((found[0].p_value - 4.0 * 0.5f64.powi(20)).abs() < 1e-12);
    }
}
