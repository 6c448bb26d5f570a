//! Letters of the workroom: on a working day one to each person who is to be told something, entered into the outbox in the
//! morning and made when it is sent; and whatever else waits there.
//!
//! A letter is written once, because its key says what it is about. It is sent at least once: between the mail server's "taken"
//! and our mark a server may die, and then it is sent again with the same Message-ID, by which mailboxes know it.

mod loop_back;
mod summary;
mod warnings;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Timelike, Utc};

use super::stop::Stop;
use crate::clock;
use crate::db::{Db, DbError, LeasedLetter, LetterFailed, NewLetter};
use crate::mail::{Letter, MailError, Mailer};
use crate::plan::working_days::is_working_day;
use summary::Book;
pub use summary::Summary;

/// The hour in Vietnam from which letters are written: nobody's telephone rings at night.
const FIRST_HOUR: u32 = 7;
/// Between two looks whether somebody is to be told something: a turn that comes in the afternoon is told then, to whoever has had
/// no letter that day.
const WRITING_PAUSE: TimeDelta = TimeDelta::hours(1);
/// How long sent letters are known, so that none is written twice: longer than a year's periods.
const KNOWN_FOR: TimeDelta = TimeDelta::days(400);
/// How the key of a day's letter begins; date and name of the user follow.
const DAY: &str = "day/";
/// How the key of a letter with a one-time link begins; the first half of the link's hash follows.
const LINK: &str = "link/";

/// Where letters go from and what they lead to.
#[derive(Debug)]
pub struct Post {
    /// Sends them.
    pub mailer: Arc<Mailer>,
    /// The address in them.
    pub public_url: String,
}

/// What the thread of letters keeps in mind between two rounds.
#[derive(Debug, Default)]
pub struct Desk {
    written: Option<DateTime<Utc>>,
    /// Whether this server leads; none where there is no other.
    leading: Option<Arc<AtomicBool>>,
}

impl Desk {
    /// That of a server which writes letters while it leads. Whoever leads or not sends what waits.
    pub fn of(leading: &Arc<AtomicBool>) -> Self {
        Self { written: None, leading: Some(Arc::clone(leading)) }
    }

    fn writes(&self, now: DateTime<Utc>) -> bool {
        let leads = self.leading.as_ref().is_none_or(|leading| leading.load(Ordering::Relaxed));
        leads && self.written.is_none_or(|at| (now - at).abs() >= WRITING_PAUSE) && writes_at(now)
    }
}

/// Enters what is due at `now`, sends what waits. What the mail server refuses waits and is logged.
pub fn round(db: &Db, post: &Post, desk: &mut Desk, stop: &Stop, now: DateTime<Utc>) -> Result<(), DbError> {
    if post.mailer.is_off() {
        return Ok(());
    }
    if desk.writes(now) {
        write(db, &post.public_url, now)?;
        db.prune_outbox(now - KNOWN_FOR)?;
        desk.written = Some(now);
    }
    lap(db, &post.mailer, &post.public_url, stop, now)
}

fn writes_at(now: DateTime<Utc>) -> bool {
    let local = now + TimeDelta::hours(7);
    local.hour() >= FIRST_HOUR && is_working_day(clock::civil_date(now))
}

/// Enters a letter for everybody who is to be told something today, once a day.
fn write(db: &Db, public_url: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    let today = clock::civil_date(now);
    for (name, _) in summaries(db, public_url, now)? {
        let user = db.user_by_name(&name)?;
        let Some(recipient) = user.and_then(|user| user.email) else { continue };
        let (subject, body) = (String::new(), String::new());
        let key = format!("{DAY}{today}/{name}");
        db.write_letter(&NewLetter { key, recipient, subject, body, until: end_of(today) }, now)?;
    }
    Ok(())
}

