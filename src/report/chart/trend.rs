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
    /// What changed here, as in the version of a questionnaire.
    pub mark: Option<String>,
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
    /// Its language.
    pub language: Language,
}

const SIZE: (f64, f64) = (720.0, 300.0);
const LEFT: f64 = 52.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 250.0;
/// So much room has a moment whose figure is written beside it.
const APART: f64 = 56.0;
/// Letters of axes.
const SMALL: f64 = 13.0;

/// The drawing.
pub fn trend(chart: &Trend<'_>) -> Drawing {
    let Trend { title, moments, minima, language } = *chart;
    let mut drawing = Drawing::new("trend", title, SIZE);
    let shown: Vec<f64> = minima.iter().flatten().copied().collect();
    drawing.description = description(chart, &shown);
    let bounds = moments.iter().filter_map(|moment| moment.figure).flat_map(|figure| [figure.low, figure.high]);
    let share = Scale::of_shares(bounds.chain(shown.iter().copied()), (BOTTOM, TOP));
    for tick in share.ticks(5.0) {
        let y = share.at(tick);
        drawing.add(Mark::line("grid", vec![(LEFT, y), (RIGHT, y)], GRID, 1.0));
        let name = format::minimum((tick * 1000.0).round() / 1000.0, language);
        drawing.add(Mark::words("tick", (LEFT - 6.0, y + 4.5), Anchor::End, SMALL, name));
    }
    let room = (RIGHT - LEFT) / moments.len().max(1) as f64;
    let x = |place: usize| LEFT + room * (place as f64 + 0.5);
    names(&mut drawing, moments, room, x);
    for (place, moment) in moments.iter().enumerate() {
        if let Some(what) = &moment.mark {
            let at = x(place) - room / 2.0;
            drawing.add(Mark::line("mark", vec![(at, TOP - 8.0), (at, BOTTOM)], EDGE, 1.0).dashed());
            let half = width_of(what, 12.0) / 2.0;
            let middle = at.clamp(LEFT + half, RIGHT - half);
            drawing.add(Mark::words("mark-name", (middle, TOP - 14.0), Anchor::Middle, 12.0, what));
        }
    }
    for run in runs(moments) {
        band(&mut drawing, moments, &run, share, room, x);
    }
    target(&mut drawing, minima, share, room, x, language);
    for run in runs(moments) {
        let places = run.iter().filter_map(|at| Some((x(*at), share.at(moments[*at].figure?.value))));
        drawing.add(Mark::line("value", places.collect(), MEASURE, 2.5));
    }
    // Every name fits where there are few; else the last one, the highest and the lowest.
    let named = named(moments, room);
    for (place, moment) in moments.iter().enumerate() {
        let Some(figure) = moment.figure else {
            drawing.add(Mark::words("hidden", (x(place), BOTTOM - 6.0), Anchor::Middle, SMALL, "×"));
            continue;
        };
        let at = (x(place), share.at(figure.value));
        drawing.add(if moment.so_far {
            Mark::ring("value", at, 5.0, MEASURE)
        } else {
            Mark::dot("value", at, 5.5, MEASURE)
        });
    }
    // Over all dots; where they stand close, on paper of their own.
    for place in named {
        let Some(figure) = moments[place].figure else { continue };
        let (middle, y) = (x(place), share.at(figure.value));
        let text = format::share(figure.value, &shown, language);
        let half = width_of(&text, SMALL) / 2.0 + 4.0;
        let at = (middle.clamp(LEFT + half, SIZE.0 - half), if y - 12.0 < TOP { y + 20.0 } else { y - 11.0 });
        let words = Mark::words("figure", at, Anchor::Middle, SMALL, text).bold();
        if room < APART {
            drawing.add_on_paper(words);
        } else {
            drawing.add(words);
        }
    }
    drawing.add(Mark::line("axis", vec![(LEFT, BOTTOM), (RIGHT, BOTTOM)], EDGE, 1.0));
    if moments.is_empty() {
        let middle = (f64::midpoint(LEFT, RIGHT), f64::midpoint(TOP, BOTTOM));
        let text = language.choose("Chưa có kỳ nào có số liệu", "No period has figures yet");
        drawing.add(Mark::words("nothing", middle, Anchor::Middle, 14.0, text));
    }
    drawing
}

/// Names under the axis, as many as fit.
fn names(drawing: &mut Drawing, moments: &[Moment], room: f64, x: impl Fn(usize) -> f64) {
    let widest = moments.iter().map(|moment| width_of(&moment.label, SMALL)).fold(0.0, f64::max) + 8.0;
    let every = (widest / room).ceil().max(1.0) as usize;
    let last = moments.len().saturating_sub(1);
    for (place, moment) in moments.iter().enumerate() {
        // Counted from the end: the newest always has its name.
        if (last - place).is_multiple_of(every) {
            let half = width_of(&moment.label, SMALL) / 2.0;
            let middle = x(place).clamp(half, SIZE.0 - half);
            drawing.add(Mark::words("name", (middle, BOTTOM + 20.0), Anchor::Middle, SMALL, &*moment.label));
        }
    }
}

/// The interval: an area through several moments, a line with ends at a single one.
fn band(drawing: &mut Drawing, moments: &[Moment], run: &[usize], share: Scale, room: f64, x: impl Fn(usize) -> f64) {
    let figures: Vec<(f64, Figure)> = run.iter().filter_map(|at| Some((x(*at), moments[*at].figure?))).collect();
    if let [(at, figure)] = figures[..] {
        let (low, high, half) = (share.at(figure.low), share.at(figure.high), (room / 4.0).min(9.0));
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
    minima: &[Option<f64>],
    share: Scale,
    room: f64,
    x: impl Fn(usize) -> f64,
    language: Language,
) {
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
        places.extend([(x(place) - room / 2.0, y), (x(place) + room / 2.0, y)]);
        last = Some((*minimum, x(place) + room / 2.0, y));
    }
    if places.len() > 1 {
        drawing.add(Mark::line("target", places, TARGET, 2.0).dashed());
    }
    if let Some((minimum, right, y)) = last {
        let name = format!("{} {}", language.choose("chỉ tiêu", "target"), format::minimum(minimum, language));
        let mut words = Mark::words("target-name", (right, y + 16.0), Anchor::End, SMALL, name).bold();
        words.fill = Some(TARGET);
        if room < APART {
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

fn description(chart: &Trend<'_>, minima: &[f64]) -> String {
    let language = chart.language;
    let of = |moment: &Moment| {
        let figure = moment.figure.map_or_else(
            || language.choose("không hiển thị", "not shown").to_owned(),
            |figure| {
                let value = format::share(figure.value, minima, language);
                format!("{value} ({})", format::interval(figure.low, figure.high, minima, language))
            },
        );
        format!("{}: {figure}", moment.label)
    };
    let mut text = chart.moments.iter().map(of).collect::<Vec<_>>().join("; ");
    if let Some(minimum) = minima.last() {
        let name = language.choose("chỉ tiêu", "target");
        text.extend(["; ", name, " ", &format::minimum(*minimum, language)]);
    }
    text + "."
}

/// The colours of this chart are told in its legend: what a line, a band, a dashed line and an open dot are.
pub fn legend(language: Language) -> &'static str {
    language.choose(
        "Đường liền: tỷ lệ hài lòng; dải nhạt: khoảng tin cậy; đường gạch: chỉ tiêu; chấm rỗng: kỳ chưa kết thúc; dấu ×: dưới 10 người, không hiển thị.",
        "Line: share satisfied; pale band: interval; dashed line: target; open dot: the period still runs; ×: fewer than 10 people, not shown.",
    )
}
