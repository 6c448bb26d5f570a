//! Early warning: which field, criterion or point of a ward moved, and which point fell silent, by sequential tests with one stated rate
//! of false alarms for the whole list.
//!
//! Sums of days come in and words come out: which way, since when, how many answered. A share never does, because those of a point
//! stand outside the rule of small cells. A block of answers that is tested has ten sheets or more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};

use super::result::SHOWN_FROM;
use crate::plan::working_days::is_working_day;
use crate::stats::sequential::{gaps_a_day, rare_gap};
use crate::stats::watch::{Block, Direction, Stream, watch};

/// One false alarm in so many weeks is accepted, whatever is watched.
pub const WEEKS_BETWEEN: f64 = 13.0;
/// The part of them that points fallen silent may raise.
const SILENCE_PART: f64 = 0.2;
/// Working days of a week.
const WEEK_DAYS: f64 = 5.0;
/// Working days before a gap from which a point's habit is known: two months.
const HABIT_DAYS: usize = 40;
/// Fewer than so many tell no habit.
const HABIT_DAYS_MIN: usize = 20;
/// No gap is longer: who has answered nothing for half a year is known to be silent.
const GAP_MAX: u32 = 120;
/// Likeness of two answers of a person, and of two people of a day, before any are seen, and how many pairs that is worth (times p(1 − p)).
const PERSON_PRIOR: (f64, f64) = (0.4, 30.0);
const DAY_PRIOR: (f64, f64) = (0.03, 100.0);
/// Likenesses are no greater.
const DAY_MAX: f64 = 0.5;

/// What is watched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A field of service.
    Field(Arc<str>),
    /// A criterion of a field.
    Criterion(Arc<str>, Arc<str>),
    /// A service point: numbers of unit and point.
    Point(i32, i32),
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// Fewer are satisfied.
    Down,
    /// More are satisfied.
    Up,
    /// A point that has no answers any more.
    Silent,
}

/// Answers of a point in a field on a day, of one questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Numbers of unit and point.
    pub point: (i32, i32),
    /// The field.
    pub field: Arc<str>,
    /// The day.
    pub day: NaiveDate,
    /// Sheets.
    pub people: u64,
    /// Sums over the sheets, of the satisfied answers y and all answers m of a sheet: y, m, y², y m, m².
    pub sums: [f64; 5],
    /// Criteria: identifier, wording, satisfied answers, answers.
    pub items: Vec<(Arc<str>, Arc<str>, f64, f64)>,
}

/// A point and the days on which it had an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Numbers of unit and point.
    pub point: (i32, i32),
    /// Its first day.
    pub opened_on: NaiveDate,
    /// Days with an answer.
    pub days: BTreeSet<NaiveDate>,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What moved.
    pub subject: Subject,
    /// Which way.
    pub way: Way,
    /// From when on.
    pub since: NaiveDate,
    /// The last day of the answers with which it was seen.
    pub seen: NaiveDate,
    /// How many sheets say so; 0 for a point that fell silent.
    pub people: u64,
}

/// What was found, and how often it is nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Warnings, in the order of time.
    pub warnings: Vec<Warning>,
    /// How many things are watched.
    pub watched: usize,
    /// Weeks between two false alarms of the whole list; none where nothing is tested yet.
    pub weeks_between: Option<f64>,
}

/// Judges the answers of weeks that are over, and the points' silence as of the day before `today`.
pub fn judge(seen: &[Seen], points: &[Presence], today: NaiveDate) -> Judged {
    let monday = monday_of(today);
    let over: Vec<&Seen> = seen.iter().filter(|seen| seen.day < monday).collect();
    let (subjects, streams, spans) = streams(&over);
    let moving = (1.0 - SILENCE_PART) / WEEKS_BETWEEN;
    let watched = watch(&streams, moving);
    let mut warnings: Vec<Warning> = watched
        .alarms
        .iter()
        .map(|alarm| Warning {
            subject: subjects[alarm.stream].clone(),
            way: match alarm.direction {
                Direction::Down => Way::Down,
                Direction::Up => Way::Up,
            },
            since: spans[alarm.stream][alarm.since].0,
            seen: spans[alarm.stream][alarm.until].1,
            people: alarm.people,
        })
        .collect();
    let (silent, silence_rate, habits) = silent(points, today);
    warnings.extend(silent);
    let moving = if watched.threshold.is_some() { moving } else { 0.0 };
    let rate = moving + silence_rate;
    Judged { warnings, watched: streams.len() + habits, weeks_between: (rate > 0.0).then(|| 1.0 / rate) }
}

