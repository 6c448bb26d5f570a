//! Events that other programs are told of: written in the transaction of the deed, one row an address, leased, delivered, given up.
//!
//! Events of one object go to an address in the order in which they were written: a later one waits until the earlier was taken or
//! given up. What an event says is identifiers and counts; of a complaint it keeps no time finer than the hour, so that nobody
//! learns from it when somebody wrote.
//!
//! Nothing here grows without end, whatever a receiver does: in a lap an address has its time and no more, and what waits for it and
//! what was given up have their most ([`Db::prune_events`]).

use std::collections::BTreeSet;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use diesel::dsl::{exists, not};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};
use serde_json::{Value, json};

use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{unit, webhook, webhook_event};
use crate::db::{Db, DbError, instant, random};
use crate::secrets::hex::hex;

/// How long one server may take over an event before another may try: many times what a receiver is waited for.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// The wait after each failed try; after one more the event is given up, two days after the first.
pub const EVENT_WAITS: [TimeDelta; 8] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(16),
];
/// An event that fails when it is so old is given up at once: it had waited behind others of its object.
const OLD: TimeDelta = TimeDelta::days(2);
/// Tries of an event, before it is given up; who sends it again gives it as many once more.
pub(in crate::db) const TRIES: i32 = 9;
/// After so long in a lap an address waits for the next one: what is slow or dead costs the others this and one try more.
pub const TIME_IN_LAP: TimeDelta = TimeDelta::seconds(10);
/// Rows read at once.
const AT_ONCE: i64 = 200;
/// How deep a tree of units may be; a deeper one is a circle.
const DEPTH_MAX: usize = 64;

/// What a program can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookEvent {
    /// Answers entered the figures of a ward.
    AnswersReleased,
    /// A reporting period took a step of its closing.
    PeriodClosed,
    /// A complaint came or changed.
    ComplaintChanged,
    /// Nothing: somebody tries the address.
    Test,
}

impl HookEvent {
    /// Those that an address is entered for.
    pub const CHOSEN: [Self; 3] = [Self::AnswersReleased, Self::PeriodClosed, Self::ComplaintChanged];

    /// The `type` of its messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::AnswersReleased => "answers.released",
            Self::PeriodClosed => "period.closed",
            Self::ComplaintChanged => "complaint.changed",
            Self::Test => "webhook.test",
        }
    }

    /// The event of a word; a trial for one that this program does not know.
    pub fn of_word(word: &str) -> Self {
        Self::CHOSEN.into_iter().find(|event| event.word() == word).unwrap_or(Self::Test)
    }
}

/// An event leased for delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedEvent {
    /// Number of the address.
    pub webhook: i32,
    /// Where it goes.
    pub url: String,
    /// What it is signed with.
    pub secret: Vec<u8>,
    /// Its identifier: the same at every try.
    pub id: String,
    /// What happened.
    pub event: HookEvent,
    /// Its data, a JSON object whose `read` is a path.
    pub data: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Which try this is, from 1; those after somebody sent it again count on from whole rows of tries.
    pub tries: i32,
    object: String,
    number: i32,
    lease_ms: i64,
}

/// Why a receiver did not take an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken {
    /// The word that is kept.
    pub reason: String,
    /// Whether the next event to the same address would end so too.
    pub unreachable: bool,
}

/// Identifies a waiting event.
#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_event)]
struct Key {
    webhook_id: i32,
    object: String,
    number: i32,
    id: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_event)]
struct LeasedRow {
    kind: String,
    data: String,
    created_ms: i64,
    tries: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook)]
struct OpenRow {
    id: i32,
    unit_id: i32,
    events: String,
}

diesel::alias!(webhook_event as earlier: Earlier);

impl Db {
    /// Addresses for which an event is due at `now`, those of `skip` left out.
    fn addresses_due(&self, now: DateTime<Utc>, skip: &BTreeSet<i32>) -> Result<Vec<i32>, DbError> {
        let (now_ms, skip): (i64, Vec<i32>) = (now.timestamp_millis(), skip.iter().copied().collect());
        self.read(|conn| {
            let due = webhook_event::table
                .filter(webhook_event::failed_ms.is_null())
                .filter(webhook_event::due_ms.le(now_ms).and(webhook_event::lease_ms.le(now_ms)))
                .filter(webhook_event::webhook_id.ne_all(skip));
            Ok(due.select(webhook_event::webhook_id).distinct().order(webhook_event::webhook_id).load(conn)?)
        })
    }

