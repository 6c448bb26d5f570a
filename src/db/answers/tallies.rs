//! Tallies: their row, and how they are read for a period, one range of the primary key a unit, summed over writers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, read_transaction};
use crate::db::engine::schema::{tally, unit};
use crate::db::reference::questionnaires;
use crate::db::{Db, DbError, day};
use crate::sheet::tally::{Mode, Respondent, Series, Tally, TallyKey};

/// Which tallies to read.
#[derive(Debug, Clone)]
pub struct TallyFilter {
    /// These units; none for all.
    pub units: Option<Vec<i32>>,
    /// First civil day.
    pub from: NaiveDate,
    /// Last civil day.
    pub to: NaiveDate,
    /// Also answers not yet released. Only the command line asks for them, and the watch over points fallen silent, which looks at no more
    /// of them than their day; never a page.
    pub live: bool,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = tally, treat_none_as_default_value = false)]
pub(in crate::db) struct TallyRow {
    pub(in crate::db) unit_id: i32,
    pub(in crate::db) released: bool,
    pub(in crate::db) day: i32,
    pub(in crate::db) point_id: i32,
    pub(in crate::db) field_id: i16,
    pub(in crate::db) form_id: i32,
    pub(in crate::db) series: i16,
    pub(in crate::db) mode: i16,
    pub(in crate::db) respondent: i16,
    pub(in crate::db) suspect: bool,
    /// Its release; 0 where it waits.
    pub(in crate::db) release_id: i32,
    pub(in crate::db) slot: i16,
    pub(in crate::db) body: Vec<u8>,
}

impl TallyRow {
    /// The row of a release; of what waits where that is 0.
    pub(in crate::db) fn new(key: &TallyKey, release: i32, slot: i16, tally: &Tally) -> Self {
        Self {
            unit_id: key.unit,
            released: release != 0,
            day: key.day,
            point_id: key.point,
            field_id: key.field,
            form_id: key.form,
            series: key.series.code(),
            mode: key.mode.code(),
            respondent: key.respondent.code(),
            suspect: key.suspect,
            release_id: release,
            slot,
            body: tally.encode(),
        }
    }

    pub(in crate::db) fn key(&self) -> Result<TallyKey, DbError> {
        Ok(TallyKey {
            unit: self.unit_id,
            day: self.day,
            point: self.point_id,
            field: self.field_id,
            form: self.form_id,
            series: Series::of_code(self.series)?,
            mode: Mode::of_code(self.mode)?,
            respondent: Respondent::of_code(self.respondent)?,
            suspect: self.suspect,
        })
    }
}

impl Db {
    /// The tallies of a period, in the order of their keys, from one state of the database.
    pub fn tallies(&self, filter: &TallyFilter) -> Result<Vec<(TallyKey, Tally)>, DbError> {
        let (from, to) = (day::day_number(filter.from), day::day_number(filter.to));
        self.read(|conn| {
            read_transaction(conn, |conn| {
                let units: BTreeSet<i32> = match &filter.units {
                    Some(units) => units.iter().copied().collect(),
                    None => unit::table.select(unit::id).order(unit::id).load(conn)?.into_iter().collect(),
                };
                let mut found = BTreeMap::new();
                for unit in units {
                    let rows = rows(conn, unit, (from, to), filter.live)?;
                    decode_into(&mut found, conn, &self.inner.forms, rows)?;
                }
                Ok(found.into_iter().collect())
            })
        })
    }

    /// The tallies of a period, those of each release apart, in the order of key and release: 0 for what waits.
    pub fn tallies_of_releases(&self, filter: &TallyFilter) -> Result<Vec<(TallyKey, i32, Tally)>, DbError> {
        let days = (day::day_number(filter.from), day::day_number(filter.to));
        self.read(|conn| {
            read_transaction(conn, |conn| {
                let mut found = Vec::new();
                for unit in filter.units.iter().flatten().copied().collect::<BTreeSet<i32>>() {
                    let mut releases: BTreeMap<i32, Vec<TallyRow>> = BTreeMap::new();
                    for row in rows(conn, unit, days, filter.live)? {
                        releases.entry(row.release_id).or_default().push(row);
                    }
                    for (release, rows) in releases {
                        let mut sums = BTreeMap::new();
                        decode_into(&mut sums, conn, &self.inner.forms, rows)?;
                        found.extend(sums.into_iter().map(|(key, tally)| (key, release, tally)));
                    }
                }
                found.sort_by_key(|(key, release, _)| (*key, *release));
                Ok(found)
            })
        })
    }
}

/// The rows of a unit, those that wait only when `live`.
pub(in crate::db) fn rows(
    conn: &mut Conn,
    unit: i32,
    (from, to): (i32, i32),
    live: bool,
) -> Result<Vec<TallyRow>, DbError> {
    let mut rows: Vec<TallyRow> = Vec::new();
    for released in [Some(true), live.then_some(false)].into_iter().flatten() {
        rows.extend(
            tally::table
                .filter(tally::unit_id.eq(unit))
                .filter(tally::released.eq(released))
                .filter(tally::day.between(from, to))
                .order((tally::day, tally::point_id))
                .select(TallyRow::as_select())
                .load(conn)?,
        );
    }
    Ok(rows)
}

/// Decodes `rows` and adds those of one key.
pub(in crate::db) fn decode_into(
    into: &mut BTreeMap<TallyKey, Tally>,
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    rows: Vec<TallyRow>,
) -> Result<(), DbError> {
    for row in rows {
        let key = row.key()?;
        let form = forms.form(conn, row.form_id)?;
        let tally = Tally::decode(&form.layout, &row.body).map_err(|bad| DbError::Damaged(bad.to_string()))?;
        match into.get_mut(&key) {
            Some(sum) => sum.merge(&tally),
            None => drop(into.insert(key, tally)),
        }
    }
    Ok(())
}

pub(in crate::db) fn merge_into(into: &mut BTreeMap<TallyKey, Tally>, from: BTreeMap<TallyKey, Tally>) {
    for (key, tally) in from {
        match into.get_mut(&key) {
            Some(sum) => sum.merge(&tally),
            None => drop(into.insert(key, tally)),
        }
    }
}
