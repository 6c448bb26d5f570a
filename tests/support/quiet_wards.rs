//! Simulated wards in which nothing changes, or one thing does, for the example `warnings` and the test of the same name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use sipas::index::warnings::{Presence, Seen, Subject, Way, judge};
use sipas::plan::working_days::is_working_day;

use crate::studies::Draws;

/// Weeks before the first that counts: until then the habits are learnt.
pub const WEEKS_BEFORE: u32 = 16;
/// Weeks that count.
pub const WEEKS: u32 = 52;
/// Criteria of a questionnaire.
const ITEMS: usize = 8;

/// How a ward is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Ward {
    pub points: i32,
    pub fields: i32,
    /// Sheets of a working day at the least and at the most visited point.
    pub sheets: (f64, f64),
    pub person_icc: f64,
    pub day_icc: f64,
}

/// What falls by ten points, from the middle of the year on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fall {
    Field,
    Criterion,
    Point,
}

/// A year, and the weeks before it.
pub struct Year {
    pub first: NaiveDate,
    pub seen: Vec<Seen>,
    pub points: Vec<Presence>,
}

impl Year {
    /// The Monday of a week; the first that counts is 0.
    pub fn monday(&self, week: u32) -> NaiveDate {
        self.first + Days::new(u64::from(7 * (WEEKS_BEFORE + week)))
    }
}

fn poisson(draws: &mut Draws, mean: f64) -> u32 {
    let (limit, mut product, mut count) = ((-mean).exp(), draws.uniform(), 0);
    while product > limit {
        product *= draws.uniform();
        count += 1;
    }
    count
}

impl Ward {
    /// A year of it; what falls is the first field, its first criterion, or the first point.
    pub fn year(&self, draws: &mut Draws, fall: Option<(Fall, u32)>) -> Year {
        let first = NaiveDate::from_ymd_opt(2026, 1, 5).expect("a Monday");
        let last = first + Days::new(u64::from(7 * (WEEKS_BEFORE + WEEKS)));
        let days: Vec<NaiveDate> =
            first.iter_days().take_while(|day| *day < last).filter(|day| is_working_day(*day)).collect();
        let falls_on = fall.map(|(_, week)| first + Days::new(u64::from(7 * (WEEKS_BEFORE + week))));
        let fields: Vec<Arc<str>> = (0..self.fields).map(|field| Arc::from(format!("field{field}"))).collect();
        let items: Vec<Arc<str>> = (0..ITEMS).map(|item| Arc::from(format!("item{item}"))).collect();
        let rates: Vec<[f64; ITEMS]> = fields
            .iter()
            .map(|_| {
                let rate = 0.82 + 0.12 * draws.uniform();
                std::array::from_fn(|_| rate + 0.08 * (draws.uniform() - 0.5))
            })
            .collect();
        let (mut seen, mut points) = (Vec::new(), Vec::new());
        for point in 0..self.points {
            let own = 0.04 * (draws.uniform() - 0.5);
            let share = f64::from(point) / f64::from(self.points.max(2) - 1);
            let mean = self.sheets.1 * (self.sheets.0 / self.sheets.1).powf(share);
            let mut presence =
                Presence { point: (1, 1 + self.points - point), opened_on: first, days: BTreeSet::new() };
            for day in &days {
                let fallen = falls_on.is_some_and(|on| *day >= on).then(|| fall.map(|(what, _)| what)).flatten();
                // A good day is good for everybody who comes.
                let mood_of_day = draws.uniform();
                for field in [point % self.fields, (point * 7 + 3) % self.fields] {
                    let people = poisson(draws, mean / 2.0);
                    if people == 0 {
                        continue;
                    }
                    let place = usize::try_from(field).expect("small");
                    let lost = |item: usize| match fallen {
                        Some(Fall::Field) if field == 0 => 0.1,
                        Some(Fall::Criterion) if field == 0 && item == 0 => 0.1,
                        Some(Fall::Point) if point == 0 => 0.1,
                        _ => 0.0,
                    };
                    let one = self.answers(draws, people, mood_of_day, |item| rates[place][item] + own - lost(item));
                    let (sums, of_items) = one;
                    presence.days.insert(*day);
                    seen.push(Seen {
                        point: presence.point,
                        field: Arc::clone(&fields[place]),
                        day: *day,
                        people: u64::from(people),
                        sums,
                        items: items
                            .iter()
                            .zip(of_items)
                            .map(|(item, [y, m])| (Arc::clone(item), Arc::clone(item), y, m))
                            .collect(),
                    });
                }
            }
            points.push(presence);
        }
        Year { first, seen, points }
    }

    /// Every answer follows the mood of its person with probability √ICC, and that of its day with probability √ICC of days.
    fn answers(
        &self,
        draws: &mut Draws,
        people: u32,
        of_day: f64,
        rate: impl Fn(usize) -> f64,
    ) -> ([f64; 5], [[f64; 2]; ITEMS]) {
        let (person, day) = (self.person_icc.sqrt(), self.day_icc.sqrt());
        let (mut sums, mut items) = ([0.0; 5], [[0.0; 2]; ITEMS]);
        for _ in 0..people {
            let of_person = draws.uniform();
            let (mut y, mut m) = (0.0, 0.0);
            for (item, counts) in items.iter_mut().enumerate() {
                if draws.happens(0.1) {
                    continue;
                }
                let luck = match draws.uniform() {
                    drawn if drawn < person => of_person,
                    drawn if drawn < person + day => of_day,
                    _ => draws.uniform(),
                };
                let satisfied = f64::from(u8::from(luck < rate(item)));
                counts[0] += satisfied;
                counts[1] += 1.0;
                y += satisfied;
                m += 1.0;
            }
            for (sum, more) in sums.iter_mut().zip([y, m, y * y, y * m, m * m]) {
                *sum += more;
            }
        }
        (sums, items)
    }
}

/// Warnings of a year in the weeks that count, of fields, criteria and points and of silences, and the weeks between two that
/// were stated at its end.
pub fn alarms(year: &Year) -> (usize, usize, f64) {
    let (from, to) = (year.monday(0), year.monday(WEEKS));
    let judged = judge(&year.seen, &year.points, to);
    let moved = judged.warnings.iter().filter(|warning| warning.way != Way::Silent && warning.seen >= from).count();
    let (mut silences, mut known) = (0, BTreeMap::new());
    for day in from.iter_days().take_while(|day| *day < to) {
        for warning in judge(&[], &year.points, day).warnings {
            silences += usize::from(known.insert((warning.subject.clone(), warning.since), day).is_none());
        }
    }
    (moved, silences, judged.weeks_between.unwrap_or(f64::INFINITY))
}

/// Weeks from a fall until it is warned of; none where it is not within the year.
pub fn delay(year: &Year, (what, week): (Fall, u32), points: i32) -> Option<i64> {
    let subject = match what {
        Fall::Field => Subject::Field(Arc::from("field0")),
        Fall::Criterion => Subject::Criterion(Arc::from("field0"), Arc::from("item0")),
        Fall::Point => Subject::Point(1, 1 + points),
    };
    let fell = year.monday(week);
    let judged = judge(&year.seen, &year.points, year.monday(WEEKS));
    let told = judged
        .warnings
        .iter()
        .find(|warning| warning.subject == subject && warning.way == Way::Down && warning.seen >= fell);
    told.map(|warning| (warning.seen - fell).num_days().div_euclid(7) + 1)
}
