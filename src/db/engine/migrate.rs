//! Migrations: embedded in the program, two folders with the same names, run under a lock in one transaction.

use std::fs::{File, OpenOptions};
use std::path::Path;

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel::{QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Conn, Manager, lock_out_other_writers, wait_for_minutes, write_transaction};
use super::place::{cannot_open, require_not_lost};
use super::pooler::refuse_pooler;
use crate::db::{DatabaseUrl, DbError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Newest migration of this program; the folders are compared with it by a test.
pub const HEAD: &str = "0034";

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// Newest migration before; none when the database was empty.
    pub from: Option<String>,
    /// Newest migration now.
    pub to: String,
}

/// Brings the database at `url` to the version of this program; a SQLite file is made when there is none.
///
/// Two programs may start at once: the second waits for the first and finds nothing to do. A database of a newer
/// program is refused untouched, and so is the place of one that is gone.
pub fn migrate(url: &DatabaseUrl) -> Result<Migrated, DbError> {
    if let Some(path) = url.file() {
        require_not_lost(path)?;
        make_private(path)?;
    }
    let manager = Manager(url.clone());
    let mut conn = manager.open()?;
    refuse_pooler(&manager, &mut conn)?;
    wait_for_minutes(&mut conn)?;
    write_transaction(&mut conn, |conn| {
        lock_out_other_writers(conn)?;
        if newest(conn)?.is_some() {
            renumber(conn)?;
        }
        let from = newest(conn)?;
        refuse_newer(from.as_deref())?;
        match conn {
            Conn::Sqlite(sqlite) => sqlite.run_pending_migrations(SQLITE).map(|_| ()),
            Conn::Postgres(postgres) => postgres.run_pending_migrations(POSTGRES).map(|_| ()),
        }
        .map_err(|error| DbError::Failed(format!("a migration: {error}")))?;
        Ok(Migrated { from, to: newest(conn)?.unwrap_or_default() })
    })
}

/// Makes the file, readable by its owner only, when there is none; the write-ahead log takes its rights from it.
fn make_private(path: &Path) -> Result<(), DbError> {
    let made = open_private(path);
    made.map(|_| ()).map_err(|error| cannot_open(path, &error))
}

/// The folder that the default of `DATABASE_URL` names.
const DEFAULT_FOLDER: &str = "var";

