//! What the code of a service point opens. `points.rs` adds, lists and retires points.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use diesel::{
    ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::fields::Field;
use super::questionnaires::Form;
use crate::clock;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{field, point_code, point_field, service_point, ticket, unit};
use crate::db::{Db, DbError, day};
use crate::plan::Channel;

/// How long a looked-up point is served from memory. Changes made in this process show at once; those of another process within this
/// time, and no answer is stored at a point that was retired meanwhile (`answers/store.rs`).
const POINT_LIFETIME: Duration = Duration::from_secs(2);

/// Points by their code, with the time they were read.
#[derive(Default)]
pub(in crate::db) struct Cache {
    known: HashMap<String, (Instant, Arc<PointFound>)>,
    /// How often all of them were forgotten: what was read before the last time is not kept.
    forgotten: u64,
}

/// What a code leads to.
#[derive(Debug, Clone)]
pub struct PointFound {
    pub code: String,
    /// Number of the unit.
    pub unit: i32,
    pub unit_code: String,
    /// Unit's name: Vietnamese.
    pub unit_name_vi: String,
    /// Unit's name: English.
    pub unit_name_en: String,
    /// Number of the point within the unit.
    pub point: i32,
    /// Point's name: Vietnamese.
    pub name_vi: String,
    /// Point's name: English.
    pub name_en: String,
    /// Fields it serves, in the order shown.
    pub fields: Vec<Field>,
    /// By which channel it serves.
    pub channel: Channel,
    /// The questionnaire it asks.
    pub form: Arc<Form>,
    /// First day without answers, when the code, the point or the unit has one.
    pub retired_on: Option<NaiveDate>,
    /// The code that replaced this one at a point that still answers.
    pub replaced_by: Option<String>,
    /// Whether one-time codes were ever printed for it.
    pub has_tickets: bool,
    /// Whether a tablet at the counter may answer.
    pub kiosk: bool,
}

/// Whether a code takes answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PointStatus {
    /// It does.
    Active,
    /// Not any more.
    Retired {
        /// First day without answers.
        on: NaiveDate,
        /// The code to use instead.
        replaced_by: Option<String>,
    },
}

impl PointFound {
    /// Whether the code takes answers on the civil day `today`.
    pub fn status(&self, today: NaiveDate) -> PointStatus {
        match self.retired_on {
            Some(on) if on <= today => PointStatus::Retired { on, replaced_by: self.replaced_by.clone() },
            _ => PointStatus::Active,
        }
    }
}

/// How many successors a code is led through: more is a circle.
const SUCCESSORS_MAX: usize = 16;

/// The point of a code, and the day on which the code was replaced.
#[derive(Queryable, Selectable)]
#[diesel(table_name = point_code)]
pub(in crate::db) struct CodeOwner {
    pub(in crate::db) unit_id: i32,
    pub(in crate::db) point_id: i32,
    pub(in crate::db) retired_on: Option<i32>,
}

impl CodeOwner {
    /// Unit and number of the point.
    pub(in crate::db) fn place(&self) -> (i32, i32) {
        (self.unit_id, self.point_id)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = service_point)]
pub(super) struct PointRow {
    pub(super) name_vi: String,
    pub(super) name_en: String,
    pub(super) form_code: String,
    pub(super) channel: i16,
    retired_on: Option<i32>,
    pub(super) kiosk: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = unit)]
struct UnitRow {
    code: String,
    name_vi: String,
    name_en: String,
    valid_to: Option<i32>,
}

/// What a point says of the one that goes on with its work, and what is looked for where it says nothing.
#[derive(Queryable, Selectable)]
#[diesel(table_name = service_point)]
struct EndedRow {
    successor_unit_id: Option<i32>,
    successor_point_id: Option<i32>,
    name_vi: String,
    form_code: String,
    channel: i16,
}

impl Db {
    /// What `code` leads to as far as memory knows; it waits for nothing.
    pub fn point_in_memory(&self, code: &str) -> Option<Arc<PointFound>> {
        let points = self.inner.points.read().unwrap_or_else(PoisonError::into_inner);
        let (read_at, point) = points.known.get(code)?;
        (read_at.elapsed() < POINT_LIFETIME).then(|| Arc::clone(point))
    }

    /// What `code` leads to, retired or not; none for an unknown one. Cheap: see `POINT_LIFETIME`.
    pub fn point(&self, code: &str) -> Result<Option<Arc<PointFound>>, DbError> {
        if let Some(point) = self.point_in_memory(code) {
            return Ok(Some(point));
        }
        let forgotten = self.inner.points.read().unwrap_or_else(PoisonError::into_inner).forgotten;
        let read_at = Instant::now();
        let Some(point) = self.read(|conn| self.find_point(conn, code))? else { return Ok(None) };
        let point = Arc::new(point);
        let mut cache = self.inner.points.write().unwrap_or_else(PoisonError::into_inner);
        // Something was changed while it was read: it may be what was before.
        if cache.forgotten == forgotten {
            cache.known.insert(code.to_owned(), (read_at, Arc::clone(&point)));
        }
        Ok(Some(point))
    }

