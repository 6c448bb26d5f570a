//! One server per SQLite file: an operating-system lock on `<file>.lock` that dies with the process.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::migrate::open_private;
use super::place::{cannot_open, require_sqlite};
use crate::db::DbError;

/// Whether a write-ahead log lies beside the database: its last server was killed, or a command is at work.
pub(in crate::db) fn has_log(database: &Path) -> bool {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    std::fs::metadata(PathBuf::from(name)).is_ok_and(|log| log.len() > 0)
}

/// Held as long as the server lives.
#[derive(Debug)]
pub(in crate::db) struct ServerLock {
    _file: File,
}

impl ServerLock {
    pub(in crate::db) fn take(database: &Path) -> Result<Self, DbError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let cannot = |error: std::io::Error| cannot_open(&path, &error);
        // Only before the first server: closing a file that SQLite has open in this process would end SQLite's locks on it.
        if !path.exists() {
            require_sqlite(database)?;
        }
        let file = open_private(&path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DbError::ServerRunning(database.display().to_string())),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }
}
