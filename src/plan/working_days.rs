//! Vietnamese working days: how many are left until a report is due.
//!
//! Saturdays and Sundays are off, and the days of the table below. The table is data: a new year is a few more
//! rows. It holds what offices of the state keep, which is more than the law alone: the Prime Minister sets the
//! Tết and National Day breaks every year, and bridges are made by working on a Saturday.
//!
//! # Source
//! Labour Code 45/2019/QH14, article 112 (1 January, Tết 5 days, 30 April, 1 May, 2 September and the day
//! before or after it, the 10th of the third lunar month) and article 111.3 (a holiday on a day off is made good on
//! the next working day). Lunar days by the new moons of UTC+7: Tết falls on 29/01/2025, 17/02/2026 and
//! 06/02/2027, the Hùng Kings' day on 07/04/2025, 26/04/2026 and 16/04/2027.
//!
//! # Assumed
//! 2027 was not announced when this was written: one day of Tết before New Year and four from it, 3 September
//! beside the 2nd. 24 November (Vietnamese Culture Day, Politburo resolution 80-NQ/TW of 07/01/2026) is taken as
//! off from 2026 on; a day off too many makes the count-down shorter, never the report late. Outside the years
//! of the table only the holidays of the solar calendar are known.

use chrono::{Datelike, NaiveDate, Weekday};

use super::Period;

/// How sure a day off is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// Follows from the Labour Code alone.
    Law,
    /// Announced for offices of the state.
    Announced,
    /// Our assumption until it is announced.
    Assumed,
}

/// First and last year of the table.
const YEARS: (i32, i32) = (2025, 2027);

/// One row: year, month, day, why, how sure.
type Row = (i32, u32, u32, Why, Basis);

/// What a day off is for: by this the rows are held to what the law gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// New Year's Day, Tết Dương lịch.
    NewYear,
    /// Tết Nguyên đán.
    Tet,
    /// The Hùng kings' commemoration, Giỗ Tổ Hùng Vương.
    HungKings,
    /// Victory Day, Ngày Chiến thắng.
    Victory,
    /// International Labour Day, Ngày Quốc tế Lao động.
    Labour,
    /// National Day, Quốc khánh.
    National,
    /// Vietnamese Culture Day, Ngày Văn hóa Việt Nam.
    Culture,
    /// A holiday fell on a day off.
    MadeGood,
    /// A working day between holidays, worked on a Saturday instead.
    Bridge,
}

use Basis::{Announced, Assumed, Law};
use Why::{Bridge, Culture, HungKings, Labour, MadeGood, National, NewYear, Tet, Victory};

const DAYS_OFF: [Row; 40] = [
    (2025, 1, 1, NewYear, Law),
    (2025, 1, 27, Tet, Announced),
    (2025, 1, 28, Tet, Announced),
    (2025, 1, 29, Tet, Announced),
    (2025, 1, 30, Tet, Announced),
    (2025, 1, 31, Tet, Announced),
    (2025, 4, 7, HungKings, Law),
    (2025, 4, 30, Victory, Law),
    (2025, 5, 1, Labour, Law),
    (2025, 5, 2, Bridge, Announced),
    (2025, 9, 1, National, Announced),
    (2025, 9, 2, National, Law),
    (2026, 1, 1, NewYear, Law),
    (2026, 1, 2, Bridge, Announced),
    (2026, 2, 16, Tet, Announced),
    (2026, 2, 17, Tet, Announced),
    (2026, 2, 18, Tet, Announced),
    (2026, 2, 19, Tet, Announced),
    (2026, 2, 20, Tet, Announced),
    (2026, 4, 26, HungKings, Law),
    (2026, 4, 27, MadeGood, Law),
    (2026, 4, 30, Victory, Law),
    (2026, 5, 1, Labour, Law),
    (2026, 8, 31, Bridge, Announced),
    (2026, 9, 1, National, Announced),
    (2026, 9, 2, National, Law),
    (2026, 11, 24, Culture, Assumed),
    (2027, 1, 1, NewYear, Law),
    (2027, 2, 5, Tet, Assumed),
    (2027, 2, 8, Tet, Assumed),
    (2027, 2, 9, Tet, Assumed),
    (2027, 2, 10, MadeGood, Assumed),
    (2027, 2, 11, MadeGood, Assumed),
    (2027, 4, 16, HungKings, Law),
    (2027, 4, 30, Victory, Law),
    (2027, 5, 1, Labour, Law),
    (2027, 5, 3, MadeGood, Law),
    (2027, 9, 2, National, Law),
    (2027, 9, 3, National, Assumed),
    (2027, 11, 24, Culture, Assumed),
];

/// Saturdays on which offices work in exchange for a bridge day.
const WORKED_SATURDAYS: [(i32, u32, u32); 3] = [(2025, 4, 26), (2026, 1, 10), (2026, 8, 22)];

/// Holidays of the solar calendar, for years outside the table.
const SOLAR: [(u32, u32); 4] = [(1, 1), (4, 30), (5, 1), (9, 2)];

/// The days off of a year of the table, weekends left out, with what for and how sure they are; empty for other years.
#[cfg(test)]
pub(super) fn days_off(year: i32) -> Vec<(NaiveDate, Why, Basis)> {
    let rows = DAYS_OFF.iter().filter(|(of, ..)| *of == year);
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a civil day");
    rows.map(|(_, month, of_month, why, basis)| (day(*month, *of_month), *why, *basis)).collect()
}

/// Whether the calendar of a year rests on an assumption, so that a count-down in it is approximate.
pub fn is_assumed(year: i32) -> bool {
    let inside = (YEARS.0..=YEARS.1).contains(&year);
    !inside || DAYS_OFF.iter().any(|(of, _, _, _, basis)| *of == year && *basis == Assumed)
}

/// Whether offices work on a day.
pub fn is_working_day(day: NaiveDate) -> bool {
    let date = (day.year(), day.month(), day.day());
    if WORKED_SATURDAYS.contains(&date) {
        return true;
    }
    if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        return false;
    }
    if (YEARS.0..=YEARS.1).contains(&day.year()) {
        !DAYS_OFF.iter().any(|(year, month, day, ..)| (*year, *month, *day) == date)
    } else {
        !SOLAR.contains(&(day.month(), day.day()))
    }
}

/// Working days still to come until a due day: those after today, the due day included.
///
/// 0 on the due day itself, or when only days off are left; negative when it is past: then the working days since
/// it, today included.
pub fn working_days_left(today: NaiveDate, due: NaiveDate) -> i64 {
    if due >= today { count(today, due) } else { -count(due, today) }
}

impl Period {
    /// Working days left until its report is due, as [`working_days_left`]; none where nothing is due.
    pub fn working_days_left(&self, today: NaiveDate) -> Option<i64> {
        self.due.map(|due| working_days_left(today, due))
    }
}

/// Working days after one day up to and including another.
fn count(after: NaiveDate, upto: NaiveDate) -> i64 {
    let days = after.iter_days().skip(1).take_while(|day| *day <= upto);
    let days = days.filter(|day| is_working_day(*day)).count();
    i64::try_from(days).unwrap_or(i64::MAX)
}
