//! Letters that wait to be sent. A letter is known by its key, so that it is written once however often it is due; who sends
//! it leases it first, so that of two servers one does; and its text is forgotten once it is sent. A letter whose text is made
//! when it is sent waits without one; what it told is entered under keys of its own, so that it is told once.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::schema::{letter_choice, one_time_link, outbox};
use crate::db::{Db, DbError, Noted, instant, random};
use crate::secrets::hex::hex;

/// How long one server may take over a letter before another may try: many times what SMTP waits.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The longest wait between two tries.
const WAIT_MAX: TimeDelta = TimeDelta::hours(1);
/// After so long a letter is given up.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(7);
/// A letter that the mail server refused for good so often is given up: an operator has some hours to mend a setting.
const REFUSALS_MAX: i32 = 4;
/// After the first of them; four times as long after each further one.
const WAIT_AFTER_REFUSAL: TimeDelta = TimeDelta::minutes(15);

/// A letter to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    /// What it is about and to whom, as in `link/3f…` or `day/2026-03-11/lan`.
    pub key: String,
    /// Address.
    pub recipient: String,
    /// Subject, one line; empty when it is made as the letter is sent.
    pub subject: String,
    /// Text: paragraphs parted by blank lines; empty when it is made as the letter is sent.
    pub body: String,
    /// After this it is not sent any more.
    pub until: DateTime<Utc>,
}

/// A letter leased for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedLetter {
    pub key: String,
    /// Left part of its Message-ID: the same at every try.
    pub message_id: String,
    /// Address.
    pub recipient: String,
    pub subject: String,
    /// Text.
    pub body: String,
    /// Which try this is, from 1.
    pub tries: i32,
    /// Until when it is leased: who marks it must still hold this lease.
    lease_ms: i64,
}

/// Why a letter was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterFailed {
    /// The mail server was not reached, or asked to come again.
    ForNow,
    /// The mail server refused it for good.
    Refused,
    /// It can never be sent: no address, a line break in its subject.
    ForEver,
}

/// How letters do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxLoad {
    /// Not sent yet.
    pub waiting: u64,
    /// When the oldest of them was written.
    pub oldest: Option<DateTime<Utc>>,
    /// Given up.
    pub failed: u64,
    /// When the last was taken by the mail server.
    pub last_sent: Option<DateTime<Utc>>,
}

/// A letter that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    pub key: String,
    /// Address.
    pub recipient: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why: `refused`, `unsendable`, `late` or `old`; empty where an older version of the program gave it up.
    pub reason: String,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterState {
    Waiting {
        /// When it was written.
        at: DateTime<Utc>,
        /// How often it was tried.
        tries: i32,
    },
    /// The mail server took it then.
    Sent(DateTime<Utc>),
    /// It was given up.
    GivenUp {
        /// When.
        at: DateTime<Utc>,
        /// Why, as in [`GivenUp`].
        reason: String,
    },
}

impl LetterState {
    /// When that was.
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Waiting { at, .. } | Self::Sent(at) | Self::GivenUp { at, .. } => *at,
        }
    }
}

/// Which letters a person wants. Those about the account itself (invitation, new password, wrong codes) come always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LetterChoice {
    /// All.
    #[default]
    All,
    /// What is due and whose turn it is.
    DueOnly,
    None,
}

