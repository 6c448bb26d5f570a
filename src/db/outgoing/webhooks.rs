//! Addresses of other programs that are told of events, and the events that were given up. Their delivery is in `webhook_events.rs`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{count_star, max, min};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};
use serde_json::json;

use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{webhook, webhook_event};
use crate::db::outgoing::webhook_events::{HookEvent, NewEvent, TRIES, insert, tries_before_again};
use crate::db::{Db, DbError, Noted, instant};

/// For so many days an event that was given up is kept.
const GIVEN_UP_FOR_DAYS: i64 = 30;
/// The most events that wait for one address; the oldest beyond are given up.
const WAITING_MAX: i64 = 10_000;
/// The most events of one address that were given up; the oldest beyond are forgotten.
const GIVEN_UP_MAX: i64 = 2_000;
/// Why an event was given up that was one too many.
pub const TOO_MANY: &str = "full";
/// Identifiers in one statement.
const IDS_IN_STATEMENT: usize = 500;

/// An address to enter.
#[derive(Clone)]
pub struct NewWebhook {
    /// Number of its unit.
    pub unit: i32,
    /// What it is called: once in its unit.
    pub name: String,
    /// Where messages go.
    pub url: String,
    /// What it is told of.
    pub events: Vec<HookEvent>,
    /// What messages are signed with.
    pub secret: Vec<u8>,
    /// Who enters it.
    pub made_by: String,
    /// Now.
    pub at: DateTime<Utc>,
}

/// An address that is told of events, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its number.
    pub id: i32,
    /// Number of its unit.
    pub unit: i32,
    /// What it is called.
    pub name: String,
    /// Where messages go.
    pub url: String,
    /// What it is told of.
    pub events: Vec<HookEvent>,
    /// Who entered it.
    pub made_by: String,
    /// When it was entered.
    pub made_at: DateTime<Utc>,
    /// When a message was taken last.
    pub last_sent: Option<DateTime<Utc>>,
    /// When one was not taken last.
    pub last_failed: Option<DateTime<Utc>>,
    /// Why not; empty once one was taken since.
    pub last_reason: String,
    /// Events that wait.
    pub waiting: u64,
}

/// An event that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadEvent {
    /// Its identifier.
    pub id: String,
    /// Number of the address.
    pub webhook: i32,
    /// What happened.
    pub event: HookEvent,
    /// Number of the unit where.
    pub unit: i32,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When it was given up.
    pub given_up: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// How deliveries do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WebhookLoad {
    /// Addresses in use.
    pub addresses: u64,
    /// Events not taken yet.
    pub waiting: u64,
    /// When the oldest of them happened.
    pub oldest: Option<DateTime<Utc>>,
    /// Given up.
    pub dead: u64,
    /// When one was taken last.
    pub last_sent: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook)]
struct Row {
    id: i32,
    unit_id: i32,
    name: String,
    url: String,
    events: String,
    made_by: String,
    made_ms: i64,
    last_sent_ms: Option<i64>,
    last_failed_ms: Option<i64>,
    last_reason: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_event)]
struct DeadRow {
    id: String,
    webhook_id: i32,
    kind: String,
    unit_id: i32,
    created_ms: i64,
    failed_ms: Option<i64>,
    reason: String,
}

