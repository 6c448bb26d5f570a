//! One-time codes: made from chance, or of a page that is sent from the key and the page's number, and turned into what the ledger keeps of
//! them. The key for that lies in a file of its own, outside the database and its backups. Which tickets there are and which were used is
//! kept in `db/answers/tickets.rs`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::db::{Db, DbError, Noted, PointFound, PointStatus, Stored, TicketIssue};
use crate::error::Refusal;
use crate::secrets::hex::hex;
use crate::survey::code;

/// Most codes in one go: fifty sheets of paper.
pub const COUNT_MAX: usize = 400;
/// Longest time for which a code is good.
pub const DAYS_MAX: u64 = 366;

/// The key under which codes are hashed: 256 random bits.
pub struct TicketKey([u8; 32]);

/// Why there is no key: a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum TicketKeyError {
    /// PostgreSQL, and no file is named.
    #[error(
        "one-time codes need a key outside the database; set SIPAS_TICKET_KEY_FILE to a file that only sipas can read"
    )]
    NotSet,
    /// The file cannot be read or made.
    #[error("the key of the one-time codes, {path}: {cause}")]
    File {
        /// Where.
        path: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file holds something else.
    #[error("{0} does not hold a key (64 hexadecimal digits); put the right file back, or set SIPAS_TICKET_KEY_FILE")]
    NotAKey(String),
    /// The file holds nothing.
    #[error(
        "{0} is empty: a full disk or a crash cut the key short that was to stand in it. Put the key back from where it is kept; if no codes \
         were issued so far, remove the file, make room on the disk, and a new key is made"
    )]
    Empty(String),
    /// The system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
}

/// Where the key lies: as set, or beside the SQLite file `database`.
pub fn key_file(config: &Config, database: Option<&Path>) -> Option<PathBuf> {
    config.ticket_key_file.clone().or_else(|| {
        let mut name = database?.as_os_str().to_owned();
        name.push(".ticket-key");
        Some(PathBuf::from(name))
    })
}

impl TicketKey {
    /// The key in `file`; none when there is no such file.
    pub fn read(file: &Path) -> Result<Option<Self>, TicketKeyError> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(TicketKeyError::File { path: file.display().to_string(), cause }),
        };
        if text.trim().is_empty() {
            return Err(TicketKeyError::Empty(file.display().to_string()));
        }
        let key = bytes_of_hex(text.trim()).ok_or_else(|| TicketKeyError::NotAKey(file.display().to_string()))?;
        Ok(Some(Self(key)))
    }

    /// The key in `file`, which is made, readable by its owner only, when there is none.
    pub fn read_or_make(file: &Path) -> Result<Self, TicketKeyError> {
        if let Some(key) = Self::read(file)? {
            return Ok(key);
        }
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(TicketKeyError::Random)?;
        let mut part = file.as_os_str().to_owned();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let made = write_private(&part, format!("{}\n", hex(&bytes)).as_bytes()).and_then(|()| give_name(&part, file));
        // The link that gave the key its name leaves this one, and a key that is not whole is of no use.
        let _ = std::fs::remove_file(&part);
        match made {
            Ok(()) => Ok(Self(bytes)),
            // Of two commands that start at once one makes the key, and the other goes by it.
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {
                Self::read(file)?.ok_or_else(|| TicketKeyError::File { path: file.display().to_string(), cause })
            }
            Err(cause) => Err(TicketKeyError::File { path: file.display().to_string(), cause }),
        }
    }

    /// Tells this key from another, and nothing else.
    pub fn id(&self) -> [u8; 8] {
        let mut id = [0; 8];
        id.copy_from_slice(&Sha256::new().chain_update(b"sipas ticket key 1").chain_update(self.0).finalize()[..8]);
        id
    }

    /// What the ledger keeps of a code in its one spelling: HMAC-SHA-256 (RFC 2104, FIPS 180-4).
    pub fn hash(&self, code: &str) -> [u8; 32] {
        // A key of any length is accepted, so this cannot fail.
        Hmac::<Sha256>::new_from_slice(&self.0).map_or([0; 32], |mut mac| {
            mac.update(code.as_bytes());
            mac.finalize().into_bytes().into()
        })
    }
}

