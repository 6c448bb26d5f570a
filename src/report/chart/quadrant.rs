//! Importance beside performance: a numbered dot a criterion, and lines at the means that part what to mend first from what to keep.

use super::drawing::{Anchor, Drawing, EDGE, GRID, MEASURE, Mark, PAPER, TARGET};
use super::scale::Scale;
use crate::report::format::{self, Language};

/// A criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Its number in the table.
    pub number: usize,
    /// Its name, for those who do not see the drawing.
    pub name: String,
    /// The share of those satisfied with it.
    pub performance: f64,
    /// Its share of what all criteria explain.
    pub importance: f64,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 430.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 370.0;
const SMALL: f64 = 13.0;

/// The drawing.
pub fn quadrant(title: &str, placed: &[Placed], language: Language) -> Drawing {
    let mut drawing = Drawing::new("quadrant", title, (WIDTH, HEIGHT));
    let across = Scale::of_shares(placed.iter().map(|one| one.performance), (LEFT, RIGHT));
    let most = placed.iter().map(|one| one.importance).fold(0.05_f64, f64::max);
    let up = Scale::new((0.0, most * 1.1), (BOTTOM, TOP));
    for tick in across.ticks(5.0) {
        let x = across.at(tick);
        drawing.add(Mark::line("grid", vec![(x, TOP), (x, BOTTOM)], GRID, 1.0));
        let name = format::minimum((tick * 1000.0).round() / 1000.0, language);
        drawing.add(Mark::words("tick", (x, BOTTOM + 18.0), Anchor::Middle, SMALL, name));
    }
    for tick in up.ticks(4.0) {
        let y = up.at(tick);
        drawing.add(Mark::line("grid", vec![(LEFT, y), (RIGHT, y)], GRID, 1.0));
        let name = format::minimum((tick * 1000.0).round() / 1000.0, language);
        drawing.add(Mark::words("tick", (LEFT - 8.0, y + 4.0), Anchor::End, SMALL, name));
    }
    let mean = |value: fn(&Placed) -> f64| placed.iter().map(value).sum::<f64>() / placed.len().max(1) as f64;
    let (x, y) = (across.at(mean(|one| one.performance)), up.at(mean(|one| one.importance)));
    drawing.add(Mark::line("mean", vec![(x, TOP), (x, BOTTOM)], TARGET, 1.5).dashed());
    drawing.add(Mark::line("mean", vec![(LEFT, y), (RIGHT, y)], TARGET, 1.5).dashed());
    drawing.add(Mark::line("axis", vec![(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)], EDGE, 1.0));
    let corner = |vi, en| language.choose(vi, en);
    let corners = [
        ((LEFT + 6.0, TOP - 8.0), Anchor::Start, corner("Cần sửa trước", "Mend first")),
        ((RIGHT, TOP - 8.0), Anchor::End, corner("Giữ vững", "Keep")),
        ((LEFT + 6.0, BOTTOM - 8.0), Anchor::Start, corner("Sửa sau", "Mend later")),
        ((RIGHT, BOTTOM - 8.0), Anchor::End, corner("Đang tốt, ít tác động", "Good, of little effect")),
    ];
    for (place, anchor, text) in corners {
        drawing.add(Mark::words("corner", place, anchor, SMALL, text).bold());
    }
    let below = language.choose("Tỷ lệ hài lòng với tiêu chí →", "Satisfied with the criterion →");
    drawing.add(Mark::words("axis-name", (RIGHT, BOTTOM + 40.0), Anchor::End, SMALL, below));
    let beside = language.choose("↑ Phần tác động", "↑ Share of the effect");
    drawing.add(Mark::words("axis-name", (LEFT, BOTTOM + 40.0), Anchor::Start, SMALL, beside));
    for one in placed {
        let place = (across.at(one.performance), up.at(one.importance));
        drawing.add(Mark::dot("criterion", place, 11.0, MEASURE));
        let words = Mark::words("number", (place.0, place.1 + 4.5), Anchor::Middle, SMALL, one.number.to_string());
        drawing.add(words.bold().filled(PAPER));
    }
    let said = placed.iter().map(|one| {
        let (performance, importance) = (share(one.performance, language), share(one.importance, language));
        format!("{}. {}: {performance}, {importance}", one.number, one.name)
    });
    drawing.description = said.collect::<Vec<_>>().join("; ");
    drawing
}

fn share(value: f64, language: Language) -> String {
    format::share(value, &[], language)
}
