//! Stored sheets read one after the other, those that count, and their comments.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use chrono::NaiveDate;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl, RunQueryDsl,
    SelectableHelper,
};

use super::sheet::{Comment, Sheet, SheetFilter, SheetRow};
use super::voided;
use crate::db::engine::conn::{Conn, read_transaction};
use crate::db::engine::schema::{comment, sheet, unit};
use crate::db::{Db, DbError, day};

/// Sheets read in one step: about a quarter of a megabyte.
const PAGE: usize = 4_096;

impl Db {
    /// Shows every sheet that counts to `visit`, in the order of unit, day and random key, in flat memory and from one state
    /// of the database. `visit` may break off. Voided sheets are passed over; comments are left out. Only for tests.
    #[doc(hidden)]
    pub fn for_each_sheet(
        &self,
        filter: &SheetFilter,
        mut visit: impl FnMut(&Sheet) -> ControlFlow<()>,
    ) -> Result<(), DbError> {
        self.read(|conn| read_transaction(conn, |conn| visit_sheets(conn, filter, false, &mut visit)))
    }

    /// Number of stored sheets, voided ones included.
    pub fn count_sheets(&self) -> Result<u64, DbError> {
        let count: i64 = self.read(|conn| Ok(sheet::table.count().get_result(conn)?))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The free comments of `units` in the civil days from `from` to `to`, newest day first, at most `limit`.
    pub fn comments(&self, units: &[i32], from: NaiveDate, to: NaiveDate, limit: u32) -> Result<Vec<Comment>, DbError> {
        let (from, to) = (day::day_number(from), day::day_number(to));
        let mut comments = Vec::new();
        for unit in units {
            let rows: Vec<CommentRow> = self.read(|conn| {
                // A left join, so that an engine begins with the few comments, not with the many sheets.
                let joined = comment::table.left_join(
                    sheet::table.on(sheet::unit_id
                        .eq(comment::unit_id)
                        .and(sheet::day.eq(comment::day))
                        .and(sheet::random.eq(comment::random))),
                );
                let columns = ((sheet::point_id, sheet::field_id).nullable(), comment::day, comment::body);
                let found = joined.filter(comment::unit_id.eq(unit)).filter(comment::day.between(from, to));
                let ordered = found.order((comment::day.desc(), comment::random.desc()));
                Ok(ordered.limit(i64::from(limit)).select(columns).load(conn)?)
            })?;
            comments.extend(rows.into_iter().filter_map(|(place, day, body)| {
                let (point, field) = place?;
                Some(Comment { unit: *unit, point, field, day: day::date_of(day), body })
            }));
        }
        comments.sort_by_key(|comment| std::cmp::Reverse(comment.day));
        comments.truncate(limit as usize);
        Ok(comments)
    }
}

/// Point and field of a comment's sheet, its day and its text.
type CommentRow = (Option<(i32, i16)>, i32, String);

/// Shows every sheet of `filter` that is not voided to `visit` until it breaks off, with its comment when `comments`. Pages
/// follow the primary key.
pub(in crate::db) fn visit_sheets(
    conn: &mut Conn,
    filter: &SheetFilter,
    comments: bool,
    visit: &mut dyn FnMut(&Sheet) -> ControlFlow<()>,
) -> Result<(), DbError> {
    visit_with_release(conn, filter, comments, &mut |sheet, _| visit(sheet))
}

/// [`visit_sheets`], told the release of each as well: 0 where it waits.
pub(in crate::db) fn visit_with_release(
    conn: &mut Conn,
    filter: &SheetFilter,
    comments: bool,
    visit: &mut dyn FnMut(&Sheet, i32) -> ControlFlow<()>,
) -> Result<(), DbError> {
    let units = match &filter.units {
        Some(units) => {
            let mut units = units.clone();
            units.sort_unstable();
            units.dedup();
            units
        }
        None => unit::table.select(unit::id).order(unit::id).load(conn)?,
    };
    let first_day = filter.from.map_or(i32::MIN, day::day_number);
    let last_day = filter.to.map_or(i32::MAX, day::day_number);
    let out = voided::voided_releases(conn)?;
    for unit in units {
        let voided = voided::in_force(conn, unit, &out)?;
        let mut after = (first_day, i64::MIN);
        let mut first = true;
        loop {
            let rows = page(conn, unit, after, last_day, first)?;
            first = false;
            let Some(last) = rows.last() else { break };
            after = (last.day, last.random);
            let ended = rows.len() < PAGE;
            let mut bodies = if comments { bodies(conn, unit, &rows)? } else { HashMap::new() };
            for row in rows {
                let key = (row.day, row.random);
                let release = row.release_id;
                let mut sheet = row.sheet()?;
                sheet.comment = bodies.remove(&key);
                if !voided.covers(&sheet.key, release) && visit(&sheet, release).is_break() {
                    return Ok(());
                }
            }
            if ended {
                break;
            }
        }
    }
    Ok(())
}

/// The next sheets of a unit after a key. Row values compare as the primary key does, on both engines.
fn page(
    conn: &mut Conn,
    unit: i32,
    (day, random): (i32, i64),
    last_day: i32,
    inclusive: bool,
) -> Result<Vec<SheetRow>, DbError> {
    use diesel::dsl::sql;
    use diesel::sql_types::{BigInt, Bool, Integer};
    let compare = if inclusive { "(day, random) >= (" } else { "(day, random) > (" };
    let after = sql::<Bool>(compare).bind::<Integer, _>(day).sql(", ").bind::<BigInt, _>(random).sql(")");
    Ok(sheet::table
        .filter(sheet::unit_id.eq(unit))
        .filter(after)
        .filter(sheet::day.le(last_day))
        .order((sheet::day, sheet::random))
        .limit(PAGE.try_into().unwrap_or(i64::MAX))
        .select(SheetRow::as_select())
        .load(conn)?)
}

/// The comments of a page of sheets, by day and random key.
fn bodies(conn: &mut Conn, unit: i32, rows: &[SheetRow]) -> Result<HashMap<(i32, i64), String>, DbError> {
    let days = rows.first().zip(rows.last()).map_or((0, 0), |(first, last)| (first.day, last.day));
    let keys: HashSet<(i32, i64)> = rows.iter().map(|row| (row.day, row.random)).collect();
    let found: Vec<(i32, i64, String)> = comment::table
        .filter(comment::unit_id.eq(unit))
        .filter(comment::day.between(days.0, days.1))
        .select((comment::day, comment::random, comment::body))
        .load(conn)?;
    let found = found.into_iter().map(|(day, random, body)| ((day, random), body));
    Ok(found.filter(|(key, _)| keys.contains(key)).collect())
}
