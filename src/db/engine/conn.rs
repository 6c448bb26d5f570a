//! One connection type for both engines, its pool, its settings, and the write transaction.

use std::fmt::Write;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool};
use diesel::sql_types::{Bool, Integer, Text};
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl, SqliteConnection};

use super::place::explained;
use super::url::{DatabaseUrl, Place};
use crate::db::DbError;

/// How long a SQLite connection waits for another process that writes, milliseconds. A command that writes beside a
/// running server holds the file for one batch; five seconds is far longer.
const BUSY_TIMEOUT_MS: u32 = 5_000;
/// How long a program that starts waits for another that migrates the same SQLite file, milliseconds: a large one on a slow
/// disk takes minutes, and to give up early would be to stop beside a database that is being made ready.
const MIGRATION_WAIT_MS: u32 = 300_000;
/// How long to wait for a PostgreSQL server that does not answer, seconds.
const CONNECT_TIMEOUT_S: u32 = 5;
/// First half of the advisory lock of everything but answers on PostgreSQL ("sipw" in ASCII).
const WRITE_LOCK: i32 = 0x7369_7077;
/// First half of the advisory locks that name the slots of writers ("sips" in ASCII).
const SLOT_LOCK: i32 = 0x7369_7073;

/// A connection to either engine. The same query text runs on both; what cannot is in [`on_backend!`].
#[derive(diesel::MultiConnection)]
pub(in crate::db) enum Conn {
    /// PostgreSQL first: SQLite would take any text for a path.
    Postgres(PgConnection),
    /// SQLite, compiled in.
    Sqlite(SqliteConnection),
}

/// Writes the same expression once per engine: for upserts and lists of rows, which the enum cannot do.
macro_rules! on_backend {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::db::engine::conn::Conn::Postgres($inner) => $body,
            $crate::db::engine::conn::Conn::Sqlite($inner) => $body,
        }
    };
}
pub(in crate::db) use on_backend;

/// Opens connections of one address; the scheme chooses the engine.
#[derive(Debug, Clone)]
pub(in crate::db) struct Manager(pub(in crate::db) DatabaseUrl);

pub(in crate::db) type Readers = Pool<Manager>;

impl Manager {
    pub(in crate::db) fn open(&self) -> Result<Conn, DbError> {
        match self.0.place() {
            Place::Sqlite(path) => {
                let name = path.to_str().ok_or_else(|| DbError::Url("DATABASE_URL: the path is not UTF-8".into()))?;
                let opened = SqliteConnection::establish(name).map_err(DbError::from);
                opened.and_then(|conn| settled(Conn::Sqlite(conn))).map_err(|error| explained(path, error))
            }
            Place::SqliteToRead(reading) => {
                let uri = reading.uri().ok_or_else(|| DbError::Url("DATABASE_URL: the path is not UTF-8".into()))?;
                let opened = SqliteConnection::establish(&uri).map_err(DbError::from);
                opened.and_then(settled_to_read).map_err(|error| reading.explained(error))
            }
            Place::Postgres(url) => settled(Conn::Postgres(PgConnection::establish(&with_timeouts(url))?)),
        }
    }
}

/// What libpq does with a server that says nothing, unless the address says otherwise: one whose machine is gone breaks the connection
/// within half a minute, so that another that took its place is found.
fn with_timeouts(url: &str) -> String {
    let mut settled = url.to_owned();
    for (name, value) in [
        ("connect_timeout", CONNECT_TIMEOUT_S),
        ("keepalives_idle", 10),
        ("keepalives_interval", 5),
        ("keepalives_count", 3),
        ("tcp_user_timeout", 20_000),
    ] {
        if !url.contains(&format!("{name}=")) {
            let separator = if settled.contains('?') { '&' } else { '?' };
            // Writing to a String cannot fail.
            let _ = write!(settled, "{separator}{name}={value}");
        }
    }
    settled
}

/// Settings that every connection needs. `busy_timeout` comes first: switching to WAL may already have to wait.
/// `temp_store` keeps the journal of a statement of many rows off the disk, where it would outlive the statement.
/// `secure_delete` overwrites what is deleted, so that a copy of the file does not keep tallies of single answers.
fn settled(mut conn: Conn) -> Result<Conn, DbError> {
    match &mut conn {
        Conn::Sqlite(sqlite) => {
            wait_for_others(sqlite, BUSY_TIMEOUT_MS)?;
            use_the_write_ahead_log(sqlite)?;
            sqlite.batch_execute(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
                 PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
            )?;
        }
        // A server configured for asynchronous commits would thank before the disk has the answer.
        Conn::Postgres(postgres) => postgres.batch_execute(
            "SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') = 'off';",
        )?,
    }
    Ok(conn)
}

/// [`settled`] for a file that is only read. The first page is read, so that whatever keeps from reading is told here.
fn settled_to_read(mut sqlite: SqliteConnection) -> Result<Conn, DbError> {
    wait_for_others(&mut sqlite, BUSY_TIMEOUT_MS)?;
    sqlite.batch_execute(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
         PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; SELECT count(*) FROM sqlite_schema;",
    )?;
    Ok(Conn::Sqlite(sqlite))
}

/// How long a statement of this connection waits for another that writes, milliseconds.
fn wait_for_others(sqlite: &mut SqliteConnection, milliseconds: u32) -> QueryResult<()> {
    sqlite.batch_execute(&format!("PRAGMA busy_timeout = {milliseconds};"))
}

