//! The way from SQLite to PostgreSQL: every table, in one transaction, counted and recounted before it counts.
//!
//! It knows no table by name: a table that a later migration adds comes along. Rows travel as JSON, which SQLite makes and
//! PostgreSQL reads, each value by the type of its column; only names of our own schema stand in the text of a statement.

use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};

use super::doctor;
use crate::db::engine::conn::{Conn, Manager, read_transaction, write_transaction};
use crate::db::engine::lock::ServerLock;
use crate::db::engine::migrate::{migrate, require_head};
use crate::db::reference::questionnaires;
use crate::db::{DatabaseUrl, DbError, TransferRefused};

/// Rows in one statement: about a megabyte of JSON.
const ROWS_PER_STATEMENT: usize = 2_000;
/// Bytes of JSON after which a statement is sent with fewer rows: files of closed periods are large.
const BYTES_PER_STATEMENT: usize = 4 * 1024 * 1024;
/// Kept by the migrations of each engine itself.
const NOT_MOVED: &str = "__diesel_schema_migrations";

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Rows of every table, by its name.
    pub tables: Vec<(String, u64)>,
    /// Sheets, every one recounted in the new place.
    pub sheets: u64,
}

/// Copies all that the SQLite database `from` holds into the empty PostgreSQL database `to`, which is migrated first.
///
/// One transaction: either all of it is there, with every tally equal to the recount of the sheets and every reference
/// leading somewhere, or nothing. `from` is only read. Refused while a server serves it, and where `to` holds anything.
pub fn transfer(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<Moved, DbError> {
    let Some(file) = from.file() else {
        return Err(TransferRefused::FromIsNotSqlite.into());
    };
    if to.file().is_some() {
        return Err(TransferRefused::ToIsSqlite.into());
    }
    if !file.exists() {
        return Err(DbError::Missing(file.display().to_string()));
    }
    let _lock = ServerLock::take(file)?;
    let mut source = Manager(from.clone()).open()?;
    require_head(&mut source)?;
    migrate(to)?;
    let mut target = Manager(to.clone()).open()?;
    read_transaction(&mut source, |source| {
        write_transaction(&mut target, |target| {
            let (Conn::Sqlite(source), Conn::Postgres(postgres)) = (source, &mut *target) else {
                return Err(DbError::Failed("a move runs from SQLite to PostgreSQL".into()));
            };
            let tables = move_tables(source, postgres)?;
            let (findings, sheets) = doctor::check_data_within(target, &questionnaires::Cache::default())?;
            let bad = findings.into_iter().filter(|finding| !finding.well).map(|finding| finding.words);
            let bad = bad.collect::<Vec<_>>().join("; ");
            if bad.is_empty() { Ok(Moved { tables, sheets }) } else { Err(TransferRefused::Unsound(bad).into()) }
        })
    })
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

fn move_tables(source: &mut SqliteConnection, target: &mut PgConnection) -> Result<Vec<(String, u64)>, DbError> {
    let names: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> ? \
         ORDER BY name",
    )
    .bind::<Text, _>(NOT_MOVED)
    .load(source)?;
    for Name { name } in &names {
        if count(target, name)? > 0 {
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
    for Name { name } in names {
        let rows = move_rows(source, target, &name)?;
        let (there, here) = (count(target, &name)?, rows);
        if there != here {
            return Err(DbError::Failed(format!("table {name} has {here} rows, {there} of which arrived")));
        }
        moved.push((name, rows));
    }
    for Reference { of, name, definition } in &references {
        target.batch_execute(&format!("ALTER TABLE {of} ADD CONSTRAINT {name} {definition}"))?;
    }
    Ok(moved)
}

fn count(target: &mut PgConnection, table: &str) -> Result<u64, DbError> {
    let found: Count = diesel::sql_query(format!("SELECT count(*) AS count FROM {table}")).get_result(target)?;
    Ok(u64::try_from(found.count).unwrap_or(0))
}

/// Moves the rows of a table in the order of its key, in flat memory.
fn move_rows(source: &mut SqliteConnection, target: &mut PgConnection, table: &str) -> Result<u64, DbError> {
    // Bytes become the text that PostgreSQL reads bytes from: \x and digits.
    let columns: Vec<Name> = diesel::sql_query(
        "SELECT '''' || name || ''', ' || CASE type WHEN 'BLOB' THEN \
         'CASE WHEN ' || name || ' IS NOT NULL THEN ''\\x'' || hex(' || name || ') END' ELSE name END AS name \
         FROM pragma_table_info(?) ORDER BY cid",
    )
    .bind::<Text, _>(table)
    .load(source)?;
    let key: Vec<Name> = diesel::sql_query("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")
        .bind::<Text, _>(table)
        .load(source)?;
    let [columns, key] =
        [columns, key].map(|names| names.into_iter().map(|column| column.name).collect::<Vec<_>>().join(", "));
    let rows = diesel::sql_query(format!("SELECT json_object({columns}) AS name FROM {table} ORDER BY {key}"));
    let insert = format!("INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1::json)");
    let (mut moved, mut waiting) = (0_u64, Vec::with_capacity(ROWS_PER_STATEMENT));
    let mut send = |waiting: &mut Vec<String>| -> Result<(), DbError> {
        if !waiting.is_empty() {
            let rows = format!("[{}]", waiting.join(","));
            diesel::sql_query(&insert).bind::<Text, _>(rows).execute(target)?;
            waiting.clear();
        }
        Ok(())
    };
    let mut bytes = 0;
    for row in rows.load_iter::<Name, DefaultLoadingMode>(source)? {
        let row = row?.name;
        bytes += row.len();
        waiting.push(row);
        moved += 1;
        if waiting.len() == ROWS_PER_STATEMENT || bytes >= BYTES_PER_STATEMENT {
            send(&mut waiting)?;
            bytes = 0;
        }
    }
    send(&mut waiting)?;
    Ok(moved)
}
