//! The frontier as a figure for papers: SVG, or PNG.

mod axis;
mod frontier;
mod geometry;
mod labels;
mod png;
mod scene;
mod svg;

use std::collections::BTreeSet;

use super::run::Run;
use crate::error::Result;

/// Which kind of file a figure is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotFormat {
    /// Scalable, its text in the reader's own font.
    Svg,
    /// Twice as many dots each way as the SVG has units.
    Png,
}

/// The frontier of `run` as a file of 840 by 520 units: cost on a log scale against accuracy, with
/// the single models, held-out figures with their intervals, and the chosen cascade. The same run
/// gives the same bytes.
///
/// # Errors
/// [`Error::Encode`](crate::Error::Encode) if the picture cannot be made.
pub fn plot(run: &Run, format: PlotFormat) -> Result<Vec<u8>> {
    let scene = frontier::scene(run);
    match format {
        PlotFormat::Svg => Ok(svg::encode(&scene).into_bytes()),
        PlotFormat::Png => png::encode(&scene),
    }
}

/// The letters of the figure of `run` that the font of a PNG lacks: boxes stand for them. An SVG has them all.
pub fn boxed_letters(run: &Run) -> BTreeSet<char> {
    png::boxed(&frontier::scene(run))
}
