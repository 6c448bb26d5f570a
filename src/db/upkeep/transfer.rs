//! The way between SQLite and PostgreSQL, there and back: every table, in one transaction, counted and recounted before it counts.
//!
//! It knows no table by name: a table that a later migration adds comes along. Rows travel as JSON, which the one engine makes and
//! the other reads, each value by the type of its column; only names of our own schema stand in the text of a statement. Rows are
//! read and written some thousands at a time, so that memory stays flat.

use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};

use super::doctor;
use crate::clock;
use crate::db::engine::conn::{
    Conn, Manager, claim_slot, lock_out_answers, others_write, read_transaction, write_transaction,
};
use crate::db::engine::lock::ServerLock;
use crate::db::engine::meta;
use crate::db::engine::migrate::{migrate, newest, require_head};
use crate::db::engine::place::{is_full, named, require_there};
use crate::db::reference::questionnaires;
use crate::db::{DatabaseUrl, Db, DbError, TransferRefused};

/// Rows in one statement: about a megabyte of JSON.
const ROWS_PER_STATEMENT: usize = 2_000;
/// Bytes of JSON after which a statement is sent with fewer rows: files of closed periods are large.
const BYTES_PER_STATEMENT: usize = 4 * 1024 * 1024;
/// Kept by the migrations of each engine itself.
const NOT_MOVED: &str = "__diesel_schema_migrations";
/// Key in `meta` of a database that was moved away: where to and when.
const MOVED_TO: &str = "moved_to";

/// Why the mark is refused where the database is served again.
const OTHERS: &str = "a server or a command that writes was started on it";

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Rows of every table, by its name.
    pub tables: Vec<(String, u64)>,
    /// Sheets, every one recounted in the new place.
    pub sheets: u64,
}

/// How far a move is: the table, its rows that have arrived, and its rows in all.
pub type Progress<'a> = &'a mut dyn FnMut(&str, u64, u64);

/// Copies all that the database `from` holds into the empty database `to` of the other engine, which is migrated first.
///
/// One transaction: either all of it is there, with every tally equal to the recount of the sheets and every reference
/// leading somewhere, or nothing. `from` is only read. Refused while a server serves it, where it was moved away before, and where
/// `to` holds anything.
pub fn transfer(from: &DatabaseUrl, to: &DatabaseUrl, progress: Progress<'_>) -> Result<Moved, DbError> {
    match (from.file(), to.file()) {
        (Some(_), Some(_)) => return Err(TransferRefused::BothSqlite.into()),
        (None, None) => return Err(TransferRefused::BothPostgres.into()),
        (Some(file), None) => require_there(file)?,
        _ => {}
    }
    let _lock = from.file().or(to.file()).map(ServerLock::take).transpose()?;
    let mut source = Manager(from.clone()).open()?;
    require_head(&mut source)?;
    require_unserved(from, &mut source)?;
    if let Some(place) = meta::find(&mut source, MOVED_TO)? {
        return Err(TransferRefused::MovedAway(place).into());
    }
    // Of the two databases the one that is out of reach is named.
    let there = |error| match error {
        DbError::Unavailable(words) if to.file().is_none() => DbError::Unavailable(format!("--to {to}: {words}")),
        error => error,
    };
    migrate(to).map_err(there)?;
    let mut target = Manager(to.clone()).open().map_err(there)?;
    let moved = read_transaction(&mut source, |source| {
        write_transaction(&mut target, |target| {
            let tables = match (source, &mut *target) {
                (Conn::Sqlite(source), Conn::Postgres(target)) => to_postgres(source, target, progress)?,
                (Conn::Postgres(source), Conn::Sqlite(target)) => to_sqlite(source, target, progress)?,
                _ => return Err(DbError::Failed("a move runs between two engines".into())),
            };
            let (findings, sheets) = doctor::check_data_within(target, &questionnaires::Cache::default())?;
            let bad = findings.into_iter().filter(|finding| !finding.well).map(|finding| finding.words);
            let bad = bad.collect::<Vec<_>>().join("; ");
            if bad.is_empty() { Ok(Moved { tables, sheets }) } else { Err(TransferRefused::Unsound(bad).into()) }
        })
    });
    // Only SQLite says so, and it writes only where it is moved to.
    moved.map_err(|error| to.file().filter(|_| is_full(&error)).map_or(error.clone(), |file| named(file, error)))
}

/// On PostgreSQL whoever writes holds a slot, and so does this connection from here on. The file of SQLite has its lock.
fn require_unserved(url: &DatabaseUrl, conn: &mut Conn) -> Result<(), DbError> {
    claim_slot(conn)?;
    if others_write(conn)? { Err(DbError::ServerRunning(url.to_string())) } else { Ok(()) }
}