/// Opens a file to write; it is made, with rights for its owner only, when there is none. Of folders only the default's is made: any
/// other that is missing may be a disk that is not mounted, and an empty database in its place would be taken for a new installation.
pub(in crate::db) fn open_private(path: &Path) -> std::io::Result<File> {
    if path.parent() == Some(Path::new(DEFAULT_FOLDER)) {
        std::fs::create_dir_all(DEFAULT_FOLDER)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Takes every migration back, and all data with it. Only the tests of the migrations call it.
pub fn revert_everything(url: &DatabaseUrl) -> Result<(), DbError> {
    let mut conn = Manager(url.clone()).open()?;
    write_transaction(&mut conn, |conn| {
        match conn {
            Conn::Sqlite(sqlite) => sqlite.revert_all_migrations(SQLITE).map(|_| ()),
            Conn::Postgres(postgres) => postgres.revert_all_migrations(POSTGRES).map(|_| ()),
        }
        .map_err(|error| DbError::Failed(format!("a migration: {error}")))
    })
}

/// Every migration, in an empty SQLite database.
pub(in crate::db) fn run_all(conn: &mut diesel::SqliteConnection) -> Result<(), DbError> {
    conn.run_pending_migrations(SQLITE).map_err(|error| DbError::Failed(format!("a migration: {error}")))?;
    Ok(())
}

/// Every migration, in an empty schema of PostgreSQL.
pub(in crate::db) fn run_all_of_postgres(conn: &mut diesel::PgConnection) -> Result<(), DbError> {
    conn.run_pending_migrations(POSTGRES).map_err(|error| DbError::Failed(format!("a migration: {error}")))?;
    Ok(())
}

/// The number under which `0032` was told for a day, before the migrations were numbered in one row. It is never given again.
const RENUMBERED: (&str, &str) = ("0033", "0032");

/// Whether a migration stands under the number that it had for a day, and has done its work: `survey_frame.totals` is there.
fn is_renumbered(conn: &mut Conn) -> Result<bool, DbError> {
    let run = versions(conn)?;
    let has = |version: &str| run.iter().any(|known| known == version);
    if !has(RENUMBERED.0) || has(RENUMBERED.1) {
        return Ok(false);
    }
    let column = match conn {
        Conn::Sqlite(_) => "SELECT name AS version FROM pragma_table_info('survey_frame') WHERE name = 'totals'",
        Conn::Postgres(_) => {
            "SELECT attname::text AS version FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relname = 'survey_frame' \
             AND c.relnamespace = current_schema()::regnamespace AND attname = 'totals' AND NOT attisdropped"
        }
    };
    Ok(!diesel::sql_query(column).load::<Version>(conn)?.is_empty())
}

/// Enters such a migration under the number that it has.
fn renumber(conn: &mut Conn) -> Result<(), DbError> {
    if is_renumbered(conn)? {
        let (old, new) = RENUMBERED;
        let sql = format!("UPDATE __diesel_schema_migrations SET version = '{new}' WHERE version = '{old}'");
        diesel::sql_query(sql).execute(conn)?;
    } else if versions(conn)?.iter().any(|known| known == RENUMBERED.0) {
        // Another program's migration: what it did is not known here.
        return Err(DbError::TooNew { database: RENUMBERED.0.into(), program: HEAD.into() });
    }
    Ok(())
}

/// Refuses a database that is not at the version of this program.
pub(in crate::db) fn require_head(conn: &mut Conn) -> Result<(), DbError> {
    let found = newest(conn)?;
    if found.is_some() && is_renumbered(conn)? {
        return Err(DbError::TooOld { database: found.unwrap_or_default(), program: HEAD.into() });
    }
    refuse_newer(found.as_deref())?;
    match found {
        Some(found) if found == HEAD => Ok(()),
        found => Err(DbError::TooOld { database: found.unwrap_or_else(|| "none".into()), program: HEAD.into() }),
    }
}

/// The newest migration of the database, without changing anything.
pub(in crate::db) fn newest(conn: &mut Conn) -> Result<Option<String>, DbError> {
    let exists = match conn {
        Conn::Sqlite(_) => {
            "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations' ORDER BY name"
        }
        Conn::Postgres(_) => {
            "SELECT c.relname::text AS version FROM pg_class c \
             WHERE c.relname = '__diesel_schema_migrations' AND c.relnamespace = current_schema()::regnamespace \
             ORDER BY c.relname"
        }
    };
    if diesel::sql_query(exists).load::<Version>(conn)?.is_empty() {
        return Ok(None);
    }
    let newest = "SELECT version FROM __diesel_schema_migrations ORDER BY version DESC LIMIT 1";
    Ok(diesel::sql_query(newest).load::<Version>(conn)?.pop().map(|row| row.version))
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The migrations that ran here, of a database that knows them.
fn versions(conn: &mut Conn) -> Result<Vec<String>, DbError> {
    let run = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
    Ok(diesel::sql_query(run).load::<Version>(conn)?.into_iter().map(|row| row.version).collect())
}

/// The migrations up to the program's own that the database lacks.
pub(in crate::db) fn missing(conn: &mut Conn) -> Result<Vec<String>, DbError> {
    let run = versions(conn)?;
    let known = match conn {
        Conn::Sqlite(_) => MigrationSource::<Sqlite>::migrations(&SQLITE).map(|all| names(&all)),
        Conn::Postgres(_) => MigrationSource::<Pg>::migrations(&POSTGRES).map(|all| names(&all)),
    };
    let known = known.map_err(|error| DbError::Failed(format!("the program's migrations: {error}")))?;
    Ok(known.into_iter().filter(|version| !run.contains(version)).collect())
}

fn names<B: Backend>(migrations: &[Box<dyn Migration<B>>]) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}

fn refuse_newer(database: Option<&str>) -> Result<(), DbError> {
    match database {
        Some(database) if database > HEAD => Err(DbError::TooNew { database: database.into(), program: HEAD.into() }),
        _ => Ok(()),
    }
}
