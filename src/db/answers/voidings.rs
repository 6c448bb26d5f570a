//! Groups of sheets that count no more, each with its reason. A voiding names a point, days, and all sheets or the flagged
//! ones; never a single sheet, which nobody may look at. What was released goes with its whole release, others' sheets in it
//! included. The sheets stay as they are; tallies leave them out from the same transaction on, recounts leave them out too,
//! and all of it can be undone.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::rebuild;
use super::retention::kept_from;
use super::shares;
use super::voided::{self, OPEN_DAYS, last_day};
use crate::db::audit;
use crate::db::engine::conn::{Conn, lock_out_answers, lock_out_other_writers, on_backend};
use crate::db::engine::schema::{sheet, voiding, voiding_release};
use crate::db::reference::questionnaires;
use crate::db::{Db, DbError, Noted, VoidingRefused, day, instant};

/// The shortest reason, in characters: one word tells nobody anything a year later.
const REASON_MIN: usize = 10;

/// Sheets that a voiding names, at least.
const VOIDED_TOGETHER: u64 = 5;

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

#[derive(Queryable, Selectable, Insertable)]
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
                Ok(rows.order(voiding::number.desc()).select(VoidingRow::as_select()).load(conn)?)
            })?;
            found.extend(rows.into_iter().map(voiding_of));
        }
        Ok(found)
    }

    /// How many sheets a voiding would name, and how many more it would take out because they entered figures together with those.
    /// Refused like the voiding itself.
    pub fn would_void(&self, new: &NewVoiding, today: NaiveDate) -> Result<(u64, u64), DbError> {
        check(new, today)?;
        self.read(|conn| {
            require_kept(conn, new)?;
            let Taken { named, waiting, releases, .. } = taken(conn, new)?;
            if named < VOIDED_TOGETHER {
                return Err(VoidingRefused::TooFew { sheets: named, least: VOIDED_TOGETHER }.into());
            }
            Ok((named, (waiting + shares::sheets(conn, &releases)?).saturating_sub(named)))
        })
    }
}

impl Noted {
    /// Voids a group of sheets. Refused where it names fewer than five that still count.
    pub fn void(&self, new: &NewVoiding, today: NaiveDate) -> Result<Voiding, DbError> {
        let (new, forms) = (new.clone(), std::sync::Arc::clone(&self.inner.forms));
        let note = self.note.clone();
        check(&new, today)?;
        self.inner.writer.run_in_slot(move |conn, slot| {
            lock_out_other_writers(conn)?;
            lock_out_answers(conn)?;
            require_kept(conn, &new)?;
            let Taken { named, waiting, releases, out_before } = taken(conn, &new)?;
            if named < VOIDED_TOGETHER {
                return Err(VoidingRefused::TooFew { sheets: named, least: VOIDED_TOGETHER }.into());
            }
            let sheets = waiting + shares::sheets(conn, &releases)?;
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
            let out = releases.iter().chain(&out_before).map(|release| {
                let number = voiding_release::number.eq(row.number);
                (voiding_release::unit_id.eq(row.unit_id), number, voiding_release::release_id.eq(*release))
            });
            for some in out.collect::<Vec<_>>().chunks(1_000) {
                on_backend!(conn, |c| diesel::insert_into(voiding_release::table).values(some.to_vec()).execute(c))?;
            }
            recount(conn, slot, &forms, &row, &releases)?;
            audit::append_if(conn, note.as_ref())?;
            Ok(voiding_of(row))
        })
    }

