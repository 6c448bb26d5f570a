//! A copy of a SQLite database made while it serves, and the way back. Both are verified before a file gets its name.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};

use super::doctor;
use crate::clock;
use crate::db::engine::conn::{Conn, Manager, setting};
use crate::db::engine::lock::ServerLock;
use crate::db::engine::migrate::{self, migrate, open_private};
use crate::db::engine::place::{is_damage, is_full};
use crate::db::engine::schema::session;
use crate::db::reference::questionnaires;
use crate::db::{BackupRefused, DatabaseUrl, Db, DbError};

/// Key in `meta` under which the instant of the last backup is kept.
pub const LAST_BACKUP: &str = "last_backup";

/// A backup that was made and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// Sheets in it, every one recounted.
    pub sheets: u64,
    /// Its size.
    pub bytes: u64,
    /// What the check-up of the database says about tallies, where they differ from the sheets: the copy is true to the
    /// database, which needs attention.
    pub warning: Option<String>,
    /// Why the database could not note that the copy was made. The copy is whole all the same: one is made above all where the disk of
    /// the database fails.
    pub unnoted: Option<String>,
}

/// A backup that was put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Sheets in it, every one recounted.
    pub sheets: u64,
    /// Newest migration of the backup, before it was brought to this program's.
    pub version: String,
    /// Where the database that stood there before is kept; none when there was none.
    pub aside: Option<PathBuf>,
}

impl Db {
    /// Copies the database into a new file while it serves, and recounts the copy. SQLite only.
    ///
    /// `VACUUM INTO` writes one state of the database: every table in the order of its keys, without free pages and
    /// without the write-ahead log, so that the copy holds neither deleted rows nor the order of the last answers. The
    /// file gets its name when it is whole, verified and on the disk; a file of that name is never overwritten.
    pub fn backup(&self, to: &Path) -> Result<BackedUp, DbError> {
        if self.url().file().is_none() {
            let (to, url) = (quoted(&shown(to)), quoted(&self.url().for_tools()));
            return Err(BackupRefused::PostgresMakesItsOwn { to, url }.into());
        }
        require_no_folder(to)?;
        if to.exists() {
            return Err(BackupRefused::FileExists(shown(to)).into());
        }
        self.require_file()?;
        let part = beside(to, ".part");
        // Damage is the database's; where no room is left, that is said of the copy.
        let damage = |error| if matches!(error, DbError::Failed(_)) { self.named(error) } else { error };
        let made = self.copy_into(&part).map_err(damage).and_then(|backed_up| {
            fs::rename(&part, to).map_err(at(to))?;
            sync_folder_of(to)?;
            Ok(backed_up)
        });
        if made.is_err() {
            // What is left of a copy that is not whole is of no use; the first error says more than a second.
            for suffix in ["", "-journal"] {
                let _ = fs::remove_file(beside(&part, suffix));
            }
        }
        let mut backed_up = made?;
        let noted = match self.only_read() {
            Some(why) => Err(why),
            None => self
                .set_meta(LAST_BACKUP, &clock::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
                .map_err(|error| error.to_string()),
        };
        backed_up.unnoted = noted.err();
        Ok(backed_up)
    }

    fn copy_into(&self, part: &Path) -> Result<BackedUp, DbError> {
        let name = part.to_str().ok_or(BackupRefused::PathNotUtf8)?;
        if let Err(error) = fs::remove_file(part)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(at(part)(error));
        }
        // Made empty first, because SQLite would make it readable to all. The folder must be there: a typo makes none.
        if let Some(folder) = folder_of(part).filter(|folder| !folder.is_dir()) {
            return Err(BackupRefused::NoFolder(shown(folder)).into());
        }
        open_private(part).map_err(at(part))?;
        let mut conn = Manager(self.url().clone()).open()?;
        let copied = diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(name).execute(&mut conn).map_err(DbError::from);
        copied.map_err(|error| if is_full(&error) { at(part)(io::ErrorKind::StorageFull.into()) } else { error })?;
        drop(conn);
        File::open(part).and_then(|file| file.sync_all()).map_err(at(part))?;
        let mut copy = Conn::Sqlite(SqliteConnection::establish(name)?);
        let (sheets, warning) = examine(&mut copy)?;
        let bytes = fs::metadata(part).map_err(at(part))?.len();
        Ok(BackedUp { sheets, bytes, warning, unnoted: None })
    }
}

