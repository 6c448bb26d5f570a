//! The SQLite file that is open, told from whatever stands under its path later. A file that is removed or replaced while it is open
//! goes on taking rows, and the system forgets them with the last handle: without this look everybody would be thanked for nothing.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::lock::log_of;
use super::place::cannot_open;
use crate::db::DbError;

/// A file as it was found under its path.
#[derive(Debug)]
pub(in crate::db) struct Found {
    path: PathBuf,
    /// Device and number on it, which a file keeps as long as it is open anywhere.
    identity: (u64, u64),
}

impl Found {
    fn at(path: &Path) -> io::Result<Self> {
        let file = fs::metadata(path)?;
        Ok(Self { path: path.to_owned(), identity: (file.dev(), file.ino()) })
    }

    fn is_there(&self) -> bool {
        Self::at(&self.path).is_ok_and(|now| now.identity == self.identity)
    }
}

/// The database, remembered when it was opened.
#[derive(Debug)]
pub(in crate::db) struct OpenFile {
    database: Found,
    /// Whether the log has been told that it is gone.
    told: AtomicBool,
}

impl OpenFile {
    /// Remembers the file at `path`, which is open by now.
    pub(in crate::db) fn at(path: &Path) -> Result<Self, DbError> {
        let database = Found::at(path).map_err(|error| cannot_open(path, &error))?;
        Ok(Self { database, told: AtomicBool::new(false) })
    }

    /// Where it stands.
    pub(in crate::db) fn path(&self) -> &Path {
        &self.database.path
    }

    /// The write-ahead log of a connection that was just opened: SQLite keeps it as long as one is open, beside the file itself and not
    /// beside a link to it.
    pub(in crate::db) fn log(&self) -> Option<Found> {
        let itself = fs::canonicalize(&self.database.path).ok()?;
        Found::at(&log_of(&itself)).ok()
    }

    /// Refuses a database that stands under its path no more, or whose write-ahead log does not. The log of the program is told once.
    pub(in crate::db) fn require_there(&self, log: Option<&Found>) -> Result<(), DbError> {
        let gone = [Some(&self.database), log].into_iter().flatten().find(|found| !found.is_there());
        let Some(gone) = gone else {
            // A reader does not see that the write-ahead log is gone, so that only the writer takes back what it has said.
            if log.is_some() && self.told.swap(false, Ordering::Relaxed) {
                tracing::warn!(file = %self.database.path.display(), "the database is in its place again");
            }
            return Ok(());
        };
        let file = gone.path.display();
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::error!(
                %file,
                "a file of the database was removed or replaced while it is open; nothing is stored from now on. What was stored before \
                 lies in the file that process {} has open, and is lost when it ends: see \"removed or replaced\" in operations.md",
                std::process::id()
            );
        }
        Err(DbError::Unavailable(format!(
            "{file} was removed or replaced while it was open, so nothing is stored; move the file itself back, or stop, put the newest \
             backup in its place with `sipas restore`, and start"
        )))
    }

    /// Tells the log at the end, where the file is not in its place, that what it held goes with this process.
    pub(in crate::db) fn tell_at_the_end(&self) {
        if !self.database.is_there() {
            tracing::error!(
                file = %self.database.path.display(),
                "stopped without the file of the database in its place: answers that were stored before it was removed or replaced are lost, \
                 unless that file lies elsewhere"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_until_it_is_removed_or_another_takes_its_path() {
        let folder = std::env::temp_dir().join(format!("sipas_open_file_{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let (file, other) = (folder.join("a.db"), folder.join("b.db"));
        fs::write(&file, "a").expect("written");
        fs::write(&other, "a").expect("written");
        let open = OpenFile::at(&file).expect("a file");
        assert_eq!(open.require_there(None), Ok(()));
        fs::write(&file, "what it holds is nobody's business here").expect("written");
        assert_eq!(open.require_there(None), Ok(()));
        let aside = folder.join("aside.db");
        fs::rename(&file, &aside).expect("moved");
        let words = open.require_there(None).expect_err("a refusal").to_string();
        assert!(words.contains("a.db was removed or replaced"), "{words}");
        fs::copy(&aside, &file).expect("a copy");
        assert!(open.require_there(None).is_err(), "a copy is another file");
        fs::rename(&aside, &file).expect("moved back");
        assert_eq!(open.require_there(None), Ok(()));
        fs::rename(&other, &file).expect("replaced");
        assert!(open.require_there(None).is_err());
        fs::remove_dir_all(&folder).expect("removed");
    }
}
