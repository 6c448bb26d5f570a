//! The audit log: one row a deed of staff, written in the transaction that does the deed, each row sealed with the hash of
//! the one before. Nothing of citizens stands in it.
//!
//! The hash of a row is SHA-256 over `sipas audit 1` and its fields, each after its length in 8 bytes, big-endian; see
//! [`AuditRow::sealed`] and docs/security.md. Writers are locked out of one another, so the chain is one chain, also when
//! several processes write.

use std::fmt;
use std::ops::Deref;

use chrono::{DateTime, SubsecRound, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use sha2::{Digest, Sha256};

use crate::access::AuditedAction;
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::audit;
use crate::db::{Db, DbError, instant};
use crate::secrets::hex::hex;

/// Rows read in one step.
const PAGE: i64 = 2_000;
/// The most bytes of a field.
const FIELD_BYTES_MAX: usize = 400;

/// What is to be written about a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the user who did it; empty for the program itself, and for whoever is not signed in.
    pub actor: String,
    /// What was done.
    pub action: AuditedAction,
    /// Code of the unit concerned; empty where none is.
    pub unit: String,
    /// To what: a code, a name, a number.
    pub object: String,
    /// `done` or `refused`.
    pub outcome: Outcome,
}

/// How a deed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// The word kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// A database with what the audit log is to keep of the next change: what staff change can be changed through it only, so that
/// a change without a row does not compile.
#[derive(Clone)]
pub struct Noted {
    pub(in crate::db) db: Db,
    pub(in crate::db) note: Option<Note>,
}

impl Deref for Noted {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Noted {
    /// Runs `work` in one transaction on the writer's thread, adds the row, and waits for COMMIT.
    pub(in crate::db) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let note = self.note.clone();
        self.db.write(move |conn| {
            let done = work(conn)?;
            append_if(conn, note.as_ref())?;
            Ok(done)
        })
    }

    /// [`Noted::write`] of what may find nothing to do: the row is added only where `is_done` says that something was done.
    pub(in crate::db) fn write_if_done<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send + 'static,
        is_done: impl FnOnce(&T) -> bool + Send + 'static,
    ) -> Result<T, DbError> {
        let note = self.note.clone();
        self.db.write(move |conn| {
            let done = work(conn)?;
            if is_done(&done) {
                append_if(conn, note.as_ref())?;
            }
            Ok(done)
        })
    }

    /// [`Noted::write`] for what points show: units, questionnaires, points.
    pub(in crate::db) fn write_reference<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let done = self.write(work);
        self.forget_points();
        done
    }
}

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// 1 for the first row, then one more each.
    pub number: i64,
    /// When, to the millisecond.
    pub at: DateTime<Utc>,
    /// Name of the user; empty for the program itself.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Code of the unit concerned.
    pub unit: String,
    /// To what.
    pub object: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Hash of the row before; zeros before the first.
    pub previous: [u8; 32],
    /// Hash of this row.
    pub hash: [u8; 32],
}

/// The last row of the log: who keeps it elsewhere can tell later whether the log was changed up to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number; 0 for an empty log.
    pub number: i64,
    /// Its hash; zeros for an empty log.
    pub hash: [u8; 32],
}

impl fmt::Display for AuditHead {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.number, hex(&self.hash))
    }
}

/// The first row that does not fit the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRow {
    pub number: i64,
    /// What is wrong with it, for the operator.
    pub why: &'static str,
}

