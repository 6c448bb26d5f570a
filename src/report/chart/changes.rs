//! Differences of two sides: a dot with its interval a line, beside the line where nothing differs. A difference that holds is a full dot, another an
//! open one.

use super::drawing::{Anchor, Drawing, EDGE, GRID, INK, MEASURE, Mark, width_of};
use super::scale::Scale;
use crate::report::format::{self, Language};

/// One difference, as parts of a share.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub name: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
    /// Whether it holds, for all that is compared.
    pub holds: bool,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes<'a> {
    /// What is compared with what.
    pub title: &'a str,
    /// From top to bottom.
    pub lines: &'a [Line],
    pub language: Language,
}

const TOP: f64 = 16.0;
const SMALL: f64 = 13.0;

/// Where things stand.
struct Room {
    width: f64,
    /// Ends of the scale.
    left: f64,
    right: f64,
    row: f64,
    /// Whether names stand above what they name, and not left of it.
    above: bool,
}

/// A page.
const WIDE: Room = Room { width: 720.0, left: 250.0, right: 640.0, row: 34.0, above: false };
/// A telephone: names beside the dots would leave them no room.
const NARROW: Room = Room { width: 340.0, left: 22.0, right: 266.0, row: 64.0, above: true };

/// The drawing, as wide as a page.
pub fn changes(chart: &Changes<'_>) -> Drawing {
    drawn(chart, &WIDE)
}

/// The same for a telephone.
pub fn narrow_changes(chart: &Changes<'_>) -> Drawing {
    drawn(chart, &NARROW)
}

/// A scale around the intervals and nothing at all, with tens or fives of points at its ends.
fn scale(lines: &[Line], places: (f64, f64)) -> Scale {
    let low = lines.iter().map(|line| line.low).fold(0.0, f64::min).max(-1.0);
    let high = lines.iter().map(|line| line.high).fold(0.0, f64::max).min(1.0);
    let end = if high - low > 0.4 { 0.1 } else { 0.05 };
    Scale::new(((low / end).floor() * end, ((high / end).ceil() * end).max((low / end).floor() * end + end)), places)
}

fn drawn(chart: &Changes<'_>, room: &Room) -> Drawing {
    let Changes { title, lines, language } = *chart;
    let Room { width, left, right, row, above } = *room;
    let bottom = TOP + row * lines.len().max(1) as f64;
    let mut drawing = Drawing::new("changes", title, (width, bottom + 34.0));
    let scale = scale(lines, (left, right));
    for tick in scale.ticks(4.0) {
        let x = scale.at(tick);
        drawing.add(Mark::line("grid", vec![(x, TOP), (x, bottom)], GRID, 1.0));
        let name = format::points(tick, language);
        let half = width_of(&name, SMALL) / 2.0;
        let middle = x.clamp(half, width - half);
        drawing.add(Mark::words("tick", (middle, bottom + 20.0), Anchor::Middle, SMALL, name));
    }
    let none = scale.at(0.0);
    drawing.add(Mark::line("none", vec![(none, TOP - 6.0), (none, bottom)], INK, 1.5));
    let mut said = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let y = TOP + row * (place as f64 + if above { 0.8 } else { 0.5 });
        let (at, within) =
            if above { ((left - 8.0, y - 16.0), width - 2.0 * left) } else { ((left - 12.0, y), left - 18.0) };
        drawing.add_name(&line.name, at, within, above);
        let (low, high) = (scale.at(line.low), scale.at(line.high));
        drawing.add(Mark::line("interval", vec![(low, y), (high, y)], INK, 2.0));
        for end in [low, high] {
            drawing.add(Mark::line("interval", vec![(end, y - 5.0), (end, y + 5.0)], INK, 2.0));
        }
        let at = (scale.at(line.value), y);
        drawing.add(if line.holds {
            Mark::dot("value", at, 6.0, MEASURE)
        } else {
            Mark::ring("value", at, 5.0, MEASURE)
        });
        let value = format::points(line.value, language);
        let words = Mark::words("figure", (width - 8.0, y + 4.5), Anchor::End, 14.0, &*value);
        drawing.add(if line.holds { words.bold() } else { words });
        let (low, high) = (format::points(line.low, language), format::points(line.high, language));
        let holds = if line.holds { language.choose(", chắc chắn", ", for sure") } else { "" };
        said.push(language.choose(
            format!("{}: {value} ({low} đến {high}){holds}", line.name),
            format!("{}: {value} ({low} to {high}){holds}", line.name),
        ));
    }
    if lines.is_empty() {
        let text = language.choose("Chưa có số liệu để so sánh", "There is nothing to compare yet");
        drawing.add_on_paper(Mark::words("nothing", (width / 2.0, TOP + row / 2.0 + 5.0), Anchor::Middle, 14.0, text));
    }
    drawing.add(Mark::line("axis", vec![(left, bottom), (right, bottom)], EDGE, 1.0));
    drawing.describe(said);
    drawing
}