    /// Events of an address whose turn it is, those that are due first at the head, at most [`AT_ONCE`]: of each object the first, if
    /// it is due at `now`.
    fn events_due(&self, webhook: i32, now: DateTime<Utc>) -> Result<Vec<Key>, DbError> {
        let now_ms = now.timestamp_millis();
        self.read(|conn| {
            let of_object = earlier
                .filter(earlier.field(webhook_event::webhook_id).eq(webhook_event::webhook_id))
                .filter(earlier.field(webhook_event::object).eq(webhook_event::object))
                .filter(earlier.field(webhook_event::failed_ms).is_null());
            let (number, id) = (earlier.field(webhook_event::number), earlier.field(webhook_event::id));
            let before =
                number.lt(webhook_event::number).or(number.eq(webhook_event::number).and(id.lt(webhook_event::id)));
            let due = webhook_event::table
                .filter(webhook_event::webhook_id.eq(webhook).and(webhook_event::failed_ms.is_null()))
                .filter(webhook_event::due_ms.le(now_ms).and(webhook_event::lease_ms.le(now_ms)))
                .filter(not(exists(of_object.filter(before))));
            let order = (webhook_event::due_ms, webhook_event::object, webhook_event::number, webhook_event::id);
            Ok(due.order(order).limit(AT_ONCE).select(Key::as_select()).load(conn)?)
        })
    }

    /// Leases events whose turn it is, one after the other, and hands each to `deliver`. An address that could not be reached, or has
    /// had its [`TIME_IN_LAP`], gets nothing more in this lap. Ends when nothing is due or `stopped` says so. How many were taken,
    /// and how many failed. `clock` says what time it is: a try is dated by its own end, not by that of the lap.
    pub fn deliver_events(
        &self,
        clock: &dyn Fn() -> DateTime<Utc>,
        stopped: &dyn Fn() -> bool,
        deliver: &mut dyn FnMut(&LeasedEvent) -> Result<(), NotTaken>,
    ) -> Result<(u32, u32), DbError> {
        let (mut over, mut taken, mut failed) = (BTreeSet::new(), 0, 0);
        loop {
            let due = self.addresses_due(clock(), &over)?;
            let Some(webhook) = due.first().copied() else { return Ok((taken, failed)) };
            over.insert(webhook);
            let until = clock() + TIME_IN_LAP;
            let mut goes_on = true;
            while goes_on {
                let due = self.events_due(webhook, clock())?;
                // What waited behind one that was taken has its turn now, and there may be more than were read.
                goes_on = i64::try_from(due.len()) == Ok(AT_ONCE);
                for key in due {
                    if stopped() {
                        return Ok((taken, failed));
                    }
                    if clock() >= until {
                        goes_on = false;
                        break;
                    }
                    let Some(event) = self.lease_event(key, clock())? else { continue };
                    match deliver(&event) {
                        Ok(()) => {
                            self.event_taken(&event, clock())?;
                            (taken, goes_on) = (taken + 1, true);
                        }
                        Err(not_taken) => {
                            failed += 1;
                            self.event_failed(&event, &not_taken, clock())?;
                            if not_taken.unreachable {
                                goes_on = false;
                                break;
                            }
                        }
                    }
                }
            }
        }
    }

    /// Takes an event on, unless another server has it.
    fn lease_event(&self, key: Key, now: DateTime<Utc>) -> Result<Option<LeasedEvent>, DbError> {
        let now_ms = now.timestamp_millis();
        let lease_ms = (now + LEASE).timestamp_millis();
        self.write(move |conn| {
            let open = webhook::table.find(key.webhook_id).filter(webhook::ended_ms.is_null());
            let to: Option<(String, Vec<u8>)> = open.select((webhook::url, webhook::secret)).first(conn).optional()?;
            let Some((url, secret)) = to else {
                // Nobody takes on, and nobody keeps, what waits for an address that was ended.
                diesel::delete(webhook_event::table.filter(webhook_event::webhook_id.eq(key.webhook_id)))
                    .execute(conn)?;
                return Ok(None);
            };
            // One statement asks and takes: of two servers one changes the row.
            let free = webhook_event::table
                .filter(webhook_event::webhook_id.eq(key.webhook_id).and(webhook_event::object.eq(&key.object)))
                .filter(webhook_event::number.eq(key.number).and(webhook_event::id.eq(&key.id)))
                .filter(webhook_event::failed_ms.is_null())
                .filter(webhook_event::due_ms.le(now_ms).and(webhook_event::lease_ms.le(now_ms)));
            let taken = (webhook_event::lease_ms.eq(lease_ms), webhook_event::tries.eq(webhook_event::tries + 1));
            if diesel::update(free).set(taken).execute(conn)? != 1 {
                return Ok(None);
            }
            let found = webhook_event::table.find((key.webhook_id, &key.object, key.number, &key.id));
            let row: LeasedRow = found.select(LeasedRow::as_select()).first(conn)?;
            let LeasedRow { kind, data, created_ms, tries } = row;
            let Key { webhook_id: webhook, object, number, id } = key;
            let (event, at) = (HookEvent::of_word(&kind), instant::of_ms(created_ms));
            Ok(Some(LeasedEvent { webhook, url, secret, id, event, data, at, tries, object, number, lease_ms }))
        })
    }

