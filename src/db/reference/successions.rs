//! How units and points go on: renamed with a day, moved under another unit, merged, split. Answers stay with the unit and point
//! that received them; a point that ends with its work going on elsewhere names its successor, which codes on walls then open.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl,
    Selectable, SelectableHelper,
};

use super::marks::{UNITS, mark_changed};
use super::point_lookup::PointRow;
use super::points::{NewPoint, insert_point};
use super::questionnaires;
use super::units::{NewUnit, end_unit, id_of_code, insert_unit};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{field, point_code, point_field, service_point, staff_user, tally, unit, unit_name};
use crate::db::{Db, DbError, Noted, PointRefused, UnitRefused, day};
use crate::plan::Channel;

/// A name that a unit had before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// Number of the unit.
    pub unit: i32,
    /// The last day of the name.
    pub until: NaiveDate,
    /// The Vietnamese name.
    pub name_vi: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = unit_name)]
struct NameRow {
    unit_id: i32,
    until_day: i32,
    name_vi: String,
}

impl Db {
    /// Every name that these units had before, the newest of a unit last.
    pub fn former_names(&self, units: &[i32]) -> Result<Vec<FormerName>, DbError> {
        let rows: Vec<NameRow> = self.read(|conn| {
            in_parts(units, |some| {
                let of_units = unit_name::table.filter(unit_name::unit_id.eq_any(some)).select(NameRow::as_select());
                Ok(of_units.order((unit_name::unit_id, unit_name::number)).load(conn)?)
            })
        })?;
        let name =
            |row: NameRow| FormerName { unit: row.unit_id, until: day::date_of(row.until_day), name_vi: row.name_vi };
        Ok(rows.into_iter().map(name).collect())
    }
}

impl Noted {
    /// Gives a unit another name; `until` is the last day of the old one.
    pub fn rename_unit(&self, code: &str, (vi, en): (&str, &str), until: NaiveDate) -> Result<(), DbError> {
        let (code, vi, en) = (code.to_owned(), vi.to_owned(), en.to_owned());
        self.write_reference(move |conn| {
            let id = id_of_code(conn, &code)?;
            let (old_vi, old_en): (String, String) =
                unit::table.find(id).select((unit::name_vi, unit::name_en)).first(conn)?;
            let of_unit = unit_name::table.filter(unit_name::unit_id.eq(id));
            let last: Option<i32> = of_unit.select(diesel::dsl::max(unit_name::number)).get_result(conn)?;
            diesel::insert_into(unit_name::table)
                .values((
                    unit_name::unit_id.eq(id),
                    unit_name::number.eq(last.unwrap_or(0) + 1),
                    unit_name::until_day.eq(day::day_number(until)),
                    unit_name::name_vi.eq(old_vi),
                    unit_name::name_en.eq(old_en),
                ))
                .execute(conn)?;
            diesel::update(unit::table.find(id)).set((unit::name_vi.eq(vi), unit::name_en.eq(en))).execute(conn)?;
            mark_changed(conn, UNITS)
        })
    }

    /// Ends a unit as `retire_unit` does, and lets the work of its open points go on in the unit that follows it: in a point of
    /// the same name, else in a new one. How many points go on.
    pub fn merge_unit(&self, code: &str, last_day: NaiveDate, into: &str) -> Result<usize, DbError> {
        let (code, into) = (code.to_owned(), into.to_owned());
        let forms = Arc::clone(&self.inner.forms);
        self.write_reference(move |conn| {
            end_unit(conn, &code, last_day, Some(&into))?;
            carry_all(conn, &forms, &code, &into, next(last_day))
        })
    }

    /// Moves a unit: the unit `new`, of the same kind and with the same points, follows it from the day after `last_day` on, and
    /// whoever belongs to the old one belongs to the new one. How many points go on.
    pub fn move_unit(&self, code: &str, last_day: NaiveDate, new: &NewUnit) -> Result<usize, DbError> {
        let (code, new) = (code.to_owned(), new.clone());
        let forms = Arc::clone(&self.inner.forms);
        self.write_reference(move |conn| {
            let to = insert_unit(conn, &new)?;
            end_unit(conn, &code, last_day, Some(&new.code))?;
            let from = id_of_code(conn, &code)?;
            diesel::update(staff_user::table.filter(staff_user::unit_id.eq(from)))
                .set(staff_user::unit_id.eq(to))
                .execute(conn)?;
            carry_all(conn, &forms, &code, &new.code, next(last_day))
        })
    }

