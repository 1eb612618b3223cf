//! A scene as PNG, by plotters.

use std::collections::BTreeSet;

use ab_glyph::{Font, FontRef};
use plotters::prelude::{BitMapBackend, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle, register_font};

use super::scene::{Anchor, Colour, Place, Scene, Shape};
use crate::error::{Error, Result};

/// Dots per unit of a scene.
const DOTS: u32 = 2;

/// Each dot is the mean of this many by this many: what plotters fills has hard edges.
const FINE: u32 = 3;

const FONT: &str = "Ubuntu";

/// The whole file.
pub(super) fn encode(scene: &Scene) -> Result<Vec<u8>> {
    let dots = (scene.size.0 * DOTS, scene.size.1 * DOTS);
    write(&picture(scene, dots)?, dots)
}

/// The letters of the scene that the font lacks.
pub(super) fn boxed(scene: &Scene) -> BTreeSet<char> {
    let Ok(font) = FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT) else {
        return BTreeSet::new();
    };
    let texts = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Text { text, .. } => Some(text.chars()),
        _ => None,
    });
    // What the font has no picture of has the number 0.
    texts.flatten().filter(|&letter| font.glyph_id(letter).0 == 0).collect()
}

/// The scene in red, green and blue, row by row.
fn picture(scene: &Scene, dots: (u32, u32)) -> Result<Vec<u8>> {
    // A font that is known to be there, on every system alike.
    register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT)
        .map_err(|_| failed("the font cannot be read"))?;
    let fine = (dots.0 * FINE, dots.1 * FINE);
    let mut picture = vec![255u8; 3 * fine.0 as usize * fine.1 as usize];
    {
        let mut backend = BitMapBackend::with_buffer(&mut picture, fine);
        for shape in &scene.shapes {
            draw(&mut backend, shape).map_err(failed)?;
        }
        backend.present().map_err(failed)?;
    }
    Ok(averaged(&picture, dots))
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Encode { message: error.to_string() }
}

type Drawn = std::result::Result<(), String>;

fn draw(backend: &mut BitMapBackend<'_>, shape: &Shape) -> Drawn {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    match shape {
        Shape::Line { points, width, colour } => {
            let points: Vec<_> = points.iter().map(|&place| dot(place)).collect();
            backend.draw_path(points, &style(*colour, *width)).map_err(|e| text(&e))
        }
        Shape::Area { points, fill, width, rim } => {
            let corners: Vec<_> = points.iter().map(|&place| dot(place)).collect();
            backend.fill_polygon(corners, &style(*fill, 0.0)).map_err(|e| text(&e))?;
            let closed: Vec<_> = closed(points).into_iter().map(dot).collect();
            backend.draw_path(closed, &style(*rim, *width)).map_err(|e| text(&e))
        }
        Shape::Disc { at, radius, fill, width, rim } => {
            let whole = |radius: f64| length(radius).round() as u32;
            let mut disc = |radius: f64, colour: Colour| {
                backend
                    .draw_circle(dot(*at), whole(radius), &style(colour, 0.0), true)
                    .map_err(|e| text(&e))
            };
            match fill {
                Some(fill) => {
                    disc(radius + width / 2.0, *rim)?;
                    disc(radius - width / 2.0, *fill)
                }
                None => backend
                    .draw_circle(dot(*at), whole(*radius), &style(*rim, *width), false)
                    .map_err(|e| text(&e)),
            }
        }
        Shape::Text { at, text: words, size, anchor, colour } => {
            let horizontal = match anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            let colour = RGBColor(colour.0, colour.1, colour.2);
            let style = TextStyle::from((FONT, length(*size) * 1.06).into_font())
                .color(&colour)
                .pos(Pos::new(horizontal, VPos::Center));
            // plotters centres the whole line, which hangs lower than its small letters.
            let middle = (at.0, at.1 - size * 0.16);
            backend.draw_text(words, &style, dot(middle)).map_err(|e| text(&e))
        }
    }
}

/// The outline from the middle of one side to there again: plotters joins lines where they meet, but not
/// the last to the first, and in the middle of a side there is nothing to join.
fn closed(corners: &[Place]) -> Vec<Place> {
    let (Some(&first), Some(&last)) = (corners.first(), corners.last()) else { return vec![] };
    let middle = ((first.0 + last.0) / 2.0, (first.1 + last.1) / 2.0);
    [middle].iter().chain(corners).chain([&middle]).copied().collect()
}

fn length(units: f64) -> f64 {
    units * f64::from(DOTS * FINE)
}

fn dot((x, y): Place) -> (i32, i32) {
    (length(x).round() as i32, length(y).round() as i32)
}

fn style((red, green, blue): Colour, width: f64) -> ShapeStyle {
    let stroke_width = length(width).round() as u32;
    ShapeStyle { color: RGBColor(red, green, blue).into(), filled: true, stroke_width }
}

/// The picture with each square of [`FINE`] by [`FINE`] dots made one.
fn averaged(fine: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let (width, height, side) = (width as usize, height as usize, FINE as usize);
    let row = width * side * 3;
    let mut picture = Vec::with_capacity(3 * width * height);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let square = (0..side).flat_map(|dy| (0..side).map(move |dx| (dy, dx)));
                let sum: u32 = square
                    .map(|(dy, dx)| {
                        u32::from(fine[(y * side + dy) * row + (x * side + dx) * 3 + channel])
                    })
                    .sum();
                picture.push((sum / (FINE * FINE)) as u8);
            }
        }
    }
    picture
}

/// plotters encodes only to a named file: one that nobody else sees.
fn write(picture: &[u8], dots: (u32, u32)) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join("frontier.png");
    {
        let mut backend = BitMapBackend::new(&path, dots);
        backend.blit_bitmap((0, 0), dots, picture).map_err(failed)?;
        backend.present().map_err(failed)?;
    }
    std::fs::read(&path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_without_a_picture_are_told() {
        let mut scene = Scene { size: (20, 20), title: String::new(), shapes: vec![] };
        for text in ["cnn_l, 95 % \u{d7} \u{e9}", "\u{5927} resnet \u{5927}\u{ad6d}"] {
            scene.text((0.0, 0.0), text, Anchor::Start, (0, 0, 0));
        }
        assert_eq!(boxed(&scene), BTreeSet::from(['\u{5927}', '\u{ad6d}']));
    }

    /// A square has four corners of one look, whichever its outline began at.
    #[test]
    fn outlines_are_closed() {
        const SIDE: u32 = 20;
        let corners = vec![(5.0, 5.0), (15.0, 5.0), (15.0, 15.0), (5.0, 15.0)];
        let (fill, rim) = ((255, 255, 255), (0, 0, 0));
        let square = Shape::Area { points: corners, fill, width: 2.0, rim };
        let scene = Scene { size: (SIDE, SIDE), title: String::new(), shapes: vec![square] };
        let side = SIDE * DOTS;
        let picture = picture(&scene, (side, side)).unwrap();
        let dark = |x: u32, y: u32| picture[3 * (y * side + x) as usize] < 128;
        let (near, far) = (4 * DOTS, 16 * DOTS - 1);
        for (x, y) in [(near, near), (far, near), (far, far), (near, far)] {
            assert!(dark(x, y), "no corner at {x}, {y}");
        }
        let middle = 10 * DOTS;
        for at in [near, far] {
            assert!(dark(at, middle) && dark(middle, at), "a gap at {at}");
        }
        assert!(!dark(middle, middle));
    }
}
