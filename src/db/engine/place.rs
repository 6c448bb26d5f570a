//! Why a SQLite file cannot be used, said so that an operator knows what to do: whose it is, whether the disk is full,
//! whether it is a database at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::db::DbError;

/// First bytes of every SQLite file.
const HEADER: &[u8; 16] = b"SQLite format 3\0";
/// Room that a start needs at least: SQLite's index of the write-ahead log has 32 KiB.
const ROOM_BYTES: usize = 64 * 1024;

/// Refuses a file that holds something else than a SQLite database, before anything is written beside it.
pub(in crate::db) fn require_sqlite(path: &Path) -> Result<(), DbError> {
    let mut start = Vec::new();
    match File::open(path).and_then(|file| file.take(HEADER.len() as u64).read_to_end(&mut start)) {
        Ok(0) => Ok(()),
        Ok(_) if start == HEADER => Ok(()),
        Ok(_) => Err(DbError::Url(format!(
            "DATABASE_URL names {}, which is no SQLite database; nothing was touched: name a file of its own, as in \
             sqlite:/var/lib/sipas/sipas.db",
            path.display()
        ))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot_open(path, &error)),
    }
}

/// Refuses a database that is not there, for whoever makes none: where one stood before, it is no new installation.
pub(in crate::db) fn require_there(database: &Path) -> Result<(), DbError> {
    require_not_lost(database)?;
    if database.exists() { Ok(()) } else { Err(DbError::Missing(database.display().to_string())) }
}

/// An empty or vanished file beside the lock of a server that once had a database is no new installation: every printed code
/// would lead nowhere.
pub(in crate::db) fn require_not_lost(database: &Path) -> Result<(), DbError> {
    let lock = beside(database, ".lock");
    let stood = fs::metadata(&lock).is_ok_and(|lock| lock.len() > 0);
    let empty = fs::metadata(database).map_or(true, |file| file.len() == 0);
    if !(stood && empty) {
        return Ok(());
    }
    let (database, lock) = (database.display(), lock.display());
    Err(DbError::Url(format!(
        "{database} is empty or gone, but a database stood there. Bring it back: mount its disk, or remove {lock} and run \
         `sipas restore FILE` with the newest backup. Only for a new installation: remove {lock} and start again"
    )))
}

/// A file that goes with the database, as its lock does.
pub(in crate::db) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The sentence for a file that the system does not let us open or make.
pub(in crate::db) fn cannot_open(path: &Path, error: &io::Error) -> DbError {
    let why = match error.kind() {
        ErrorKind::PermissionDenied => {
            let folder = folder_of(path).unwrap_or(Path::new("."));
            let theirs = owner(folder).map(|name| format!("; the folder belongs to `{name}`")).unwrap_or_default();
            format!(
                "{error}. This runs as `{}`{theirs}. The service runs as `sipas`, and so must every command, as in \
                 sudo -u sipas env SIPAS_CONFIG=/etc/sipas/sipas.toml sipas …",
                owner(Path::new("/proc/self")).unwrap_or_default()
            )
        }
        ErrorKind::NotFound if folder_of(path).is_some_and(|folder| !folder.is_dir()) => {
            "its folder is not there. Mount its disk where one belongs there; else make the folder and give it to the user of the \
             service, or correct DATABASE_URL"
                .to_owned()
        }
        _ if path.is_dir() => "this is a folder; name a file in it, as in sqlite:/var/lib/sipas/sipas.db".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("the disk is full ({error}); make room, then start again")
        }
        ErrorKind::ReadOnlyFilesystem => {
            format!(
                "the disk can only be read ({error}), so nothing can be stored there. A fault of the disk may be the cause: `dmesg` tells it. \
                 Mount it to be written, or bring the newest backup to another disk with `sipas restore`. Commands that only read go on"
            )
        }
        _ => error.to_string(),
    };
    DbError::Unavailable(format!("{}: {why}", path.display()))
}

/// SQLite's words about a file, with its path and, where trying tells it, what is wrong with the disk. Other reasons stay.
pub(in crate::db) fn explained(path: &Path, error: DbError) -> DbError {
    let (DbError::Unavailable(words) | DbError::Failed(words)) = &error else { return error };
    if words.contains(&path.display().to_string()) {
        return error;
    }
    if path.is_dir() {
        return cannot_open(path, &ErrorKind::IsADirectory.into());
    }
    if let Err(cause) = has_room(path) {
        return cannot_open(path, &cause);
    }
    let told = format!("{}: {words}", path.display());
    if matches!(error, DbError::Failed(_)) { DbError::Failed(told) } else { DbError::Unavailable(told) }
}

fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

/// Whether SQLite's words say that a file is damaged.
pub(in crate::db) fn is_damage(words: &str) -> bool {
    ["disk image is malformed", "malformed database schema", "not a database"].iter().any(|known| words.contains(known))
}

/// Whether SQLite says that a disk is full.
pub(in crate::db) fn is_full(error: &DbError) -> bool {
    matches!(error, DbError::Unavailable(words) if words.contains("database or disk is full"))
}

/// The sentence about a file that is damaged.
pub(in crate::db) fn damaged(path: &Path, damage: &str) -> DbError {
    DbError::FileDamaged(format!(
        "{} is damaged ({damage}); it is not served, and nothing was changed. Put the newest backup in its place: \
         `sipas restore FILE --replace` keeps this file beside it",
        path.display()
    ))
}

/// What SQLite says of a damaged file or a disk that cannot be written, with its path and what to do. Other reasons stay.
pub(in crate::db) fn named(path: &Path, error: DbError) -> DbError {
    match error {
        DbError::Failed(words) if is_damage(&words) => damaged(path, &words),
        DbError::Unavailable(words) if !words.contains(&path.display().to_string()) => {
            DbError::Unavailable(format!("{}: {words}", path.display()))
        }
        error => error,
    }
}

/// Refuses a file beside which nothing can be written.
pub(in crate::db) fn require_room(path: &Path) -> Result<(), DbError> {
    has_room(path).map_err(|error| cannot_open(path, &error))
}

/// Writes a little beside the file and takes it away again.
pub(super) fn has_room(path: &Path) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".room-{}", std::process::id()));
    let trial = PathBuf::from(name);
    let done = File::create_new(&trial).and_then(|mut file| {
        file.write_all(&vec![0; ROOM_BYTES])?;
        file.sync_all()
    });
    let _ = fs::remove_file(&trial);
    done
}

/// The name of the user to whom a file belongs, or the number where there is no name.
fn owner(path: &Path) -> Option<String> {
    let number = std::os::unix::fs::MetadataExt::uid(&fs::metadata(path).ok()?).to_string();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    });
    Some(name.unwrap_or(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permission_denied_says_as_whom_one_runs_and_as_whom_the_service() {
        let told = cannot_open(Path::new("/var/x.db.lock"), &ErrorKind::PermissionDenied.into()).to_string();
        let me = owner(Path::new("/proc/self")).expect("a user");
        for words in ["/var/x.db.lock", &format!("runs as `{me}`"), "`sipas`", "belongs to `root`"] {
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn a_full_disk_is_called_full_with_the_path() {
        let told = cannot_open(Path::new("/var/x.db"), &ErrorKind::StorageFull.into()).to_string();
        assert!(told.contains("/var/x.db: the disk is full"), "{told}");
    }

    #[test]
    fn a_damaged_file_and_a_full_disk_are_named_with_what_to_do() {
        let path = Path::new("/var/x.db");
        let told = named(path, DbError::Failed("database disk image is malformed".to_owned())).to_string();
        assert!(told.starts_with("/var/x.db is damaged") && told.contains("sipas restore FILE --replace"), "{told}");
        let full = named(path, DbError::Unavailable("database or disk is full".to_owned()));
        assert_eq!(named(path, full.clone()), full, "once");
        // Said once, however many parts of the program hand it on.
        let told = DbError::unreachable(DbError::unreachable(&full)).to_string();
        assert_eq!(told, "database cannot be reached or written now: /var/x.db: database or disk is full");
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_as_such() {
        let told = cannot_open(Path::new("/nonexist/x.db"), &ErrorKind::NotFound.into()).to_string();
        assert!(told.contains("/nonexist/x.db: its folder is not there"), "{told}");
    }

    #[test]
    fn words_of_sqlite_get_the_path_once() {
        let path = std::env::temp_dir().join(format!("sipas-place-{}.db", std::process::id()));
        let told = explained(&path, DbError::Failed("unable to open database file".to_owned()));
        let expected = format!("{}: unable to open database file", path.display());
        assert_eq!(told, DbError::Failed(expected));
        assert_eq!(explained(&path, told.clone()), told);
        assert_eq!(explained(&path, DbError::Busy), DbError::Busy);
        let gone = explained(Path::new("/proc/sipas.db"), DbError::Unavailable("disk I/O error".to_owned()));
        assert!(gone.to_string().contains("/proc/sipas.db") && !gone.to_string().contains("disk I/O error"), "{gone}");
    }
}
