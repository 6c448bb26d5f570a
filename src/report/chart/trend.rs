//! A share over time: a line with the band of its intervals, the target, and marks at what happened. A figure that is not shown leaves a gap, one whose
//! period still runs is an open dot.

use super::drawing::{Anchor, BAND, Drawing, EDGE, GRID, MEASURE, Mark, TARGET, width_of};
use super::figure::Figure;
use super::scale::Scale;
use crate::report::format::{self, Language};

/// One moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Its name under the axis, as in `Q1/26`.
    pub label: String,
    /// Its figure; none where too few people stand behind it.
    pub figure: Option<Figure>,
    /// Whether it still moves.
    pub so_far: bool,
    /// What happened in it, as a new version of a questionnaire.
    pub events: Vec<Event>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The part of its moment that was behind, 0–1: at 1 it stands at the right end.
    pub at: f64,
    /// In few words.
    pub name: String,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend<'a> {
    /// What is measured.
    pub title: &'a str,
    /// In the order of time.
    pub moments: &'a [Moment],
    /// The minimum of a target at each moment, where there is one.
    pub minima: &'a [Option<f64>],
    /// All minima of the page, so that figures are rounded as in its tables.
    pub near: &'a [f64],
    pub language: Language,
}

/// Where things stand.
#[derive(Clone, Copy)]
struct Room {
    width: f64,
    left: f64,
    right: f64,
    /// Upper end of the scale; further down where names of events stand over one another.
    top: f64,
    bottom: f64,
    /// So many moments are drawn, the newest.
    most: usize,
    /// Room of a moment.
    each: f64,
}

/// A page.
const WIDE: Room =
    Room { width: 720.0, left: 52.0, right: 700.0, top: 34.0, bottom: 250.0, most: usize::MAX, each: 0.0 };
/// A telephone: of many moments the letters would be too small to read.
const NARROW: Room = Room { width: 340.0, left: 46.0, right: 334.0, top: 34.0, bottom: 250.0, most: 5, each: 0.0 };

/// So much room has a moment whose figure is written beside it.
const APART: f64 = 56.0;
/// Letters of axes.
const SMALL: f64 = 13.0;
/// Letters of events, and the height of a line of them.
const EVENT: f64 = 12.0;
const LANE: f64 = 16.0;

impl Room {
    /// The middle of a moment.
    fn x(&self, place: usize) -> f64 {
        self.left + self.each * (place as f64 + 0.5)
    }
}

/// The drawing.
pub fn trend(chart: &Trend<'_>) -> Drawing {
    drawn(chart, WIDE)
}

/// The same for a telephone: the newest moments alone.
pub fn narrow_trend(chart: &Trend<'_>) -> Drawing {
    drawn(chart, NARROW)
}

