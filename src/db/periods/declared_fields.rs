//! Fields that a plan's owner declares to be without cases in a period, each with a reason. Refused where cases or answers exist.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::dsl::exists;
use diesel::{ExpressionMethods, JoinOnDsl, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::engine::parts::any_in_parts;
use crate::db::engine::schema::{declared_field, field, sheet, volume};
use crate::db::{Db, DbError, Noted, append_if, day, instant};

/// A declaration as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredField {
    /// Code of the field.
    pub field: String,
    /// Why it has no cases.
    pub reason: String,
    /// Who declared it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A declaration to be made.
#[derive(Debug, Clone)]
pub struct NewDeclaration {
    /// Number of the plan's unit.
    pub unit: i32,
    /// Numbers of that unit and all under it.
    pub units: Vec<i32>,
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// First and last day of it.
    pub days: (NaiveDate, NaiveDate),
    /// Number of the field.
    pub field: i16,
    /// Numbers of the questionnaires that feed an index of services: what people think of a policy is no case of a field.
    pub forms: Vec<i32>,
    /// Why it has no cases.
    pub reason: String,
    /// Who declares it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    Stands,
    /// Somebody answered about the services of the field in the period.
    HasAnswers,
    /// Cases of the field were handled in the period.
    HasCases,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = declared_field)]
struct Row {
    reason: String,
    declared_by: String,
    declared_ms: i64,
}

impl Db {
    /// The declarations of a period, in the order of the fields.
    pub fn declared_fields(&self, unit: i32, plan: &str, period: &str) -> Result<Vec<DeclaredField>, DbError> {
        let (plan, period) = (plan.to_owned(), period.to_owned());
        let rows: Vec<(String, Row)> = self.read(|conn| {
            let of_period = declared_field::table
                .inner_join(field::table.on(field::id.eq(declared_field::field_id)))
                .filter(declared_field::unit_id.eq(unit))
                .filter(declared_field::plan.eq(&plan))
                .filter(declared_field::period.eq(&period));
            Ok(of_period.select((field::code, Row::as_select())).order((field::place, field::id)).load(conn)?)
        })?;
        let declared = |(field, row): (String, Row)| DeclaredField {
            field,
            reason: row.reason,
            by: row.declared_by,
            at: instant::of_ms(row.declared_ms),
        };
        Ok(rows.into_iter().map(declared).collect())
    }
}

impl Noted {
    /// Declares a field to be without cases, or says another reason for it.
    pub fn declare_field(&self, new: NewDeclaration) -> Result<Declared, DbError> {
        let note = self.note.clone();
        self.db.write(move |conn| {
            let days = (day::day_number(new.days.0), day::day_number(new.days.1));
            let has_answers = any_in_parts(&new.units, |some| {
                let answers = sheet::table
                    .filter(sheet::unit_id.eq_any(some))
                    .filter(sheet::day.between(days.0, days.1))
                    .filter(sheet::field_id.eq(new.field))
                    .filter(sheet::form_id.eq_any(&new.forms));
                Ok(diesel::select(exists(answers)).get_result(conn)?)
            })?;
            if has_answers {
                return Ok(Declared::HasAnswers);
            }
            let first = day::day_number(new.days.0.with_day(1).unwrap_or(new.days.0));
            let has_cases = any_in_parts(&new.units, |some| {
                let cases = volume::table
                    .filter(volume::unit_id.eq_any(some))
                    .filter(volume::month.between(first, days.1))
                    .filter(volume::field_id.eq(new.field))
                    .filter(volume::cases.gt(0));
                Ok(diesel::select(exists(cases)).get_result(conn)?)
            })?;
            if has_cases {
                return Ok(Declared::HasCases);
            }
            let key = (new.unit, new.plan.as_str(), new.period.as_str(), new.field);
            diesel::delete(declared_field::table.find(key)).execute(conn)?;
            let row = (
                declared_field::unit_id.eq(new.unit),
                declared_field::plan.eq(&new.plan),
                declared_field::period.eq(&new.period),
                declared_field::field_id.eq(new.field),
                declared_field::reason.eq(&new.reason),
                declared_field::declared_by.eq(&new.by),
                declared_field::declared_ms.eq(new.at.timestamp_millis()),
            );
            diesel::insert_into(declared_field::table).values(row).execute(conn)?;
            append_if(conn, note.as_ref())?;
            Ok(Declared::Stands)
        })
    }

    /// Takes a declaration back; whether there was one.
    pub fn withdraw_declaration(&self, unit: i32, plan: &str, period: &str, field: i16) -> Result<bool, DbError> {
        let (plan, period, note) = (plan.to_owned(), period.to_owned(), self.note.clone());
        self.db.write(move |conn| {
            let key = (unit, plan.as_str(), period.as_str(), field);
            let gone = diesel::delete(declared_field::table.find(key)).execute(conn)? > 0;
            if gone {
                append_if(conn, note.as_ref())?;
            }
            Ok(gone)
        })
    }
}
