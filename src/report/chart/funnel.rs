//! A funnel plot: what is compared by how many answered, within the limits that chance and the usual differences between offices give. Who lies
//! outside differs more than that; who lies inside is not ranked.

use super::drawing::{Anchor, BAND, Colour, Drawing, EDGE, GRID, INK, MEASURE, Mark, TARGET, width_of};
use super::scale::Scale;
use crate::report::format::{self, Language};
use crate::stats::funnel::Funnel;

/// Limits that one of twenty and one of five hundred equals lie outside of.
pub const LIMITS: [f64; 2] = [1.959_964, 3.090_232];

/// One dot.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// A number or letter that the table beside repeats.
    pub key: String,
    pub name: String,
    /// Share, 0–1.
    pub value: f64,
    /// How many people stand behind it.
    pub respondents: u64,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot<'a> {
    /// What is measured.
    pub title: &'a str,
    /// The dots.
    pub places: &'a [Place],
    /// The limits; none where fewer than three can be compared.
    pub funnel: Option<&'a Funnel>,
    /// All minima of the page, so that figures are rounded as in its tables.
    pub minima: &'a [f64],
    pub language: Language,
}

/// Where things stand.
#[derive(Clone, Copy)]
struct Room {
    width: f64,
    left: f64,
    right: f64,
    /// About so many numbers of people are named.
    ticks: f64,
}

/// A page.
const WIDE: Room = Room { width: 720.0, left: 56.0, right: 700.0, ticks: 6.0 };
/// A telephone.
const NARROW: Room = Room { width: 340.0, left: 46.0, right: 328.0, ticks: 3.0 };

const HEIGHT: f64 = 340.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 284.0;
const SMALL: f64 = 13.0;
/// Lines of the limits are drawn through so many places.
const STEPS: u32 = 60;
const INNER: Colour = Colour(0xee, 0xf4, 0xf9);

/// The drawing.
pub fn funnel(plot: &Plot<'_>) -> Drawing {
    drawn(plot, WIDE)
}

/// The same for a telephone.
pub fn narrow_funnel(plot: &Plot<'_>) -> Drawing {
    drawn(plot, NARROW)
}

fn drawn(plot: &Plot<'_>, room: Room) -> Drawing {
    let Plot { title, places, funnel, minima, language } = *plot;
    let Room { width, left, right, ticks } = room;
    let mut drawing = Drawing::new("funnel", title, (width, HEIGHT));
    let most = places.iter().map(|place| place.respondents).max().unwrap_or(0);
    let least = places.iter().map(|place| place.respondents).min().unwrap_or(1).max(1) as f64;
    let people = Scale::of_counts(most, (left, right));
    let values = places.iter().map(|place| place.value);
    let ends = funnel.iter().flat_map(|funnel| {
        let limits = funnel.limits(least, LIMITS[0]);
        [limits.low, limits.high, funnel.centre()]
    });
    let share = Scale::of_shares(values.chain(ends.map(|end| end.clamp(0.0, 1.0))), (BOTTOM, TOP));
    if let Some(funnel) = funnel {
        limits(&mut drawing, funnel, people, share, least);
    }
    for tick in share.ticks(5.0) {
        let y = share.at(tick);
        drawing.add(Mark::line("grid", vec![(left, y), (right, y)], GRID, 1.0));
        let name = format::minimum((tick * 1000.0).round() / 1000.0, language);
        drawing.add(Mark::words("tick", (left - 6.0, y + 4.5), Anchor::End, SMALL, name));
    }
    for tick in people.whole_ticks(ticks) {
        let name = format::count(tick as u64, language);
        let half = width_of(&name, SMALL) / 2.0 + 4.0;
        let middle = people.at(tick).clamp(half, width - half);
        drawing.add(Mark::words("tick", (middle, BOTTOM + 19.0), Anchor::Middle, SMALL, name));
    }
    let name = language.choose("số người trả lời", "respondents");
    drawing.add(Mark::words("axis-name", (right, BOTTOM + 40.0), Anchor::End, SMALL, name));
    if let Some(funnel) = funnel {
        let y = share.at(funnel.centre());
        drawing.add(Mark::line("centre", vec![(left, y), (right, y)], INK, 1.5));
    }
    drawing.add(Mark::line("axis", vec![(left, BOTTOM), (right, BOTTOM)], EDGE, 1.0));
    let (mut said, mut dots) = (Vec::new(), Vec::new());
    for place in places {
        let at = (people.at(place.respondents as f64), share.at(place.value));
        let beyond = funnel.is_some_and(|funnel| funnel.is_beyond(place.value, place.respondents as f64, LIMITS[1]));
        // What lies beyond is a square: it is told without colour.
        drawing.add(if beyond {
            Mark::bar("beyond", (at.0 - 6.0, at.1 - 6.0), (12.0, 12.0), TARGET)
        } else {
            Mark::dot("value", at, 6.0, MEASURE)
        });
        dots.push((at, &*place.key, beyond));
        let value = format::share(place.value, minima, language);
        let outside = if beyond { language.choose(", ngoài giới hạn", ", beyond the limits") } else { "" };
        said.push(format!("{}: {value}, n = {}{outside}", place.name, format::count(place.respondents, language)));
    }
    keys(&mut drawing, dots, room);
    if places.is_empty() {
        let middle = (f64::midpoint(left, right), f64::midpoint(TOP, BOTTOM));
        let text = language.choose("Chưa có số liệu để so sánh", "There is nothing to compare yet");
        drawing.add_on_paper(Mark::words("nothing", middle, Anchor::Middle, 14.0, text));
    }
    drawing.describe(said);
    drawing
}