/// [`Db::require_not_moved`] of a database that is of any version of the program. One that is not there, or holds nothing, was not moved;
/// it is left as it is.
pub fn require_not_moved(url: &DatabaseUrl) -> Result<(), DbError> {
    if url.file().is_some_and(|file| std::fs::metadata(file).map_or(true, |file| file.len() == 0)) {
        return Ok(());
    }
    let mut conn = Manager(url.clone()).open()?;
    if newest(&mut conn)?.is_none() {
        return Ok(());
    }
    meta::find(&mut conn, MOVED_TO)?.map_or(Ok(()), |place| Err(TransferRefused::MovedAway(place).into()))
}

impl Db {
    /// Marks a database as moved away to `to`: no server is started on it any more. In one transaction with the look that nobody else
    /// writes and that the tables hold as many rows as were moved; refused where something was stored meanwhile.
    pub fn mark_moved(&self, to: &DatabaseUrl, moved: &Moved) -> Result<(), DbError> {
        let words = format!("{to} on {}", clock::date_and_time(clock::now()));
        let tables = moved.tables.clone();
        let meanwhile = |why: String| DbError::from(TransferRefused::Meanwhile(why));
        let lock = self.url().file().map(ServerLock::take).transpose();
        let _lock = lock.map_err(|error| match error {
            DbError::ServerRunning(_) => meanwhile(OTHERS.to_owned()),
            error => error,
        })?;
        self.write(move |conn| {
            lock_out_answers(conn)?;
            if others_write(conn)? {
                return Err(meanwhile(OTHERS.to_owned()));
            }
            for (table, rows) in tables {
                let now: Count = diesel::sql_query(count_sql(&table)).get_result(conn)?;
                if counted(&now) != rows {
                    return Err(meanwhile(format!("table {table} had {rows} rows and has {}", counted(&now))));
                }
            }
            meta::keep(conn, MOVED_TO, &words)
        })
    }

    /// Takes the mark of [`Db::mark_moved`] away; whether there was one.
    pub fn unmark_moved(&self) -> Result<bool, DbError> {
        self.write(|conn| meta::forget(conn, MOVED_TO))
    }

    /// Why nothing is to be written here, where the database was moved away; what is read is of before.
    pub fn moved(&self) -> Result<Option<TransferRefused>, DbError> {
        Ok(self.meta(MOVED_TO)?.map(TransferRefused::MovedAway))
    }

    /// Refuses a database that was moved away: what would be stored in it, nobody would see. The writer's slot is claimed by now, and the
    /// writer asks: a move that is about to set its mark is waited for, or sees the slot.
    pub fn require_not_moved(&self) -> Result<(), DbError> {
        match self.write(|conn| meta::find(conn, MOVED_TO))? {
            Some(place) => Err(TransferRefused::MovedAway(place).into()),
            None => Ok(()),
        }
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// The tables to move, by name; both engines have the same.
fn tables(sqlite: &mut SqliteConnection) -> Result<Vec<String>, DbError> {
    let names: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> ? \
         ORDER BY name",
    )
    .bind::<Text, _>(NOT_MOVED)
    .load(sqlite)?;
    Ok(names.into_iter().map(|name| name.name).collect())
}

/// Columns of a table in SQLite, each as `template` has it for bytes and for everything else.
fn columns(sqlite: &mut SqliteConnection, table: &str, bytes: &str, other: &str) -> Result<String, DbError> {
    let columns: Vec<Name> = diesel::sql_query(
        "SELECT replace(CASE type WHEN 'BLOB' THEN ? ELSE ? END, '{}', name) AS name FROM pragma_table_info(?) ORDER BY cid",
    )
    .bind::<Text, _>(bytes)
    .bind::<Text, _>(other)
    .bind::<Text, _>(table)
    .load(sqlite)?;
    Ok(columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(", "))
}

/// The columns of a table's key.
fn key(sqlite: &mut SqliteConnection, table: &str) -> Result<String, DbError> {
    let key: Vec<Name> = diesel::sql_query("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")
        .bind::<Text, _>(table)
        .load(sqlite)?;
    Ok(key.into_iter().map(|column| column.name).collect::<Vec<_>>().join(", "))
}

fn count_sql(table: &str) -> String {
    format!("SELECT count(*) AS count FROM {table}")
}

fn counted(found: &Count) -> u64 {
    u64::try_from(found.count).unwrap_or(0)
}

/// Rows gathered until they are worth a statement.
#[derive(Default)]
struct Pile {
    rows: Vec<String>,
    bytes: usize,
}

impl Pile {
    /// Takes a row; the rows as one JSON array once there are enough.
    fn take(&mut self, row: String) -> Option<String> {
        self.bytes += row.len();
        self.rows.push(row);
        (self.rows.len() == ROWS_PER_STATEMENT || self.bytes >= BYTES_PER_STATEMENT).then(|| self.all())
    }