impl Db {
    /// Addresses in use of `units`, by unit and name.
    pub fn webhooks(&self, units: &[i32]) -> Result<Vec<Webhook>, DbError> {
        let (rows, waiting) = self.read(|conn| {
            let rows: Vec<Row> = in_parts(units, |some| {
                let open = webhook::table.filter(webhook::ended_ms.is_null()).filter(webhook::unit_id.eq_any(some));
                let open = open.order((webhook::unit_id, webhook::name, webhook::id));
                Ok(open.select(Row::as_select()).load(conn)?)
            })?;
            let ids: Vec<i32> = rows.iter().map(|row| row.id).collect();
            let waiting: Vec<(i32, i64)> = in_parts(&ids, |some| {
                let waiting = webhook_event::table
                    .filter(webhook_event::failed_ms.is_null())
                    .filter(webhook_event::webhook_id.eq_any(some))
                    .group_by(webhook_event::webhook_id)
                    .select((webhook_event::webhook_id, count_star()))
                    .order(webhook_event::webhook_id);
                Ok(waiting.load(conn)?)
            })?;
            Ok((rows, waiting))
        })?;
        let listed = |row: Row| Webhook {
            id: row.id,
            unit: row.unit_id,
            name: row.name,
            url: row.url,
            events: row.events.split_whitespace().map(HookEvent::of_word).collect(),
            made_by: row.made_by,
            made_at: instant::of_ms(row.made_ms),
            last_sent: row.last_sent_ms.map(instant::of_ms),
            last_failed: row.last_failed_ms.map(instant::of_ms),
            last_reason: row.last_reason,
            waiting: waiting.iter().find(|(of, _)| *of == row.id).map_or(0, |(_, count)| count.unsigned_abs()),
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    /// Events of these addresses that were given up, the newest first, at most `most`.
    pub fn dead_events(&self, of: &[i32], most: i64) -> Result<Vec<DeadEvent>, DbError> {
        let rows: Vec<DeadRow> = self.read(|conn| {
            let dead = webhook_event::table
                .filter(webhook_event::failed_ms.is_not_null().and(webhook_event::webhook_id.eq_any(of.to_vec())));
            let order = (webhook_event::failed_ms.desc(), webhook_event::id);
            Ok(dead.order(order).limit(most).select(DeadRow::as_select()).load(conn)?)
        })?;
        let dead = |row: DeadRow| DeadEvent {
            id: row.id,
            webhook: row.webhook_id,
            event: HookEvent::of_word(&row.kind),
            unit: row.unit_id,
            at: instant::of_ms(row.created_ms),
            given_up: instant::of_ms(row.failed_ms.unwrap_or_default()),
            reason: row.reason,
        };
        Ok(rows.into_iter().map(dead).collect())
    }

    /// Forgets events that were given up long ago, and keeps what waits for an address, and what was given up of it, within their
    /// most.
    pub fn prune_events(&self, now: DateTime<Utc>) -> Result<(), DbError> {
        self.prune_events_to(now, WAITING_MAX, GIVEN_UP_MAX)
    }

    /// [`Db::prune_events`] with other bounds, for tests.
    #[doc(hidden)]
    pub fn prune_events_to(&self, now: DateTime<Utc>, waiting_max: i64, given_up_max: i64) -> Result<(), DbError> {
        let then_ms = (now - TimeDelta::days(GIVEN_UP_FOR_DAYS)).timestamp_millis();
        let (old, kept) = self.read(|conn| {
            let old = webhook_event::table.filter(webhook_event::failed_ms.lt(then_ms));
            let kept = webhook_event::table.select(webhook_event::webhook_id).distinct();
            let kept: Vec<i32> = kept.order(webhook_event::webhook_id).load(conn)?;
            Ok((old.count().get_result::<i64>(conn)?, kept))
        })?;
        if old > 0 {
            self.write(move |conn| {
                Ok(diesel::delete(webhook_event::table.filter(webhook_event::failed_ms.lt(then_ms))).execute(conn)?)
            })?;
        }
        for webhook in kept {
            self.give_up_beyond(webhook, waiting_max, now)?;
            self.forget_beyond(webhook, given_up_max)?;
        }
        Ok(())
    }

    /// Gives up the oldest events that wait for an address beyond the first `most`.
    fn give_up_beyond(&self, webhook: i32, most: i64, now: DateTime<Utc>) -> Result<(), DbError> {
        let waiting = move || {
            webhook_event::table.filter(webhook_event::webhook_id.eq(webhook).and(webhook_event::failed_ms.is_null()))
        };
        let over = self.read(|conn| Ok(waiting().count().get_result::<i64>(conn)?))? - most;
        if over <= 0 {
            return Ok(());
        }
        let now_ms = now.timestamp_millis();
        let given_up = self.write(move |conn| {
            let order = (webhook_event::created_ms, webhook_event::object, webhook_event::number, webhook_event::id);
            // What somebody sent again by hand is old, and is tried before it is given up.
            let free = waiting().filter(webhook_event::lease_ms.le(now_ms).and(webhook_event::tries.lt(TRIES)));
            let oldest: Vec<String> = free.order(order).limit(over).select(webhook_event::id).load(conn)?;
            let mut given_up = 0;
            for some in oldest.chunks(IDS_IN_STATEMENT) {
                let these = waiting().filter(webhook_event::id.eq_any(some.to_vec()));
                let end = (webhook_event::failed_ms.eq(now_ms), webhook_event::reason.eq(TOO_MANY));
                given_up += diesel::update(these).set(end).execute(conn)?;
            }
            Ok(given_up)
        })?;
        tracing::warn!(webhook, given_up, "more events wait for an address than may; the oldest were given up");
        Ok(())
    }

    /// Forgets the oldest events of an address that were given up, beyond the first `most`.
    fn forget_beyond(&self, webhook: i32, most: i64) -> Result<(), DbError> {
        let dead = move || {
            webhook_event::table
                .filter(webhook_event::webhook_id.eq(webhook).and(webhook_event::failed_ms.is_not_null()))
        };
        let over = self.read(|conn| Ok(dead().count().get_result::<i64>(conn)?))? - most;
        if over <= 0 {
            return Ok(());
        }
        let forgotten = self.write(move |conn| {
            let order = (webhook_event::created_ms, webhook_event::object, webhook_event::number, webhook_event::id);
            let oldest: Vec<String> = dead().order(order).limit(over).select(webhook_event::id).load(conn)?;
            let mut forgotten = 0;
            for some in oldest.chunks(IDS_IN_STATEMENT) {
                forgotten += diesel::delete(dead().filter(webhook_event::id.eq_any(some.to_vec()))).execute(conn)?;
            }
            Ok(forgotten)
        })?;
        tracing::warn!(
            webhook,
            forgotten,
            "more events of an address were given up than are kept; the oldest are gone"
        );
        Ok(())
    }

    /// How deliveries do: what waits, since when, and what was given up.
    pub fn webhook_load(&self) -> Result<WebhookLoad, DbError> {
        self.read(webhook_load)
    }
}

impl Noted {
    /// Enters an address; one whose name is taken in its unit is refused. Its number.
    pub fn add_webhook(&self, new: &NewWebhook) -> Result<i32, DbError> {
        let new = new.clone();
        self.write(move |conn| {
            let taken = webhook::table.filter(webhook::unit_id.eq(new.unit)).filter(webhook::name.eq(&new.name));
            let taken = taken.filter(webhook::ended_ms.is_null());
            if taken.count().get_result::<i64>(conn)? > 0 {
                return Err(DbError::exists("address for events", new.name));
            }
            let last: Option<i32> = webhook::table.select(max(webhook::id)).get_result(conn)?;
            let id = last.unwrap_or(0) + 1;
            let words: Vec<&str> = new.events.iter().map(|event| event.word()).collect();
            diesel::insert_into(webhook::table)
                .values((
                    webhook::id.eq(id),
                    webhook::unit_id.eq(new.unit),
                    webhook::name.eq(new.name),
                    webhook::url.eq(new.url),
                    webhook::events.eq(words.join(" ")),
                    webhook::secret.eq(new.secret),
                    webhook::made_by.eq(new.made_by),
                    webhook::made_ms.eq(new.at.timestamp_millis()),
                ))
                .execute(conn)?;
            Ok(id)
        })
    }

    /// Ends an address: its secret and what waited for it are forgotten. Whether it was in use.
    pub fn end_webhook(&self, id: i32, at: DateTime<Utc>) -> Result<bool, DbError> {
        let end = move |conn: &mut Conn| {
            diesel::delete(webhook_event::table.filter(webhook_event::webhook_id.eq(id))).execute(conn)?;
            let ended = (webhook::ended_ms.eq(at.timestamp_millis()), webhook::secret.eq(Vec::<u8>::new()));
            let open = webhook::table.find(id).filter(webhook::ended_ms.is_null());
            Ok(diesel::update(open).set(ended).execute(conn)? > 0)
        };
        self.write_if_done(end, |done| *done)
    }

    /// Writes an event on trial for an address. Whether it is in use.
    pub fn try_webhook(&self, id: i32, at: DateTime<Utc>) -> Result<bool, DbError> {
        let write = move |conn: &mut Conn| {
            let open = webhook::table.find(id).filter(webhook::ended_ms.is_null());
            let found: Option<(i32, String)> = open.select((webhook::unit_id, webhook::name)).first(conn).optional()?;
            let Some((unit, name)) = found else { return Ok(false) };
            let data = json!({"webhook": name});
            insert(conn, id, &NewEvent { event: HookEvent::Test, unit, object: "test".into(), data, at, due: at })?;
            Ok(true)
        };
        self.write_if_done(write, |done| *done)
    }

    /// Lets an event that was given up go again at once, with as many tries as a new one. Whether there is such an event.
    pub fn resend_event(&self, webhook: i32, id: &str, at: DateTime<Utc>) -> Result<bool, DbError> {
        let id = id.to_owned();
        let resend = move |conn: &mut Conn| {
            let dead = webhook_event::table
                .filter(webhook_event::webhook_id.eq(webhook))
                .filter(webhook_event::id.eq(id))
                .filter(webhook_event::failed_ms.is_not_null());
            let tries: Option<i32> = dead.clone().select(webhook_event::tries).first(conn).optional()?;
            let Some(tries) = tries else { return Ok(false) };
            diesel::update(dead)
                .set((
                    webhook_event::failed_ms.eq(None::<i64>),
                    webhook_event::due_ms.eq(at.timestamp_millis()),
                    webhook_event::lease_ms.eq(0_i64),
                    webhook_event::tries.eq(tries_before_again(tries)),
                ))
                .execute(conn)?;
            Ok(true)
        };
        self.write_if_done(resend, |done| *done)
    }

    /// Throws an event away that was given up. Whether there was such an event.
    pub fn drop_event(&self, webhook: i32, id: &str) -> Result<bool, DbError> {
        let id = id.to_owned();
        let discard = move |conn: &mut Conn| {
            let dead = webhook_event::table
                .filter(webhook_event::webhook_id.eq(webhook))
                .filter(webhook_event::id.eq(id))
                .filter(webhook_event::failed_ms.is_not_null());
            Ok(diesel::delete(dead).execute(conn)? > 0)
        };
        self.write_if_done(discard, |done| *done)
    }
}

/// [`Db::webhook_load`] on a connection.
pub(in crate::db) fn webhook_load(conn: &mut Conn) -> Result<WebhookLoad, DbError> {
    let open = webhook::table.filter(webhook::ended_ms.is_null());
    let addresses: i64 = open.count().get_result(conn)?;
    let waits = || webhook_event::table.filter(webhook_event::failed_ms.is_null());
    let waiting: i64 = waits().count().get_result(conn)?;
    let oldest: Option<i64> = waits().select(min(webhook_event::created_ms)).get_result(conn)?;
    let dead: i64 = webhook_event::table.filter(webhook_event::failed_ms.is_not_null()).count().get_result(conn)?;
    let last_sent: Option<i64> = webhook::table.select(max(webhook::last_sent_ms)).get_result(conn)?;
    Ok(WebhookLoad {
        addresses: addresses.unsigned_abs(),
        waiting: waiting.unsigned_abs(),
        oldest: oldest.map(instant::of_ms),
        dead: dead.unsigned_abs(),
        last_sent: last_sent.map(instant::of_ms),
    })
}
