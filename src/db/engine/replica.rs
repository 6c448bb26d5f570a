//! Figures read from a streaming replica of PostgreSQL, so that reading them takes nothing from the database that stores answers.
//!
//! What the replica shows is never older than the question: it is asked only once it has everything that the database had on disk when
//! the question came. Where it is not so far, is gone, or breaks off, the database itself is asked, and nobody notices but the metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::sql_types::{Bool, Text};

use crate::db::engine::conn::Conn;
use crate::db::{DatabaseUrl, Db, DbError};

/// How long a question waits until the replica has what the database has.
const CATCHES_UP: Duration = Duration::from_millis(300);
const LOOKS_AGAIN: Duration = Duration::from_millis(5);
/// How long a replica that failed is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(10);

/// How often figures were read where, since this handle was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiguresRead {
    /// From the replica.
    pub replica: u64,
    /// From the database itself, though a replica is set.
    pub primary: u64,
}

pub(in crate::db) struct Replica {
    url: DatabaseUrl,
    state: Mutex<State>,
    read: AtomicU64,
    passed_over: AtomicU64,
}

#[derive(Default)]
struct State {
    db: Option<Db>,
    /// When it last failed.
    failed: Option<Instant>,
}

#[derive(diesel::QueryableByName)]
struct Place {
    #[diesel(sql_type = Text)]
    place: String,
}

#[derive(diesel::QueryableByName)]
struct HasIt {
    #[diesel(sql_type = Bool)]
    has_it: bool,
}

impl Replica {
    fn new(url: DatabaseUrl) -> Self {
        Self { url, state: Mutex::default(), read: AtomicU64::new(0), passed_over: AtomicU64::new(0) }
    }

    /// The replica, connected; none while it is left alone.
    fn db(&self) -> Result<Option<Db>, DbError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failed.is_some_and(|at| at.elapsed() < LEFT_ALONE) {
            return Ok(None);
        }
        if state.db.is_none() {
            // One asks, the others wait: libpq gives up after five seconds, and then it is left alone.
            match Db::open_replica(&self.url) {
                Ok(db) => state.db = Some(db),
                Err(error) => {
                    state.failed = Some(Instant::now());
                    return Err(error);
                }
            }
        }
        Ok(state.db.clone())
    }

    fn leave_alone(&self, error: &dyn std::fmt::Display) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let first = state.failed.is_none_or(|at| at.elapsed() >= LEFT_ALONE);
        *state = State { db: None, failed: Some(Instant::now()) };
        if first {
            tracing::warn!(%error, replica = %self.url, "figures are read from the database itself for a while");
        }
    }
}

impl Db {
    /// Has figures read from the replica at `url`, once for a handle and its clones. It is looked for when it is first needed, so that a
    /// server starts without it.
    pub fn read_figures_at(&self, url: &DatabaseUrl) -> Result<(), DbError> {
        if self.inner.url.file().is_some() || url.file().is_some() {
            return Err(DbError::Url("FIGURES_DATABASE_URL: only PostgreSQL has replicas; leave it out".into()));
        }
        let _ = self.inner.replica.set(Replica::new(url.clone()));
        Ok(())
    }

    /// Reads figures: on the replica, where one is set and has all that this database has, else here. `work` only reads; where the
    /// replica breaks off it is done again here.
    pub fn figures<T, E: std::fmt::Display>(&self, work: impl Fn(&Self) -> Result<T, E>) -> Result<T, E> {
        let Some(replica) = self.inner.replica.get() else { return work(self) };
        match self.replica_at_hand(replica) {
            Ok(Some(db)) => match work(&db) {
                Ok(done) => {
                    replica.read.fetch_add(1, Ordering::Relaxed);
                    return Ok(done);
                }
                // Perhaps a refusal that the database gives as well, perhaps a statement that the replica had to end: either way it
                // is the database that says so. It is left alone only where it does not answer any more.
                Err(error) => {
                    if db.health().is_err() {
                        replica.leave_alone(&error);
                    }
                }
            },
            Ok(None) => {}
            Err(error) => replica.leave_alone(&error),
        }
        replica.passed_over.fetch_add(1, Ordering::Relaxed);
        work(self)
    }

    /// Where figures were read; none where no replica is set.
    pub fn figures_read(&self) -> Option<FiguresRead> {
        self.inner.replica.get().map(|replica| FiguresRead {
            replica: replica.read.load(Ordering::Relaxed),
            primary: replica.passed_over.load(Ordering::Relaxed),
        })
    }

    /// The replica, once it has what this database had on disk when it was asked; none when that takes too long.
    fn replica_at_hand(&self, replica: &Replica) -> Result<Option<Db>, DbError> {
        let Some(db) = replica.db()? else { return Ok(None) };
        let here = diesel::sql_query("SELECT pg_current_wal_flush_lsn()::text AS place");
        let here = self.read(|conn| Ok(here.get_result::<Place>(conn)?.place))?;
        let since = Instant::now();
        loop {
            // A server that was made the primary of its own has no place to which it has followed: it is none of ours.
            let there = diesel::sql_query(
                "SELECT COALESCE(pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= $1::pg_lsn, FALSE) AS has_it",
            );
            let has_it = db.read(|conn| match conn {
                Conn::Postgres(conn) => Ok(there.bind::<Text, _>(&here).get_result::<HasIt>(conn)?.has_it),
                Conn::Sqlite(_) => Ok(false),
            })?;
            if has_it {
                return Ok(Some(db));
            }
            if since.elapsed() >= CATCHES_UP {
                return Ok(None);
            }
            std::thread::sleep(LOOKS_AGAIN);
        }
    }
}
