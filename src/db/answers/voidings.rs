//! Groups of sheets that count no more, each with its reason. A voiding names a point, days, and all sheets or the flagged
//! ones; never a single sheet, which nobody may look at. The sheets stay as they are; tallies leave them out from the
//! same transaction on, recounts leave them out too, and all of it can be undone.

use std::ops::ControlFlow;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use super::read::visit_sheets;
use super::rebuild;
use super::release::GROUP;
use super::retention::kept_from;
use super::sheet::SheetFilter;
use super::voided::{OPEN_DAYS, last_day};
use crate::db::audit;
use crate::db::engine::conn::{lock_out_answers, lock_out_other_writers, on_backend};
use crate::db::engine::schema::voiding;
use crate::db::{Db, DbError, Noted, VoidingRefused, day, instant};

/// The shortest reason, in characters: one word tells nobody anything a year later.
const REASON_LEAST: usize = 10;

/// What to void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVoiding {
    /// Number of the unit.
    pub unit: i32,
    /// Number of the point within it.
    pub point: i32,
    /// First civil day.
    pub from: NaiveDate,
    /// Last civil day, at least four days ago.
    pub to: NaiveDate,
    /// Only flagged sheets.
    pub suspects_only: bool,
    /// Why: at least ten characters.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A voiding, undone or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voiding {
    /// Its number within the unit.
    pub number: i32,
    /// How many sheets stopped counting.
    pub sheets: u64,
    /// What was voided, why, by whom and when.
    pub what: NewVoiding,
    /// Why, by whom and when it was undone.
    pub undone: Option<(String, String, DateTime<Utc>)>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = voiding, treat_none_as_default_value = false)]
struct VoidingRow {
    unit_id: i32,
    number: i32,
    point_id: i32,
    from_day: i32,
    to_day: i32,
    suspects_only: bool,
    sheets: i32,
    reason: String,
    done_by: String,
    done_ms: i64,
    undone_reason: Option<String>,
    undone_by: Option<String>,
    undone_ms: Option<i64>,
}

impl Db {
    /// The voidings of `units`, undone ones included, newest first within a unit.
    pub fn voidings(&self, units: &[i32]) -> Result<Vec<Voiding>, DbError> {
        let mut found = Vec::new();
        for unit in units {
            let rows: Vec<VoidingRow> = self.read(|conn| {
                let rows = voiding::table.filter(voiding::unit_id.eq(unit));
                Ok(rows.order(voiding::number.desc()).load(conn)?)
            })?;
            found.extend(rows.into_iter().map(voiding_of));
        }
        Ok(found)
    }
}

impl Noted {
    /// Voids a group of sheets. Refused where fewer than five of them would stop counting: the figures before and after would
    /// differ by what these few said.
    pub fn void(&self, new: &NewVoiding, today: NaiveDate) -> Result<Voiding, DbError> {
        let (new, forms) = (new.clone(), std::sync::Arc::clone(&self.inner.forms));
        let note = self.note.clone();
        check(&new, today)?;
        self.inner.writer.run_in_slot(move |conn, slot| {
            lock_out_other_writers(conn)?;
            lock_out_answers(conn)?;
            if let Some(first) = kept_from(conn)?.map(day::date_of).filter(|first| new.from < *first) {
                return Err(VoidingRefused::Forgotten { first }.into());
            }
            let mut sheets = 0_u64;
            let filter = SheetFilter { units: Some(vec![new.unit]), from: Some(new.from), to: Some(new.to) };
            visit_sheets(conn, &filter, false, &mut |sheet| {
                let meant = sheet.key.point == new.point && (sheet.key.suspect || !new.suspects_only);
                sheets += u64::from(meant);
                ControlFlow::Continue(())
            })?;
            if sheets < GROUP {
                return Err(VoidingRefused::TooFew { sheets, least: GROUP }.into());
            }
            let last: Option<i32> = voiding::table
                .filter(voiding::unit_id.eq(new.unit))
                .select(voiding::number)
                .order(voiding::number.desc())
                .first(conn)
                .optional()?;
            let row = VoidingRow {
                unit_id: new.unit,
                number: last.unwrap_or(0) + 1,
                point_id: new.point,
                from_day: day::day_number(new.from),
                to_day: day::day_number(new.to),
                suspects_only: new.suspects_only,
                sheets: i32::try_from(sheets).unwrap_or(i32::MAX),
                reason: new.reason.trim().to_owned(),
                done_by: new.by.clone(),
                done_ms: new.at.timestamp_millis(),
                undone_reason: None,
                undone_by: None,
                undone_ms: None,
            };
            on_backend!(conn, |c| diesel::insert_into(voiding::table).values(&row).execute(c))?;
            let days = (Some(row.from_day), Some(row.to_day));
            rebuild::rebuild(conn, slot, &forms, new.unit, days, Some(new.point))?;
            audit::append_if(conn, note.as_ref())?;
            Ok(voiding_of(row))
        })
    }

