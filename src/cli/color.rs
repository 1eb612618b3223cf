//! Colour, where it carries meaning: what went wrong, what to beware of, and verdicts against.
//! Only on a terminal, and not where `NO_COLOR` is set; `CLICOLOR_FORCE` has it everywhere.

use std::io::{Result, Write};

use anstream::stream::{AsLockedWrite, RawStream};
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

const BAD: Style = AnsiColor::Red.on_default().bold();
const BEWARE: Style = AnsiColor::Yellow.on_default().bold();

/// How lines begin that have a coloured part: what stands before it, and the part.
const MARKED: [(&str, &str, Style); 6] = [
    ("", "committee:", BAD),
    ("", "warning:", BEWARE),
    ("verdict:  ", "do not cascade", BAD),
    ("", "DISAGREES with the spec", BAD),
    ("", "DRIFTED", BAD),
    ("", "NOT certified:", BAD),
];

/// Writes `text` and a line's end to `stream`, coloured where it can show that.
pub fn write(mut stream: impl RawStream + AsLockedWrite, text: &str) -> Result<()> {
    if AutoStream::choice(&stream) == ColorChoice::Never {
        // As it is: a name may hold whatever it likes.
        return writeln!(stream, "{text}");
    }
    let lines: Vec<String> = text.split('\n').map(marked).collect();
    writeln!(AutoStream::auto(stream), "{}", lines.join("\n"))
}

fn marked(line: &str) -> String {
    for (before, part, style) in MARKED {
        let rest = line.strip_prefix(before).and_then(|rest| rest.strip_prefix(part));
        if let Some(rest) = rest {
            return format!("{before}{style}{part}{style:#}{rest}");
        }
    }
    line.to_owned()
}
