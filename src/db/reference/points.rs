//! The book of service points: how they are added, listed and retired, and how codes are issued and replaced.
//! Nothing is deleted: a code printed once leads to its point, or to a page that says what replaced it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl,
    Selectable, SelectableHelper,
};

use super::point_lookup::{CodeOwner, day_after, earlier};
use super::questionnaires;
use super::units::id_of_code;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{field, form, point_code, point_field, service_point, unit};
use crate::db::{Db, DbError, Noted, PointRefused, day, random};
use crate::plan::Channel;
use crate::survey::code::from_random;

/// How often a fresh code is drawn before giving up; there are 2^30.
const CODE_DRAWS_MAX: u32 = 16;

/// A point to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPoint {
    /// Code of its unit.
    pub unit: String,
    /// Name: Vietnamese.
    pub name_vi: String,
    /// Name: English.
    pub name_en: String,
    /// Questionnaire identifier; its newest published version is asked.
    pub form: String,
    /// Codes of the fields it serves, one at least, in the order shown.
    pub fields: Vec<String>,
    /// By which channel it serves.
    pub channel: Channel,
    /// First day.
    pub opened_on: NaiveDate,
}

/// A point in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointListed {
    /// Its newest code.
    pub code: String,
    /// Number of the unit.
    pub unit: i32,
    pub unit_code: String,
    /// Number of the point within the unit.
    pub point: i32,
    /// Name: Vietnamese.
    pub name_vi: String,
    /// Name: English.
    pub name_en: String,
    /// Numbers of its fields, in the order shown.
    pub fields: Vec<i16>,
    /// Codes of its fields, in the same order.
    pub field_codes: Vec<String>,
    /// Questionnaire identifier.
    pub form: String,
    /// Newest published version of it.
    pub form_version: u32,
    /// By which channel it serves.
    pub channel: Channel,
    /// First day.
    pub opened_on: NaiveDate,
    /// First day without answers.
    pub retired_on: Option<NaiveDate>,
    /// Whether a tablet stands there.
    pub kiosk: bool,
}

/// Points that were added together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsAdded {
    /// Their codes, in the order in which they were given.
    pub codes: Vec<String>,
    /// What they are called together, to take them back.
    pub batch: i32,
}

/// One code of a point, in its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeIssued {
    pub code: String,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// Day on which another code replaced it.
    pub retired_on: Option<NaiveDate>,
}

impl Db {
    /// The points of `units` (none for all), by unit and number, retired ones included.
    pub fn points(&self, units: Option<&[i32]>) -> Result<Vec<PointListed>, DbError> {
        let Some(units) = units else { return self.read(|conn| list(conn, None)) };
        self.read(|conn| in_parts(units, |some| list(conn, Some(some))))
    }

    /// The points of `units` that are open on a day: unit, number, first day. For whoever counts them.
    pub fn open_points(&self, units: &[i32], day: NaiveDate) -> Result<Vec<(i32, i32, NaiveDate)>, DbError> {
        let day = day::day_number(day);
        let rows: Vec<OpenRow> = self.read(|conn| {
            in_parts(units, |some| {
                let open = service_point::retired_on.is_null().or(service_point::retired_on.gt(day));
                Ok(service_point::table
                    .filter(service_point::unit_id.eq_any(some))
                    .filter(service_point::opened_on.le(day))
                    .filter(open)
                    .select(OpenRow::as_select())
                    .order((service_point::unit_id, service_point::id))
                    .load(conn)?)
            })
        })?;
        Ok(rows.into_iter().map(|row| (row.unit_id, row.id, day::date_of(row.opened_on))).collect())
    }

    /// The Vietnamese names of the points of `units` (none for all), retired ones included, by unit and number.
    pub fn point_names(&self, units: Option<&[i32]>) -> Result<HashMap<(i32, i32), String>, DbError> {
        let named = || {
            let names = (service_point::unit_id, service_point::id, service_point::name_vi);
            service_point::table.select(names).order((service_point::unit_id, service_point::id))
        };
        let rows: Vec<(i32, i32, String)> = self.read(|conn| match units {
            Some(units) => {
                in_parts(units, |some| Ok(named().filter(service_point::unit_id.eq_any(some)).load(conn)?))
            }
            None => Ok(named().load(conn)?),
        })?;
        Ok(rows.into_iter().map(|(unit, point, name)| ((unit, point), name)).collect())
    }