/// Puts the backup `from` in the place of the database at `url`, migrated to this program's version.
///
/// It is copied beside its place, migrated and recounted there, and only then renamed; `from` is not touched. Sessions in
/// it are forgotten: who signed out since would otherwise be signed in again. Refused while a server runs, and where the
/// database holds anything, unless `replace`: then what stood there is kept under another name.
pub fn restore(from: &Path, url: &DatabaseUrl, replace: bool) -> Result<Restored, DbError> {
    let Some(to) = url.file() else {
        let (url, from) = (quoted(&url.for_tools()), quoted(&shown(from)));
        return Err(BackupRefused::PostgresBringsItsOwn { url, from }.into());
    };
    check_is_backup(from)?;
    // Who brings a backup says where it goes, and brings what belongs there: its folder is made.
    if let Some(folder) = folder_of(to) {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    let _lock = ServerLock::take(to)?;
    if to.exists() && fs::canonicalize(from).ok() == fs::canonicalize(to).ok() {
        return Err(BackupRefused::IsTheDatabase(shown(from)).into());
    }
    if holds_data(url, to) && !replace {
        return Err(BackupRefused::HoldsData(shown(to)).into());
    }
    let copy = beside(to, ".restoring");
    let verified = bring(from, &copy);
    if verified.is_err() {
        remove_database(&copy)?;
    }
    let (version, sheets) = verified.map_err(|error| match error {
        DbError::Failed(words) if is_damage(&words) => BackupRefused::Cut { from: shown(from), words }.into(),
        DbError::FileDamaged(words) | DbError::Damaged(words) => BackupRefused::Cut { from: shown(from), words }.into(),
        error => error,
    })?;
    let aside = if to.exists() { Some(move_aside(to)?) } else { None };
    // A log that outlived its database would be played into the backup.
    for suffix in ["-wal", "-shm"] {
        remove(&beside(to, suffix))?;
    }
    fs::rename(&copy, to).map_err(at(to))?;
    sync_folder_of(to)?;
    Ok(Restored { sheets, version, aside })
}

fn require_no_folder(file: &Path) -> Result<(), DbError> {
    if file.is_dir() {
        return Err(BackupRefused::IsAFolder(shown(file).trim_end_matches('/').to_owned()).into());
    }
    Ok(())
}

/// Refuses what is no SQLite file, one that is shorter than it says, or one whose last changes lie in another.
fn check_is_backup(from: &Path) -> Result<(), DbError> {
    require_no_folder(from)?;
    let mut head = [0; 16];
    let read = File::open(from).and_then(|mut file| file.read_exact(&mut head));
    match read {
        Ok(()) if head == *b"SQLite format 3\0" => {}
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(at(from)(error)),
        _ => return Err(BackupRefused::NotSqlite(shown(from)).into()),
    }
    require_length(from)?;
    let log = beside(from, "-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(BackupRefused::HasLog { from: shown(from), log: shown(&log) }.into());
    }
    Ok(())
}

/// Refuses a file that was cut off, before it is copied. The head of a SQLite file says how many pages it has, and how large they are
/// (sqlite.org/fileformat2.html, 1.3.2 and 1.3.8).
fn require_length(from: &Path) -> Result<(), DbError> {
    let mut head = [0; 32];
    let bytes = fs::metadata(from).map_err(at(from))?.len();
    let cut = |words: String| Err(BackupRefused::Cut { from: shown(from), words }.into());
    if File::open(from).map_err(at(from))?.read_exact(&mut head).is_err() {
        return cut(format!("it has {bytes} bytes"));
    }
    let page = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65_536,
        page => u64::from(page),
    };
    let whole = page * u64::from(u32::from_be_bytes([head[28], head[29], head[30], head[31]]));
    if bytes < whole { cut(format!("it has {bytes} of {whole} bytes")) } else { Ok(()) }
}

