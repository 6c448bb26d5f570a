//! Files that commands write. Each gets its name when it is whole: until then what stood there stays, and what could not be finished goes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Outcome, Refusal};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBy {
    /// Its owner: answers of single people, codes that somebody could answer with.
    Owner,
    /// Whoever could read what stood there before, or whomever the system lets read new files.
    Others,
}

/// A file under way. It goes with this value unless it was finished.
#[derive(Debug)]
pub struct Unfinished {
    /// Under which it is written.
    part: PathBuf,
    /// Which it gets.
    whole: PathBuf,
}

impl Unfinished {
    /// Begins a file that is to stand at `path`. What is no file, as a pipe, is written to as it comes.
    pub fn begin(path: &Path, by: ReadBy) -> Result<(Self, File), Refusal> {
        // Behind a link lies the file that is meant.
        let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if whole.is_dir() {
            return Err(Refusal(format!("{} is a folder; name a file in it", path.display())));
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
            return Err(Refusal(format!(
                "{}: there is no folder {}; make it, or name another",
                path.display(),
                folder.display()
            )));
        }
        let stood = fs::metadata(&whole).ok();
        if stood.as_ref().is_some_and(|there| !there.is_file()) {
            let file = OpenOptions::new().write(true).open(&whole).map_err(|error| refused(path, &error))?;
            return Ok((Self { part: whole.clone(), whole }, file));
        }
        let mut part = whole.as_os_str().to_owned();
        part.push(".part");
        let unfinished = Self { part: PathBuf::from(part), whole };
        // What is left of a program that was killed may be open to others.
        let _ = fs::remove_file(&unfinished.part);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        if by == ReadBy::Owner {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let file = options.open(&unfinished.part).map_err(|error| refused(&unfinished.part, &error))?;
        if let Some(stood) = stood.filter(|_| by == ReadBy::Others) {
            file.set_permissions(stood.permissions()).map_err(|error| refused(&unfinished.part, &error))?;
        }
        Ok((unfinished, file))
    }

    /// Gives the file its name, once all of it is on the disk.
    pub fn finish(mut self) -> Outcome {
        if self.part == self.whole {
            return Ok(());
        }
        let done = File::open(&self.part).and_then(|file| file.sync_all());
        done.and_then(|()| fs::rename(&self.part, &self.whole)).map_err(|error| refused(&self.whole, &error))?;
        self.part.clone_from(&self.whole);
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.part != self.whole {
            // Why it could not be finished says more than that it cannot be removed.
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// Writes a file whole, or leaves what stood there.
pub fn write(path: &Path, by: ReadBy, bytes: &[u8]) -> Outcome {
    write_by(path, by, |file| file.write_all(bytes))
}

fn write_by(path: &Path, by: ReadBy, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Outcome {
    let (unfinished, mut file) = Unfinished::begin(path, by)?;
    fill(&mut file).map_err(|error| refused(path, &error))?;
    drop(file);
    unfinished.finish()
}

/// Why a file could not be written, with its path, and what to do where its disk is full: whatever wrote it, as a library of workbooks, may
/// have said so in words of its own.
pub fn refused(path: &Path, error: &impl std::fmt::Display) -> Refusal {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let free = rustix::fs::statvfs(folder).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    let full = if free.is_ok_and(|free| free < ROOM_BYTES) {
        "; the disk is full: make room, or name a file on another disk. What stood there before is as it was"
    } else {
        ""
    };
    Refusal(format!("{}: {error}{full}", path.display()))
}

/// A disk with less is full for whoever writes a file: what was tried is taken away again, and may have been small.
const ROOM_BYTES: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_disk_that_gets_full_half_way_leaves_what_stood_there_and_nothing_beside_it() {
        let folder = std::env::temp_dir().join(format!("sipas_files_{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("report.docx");
        let half = |file: &mut File| -> io::Result<()> {
            file.write_all(b"half of it")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let names = || -> Vec<_> {
            fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("one").file_name()).collect()
        };
        let words = write_by(&file, ReadBy::Others, half).expect_err("a refusal").0;
        assert!(words.contains("report.docx: "), "{words}");
        assert!(names().is_empty(), "{:?}", names());
        write(&file, ReadBy::Owner, b"whole").expect("written");
        let mode = || fs::metadata(&file).expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        write_by(&file, ReadBy::Others, half).expect_err("a refusal");
        assert_eq!((fs::read(&file).expect("a file"), names().len()), (b"whole".to_vec(), 1));
        // Rights of before stay, unless only the owner may read.
        fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("rights");
        write(&file, ReadBy::Others, b"anew").expect("written");
        assert_eq!((fs::read(&file).expect("a file"), mode()), (b"anew".to_vec(), 0o640));
        write(&file, ReadBy::Owner, b"anew").expect("written");
        assert_eq!(mode(), 0o600);
        // A link leads to the file that is meant; what is no file is written to as it is.
        let link = folder.join("link.docx");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        write(&link, ReadBy::Others, b"through a link").expect("written");
        assert_eq!(fs::read(&file).expect("a file"), b"through a link");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        write(Path::new("/dev/null"), ReadBy::Others, b"nowhere").expect("written");
        assert!(write(Path::new("/dev/full"), ReadBy::Others, b"too much").is_err());
        fs::remove_dir_all(&folder).expect("removed");
    }
}