impl AuditRow {
    /// The hash that the row should have.
    pub fn sealed(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        let (number, at) = (self.number.to_be_bytes(), self.at.timestamp_millis().to_be_bytes());
        let texts = [&self.actor, &self.action, &self.unit, &self.object, &self.outcome];
        let fields = [b"sipas audit 1".as_slice(), &number, &at]
            .into_iter()
            .chain(texts.into_iter().map(String::as_bytes))
            .chain([self.previous.as_slice()]);
        for field in fields {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        hasher.finalize().into()
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
struct Row {
    number: i64,
    at_ms: i64,
    actor: String,
    action: String,
    unit: String,
    object: String,
    outcome: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

fn of_row(row: Row) -> Result<AuditRow, DbError> {
    let Row { number, at_ms, actor, action, unit, object, outcome, previous, hash } = row;
    let whole = |bytes: Vec<u8>| -> Result<[u8; 32], DbError> {
        bytes
            .try_into()
            .map_err(|_| DbError::Damaged(format!("a hash of row {number} of the audit log is not 32 bytes")))
    };
    let (previous, hash) = (whole(previous)?, whole(hash)?);
    Ok(AuditRow { number, at: instant::of_ms(at_ms), actor, action, unit, object, outcome, previous, hash })
}

/// Adds a row behind the last. Only within a transaction that has locked out other writers.
pub(in crate::db) fn append(conn: &mut Conn, note: &Note) -> Result<(), DbError> {
    let last = head(conn)?;
    let mut row = AuditRow {
        number: last.number + 1,
        at: note.at.trunc_subsecs(3),
        actor: cut(&note.actor),
        action: note.action.word().to_owned(),
        unit: cut(&note.unit),
        object: cut(&note.object),
        outcome: note.outcome.as_str().to_owned(),
        previous: last.hash,
        hash: [0; 32],
    };
    row.hash = row.sealed();
    diesel::insert_into(audit::table)
        .values((
            audit::number.eq(row.number),
            audit::at_ms.eq(row.at.timestamp_millis()),
            audit::actor.eq(&row.actor),
            audit::action.eq(&row.action),
            audit::unit.eq(&row.unit),
            audit::object.eq(&row.object),
            audit::outcome.eq(&row.outcome),
            audit::previous.eq(row.previous.to_vec()),
            audit::hash.eq(row.hash.to_vec()),
        ))
        .execute(conn)?;
    Ok(())
}

/// [`append`] where there is something to write.
pub(in crate::db) fn append_if(conn: &mut Conn, note: Option<&Note>) -> Result<(), DbError> {
    note.map_or(Ok(()), |note| append(conn, note))
}

/// No line breaks and no endless text: a row is one line wherever it is shown.
fn cut(text: &str) -> String {
    let mut kept = String::new();
    for letter in text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
        if kept.len() + letter.len_utf8() > FIELD_BYTES_MAX {
            break;
        }
        kept.push(letter);
    }
    kept
}

fn head(conn: &mut Conn) -> Result<AuditHead, DbError> {
    let last: Option<Row> = audit::table.order(audit::number.desc()).select(Row::as_select()).first(conn).optional()?;
    let last = last.map(of_row).transpose()?;
    Ok(last.map_or(AuditHead { number: 0, hash: [0; 32] }, |row| AuditHead { number: row.number, hash: row.hash }))
}

impl Db {
    /// The handle that deeds of staff need: each is written into the audit log in the transaction that does it. A deed that
    /// fails leaves no row.
    #[must_use]
    pub fn noting(&self, note: Note) -> Noted {
        Noted { db: self.clone(), note: Some(note) }
    }

    /// The handle for deeds of nobody: files that seed the database, demonstration data, tests.
    #[must_use]
    pub fn by_nobody(&self) -> Noted {
        Noted { db: self.clone(), note: None }
    }

    /// Writes a row about something that changed nothing else: a refusal, a sign-in.
    pub fn note(&self, note: Note) -> Result<(), DbError> {
        self.inner.writer.run(move |conn| append(conn, &note))
    }

    /// The last row's number and hash.
    pub fn audit_head(&self) -> Result<AuditHead, DbError> {
        self.read(head)
    }

    /// The newest rows before the row `before` (none for all) that concern `units` or no unit, newest first.
    pub fn audit_rows(&self, units: &[String], before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>, DbError> {
        let mut units = units.to_vec();
        units.push(String::new());
        let rows: Vec<Row> = self.read(|conn| {
            in_parts(&units, |some| {
                let found = audit::table.filter(audit::unit.eq_any(some));
                let found = found.filter(audit::number.lt(before.unwrap_or(i64::MAX)));
                let newest_first = found.order(audit::number.desc()).limit(i64::from(limit));
                Ok(newest_first.select(Row::as_select()).load(conn)?)
            })
        })?;
        let mut rows = rows.into_iter().map(of_row).collect::<Result<Vec<_>, _>>()?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.number));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// Walks the whole chain: the last row when all is well, else the first row that does not fit.
    pub fn verify_audit(&self) -> Result<Result<AuditHead, BrokenRow>, DbError> {
        self.read(verify)
    }
}

/// [`Db::verify_audit`] on a connection.
pub(in crate::db) fn verify(conn: &mut Conn) -> Result<Result<AuditHead, BrokenRow>, DbError> {
    let mut last = AuditHead { number: 0, hash: [0; 32] };
    loop {
        let next = audit::table.filter(audit::number.gt(last.number)).order(audit::number).limit(PAGE);
        let rows: Vec<Row> = next.select(Row::as_select()).load(conn)?;
        if rows.is_empty() {
            return Ok(Ok(last));
        }
        for row in rows {
            let row = of_row(row)?;
            let why = if row.number != last.number + 1 {
                Some("the row before it is missing")
            } else if row.previous != last.hash {
                Some("it does not follow the row before it")
            } else if row.sealed() != row.hash {
                Some("it was changed after it was written")
            } else {
                None
            };
            if let Some(why) = why {
                return Ok(Err(BrokenRow { number: row.number, why }));
            }
            last = AuditHead { number: row.number, hash: row.hash };
        }
    }
}
