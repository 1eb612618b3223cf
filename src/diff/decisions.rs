//! What of two cascades differs that decides over a sample, in words and figures.

use serde::Serialize;

use crate::spec::wire::{Point, Spec};

/// A part of a cascade that bears on what it does with a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// How the models are combined.
    Aggregation,
    /// What gates compare.
    Confidence,
    /// Which models run where.
    Models,
    /// Where the gates are.
    Thresholds,
    /// What logits are divided by.
    Temperatures,
    /// How much each model weighs.
    Weights,
    /// How many classes there are.
    Classes,
}

impl Part {
    const ALL: [Self; 7] = [
        Self::Aggregation,
        Self::Confidence,
        Self::Models,
        Self::Thresholds,
        Self::Temperatures,
        Self::Weights,
        Self::Classes,
    ];

    /// What it is in `spec`.
    fn words(self, spec: &Spec, digits: Digits) -> String {
        let point = &spec.point;
        match self {
            Self::Aggregation => point.aggregation.to_string(),
            Self::Confidence => point.confidence.to_string(),
            Self::Models => point.path(),
            Self::Thresholds => thresholds(point, digits),
            Self::Temperatures => temperatures(point, digits),
            Self::Weights => weights(point, digits),
            Self::Classes => spec.classes.to_string(),
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aggregation => "aggregation",
            Self::Confidence => "confidence",
            Self::Models => "models",
            Self::Thresholds => "thresholds",
            Self::Temperatures => "temperatures",
            Self::Weights => "weights",
            Self::Classes => "classes",
        }
    }
}

/// A part that is not the same in both specs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Which.
    pub part: Part,
    /// What it is in the first, in words.
    pub before: String,
    /// What it is in the second.
    pub after: String,
}

/// The parts that differ.
pub(super) fn decisions(a: &Spec, b: &Spec) -> Vec<Decision> {
    let differing = Part::ALL.into_iter().filter_map(|part| {
        let of = |digits| (part.words(a, digits), part.words(b, digits));
        let (exact, short) = (of(Digits::All), of(Digits::Six));
        let differs = exact.0 != exact.1;
        // Figures that only their last digits tell apart are shown whole.
        let (before, after) = if short.0 == short.1 { exact } else { short };
        differs.then_some(Decision { part, before, after })
    });
    differing.collect()
}

/// How many decimals of a figure are shown.
#[derive(Debug, Clone, Copy)]
enum Digits {
    Six,
    /// As many as tell it from every other number.
    All,
}

impl Digits {
    fn show(self, figure: f64) -> String {
        match self {
            Self::Six => format!("{figure:.6}"),
            Self::All => figure.to_string(),
        }
    }
}

fn thresholds(point: &Point, digits: Digits) -> String {
    let thresholds = point.stages.iter().filter_map(|stage| stage.threshold);
    listed(thresholds.map(|threshold| digits.show(threshold)))
}

fn temperatures(point: &Point, digits: Digits) -> String {
    let models = point.temperatures.iter().flatten();
    let models = models.map(|(name, figure)| format!("{name} {}", digits.show(*figure)));
    let stages = point.stages.iter().zip(1..).filter_map(|(stage, number)| {
        Some(format!("stage {number} {}", digits.show(stage.temperature?)))
    });
    listed(models.chain(stages))
}

fn weights(point: &Point, digits: Digits) -> String {
    let stages = point.stages.iter().zip(1..).filter_map(|(stage, number)| {
        let weights = stage.weights.as_ref()?.iter();
        let weights = weights.map(|(name, figure)| format!("{name} {}", digits.show(*figure)));
        Some(format!("stage {number} ({})", listed(weights)))
    });
    listed(stages)
}

fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}