    /// Lets the sheets of a voiding count again, at once, but for those that another one still voids and those that were forgotten since: the
    /// day from which sheets count again, where some of its days, or of those that went with it, lie before it.
    pub fn undo_voiding(
        &self,
        unit: i32,
        number: i32,
        reason: &str,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<Option<NaiveDate>, DbError> {
        let forms = std::sync::Arc::clone(&self.inner.forms);
        let (reason, by, note) = (checked_reason(reason)?, by.to_owned(), self.note.clone());
        self.inner.writer.run_in_slot(move |conn, slot| {
            lock_out_other_writers(conn)?;
            lock_out_answers(conn)?;
            let found = voiding::table.find((unit, number)).select(VoidingRow::as_select());
            let row: Option<VoidingRow> = found.first(conn).optional()?;
            let row = row.ok_or_else(|| DbError::unknown("voiding", number.to_string()))?;
            if row.undone_ms.is_some() {
                return Err(VoidingRefused::Undone(number).into());
            }
            // What was forgotten since cannot be counted again.
            let kept = kept_from(conn)?;
            if let Some(first) = kept.filter(|first| row.to_day < *first) {
                return Err(VoidingRefused::UndoForgotten { first: day::date_of(first) }.into());
            }
            diesel::update(voiding::table.find((unit, number)))
                .set((
                    voiding::undone_reason.eq(Some(reason)),
                    voiding::undone_by.eq(Some(by)),
                    voiding::undone_ms.eq(Some(at.timestamp_millis())),
                ))
                .execute(conn)?;
            let own = voiding_release::table.filter(voiding_release::unit_id.eq(unit));
            let own = own.filter(voiding_release::number.eq(number)).select(voiding_release::release_id);
            let releases: Vec<i32> = own.order(voiding_release::release_id).load(conn)?;
            let releases = releases.into_iter().collect();
            recount(conn, slot, &forms, &row, &releases)?;
            audit::append_if(conn, note.as_ref())?;
            // Others' sheets that went with it are of days of their own.
            let days = shares::places(conn, &releases)?.into_iter().map(|place| place.first_day);
            let oldest = days.fold(row.from_day, i32::min);
            Ok(kept.filter(|first| oldest < *first).map(day::date_of))
        })
    }
}

/// What a voiding takes out.
struct Taken {
    /// Sheets that it names.
    named: u64,
    /// Those of them that wait.
    waiting: u64,
    /// The releases of the others: they go whole, since a part of one would be told by what is left.
    releases: HashSet<i32>,
    /// Releases that were out before.
    out_before: HashSet<i32>,
}

fn taken(conn: &mut Conn, new: &NewVoiding) -> Result<Taken, DbError> {
    let out = voided::voided_releases(conn)?;
    let in_force = voided::in_force(conn, new.unit, &out)?;
    let rows = sheet::table
        .filter(sheet::unit_id.eq(new.unit))
        .filter(sheet::day.between(day::day_number(new.from), day::day_number(new.to)))
        .filter(sheet::point_id.eq(new.point));
    let rows: Vec<(i32, bool, i32)> =
        rows.select((sheet::day, sheet::suspect, sheet::release_id)).order((sheet::day, sheet::random)).load(conn)?;
    let mut taken = Taken { named: 0, waiting: 0, releases: HashSet::new(), out_before: HashSet::new() };
    for (day, suspect, release) in rows.into_iter().filter(|(_, suspect, _)| *suspect || !new.suspects_only) {
        let is_out = in_force.covers_at(new.point, day, suspect, release);
        taken.named += u64::from(!is_out);
        match release {
            0 => taken.waiting += u64::from(!is_out),
            // A release that another voiding has taken out is named here as well: it stays out when that one is undone.
            _ if is_out => drop(taken.out_before.insert(release)),
            _ => drop(taken.releases.insert(release)),
        }
    }
    Ok(taken)
}

/// Makes the tallies anew of all that a voiding takes out or lets in, and that was not forgotten since.
fn recount(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    row: &VoidingRow,
    releases: &HashSet<i32>,
) -> Result<(), DbError> {
    let kept = kept_from(conn)?.unwrap_or(i32::MIN);
    let mut days: BTreeMap<i32, (i32, i32)> = BTreeMap::from([(row.unit_id, (row.from_day, row.to_day))]);
    for place in shares::places(conn, releases)? {
        let days = days.entry(place.unit_id).or_insert((place.first_day, place.last_day));
        *days = (days.0.min(place.first_day), days.1.max(place.last_day));
    }
    for (unit, (first, last)) in days {
        rebuild::rebuild(conn, slot, forms, unit, (Some(first.max(kept)), Some(last)), None)?;
    }
    Ok(())
}

/// Refuses days whose sheets were forgotten: their sums cannot be told apart any more.
fn require_kept(conn: &mut Conn, new: &NewVoiding) -> Result<(), DbError> {
    match kept_from(conn)?.map(day::date_of).filter(|first| new.from < *first) {
        Some(first) => Err(VoidingRefused::Forgotten { first }.into()),
        None => Ok(()),
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
    if reason.chars().count() < REASON_MIN {
        return Err(VoidingRefused::NoReason { least: REASON_MIN });
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
