//! Upright areas and straight lines, and whether they meet.

use super::scene::Place;

/// A line from one place to another.
pub(super) type Segment = (Place, Place);

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Area {
    /// Whether `place` lies within, or outside by less than `margin`.
    pub(super) fn holds(&self, (x, y): Place, margin: f64) -> bool {
        x > self.left - margin
            && x < self.right + margin
            && y > self.top - margin
            && y < self.bottom + margin
    }

    pub(super) fn contains(&self, other: &Self) -> bool {
        other.left >= self.left
            && other.right <= self.right
            && other.top >= self.top
            && other.bottom <= self.bottom
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// The place of this area that is nearest to `place`.
    pub(super) fn nearest(&self, (x, y): Place) -> Place {
        (x.max(self.left).min(self.right), y.max(self.top).min(self.bottom))
    }

    /// Whether part of `line` lies within.
    pub(super) fn crosses(&self, line: Segment) -> bool {
        let ((ax, ay), (bx, by)) = line;
        if ax.max(bx) < self.left
            || ax.min(bx) > self.right
            || ay.max(by) < self.top
            || ay.min(by) > self.bottom
        {
            return false;
        }
        let corners = [
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        ];
        let sides = (0..4).map(|side| (corners[side], corners[(side + 1) % 4]));
        self.holds(line.0, 0.0)
            || self.holds(line.1, 0.0)
            || sides.into_iter().any(|side| cross(side, line))
    }
}

pub(super) fn apart(a: Place, b: Place) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Whether two lines cross or touch.
pub(super) fn cross((a, b): Segment, (c, d): Segment) -> bool {
    let side = |from: Place, to: Place, at: Place| {
        (to.0 - from.0) * (at.1 - from.1) - (to.1 - from.1) * (at.0 - from.0)
    };
    let parted =
        |from: Place, to: Place, a: Place, b: Place| side(from, to, a) * side(from, to, b) > 0.0;
    let beyond = |a: (f64, f64), b: (f64, f64)| a.0.max(a.1) < b.0.min(b.1);
    let (x, y) = (((a.0, b.0), (c.0, d.0)), ((a.1, b.1), (c.1, d.1)));
    !parted(a, b, c, d)
        && !parted(c, d, a, b)
        && ![x, y].iter().any(|&(one, other)| beyond(one, other) || beyond(other, one))
}

/// Whether `line` passes `place` by less than `reach`.
pub(super) fn near_line(place: Place, (from, to): Segment, reach: f64) -> bool {
    let along = (to.0 - from.0, to.1 - from.1);
    let length = along.0 * along.0 + along.1 * along.1;
    let share = ((place.0 - from.0) * along.0 + (place.1 - from.1) * along.1) / length.max(1e-9);
    let share = share.clamp(0.0, 1.0);
    apart(place, (from.0 + share * along.0, from.1 + share * along.1)) < reach
}
