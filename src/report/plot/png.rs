//! A scene as PNG, by plotters.

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
    // A font that is known to be there, on every system alike.
    register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT)
        .map_err(|_| failed("the font cannot be read"))?;
    let dots = (scene.size.0 * DOTS, scene.size.1 * DOTS);
    let fine = (dots.0 * FINE, dots.1 * FINE);
    let mut picture = vec![255u8; 3 * fine.0 as usize * fine.1 as usize];
    {
        let mut backend = BitMapBackend::with_buffer(&mut picture, fine);
        for shape in &scene.shapes {
            draw(&mut backend, shape).map_err(failed)?;
        }
        backend.present().map_err(failed)?;
    }
    write(&averaged(&picture, dots), dots)
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
            let mut points: Vec<_> = points.iter().map(|&place| dot(place)).collect();
            backend.fill_polygon(points.clone(), &style(*fill, 0.0)).map_err(|e| text(&e))?;
            points.extend(points.first().copied());
            backend.draw_path(points, &style(*rim, *width)).map_err(|e| text(&e))
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
