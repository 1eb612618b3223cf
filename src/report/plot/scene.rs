//! What is to be drawn, in plain shapes, before it is known with what.

/// A place, x to the right and y down.
pub(super) type Place = (f64, f64);

/// Red, green and blue.
pub(super) type Colour = (u8, u8, u8);

/// Shapes from back to front on white paper.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Scene {
    /// Width and height.
    pub(super) size: (u32, u32),
    /// What it shows, for those who cannot see it.
    pub(super) title: String,
    pub(super) shapes: Vec<Shape>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// An open line.
    Line { points: Vec<Place>, width: f64, colour: Colour },
    /// A closed outline, filled, with a rim.
    Area { points: Vec<Place>, fill: Colour, width: f64, rim: Colour },
    /// A disc, filled, with a rim.
    Disc { at: Place, radius: f64, fill: Option<Colour>, width: f64, rim: Colour },
    /// Words; `at` is on their baseline.
    Text { at: Place, text: String, size: f64, anchor: Anchor, colour: Colour },
}

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Scene {
    pub(super) fn line(&mut self, points: &[Place], width: f64, colour: Colour) {
        self.shapes.push(Shape::Line { points: points.to_vec(), width, colour });
    }

    pub(super) fn text(&mut self, at: Place, text: &str, anchor: Anchor, colour: Colour) {
        let text = text.to_owned();
        self.shapes.push(Shape::Text { at, text, size: 13.0, anchor, colour });
    }
}
