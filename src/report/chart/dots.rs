//! Things side by side: a dot with its interval a line, in the order in which they are handed over, and the target as a line across.

use super::drawing::{Anchor, Drawing, EDGE, GRID, INK, MEASURE, Mark, TARGET, width_of};
use super::figure::Figure;
use super::scale::Scale;
use crate::report::format::{self, Language};
use crate::report::words;

/// One of the things compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub name: String,
    /// Its figure; none where too few people stand behind it.
    pub figure: Option<Figure>,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Dots<'a> {
    /// What is measured.
    pub title: &'a str,
    /// From top to bottom.
    pub lines: &'a [Line],
    /// The minimum of a target, where there is one.
    pub minimum: Option<f64>,
    /// All minima of the page, so that figures are rounded as in its tables.
    pub minima: &'a [f64],
    /// What is said where a line has no figure; none: that too few answered.
    pub hidden: Option<&'a str>,
    pub language: Language,
}

const TOP: f64 = 30.0;
const SMALL: f64 = 13.0;

/// Where things stand.
struct Room {
    width: f64,
    /// Ends of the scale.
    left: f64,
    right: f64,
    /// Right ends of the figure and of the number of people.
    figure: f64,
    row: f64,
    /// Whether names stand above what they name, and not left of it.
    above: bool,
}

/// A page.
const WIDE: Room = Room { width: 720.0, left: 250.0, right: 560.0, figure: 624.0, row: 34.0, above: false };
/// A telephone: names beside the dots would leave them no room.
const NARROW: Room = Room { width: 340.0, left: 14.0, right: 206.0, figure: 262.0, row: 64.0, above: true };

/// Lines from the highest to the lowest; hidden ones last.
pub fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    let value = |line: &Line| line.figure.map_or(f64::NEG_INFINITY, |figure| figure.value);
    lines.sort_by(|a, b| value(b).total_cmp(&value(a)));
    lines
}

/// The drawing, as wide as a page.
pub fn dots(chart: &Dots<'_>) -> Drawing {
    drawn(chart, &WIDE)
}

/// The same for a telephone.
pub fn narrow_dots(chart: &Dots<'_>) -> Drawing {
    drawn(chart, &NARROW)
}

fn drawn(chart: &Dots<'_>, room: &Room) -> Drawing {
    let Dots { title, lines, minimum, minima, hidden, language } = *chart;
    let Room { width, left, right, row, above, .. } = *room;
    let bottom = TOP + row * lines.len().max(1) as f64;
    let mut drawing = Drawing::new("dots", title, (width, bottom + 34.0));
    let bounds = lines.iter().filter_map(|line| line.figure).flat_map(|figure| [figure.low, figure.high]);
    let share = Scale::of_shares(bounds.chain(minimum), (left, right));
    for tick in share.ticks(5.0) {
        let x = share.at(tick);
        drawing.add(Mark::line("grid", vec![(x, TOP), (x, bottom)], GRID, 1.0));
        let name = format::minimum((tick * 1000.0).round() / 1000.0, language);
        drawing.add(Mark::words("tick", (x, bottom + 20.0), Anchor::Middle, SMALL, name));
    }
    if let Some(minimum) = minimum {
        let x = share.at(minimum);
        drawing.add(Mark::line("target", vec![(x, TOP - 6.0), (x, bottom)], TARGET, 2.0).dashed());
        let name = format!("{} {}", language.choose("chỉ tiêu", "target"), format::minimum(minimum, language));
        let half = width_of(&name, SMALL) / 2.0 + 4.0;
        let middle = x.clamp(half, width - half);
        let mut words = Mark::words("target-name", (middle, TOP - 11.0), Anchor::Middle, SMALL, name).bold();
        words.fill = Some(TARGET);
        drawing.add(words);
    }
    let mut said = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let y = TOP + row * (place as f64 + if above { 0.8 } else { 0.5 });
        let (at, within) = if above { ((left, y - 16.0), width - 2.0 * left) } else { ((left - 12.0, y), left - 18.0) };
        drawing.add_name(&line.name, at, within, above);
        let Some(figure) = line.figure else {
            let few = language.choose("dưới 10 người: không hiển thị", "fewer than 10: not shown");
            let text = hidden.unwrap_or(few);
            drawing.add_on_paper(Mark::words("hidden", (left + 6.0, y + 4.5), Anchor::Start, SMALL, text));
            let few = || words::small_cell(language).to_lowercase();
            said.push(format!("{}: {}", line.name, hidden.map_or_else(few, str::to_owned)));
            continue;
        };
        let (low, high) = (share.at(figure.low), share.at(figure.high));
        drawing.add(Mark::line("interval", vec![(low, y), (high, y)], INK, 2.0));
        for end in [low, high] {
            drawing.add(Mark::line("interval", vec![(end, y - 5.0), (end, y + 5.0)], INK, 2.0));
        }
        drawing.add(Mark::dot("value", (share.at(figure.value), y), 6.0, MEASURE));
        let value = format::share(figure.value, minima, language);
        let people = format::count(figure.respondents, language);
        drawing.add(Mark::words("figure", (room.figure, y + 4.5), Anchor::End, 14.0, &*value).bold());
        let n = format!("n = {people}");
        // A million people leave the letter no room on a telephone.
        let n = if above && width - 8.0 - width_of(&n, SMALL) < room.figure { people.clone() } else { n };
        drawing.add(Mark::words("people", (width - 8.0, y + 4.5), Anchor::End, SMALL, n));
        let interval = format::interval(figure.low, figure.high, minima, language);
        said.push(format!("{}: {value} ({interval}), n = {people}", line.name));
    }
    if lines.is_empty() {
        let text = language.choose("Chưa có số liệu để so sánh", "There is nothing to compare yet");
        drawing.add_on_paper(Mark::words("nothing", (width / 2.0, TOP + row / 2.0 + 5.0), Anchor::Middle, 14.0, text));
    }
    drawing.add(Mark::line("axis", vec![(left, bottom), (right, bottom)], EDGE, 1.0));
    drawing.describe(said);
    drawing
}