impl Coded for LetterChoice {
    const WHAT: &'static str = "choice of letters";
    const CODES: &'static [(Self, i16)] = &[(Self::All, 1), (Self::DueOnly, 2), (Self::None, 3)];
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct WaitingRow {
    key: String,
    message_id: String,
    recipient: String,
    subject: String,
    body: String,
    tries: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct GivenUpRow {
    key: String,
    recipient: String,
    failed_ms: Option<i64>,
    reason: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct StateRow {
    created_ms: i64,
    tries: i32,
    sent_ms: Option<i64>,
    failed_ms: Option<i64>,
    reason: String,
}

impl Db {
    /// Writes a letter unless one of its key was ever written; whether it is new.
    pub fn write_letter(&self, new: &NewLetter, now: DateTime<Utc>) -> Result<bool, DbError> {
        let new = new.clone();
        self.write(move |conn| insert(conn, &new, now, None))
    }

    /// Whether a letter of this key was ever written, or told in another.
    pub fn letter_is_known(&self, key: &str) -> Result<bool, DbError> {
        let found: Option<String> =
            self.read(|conn| Ok(outbox::table.find(key).select(outbox::key).first(conn).optional()?))?;
        Ok(found.is_some())
    }

    /// Leases the letter that has waited longest; none when nothing is due. Letters whose last instant has passed are given up.
    pub fn lease_letter(&self, now: DateTime<Utc>) -> Result<Option<LeasedLetter>, DbError> {
        let now_ms = now.timestamp_millis();
        self.write(move |conn| {
            // Its time to go is named so that both engines go by the index of what waits, and read nothing of what was sent.
            let waits = || {
                let waits = outbox::table.filter(outbox::sent_ms.is_null().and(outbox::failed_ms.is_null()));
                waits.filter(outbox::due_ms.ge(0))
            };
            let late = waits().filter(outbox::until_ms.le(now_ms));
            diesel::update(late).set(given_up("late", now_ms)).execute(conn)?;
            let due = waits().filter(outbox::due_ms.le(now_ms)).filter(outbox::lease_ms.le(now_ms));
            let due = due.order((outbox::due_ms, outbox::key)).select(WaitingRow::as_select());
            let first: Option<WaitingRow> = due.first(conn).optional()?;
            let Some(WaitingRow { key, message_id, recipient, subject, body, tries }) = first else {
                return Ok(None);
            };
            let lease_ms = (now + LEASE).timestamp_millis();
            // Another server may have taken it between the two statements; it is theirs then.
            let free = outbox::table.find(&key).filter(outbox::lease_ms.le(now_ms));
            let taken =
                diesel::update(free).set((outbox::lease_ms.eq(lease_ms), outbox::tries.eq(tries + 1))).execute(conn)?;
            Ok((taken == 1).then_some(LeasedLetter {
                key,
                message_id,
                recipient,
                subject,
                body,
                tries: tries + 1,
                lease_ms,
            }))
        })
    }

    /// The mail server has taken the letter, or it has nothing to say any more: it is never sent again, its text is forgotten,
    /// and what it `told` is known. False when the lease had gone to somebody else.
    pub fn letter_sent(&self, letter: &LeasedLetter, told: &[String], now: DateTime<Utc>) -> Result<bool, DbError> {
        let (letter, told) = (letter.clone(), told.to_vec());
        self.write(move |conn| {
            let held = outbox::table.filter(outbox::key.eq(&letter.key)).filter(outbox::lease_ms.eq(letter.lease_ms));
            let sent = (outbox::sent_ms.eq(now.timestamp_millis()), outbox::body.eq(""));
            if diesel::update(held).set(sent).execute(conn)? != 1 {
                return Ok(false);
            }
            for key in told {
                let (recipient, subject, body) = (letter.recipient.clone(), String::new(), String::new());
                insert(conn, &NewLetter { key, recipient, subject, body, until: now }, now, Some(now))?;
            }
            Ok(true)
        })
    }

    /// The letter could not be sent. It waits a minute, then twice as long each time, an hour at most; refused for good it waits
    /// longer, and only a few times. It is given up after a week, or at once when it never can go. True when it was given up.
    pub fn letter_failed(&self, letter: &LeasedLetter, why: LetterFailed, now: DateTime<Utc>) -> Result<bool, DbError> {
        let (key, lease_ms, tries) = (letter.key.clone(), letter.lease_ms, letter.tries);
        let now_ms = now.timestamp_millis();
        self.write(move |conn| {
            let held = || outbox::table.filter(outbox::key.eq(key.clone())).filter(outbox::lease_ms.eq(lease_ms));
            let columns = (outbox::created_ms, outbox::refusals);
            let found: Option<(i64, i32)> = held().select(columns).first(conn).optional()?;
            let Some((created_ms, refused_before)) = found else { return Ok(false) };
            let refusals = refused_before + i32::from(why == LetterFailed::Refused);
            let reason = match why {
                LetterFailed::ForEver => "unsendable",
                LetterFailed::Refused if refusals >= REFUSALS_MAX => "refused",
                _ if now_ms - created_ms >= GIVEN_UP_AFTER.num_milliseconds() => "old",
                _ => "",
            };
            if !reason.is_empty() {
                diesel::update(held()).set((outbox::refusals.eq(refusals), given_up(reason, now_ms))).execute(conn)?;
                return Ok(true);
            }
            let wait = if why == LetterFailed::Refused {
                WAIT_AFTER_REFUSAL * 4_i32.pow(u32::try_from(refusals - 1).unwrap_or(0).min(8))
            } else {
                (TimeDelta::minutes(1) * 2_i32.pow(u32::try_from(tries - 1).unwrap_or(0).min(10))).min(WAIT_MAX)
            };
            let later = (
                outbox::due_ms.eq((now + wait).timestamp_millis()),
                outbox::lease_ms.eq(0),
                outbox::refusals.eq(refusals),
            );
            diesel::update(held()).set(later).execute(conn)?;
            Ok(false)
        })
    }

    /// How letters do: what waits, since when, and what was given up.
    pub fn outbox_load(&self) -> Result<OutboxLoad, DbError> {
        self.read(outbox_load)
    }

    /// The letters given up last, newest first, `most` of them.
    pub fn letters_given_up(&self, most: i64) -> Result<Vec<GivenUp>, DbError> {
        let rows: Vec<GivenUpRow> = self.read(|conn| {
            let failed = outbox::table.filter(outbox::failed_ms.is_not_null());
            let newest_first = failed.order(outbox::failed_ms.desc()).limit(most);
            Ok(newest_first.select(GivenUpRow::as_select()).load(conn)?)
        })?;
        let given_up = |row: GivenUpRow| GivenUp {
            key: row.key,
            recipient: row.recipient,
            at: instant::of_ms(row.failed_ms.unwrap_or_default()),
            reason: row.reason,
        };
        Ok(rows.into_iter().map(given_up).collect())
    }

    /// What became of the letter that was written last to an address, of those still known.
    pub fn last_letter_to(&self, address: &str) -> Result<Option<LetterState>, DbError> {
        let row: Option<StateRow> = self.read(|conn| {
            let theirs = outbox::table.filter(outbox::recipient.eq(address));
            let newest_first = theirs.order((outbox::created_ms.desc(), outbox::key));
            Ok(newest_first.select(StateRow::as_select()).first(conn).optional()?)
        })?;
        Ok(row.map(|row| match (row.sent_ms, row.failed_ms) {
            (Some(sent), _) => LetterState::Sent(instant::of_ms(sent)),
            (None, Some(failed)) => LetterState::GivenUp { at: instant::of_ms(failed), reason: row.reason },
            (None, None) => LetterState::Waiting { at: instant::of_ms(row.created_ms), tries: row.tries },
        }))
    }

    /// Whether the link still opens whose letter has this key's end: the first half of its hash in hexadecimal.
    pub fn link_of_letter_opens(&self, hash_begins: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
        let open = one_time_link::table.filter(one_time_link::expires_ms.gt(now.timestamp_millis()));
        let hashes: Vec<Vec<u8>> = self.read(|conn| Ok(open.select(one_time_link::hash).load(conn)?))?;
        Ok(hashes.iter().any(|hash| hex(hash).starts_with(hash_begins)))
    }

    /// Which letters a person wants.
    pub fn letter_choice(&self, user: i32) -> Result<LetterChoice, DbError> {
        let found: Option<i16> = self
            .read(|conn| Ok(letter_choice::table.find(user).select(letter_choice::choice).first(conn).optional()?))?;
        found.map_or(Ok(LetterChoice::All), LetterChoice::of_code)
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

impl Noted {
    /// Keeps which letters a person wants.
    pub fn choose_letters(&self, user: i32, choice: LetterChoice) -> Result<(), DbError> {
        self.write(move |conn| {
            let chosen = letter_choice::choice.eq(choice.code());
            on_backend!(conn, |c| {
                diesel::insert_into(letter_choice::table)
                    .values((letter_choice::user_id.eq(user), chosen))
                    .on_conflict(letter_choice::user_id)
                    .do_update()
                    .set(chosen)
                    .execute(c)
            })?;
            Ok(())
        })
    }
}

type GivenUpColumns = (
    diesel::dsl::Eq<outbox::failed_ms, i64>,
    diesel::dsl::Eq<outbox::body, &'static str>,
    diesel::dsl::Eq<outbox::reason, &'static str>,
);

fn given_up(reason: &'static str, now_ms: i64) -> GivenUpColumns {
    (outbox::failed_ms.eq(now_ms), outbox::body.eq(""), outbox::reason.eq(reason))
}

/// [`Db::outbox_load`] on a connection.
pub(in crate::db) fn outbox_load(conn: &mut Conn) -> Result<OutboxLoad, DbError> {
    use diesel::dsl::{max, min};
    let waits = || outbox::table.filter(outbox::sent_ms.is_null().and(outbox::failed_ms.is_null()));
    let waiting: i64 = waits().count().get_result(conn)?;
    let oldest: Option<i64> = waits().select(min(outbox::created_ms)).get_result(conn)?;
    let failed: i64 = outbox::table.filter(outbox::failed_ms.is_not_null()).count().get_result(conn)?;
    let last_sent: Option<i64> = outbox::table.select(max(outbox::sent_ms)).get_result(conn)?;
    Ok(OutboxLoad {
        waiting: waiting.unsigned_abs(),
        oldest: oldest.map(instant::of_ms),
        failed: failed.unsigned_abs(),
        last_sent: last_sent.map(instant::of_ms),
    })
}

/// [`Db::write_letter`] on a connection; `sent` when it is only entered as told.
pub(in crate::db) fn insert(
    conn: &mut Conn,
    new: &NewLetter,
    now: DateTime<Utc>,
    sent: Option<DateTime<Utc>>,
) -> Result<bool, DbError> {
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
        outbox::until_ms.eq(new.until.timestamp_millis()),
        outbox::sent_ms.eq(sent.map(|at| at.timestamp_millis())),
    );
    let inserted =
        on_backend!(conn, |c| { diesel::insert_into(outbox::table).values(row).on_conflict_do_nothing().execute(c) })?;
    Ok(inserted == 1)
}
