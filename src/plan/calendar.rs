//! The calendars that reporting periods usually follow, and what a calendar of periods should be looked at for: days that no
//! period counts, reports due on days off.

use chrono::{Days, NaiveDate};

use super::working_days::{is_assumed, is_working_day};
use super::{Period, Plan};
use chrono::Datelike;

/// A usual calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// From 15 December to the 14th of the last month, reported by the 18th: what Hà Nội's wards are told.
    FromDecember15,
    /// From 1 January to the last day of the month before the last, reported before the 10th.
    MonthBefore,
    /// Civil quarters.
    Civil,
}

impl Calendar {
    /// Every one with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("december", Self::FromDecember15), ("month-before", Self::MonthBefore), ("civil", Self::Civil)];

    /// The periods of a year: quarter I, 6 months, quarter III, year.
    pub fn periods(self, year: i32) -> Vec<Period> {
        type Days = ((i32, u32, u32), (i32, u32, u32), Option<(i32, u32, u32)>);
        let y = year;
        let rows: [(&str, Days); 4] = match self {
            Self::FromDecember15 => [
                ("q1", ((y - 1, 12, 15), (y, 3, 14), Some((y, 3, 18)))),
                ("h1", ((y - 1, 12, 15), (y, 6, 14), Some((y, 6, 18)))),
                ("q3", ((y, 6, 15), (y, 9, 14), Some((y, 9, 18)))),
                ("year", ((y - 1, 12, 15), (y, 12, 14), Some((y, 12, 18)))),
            ],
            Self::MonthBefore => [
                // The last day of February is the day before 1 March.
                ("q1", ((y, 1, 1), (y, 2, 28), Some((y, 3, 9)))),
                ("h1", ((y, 1, 1), (y, 5, 31), Some((y, 6, 9)))),
                ("q3", ((y, 6, 1), (y, 8, 31), Some((y, 9, 9)))),
                ("year", ((y, 1, 1), (y, 11, 30), Some((y, 12, 9)))),
            ],
            Self::Civil => [
                ("q1", ((y, 1, 1), (y, 3, 31), None)),
                ("h1", ((y, 1, 1), (y, 6, 30), None)),
                ("q3", ((y, 7, 1), (y, 9, 30), None)),
                ("year", ((y, 1, 1), (y, 12, 31), None)),
            ],
        };
        let day = |(year, month, day): (i32, u32, u32)| {
            let found = NaiveDate::from_ymd_opt(year, month, day)?;
            let last_of_february = month == 2 && day == 28;
            Some(if last_of_february { NaiveDate::from_ymd_opt(year, 3, 1)?.pred_opt()? } else { found })
        };
        let period = |(kind, (from, to, due)): (&str, Days)| {
            let due = match due {
                Some(due) => Some(day(due)?),
                None => None,
            };
            let key = format!("{year}-{kind}");
            Some(Period { key, from: day(from)?, to: day(to)?, due, assumed: true, clause: "–".to_owned() })
        };
        rows.into_iter().filter_map(period).collect()
    }
}

/// What somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Days of the plan that no period counts.
    Uncounted {
        /// The first of them.
        from: NaiveDate,
        /// The last of them.
        to: NaiveDate,
    },
    /// A report is due on a day on which offices are closed.
    DueOnDayOff {
        period: Period,
        /// The last working day before.
        before: NaiveDate,
    },
    /// Fewer than three working days between cut-off and due day.
    LittleTime {
        period: Period,
        /// How many.
        working_days: i64,
    },
    /// The days off of a year are not announced yet.
    CalendarAssumed(i32),
}

/// What to look at in the periods of a plan.
pub fn remarks(plan: &Plan) -> Vec<Remark> {
    let mut found = Vec::new();
    if !plan.periods.is_empty() {
        found.extend(uncounted(plan).into_iter().map(|(from, to)| Remark::Uncounted { from, to }));
    }
    for period in &plan.periods {
        let Some(due) = period.due else { continue };
        if !is_working_day(due) {
            let mut before = due;
            while !is_working_day(before) {
                before = before.checked_sub_days(Days::new(1)).unwrap_or(before);
            }
            found.push(Remark::DueOnDayOff { period: period.clone(), before });
        }
        let days = i64::try_from(
            period.to.iter_days().skip(1).take_while(|day| *day <= due).filter(|day| is_working_day(*day)).count(),
        )
        .unwrap_or(0);
        if days < 3 {
            found.push(Remark::LittleTime { period: period.clone(), working_days: days });
        }
    }
    let mut years: Vec<i32> = plan.periods.iter().filter_map(|period| period.due).map(|due| due.year()).collect();
    years.sort_unstable();
    years.dedup();
    found.extend(years.into_iter().filter(|year| is_assumed(*year)).map(Remark::CalendarAssumed));
    found
}

/// The runs of days of a plan that lie in none of its periods. Days after the last cut-off belong to the plan that follows.
fn uncounted(plan: &Plan) -> Vec<(NaiveDate, NaiveDate)> {
    let mut spans: Vec<(NaiveDate, NaiveDate)> = plan.periods.iter().map(|period| (period.from, period.to)).collect();
    spans.sort_unstable();
    let mut runs = Vec::new();
    let mut next = plan.from;
    for (from, to) in spans {
        if from > next
            && let Some(last) = from.pred_opt()
        {
            runs.push((next, last));
        }
        next = next.max(to.succ_opt().unwrap_or(to));
    }
    runs
}
