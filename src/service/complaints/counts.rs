//! Complaints counted by unit, month and period.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::cases::State;
use crate::cases::count::{Counts, Facts, counts};
use crate::cases::deadline::between;
use crate::db::{Complaint, Db, DbError};
use crate::plan::working_days::is_working_day;

/// The counts of one unit, as a row.
#[derive(Debug, Clone, PartialEq)]
pub struct CountLine {
    /// The unit that answers; none for cases that no office was given.
    pub unit: Option<i32>,
    pub counts: Counts,
}

/// What of a complaint is counted.
pub fn facts(case: &Complaint) -> Facts {
    let received_on = case.key.day;
    Facts {
        state: case.state,
        received_on,
        // What came before there were due days is late once it is not decided: it was never given one.
        due: case.due.unwrap_or(received_on),
        waiting_since: case.waiting_since,
        decided_on: case.decided_on,
        was_late: case.was_late,
        published: case.published_on.is_some(),
        days_taken: case.decided_on.map(|on| between(received_on, on, is_working_day)),
        rating: case.rating,
    }
}

/// The complaints to `ward` that came in these days: all of them, then by the office that answers.
pub fn by_unit(
    db: &Db,
    ward: i32,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<(Counts, Vec<CountLine>), DbError> {
    let cases = db.complaints_of_days(ward, from, to)?;
    let all: Vec<Facts> = cases.iter().map(facts).collect();
    let mut units: Vec<Option<i32>> = cases.iter().map(office_of).collect();
    units.sort_unstable();
    units.dedup();
    let line = |unit: Option<i32>| {
        let of_unit: Vec<Facts> = cases.iter().filter(|case| office_of(case) == unit).map(facts).collect();
        CountLine { unit, counts: counts(&of_unit, today) }
    };
    Ok((counts(&all, today), units.into_iter().map(line).collect()))
}

/// Who answers: the office that has it, else the one that received it.
fn office_of(case: &Complaint) -> Option<i32> {
    case.lead.or(case.desk)
}

/// The complaints to `ward` of a period as they stood at the end of `until` or stand now, those of `offices` only where they are
/// given.
pub fn of_period(
    db: &Db,
    ward: i32,
    offices: Option<&[i32]>,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<Counts, DbError> {
    let cases = db.complaints_of_days(ward, from, to.min(today))?;
    let asked = |case: &&Complaint| offices.is_none_or(|ids| office_of(case).is_some_and(|unit| ids.contains(&unit)));
    let of_period: Vec<Facts> = cases.iter().filter(asked).map(facts).collect();
    Ok(counts(&of_period, today))
}

/// The first and last day of the month that `day` lies in.
pub fn month_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day - Days::new(u64::from(day.day0()));
    (first, first + Months::new(1) - Days::new(1))
}

/// Whether a case still asks something of somebody in the office.
pub fn is_owed(case: &Complaint) -> bool {
    case.state.is_open() || case.state == State::Approved
}
