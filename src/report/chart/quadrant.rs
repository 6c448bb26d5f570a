//! Importance beside performance: a numbered dot a criterion, and lines at the means that part what to mend first from what to keep.

use super::drawing::{Anchor, Drawing, EDGE, GRID, MEASURE, Mark, PAPER, TARGET, width_of};
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

/// Where things stand.
#[derive(Clone, Copy)]
struct Room {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    /// How far under the axis the name of the upright one stands; under that of the other where both have no room beside each other.
    name: f64,
}

/// A page.
const WIDE: Room = Room { width: 720.0, height: 430.0, left: 70.0, right: 700.0, name: 40.0 };
/// A telephone.
const NARROW: Room = Room { width: 340.0, height: 446.0, left: 44.0, right: 330.0, name: 58.0 };

const TOP: f64 = 24.0;
const BOTTOM: f64 = 370.0;
const SMALL: f64 = 13.0;
/// Of a dot, and from its middle to the middle of a number beside it.
const RADIUS: f64 = 6.0;
const NEAR: f64 = 16.0;
/// How far out numbers are looked for a place, beside the dot first, and in how many directions.
const RINGS: [f64; 5] = [NEAR, 28.0, 40.0, 52.0, 64.0];
const DIRECTIONS: u32 = 12;

/// The drawing.
pub fn quadrant(title: &str, placed: &[Placed], language: Language) -> Drawing {
    drawn(title, placed, WIDE, language)
}

/// The same for a telephone.
pub fn narrow_quadrant(title: &str, placed: &[Placed], language: Language) -> Drawing {
    drawn(title, placed, NARROW, language)
}

