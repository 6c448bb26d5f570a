//! Counts in an order, of time or of questions: a bar a day, a week or a question, with what is usual as a line across, or a limit of each bar as steps.

use super::drawing::{Anchor, Drawing, EDGE, GRID, MEASURE, Mark, PAPER, TARGET, width_of};
use super::scale::Scale;
use crate::report::format::{self, Language};

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its name under the axis.
    pub label: String,
    /// How many; none where that is hidden.
    pub count: Option<u64>,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars<'a> {
    /// What is counted.
    pub title: &'a str,
    /// From left to right.
    pub counts: &'a [Bar],
    /// A line across.
    pub usual: Option<f64>,
    /// A limit a bar; empty where there are none.
    pub limits: &'a [Option<u64>],
    /// What a limit is, in few words, as in "at most".
    pub limit_name: &'a str,
    pub language: Language,
}

/// Where things stand.
struct Room {
    width: f64,
    /// Room for the counts of the axis, more where they are long.
    left: f64,
    right: f64,
}

/// A page.
const WIDE: Room = Room { width: 720.0, left: 56.0, right: 708.0 };
/// A telephone.
const NARROW: Room = Room { width: 340.0, left: 34.0, right: 334.0 };

const HEIGHT: f64 = 240.0;
/// No bar is wider, however few there are.
const WIDEST: f64 = 90.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 200.0;
const SMALL: f64 = 13.0;

/// The drawing.
pub fn bars(chart: &Bars<'_>) -> Drawing {
    drawn(chart, &WIDE)
}

/// The same for a telephone: as many bars, fewer names.
pub fn narrow_bars(chart: &Bars<'_>) -> Drawing {
    drawn(chart, &NARROW)
}

fn drawn(chart: &Bars<'_>, within: &Room) -> Drawing {
    let Bars { title, counts: bars, usual, limits, limit_name, language } = *chart;
    let Room { width, right, .. } = *within;
    let mut drawing = Drawing::new("bars", title, (width, HEIGHT));
    let most = bars.iter().filter_map(|bar| bar.count).max().unwrap_or(0);
    let scale = Scale::of_counts(most, (BOTTOM, TOP));
    let ticks: Vec<(f64, String)> =
        scale.whole_ticks(4.0).into_iter().map(|tick| (scale.at(tick), format::count(tick as u64, language))).collect();
    let left = ticks.iter().map(|(_, name)| width_of(name, SMALL) + 22.0).fold(within.left, f64::max);
    for (y, name) in ticks {
        drawing.add(Mark::line("grid", vec![(left, y), (right, y)], GRID, 1.0));
        drawing.add(Mark::words("tick", (left - 6.0, y + 4.5), Anchor::End, SMALL, name));
    }
    let room = (right - left) / bars.len().max(1) as f64;
    let widest = bars.iter().map(|bar| width_of(&bar.label, SMALL)).fold(0.0, f64::max) + 8.0;
    let every = (widest / room).ceil().max(1.0) as usize;
    // Up to where names may reach: that of the newest, at the edge, begins further left than it would under its bar.
    let mut free = width;
    let gap = (room * 0.15).min(6.0).max((room - WIDEST) / 2.0);
    for (number, bar) in bars.iter().enumerate().rev().step_by(every) {
        let half = width_of(&bar.label, SMALL) / 2.0;
        let middle = (left + room * (number as f64 + 0.5)).clamp(half, width - half);
        if middle + half <= free {
            drawing.add(Mark::words("name", (middle, BOTTOM + 20.0), Anchor::Middle, SMALL, &*bar.label));
            free = middle - half - 6.0;
        }
    }
    for (number, bar) in bars.iter().enumerate() {
        let x = left + room * number as f64;
        let Some(count) = bar.count else {
            drawing.add(Mark::words("hidden", (x + room / 2.0, BOTTOM - 6.0), Anchor::Middle, SMALL, "×"));
            continue;
        };
        let y = scale.at(count as f64);
        drawing.add(Mark::bar("count", (x + gap, y), (room - 2.0 * gap, BOTTOM - y), MEASURE));
        let words = format::count(count, language);
        if room >= width_of(&words, SMALL) + 4.0 && count > 0 {
            drawing.add(Mark::words("figure", (x + room / 2.0, y - 5.0), Anchor::Middle, SMALL, words));
        }
    }
    if let Some(usual) = usual.filter(|usual| scale.holds(*usual)) {
        let y = scale.at(usual);
        drawing.add(Mark::line("usual", vec![(left, y), (right, y)], TARGET, 2.0).dashed());
    }
    for run in runs(limits) {
        let steps = run.flat_map(|(number, limit)| {
            let (x, y) = (left + room * number as f64, scale.at(limit as f64));
            [(x, y), (x + room, y)]
        });
        // On paper of its own: it lies on the bars, whose blue is as dark as its brown.
        let steps: Vec<(f64, f64)> = steps.collect();
        drawing.add(Mark::line("limit-paper", steps.clone(), PAPER, 6.0));
        drawing.add(Mark::line("limit", steps, TARGET, 2.0).dashed());
    }
    drawing.add(Mark::line("axis", vec![(left, BOTTOM), (right, BOTTOM)], EDGE, 1.0));
    if bars.is_empty() {
        let middle = (f64::midpoint(left, right), f64::midpoint(TOP, BOTTOM));
        drawing.add_on_paper(Mark::words(
            "nothing",
            middle,
            Anchor::Middle,
            14.0,
            language.choose("Chưa có phiếu", "No sheets yet"),
        ));
    }
    let said = bars.iter().enumerate().map(|(number, bar)| {
        let hidden = || language.choose("không hiển thị", "not shown").to_owned();
        let count = bar.count.map_or_else(hidden, |count| format::count(count, language));
        let limit = limits.get(number).copied().flatten();
        let limit =
            limit.map_or_else(String::new, |limit| format!(" ({limit_name} {})", format::count(limit, language)));
        format!("{}: {count}{limit}", bar.label)
    });
    drawing.describe(said);
    drawing
}

/// The limits that follow one another without a gap, each with its place.
fn runs(limits: &[Option<u64>]) -> impl Iterator<Item = impl Iterator<Item = (usize, u64)>> {
    let placed: Vec<(usize, Option<u64>)> = limits.iter().copied().enumerate().collect();
    let runs: Vec<Vec<(usize, u64)>> = placed
        .split(|(_, limit)| limit.is_none())
        .map(|run| run.iter().filter_map(|(place, limit)| Some((*place, (*limit)?))).collect())
        .collect();
    runs.into_iter().filter(|run: &Vec<_>| !run.is_empty()).map(Vec::into_iter)
}
