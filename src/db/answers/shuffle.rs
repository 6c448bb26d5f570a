//! The order of arrival taken out of what is stored. Rows are written as answers come; by their keys nobody can tell when, but
//! the place of a row within its page (SQLite) or its table (PostgreSQL), and the transaction that wrote it (PostgreSQL),
//! tell it to whoever holds a copy. So a day's rows are written anew from time to time, all in one transaction, in
//! the order of their random keys.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::dsl::count_star;
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::sheet::{SheetRow, is_whole};
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::meta;
use crate::db::engine::schema::{comment, order_done, sheet, unit};
use crate::db::{Db, DbError, day};

/// Rows in one statement: 1 000 × 14 columns stays below SQLite's 32 766 bound values.
const ROWS_PER_STATEMENT: usize = 1_000;

/// All of a comment.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = comment, treat_none_as_default_value = false)]
struct CommentRow {
    unit_id: i32,
    day: i32,
    random: i64,
    body: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sheet)]
struct DayStored {
    unit_id: i32,
    day: i32,
    #[diesel(select_expression = count_star(), select_expression_type = count_star)]
    sheets: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = order_done)]
struct DayDone {
    unit_id: i32,
    day: i32,
    sheets: i64,
}

impl Db {
    /// The units and civil days from `from` to `to` with another number of sheets than when their rows were last written anew, with
    /// that number. What is known of earlier days is forgotten.
    pub fn days_in_order_of_arrival(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(i32, NaiveDate, u64)>, DbError> {
        let (from, to) = (day::day_number(from), day::day_number(to));
        let (stored, done, old) = self.read(|conn| {
            // The units are named so that each engine goes by the key, which begins with them.
            let units = unit::table.select(unit::id);
            let stored: Vec<DayStored> = sheet::table
                .filter(sheet::unit_id.eq_any(units))
                .filter(sheet::day.between(from, to))
                .group_by((sheet::unit_id, sheet::day))
                .select(DayStored::as_select())
                .order((sheet::unit_id, sheet::day))
                .load(conn)?;
            let done: Vec<DayDone> = order_done::table
                .select(DayDone::as_select())
                .order((order_done::unit_id, order_done::day))
                .load(conn)?;
            let old = done.iter().any(|done| done.day < from);
            let done: HashMap<(i32, i32), i64> =
                done.into_iter().map(|done| ((done.unit_id, done.day), done.sheets)).collect();
            Ok((stored, done, old))
        })?;
        if old {
            self.write(move |conn| {
                Ok(diesel::delete(order_done::table.filter(order_done::day.lt(from))).execute(conn)?)
            })?;
        }
        let changed = stored.into_iter().filter(|row| done.get(&(row.unit_id, row.day)) != Some(&row.sheets));
        Ok(changed.map(|row| (row.unit_id, day::date_of(row.day), row.sheets.unsigned_abs())).collect())
    }

    /// Writes the sheets and comments of a unit's day anew, in the order of their keys, and notes that it was done; how many sheets.
    /// Nothing that anybody sees changes.
    pub fn forget_order(&self, unit: i32, day: NaiveDate) -> Result<usize, DbError> {
        let day = day::day_number(day);
        // Without the lock of whoever changes other things: one of those may stand before answers in their queue.
        self.writer().run_in_slot(move |conn, _| {
            // Taken out by the statement that reads them: what another writer stores meanwhile stays where it is.
            let mut sheets: Vec<SheetRow> = on_backend!(conn, |c| {
                diesel::delete(sheet::table.filter(sheet::unit_id.eq(unit)).filter(sheet::day.eq(day)))
                    .returning(SheetRow::as_returning())
                    .get_results(c)
            })?;
            sheets.sort_unstable_by_key(|row| row.random);
            for rows in sheets.chunks(ROWS_PER_STATEMENT) {
                on_backend!(conn, |c| diesel::insert_into(sheet::table).values(rows).execute(c))?;
            }
            let mut comments: Vec<CommentRow> = on_backend!(conn, |c| {
                diesel::delete(comment::table.filter(comment::unit_id.eq(unit)).filter(comment::day.eq(day)))
                    .returning(CommentRow::as_returning())
                    .get_results(c)
            })?;
            comments.sort_unstable_by_key(|row| row.random);
            for rows in comments.chunks(ROWS_PER_STATEMENT) {
                on_backend!(conn, |c| diesel::insert_into(comment::table).values(rows).execute(c))?;
            }
            let written = order_done::sheets.eq(i64::try_from(sheets.len()).unwrap_or(i64::MAX));
            on_backend!(conn, |c| {
                diesel::insert_into(order_done::table)
                    .values((order_done::unit_id.eq(unit), order_done::day.eq(day), written))
                    .on_conflict((order_done::unit_id, order_done::day))
                    .do_update()
                    .set(written)
                    .execute(c)
            })?;
            owe_clearing(conn)?;
            Ok(sheets.len())
        })
    }

    /// Clears away what rows written anew left behind, where it was not done since: empties the write-ahead log of SQLite, has PostgreSQL take
    /// old versions of rows out of its tables. Where a reader is in the way, or it fails, it is still owed.
    pub fn clear_old_rows(&self) -> Result<(), DbError> {
        let Some(owed) = self.meta(CLEARING_OWED)? else { return Ok(()) };
        let since = owed.clone();
        if !self.read(move |conn| clear(conn, &since))? {
            return Ok(());
        }
        // Another server may have written meanwhile, and what it left is owed.
        self.write(move |conn| {
            if meta::find(conn, CLEARING_OWED)? == Some(owed) {
                meta::forget(conn, CLEARING_OWED)?;
            }
            Ok(())
        })?;
        if self.url().file().is_some() {
            // Of the log of SQLite nothing is left then but that the mark was taken away, which orders no answers; where it can, not even that.
            self.read(|conn| clear(conn, ""))?;
        }
        Ok(())
    }
}

const _: () = is_whole::<CommentRow, comment::SqlType>();

/// Under this key stands that rows were written anew and what they left was not cleared away: a program that ends in between does it in its next
/// round.
const CLEARING_OWED: &str = "rows_to_clear";

/// So often old rows of PostgreSQL are cleared away before a reader that is in the way makes the next round do it.
const CLEARING_TRIES: usize = 5;

/// Notes, within the transaction that writes rows anew, that something is to be cleared away.
pub(in crate::db) fn owe_clearing(conn: &mut Conn) -> Result<(), DbError> {
    let since = match conn {
        Conn::Sqlite(_) => "1".to_owned(),
        // From which transaction on old versions of rows are left.
        Conn::Postgres(postgres) => {
            let current = diesel::sql_query("SELECT pg_current_xact_id()::text AS number");
            current.get_result::<Transaction>(postgres)?.number
        }
    };
    meta::keep(conn, CLEARING_OWED, &since)
}

/// Whether everything is cleared away that was left up to the transaction `since`.
fn clear(conn: &mut Conn, since: &str) -> Result<bool, DbError> {
    match conn {
        // A short wait: while it waits for readers, nobody can write.
        Conn::Sqlite(sqlite) => {
            sqlite.batch_execute("PRAGMA busy_timeout = 200")?;
            let emptied = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result::<Emptied>(sqlite);
            sqlite.batch_execute("PRAGMA busy_timeout = 5000")?;
            Ok(emptied?.busy == 0)
        }
        Conn::Postgres(postgres) => {
            // A short wait here as well: a statement that happens to run is over at once.
            for _ in 0..CLEARING_TRIES {
                postgres.batch_execute("VACUUM sheet, comment, tally, day_sum, kept_share, order_done")?;
                // Whoever reads in a transaction that began before still sees the old versions, so they stay.
                let readers = diesel::sql_query(
                    "SELECT count(*) AS number FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                     AND backend_type = 'client backend' AND age(backend_xmin) >= age($1::xid8::xid)",
                );
                if readers.bind::<diesel::sql_types::Text, _>(since).get_result::<Readers>(postgres)?.number == 0 {
                    return Ok(true);
                }
                postgres.batch_execute("SELECT pg_sleep(0.1)")?;
            }
            Ok(false)
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Transaction {
    #[diesel(sql_type = diesel::sql_types::Text)]
    number: String,
}

#[derive(diesel::QueryableByName)]
struct Readers {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// What SQLite says of emptying its log.
#[derive(diesel::QueryableByName)]
struct Emptied {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}
