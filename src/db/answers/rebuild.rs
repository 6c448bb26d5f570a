//! Tallies recounted from the sheets that count, and made anew where they differ.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::read::visit_with_release;
use super::release::upsert;
use super::retention::kept_from;
use super::sheet::SheetFilter;
use super::tallies::{TallyRow, decode_into};
use super::{daily_sums, tallies};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, lock_out_answers};
use crate::db::engine::schema::{form, tally, unit};
use crate::db::reference::questionnaires;
use crate::db::{Db, DbError, day};
use crate::sheet::tally::{Tally, TallyKey};

impl Db {
    /// Makes the tallies anew where they differ from the sheets; the number of keys set right. Tallies that are
    /// right stay as they are; one set right counts with its release. Sums of days that
    /// differ from their tallies are invalidated.
    ///
    /// Other writers wait meanwhile.
    pub fn rebuild_tallies(&self) -> Result<usize, DbError> {
        let forms = std::sync::Arc::clone(&self.inner.forms);
        self.inner.writer.run_in_slot(move |conn, slot| {
            lock_out_answers(conn)?;
            let units: Vec<i32> = unit::table.select(unit::id).order(unit::id).load(conn)?;
            let from = kept_from(conn)?;
            let mut repaired = 0;
            for unit in units {
                // What cannot be read comes before anything is written, and keeps no other unit's tallies wrong.
                match rebuild(conn, slot, &forms, unit, (from, None), None) {
                    Err(DbError::Damaged(why)) => {
                        tracing::error!(unit, why, "the tallies of a unit stay as they are: a row cannot be read");
                    }
                    made => repaired += made?,
                }
            }
            let (differing, _) = daily_sums::differing(conn, &forms)?;
            daily_sums::invalidate(conn, &differing)?;
            Ok(repaired)
        })
    }
}

/// Makes the tallies of a unit and some days, or of one point of it, anew where they differ from the sheets that count; the
/// number of keys set right, which count with their release.
pub(in crate::db) fn rebuild(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    unit: i32,
    days: Days,
    point: Option<i32>,
) -> Result<usize, DbError> {
    let counted = counted(conn, forms, unit, days)?.sums;
    let (stored, unreadable) = stored(conn, forms, unit, days)?;
    let mut repaired = 0;
    for key in differing(&counted, &stored, &unreadable) {
        let (of, release) = key;
        if point.is_some_and(|point| point != of.point) {
            continue;
        }
        delete_rows(conn, &of, release)?;
        daily_sums::invalidate(conn, &BTreeSet::from([(of.unit, of.day)]))?;
        if let Some(tally) = counted.get(&key) {
            upsert(conn, std::iter::once(TallyRow::new(&of, release, slot, tally)))?;
        }
        repaired += 1;
    }
    Ok(repaired)
}

/// What tallies are kept for, and their release: 0 where they wait.
pub(in crate::db) type Key = (TallyKey, i32);

/// Sheets added up.
pub(in crate::db) struct Counted {
    pub(in crate::db) sums: BTreeMap<Key, Tally>,
    pub(in crate::db) sheets: u64,
}

/// The days that are looked at: first and last, none for no bound.
pub(in crate::db) type Days = (Option<i32>, Option<i32>);

/// The sheets of a unit that count, added up by key.
pub(in crate::db) fn counted(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    unit: i32,
    days: Days,
) -> Result<Counted, DbError> {
    let mut layouts = BTreeMap::new();
    let known: Vec<i32> = form::table.select(form::id).order(form::id).load(conn)?;
    for id in known {
        layouts.insert(id, forms.form(conn, id)?);
    }
    let mut counted = Counted { sums: BTreeMap::new(), sheets: 0 };
    let (from, to) = (days.0.map(day::date_of), days.1.map(day::date_of));
    let filter = SheetFilter { units: Some(vec![unit]), from, to };
    visit_with_release(conn, &filter, false, &mut |sheet, release| {
        // A foreign key keeps out sheets of an unknown questionnaire.
        if let Some(form) = layouts.get(&sheet.key.form) {
            let tally = counted.sums.entry((sheet.key, release)).or_insert_with(|| Tally::empty(&form.layout));
            tally.add(&form.layout, &sheet.answers, &sheet.demographics);
            counted.sheets += 1;
        }
        ControlFlow::Continue(())
    })?;
    Ok(counted)
}

/// The stored tallies of a unit, released and waiting ones together, and the keys whose bytes cannot be read.
pub(in crate::db) fn stored(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    unit: i32,
    days: Days,
) -> Result<(BTreeMap<Key, Tally>, BTreeSet<Key>), DbError> {
    let (mut stored, mut unreadable): (BTreeMap<Key, Tally>, _) = (BTreeMap::new(), BTreeSet::new());
    let days = (days.0.unwrap_or(i32::MIN), days.1.unwrap_or(i32::MAX));
    for row in tallies::rows(conn, unit, days, true)? {
        let key = (row.key()?, row.release_id);
        let mut sums = BTreeMap::new();
        match decode_into(&mut sums, conn, forms, vec![row]) {
            Err(DbError::Damaged(_)) => drop(unreadable.insert(key)),
            other => other?,
        }
        for tally in sums.into_values() {
            match stored.entry(key) {
                Entry::Occupied(mut sum) => sum.get_mut().merge(&tally),
                Entry::Vacant(place) => drop(place.insert(tally)),
            }
        }
    }
    Ok((stored, unreadable))
}

/// The keys whose stored tally is not the one counted.
pub(in crate::db) fn differing(
    counted: &BTreeMap<Key, Tally>,
    stored: &BTreeMap<Key, Tally>,
    unreadable: &BTreeSet<Key>,
) -> BTreeSet<Key> {
    let keys = counted.keys().chain(stored.keys());
    // What was stored before choices were counted has none, and is right as it is.
    let same = |key: &Key| match (counted.get(key), stored.get(key)) {
        (Some(counted), Some(stored)) if stored.choices.iter().all(|number| *number == 0) => {
            *stored == Tally { choices: stored.choices.clone(), ..counted.clone() }
        }
        (counted, stored) => counted == stored,
    };
    let mut differing: BTreeSet<Key> = keys.filter(|key| !same(key)).copied().collect();
    differing.extend(unreadable);
    differing
}

fn delete_rows(conn: &mut Conn, key: &TallyKey, release: i32) -> Result<(), DbError> {
    diesel::delete(
        tally::table
            .filter(tally::unit_id.eq(key.unit))
            .filter(tally::released.eq_any([true, false]))
            .filter(tally::day.eq(key.day))
            .filter(tally::point_id.eq(key.point))
            .filter(tally::field_id.eq(key.field))
            .filter(tally::form_id.eq(key.form))
            .filter(tally::series.eq(key.series.code()))
            .filter(tally::mode.eq(key.mode.code()))
            .filter(tally::respondent.eq(key.respondent.code()))
            .filter(tally::suspect.eq(key.suspect))
            .filter(tally::release_id.eq(release)),
    )
    .execute(conn)?;
    Ok(())
}
