//! Counts over time: a bar a day, a week or a month, with what is usual as a line.

use super::drawing::{Anchor, Drawing, EDGE, GRID, MEASURE, Mark, TARGET, width_of};
use super::scale::Scale;
use crate::report::format::{self, Language};

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its name under the axis.
    pub label: String,
    /// How many.
    pub count: u64,
}

const SIZE: (f64, f64) = (720.0, 240.0);
/// Room for the counts of the axis, more where they are long.
const LEFT: f64 = 56.0;
/// No bar is wider, however few there are.
const WIDEST: f64 = 90.0;
const RIGHT: f64 = 708.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 200.0;
const SMALL: f64 = 13.0;

/// The drawing; `usual` is a line across.
pub fn bars(title: &str, bars: &[Bar], usual: Option<f64>, language: Language) -> Drawing {
    let mut drawing = Drawing::new("bars", title, SIZE);
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    let scale = Scale::of_counts(most, (BOTTOM, TOP));
    let ticks: Vec<(f64, String)> =
        scale.whole_ticks(4.0).into_iter().map(|tick| (scale.at(tick), format::count(tick as u64, language))).collect();
    let left = ticks.iter().map(|(_, name)| width_of(name, SMALL) + 22.0).fold(LEFT, f64::max);
    for (y, name) in ticks {
        drawing.add(Mark::line("grid", vec![(left, y), (RIGHT, y)], GRID, 1.0));
        drawing.add(Mark::words("tick", (left - 6.0, y + 4.5), Anchor::End, SMALL, name));
    }
    let room = (RIGHT - left) / bars.len().max(1) as f64;
    let widest = bars.iter().map(|bar| width_of(&bar.label, SMALL)).fold(0.0, f64::max) + 8.0;
    let every = (widest / room).ceil().max(1.0) as usize;
    let gap = (room * 0.15).min(6.0).max((room - WIDEST) / 2.0);
    for (number, bar) in bars.iter().enumerate() {
        let (x, y) = (left + room * number as f64, scale.at(bar.count as f64));
        drawing.add(Mark::bar("count", (x + gap, y), (room - 2.0 * gap, BOTTOM - y), MEASURE));
        if (bars.len() - 1 - number).is_multiple_of(every) {
            let half = width_of(&bar.label, SMALL) / 2.0;
            let middle = (x + room / 2.0).clamp(half, SIZE.0 - half);
            drawing.add(Mark::words("name", (middle, BOTTOM + 20.0), Anchor::Middle, SMALL, &*bar.label));
        }
        let count = format::count(bar.count, language);
        if room >= width_of(&count, SMALL) + 4.0 && bar.count > 0 {
            drawing.add(Mark::words("figure", (x + room / 2.0, y - 5.0), Anchor::Middle, SMALL, count));
        }
    }
    if let Some(usual) = usual.filter(|usual| scale.holds(*usual)) {
        let y = scale.at(usual);
        drawing.add(Mark::line("usual", vec![(left, y), (RIGHT, y)], TARGET, 2.0).dashed());
    }
    drawing.add(Mark::line("axis", vec![(left, BOTTOM), (RIGHT, BOTTOM)], EDGE, 1.0));
    if bars.is_empty() {
        let middle = (f64::midpoint(left, RIGHT), f64::midpoint(TOP, BOTTOM));
        drawing.add_on_paper(Mark::words(
            "nothing",
            middle,
            Anchor::Middle,
            14.0,
            language.choose("Chưa có phiếu", "No sheets yet"),
        ));
    }
    let said = bars.iter().map(|bar| format!("{}: {}", bar.label, format::count(bar.count, language)));
    drawing.description = said.collect::<Vec<_>>().join("; ") + ".";
    drawing
}
