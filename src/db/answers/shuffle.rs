//! The order of arrival taken out of what is stored. Rows are written as answers come; by their keys nobody can tell when, but
//! the place of a row within its page (SQLite) or its table (PostgreSQL), and the transaction that wrote it (PostgreSQL),
//! tell it to whoever holds a copy. So a day's rows are written anew from time to time, all in one transaction, in
//! the order of their random keys.

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl};

use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::schema::{comment, sheet, unit};
use crate::db::{Db, DbError, day};

/// Rows in one statement: 1 000 × 14 columns stays below SQLite's 32 766 bound values.
const ROWS_PER_STATEMENT: usize = 1_000;

/// A row of sheets, in the order of its columns.
#[derive(Queryable, Insertable)]
#[diesel(table_name = sheet, treat_none_as_default_value = false)]
struct SheetRow {
    unit_id: i32,
    day: i32,
    random: i64,
    point_id: i32,
    form_id: i32,
    field_id: i16,
    series: i16,
    mode: i16,
    respondent: i16,
    channel: i16,
    suspect: bool,
    answers: Vec<u8>,
    demographics: Vec<u8>,
    release_id: i32,
}

/// A row of comments, in the order of its columns.
#[derive(Queryable, Insertable)]
#[diesel(table_name = comment, treat_none_as_default_value = false)]
struct CommentRow {
    unit_id: i32,
    day: i32,
    random: i64,
    body: String,
}

impl Db {
    /// How many sheets are stored of each unit and civil day from `from` to `to`.
    pub fn sheets_by_day(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<(i32, NaiveDate, u64)>, DbError> {
        let (from, to) = (day::day_number(from), day::day_number(to));
        self.read(|conn| {
            let units: Vec<i32> = unit::table.select(unit::id).order(unit::id).load(conn)?;
            let mut found = Vec::new();
            for unit in units {
                let rows: Vec<(i32, i64)> = sheet::table
                    .filter(sheet::unit_id.eq(unit))
                    .filter(sheet::day.between(from, to))
                    .group_by(sheet::day)
                    .select((sheet::day, diesel::dsl::count_star()))
                    .order(sheet::day)
                    .load(conn)?;
                let rows = rows.into_iter();
                found.extend(rows.map(|(day, count)| (unit, day::date_of(day), u64::try_from(count).unwrap_or(0))));
            }
            Ok(found)
        })
    }

    /// Writes the sheets and comments of a unit and civil day anew, in one transaction and in the order of their random keys,
    /// so that nothing is left of the order in which they came; how many sheets there were. No value changes.
    pub fn forget_order(&self, unit: i32, day: NaiveDate) -> Result<usize, DbError> {
        let day = day::day_number(day);
        self.write(move |conn| {
            // Taken out by the statement that reads them: what another writer stores meanwhile stays where it is.
            let mut sheets: Vec<SheetRow> = on_backend!(conn, |c| {
                diesel::delete(sheet::table.filter(sheet::unit_id.eq(unit)).filter(sheet::day.eq(day)))
                    .returning(sheet::all_columns)
                    .get_results(c)
            })?;
            sheets.sort_unstable_by_key(|row| row.random);
            for rows in sheets.chunks(ROWS_PER_STATEMENT) {
                on_backend!(conn, |c| diesel::insert_into(sheet::table).values(rows).execute(c))?;
            }
            let mut comments: Vec<CommentRow> = on_backend!(conn, |c| {
                diesel::delete(comment::table.filter(comment::unit_id.eq(unit)).filter(comment::day.eq(day)))
                    .returning(comment::all_columns)
                    .get_results(c)
            })?;
            comments.sort_unstable_by_key(|row| row.random);
            for rows in comments.chunks(ROWS_PER_STATEMENT) {
                on_backend!(conn, |c| diesel::insert_into(comment::table).values(rows).execute(c))?;
            }
            Ok(sheets.len())
        })
    }

    /// Clears away what the rows written anew leave behind: empties the write-ahead log of SQLite, where no reader is in the
    /// way; has PostgreSQL take old versions of rows out of its tables.
    pub fn clear_old_rows(&self) -> Result<(), DbError> {
        self.read(|conn| {
            match conn {
                // A short wait: while it waits for readers, nobody can write.
                Conn::Sqlite(sqlite) => {
                    sqlite.batch_execute("PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE);")?;
                    sqlite.batch_execute("PRAGMA busy_timeout = 5000")?;
                }
                Conn::Postgres(postgres) => {
                    postgres.batch_execute("VACUUM sheet, comment, tally, day_sum, kept_share")?;
                }
            }
            Ok(())
        })
    }
}
