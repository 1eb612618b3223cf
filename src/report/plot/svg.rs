//! A scene as SVG.

use super::scene::{Anchor, Colour, Place, Scene, Shape};

/// The whole file.
pub(super) fn encode(scene: &Scene) -> String {
    let (width, height) = scene.size;
    let title = escaped(&scene.title);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"system-ui, 'Helvetica Neue', \
         'Liberation Sans', Arial, sans-serif\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    let parts: Vec<(String, Form)> = scene.shapes.iter().map(part).collect();
    // What looks alike and lies together says how it looks once.
    for alike in parts.chunk_by(|a, b| a.0 == b.0) {
        let style = &alike[0].0;
        let lines: String = alike.iter().filter_map(|(_, form)| form.line()).collect();
        let others: Vec<&str> = alike.iter().filter_map(|(_, form)| form.element()).collect();
        if !lines.is_empty() {
            text += &format!("<path {style} d=\"{lines}\"/>\n");
        }
        if !others.is_empty() {
            text += &format!("<g {style}>{}</g>\n", others.concat());
        }
    }
    text + "</svg>\n"
}

/// A shape without its colours.
enum Form {
    /// Part of a path.
    Line(String),
    /// An element of its own.
    Element(String),
}

impl Form {
    fn line(&self) -> Option<&str> {
        match self {
            Self::Line(line) => Some(line),
            Self::Element(_) => None,
        }
    }

    fn element(&self) -> Option<&str> {
        match self {
            Self::Line(_) => None,
            Self::Element(element) => Some(element),
        }
    }
}

/// How a shape looks, as attributes, and its form.
fn part(shape: &Shape) -> (String, Form) {
    let style = |fill: Option<Colour>, rim: Colour, width: f64| {
        let fill = fill.map_or("none".to_owned(), hex);
        format!("fill=\"{fill}\" stroke=\"{}\" stroke-width=\"{}\"", hex(rim), number(width))
    };
    match shape {
        Shape::Line { points, width, colour } => {
            (style(None, *colour, *width), Form::Line(path(points)))
        }
        Shape::Area { points, fill, width, rim } => {
            (style(Some(*fill), *rim, *width), Form::Line(path(points) + "Z"))
        }
        Shape::Disc { at: (x, y), radius, fill, width, rim } => {
            let [x, y, radius] = [*x, *y, *radius].map(number);
            let disc = format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
            (style(*fill, *rim, *width), Form::Element(disc))
        }
        Shape::Text { at: (x, y), text, size, anchor, colour } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let [x, y] = [*x, *y].map(number);
            let words = escaped(text);
            let words =
                format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{words}</text>");
            (
                format!("font-size=\"{}\" fill=\"{}\"", number(*size), hex(*colour)),
                Form::Element(words),
            )
        }
    }
}

fn path(points: &[Place]) -> String {
    let step = |(index, (x, y)): (usize, &Place)| {
        format!("{}{} {}", if index == 0 { 'M' } else { 'L' }, number(*x), number(*y))
    };
    points.iter().enumerate().map(step).collect()
}

/// At most two decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn hex((red, green, blue): Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