fn monday_of(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// Sums of one stream on one day at one point: people, y, m, Σm².
type Cluster = (u64, f64, f64, f64);
/// Which stream: the subject, and the wording where it is a criterion, since another wording is another question.
type Key = (Subject, Option<Arc<str>>);
/// First and last day of every block.
type Spans = Vec<(NaiveDate, NaiveDate)>;

/// The clusters of a stream, by day and point.
type Clusters = BTreeMap<(NaiveDate, (i32, i32)), Cluster>;

/// A point, a field, a day.
type PointDay<'a> = ((i32, i32), &'a str, NaiveDate);

fn streams(seen: &[&Seen]) -> (Vec<Subject>, Vec<Stream>, Vec<Spans>) {
    let (person, day) = likenesses(seen);
    let mut found: BTreeMap<Key, Clusters> = BTreeMap::new();
    let mut add = |key: Key, one: &Seen, (y, m, mm): (f64, f64, f64), people: u64| {
        let cluster = found.entry(key).or_default().entry((one.day, one.point)).or_default();
        *cluster = (cluster.0 + people, cluster.1 + y, cluster.2 + m, cluster.3 + mm);
    };
    for one in seen {
        let [y, m, _, _, mm] = one.sums;
        add((Subject::Field(Arc::clone(&one.field)), None), one, (y, m, mm), one.people);
        add((Subject::Point(one.point.0, one.point.1), None), one, (y, m, mm), one.people);
        for (item, wording, y, m) in &one.items {
            let subject = Subject::Criterion(Arc::clone(&one.field), Arc::clone(item));
            add((subject, Some(Arc::clone(wording))), one, (*y, *m, *m), people_of(*m));
        }
    }
    let (mut subjects, mut streams, mut spans) = (Vec::new(), Vec::new(), Vec::new());
    for ((subject, _), days) in found {
        let class = match subject {
            Subject::Field(_) => 0,
            Subject::Criterion(..) => 1,
            Subject::Point(..) => 2,
        };
        let (mut blocks, mut of_blocks) = (Vec::new(), Spans::new());
        let mut open: Option<(Block, NaiveDate, NaiveDate)> = None;
        let mut weeks: BTreeMap<NaiveDate, Vec<(NaiveDate, Cluster)>> = BTreeMap::new();
        for ((on, _), cluster) in days {
            weeks.entry(monday_of(on)).or_default().push((on, cluster));
        }
        for (monday, clusters) in weeks {
            for (on, (people, y, m, mm)) in clusters {
                let spread = m + person * (mm - m).max(0.0) + day * (m * m - mm).max(0.0);
                let (block, _, last) = open.get_or_insert((
                    Block { step: 0, satisfied: 0.0, answers: 0.0, spread: 0.0, people: 0 },
                    on,
                    on,
                ));
                block.satisfied += y;
                block.answers += m;
                block.spread += spread;
                block.people += people;
                *last = on;
            }
            if let Some((mut block, first, last)) = open.take_if(|(block, ..)| block.people >= SHOWN_FROM) {
                block.step = monday.num_days_from_ce();
                blocks.push(block);
                of_blocks.push((first, last));
            }
        }
        if !blocks.is_empty() {
            subjects.push(subject);
            streams.push(Stream { class, blocks });
            spans.push(of_blocks);
        }
    }
    (subjects, streams, spans)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of answers, one a person")]
fn people_of(answers: f64) -> u64 {
    answers as u64
}

/// How alike two answers of a person are, and two people of a day at a point, from pairs: Σ of products of residuals beside what they
/// would be were they the same. Points and fields have their own rates, so that what differs between them is no day's doing.
fn likenesses(seen: &[&Seen]) -> (f64, f64) {
    let mut of_place: BTreeMap<((i32, i32), &str), [f64; 2]> = BTreeMap::new();
    for one in seen {
        let sums = of_place.entry((one.point, &one.field)).or_default();
        sums[0] += one.sums[0];
        sums[1] += one.sums[1];
    }
    let mut of_day: BTreeMap<PointDay<'_>, [f64; 5]> = BTreeMap::new();
    for one in seen {
        let sums = of_day.entry((one.point, &one.field, one.day)).or_default();
        for (sum, more) in sums.iter_mut().zip(one.sums) {
            *sum += more;
        }
    }
    let (mut person, mut day) = ((0.0, 0.0), (0.0, 0.0));
    for ((point, field, _), [y, m, yy, ym, mm]) in of_day {
        let [all_y, all_m] = of_place[&(point, field)];
        if all_m <= 0.0 {
            continue;
        }
        let p = all_y / all_m;
        let scale = p * (1.0 - p);
        let of_people = yy - 2.0 * p * ym + p * p * mm;
        person.0 += of_people - scale * m;
        person.1 += scale * (mm - m);
        day.0 += (y - p * m).powi(2) - of_people;
        day.1 += scale * (m * m - mm);
    }
    let drawn = |(sum, pairs): (f64, f64), (prior, worth): (f64, f64)| (sum + prior * worth) / (pairs + worth);
    (drawn(person, PERSON_PRIOR).clamp(0.0, 1.0), drawn(day, DAY_PRIOR).clamp(0.0, DAY_MAX))
}

/// Points whose last gap is rarer than their habit allows; how many such gaps come by chance a week; how many points have a habit.
fn silent(points: &[Presence], today: NaiveDate) -> (Vec<Warning>, f64, usize) {
    // A day on which nobody answered anywhere is a holiday of the ward, or the server's: no point's silence.
    let answered: BTreeSet<NaiveDate> = points.iter().flat_map(|point| &point.days).copied().collect();
    let counts = |day: &NaiveDate| is_working_day(*day) && answered.contains(day);
    let first = answered.first().copied().unwrap_or(today);
    let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day < today).filter(counts).collect();
    let rate = SILENCE_PART / WEEKS_BETWEEN / WEEK_DAYS / points.len().max(1) as f64;
    let (mut warnings, mut all, mut habits) = (Vec::new(), 0.0, 0);
    for point in points {
        let own: Vec<NaiveDate> = days.iter().copied().filter(|day| *day >= point.opened_on).collect();
        let Some(last) = own.iter().rposition(|day| point.days.contains(day)) else { continue };
        let habit = &own[(last + 1).saturating_sub(HABIT_DAYS)..=last];
        if habit.len() < HABIT_DAYS_MIN {
            continue;
        }
        let count = |days: usize| u32::try_from(days).unwrap_or(u32::MAX);
        let with = count(habit.iter().filter(|day| point.days.contains(day)).count());
        let Some(least) = rare_gap(with, count(habit.len()), rate, GAP_MAX) else { continue };
        habits += 1;
        all += gaps_a_day(with, count(habit.len()), least).unwrap_or(0.0) * WEEK_DAYS;
        let gap = &own[last + 1..];
        if let Some(seen) = usize::try_from(least).ok().and_then(|least| gap.get(least - 1)) {
            warnings.push(Warning {
                subject: Subject::Point(point.point.0, point.point.1),
                way: Way::Silent,
                since: gap[0],
                seen: *seen,
                people: 0,
            });
        }
    }
    (warnings, all, habits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn presence(point: i32, days: impl Iterator<Item = NaiveDate>) -> Presence {
        Presence { point: (1, point), opened_on: day("2026-01-01"), days: days.collect() }
    }

    #[test]
    fn a_point_that_had_answers_every_day_is_missed_after_a_few_days_and_no_holiday_is_a_silence() {
        let (from, today) = (day("2026-05-04"), day("2026-07-13"));
        let all = || from.iter_days().take_while(|day| *day < today).filter(|day| is_working_day(*day));
        let stops = all().filter(|on| *on < day("2026-07-06"));
        let found = judge(&[], &[presence(1, all()), presence(2, stops)], today);
        let warning = &found.warnings[0];
        assert_eq!((found.warnings.len(), warning.way, warning.since), (1, Way::Silent, day("2026-07-06")));
        assert_eq!(warning.subject, Subject::Point(1, 2));
        assert!(warning.seen <= day("2026-07-09"), "{warning:?}");
        assert!(found.weeks_between.expect("a rate") > WEEKS_BETWEEN / SILENCE_PART);
        // The same days off for all: nobody is silent.
        let both = |point| presence(point, all().filter(|on| *on < day("2026-07-06")));
        assert!(judge(&[], &[both(1), both(2)], today).warnings.is_empty());
    }

    #[test]
    fn a_field_that_falls_is_told_with_its_week_and_answers_of_this_week_wait() {
        let (from, today) = (day("2026-01-05"), day("2026-07-15"));
        let seen = from.iter_days().take_while(|on| *on < today).filter(|on| is_working_day(*on)).enumerate();
        let fell = day("2026-06-01");
        let seen: Vec<Seen> = seen
            .map(|(number, on)| {
                // Eight people a day, four answers each; one or two of them dissatisfied throughout, then four.
                let unhappy = if on >= fell { 4.0 } else { 1.0 + f64::from(u8::from(number % 3 == 0)) };
                let happy = 8.0 - unhappy;
                Seen {
                    point: (1, 1),
                    field: Arc::from("health"),
                    day: on,
                    people: 8,
                    sums: [4.0 * happy, 32.0, 16.0 * happy, 16.0 * happy, 128.0],
                    items: vec![(Arc::from("wait"), Arc::from("Chờ"), happy, 8.0)],
                }
            })
            .collect();
        let found = judge(&seen, &[], today);
        for subject in [Subject::Field(Arc::from("health")), Subject::Criterion(Arc::from("health"), Arc::from("wait"))]
        {
            let warning = found.warnings.iter().find(|warning| warning.subject == subject).expect("a warning");
            assert_eq!((warning.way, warning.since), (Way::Down, fell), "{warning:?}");
            assert!(warning.seen < day("2026-07-13") && warning.people >= 10);
        }
        assert_eq!(found.watched, 3);
    }
}