    /// Lets the sheets of a voiding count again, at once, but for those that another one still voids.
    pub fn undo_voiding(
        &self,
        unit: i32,
        number: i32,
        reason: &str,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let forms = std::sync::Arc::clone(&self.inner.forms);
        let (reason, by, note) = (checked_reason(reason)?, by.to_owned(), self.note.clone());
        self.inner.writer.run_in_slot(move |conn, slot| {
            lock_out_other_writers(conn)?;
            lock_out_answers(conn)?;
            let row: Option<VoidingRow> = voiding::table.find((unit, number)).first(conn).optional()?;
            let row = row.ok_or_else(|| DbError::unknown("voiding", number.to_string()))?;
            if row.undone_ms.is_some() {
                return Err(VoidingRefused::Undone(number).into());
            }
            diesel::update(voiding::table.find((unit, number)))
                .set((
                    voiding::undone_reason.eq(Some(reason)),
                    voiding::undone_by.eq(Some(by)),
                    voiding::undone_ms.eq(Some(at.timestamp_millis())),
                ))
                .execute(conn)?;
            // What was forgotten since cannot be counted again.
            if let Some(first) = kept_from(conn)?.filter(|first| row.to_day < *first) {
                return Err(VoidingRefused::Forgotten { first: day::date_of(first) }.into());
            }
            let first = kept_from(conn)?.map_or(row.from_day, |first| first.max(row.from_day));
            rebuild::rebuild(conn, slot, &forms, unit, (Some(first), Some(row.to_day)), Some(row.point_id))?;
            audit::append_if(conn, note.as_ref())?;
            Ok(())
        })
    }
}

fn check(new: &NewVoiding, today: NaiveDate) -> Result<(), VoidingRefused> {
    let last = last_day(today);
    if new.from > new.to {
        return Err(VoidingRefused::DaysReversed);
    }
    if new.to > last {
        return Err(VoidingRefused::DaysOpen { to: new.to, last, open_days: OPEN_DAYS });
    }
    checked_reason(&new.reason).map(|_| ())
}

fn checked_reason(reason: &str) -> Result<String, VoidingRefused> {
    let reason = reason.trim();
    if reason.chars().count() < REASON_LEAST {
        return Err(VoidingRefused::NoReason { least: REASON_LEAST });
    }
    Ok(reason.to_owned())
}

fn voiding_of(row: VoidingRow) -> Voiding {
    let undone = row
        .undone_ms
        .map(|ms| (row.undone_reason.unwrap_or_default(), row.undone_by.unwrap_or_default(), instant::of_ms(ms)));
    Voiding {
        number: row.number,
        sheets: u64::try_from(row.sheets).unwrap_or(0),
        what: NewVoiding {
            unit: row.unit_id,
            point: row.point_id,
            from: day::date_of(row.from_day),
            to: day::date_of(row.to_day),
            suspects_only: row.suspects_only,
            reason: row.reason,
            by: row.done_by,
            at: instant::of_ms(row.done_ms),
        },
        undone,
    }
}