    /// Makes a unit of a part of another: the points of `codes` go on there from its first day on.
    pub fn split_unit(&self, new: &NewUnit, codes: &[String]) -> Result<usize, DbError> {
        let (new, codes) = (new.clone(), codes.to_vec());
        let forms = Arc::clone(&self.inner.forms);
        self.write_reference(move |conn| {
            insert_unit(conn, &new)?;
            for code in &codes {
                let columns = (point_code::unit_id, point_code::point_id);
                let found: Option<(i32, i32)> = point_code::table.find(code).select(columns).first(conn).optional()?;
                let place = found.ok_or_else(|| DbError::unknown("code", code))?;
                carry(conn, &forms, place, &new.code, new.valid_from)?;
            }
            Ok(codes.len())
        })
    }

    /// Takes back points that were added together, as long as nobody has answered there: they are retired from `on` on. How many.
    pub fn take_batch_back(&self, batch: i32, on: NaiveDate) -> Result<usize, DbError> {
        self.write_reference(move |conn| {
            let of_batch = service_point::table.filter(service_point::batch.eq(batch));
            let places: Vec<(i32, i32)> = of_batch.select((service_point::unit_id, service_point::id)).load(conn)?;
            for (unit, point) in &places {
                let answered: Option<i32> = tally::table
                    .filter(tally::unit_id.eq(unit))
                    .filter(tally::point_id.eq(point))
                    .select(tally::point_id)
                    .first(conn)
                    .optional()?;
                if answered.is_some() {
                    return Err(PointRefused::BatchAnswered.into());
                }
            }
            let open = of_batch.filter(service_point::retired_on.is_null());
            Ok(diesel::update(open).set(service_point::retired_on.eq(day::day_number(on))).execute(conn)?)
        })
    }
}

fn next(last_day: NaiveDate) -> NaiveDate {
    last_day.checked_add_days(Days::new(1)).unwrap_or(last_day)
}

/// Lets every open point of a unit go on in another.
fn carry_all(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    from: &str,
    to: &str,
    first_day: NaiveDate,
) -> Result<usize, DbError> {
    let unit = id_of_code(conn, from)?;
    let open: Vec<i32> = service_point::table
        .filter(service_point::unit_id.eq(unit))
        .filter(service_point::retired_on.is_null())
        .select(service_point::id)
        .order(service_point::id)
        .load(conn)?;
    for point in &open {
        carry(conn, forms, (unit, *point), to, first_day)?;
    }
    Ok(open.len())
}

/// Ends a point on the day before `first_day` and names its successor in `to`: the open point of the same name that asks the same
/// questionnaire, else a new one.
fn carry(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    (unit, point): (i32, i32),
    to: &str,
    first_day: NaiveDate,
) -> Result<(), DbError> {
    let PointRow { name_vi, name_en, form_code: form, channel, kiosk, .. } =
        service_point::table.find((unit, point)).select(PointRow::as_select()).first(conn)?;
    let there = id_of_code(conn, to)?;
    if there == unit {
        return Err(UnitRefused::FollowsItself(to.to_owned()).into());
    }
    let known: Option<i32> = service_point::table
        .filter(service_point::unit_id.eq(there))
        .filter(service_point::name_vi.eq(&name_vi))
        .filter(service_point::form_code.eq(&form))
        .filter(service_point::channel.eq(channel))
        .filter(service_point::retired_on.is_null())
        .select(service_point::id)
        .order(service_point::id)
        .first(conn)
        .optional()?;
    let follower = if let Some(known) = known {
        known
    } else {
        let fields: Vec<String> = point_field::table
            .inner_join(field::table.on(field::id.eq(point_field::field_id)))
            .filter(point_field::unit_id.eq(unit).and(point_field::point_id.eq(point)))
            .order(point_field::place)
            .select(field::code)
            .load(conn)?;
        let channel = Channel::of_code(channel)?;
        let new = NewPoint { unit: to.to_owned(), name_vi, name_en, form, fields, channel, opened_on: first_day };
        let code = insert_point(conn, forms, &new)?;
        let made: i32 = point_code::table.find(code).select(point_code::point_id).first(conn)?;
        diesel::update(service_point::table.find((there, made))).set(service_point::kiosk.eq(kiosk)).execute(conn)?;
        made
    };
    diesel::update(service_point::table.find((unit, point)))
        .set((
            service_point::retired_on.eq(day::day_number(first_day)),
            service_point::successor_unit_id.eq(there),
            service_point::successor_point_id.eq(follower),
        ))
        .execute(conn)?;
    Ok(())
}