/// The keys beside their dots, what lies beyond the limits first: none over another. One that finds no room is left to the table.
fn keys(drawing: &mut Drawing, mut dots: Vec<((f64, f64), &str, bool)>, room: Room) {
    dots.sort_by_key(|(.., beyond)| !beyond);
    let mut placed: Vec<(f64, f64, f64)> = Vec::new();
    for ((x, y), key, _) in dots.into_iter().filter(|(_, key, _)| !key.is_empty()) {
        let half = width_of(key, SMALL) / 2.0;
        let beside = [(x + 10.0 + half, y + 4.5), (x - 10.0 - half, y + 4.5), (x, y - 10.0), (x, y + 20.0)];
        let free = beside.into_iter().find(|(x, y)| {
            let inside = x - half >= room.left && x + half <= room.width - 2.0 && *y - 10.0 >= 0.0 && *y <= BOTTOM;
            inside && placed.iter().all(|(at, high, other)| (x - at).abs() >= half + other || (y - high).abs() >= 13.0)
        });
        if let Some((x, y)) = free {
            placed.push((x, y, half));
            drawing.add(Mark::words("key", (x, y), Anchor::Middle, SMALL, key).bold());
        }
    }
}

/// Both limits as areas, the wider one under the narrower one.
fn limits(drawing: &mut Drawing, funnel: &Funnel, people: Scale, share: Scale, least: f64) {
    let most = people.ends().1;
    let sizes: Vec<f64> = (0..=STEPS)
        // Closer together where the limits bend.
        .map(|step| least + (most - least) * (f64::from(step) / f64::from(STEPS)).powi(2))
        .collect();
    for (width, fill, class) in [(LIMITS[1], INNER, "limits-wide"), (LIMITS[0], BAND, "limits")] {
        let at = |size: f64| (people.at(size), funnel.limits(size, width));
        let upper = sizes.iter().map(|size| at(*size)).map(|(x, limits)| (x, share.at(limits.high)));
        let lower = sizes.iter().rev().map(|size| at(*size)).map(|(x, limits)| (x, share.at(limits.low)));
        drawing.add(Mark::area(class, upper.chain(lower).collect(), fill).edged(EDGE));
    }
}
