//! Names beside marks, where they cover neither each other nor the marks, but where there is no room.

use super::scene::{Anchor, Place};
use crate::report::layout::{elided, width};

/// Columns of the longest name.
const LONGEST: usize = 24;

/// A name that has found its place.
pub(super) struct Label {
    pub(super) at: Place,
    pub(super) anchor: Anchor,
    pub(super) text: String,
}

/// Left, right, top and bottom.
type Area = (f64, f64, f64, f64);

/// A place for each name near its mark: of eight around it, the one that covers least of `busy` and
/// of the names placed before, within `frame`.
pub(super) fn placed(marks: &[(Place, String)], busy: &[Place], frame: Area) -> Vec<Label> {
    let mut taken: Vec<Area> = vec![];
    let mut labels = vec![];
    for ((x, y), text) in marks {
        let text = elided(text, LONGEST);
        let width = 7.2 * width(&text) as f64 + 4.0;
        let spots = [
            (x + 11.0, y + 4.5, Anchor::Start),
            (x + 7.0, y + 19.0, Anchor::Start),
            (*x, y + 22.0, Anchor::Middle),
            (x - 11.0, y + 4.5, Anchor::End),
            (x - 7.0, y + 19.0, Anchor::End),
            (*x, y - 12.0, Anchor::Middle),
            (x + 8.0, y - 9.0, Anchor::Start),
            (x - 8.0, y - 9.0, Anchor::End),
        ];
        let rated = spots.into_iter().map(|(at, base, anchor)| {
            let left = match anchor {
                Anchor::Start => at,
                Anchor::Middle => at - width / 2.0,
                Anchor::End => at - width,
            };
            let area = (left, left + width, base - 12.0, base + 4.0);
            let others = marks.iter().filter(|other| other.0 != (*x, *y));
            let covered = others.filter(|other| covers(area, other.0, 7.0)).count() as u32;
            (
                40 * covered + penalty(area, busy, &taken, frame),
                area,
                Label { at: (at, base), anchor, text: text.clone() },
            )
        });
        // Of equal spots the first.
        if let Some((_, area, label)) = rated.reduce(|a, b| if b.0 < a.0 { b } else { a }) {
            taken.push(area);
            labels.push(label);
        }
    }
    labels
}

fn penalty(area: Area, busy: &[Place], taken: &[Area], frame: Area) -> u32 {
    let beyond = area.0 < frame.0 || area.1 > frame.1 || area.2 < frame.2 || area.3 > frame.3;
    let overlaps = |other: &&Area| {
        area.0 < other.1 && other.0 < area.1 && area.2 < other.3 && other.2 < area.3
    };
    400 * u32::from(beyond)
        + 60 * taken.iter().filter(overlaps).count() as u32
        + 5 * busy.iter().filter(|place| covers(area, **place, 4.0)).count() as u32
}

/// Whether `place` lies in `area` or within `margin` of it.
fn covers(area: Area, (x, y): Place, margin: f64) -> bool {
    x > area.0 - margin && x < area.1 + margin && y > area.2 - margin && y < area.3 + margin
}
