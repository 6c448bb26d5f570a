//! Letters that wait to be sent. A letter is known by its key, so that it is written once however often it is due; who sends
//! it leases it first, so that of two servers one does; and its text is forgotten once it is sent.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::engine::conn::{Conn, on_backend};
use super::engine::schema::outbox;
use super::{Db, DbError, random};
use crate::secrets::hex::hex;

/// How long one server may take over a letter before another may try: many times what SMTP waits.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The longest wait between two tries.
const WAIT_MAX: TimeDelta = TimeDelta::hours(1);
/// After so long a letter is given up.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(7);

/// A letter to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    /// What it is about and to whom, as in `due/cau-giay-2026/2026-q1/7/lan`.
    pub key: String,
    /// Address.
    pub recipient: String,
    /// Subject, one line.
    pub subject: String,
    /// Text: paragraphs parted by blank lines.
    pub body: String,
}

/// A letter leased for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedLetter {
    /// Its key.
    pub key: String,
    /// Left part of its Message-ID: the same at every try.
    pub message_id: String,
    /// Address.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Which try this is, from 1.
    pub tries: i32,
    /// Until when it is leased: who marks it must still hold this lease.
    lease_ms: i64,
}

/// How many letters wait, and how many were given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxLoad {
    /// Not sent yet.
    pub waiting: u64,
    /// Given up.
    pub failed: u64,
}

type Row = (String, String, String, String, String, i32);

impl Db {
    /// Writes a letter unless one of its key was ever written; whether it is new.
    pub fn write_letter(&self, new: &NewLetter, now: DateTime<Utc>) -> Result<bool, DbError> {
        let new = new.clone();
        self.write(move |conn| insert(conn, &new, now))
    }

    /// Whether a letter of this key was ever written.
    pub fn letter_is_known(&self, key: &str) -> Result<bool, DbError> {
        let found: Option<String> =
            self.read(|conn| Ok(outbox::table.find(key).select(outbox::key).first(conn).optional()?))?;
        Ok(found.is_some())
    }

    /// Leases the letter that has waited longest; none when nothing is due.
    pub fn lease_letter(&self, now: DateTime<Utc>) -> Result<Option<LeasedLetter>, DbError> {
        let now_ms = now.timestamp_millis();
        self.write(move |conn| {
            let due = outbox::table
                .filter(outbox::sent_ms.is_null().and(outbox::failed_ms.is_null()))
                .filter(outbox::due_ms.le(now_ms))
                .filter(outbox::lease_ms.le(now_ms));
            let columns =
                (outbox::key, outbox::message_id, outbox::recipient, outbox::subject, outbox::body, outbox::tries);
            let first: Option<Row> = due.order((outbox::due_ms, outbox::key)).select(columns).first(conn).optional()?;
            let Some((key, message_id, recipient, subject, body, tries)) = first else { return Ok(None) };
            let lease_ms = (now + LEASE).timestamp_millis();
            diesel::update(outbox::table.find(&key))
                .set((outbox::lease_ms.eq(lease_ms), outbox::tries.eq(tries + 1)))
                .execute(conn)?;
            Ok(Some(LeasedLetter { key, message_id, recipient, subject, body, tries: tries + 1, lease_ms }))
        })
    }

    /// The mail server has taken the letter: it is never sent again, and its text is forgotten. False when the lease had
    /// gone to somebody else.
    pub fn letter_sent(&self, letter: &LeasedLetter, now: DateTime<Utc>) -> Result<bool, DbError> {
        let (key, lease_ms) = (letter.key.clone(), letter.lease_ms);
        self.write(move |conn| {
            let held = outbox::table.filter(outbox::key.eq(key)).filter(outbox::lease_ms.eq(lease_ms));
            let sent = (outbox::sent_ms.eq(now.timestamp_millis()), outbox::body.eq(""));
            Ok(diesel::update(held).set(sent).execute(conn)? == 1)
        })
    }

    /// The letter could not be sent: it waits a minute, then twice as long each time, an hour at most, and is given up after a
    /// week, or at once when it never can be. True when it was given up.
    pub fn letter_failed(&self, letter: &LeasedLetter, for_ever: bool, now: DateTime<Utc>) -> Result<bool, DbError> {
        let (key, lease_ms, tries) = (letter.key.clone(), letter.lease_ms, letter.tries);
        self.write(move |conn| {
            let held = || outbox::table.filter(outbox::key.eq(key.clone())).filter(outbox::lease_ms.eq(lease_ms));
            let created: Option<i64> = held().select(outbox::created_ms).first(conn).optional()?;
            let Some(created_ms) = created else { return Ok(false) };
            let too_old = now.timestamp_millis() - created_ms >= GIVEN_UP_AFTER.num_milliseconds();
            if for_ever || too_old {
                let given_up = (outbox::failed_ms.eq(now.timestamp_millis()), outbox::body.eq(""));
                diesel::update(held()).set(given_up).execute(conn)?;
                return Ok(true);
            }
            let doublings = u32::try_from(tries - 1).unwrap_or(0).min(10);
            let wait = (TimeDelta::minutes(1) * i32::try_from(1_u32 << doublings).unwrap_or(i32::MAX)).min(WAIT_MAX);
            let later = (outbox::due_ms.eq((now + wait).timestamp_millis()), outbox::lease_ms.eq(0));
            diesel::update(held()).set(later).execute(conn)?;
            Ok(false)
        })
    }

    /// How many letters wait, and how many were given up.
    pub fn outbox_load(&self) -> Result<OutboxLoad, DbError> {
        self.read(|conn| {
            let waiting = outbox::table.filter(outbox::sent_ms.is_null().and(outbox::failed_ms.is_null()));
            let waiting: i64 = waiting.count().get_result(conn)?;
            let failed: i64 = outbox::table.filter(outbox::failed_ms.is_not_null()).count().get_result(conn)?;
            Ok(OutboxLoad { waiting: waiting.unsigned_abs(), failed: failed.unsigned_abs() })
        })
    }

    /// Forgets letters that were done with before `then`; how many there were.
    pub fn prune_outbox(&self, then: DateTime<Utc>) -> Result<usize, DbError> {
        let then_ms = then.timestamp_millis();
        self.write(move |conn| {
            let done = outbox::sent_ms.lt(then_ms).or(outbox::failed_ms.lt(then_ms));
            Ok(diesel::delete(outbox::table.filter(done)).execute(conn)?)
        })
    }
}

fn insert(conn: &mut Conn, new: &NewLetter, now: DateTime<Utc>) -> Result<bool, DbError> {
    let message_id = hex(&random::<16>()?);
    let now_ms = now.timestamp_millis();
    let row = (
        outbox::key.eq(&new.key),
        outbox::message_id.eq(message_id),
        outbox::recipient.eq(&new.recipient),
        outbox::subject.eq(&new.subject),
        outbox::body.eq(&new.body),
        outbox::created_ms.eq(now_ms),
        outbox::due_ms.eq(now_ms),
        outbox::lease_ms.eq(0_i64),
        outbox::tries.eq(0),
    );
    let inserted =
        on_backend!(conn, |c| { diesel::insert_into(outbox::table).values(row).on_conflict_do_nothing().execute(c) })?;
    Ok(inserted == 1)
}
