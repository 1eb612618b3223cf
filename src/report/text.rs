//! Figures in plain text, and a cascade drawn with them.

use super::layout::{beside, filled};
use crate::spec::wire::{Point, StageEntry};

/// `text` as the beginning of a sentence.
pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A share as a percentage with two decimals: `98.61 %`.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// A difference of shares in percentage points: `+0.27 points`.
pub(super) fn points(difference: f64) -> String {
    format!("{:+.2} points", 100.0 * difference)
}

/// A certified gap in points of accuracy, rounded up, since nothing may be beyond it: `0.134 points`.
pub(super) fn gap(share: f64) -> String {
    // Less than a millionth of a point above the last digit is a float's own rounding.
    format!("{:.3} points", (1e5 * share - 1e-3).ceil().max(0.0) / 1e3)
}

/// A cost with four significant digits: `0.3902`, `61.20`, `19421`, `1.255e8`. No cost has more than
/// ten letters.
pub fn cost(value: f64) -> String {
    significant(value, 4)
}

/// A ratio with two significant digits, counted once it is rounded: `0.039`, `1.0`, `26`.
pub(super) fn ratio(value: f64) -> String {
    significant(value, 2)
}

/// A figure with at least so many significant digits. Only sizes that nobody would read as a plain
/// number get an exponent.
pub(super) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let rounded = format!("{value:.*e}", digits - 1);
    match exponent(&rounded) {
        power @ -5..=5 => format!("{value:.*}", (digits as i32 - 1 - power).max(0) as usize),
        _ => rounded,
    }
}

/// A figure with all digits that tell it from every other number.
pub(super) fn exact(value: f64) -> String {
    if value == 0.0 || (1e-5..1e17).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// Two figures that differ, as `shown`; with all their digits where only these tell the two apart.
pub(super) fn apart(values: [f64; 2], shown: impl Fn(f64) -> String) -> [String; 2] {
    let [first, second] = values.map(shown);
    if first == second { values.map(exact) } else { [first, second] }
}

/// The power of ten of a number that was written with an exponent.
fn exponent(written: &str) -> i32 {
    written.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or_default()
}

/// Whether the weights of a stage say anything.
fn several(stage: &StageEntry) -> bool {
    stage.weights.as_ref().is_some_and(|weights| weights.len() > 1)
}

/// A cascade drawn stage by stage: who runs, who leaves, who goes on.
pub fn drawn(point: &Point) -> String {
    let mut text = String::new();
    let last = point.stages.len() - 1;
    for (number, stage) in point.stages.iter().enumerate() {
        let cost_here: f64 =
            stage.models.iter().filter_map(|name| point.model_costs.get(name)).sum();
        let price = format!("({} {})", cost(cost_here), point.cost_unit);
        let names = filled(&format!("  [{}]", number + 1), &stage.models.join(" + "), "      ");
        text += &(beside(&names, &format!("  {price}"), "      ") + "\n");
        for (name, weight) in stage.weights.iter().flatten().filter(|_| several(stage)) {
            let line = format!("weight of {name}: {weight:.4}");
            text += &(filled("   |  ", &line, "   |     ") + "\n");
        }
        let exits = percent(stage.exit_fraction);
        text += &match stage.threshold {
            Some(threshold) => {
                format!("   |-- {} >= {threshold:.6}: {exits} exit here\n   v\n", point.confidence)
            }
            None if last == 0 => format!("   '-- all exit here ({exits})\n"),
            None => format!("   '-- the rest, {exits}, exit here\n"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_have_two_digits_once_they_are_rounded() {
        let ratios = [0.998, 1.0, 1.04, 9.96, 25.8, 0.0391, 0.0996, 123.0, 0.0, 1.2e-7, 3e9];
        let expected =
            ["1.0", "1.0", "1.0", "10", "26", "0.039", "0.10", "123", "0", "1.2e-7", "3.0e9"];
        assert_eq!(ratios.map(ratio), expected);
    }

    #[test]
    fn costs_have_four_digits_and_at_most_ten_letters() {
        let costs = [0.0, 0.39024, 9.9996, 999.96, 19420.9, 125_485_696.0, 1e12, 1.5e-9, 1.0001e-5];
        let shown = costs.map(cost);
        let expected = [
            "0",
            "0.3902",
            "10.00",
            "1000",
            "19421",
            "1.255e8",
            "1.000e12",
            "1.500e-9",
            "0.00001000",
        ];
        assert_eq!(shown, expected);
        for power in -300..300 {
            assert!(cost(9.8765 * 10f64.powi(power)).len() <= 10);
        }
    }
}