    /// A point that is not retired, whichever comes first; none where there is none.
    pub fn any_open_point(&self) -> Result<Option<PointListed>, DbError> {
        let open = service_point::table
            .filter(service_point::retired_on.is_null())
            .select((service_point::unit_id, service_point::id))
            .order((service_point::unit_id, service_point::id));
        let place: Option<(i32, i32)> = self.read(|conn| Ok(open.first(conn).optional()?))?;
        let Some((unit, point)) = place else { return Ok(None) };
        Ok(self.points(Some(&[unit]))?.into_iter().find(|listed| listed.point == point))
    }

    /// Those of `units` that have points, retired ones included.
    pub fn units_with_points(&self, units: &[i32]) -> Result<HashSet<i32>, DbError> {
        let found: Vec<i32> = self.read(|conn| {
            in_parts(units, |some| {
                let rows =
                    service_point::table.filter(service_point::unit_id.eq_any(some)).select(service_point::unit_id);
                Ok(rows.distinct().order(service_point::unit_id).load(conn)?)
            })
        })?;
        Ok(found.into_iter().collect())
    }

    /// Unit and number of the points that were added together.
    pub fn points_of_batch(&self, batch: i32) -> Result<Vec<(i32, i32)>, DbError> {
        self.read(|conn| {
            let of_batch = service_point::table.filter(service_point::batch.eq(batch));
            Ok(of_batch.select((service_point::unit_id, service_point::id)).load(conn)?)
        })
    }

    /// Every code that the point of `code` has had, oldest first; empty for an unknown code. Only for tests.
    #[doc(hidden)]
    pub fn codes_of_point(&self, code: &str) -> Result<Vec<CodeIssued>, DbError> {
        self.read(|conn| {
            let (unit, point) = match owner(conn, code) {
                Err(DbError::Unknown { .. }) => return Ok(Vec::new()),
                other => other?.place(),
            };
            let rows: Vec<(String, i32, Option<i32>)> = point_code::table
                .filter(point_code::unit_id.eq(unit))
                .filter(point_code::point_id.eq(point))
                .select((point_code::code, point_code::issued_on, point_code::retired_on))
                .order((point_code::issued_on, point_code::code))
                .load(conn)?;
            let mut codes: Vec<CodeIssued> = rows
                .into_iter()
                .map(|(code, issued_on, retired_on)| CodeIssued {
                    code,
                    issued_on: day::date_of(issued_on),
                    retired_on: day::of_option(retired_on),
                })
                .collect();
            // The code in use comes last, also when it was issued on the day of the one before.
            codes.sort_by_key(|code| (code.retired_on.is_none(), code.retired_on, code.issued_on));
            Ok(codes)
        })
    }
}

impl Noted {
    /// Adds a point and returns its code.
    pub fn add_point(&self, new: &NewPoint) -> Result<String, DbError> {
        let new = new.clone();
        let forms = Arc::clone(&self.inner.forms);
        self.write_reference(move |conn| insert_point(conn, &forms, &new))
    }

    /// Adds all of `new` or none. A name that an open point of the same
    /// unit has already is refused: whoever sends a table twice gets its points once.
    pub fn add_points(&self, new: &[NewPoint]) -> Result<PointsAdded, DbError> {
        let new = new.to_vec();
        let forms = Arc::clone(&self.inner.forms);
        self.write_reference(move |conn| {
            let newest: Option<i32> =
                service_point::table.select(diesel::dsl::max(service_point::batch)).get_result(conn)?;
            let batch = newest.unwrap_or(0) + 1;
            let mut codes = Vec::with_capacity(new.len());
            for point in &new {
                refuse_second_of_name(conn, point)?;
                let code = insert_point(conn, &forms, point)?;
                let place = owner(conn, &code)?.place();
                diesel::update(service_point::table.find(place)).set(service_point::batch.eq(batch)).execute(conn)?;
                codes.push(code);
            }
            Ok(PointsAdded { codes, batch })
        })
    }

    /// Ends a point: `on` is the first day without answers.
    pub fn retire_point(&self, code: &str, on: NaiveDate) -> Result<(), DbError> {
        let code = code.to_owned();
        self.write_reference(move |conn| {
            let place = owner(conn, &code)?.place();
            let retired_on = service_point::retired_on.eq(day::day_number(on));
            diesel::update(service_point::table.find(place)).set(retired_on).execute(conn)?;
            Ok(())
        })
    }