fn drawn(title: &str, placed: &[Placed], room: Room, language: Language) -> Drawing {
    let Room { width, height, left, right, name: name_at } = room;
    let mut drawing = Drawing::new("quadrant", title, (width, height));
    let across = Scale::of_shares(placed.iter().map(|one| one.performance), (left, right));
    let most = placed.iter().map(|one| one.importance).fold(0.05_f64, f64::max);
    let up = Scale::new((0.0, most * 1.1), (BOTTOM, TOP));
    for tick in across.ticks(5.0) {
        let x = across.at(tick);
        drawing.add(Mark::line("grid", vec![(x, TOP), (x, BOTTOM)], GRID, 1.0));
        let name = format::minimum((tick * 1000.0).round() / 1000.0, language);
        let half = width_of(&name, SMALL) / 2.0 + 4.0;
        let middle = x.clamp(half, width - half);
        drawing.add(Mark::words("tick", (middle, BOTTOM + 18.0), Anchor::Middle, SMALL, name));
    }
    for tick in up.ticks(4.0) {
        let y = up.at(tick);
        drawing.add(Mark::line("grid", vec![(left, y), (right, y)], GRID, 1.0));
        let name = format::minimum((tick * 1000.0).round() / 1000.0, language);
        drawing.add(Mark::words("tick", (left - 8.0, y + 4.0), Anchor::End, SMALL, name));
    }
    if placed.is_empty() {
        let middle = (f64::midpoint(left, right), f64::midpoint(TOP, BOTTOM));
        let text = language.choose("Chưa có số liệu", "There are no figures yet");
        drawing.add_on_paper(Mark::words("nothing", middle, Anchor::Middle, 14.0, text));
    } else {
        let mean = |value: fn(&Placed) -> f64| placed.iter().map(value).sum::<f64>() / placed.len() as f64;
        let (x, y) = (across.at(mean(|one| one.performance)), up.at(mean(|one| one.importance)));
        drawing.add(Mark::line("mean", vec![(x, TOP), (x, BOTTOM)], TARGET, 1.5).dashed());
        drawing.add(Mark::line("mean", vec![(left, y), (right, y)], TARGET, 1.5).dashed());
    }
    drawing.add(Mark::line("axis", vec![(left, TOP), (left, BOTTOM), (right, BOTTOM)], EDGE, 1.0));
    let corner = |vi, en| language.choose(vi, en);
    let corners = [
        ((left + 6.0, TOP - 8.0), Anchor::Start, corner("Cần sửa trước", "Mend first")),
        ((right, TOP - 8.0), Anchor::End, corner("Giữ vững", "Keep")),
        ((left + 6.0, BOTTOM - 8.0), Anchor::Start, corner("Sửa sau", "Mend later")),
        ((right, BOTTOM - 8.0), Anchor::End, corner("Đang tốt, ít tác động", "Good, of little effect")),
    ];
    for (place, anchor, text) in corners {
        drawing.add_on_paper(Mark::words("corner", place, anchor, SMALL, text).bold());
    }
    let below = language.choose("Tỷ lệ hài lòng với tiêu chí →", "Satisfied with the criterion →");
    drawing.add(Mark::words("axis-name", (right, BOTTOM + 40.0), Anchor::End, SMALL, below));
    let name = language.choose("↑ Phần tác động", "↑ Share of the effect");
    drawing.add(Mark::words("axis-name", (left, BOTTOM + name_at), Anchor::Start, SMALL, name));
    let dots: Vec<(f64, f64)> = placed.iter().map(|one| (across.at(one.performance), up.at(one.importance))).collect();
    let numbers: Vec<String> = placed.iter().map(|one| one.number.to_string()).collect();
    let beside = beside(&dots, &numbers, (left, right));
    for (dot, number) in dots.iter().zip(&beside) {
        if (dot.0 - number.0).hypot(dot.1 - number.1) > NEAR + 1.0 {
            drawing.add(Mark::line("leads", vec![*dot, *number], EDGE, 1.0));
        }
    }
    for dot in &dots {
        drawing.add(Mark::dot("criterion", *dot, RADIUS, MEASURE).edged(PAPER));
    }
    for ((x, y), number) in beside.into_iter().zip(numbers) {
        drawing.add_on_paper(Mark::words("number", (x, y + 4.5), Anchor::Middle, SMALL, number).bold());
    }
    let said = placed.iter().map(|one| {
        let (performance, importance) = (share(one.performance, language), share(one.importance, language));
        format!("{}. {}: {performance}, {importance}", one.number, one.name)
    });
    drawing.describe(said);
    drawing
}

fn share(value: f64, language: Language) -> String {
    format::share(value, &[], language)
}

/// The middle of each number: as near to its dot as it lies over no other dot and no other number.
fn beside(dots: &[(f64, f64)], numbers: &[String], (left, right): (f64, f64)) -> Vec<(f64, f64)> {
    let mut placed: Vec<((f64, f64), f64)> = Vec::new();
    for (dot, number) in dots.iter().zip(numbers) {
        let half = width_of(number, SMALL) / 2.0 + 3.0;
        let over = |(x, y): (f64, f64)| {
            let outside = x - half < left || x + half > right || !(TOP..=BOTTOM - 30.0).contains(&y);
            let dots =
                dots.iter().filter(|(at, high)| (x - at).abs() < half + RADIUS && (y - high).abs() < 8.0 + RADIUS);
            let numbers =
                placed.iter().filter(|((at, high), other)| (x - at).abs() < half + other && (y - high).abs() < 16.0);
            dots.count() + numbers.count() + usize::from(outside) * 100
        };
        let places = RINGS.into_iter().flat_map(|ring| {
            (0..DIRECTIONS).map(move |step| {
                let angle = std::f64::consts::TAU * f64::from(step) / f64::from(DIRECTIONS);
                (dot.0 + ring * angle.cos(), dot.1 - ring * angle.sin())
            })
        });
        // The first of equals: `min_by_key` takes it, and near places come first.
        let place = places.min_by_key(|place| over(*place)).unwrap_or(*dot);
        placed.push((place, half));
    }
    placed.into_iter().map(|(place, _)| place).collect()
}
