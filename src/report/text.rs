//! Figures, tables and drawings in plain text of at most 80 columns.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

use crate::spec::wire::Point;

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

/// A table without borders, its columns aligned right but for the first, which alone is wrapped
/// where the table would be too wide.
pub fn table(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
        if column.index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
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