/// Who is to be told what at `now`: name of the user, and the letter as it would go. Without those who had one today.
pub fn summaries(db: &Db, public_url: &str, now: DateTime<Utc>) -> Result<Vec<(String, Summary)>, DbError> {
    if !writes_at(now) {
        return Ok(Vec::new());
    }
    let today = clock::civil_date(now);
    let book = Book::read(db, public_url, today)?;
    let mut letters = Vec::new();
    for user in db.users()?.into_iter().filter(|user| user.retired_at.is_none() && user.email.is_some()) {
        if !db.letter_is_known(&format!("{DAY}{today}/{}", user.name))? {
            letters.extend(book.summary(&user)?.map(|summary| (user.name, summary)));
        }
    }
    Ok(letters)
}

/// The end of a civil day of Vietnam.
fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    next.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(7)
}

/// What became of the letters of one lap, for one line of the log.
#[derive(Debug, Default)]
struct Lap {
    sent: u32,
    refused: u32,
    given_up: u32,
    error: String,
}

/// Sends every letter whose time has come, until it is told to stop or the mail server is not there: whoever cannot be reached
/// for one letter is not there for the next.
pub fn lap(db: &Db, mailer: &Mailer, public_url: &str, stop: &Stop, began: DateTime<Utc>) -> Result<(), DbError> {
    let (since, mut lap, mut book) = (Instant::now(), Lap::default(), None);
    while !stop.is_told() {
        let now = began + TimeDelta::from_std(since.elapsed()).unwrap_or_default();
        let Some(leased) = db.lease_letter(now)? else { break };
        let Some((letter, told)) = made(db, public_url, &mut book, &leased, now)? else {
            // Nothing of it is true any more.
            db.letter_sent(&leased, &[], now)?;
            continue;
        };
        let Err(error) = mailer.send(&letter) else {
            db.letter_sent(&leased, &told, now)?;
            lap.sent += 1;
            continue;
        };
        let why = match error {
            MailError::Letter(_) => LetterFailed::ForEver,
            MailError::Refused { for_good: true, .. } => LetterFailed::Refused,
            _ => LetterFailed::ForNow,
        };
        lap.refused += 1;
        lap.error = error.to_string();
        if db.letter_failed(&leased, why, now)? {
            lap.given_up += 1;
            tracing::warn!(letter = leased.key, tries = leased.tries, %error, "a letter was given up");
        }
        if matches!(error, MailError::Transport(_) | MailError::Off) {
            break;
        }
    }
    let Lap { sent, refused, given_up, error } = lap;
    if refused > 0 {
        tracing::warn!(sent, refused, given_up, error, "letters were not sent; those not given up wait");
    }
    Ok(())
}

/// The letter as it goes now and the keys of what it tells; none when it has nothing to say any more.
fn made<'a>(
    db: &'a Db,
    public_url: &'a str,
    book: &mut Option<Book<'a>>,
    leased: &LeasedLetter,
    now: DateTime<Utc>,
) -> Result<Option<(Letter, Vec<String>)>, DbError> {
    let as_written = || Letter {
        to: leased.recipient.clone(),
        subject: leased.subject.clone(),
        text: leased.body.clone(),
        id: Some(leased.message_id.clone()),
        fewer: None,
    };
    if let Some(hash) = leased.key.strip_prefix(LINK) {
        return Ok(db.link_of_letter_opens(hash, now)?.then(|| (as_written(), Vec::new())));
    }
    let Some((_, name)) = leased.key.strip_prefix(DAY).and_then(|rest| rest.split_once('/')) else {
        return Ok(Some((as_written(), Vec::new())));
    };
    let user = db.user_by_name(name)?.filter(|user| user.retired_at.is_none());
    let Some((user, to)) = user.and_then(|user| user.email.clone().map(|to| (user, to))) else { return Ok(None) };
    let book = match book {
        Some(book) => book,
        None => book.insert(Book::read(db, public_url, clock::civil_date(now))?),
    };
    let Some(summary) = book.summary(&user)? else { return Ok(None) };
    let letter = Letter {
        to,
        subject: summary.subject,
        text: summary.body,
        fewer: Some(format!("{public_url}/staff/letters")),
        ..as_written()
    };
    Ok(Some((letter, summary.told)))
}
