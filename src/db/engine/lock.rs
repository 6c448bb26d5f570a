//! One server per SQLite file: an operating-system lock on `<file>.lock` that dies with the process.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::migrate::open_private;
use super::place::{beside, cannot_open, require_not_lost, require_sqlite};
use crate::db::DbError;

/// Whether a write-ahead log lies beside the database: its last server was killed, or a command is at work.
pub(in crate::db) fn has_log(database: &Path) -> bool {
    std::fs::metadata(log_of(database)).is_ok_and(|log| log.len() > 0)
}

/// Where SQLite keeps the write-ahead log of a database.
pub(in crate::db) fn log_of(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

/// Held as long as the server lives.
#[derive(Debug)]
pub(in crate::db) struct ServerLock {
    file: File,
}

/// How often, and at what distance, a lock that is held is tried again.
const TRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(25);

/// Takes the lock. A program that this process is just starting has the lock too, from the moment it is split off until it is the other
/// program: for some milliseconds after the server before has let go of it.
fn try_for_a_moment(file: &File) -> Result<(), TryLockError> {
    let mut tried = 0;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if tried < TRIES => {
                tried += 1;
                std::thread::sleep(BETWEEN);
            }
            done => return done,
        }
    }
}

/// What the file of the lock holds once a database stood beside it.
const STOOD_HERE: &[u8] = b"a database stood here\n";

impl ServerLock {
    pub(in crate::db) fn take(database: &Path) -> Result<Self, DbError> {
        let path = beside(database, ".lock");
        let cannot = |error: std::io::Error| cannot_open(&path, &error);
        // Only before the first server: closing a file that SQLite has open in this process would end SQLite's locks on it.
        if !path.exists() {
            require_sqlite(database)?;
        }
        let file = open_private(&path).map_err(cannot)?;
        match try_for_a_moment(&file) {
            Ok(()) => {
                require_not_lost(database)?;
                Ok(Self { file })
            }
            Err(TryLockError::WouldBlock) => Err(DbError::ServerRunning(database.display().to_string())),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }

    /// Notes that a database stands beside the lock, so that a file that vanishes is not taken for a new installation. Nothing
    /// depends on the note but that.
    pub(in crate::db) fn database_stands(&mut self) {
        if self.file.metadata().is_ok_and(|lock| lock.len() == 0) {
            let _ = self.file.write_all(STOOD_HERE);
        }
    }
}