    fn event_taken(&self, event: &LeasedEvent, now: DateTime<Utc>) -> Result<(), DbError> {
        let event = event.clone();
        self.write(move |conn| {
            let held = webhook_event::table
                .find((event.webhook, &event.object, event.number, &event.id))
                .filter(webhook_event::lease_ms.eq(event.lease_ms));
            diesel::delete(held).execute(conn)?;
            let sent = (webhook::last_sent_ms.eq(now.timestamp_millis()), webhook::last_reason.eq(""));
            diesel::update(webhook::table.find(event.webhook)).set(sent).execute(conn)?;
            Ok(())
        })
    }

    /// Lets an event wait, or gives it up after the last try. Where nobody is reached, what waits behind it for as long as none may is
    /// given up with it: it would end so too.
    fn event_failed(&self, event: &LeasedEvent, why: &NotTaken, now: DateTime<Utc>) -> Result<(), DbError> {
        let (webhook, tries, reason) = (event.webhook, event.tries, why.reason.clone());
        let (event, why) = (event.clone(), why.clone());
        let now_ms = now.timestamp_millis();
        let given_up = self.write(move |conn| {
            let held = webhook_event::table
                .find((event.webhook, &event.object, event.number, &event.id))
                .filter(webhook_event::lease_ms.eq(event.lease_ms));
            // Who sends an event again by hand knows how old it is.
            let by_hand = event.tries > TRIES;
            let wait = usize::try_from((event.tries - 1) % TRIES).ok().and_then(|tries| EVENT_WAITS.get(tries));
            let wait = wait.filter(|_| by_hand || now - event.at < OLD);
            let due_ms = now_ms + wait.map_or(0, TimeDelta::num_milliseconds);
            let failed_ms = if wait.is_none() { Some(now_ms) } else { None };
            diesel::update(held)
                .set((
                    webhook_event::due_ms.eq(due_ms),
                    webhook_event::lease_ms.eq(0_i64),
                    webhook_event::failed_ms.eq(failed_ms),
                    webhook_event::reason.eq(&why.reason),
                ))
                .execute(conn)?;
            let last = (webhook::last_failed_ms.eq(now_ms), webhook::last_reason.eq(&why.reason));
            diesel::update(webhook::table.find(event.webhook)).set(last).execute(conn)?;
            let mut given_up = usize::from(wait.is_none());
            if why.unreachable {
                let old = webhook_event::table
                    .filter(webhook_event::webhook_id.eq(event.webhook).and(webhook_event::failed_ms.is_null()))
                    .filter(webhook_event::created_ms.le((now - OLD).timestamp_millis()))
                    .filter(webhook_event::tries.lt(TRIES).and(webhook_event::lease_ms.le(now_ms)));
                let end = (webhook_event::failed_ms.eq(now_ms), webhook_event::reason.eq(&why.reason));
                given_up += diesel::update(old).set(end).execute(conn)?;
            }
            Ok(given_up)
        })?;
        if given_up > 0 {
            tracing::warn!(webhook, tries, reason, given_up, "events were given up");
        }
        Ok(())
    }
}

/// What is counted as tried of an event that goes again by hand: whole rows of tries, so that the next begins a row.
pub(super) fn tries_before_again(tries: i32) -> i32 {
    (tries.max(1) + TRIES - 1) / TRIES * TRIES
}

/// An event to write.
pub(super) struct NewEvent {
    pub event: HookEvent,
    /// Whose it is: addresses of this unit and of those above it are told.
    pub unit: i32,
    /// What changed.
    pub object: String,
    pub data: Value,
    pub at: DateTime<Utc>,
    /// When it may go.
    pub due: DateTime<Utc>,
}

