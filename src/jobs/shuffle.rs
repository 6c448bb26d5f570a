//! The order of arrival taken out of the days that may still get answers, once an hour where there were new ones.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use crate::db::{Db, DbError};

/// An answer kept offline may be of three days ago; one more for a round that was left out.
const DAYS_BACK: u64 = 4;
/// A running day of a unit with more sheets waits until it is over: writing as many anew holds other answers up for a second
/// or so.
const RUNNING_DAY_MAX: u64 = 20_000;

/// How many sheets a unit and day had when they were last written anew.
#[derive(Debug, Default)]
pub struct Order {
    done: HashMap<(i32, NaiveDate), u64>,
}

impl Order {
    /// Writes anew what got answers since the last round; how many sheets that were.
    pub fn round(&mut self, db: &Db, today: NaiveDate) -> Result<usize, DbError> {
        let from = today - Days::new(DAYS_BACK);
        self.done.retain(|(_, day), _| *day >= from);
        let mut written = 0;
        for (unit, day, sheets) in db.sheets_by_day(from, today)? {
            let waits = day == today && sheets > RUNNING_DAY_MAX;
            if !waits && self.done.get(&(unit, day)) != Some(&sheets) {
                written += db.forget_order(unit, day)?;
                self.done.insert((unit, day), sheets);
            }
        }
        if written > 0 {
            db.clear_old_rows()?;
        }
        Ok(written)
    }
}
