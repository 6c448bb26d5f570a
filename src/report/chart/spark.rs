//! A share over time in the size of a word: the line, the target, the newest figure as a dot.

use super::drawing::{Drawing, EDGE, MEASURE, Mark, TARGET};
use super::scale::Scale;
use crate::report::format::{self, Language};

const SIZE: (f64, f64) = (120.0, 34.0);
const EDGES: f64 = 6.0;

/// The drawing: shares in the order of time, none where one is not shown; the minimum, and all minima of the page, by which figures are rounded.
pub fn spark(
    title: &str,
    shares: &[Option<f64>],
    (minimum, minima): (Option<f64>, &[f64]),
    language: Language,
) -> Drawing {
    let mut drawing = Drawing::new("spark", title, SIZE);
    let scale = Scale::of_shares(shares.iter().flatten().copied().chain(minimum), (SIZE.1 - EDGES, EDGES));
    let room = (SIZE.0 - 2.0 * EDGES) / shares.len().saturating_sub(1).max(1) as f64;
    let place = |(number, share): (usize, f64)| (EDGES + room * number as f64, scale.at(share));
    if let Some(minimum) = minimum {
        let y = scale.at(minimum);
        drawing.add(Mark::line("target", vec![(0.0, y), (SIZE.0, y)], TARGET, 1.5).dashed());
    }
    let known = shares.iter().enumerate().filter_map(|(number, share)| Some((number, (*share)?)));
    let places: Vec<(f64, f64)> = known.map(place).collect();
    if let Some(last) = places.last().copied() {
        drawing.add(Mark::line("value", places, MEASURE, 2.0));
        drawing.add(Mark::dot("value", last, 4.0, MEASURE));
    } else {
        drawing.add(Mark::line("nothing", vec![(EDGES, SIZE.1 / 2.0), (SIZE.0 - EDGES, SIZE.1 / 2.0)], EDGE, 1.0));
    }
    let said = shares.iter().map(|share| {
        share.map_or_else(
            || language.choose("không hiển thị", "not shown").to_owned(),
            |share| format::share(share, minima, language),
        )
    });
    drawing.describe(said);
    drawing
}