/// Answers entered the figures of the ward `root`.
pub(in crate::db) fn answers_released(conn: &mut Conn, root: i32, sheets: usize) -> Result<(), DbError> {
    let now = crate::clock::now();
    tell(conn, root, &|code| NewEvent {
        event: HookEvent::AnswersReleased,
        unit: root,
        object: format!("answers/{root}"),
        data: json!({"unit": code, "sheets": sheets, "read": "/api/v1/plans"}),
        at: now,
        due: now,
    })
}

/// A period of a plan of the unit of a code took a step; `version` is that of its figures.
pub(in crate::db) fn period_closed(
    conn: &mut Conn,
    (plan, period, version): (&str, &str, u32),
    state: &str,
    unit_code: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let found: Option<i32> = unit::table.filter(unit::code.eq(unit_code)).select(unit::id).first(conn).optional()?;
    let Some(unit) = found else { return Ok(()) };
    tell(conn, unit, &|code| NewEvent {
        event: HookEvent::PeriodClosed,
        unit,
        object: format!("period/{plan}/{period}"),
        data: json!({
            "unit": code, "plan": plan, "period": period, "version": version, "state": state,
            "read": format!("/api/v1/plans/{plan}/periods/{period}/index"),
        }),
        at: now,
        due: now,
    })
}

/// A complaint addressed to `unit` came or changed. It is told at the next full hour and dated by the hour before.
pub(in crate::db) fn complaint_changed(conn: &mut Conn, unit: i32, number: &str, state: &str) -> Result<(), DbError> {
    let now = crate::clock::now();
    let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    tell(conn, unit, &|code| NewEvent {
        event: HookEvent::ComplaintChanged,
        unit,
        object: format!("complaint/{unit}/{number}"),
        data: json!({
            "unit": code, "complaint": number, "state": state, "read": format!("/staff/complaints/{number}"),
        }),
        at: hour,
        due: hour + TimeDelta::hours(1),
    })
}

/// Writes the event for every open address that is to be told of it.
fn tell(conn: &mut Conn, unit: i32, make: &dyn Fn(&str) -> NewEvent) -> Result<(), DbError> {
    let open: Vec<OpenRow> = webhook::table
        .filter(webhook::ended_ms.is_null())
        .select(OpenRow::as_select())
        .order(webhook::id)
        .load(conn)?;
    if open.is_empty() {
        return Ok(());
    }
    let code: Option<String> = unit::table.find(unit).select(unit::code).first(conn).optional()?;
    let Some(code) = code else { return Ok(()) };
    let new = make(&code);
    let above = itself_and_above(conn, unit)?;
    for row in open {
        if above.contains(&row.unit_id) && row.events.split(' ').any(|word| word == new.event.word()) {
            insert(conn, row.id, &new)?;
        }
    }
    Ok(())
}

fn itself_and_above(conn: &mut Conn, unit: i32) -> Result<Vec<i32>, DbError> {
    let mut found = vec![unit];
    while let Some(last) = found.last().copied().filter(|_| found.len() < DEPTH_MAX) {
        let parent: Option<Option<i32>> = unit::table.find(last).select(unit::parent_id).first(conn).optional()?;
        match parent.flatten() {
            Some(parent) if !found.contains(&parent) => found.push(parent),
            _ => break,
        }
    }
    Ok(found)
}

/// Writes an event for one address, behind those of its object.
pub(super) fn insert(conn: &mut Conn, webhook: i32, new: &NewEvent) -> Result<(), DbError> {
    let of_object = webhook_event::table
        .filter(webhook_event::webhook_id.eq(webhook))
        .filter(webhook_event::object.eq(&new.object));
    let last: Option<i32> = of_object
        .select(webhook_event::number)
        .order((webhook_event::number.desc(), webhook_event::id))
        .first(conn)
        .optional()?;
    // By a random part of the key a deed never fails because another told of the same object at the same moment.
    let id = format!("msg_{}", hex(&random::<16>()?));
    diesel::insert_into(webhook_event::table)
        .values((
            webhook_event::webhook_id.eq(webhook),
            webhook_event::object.eq(&new.object),
            webhook_event::number.eq(last.unwrap_or(0) + 1),
            webhook_event::id.eq(id),
            webhook_event::kind.eq(new.event.word()),
            webhook_event::unit_id.eq(new.unit),
            webhook_event::data.eq(new.data.to_string()),
            webhook_event::created_ms.eq(new.at.timestamp_millis()),
            webhook_event::due_ms.eq(new.due.timestamp_millis()),
            webhook_event::lease_ms.eq(0_i64),
            webhook_event::tries.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}
