//! Figures, tables and drawings in plain text of at most 80 columns.

use comfy_table::{CellAlignment, Table, presets};

use crate::spec::wire::{Point, StageEntry};

/// Widest line.
pub(super) const WIDTH: u16 = 80;

/// A share as a percentage with two decimals: `98.61 %`.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// A cost with four significant digits: `0.3902`, `61.20`, `19421`. Only sizes that nobody would
/// read as a plain number get an exponent: `1.000e20`.
pub fn cost(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-9..1e12).contains(&value) {
        return format!("{value:.3e}");
    }
    let digits = 3 - value.abs().log10().floor() as i32;
    format!("{value:.*}", digits.max(0) as usize)
}

/// A ratio with two significant digits, counted once it is rounded: `0.039`, `1.0`, `26`.
pub(super) fn ratio(value: f64) -> String {
    let rounded = format!("{value:.1e}");
    let exponent = rounded.split_once('e').and_then(|(_, exponent)| exponent.parse().ok());
    let decimals = if value > 0.0 { 1 - exponent.unwrap_or(1i32) } else { 0 };
    format!("{value:.*}", decimals.clamp(0, 6) as usize)
}

/// Columns between two columns of a table.
const GAP: u16 = 2;

/// A table without borders, its columns aligned right but for the first. A name in the first
/// column that would make the table too wide stands whole on a line of its own, above its figures.
pub fn table(header: &[&str], mut rows: Vec<Vec<String>>) -> String {
    let room = usize::from(WIDTH).saturating_sub(others(header, &rows)).max(NARROWEST);
    let names: Vec<Option<String>> = rows
        .iter_mut()
        .map(|row| row.first_mut().filter(|name| name.chars().count() > room).map(std::mem::take))
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.iter().copied()).add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
        if column.index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut printed = table.lines().map(|line| line.trim_end().to_owned());
    let head = header.iter().map(|name| name.lines().count()).max().unwrap_or(0);
    let mut lines: Vec<String> = printed.by_ref().take(head).collect();
    for (name, figures) in names.into_iter().zip(printed) {
        lines.extend(name.into_iter().chain([figures]));
    }
    lines.join("\n")
}

/// The first column is no narrower than this, however wide the table.
const NARROWEST: usize = 12;

/// The width of all columns but the first, and of the gaps.
fn others(header: &[&str], rows: &[Vec<String>]) -> usize {
    let width = |column: usize| {
        let head = header[column].lines().map(|line| line.chars().count());
        let cells = rows.iter().filter_map(|row| Some(row.get(column)?.chars().count()));
        head.chain(cells).max().unwrap_or(0) + usize::from(GAP)
    };
    (1..header.len()).map(width).sum::<usize>() + usize::from(GAP)
}

/// Whether the weights of a stage say anything.
fn several(stage: &StageEntry) -> bool {
    stage.weights.as_ref().is_some_and(|weights| weights.len() > 1)
}

/// `name` and then `text`, in lines of which all but the first are indented by the width of the name.
pub(super) fn wrapped(name: &str, text: &str) -> String {
    let indent = name.chars().count() + 1;
    let (mut lines, mut used) = (name.to_owned(), name.chars().count());
    for word in unbroken(text) {
        let length = word.chars().count();
        if used > indent && used + 1 + length > usize::from(WIDTH) {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            used = indent;
        } else {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(&word);
        used += length;
    }
    lines
}

/// The words of `text`; a percent sign stays with its number.
fn unbroken(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![];
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if word.starts_with('%') => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// A cascade drawn stage by stage: who runs, who leaves, who goes on.
pub fn drawn(point: &Point) -> String {
    let mut text = String::new();
    let last = point.stages.len() - 1;
    for (number, stage) in point.stages.iter().enumerate() {
        let cost_here: f64 =
            stage.models.iter().filter_map(|name| point.model_costs.get(name)).sum();
        text += &format!(
            "  [{}] {}  ({} {})\n",
            number + 1,
            stage.models.join(" + "),
            cost(cost_here),
            point.cost_unit
        );
        for (name, weight) in stage.weights.iter().flatten().filter(|_| several(stage)) {
            text += &format!("   |   weight of {name}: {weight:.4}\n");
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
        let ratios = [0.998, 1.0, 1.04, 9.96, 25.8, 0.0391, 0.0996, 123.0, 0.0];
        let shown = ratios.map(ratio);
        assert_eq!(shown, ["1.0", "1.0", "1.0", "10", "26", "0.039", "0.10", "123", "0"]);
    }

    #[test]
    fn sentences_wrap_and_lose_nothing() {
        let text = "one two 50.00 % three, ".repeat(20);
        let lines = wrapped("name:  ", &text);
        assert!(lines.lines().all(|line| line.chars().count() <= usize::from(WIDTH)), "{lines}");
        assert!(lines.lines().skip(1).all(|line| line.starts_with("        ")), "{lines}");
        assert!(!lines.lines().any(|line| line.trim_start().starts_with('%')), "{lines}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&lines)[1..], words(&text));
    }

    #[test]
    fn a_name_too_long_stands_whole_above_its_figures() {
        let long = "tf_efficientnet_b7.ns_jft_in1k-ema-last-checkpoint-of-the-second-sweep";
        let row = |name: &str| vec![name.to_owned(), "81.23".to_owned(), "7".repeat(50)];
        let text =
            table(&["model", "held out:\naccuracy", "cost"], vec![row("a"), row(long), row("b")]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= usize::from(WIDTH)), "{text}");
        assert_eq!((lines.len(), lines[3]), (6, long), "{text}");
        for (line, name) in [(2, Some("a")), (4, None), (5, Some("b"))] {
            let words: Vec<&str> = lines[line].split_whitespace().collect();
            assert!(words.ends_with(&["81.23", &"7".repeat(50)]), "{text}");
            assert_eq!(words.first().filter(|word| **word != "81.23"), name.as_ref(), "{text}");
        }
    }
}