fn drawn(chart: &Trend<'_>, room: Room) -> Drawing {
    let Trend { title, moments, minima, near, language } = *chart;
    let said = said(chart);
    let left_out = moments.len().saturating_sub(room.most);
    let (moments, minima) = (&moments[left_out..], minima.get(left_out..).unwrap_or_default());
    let room = Room { each: (room.right - room.left) / moments.len().max(1) as f64, ..room };
    let (flags, lanes) = flags(moments, room);
    let lower = LANE * lanes.saturating_sub(1) as f64;
    let room = Room { top: room.top + lower, bottom: room.bottom + lower, ..room };
    let mut drawing = Drawing::new("trend", title, (room.width, room.bottom + 50.0));
    let bounds = moments.iter().filter_map(|moment| moment.figure).flat_map(|figure| [figure.low, figure.high]);
    let share = Scale::of_shares(bounds.chain(minima.iter().flatten().copied()), (room.bottom, room.top));
    for tick in share.ticks(5.0) {
        let y = share.at(tick);
        drawing.add(Mark::line("grid", vec![(room.left, y), (room.right, y)], GRID, 1.0));
        let name = format::minimum((tick * 1000.0).round() / 1000.0, language);
        drawing.add(Mark::words("tick", (room.left - 6.0, y + 4.5), Anchor::End, SMALL, name));
    }
    names(&mut drawing, moments, room);
    for flag in &flags {
        let y = room.top - 14.0 - LANE * flag.lane as f64;
        drawing.add(Mark::line("mark", vec![(flag.at, y + 5.0), (flag.at, room.bottom)], EDGE, 1.0).dashed());
    }
    for flag in flags {
        let y = room.top - 14.0 - LANE * flag.lane as f64;
        drawing.add_on_paper(Mark::words("mark-name", (flag.middle, y), Anchor::Middle, EVENT, flag.name));
    }
    for run in runs(moments) {
        band(&mut drawing, moments, &run, share, room);
    }
    target(&mut drawing, moments, minima, (share, room), language);
    for run in runs(moments) {
        let places = run.iter().filter_map(|at| Some((room.x(*at), share.at(moments[*at].figure?.value))));
        drawing.add(Mark::line("value", places.collect(), MEASURE, 2.5));
    }
    // Every name fits where there are few; else the last one, the highest and the lowest.
    let named = named(moments, room.each);
    for (place, moment) in moments.iter().enumerate() {
        let Some(figure) = moment.figure else {
            drawing.add(Mark::words("hidden", (room.x(place), room.bottom - 6.0), Anchor::Middle, SMALL, "×"));
            continue;
        };
        let at = (room.x(place), share.at(figure.value));
        drawing.add(if moment.so_far {
            Mark::ring("value", at, 5.0, MEASURE)
        } else {
            Mark::dot("value", at, 5.5, MEASURE)
        });
    }
    // Over all dots; where they stand close, on paper of their own.
    for place in named {
        let Some(figure) = moments[place].figure else { continue };
        let (middle, y) = (room.x(place), share.at(figure.value));
        let text = format::share(figure.value, near, language);
        let half = width_of(&text, SMALL) / 2.0 + 4.0;
        // Under its dot where the target's line would run through the digits.
        let crossed = minima.get(place).copied().flatten().is_some_and(|minimum| {
            let line = share.at(minimum);
            y - 26.0 < line && line < y - 4.0
        });
        let fits = y + 26.0 <= room.bottom;
        let below = (crossed && fits) || y - 12.0 < room.top;
        let at = (within(middle, half, (room.left, room.width)), if below { y + 20.0 } else { y - 11.0 });
        let words = Mark::words("figure", at, Anchor::Middle, SMALL, text).bold();
        if room.each < APART || (crossed && !below) {
            drawing.add_on_paper(words);
        } else {
            drawing.add(words);
        }
    }
    drawing.add(Mark::line("axis", vec![(room.left, room.bottom), (room.right, room.bottom)], EDGE, 1.0));
    if moments.is_empty() {
        let middle = (f64::midpoint(room.left, room.right), f64::midpoint(room.top, room.bottom));
        let text = language.choose("Chưa có kỳ nào có số liệu", "No period has figures yet");
        drawing.add(Mark::words("nothing", middle, Anchor::Middle, 14.0, text));
    }
    drawing.describe(said);
    drawing
}

/// The middle of something so wide on either side, moved so that it lies between two ends; as far as it fits.
fn within(middle: f64, half: f64, (left, right): (f64, f64)) -> f64 {
    middle.min(right - half).max(left + half)
}

/// An event with its place: where it happened, and where its name stands.
struct Flag<'a> {
    name: &'a str,
    at: f64,
    middle: f64,
    lane: usize,
}

/// The events, and over how many lines their names stand so that none overlaps another.
fn flags(moments: &[Moment], room: Room) -> (Vec<Flag<'_>>, usize) {
    let mut flags = Vec::new();
    // Right ends of the names in each line.
    let mut lanes: Vec<f64> = Vec::new();
    for (place, moment) in moments.iter().enumerate() {
        for Event { at, name } in &moment.events {
            let at = room.left + room.each * (place as f64 + at.clamp(0.0, 1.0));
            let half = width_of(name, EVENT) / 2.0 + 4.0;
            let middle = within(at, half, (0.0, room.width));
            let lane = lanes.iter().position(|end| *end <= middle - half).unwrap_or(lanes.len());
            match lanes.get_mut(lane) {
                Some(end) => *end = middle + half,
                None => lanes.push(middle + half),
            }
            flags.push(Flag { name, at, middle, lane });
        }
    }
    (flags, lanes.len())
}

/// Names under the axis, as many as fit.
fn names(drawing: &mut Drawing, moments: &[Moment], room: Room) {
    let widest = moments.iter().map(|moment| width_of(&moment.label, SMALL)).fold(0.0, f64::max) + 8.0;
    let every = (widest / room.each).ceil().max(1.0) as usize;
    let last = moments.len().saturating_sub(1);
    for (place, moment) in moments.iter().enumerate() {
        // Counted from the end: the newest always has its name.
        if (last - place).is_multiple_of(every) {
            let half = width_of(&moment.label, SMALL) / 2.0;
            let middle = within(room.x(place), half, (0.0, room.width));
            drawing.add(Mark::words("name", (middle, room.bottom + 20.0), Anchor::Middle, SMALL, &*moment.label));
        }
    }
}

/// The interval: an area through several moments, a line with ends at a single one.
fn band(drawing: &mut Drawing, moments: &[Moment], run: &[usize], share: Scale, room: Room) {
    let figures: Vec<(f64, Figure)> = run.iter().filter_map(|at| Some((room.x(*at), moments[*at].figure?))).collect();
    if let [(at, figure)] = figures[..] {
        let (low, high, half) = (share.at(figure.low), share.at(figure.high), (room.each / 4.0).min(9.0));
        drawing.add(Mark::bar("band", (at - half, high), (half * 2.0, low - high), BAND));
        return;
    }
    let upper = figures.iter().map(|(at, figure)| (*at, share.at(figure.high)));
    let lower = figures.iter().rev().map(|(at, figure)| (*at, share.at(figure.low)));
    drawing.add(Mark::area("band", upper.chain(lower).collect(), BAND));
}