impl TicketKey {
    /// The `count` codes of a page that was sent, by its number made from chance: the same ones however often it is sent, and none that
    /// anybody without the key can tell.
    pub fn codes_of(&self, page: &str, count: usize) -> Vec<String> {
        let mut codes = std::collections::BTreeSet::new();
        let mut place = 0_u64;
        while codes.len() < count {
            let mut random = [0; 8];
            random.copy_from_slice(&self.hash(&format!("codes of a page\0{page}\0{count}\0{place}"))[..8]);
            codes.insert(code::ticket_from_random(u64::from_le_bytes(random)));
            place += 1;
        }
        codes.into_iter().collect()
    }

    /// The first `count` codes of an issue by a program, by the number that the program gave it. Fewer of them are the first of more, so that a
    /// number that comes again for another count is known by its first code.
    pub fn codes_of_issue(&self, issue: &str, count: usize) -> Vec<String> {
        let (mut codes, mut known) = (Vec::new(), std::collections::HashSet::new());
        let mut place = 0_u64;
        while codes.len() < count {
            let mut random = [0; 8];
            random.copy_from_slice(&self.hash(&format!("codes of an issue\0{issue}\0{place}"))[..8]);
            let code = code::ticket_from_random(u64::from_le_bytes(random));
            if known.insert(code.clone()) {
                codes.push(code);
            }
            place += 1;
        }
        codes
    }
}

/// The point of a code as it was typed, while it takes answers.
pub fn open_point(db: &Db, typed: &str, today: NaiveDate) -> Result<Option<PointFound>, DbError> {
    let Some(code) = code::normalise(typed) else { return Ok(None) };
    Ok(db.point(&code)?.filter(|point| point.status(today) == PointStatus::Active).map(|point| (*point).clone()))
}

/// The key and `count` codes of an issue, those of `page` where it has a number; none where codes that are out were made with another key:
/// whoever keeps the machine must say what becomes of them.
pub fn prepared(
    db: &Db,
    file: &Path,
    page: Option<&str>,
    count: usize,
    today: NaiveDate,
) -> Result<Option<(TicketKey, Vec<String>)>, NotPrepared> {
    let Some(key) = usable_key(db, file, today)? else { return Ok(None) };
    let codes = match page {
        Some(page) => key.codes_of(page, count),
        None => new_codes(count)?,
    };
    Ok(Some((key, codes)))
}

/// The key for new codes; none where codes that are out were made with another key.
fn usable_key(db: &Db, file: &Path, today: NaiveDate) -> Result<Option<TicketKey>, NotPrepared> {
    let known = TicketKey::read(file)?;
    if db.tickets_of_other_keys(known.as_ref().map(TicketKey::id), today)? > 0 {
        return Ok(None);
    }
    Ok(Some(TicketKey::read_or_make(file)?))
}

/// Codes that a program asks for, and whether they were issued now, were issued before, or others were under the number `once`; no codes where those
/// that are out were made with another key.
pub fn issue_once(
    db: &Noted,
    file: &Path,
    issue: &NewIssue,
    once: Option<&str>,
) -> Result<Option<(Stored, Vec<String>)>, NotPrepared> {
    let Some(key) = usable_key(db, file, issue.issued_on)? else { return Ok(None) };
    let entry = TicketIssue {
        unit: issue.unit,
        point: issue.point,
        key_id: key.id(),
        issued_on: issue.issued_on,
        last_day: issue.last_day,
    };
    let Some(once) = once else {
        let codes = new_codes(issue.count)?;
        db.issue_tickets(&entry, codes.iter().map(|code| key.hash(code)).collect())?;
        return Ok(Some((Stored::New, codes)));
    };
    // The one after the last tells whether more were issued.
    let mut codes = key.codes_of_issue(once, issue.count + 1);
    let hashes = codes.iter().map(|code| key.hash(code)).collect();
    codes.truncate(issue.count);
    Ok(Some((db.issue_tickets_once(&entry, hashes)?, codes)))
}

/// What a program asks for.
#[derive(Debug, Clone, Copy)]
pub struct NewIssue {
    /// Number of the unit.
    pub unit: i32,
    /// Number of the point within it.
    pub point: i32,
    pub count: usize,
    pub issued_on: NaiveDate,
    /// Last civil day of an answer with one of them.
    pub last_day: NaiveDate,
}

