//! A SQLite file that nothing can be written to or beside: a disk that turned read-only or is full, a copy on a medium, a folder of somebody
//! else. SQLite opens a file with a write-ahead log only where it can write beside it; commands that only read go this way instead.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::place::{beside, has_room};
use crate::db::DbError;

/// A SQLite file that is only read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::db) struct Reading {
    pub(super) path: PathBuf,
    /// Whether nothing lies beside it and no server has it open: it is read as it stands, without any lock. Else it is read with the
    /// log beside it.
    alone: bool,
    /// Why nothing can be written, in the words of the system.
    cause: String,
}

impl Reading {
    /// The way to read a file that cannot be written; none where it can. Only while this process has it not open: closing a file ends the
    /// locks that SQLite has on it.
    pub(in crate::db) fn of(path: &Path) -> Option<Self> {
        let cause = cannot_write(path)?;
        Some(Self { path: path.to_owned(), alone: is_alone(path), cause: cause.to_string() })
    }

    /// The address by which SQLite opens it to read (sqlite.org/uri.html).
    pub(super) fn uri(&self) -> Option<String> {
        let path = self.path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Some(format!("file:{path}?mode=ro{}", if self.alone { "&immutable=1" } else { "" }))
    }

    /// What whoever reads it is told.
    pub(in crate::db) fn words(&self) -> String {
        let (path, cause) = (self.path.display(), &self.cause);
        if self.alone {
            format!("{path} cannot be written ({cause}), so it is read as it stands; start no server on it meanwhile")
        } else {
            format!("{path} cannot be written ({cause}), so it is only read, with the log beside it")
        }
    }

    /// What SQLite says when it cannot read it, with what to do. Other reasons, as damage, stay.
    pub(super) fn explained(&self, error: DbError) -> DbError {
        let beside = ["unable to open database file", "readonly database"];
        match &error {
            DbError::Unavailable(words) | DbError::Failed(words)
                if beside.iter().any(|known| words.contains(known)) =>
            {
                DbError::Unavailable(self.refusal())
            }
            _ => error,
        }
    }

    /// Why not even that is possible.
    fn refusal(&self) -> String {
        let (path, cause) = (self.path.display(), &self.cause);
        let log = log_of(&self.path);
        if self.alone {
            return format!(
                "{path} cannot be written ({cause}), and not be read either; copy it to another folder and read it there"
            );
        }
        format!(
            "{path} cannot be written ({cause}), and its last changes lie in {}, which cannot be read without writing; copy both files into \
             a folder that can be written, and name the copy in DATABASE_URL",
            log.display()
        )
    }
}

/// Where SQLite keeps the last changes of a file that is open.
fn log_of(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

/// Why the file, or a file beside it, cannot be written.
fn cannot_write(path: &Path) -> Option<io::Error> {
    let error = OpenOptions::new().write(true).open(path).err().or_else(|| has_room(path).err())?;
    let known = matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    );
    known.then_some(error)
}

/// Whether the file is all there is of the database: no log holds anything, and no server has it open.
fn is_alone(path: &Path) -> bool {
    let bytes = |file: &Path| fs::metadata(file).map(|file| file.len());
    let log = bytes(&log_of(path));
    let empty = |found: &io::Result<u64>| match found {
        Ok(bytes) => *bytes == 0,
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    // An empty log is left by whoever failed to open the file, and stands beside a file that is served.
    empty(&log) && empty(&bytes(&beside(path, "-journal"))) && (log.is_err() || !is_served(path))
}

fn is_served(path: &Path) -> bool {
    match File::open(beside(path, ".lock")) {
        Ok(lock) => matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(alone: bool) -> Reading {
        Reading { path: PathBuf::from("/mnt/a?b#c%.db"), alone, cause: "Read-only file system".to_owned() }
    }

    #[test]
    fn signs_of_an_address_stay_signs_of_the_path() {
        // sqlite.org/uri.html, 3.1: `?` and `#` end a path, and `%` begins a number of two digits.
        assert_eq!(reading(true).uri().as_deref(), Some("file:/mnt/a%3fb%23c%25.db?mode=ro&immutable=1"));
        assert_eq!(reading(false).uri().as_deref(), Some("file:/mnt/a%3fb%23c%25.db?mode=ro"));
    }

    #[test]
    fn only_a_file_with_nothing_beside_it_is_read_without_locks() {
        let folder = std::env::temp_dir().join(format!("sipas_read_only_{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("a.db");
        fs::write(&file, "a").expect("written");
        assert!(is_alone(&file));
        // An empty log, and a server that may write into it any moment.
        fs::write(log_of(&file), "").expect("written");
        assert!(is_alone(&file));
        let lock = File::create(beside(&file, ".lock")).expect("a lock");
        assert!(is_alone(&file));
        lock.lock().expect("locked");
        assert!(!is_alone(&file));
        lock.unlock().expect("unlocked");
        for name in ["-wal", "-journal"] {
            fs::write(beside(&file, name), "the last changes").expect("written");
            assert!(!is_alone(&file), "{name}");
            fs::remove_file(beside(&file, name)).expect("removed");
        }
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn who_cannot_read_it_is_told_what_to_do() {
        for (alone, parts) in
            [(true, &["copy it to another folder"][..]), (false, &["-wal", "copy both files", "DATABASE_URL"])]
        {
            let words = reading(alone).refusal();
            assert!(words.starts_with("/mnt/a?b#c%.db cannot be written (Read-only"), "{words}");
            assert!(parts.iter().all(|part| words.contains(part)), "{words}");
        }
    }
}
