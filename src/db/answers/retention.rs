//! How long sheets are kept: older ones and their comments are forgotten, their tallies stay, and with them every figure.

use chrono::NaiveDate;
use diesel::dsl::min;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::db::engine::conn::Conn;
use crate::db::engine::meta::keep;
use crate::db::engine::schema::{comment, meta, sheet, unit};
use crate::db::{Db, DbError, day};

/// Key in `meta` under which the first day is kept whose sheets are all there.
const KEPT_FROM: &str = "sheets_kept_from";
/// Days of a unit that are forgotten in one transaction, so that answers wait for none of them long.
const DAYS_AT_ONCE: i32 = 7;

impl Db {
    /// [`Db::forget_sheets_while`], to its end. Only for tests.
    #[doc(hidden)]
    pub fn forget_sheets_before(&self, first: NaiveDate) -> Result<usize, DbError> {
        self.forget_sheets_while(first, &|| true)
    }

    /// Forgets the sheets and comments of the days before `first`, for as long as `go_on` says; how many sheets there were. What is
    /// left goes the next time. Tallies stay. What the check-up recounts begins at `first` from now on, and never earlier again.
    pub fn forget_sheets_while(&self, first: NaiveDate, go_on: &dyn Fn() -> bool) -> Result<usize, DbError> {
        let first = day::day_number(first);
        // The horizon moves before the first sheet goes: a check-up in between must not miss what is gone.
        self.write(move |conn| match kept_from(conn)? {
            Some(known) if known >= first => Ok(()),
            _ => keep(conn, KEPT_FROM, &day::date_of(first).to_string()),
        })?;
        let units: Vec<i32> = self.read(|conn| Ok(unit::table.select(unit::id).order(unit::id).load(conn)?))?;
        let mut forgotten = 0;
        for unit in units {
            if !go_on() {
                break;
            }
            while let Some(oldest) = self.oldest_before(unit, first)? {
                if !go_on() {
                    return Ok(forgotten);
                }
                let end = first.min(oldest.saturating_add(DAYS_AT_ONCE));
                forgotten += self.write(move |conn| {
                    let comments = comment::table.filter(comment::unit_id.eq(unit)).filter(comment::day.lt(end));
                    diesel::delete(comments).execute(conn)?;
                    let sheets = sheet::table.filter(sheet::unit_id.eq(unit)).filter(sheet::day.lt(end));
                    Ok(diesel::delete(sheets).execute(conn)?)
                })?;
            }
        }
        Ok(forgotten)
    }

    /// The first day whose sheets are all there; none where nothing was ever forgotten. Whoever hands out sheets says it.
    pub fn sheets_kept_from(&self) -> Result<Option<NaiveDate>, DbError> {
        self.read(|conn| Ok(kept_from(conn)?.map(day::date_of)))
    }

    fn oldest_before(&self, unit: i32, first: i32) -> Result<Option<i32>, DbError> {
        self.read(|conn| {
            let older = sheet::table.filter(sheet::unit_id.eq(unit)).filter(sheet::day.lt(first));
            Ok(older.select(min(sheet::day)).first(conn)?)
        })
    }
}

/// The first day whose sheets are all there; none where nothing was ever forgotten.
pub(in crate::db) fn kept_from(conn: &mut Conn) -> Result<Option<i32>, DbError> {
    let kept: Option<String> = meta::table.find(KEPT_FROM).select(meta::value).first(conn).optional()?;
    let read = |text: String| {
        let date = text.parse::<NaiveDate>();
        date.map(day::day_number).map_err(|_| DbError::Damaged(format!("`{text}` in meta is no day")))
    };
    kept.map(read).transpose()
}