/// Why no codes could be made.
#[derive(Debug, thiserror::Error)]
pub enum NotPrepared {
    /// The key.
    #[error(transparent)]
    Key(#[from] TicketKeyError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<NotPrepared> for Refusal {
    fn from(why: NotPrepared) -> Self {
        match why {
            NotPrepared::Database(error) => error.into(),
            NotPrepared::Key(error) => Self::fault(error),
        }
    }
}

/// `count` new codes.
pub fn new_codes(count: usize) -> Result<Vec<String>, TicketKeyError> {
    let mut codes = std::collections::BTreeSet::new();
    while codes.len() < count {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(TicketKeyError::Random)?;
        codes.insert(code::ticket_from_random(u64::from_le_bytes(bytes)));
    }
    Ok(codes.into_iter().collect())
}

/// Writes a file for its owner only, onto the disk.
fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file)?;
    opened.write_all(bytes)?;
    opened.sync_all()
}

/// Gives what is written at `part` the name `file`, and never takes it from another.
fn give_name(part: &Path, file: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(part, file) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            // A disk whose files have one name each.
            if file.exists() {
                return Err(ErrorKind::AlreadyExists.into());
            }
            std::fs::rename(part, file)?;
        }
        linked => linked?,
    }
    // A name is on the disk once its folder is.
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

fn bytes_of_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("sipas_ticket_{name}_{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_only_and_read_again() {
        let folder = folder("made");
        let file = folder.join("key");
        assert!(TicketKey::read(&file).expect("no error").is_none());
        let made = TicketKey::read_or_make(&file).expect("made");
        let again = TicketKey::read_or_make(&file).expect("read");
        assert_eq!((made.id(), made.hash("A")), (again.id(), again.hash("A")));
        assert_ne!(made.hash("A"), made.hash("B"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).expect("the file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(&file, "no key").expect("spoiled");
        let words = TicketKey::read(&file).err().expect("a refusal").to_string();
        assert!(words.contains("put the right file back"), "{words}");
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn a_key_is_whole_or_not_there_and_an_empty_file_is_called_empty() {
        let folder = folder("whole");
        let file = folder.join("key");
        TicketKey::read_or_make(&file).expect("made");
        let names = std::fs::read_dir(&folder).expect("a folder").count();
        assert_eq!(names, 1, "the key and nothing beside it");
        // Another made it a moment ago: its name is not taken.
        let part = folder.join("key.part");
        write_private(&part, b"another").expect("written");
        let taken = give_name(&part, &file).expect_err("a refusal");
        assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
        assert!(TicketKey::read(&file).expect("the first").is_some());
        std::fs::write(&file, "\n").expect("emptied");
        for words in
            [TicketKey::read(&file), TicketKey::read_or_make(&file).map(Some)].map(|key| key.err().expect("a refusal"))
        {
            assert!(words.to_string().contains("is empty") && words.to_string().contains("remove the file"), "{words}");
        }
        // A folder that is not there takes no key and is not made.
        assert!(TicketKey::read_or_make(&folder.join("nowhere/key")).is_err());
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn the_hash_is_hmac_sha_256() {
        // printf %s 23456789ABC | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b…0b (32 times; OpenSSL 3.0).
        let wanted = "2eb7ebc19df1e03e723b630b2c2be23ee07121e5da5c3ed17fa5bc67062ad1b2";
        assert_eq!(hex(&TicketKey([0x0b; 32]).hash("23456789ABC")), wanted);
    }

    #[test]
    fn codes_are_as_many_as_asked_for_all_different_and_can_be_read_back() {
        let codes = new_codes(500).expect("codes");
        assert_eq!(codes.iter().collect::<std::collections::HashSet<_>>().len(), 500);
        assert!(codes.iter().all(|code| code::normalise_ticket(code).as_ref() == Some(code)));
    }

    #[test]
    fn fewer_codes_of_an_issue_are_the_first_of_more_and_another_number_has_others() {
        let key = TicketKey([0x0b; 32]);
        let codes = key.codes_of_issue("a", 40);
        assert_eq!(codes.iter().collect::<std::collections::HashSet<_>>().len(), 40);
        assert_eq!(key.codes_of_issue("a", 7), codes[..7]);
        assert!(key.codes_of_issue("b", 40).iter().all(|code| !codes.contains(code)));
    }
}
