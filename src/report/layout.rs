//! Tables and sentences in lines of at most 80 columns. Widths are those of a terminal, where a letter of
//! some scripts takes two columns.

use comfy_table::{CellAlignment, Table, presets};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Widest line.
pub(super) const WIDTH: usize = 80;

/// Columns between two columns of a table.
const GAP: usize = 2;

/// The first column is no narrower than this, however wide the table.
const NARROWEST: usize = 6;

/// The columns that `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// A table without borders, its columns aligned right but for the first. A name in the first
/// column that would make the table too wide stands whole on a line of its own, above its figures.
/// Where the figures alone are too wide, each stands on its own line.
pub fn table(header: &[&str], mut rows: Vec<Vec<String>>) -> String {
    let others = others(header, &rows);
    if others + NARROWEST > WIDTH {
        return listed(header, &rows);
    }
    let room = WIDTH - others;
    let names: Vec<Option<String>> = rows
        .iter_mut()
        .map(|row| row.first_mut().filter(|name| width(name) > room).map(std::mem::take))
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.iter().copied()).add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP as u16));
        if column.index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut printed = table.lines().map(|line| line.trim_end().to_owned());
    let head = header.iter().map(|name| name.lines().count()).max().unwrap_or(0);
    let mut lines: Vec<String> = printed.by_ref().take(head).collect();
    for (name, figures) in names.into_iter().zip(printed) {
        lines.extend(name.iter().map(|name| filled("", name, "  ")).chain([figures]));
    }
    lines.join("\n")
}

/// The width of all columns but the first, and of the gaps.
fn others(header: &[&str], rows: &[Vec<String>]) -> usize {
    let column_width = |column: usize| {
        let head = header[column].lines().map(width);
        let cells = rows.iter().filter_map(|row| Some(width(row.get(column)?)));
        head.chain(cells).max().unwrap_or(0) + GAP
    };
    // No gap follows the last column.
    (1..header.len()).map(column_width).sum::<usize>()
}

/// The rows one after another, each cell on a line with the name of its column.
fn listed(header: &[&str], rows: &[Vec<String>]) -> String {
    let named = |row: &Vec<String>| {
        let cells = header.iter().zip(row).skip(1);
        let cells = cells.map(|(name, cell)| {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            filled("  ", &format!("{name}: {cell}"), "    ")
        });
        let name = row.first().map_or_else(Vec::new, |name| broken(name, WIDTH));
        name.into_iter().chain(cells).collect::<Vec<_>>()
    };
    rows.iter().flat_map(named).collect::<Vec<_>>().join("\n")
}

/// `name` and then `text`, in lines of which all but the first are indented by the width of the name.
pub(super) fn wrapped(name: &str, text: &str) -> String {
    filled(name, text, &" ".repeat(width(name) + 1))
}

/// A sentence in lines of which all but the first are indented.
pub fn paragraph(text: &str) -> String {
    filled("", text, "  ")
}

/// `first` and then the words of `text`; lines after the first begin with `next`. A word longer than
/// a line is broken, no other.
pub(super) fn filled(first: &str, text: &str, next: &str) -> String {
    let mut lines = first.to_owned();
    let mut used = width(first);
    // Nothing but the beginning stands on the line yet.
    let mut empty = first.trim().is_empty();
    for word in unbroken(text) {
        for part in broken(&word, WIDTH - width(next).min(WIDTH / 2)) {
            let gap = usize::from(!lines.is_empty() && !lines.ends_with(next));
            if !empty && used + gap + width(&part) > WIDTH {
                lines.push('\n');
                lines.push_str(next);
                used = width(next);
            } else if gap > 0 {
                lines.push(' ');
                used += 1;
            }
            lines.push_str(&part);
            used += width(&part);
            empty = false;
        }
    }
    lines
}

/// `text` and `more` on its last line, if there is room; else on one of its own.
pub(super) fn beside(text: &str, more: &str, next: &str) -> String {
    let last = text.lines().next_back().unwrap_or("");
    if width(last) + width(more) <= WIDTH {
        format!("{text}{more}")
    } else {
        format!("{text}\n{}", filled(next, more, next))
    }
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

/// `text` in at most `most` columns: what is longer loses its middle, as names often differ at the end.
pub(super) fn elided(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let kept = |kept: usize| {
        let head = letters[..kept.div_ceil(2)].iter();
        let tail = letters[letters.len() - kept / 2..].iter();
        head.chain(&['…']).chain(tail).collect::<String>()
    };
    let fits = (0..letters.len()).rev().map(kept).find(|short| width(short) <= most);
    fits.unwrap_or_default()
}

/// `word` in pieces of at most `most` columns.
fn broken(word: &str, most: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for letter in word.chars() {
        let columns = letter.width().unwrap_or(0);
        if used + columns > most {
            pieces.push(String::new());
            used = 0;
        }
        used += columns;
        pieces.last_mut().expect("there is one from the start").push(letter);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_narrow(text: &str) {
        assert!(text.lines().all(|line| width(line) <= WIDTH), "{text}");
    }

    #[test]
    fn sentences_wrap_and_lose_nothing() {
        let text = "one two 50.00 % three, ".repeat(20);
        let lines = wrapped("name:  ", &text);
        assert_narrow(&lines);
        assert!(lines.lines().skip(1).all(|line| line.starts_with("        ")), "{lines}");
        assert!(!lines.lines().any(|line| line.trim_start().starts_with('%')), "{lines}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&lines)[1..], words(&text));
    }

    #[test]
    fn words_too_long_for_a_line_are_broken() {
        let long = "\u{7dda}\u{5f62}".repeat(60);
        for text in
            [wrapped("verdict:", &format!("saves {long} and more")), filled("", &long, "  ")]
        {
            assert_narrow(&text);
            let joined: String = text.split_whitespace().collect();
            assert!(joined.contains(&long), "{text}");
        }
    }

    #[test]
    fn what_is_elided_keeps_both_ends() {
        assert_eq!(elided("cnn_l", 5), "cnn_l");
        assert_eq!(elided("cnn_large", 6), "cnn…ge");
        assert_eq!(elided(&"線形".repeat(9), 8), "線形…形");
        assert_eq!(elided("ab", 1), "…");
        assert_eq!(elided("ab", 0), "");
    }

    #[test]
    fn a_name_too_long_stands_whole_above_its_figures() {
        let long = "tf_efficientnet_b7.ns_jft_in1k-ema-last-checkpoint-of-the-second-sweep";
        let row = |name: &str| vec![name.to_owned(), "81.23".to_owned(), "7".repeat(50)];
        let text =
            table(&["model", "held out:\naccuracy", "cost"], vec![row("a"), row(long), row("b")]);
        let lines: Vec<&str> = text.lines().collect();
        assert_narrow(&text);
        assert_eq!((lines.len(), lines[3]), (6, long), "{text}");
        for (line, name) in [(2, Some("a")), (4, None), (5, Some("b"))] {
            let words: Vec<&str> = lines[line].split_whitespace().collect();
            assert!(words.ends_with(&["81.23", &"7".repeat(50)]), "{text}");
            assert_eq!(words.first().filter(|word| **word != "81.23"), name.as_ref(), "{text}");
        }
    }

    #[test]
    fn figures_too_wide_for_a_table_are_listed() {
        let row = vec!["m".to_owned(), "1".repeat(40), "2".repeat(100)];
        let text = table(&["model", "held out:\naccuracy", "cost"], vec![row]);
        assert_narrow(&text);
        assert!(text.contains(&format!("  held out: accuracy: {}", "1".repeat(40))), "{text}");
    }
}