    pub(in crate::db) fn forget_points(&self) {
        let mut cache = self.inner.points.write().unwrap_or_else(PoisonError::into_inner);
        cache.known.clear();
        cache.forgotten += 1;
    }

    /// A code of a point that ended opens the one that goes on with its work, as long as the code itself is in use.
    fn find_point(&self, conn: &mut Conn, code: &str) -> Result<Option<PointFound>, DbError> {
        let row: Option<CodeOwner> =
            point_code::table.find(code).select(CodeOwner::as_select()).first(conn).optional()?;
        let Some(owner) = row else { return Ok(None) };
        let mut place = owner.place();
        let mut found = self.point_at(conn, code, place, day::of_option(owner.retired_on))?;
        if owner.retired_on.is_some() {
            return Ok(Some(found));
        }
        let today = clock::today();
        for _ in 0..SUCCESSORS_MAX {
            if found.retired_on.is_none_or(|on| on > today) {
                break;
            }
            let Some(next) = successor_of(conn, place)? else { break };
            (place, found) = (next, self.point_at(conn, code, next, None)?);
        }
        Ok(Some(found))
    }

    /// What stands at a place, opened by `code`.
    fn point_at(
        &self,
        conn: &mut Conn,
        code: &str,
        (unit, point): (i32, i32),
        code_retired_on: Option<NaiveDate>,
    ) -> Result<PointFound, DbError> {
        let joined = service_point::table.inner_join(unit::table.on(unit::id.eq(service_point::unit_id)));
        let (of_point, of_unit): (PointRow, UnitRow) = joined
            .filter(service_point::unit_id.eq(unit))
            .filter(service_point::id.eq(point))
            .select((PointRow::as_select(), UnitRow::as_select()))
            .first(conn)?;

        let fields = point_field::table
            .inner_join(field::table.on(field::id.eq(point_field::field_id)))
            .filter(point_field::unit_id.eq(unit))
            .filter(point_field::point_id.eq(point))
            .order((point_field::place, field::id))
            .select(Field::as_select())
            .load(conn)?;
        let replaced_by: Option<String> = point_code::table
            .filter(point_code::unit_id.eq(unit))
            .filter(point_code::point_id.eq(point))
            .filter(point_code::retired_on.is_null())
            .select(point_code::code)
            .order(point_code::code)
            .first(conn)
            .optional()?;
        let form = self.newest_form_on(conn, &of_point.form_code)?;
        let unknown = || DbError::Damaged(format!("the point {code} asks the unknown {}", of_point.form_code));
        let form = form.ok_or_else(unknown)?;
        let place_retired_on = earlier(day::of_option(of_point.retired_on), day_after(of_unit.valid_to));
        Ok(PointFound {
            code: code.to_owned(),
            unit,
            unit_code: of_unit.code,
            unit_name_vi: of_unit.name_vi,
            unit_name_en: of_unit.name_en,
            point,
            name_vi: of_point.name_vi,
            name_en: of_point.name_en,
            fields,
            channel: Channel::of_code(of_point.channel)?,
            form,
            retired_on: earlier(code_retired_on, place_retired_on),
            replaced_by: replaced_by.filter(|newest| newest != code && place_retired_on.is_none()),
            has_tickets: any_ticket_of(conn, unit, point)?,
            kiosk: of_point.kiosk,
        })
    }
}

pub(in crate::db) fn earlier(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Option<NaiveDate> {
    one.into_iter().chain(other).min()
}

pub(in crate::db) fn day_after(last_day: Option<i32>) -> Option<NaiveDate> {
    day::of_option(last_day).and_then(|day| day.checked_add_days(Days::new(1)))
}

/// Whether tickets were ever issued for a point: one step into the index.
fn any_ticket_of(conn: &mut Conn, unit: i32, point: i32) -> Result<bool, DbError> {
    let of_point = ticket::table.filter(ticket::unit_id.eq(unit)).filter(ticket::point_id.eq(point));
    let first: Option<i32> = of_point.select(ticket::point_id).first(conn).optional()?;
    Ok(first.is_some())
}

/// The point that goes on with the work of another: the one that it names; else, where its unit ended with a successor, the open
/// point there that asks the same questionnaire by the same channel, one of the same name first.
fn successor_of(conn: &mut Conn, place: (i32, i32)) -> Result<Option<(i32, i32)>, DbError> {
    let ended: EndedRow = service_point::table.find(place).select(EndedRow::as_select()).first(conn)?;
    if let (Some(unit), Some(point)) = (ended.successor_unit_id, ended.successor_point_id) {
        return Ok(Some((unit, point)));
    }
    let follows: Option<i32> = unit::table.find(place.0).select(unit::successor_id).first(conn)?;
    let Some(there) = follows else { return Ok(None) };
    let open: Vec<(i32, String)> = service_point::table
        .filter(service_point::unit_id.eq(there))
        .filter(service_point::form_code.eq(ended.form_code))
        .filter(service_point::channel.eq(ended.channel))
        .filter(service_point::retired_on.is_null())
        .select((service_point::id, service_point::name_vi))
        .order(service_point::id)
        .load(conn)?;
    let same = open.iter().find(|(_, known)| *known == ended.name_vi).or(open.first());
    Ok(same.map(|(point, _)| (there, *point)))
}