/// The target as a dashed line in steps, with its figure at the right end.
fn target(
    drawing: &mut Drawing,
    moments: &[Moment],
    minima: &[Option<f64>],
    (share, room): (Scale, Room),
    language: Language,
) {
    let (x, half) = (|place| room.x(place), room.each / 2.0);
    let mut places: Vec<(f64, f64)> = Vec::new();
    let mut last = None;
    for (place, minimum) in minima.iter().enumerate() {
        let Some(minimum) = minimum else {
            if places.len() > 1 {
                drawing.add(Mark::line("target", std::mem::take(&mut places), TARGET, 2.0).dashed());
            }
            places.clear();
            continue;
        };
        let y = share.at(*minimum);
        places.extend([(x(place) - half, y), (x(place) + half, y)]);
        last = Some((*minimum, x(place) + half, y, place));
    }
    if places.len() > 1 {
        drawing.add(Mark::line("target", places, TARGET, 2.0).dashed());
    }
    if let Some((minimum, right, y, place)) = last {
        // On the other side of the line than the newest figure.
        let short = moments.get(place).and_then(|moment| moment.figure).is_some_and(|figure| figure.value < minimum);
        let y = if short && y - 20.0 > room.top { y - 7.0 } else { y + 16.0 };
        let name = format!("{} {}", language.choose("chỉ tiêu", "target"), format::minimum(minimum, language));
        let mut words = Mark::words("target-name", (right, y), Anchor::End, SMALL, name).bold();
        words.fill = Some(TARGET);
        if room.each < APART {
            drawing.add_on_paper(words);
        } else {
            drawing.add(words);
        }
    }
}

/// The moments with a figure that follow one another without a gap.
fn runs(moments: &[Moment]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for (place, moment) in moments.iter().enumerate() {
        if moment.figure.is_none() {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| last + 1 == place) => run.push(place),
            _ => runs.push(vec![place]),
        }
    }
    runs
}

fn named(moments: &[Moment], room: f64) -> Vec<usize> {
    let figures: Vec<(usize, f64)> =
        moments.iter().enumerate().filter_map(|(place, moment)| Some((place, moment.figure?.value))).collect();
    if room >= APART {
        return figures.into_iter().map(|(place, _)| place).collect();
    }
    let lowest = figures.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let highest = figures.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let mut kept: Vec<usize> = Vec::new();
    for place in [figures.last(), lowest, highest].into_iter().flatten().map(|(place, _)| *place) {
        // Two names that would overlap: the one before them in this order stays.
        if kept.iter().all(|other| other.abs_diff(place) as f64 * room >= 52.0) {
            kept.push(place);
        }
    }
    kept
}

/// Every moment in words, also those that a narrow drawing leaves out; then the target, if there is a moment.
fn said(chart: &Trend<'_>) -> Vec<String> {
    let Trend { language, near, .. } = *chart;
    let of = |moment: &Moment| {
        let figure = moment.figure.map_or_else(
            || language.choose("không hiển thị", "not shown").to_owned(),
            |figure| {
                let value = format::share(figure.value, near, language);
                format!("{value} ({})", format::interval(figure.low, figure.high, near, language))
            },
        );
        let events = moment.events.iter().flat_map(|event| [", ", event.name.as_str()]).collect::<String>();
        format!("{}: {figure}{events}", moment.label)
    };
    let mut said: Vec<String> = chart.moments.iter().map(of).collect();
    if let (false, Some(minimum)) = (said.is_empty(), chart.minima.iter().flatten().last()) {
        let name = language.choose("chỉ tiêu", "target");
        said.push(format!("{name} {}", format::minimum(*minimum, language)));
    }
    said
}

/// The colours of this chart are told in its legend: what a line, a band, a dashed line and an open dot are.
pub fn legend(language: Language) -> &'static str {
    language.choose(
        "Đường liền: tỷ lệ hài lòng; dải nhạt: khoảng tin cậy; đường gạch: chỉ tiêu; chấm rỗng: kỳ chưa kết thúc; dấu ×: dưới 10 người, hoặc phần lớn phiếu vào số liệu cùng lượt với ngày khác; vạch đứng: việc xảy ra trong kỳ (xem cột Ghi chú).",
        "Line: share satisfied; pale band: interval; dashed line: target; open dot: the period still runs; ×: fewer than 10 people, or most sheets entered with those of other days; upright line: what happened in the period.",
    )
}
