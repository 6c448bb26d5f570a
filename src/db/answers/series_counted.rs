//! Whether figures count any sheet of a series.

use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::db::engine::codes::Coded;
use crate::db::engine::parts::any_in_parts;
use crate::db::engine::schema::tally;
use crate::db::{Db, DbError, day};
use crate::sheet::tally::Series;

impl Db {
    /// Whether a sheet of `series` counts in figures of these units and days.
    pub fn counts_series(
        &self,
        units: &[i32],
        (from, to): (NaiveDate, NaiveDate),
        series: Series,
    ) -> Result<bool, DbError> {
        self.read(|conn| {
            any_in_parts(units, |some| {
                let of_series = tally::table
                    .filter(tally::unit_id.eq_any(some))
                    .filter(tally::released.eq(true))
                    .filter(tally::day.between(day::day_number(from), day::day_number(to)))
                    .filter(tally::series.eq(series.code()));
                Ok(diesel::select(exists(of_series)).get_result(conn)?)
            })
        })
    }
}
