//! What is left beside a SQLite database of work that was broken off: copies that never became whole, each with all answers in it. And how
//! long the write-ahead log is, how much room the disk has.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use super::doctor::Finding;
use crate::clock;
use crate::db::Db;

/// Younger ones may belong to work that goes on.
const UNDER_WAY: TimeDelta = TimeDelta::hours(2);
/// From here on the log needs attention: it is emptied after every few thousand pages, unless somebody reads all the time.
const LOG_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What a SQLite file has around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// Copies that were broken off.
    pub leftovers: Vec<PathBuf>,
    /// Bytes of the write-ahead log.
    pub log_bytes: u64,
    /// Bytes that the disk of the database has for this program; none where the system does not say.
    pub free_bytes: Option<u64>,
}

impl Db {
    /// What stands around the database and in the folder of the backups of the night; none on PostgreSQL.
    pub fn surroundings(&self, backups: Option<&Path>) -> Option<Surroundings> {
        let file = self.url().file()?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let mut leftovers = broken_off(folder, |found| {
            found.strip_prefix(name).is_some_and(|rest| rest.starts_with(".restoring") || rest.starts_with(".part"))
        });
        leftovers.extend(backups.map(|backups| broken_off(backups, is_part_of_a_night)).unwrap_or_default());
        leftovers.sort();
        leftovers.dedup();
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let log_bytes = std::fs::metadata(log).map_or(0, |log| log.len());
        let free = rustix::fs::statvfs(folder).ok();
        Some(Surroundings {
            leftovers,
            log_bytes,
            free_bytes: free.map(|free| free.f_bavail.saturating_mul(free.f_frsize)),
        })
    }
}

impl Surroundings {
    /// What the check-up says of it.
    pub fn findings(&self) -> [Finding; 2] {
        let names: Vec<String> = self.leftovers.iter().map(|file| file.display().to_string()).collect();
        let left = match names.len() {
            0 => "none".to_owned(),
            _ => format!("{}; copies that were broken off, with answers in them: remove them", names.join(", ")),
        };
        let log = self.log_bytes / 1024 / 1024;
        let log_is_well = self.log_bytes <= LOG_BYTES_MAX;
        let log = if log_is_well {
            format!("{log} MiB")
        } else {
            format!(
                "{log} MiB; something reads the database without end, as a copy that hangs: end it, and restart the server"
            )
        };
        [
            Finding { what: "leftovers", well: names.is_empty(), words: left },
            Finding { what: "write-ahead log", well: log_is_well, words: log },
        ]
    }
}

/// Whether a file is a part of a backup of the night, or what SQLite keeps beside one: `sipas-2026-03-14.db.part`.
pub fn is_part_of_a_night(name: &str) -> bool {
    let day = name.strip_prefix("sipas-").and_then(|rest| rest.split_once(".db.part"));
    day.is_some_and(|(day, _)| day.len() == 10 && day.parse::<chrono::NaiveDate>().is_ok())
}

/// The files of a folder of such a name that nobody has written to for a while.
fn broken_off(folder: &Path, is_one: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let old = |path: &Path| {
        let written = std::fs::metadata(path).and_then(|file| file.modified());
        written.is_ok_and(|at| clock::now() - DateTime::<Utc>::from(at) > UNDER_WAY)
    };
    let named = entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(&is_one));
    named.map(|entry| entry.path()).filter(|path| old(path)).collect()
}
