//! Things side by side: a dot with its interval a line, in the order in which they are handed over, and the target as a line across.

use super::drawing::{Anchor, Drawing, EDGE, GRID, INK, MEASURE, Mark, TARGET, wrapped};
use super::figure::Figure;
use super::scale::Scale;
use crate::report::format::{self, Language};
use crate::report::words;

/// One of the things compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its name.
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
    /// Its language.
    pub language: Language,
}

const WIDTH: f64 = 720.0;
const LEFT: f64 = 250.0;
const RIGHT: f64 = 560.0;
const TOP: f64 = 30.0;
const ROW: f64 = 34.0;
const SMALL: f64 = 13.0;

/// Lines from the highest to the lowest; hidden ones last.
pub fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    let value = |line: &Line| line.figure.map_or(f64::NEG_INFINITY, |figure| figure.value);
    lines.sort_by(|a, b| value(b).total_cmp(&value(a)));
    lines
}

/// The drawing.
pub fn dots(chart: &Dots<'_>) -> Drawing {
    let Dots { title, lines, minimum, minima, language } = *chart;
    let bottom = TOP + ROW * lines.len().max(1) as f64;
    let mut drawing = Drawing::new("dots", title, (WIDTH, bottom + 34.0));
    let bounds = lines.iter().filter_map(|line| line.figure).flat_map(|figure| [figure.low, figure.high]);
    let share = Scale::of_shares(bounds.chain(minimum), (LEFT, RIGHT));
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
        let mut words = Mark::words("target-name", (x, TOP - 11.0), Anchor::Middle, SMALL, name).bold();
        words.fill = Some(TARGET);
        drawing.add(words);
    }
    let mut said = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let y = TOP + ROW * (place as f64 + 0.5);
        let name = wrapped(&line.name, SMALL, LEFT - 18.0, 2);
        let first = y + 4.5 - 7.5 * (name.len() as f64 - 1.0);
        for (number, part) in name.into_iter().enumerate() {
            let at = (LEFT - 12.0, first + 15.0 * number as f64);
            drawing.add(Mark::words("name", at, Anchor::End, SMALL, part));
        }
        let Some(figure) = line.figure else {
            let text = language.choose("dưới 10 người: không hiển thị", "fewer than 10: not shown");
            drawing.add_on_paper(Mark::words("hidden", (LEFT + 6.0, y + 4.5), Anchor::Start, SMALL, text));
            said.push(format!("{}: {}", line.name, words::small_cell(language).to_lowercase()));
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
        drawing.add(Mark::words("figure", (RIGHT + 64.0, y + 4.5), Anchor::End, 14.0, &*value).bold());
        drawing.add(Mark::words("people", (WIDTH - 8.0, y + 4.5), Anchor::End, SMALL, format!("n = {people}")));
        let interval = format::interval(figure.low, figure.high, minima, language);
        said.push(format!("{}: {value} ({interval}), n = {people}", line.name));
    }
    if lines.is_empty() {
        let text = language.choose("Chưa có số liệu để so sánh", "There is nothing to compare yet");
        drawing.add_on_paper(Mark::words("nothing", (WIDTH / 2.0, TOP + ROW / 2.0 + 5.0), Anchor::Middle, 14.0, text));
    }
    drawing.add(Mark::line("axis", vec![(LEFT, bottom), (RIGHT, bottom)], EDGE, 1.0));
    drawing.description = said.join("; ") + ".";
    drawing
}