    /// Lets a tablet at the counter answer for the point of `code`, or no longer.
    pub fn set_kiosk(&self, code: &str, allowed: bool) -> Result<(), DbError> {
        let code = code.to_owned();
        self.write_reference(move |conn| {
            let place = owner(conn, &code)?.place();
            let kiosk = service_point::kiosk.eq(allowed);
            diesel::update(service_point::table.find(place)).set(kiosk).execute(conn)?;
            Ok(())
        })
    }

    /// Issues a new code for the point of `code`; the old one is retired on the day `on` and leads to the new one.
    pub fn replace_code(&self, code: &str, on: NaiveDate) -> Result<String, DbError> {
        let code = code.to_owned();
        self.write_reference(move |conn| {
            let CodeOwner { unit_id: unit, point_id: point, retired_on } = owner(conn, &code)?;
            if retired_on.is_some() {
                return Err(PointRefused::CodeReplaced(code).into());
            }
            let ended: Option<i32> =
                service_point::table.find((unit, point)).select(service_point::retired_on).first(conn)?;
            if let Some(ended) = ended.filter(|ended| *ended <= day::day_number(on)) {
                return Err(PointRefused::Retired { code, on: day::date_of(ended) }.into());
            }
            let retired_on = point_code::retired_on.eq(day::day_number(on));
            diesel::update(point_code::table.find(&code)).set(retired_on).execute(conn)?;
            issue_code(conn, unit, point, on)
        })
    }
}

pub(in crate::db) fn insert_point(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    new: &NewPoint,
) -> Result<String, DbError> {
    let unit = id_of_code(conn, &new.unit)?;
    let newest = form::table.filter(form::code.eq(&new.form)).select(form::id).order(form::version.desc());
    let newest: Option<i32> = newest.first(conn).optional()?;
    let newest = newest.ok_or_else(|| DbError::unknown("questionnaire", &new.form))?;
    let served = &forms.form(conn, newest)?.questionnaire.fields;
    let mut fields = Vec::new();
    for code in &new.fields {
        let id: Option<i16> =
            field::table.filter(field::code.eq(code)).select(field::id).order(field::id).first(conn).optional()?;
        let id = id.ok_or_else(|| DbError::unknown("field", code))?;
        if !served.is_empty() && !served.contains(code) {
            let (form, field, served) = (new.form.clone(), code.clone(), served.clone());
            return Err(PointRefused::NotServed { form, field, served }.into());
        }
        if fields.contains(&id) {
            return Err(PointRefused::FieldTwice(code.clone()).into());
        }
        fields.push(id);
    }
    if fields.is_empty() {
        return Err(PointRefused::NoField.into());
    }
    let in_unit = service_point::table.filter(service_point::unit_id.eq(unit));
    let last: Option<i32> = in_unit.select(diesel::dsl::max(service_point::id)).get_result(conn)?;
    let point = last.unwrap_or(0) + 1;
    diesel::insert_into(service_point::table)
        .values((
            service_point::unit_id.eq(unit),
            service_point::id.eq(point),
            service_point::name_vi.eq(&new.name_vi),
            service_point::name_en.eq(&new.name_en),
            service_point::form_code.eq(&new.form),
            service_point::channel.eq(new.channel.code()),
            service_point::opened_on.eq(day::day_number(new.opened_on)),
        ))
        .execute(conn)?;
    for (place, field) in (1_i16..).zip(fields) {
        diesel::insert_into(point_field::table)
            .values((
                point_field::unit_id.eq(unit),
                point_field::point_id.eq(point),
                point_field::field_id.eq(field),
                point_field::place.eq(place),
            ))
            .execute(conn)?;
    }
    issue_code(conn, unit, point, new.opened_on)
}

fn refuse_second_of_name(conn: &mut Conn, new: &NewPoint) -> Result<(), DbError> {
    let unit = id_of_code(conn, &new.unit)?;
    let known: Option<i32> = service_point::table
        .filter(service_point::unit_id.eq(unit))
        .filter(service_point::name_vi.eq(&new.name_vi))
        .filter(service_point::retired_on.is_null())
        .select(service_point::id)
        .order(service_point::id)
        .first(conn)
        .optional()?;
    known.map_or(Ok(()), |_| Err(DbError::exists("point", &new.name_vi)))
}

/// The point of a code.
pub(in crate::db) fn owner(conn: &mut Conn, code: &str) -> Result<CodeOwner, DbError> {
    let found = point_code::table.find(code).select(CodeOwner::as_select()).first(conn).optional()?;
    found.ok_or_else(|| DbError::unknown("code", code))
}