/// Copies, migrates and recounts; the version that the backup had, and its sheets.
fn bring(from: &Path, copy: &Path) -> Result<(String, u64), DbError> {
    remove_database(copy)?;
    let mut target = open_private(copy).map_err(at(copy))?;
    io::copy(&mut File::open(from).map_err(at(from))?, &mut target).map_err(at(copy))?;
    let name = copy.to_str().ok_or_else(|| DbError::Url("DATABASE_URL: the path is not UTF-8".into()))?;
    let url = DatabaseUrl::parse(&format!("sqlite:{name}"))?;
    let mut conn = Manager(url.clone()).open()?;
    let Some(version) = migrate::newest(&mut conn)? else {
        return Err(BackupRefused::Foreign(shown(from)).into());
    };
    drop(conn);
    migrate(&url)?;
    let mut conn = Manager(url).open()?;
    let (sheets, warning) = examine(&mut conn)?;
    if let Some(warning) = warning {
        return Err(BackupRefused::Unsound { from: shown(from), warning }.into());
    }
    diesel::delete(session::table).execute(&mut conn)?;
    if let Conn::Sqlite(sqlite) = &mut conn {
        sqlite.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
    }
    drop(conn);
    for suffix in ["-wal", "-shm"] {
        remove(&beside(copy, suffix))?;
    }
    target.sync_all().map_err(at(copy))?;
    Ok((version, sheets))
}

/// Looks a copy over: every page, every reference, every sheet. The number of sheets, and what is to say about tallies.
fn examine(conn: &mut Conn) -> Result<(u64, Option<String>), DbError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let whole = setting(conn, "SELECT integrity_check AS value FROM pragma_integrity_check LIMIT 1")?;
    if whole != "ok" {
        return Err(DbError::Damaged(format!("the copy fails its integrity check: {whole}")));
    }
    let loose: Count = diesel::sql_query("SELECT count(*) AS count FROM pragma_foreign_key_check").get_result(conn)?;
    if loose.count > 0 {
        return Err(DbError::Damaged(format!("{} rows of the copy refer to rows that are not there", loose.count)));
    }
    let (findings, sheets) = doctor::check_data(conn, &questionnaires::Cache::default())?;
    let bad = findings.into_iter().filter(|finding| !finding.well).map(|finding| finding.words);
    let bad = bad.collect::<Vec<_>>().join("; ");
    Ok((sheets, (!bad.is_empty()).then_some(bad)))
}

/// Whether the place of the restored file holds anything that somebody would miss. What cannot be read counts.
fn holds_data(url: &DatabaseUrl, file: &Path) -> bool {
    let look = || -> Result<bool, DbError> {
        let mut conn = Manager(url.clone()).open()?;
        if migrate::newest(&mut conn)?.is_none() {
            return Ok(false);
        }
        let sql = "SELECT CAST(EXISTS (SELECT 1 FROM unit) OR EXISTS (SELECT 1 FROM staff_user) \
                   OR EXISTS (SELECT 1 FROM sheet) AS TEXT) AS value";
        Ok(setting(&mut conn, sql)? == "1")
    };
    let empty = fs::metadata(file).map_or(true, |file| file.len() == 0);
    !empty && look().unwrap_or(true)
}

/// Renames a database with its write-ahead log, which may hold its last changes.
fn move_aside(database: &Path) -> Result<PathBuf, DbError> {
    let today = clock::today();
    let names = (1..).map(|number| match number {
        1 => beside(database, &format!(".before-{today}")),
        number => beside(database, &format!(".before-{today}-{number}")),
    });
    let aside = names.into_iter().find(|name| !name.exists()).unwrap_or_default();
    for suffix in ["-wal", "-shm"] {
        let log = beside(database, suffix);
        if log.exists() {
            fs::rename(&log, beside(&aside, suffix)).map_err(at(&log))?;
        }
    }
    fs::rename(database, &aside).map_err(at(database))?;
    Ok(aside)
}

fn remove_database(file: &Path) -> Result<(), DbError> {
    for suffix in ["", "-wal", "-shm"] {
        remove(&beside(file, suffix))?;
    }
    Ok(())
}

fn remove(file: &Path) -> Result<(), DbError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(file)(error)),
        _ => Ok(()),
    }
}

/// The folder of a file; none where it is the current one.
fn folder_of(file: &Path) -> Option<&Path> {
    file.parent().filter(|folder| !folder.as_os_str().is_empty())
}

/// A rename is on the disk once its folder is.
fn sync_folder_of(file: &Path) -> Result<(), DbError> {
    let folder = folder_of(file).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn at(file: &Path) -> impl Fn(io::Error) -> DbError {
    let file = shown(file);
    move |error| {
        let words = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                format!("the disk is full ({error}); nothing is left of the copy. Make room, or copy to another disk")
            }
            _ => error.to_string(),
        };
        BackupRefused::File { file: file.clone(), words }.into()
    }
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}

/// `text` as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
