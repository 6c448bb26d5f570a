//! Which days are busy: how many people come on a day, relative to an ordinary Wednesday.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::plan::working_days::is_working_day;

/// When people come to a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rhythm {
    /// Office hours, Saturday morning.
    Office,
    /// Office hours and a fuller Saturday: vaccination, consultations.
    Health,
    /// The school year; parents also answer at home.
    School,
    /// Every day, at any hour.
    Online,
    /// Two dialogues a year, and the days after them.
    Dialogue,
}

/// First day of the lunar year by Vietnam's calendar (new moons of UTC+7).
const TET: [(i32, u32, u32); 7] =
    [(2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26), (2029, 2, 13), (2030, 2, 2), (2031, 1, 23)];

/// January to December. Summer: civil papers for schools; December: files closed before the year ends.
const OFFICE_MONTHS: [f64; 12] = [0.95, 0.85, 1.05, 1.0, 1.0, 1.1, 1.1, 1.15, 1.0, 1.0, 1.0, 1.1];
const HEALTH_MONTHS: [f64; 12] = [1.0, 0.9, 1.1, 1.05, 1.0, 1.0, 0.95, 0.95, 1.05, 1.05, 1.05, 1.05];
const SCHOOL_MONTHS: [f64; 12] = [1.0, 0.8, 1.0, 1.0, 1.2, 0.25, 0.1, 0.5, 1.5, 1.1, 1.1, 1.0];
/// Months of the dialogues: from the Friday between the 15th and the 21st.
const DIALOGUE_MONTHS: [u32; 2] = [5, 10];

/// A civil day; tables of this room hold only days that exist.
pub(super) fn civil((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// People who come on a day, 1 being an ordinary Wednesday; 0 when closed.
pub(super) fn busyness(rhythm: Rhythm, day: NaiveDate) -> f64 {
    let month = |months: &[f64; 12]| months[day.month0() as usize];
    match rhythm {
        Rhythm::Office => weekday(day, 0.12, 0.02, 0.0) * month(&OFFICE_MONTHS) * around_tet(day),
        Rhythm::Health => weekday(day, 0.4, 0.05, 0.05) * month(&HEALTH_MONTHS) * around_tet(day),
        Rhythm::School => weekday(day, 0.1, 0.05, 0.0) * month(&SCHOOL_MONTHS) * around_tet(day),
        Rhythm::Online => weekday(day, 0.5, 0.4, 0.2) * month(&OFFICE_MONTHS) * around_tet(day),
        Rhythm::Dialogue => dialogue(day),
    }
}

fn weekday(day: NaiveDate, saturday: f64, sunday: f64, holiday: f64) -> f64 {
    match (day.weekday(), is_working_day(day)) {
        // Also a Saturday worked in exchange for a bridge day.
        (Weekday::Mon, true) => 1.25,
        (Weekday::Tue, true) => 1.1,
        (Weekday::Fri, true) => 0.9,
        (_, true) => 1.0,
        (Weekday::Sat, false) => saturday,
        (Weekday::Sun, false) => sunday,
        (_, false) => holiday,
    }
}

/// Nobody during Tết itself, few in the week before and the week after.
fn around_tet(day: NaiveDate) -> f64 {
    let from_tet =
        TET.iter().map(|&tet| day.signed_duration_since(civil(tet)).num_days()).min_by_key(|days| days.abs());
    match from_tet {
        Some(-1..=4) => 0.0,
        Some(-8..=-2) => 0.35,
        Some(5..=11) => 0.5,
        _ => 1.0,
    }
}

fn dialogue(day: NaiveDate) -> f64 {
    // Most answer in the hall, some on the four days after.
    let share = [1.0, 0.3, 0.15, 0.1, 0.05];
    let held = |day: NaiveDate| {
        DIALOGUE_MONTHS.contains(&day.month()) && day.weekday() == Weekday::Fri && (15..=21).contains(&day.day())
    };
    share
        .iter()
        .zip(0_u64..)
        .find(|(_, back)| day.checked_sub_days(Days::new(*back)).is_some_and(held))
        .map_or(0.0, |(share, _)| *share)
}