/// Draws a code that was never used and issues it.
fn issue_code(conn: &mut Conn, unit: i32, point: i32, on: NaiveDate) -> Result<String, DbError> {
    for _ in 0..CODE_DRAWS_MAX {
        let code = from_random(u32::from_le_bytes(random()?));
        let used: Option<i32> = point_code::table.find(&code).select(point_code::unit_id).first(conn).optional()?;
        if used.is_some() {
            continue;
        }
        diesel::insert_into(point_code::table)
            .values((
                point_code::code.eq(&code),
                point_code::unit_id.eq(unit),
                point_code::point_id.eq(point),
                point_code::issued_on.eq(day::day_number(on)),
            ))
            .execute(conn)?;
        return Ok(code);
    }
    Err(DbError::Failed(format!("no free code in {CODE_DRAWS_MAX} draws")))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = service_point)]
struct OpenRow {
    unit_id: i32,
    id: i32,
    opened_on: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = service_point)]
struct Row {
    unit_id: i32,
    id: i32,
    name_vi: String,
    name_en: String,
    form_code: String,
    channel: i16,
    opened_on: i32,
    retired_on: Option<i32>,
    kiosk: bool,
}

/// Which point serves a field.
#[derive(Queryable, Selectable)]
#[diesel(table_name = point_field)]
struct ServesRow {
    unit_id: i32,
    point_id: i32,
    #[diesel(column_name = field_id)]
    field: i16,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = point_code)]
struct CodeInUse {
    unit_id: i32,
    point_id: i32,
    code: String,
}

/// Every point of `units`, or of all, with its newest code, its fields and the newest version of its questionnaire.
pub(super) fn list(conn: &mut Conn, units: Option<&[i32]>) -> Result<Vec<PointListed>, DbError> {
    let versions: Vec<(String, i32)> =
        form::table.select((form::code, form::version)).order((form::code, form::version)).load(conn)?;
    let versions: HashMap<String, i32> = versions.into_iter().collect();
    let mut fields = point_field::table
        .inner_join(field::table.on(field::id.eq(point_field::field_id)))
        .order((point_field::unit_id, point_field::point_id, point_field::place))
        .select((ServesRow::as_select(), field::code))
        .into_boxed();
    let mut codes = point_code::table
        .filter(point_code::retired_on.is_null())
        .select(CodeInUse::as_select())
        .order((point_code::unit_id, point_code::point_id, point_code::code))
        .into_boxed();
    let mut rows = service_point::table
        .inner_join(unit::table.on(unit::id.eq(service_point::unit_id)))
        .order((service_point::unit_id, service_point::id))
        .select((Row::as_select(), unit::code, unit::valid_to))
        .into_boxed();
    if let Some(units) = units {
        fields = fields.filter(point_field::unit_id.eq_any(units));
        codes = codes.filter(point_code::unit_id.eq_any(units));
        rows = rows.filter(service_point::unit_id.eq_any(units));
    }
    let fields: Vec<(ServesRow, String)> = fields.load(conn)?;
    let mut fields_of: HashMap<(i32, i32), (Vec<i16>, Vec<String>)> = HashMap::new();
    for (serves, code) in fields {
        let (ids, codes) = fields_of.entry((serves.unit_id, serves.point_id)).or_default();
        ids.push(serves.field);
        codes.push(code);
    }
    // A point has one code in use; where a unit was imported without, the last one wins.
    let codes: Vec<CodeInUse> = codes.load(conn)?;
    let mut code_of: HashMap<(i32, i32), String> =
        codes.into_iter().map(|used| ((used.unit_id, used.point_id), used.code)).collect();
    let rows: Vec<(Row, String, Option<i32>)> = rows.load(conn)?;
    rows.into_iter()
        .map(|(row, unit_code, valid_to)| {
            let place = (row.unit_id, row.id);
            let (fields, field_codes) = fields_of.remove(&place).unwrap_or_default();
            Ok(PointListed {
                code: code_of.remove(&place).unwrap_or_default(),
                unit: row.unit_id,
                unit_code,
                point: row.id,
                name_vi: row.name_vi,
                name_en: row.name_en,
                fields,
                field_codes,
                form_version: versions.get(&row.form_code).copied().unwrap_or(0).unsigned_abs(),
                form: row.form_code,
                channel: Channel::of_code(row.channel)?,
                opened_on: day::date_of(row.opened_on),
                retired_on: earlier(day::of_option(row.retired_on), day_after(valid_to)),
                kiosk: row.kiosk,
            })
        })
        .collect()
}
