//! The order of arrival taken out of the days that may still get answers, once an hour where there were new ones.

use chrono::{Days, NaiveDate};

use crate::db::{Db, DbError};

/// An answer kept offline may be of three days ago; one more for a round that was left out.
const DAYS_BACK: u64 = 4;
/// A running day of a unit with more sheets waits until it is over: writing as many anew holds other answers up for a second
/// or so.
const RUNNING_DAY_MAX: u64 = 20_000;

/// Writes anew what got answers since the last round, by whichever server, for as long as `go_on` says; how many sheets that were.
pub fn order_round(db: &Db, today: NaiveDate, go_on: &dyn Fn() -> bool) -> Result<usize, DbError> {
    let mut written = 0;
    for (unit, day, sheets) in db.days_in_order_of_arrival(today - Days::new(DAYS_BACK), today)? {
        if !go_on() {
            break;
        }
        let waits = day == today && sheets > RUNNING_DAY_MAX;
        if !waits {
            written += db.forget_order(unit, day)?;
        }
    }
    db.clear_old_rows()?;
    Ok(written)
}