/// Switches the file to its write-ahead log. A new file that several programs open at one moment is refused to all but
/// one of them, some without the wait of `busy_timeout` (each holds what the other asks for), so this asks again itself.
fn use_the_write_ahead_log(sqlite: &mut SqliteConnection) -> QueryResult<()> {
    let until = Instant::now() + Duration::from_millis(BUSY_TIMEOUT_MS.into());
    loop {
        match sqlite.batch_execute("PRAGMA journal_mode = WAL;") {
            Err(error) if Instant::now() < until && error.to_string().contains("locked") => {
                std::thread::sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}

/// Lets a connection wait for minutes: for a program that brings the same database to a new version.
pub(in crate::db) fn wait_for_minutes(conn: &mut Conn) -> Result<(), DbError> {
    match conn {
        Conn::Sqlite(sqlite) => Ok(wait_for_others(sqlite, MIGRATION_WAIT_MS)?),
        // PostgreSQL waits for a lock until it is given.
        Conn::Postgres(_) => Ok(()),
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = DbError;

    fn connect(&self) -> Result<Conn, DbError> {
        self.open()
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), DbError> {
        match conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(postgres) => Ok(postgres.batch_execute("SELECT 1")?),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        is_broken(conn)
    }
}

/// Whether a connection is of no more use: lost, or with a transaction that could not be ended.
pub(in crate::db) fn is_broken(conn: &mut Conn) -> bool {
    on_backend!(conn, |c| {
        let status = AnsiTransactionManager::transaction_manager_status_mut(c);
        !matches!(status.transaction_depth(), Ok(None))
    })
}

/// Runs `work` in a transaction that may write. On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`): a
/// reader that turns writer is refused without waiting when another connection committed in between.
pub(in crate::db) fn write_transaction<T>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, DbError>,
) -> Result<T, DbError> {
    match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?,
        Conn::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres)?,
    }
    match work(conn) {
        Ok(done) => {
            <Conn as Connection>::TransactionManager::commit_transaction(conn)?;
            Ok(done)
        }
        Err(error) => {
            // A failed rollback leaves a broken connection, which its owner replaces; the first error says more.
            let _ = <Conn as Connection>::TransactionManager::rollback_transaction(conn);
            Err(error)
        }
    }
}

/// Runs `work` in a transaction that sees one state of the database throughout.
pub(in crate::db) fn read_transaction<T>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, DbError>,
) -> Result<T, DbError> {
    conn.transaction(|conn| {
        if let Conn::Postgres(postgres) = conn {
            postgres.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")?;
        }
        work(conn)
    })
}

/// Waits until no other process changes units, points, users or plans. On SQLite `BEGIN IMMEDIATE` has done it.
pub(in crate::db) fn lock_out_other_writers(conn: &mut Conn) -> Result<(), DbError> {
    if let Conn::Postgres(postgres) = conn {
        // Several schemas of one database may each hold a `sipas` (the tests do), so the schema is part of the lock.
        diesel::sql_query("SELECT pg_advisory_xact_lock($1, hashtext(current_schema()::text))")
            .bind::<Integer, _>(WRITE_LOCK)
            .execute(postgres)?;
    }
    Ok(())
}

/// No other process stores answers or voids meanwhile: every transaction that does so begins with one of these tables. On
/// SQLite `BEGIN IMMEDIATE` has done it.
pub(in crate::db) fn lock_out_answers(conn: &mut Conn) -> Result<(), DbError> {
    if let Conn::Postgres(postgres) = conn {
        postgres.batch_execute("LOCK TABLE attempt, sheet, tally, voiding IN SHARE ROW EXCLUSIVE MODE")?;
    }
    Ok(())
}

/// Claims the lowest free writer slot for the life of the connection. Two writers never share a slot, hence never
/// a tally row; on SQLite the file lets only one write, so slot 0 is always right.
pub(in crate::db) fn claim_slot(conn: &mut Conn) -> Result<i16, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Claimed {
        #[diesel(sql_type = Bool)]
        claimed: bool,
    }
    let Conn::Postgres(postgres) = conn else { return Ok(0) };
    for slot in 0..i16::MAX {
        let sql = "SELECT pg_try_advisory_lock($1 # hashtext(current_schema()::text), $2) AS claimed";
        let claimed: Claimed = diesel::sql_query(sql)
            .bind::<Integer, _>(SLOT_LOCK)
            .bind::<Integer, _>(i32::from(slot))
            .get_result(postgres)?;
        if claimed.claimed {
            return Ok(slot);
        }
    }
    Err(DbError::Unavailable("no writer slot is free".into()))
}

/// How often, and at what distance, others' slots are looked at: PostgreSQL gives up what an ended session held some moments later.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Whether a session beside this one holds a writer's slot, be it any: a server or a command that writes. The file of SQLite has its lock.
pub(in crate::db) fn others_write(conn: &mut Conn) -> Result<bool, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Held {
        #[diesel(sql_type = Bool)]
        held: bool,
    }
    let Conn::Postgres(postgres) = conn else { return Ok(false) };
    // Halves of a lock stand in columns of the type oid, which has no sign.
    let sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
               AND classid::bigint = (($1 # hashtext(current_schema()::text))::bigint & 4294967295) \
               AND pid <> pg_backend_pid()) AS held";
    for look in 1..=LOOKS {
        let Held { held } = diesel::sql_query(sql).bind::<Integer, _>(SLOT_LOCK).get_result(postgres)?;
        if !held {
            return Ok(false);
        }
        if look < LOOKS {
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }
    Ok(true)
}

/// One text value of a PRAGMA or SHOW.
pub(in crate::db) fn setting(conn: &mut Conn, sql: &str) -> Result<String, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let row: Row = diesel::sql_query(sql).get_result(conn)?;
    Ok(row.value)
}
