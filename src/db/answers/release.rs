//! New answers folded into tallies, and tallies released in groups.
//!
//! A tally row is either released (shown figures count it) or waiting. New answers of a point wait until at least
//! [`GROUP`] of them do; then all of them are released in the same transaction. So nobody who watches the figures
//! sees one citizen's answer arrive. What is shown apart waits apart: the series, and flagged answers, without which
//! figures are shown too. Every writer keeps rows of its own (`slot`), so two writers never meet on a row; readers
//! add up.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};

use super::daily_sums;
use super::tallies::{TallyRow, decode_into, merge_into};
use crate::db::DbError;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::schema::tally;
use crate::db::reference::questionnaires;
use crate::sheet::tally::{Series, Tally, TallyKey};

/// New answers of a point, series and flag that move shown figures together.
pub const GROUP: u64 = 5;

/// Tally rows in one statement: 500 × 12 columns stays far below SQLite's 32 766 bound values.
const ROWS_PER_STATEMENT: usize = 500;

/// Units whose rows are read in one statement: of a bulk load a year of each.
const UNITS_PER_STATEMENT: usize = 64;

/// When shown figures count new answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::db) enum Release {
    /// As soon as [`GROUP`] answers of their point, series and flag wait.
    InGroups,
    /// Now.
    AtOnce,
}

/// Folds `new` into the stored tallies of this writer.
pub(in crate::db) fn release(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    new: BTreeMap<TallyKey, Tally>,
    release: Release,
) -> Result<(), DbError> {
    if new.is_empty() {
        return Ok(());
    }
    if release == Release::AtOnce {
        return add_released(conn, slot, forms, new);
    }
    let points: BTreeSet<(i32, i32)> = new.keys().map(|key| (key.unit, key.point)).collect();
    let stored = waiting(conn, slot, forms, &points)?;
    let stored_groups: BTreeSet<Group> = stored.keys().map(group_of).collect();
    let changed: BTreeSet<TallyKey> = new.keys().copied().collect();
    let mut waiting = stored;
    merge_into(&mut waiting, new);

    let mut sheets: BTreeMap<Group, u64> = BTreeMap::new();
    for (key, tally) in &waiting {
        *sheets.entry(group_of(key)).or_default() += tally.sheets;
    }
    let full = |key: &TallyKey| sheets.get(&group_of(key)).is_some_and(|sheets| *sheets >= GROUP);
    let (released, mut waiting): (BTreeMap<_, _>, BTreeMap<_, _>) = waiting.into_iter().partition(|(key, _)| full(key));
    waiting.retain(|key, _| changed.contains(key));

    // One by one, with a statement that is prepared once: a batch fills a handful of groups.
    let emptied: BTreeSet<Group> =
        released.keys().map(group_of).filter(|group| stored_groups.contains(group)).collect();
    for (unit, point, series, suspect) in emptied {
        let rows = tally::table.filter(tally::unit_id.eq(unit).and(tally::released.eq(false)));
        let rows = rows.filter(tally::series.eq(series.code())).filter(tally::suspect.eq(suspect));
        diesel::delete(rows.filter(tally::slot.eq(slot)).filter(tally::point_id.eq(point))).execute(conn)?;
    }
    upsert(conn, waiting.iter().map(|(key, tally)| TallyRow::new(key, false, slot, tally)))?;
    add_released(conn, slot, forms, released)
}

/// Unit, point, series and flag of answers that are released together.
type Group = (i32, i32, Series, bool);

fn group_of(key: &TallyKey) -> Group {
    (key.unit, key.point, key.series, key.suspect)
}

/// This writer's rows that wait at `points`: fewer than [`GROUP`] sheets a point, series and flag, however much is stored.
///
/// One statement for all units: a list of values is a new statement each time, and preparing one for every unit of a batch
/// took a sixth of the server's processor time.
fn waiting(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    points: &BTreeSet<(i32, i32)>,
) -> Result<BTreeMap<TallyKey, Tally>, DbError> {
    let mut rows: Vec<TallyRow> = tally::table
        .filter(tally::unit_id.eq_any(distinct(points.iter().map(|(unit, _)| *unit))))
        .filter(tally::released.eq(false))
        .filter(tally::point_id.eq_any(distinct(points.iter().map(|(_, point)| *point))))
        .filter(tally::slot.eq(slot))
        .order((tally::unit_id, tally::day, tally::point_id))
        .load(conn)?;
    rows.retain(|row| points.contains(&(row.unit_id, row.point_id)));
    let mut found = BTreeMap::new();
    decode_into(&mut found, conn, forms, rows)?;
    Ok(found)
}

/// Adds `sums` to this writer's released rows.
fn add_released(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    mut sums: BTreeMap<TallyKey, Tally>,
) -> Result<(), DbError> {
    if sums.is_empty() {
        return Ok(());
    }
    let units = distinct(sums.keys().map(|key| key.unit));
    let points = distinct(sums.keys().map(|key| key.point));
    let days = distinct(sums.keys().map(|key| key.day));
    let mut stored = BTreeMap::new();
    // A bulk load spans a year; a batch of the writer a day or two. Points of a unit are few.
    for (units, days) in units
        .chunks(UNITS_PER_STATEMENT)
        .flat_map(|units| days.chunks(ROWS_PER_STATEMENT).map(move |days| (units, days)))
    {
        let rows: Vec<TallyRow> = tally::table
            .filter(tally::unit_id.eq_any(units.to_vec()))
            .filter(tally::released.eq(true))
            .filter(tally::day.eq_any(days.to_vec()))
            .filter(tally::point_id.eq_any(points.clone()))
            .filter(tally::slot.eq(slot))
            .order((tally::unit_id, tally::day, tally::point_id))
            .load(conn)?;
        let mut wanted = Vec::new();
        for row in rows {
            if sums.contains_key(&row.key()?) {
                wanted.push(row);
            }
        }
        decode_into(&mut stored, conn, forms, wanted)?;
    }
    for (key, tally) in stored {
        sums.entry(key).and_modify(|sum| sum.merge(&tally));
    }
    upsert(conn, sums.iter().map(|(key, tally)| TallyRow::new(key, true, slot, tally)))
}

fn distinct(numbers: impl Iterator<Item = i32>) -> Vec<i32> {
    numbers.collect::<BTreeSet<i32>>().into_iter().collect()
}

/// Writes rows over those with the same key, in the order of the key, so that writers cannot lock each other out. The sums of
/// days whose released rows change are invalidated.
pub(in crate::db) fn upsert(conn: &mut Conn, rows: impl Iterator<Item = TallyRow>) -> Result<(), DbError> {
    use diesel::upsert::excluded;
    let rows: Vec<TallyRow> = rows.collect();
    daily_sums::invalidate(conn, &rows.iter().filter(|row| row.released).map(|row| (row.unit_id, row.day)).collect())?;
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        on_backend!(conn, |c| {
            diesel::insert_into(tally::table)
                .values(rows)
                .on_conflict((
                    tally::unit_id,
                    tally::released,
                    tally::day,
                    tally::point_id,
                    tally::field_id,
                    tally::form_id,
                    tally::series,
                    tally::mode,
                    tally::respondent,
                    tally::suspect,
                    tally::slot,
                ))
                .do_update()
                .set(tally::body.eq(excluded(tally::body)))
                .execute(c)
        })?;
    }
    Ok(())
}