    /// All that is there, as one JSON array.
    fn all(&mut self) -> String {
        let array = format!("[{}]", self.rows.join(","));
        *self = Self::default();
        array
    }
}

fn to_postgres(
    source: &mut SqliteConnection,
    target: &mut PgConnection,
    progress: Progress<'_>,
) -> Result<Vec<(String, u64)>, DbError> {
    let names = tables(source)?;
    for name in &names {
        if counted(&diesel::sql_query(count_sql(name)).get_result(target)?) > 0 {
            return Err(TransferRefused::NotEmpty { table: name.clone() }.into());
        }
    }
    // Rows may refer to rows that come later, also within a table. The references are put back, and thereby checked, when
    // all rows are there.
    let references: Vec<Reference> = diesel::sql_query(
        "SELECT conrelid::regclass::text AS of, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition \
         FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace \
         ORDER BY conrelid::regclass::text, conname",
    )
    .load(target)?;
    for Reference { of, name, .. } in &references {
        target.batch_execute(&format!("ALTER TABLE {of} DROP CONSTRAINT {name}"))?;
    }
    let mut moved = Vec::new();
    for table in names {
        let in_all = counted(&diesel::sql_query(count_sql(&table)).get_result(source)?);
        // Bytes become the text that PostgreSQL reads bytes from: \x and digits.
        let bytes = "'{}', CASE WHEN {} IS NOT NULL THEN '\\x' || hex({}) END";
        let (columns, key) = (columns(source, &table, bytes, "'{}', {}")?, key(source, &table)?);
        let rows = diesel::sql_query(format!("SELECT json_object({columns}) AS name FROM {table} ORDER BY {key}"));
        let insert = format!("INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1::json)");
        let (mut pile, mut done) = (Pile::default(), 0);
        for row in rows.load_iter::<Name, DefaultLoadingMode>(source)? {
            done += 1;
            if let Some(array) = pile.take(row?.name) {
                diesel::sql_query(&insert).bind::<Text, _>(array).execute(target)?;
                progress(&table, done, in_all);
            }
        }
        diesel::sql_query(&insert).bind::<Text, _>(pile.all()).execute(target)?;
        progress(&table, done, in_all);
        require_arrived(&table, done, counted(&diesel::sql_query(count_sql(&table)).get_result(target)?))?;
        moved.push((table, done));
    }
    for Reference { of, name, definition } in &references {
        target.batch_execute(&format!("ALTER TABLE {of} ADD CONSTRAINT {name} {definition}"))?;
    }
    Ok(moved)
}

fn to_sqlite(
    source: &mut PgConnection,
    target: &mut SqliteConnection,
    progress: Progress<'_>,
) -> Result<Vec<(String, u64)>, DbError> {
    // Bytes as \x and digits, whatever the role or the database is set to.
    source.batch_execute("SET LOCAL bytea_output = 'hex'")?;
    // Rows may refer to rows that come later; references are checked when the transaction ends.
    target.batch_execute("PRAGMA defer_foreign_keys = ON")?;
    let names = tables(target)?;
    for name in &names {
        if counted(&diesel::sql_query(count_sql(name)).get_result(target)?) > 0 {
            return Err(TransferRefused::NotEmpty { table: name.clone() }.into());
        }
    }
    let mut moved = Vec::new();
    for table in names {
        let in_all = counted(&diesel::sql_query(count_sql(&table)).get_result(source)?);
        let key = key(target, &table)?;
        let named = columns(target, &table, "{}", "{}")?;
        let values = columns(target, &table, "unhex(substr(value ->> '{}', 3))", "value ->> '{}'")?;
        let insert = format!("INSERT INTO {table} ({named}) SELECT {values} FROM json_each(?)");
        // A cursor: the client library would hold the whole table.
        source.batch_execute(&format!(
            "DECLARE moving CURSOR FOR SELECT row_to_json({table})::text AS name FROM {table} ORDER BY {key}"
        ))?;
        let (mut pile, mut done) = (Pile::default(), 0);
        loop {
            let rows: Vec<Name> = diesel::sql_query("FETCH 200 FROM moving").load(source)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                done += 1;
                if let Some(array) = pile.take(row.name) {
                    diesel::sql_query(&insert).bind::<Text, _>(array).execute(target)?;
                    progress(&table, done, in_all);
                }
            }
        }
        source.batch_execute("CLOSE moving")?;
        diesel::sql_query(&insert).bind::<Text, _>(pile.all()).execute(target)?;
        progress(&table, done, in_all);
        require_arrived(&table, done, counted(&diesel::sql_query(count_sql(&table)).get_result(target)?))?;
        moved.push((table, done));
    }
    Ok(moved)
}

fn require_arrived(table: &str, here: u64, there: u64) -> Result<(), DbError> {
    if there == here {
        return Ok(());
    }
    Err(DbError::Failed(format!("table {table} has {here} rows, {there} of which arrived")))
}
