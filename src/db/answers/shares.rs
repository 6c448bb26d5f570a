//! What each release holds of each unit, and which figures count it: kept when a release is made, divided by offices at the
//! end of a month and at a closing, and never changed otherwise.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    TextExpressionMethods,
};

use super::pools::Rules;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::kept_share;
use crate::db::voided_among::voided_among;
use crate::db::{Db, DbError, day};
use crate::sheet::parts::{Whole, divide as divided};
use crate::sheet::release::Standing;
use crate::sheet::tally::Series;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = kept_share, treat_none_as_default_value = false)]
struct Row {
    unit_id: i32,
    release_id: i32,
    root_id: i32,
    pool: String,
    sheets: i32,
    first_day: i32,
    last_day: i32,
    mixed: bool,
    scope_id: i32,
    part_first: i32,
    part_last: i32,
    cut_day: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = kept_share)]
struct PoolRow {
    pool: String,
    first_day: i32,
    last_day: i32,
}

/// Whose sheets a share holds, and of which days.
#[derive(Queryable, Selectable)]
#[diesel(table_name = kept_share)]
pub(in crate::db) struct PlaceOfShare {
    pub(in crate::db) unit_id: i32,
    pub(in crate::db) first_day: i32,
    pub(in crate::db) last_day: i32,
}

/// The share of a unit in a release, as figures ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The unit whose figures, and those of units above it, count the release whole.
    pub root: i32,
    /// First and last day of the release.
    pub days: (i32, i32),
    /// Whether flagged and other sheets are together in it.
    pub mixed: bool,
    /// Whether sheets of several cells or kinds are: a figure counts it only where all of them belong.
    pub together: bool,
    /// The unit whose figures, and those of units above it, count this share.
    pub scope: i32,
    /// First and last day of what they count together with it.
    pub part_days: (i32, i32),
    /// When that was decided; none where it waits.
    pub cut_on: Option<NaiveDate>,
}

/// A release that was just made.
pub(in crate::db) struct NewRelease {
    pub(in crate::db) number: i32,
    pub(in crate::db) root: i32,
    pub(in crate::db) pool: String,
    pub(in crate::db) days: (i32, i32),
    pub(in crate::db) mixed: bool,
}

impl Db {
    /// The shares of `units` in releases that have a day in common with these, by unit and release.
    pub fn shares(
        &self,
        units: &[i32],
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<HashMap<(i32, i32), Share>, DbError> {
        let (from, to) = (day::day_number(from), day::day_number(to));
        self.read(|conn| {
            let mut rows: Vec<Row> = Vec::new();
            for unit in units {
                let of_unit = kept_share::table
                    .filter(kept_share::unit_id.eq(unit))
                    .filter(kept_share::first_day.le(to))
                    .filter(kept_share::last_day.ge(from))
                    .order(kept_share::release_id)
                    .select(Row::as_select())
                    .load(conn)?;
                rows.extend(of_unit);
            }
            let voided = voided_among(conn, rows.iter().map(|row| row.release_id))?;
            // A part is counted whole as well: it goes with the first release of it that is voided. Parts of one pool that were
            // decided on one day go together, which is more than there need be, and whole.
            let part = |row: &Row| (row.root_id, row.pool.clone(), row.scope_id, row.cut_day);
            let broken: HashSet<_> = rows.iter().filter(|row| voided.contains(&row.release_id)).map(part).collect();
            let shares = rows.into_iter().map(|row| {
                let scope = if broken.contains(&part(&row)) { row.root_id } else { row.scope_id };
                let share = Share {
                    root: row.root_id,
                    days: (row.first_day, row.last_day),
                    mixed: row.mixed,
                    together: row.pool.starts_with(TOGETHER),
                    scope,
                    part_days: (row.part_first, row.part_last),
                    cut_on: (row.cut_day != 0).then(|| day::date_of(row.cut_day)),
                };
                ((row.unit_id, row.release_id), share)
            });
            Ok(shares.collect())
        })
    }
}

/// Pools of releases of several cells or kinds begin so. No office counts a share of one.
const TOGETHER: &str = "+";

/// The pool of a release of several cells or kinds.
pub(in crate::db) fn pool_together(fields: &BTreeSet<i16>, series: Series, rest: &str) -> String {
    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    format!("{TOGETHER}{}/+/{}/{rest}", fields.join("+"), series.code())
}

/// The fields of which figures of a root count sheets by themselves, with the days of those sheets.
pub(in crate::db) fn counted_alone(conn: &mut Conn, root: i32) -> Result<Vec<Standing>, DbError> {
    let pools: Vec<PoolRow> = kept_share::table
        .filter(kept_share::root_id.eq(root))
        .select(PoolRow::as_select())
        .distinct()
        .order(kept_share::pool)
        .load(conn)?;
    let standing = pools.iter().filter_map(|row| {
        let mut parts = row.pool.trim_start_matches(TOGETHER).split('/');
        // Where several fields are together, none is a number.
        let field = parts.next()?.parse().ok()?;
        let series = Series::of_code(parts.nth(1)?.parse().ok()?).ok()?;
        Some(Standing { field, series, days: (row.first_day, row.last_day) })
    });
    Ok(standing.collect())
}

/// The highest number of a release; 0 where there is none.
pub(in crate::db) fn last_number(conn: &mut Conn) -> Result<i32, DbError> {
    let last: Option<i32> = kept_share::table.select(max(kept_share::release_id)).first(conn)?;
    Ok(last.unwrap_or(0))
}

/// Keeps a release with the number of its sheets of each unit.
pub(in crate::db) fn keep(conn: &mut Conn, new: &NewRelease, sheets: &BTreeMap<i32, u64>) -> Result<(), DbError> {
    let rows = sheets.iter().map(|(unit, sheets)| Row {
        unit_id: *unit,
        release_id: new.number,
        root_id: new.root,
        pool: new.pool.clone(),
        sheets: i32::try_from(*sheets).unwrap_or(i32::MAX),
        first_day: new.days.0,
        last_day: new.days.1,
        mixed: new.mixed,
        scope_id: new.root,
        part_first: new.days.0,
        part_last: new.days.1,
        cut_day: 0,
    });
    let rows: Vec<Row> = rows.collect();
    for rows in rows.chunks(1_000) {
        on_backend!(conn, |c| diesel::insert_into(kept_share::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Unit and days of every share of these releases.
pub(in crate::db) fn places(conn: &mut Conn, releases: &HashSet<i32>) -> Result<Vec<PlaceOfShare>, DbError> {
    let releases: Vec<i32> = releases.iter().copied().collect();
    in_parts(&releases, |some| {
        let rows = kept_share::table.filter(kept_share::release_id.eq_any(some));
        Ok(rows.select(PlaceOfShare::as_select()).order(kept_share::unit_id).load(conn)?)
    })
}

/// Sheets of these releases.
pub(in crate::db) fn sheets(conn: &mut Conn, releases: &HashSet<i32>) -> Result<u64, DbError> {
    let releases: Vec<i32> = releases.iter().copied().collect();
    let found: Vec<i32> = in_parts(&releases, |some| {
        let rows = kept_share::table.filter(kept_share::release_id.eq_any(some));
        Ok(rows.select(kept_share::sheets).order(kept_share::unit_id).load(conn)?)
    })?;
    Ok(found.into_iter().map(|sheets| u64::from(sheets.unsigned_abs())).sum())
}

/// The roots of which something is not divided yet.
pub(in crate::db) fn undivided_roots(conn: &mut Conn) -> Result<Vec<i32>, DbError> {
    let rows = kept_share::table.filter(kept_share::cut_day.eq(0));
    Ok(rows.select(kept_share::root_id).distinct().order(kept_share::root_id).load(conn)?)
}

/// Divides by offices what was not divided before, of the releases under `root` or of all.
pub(in crate::db) fn divide(conn: &mut Conn, rules: &Rules, root: Option<i32>, today: i32) -> Result<(), DbError> {
    let undivided = kept_share::table
        .filter(kept_share::cut_day.eq(0))
        .filter(kept_share::pool.not_like(format!("{TOGETHER}%")))
        .order((kept_share::root_id, kept_share::pool, kept_share::release_id, kept_share::unit_id))
        .select(Row::as_select());
    let rows: Vec<Row> = match root {
        Some(root) => undivided.filter(kept_share::root_id.eq(root)).load(conn)?,
        None => undivided.load(conn)?,
    };
    // What a voiding has taken out would take its whole part with it.
    let voided = voided_among(conn, rows.iter().map(|row| row.release_id))?;
    let rows: Vec<Row> = rows.into_iter().filter(|row| !voided.contains(&row.release_id)).collect();
    for pool in rows.chunk_by(|one, next| (one.root_id, &one.pool) == (next.root_id, &next.pool)) {
        let root = pool[0].root_id;
        let releases = pool.chunk_by(|one, next| one.release_id == next.release_id).map(|shares| Whole {
            release: shares[0].release_id,
            sheets: shares.iter().map(|share| (share.unit_id, u64::from(share.sheets.unsigned_abs()))).collect(),
        });
        let division = divided(&releases.collect::<Vec<_>>(), root, &rules.parents);
        let days_of: HashMap<i32, (i32, i32)> =
            pool.iter().map(|row| (row.release_id, (row.first_day, row.last_day))).collect();
        let mut settled: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        let whole: HashSet<i32> = division.settled.iter().copied().collect();
        for row in pool.iter().filter(|row| whole.contains(&row.release_id)) {
            settled.entry(row.unit_id).or_default().push(row.release_id);
        }
        for (unit, releases) in settled {
            in_parts(&releases, |some| {
                let rows = kept_share::table.filter(kept_share::unit_id.eq(unit));
                diesel::update(rows.filter(kept_share::release_id.eq_any(some)))
                    .set(kept_share::cut_day.eq(today))
                    .execute(conn)?;
                Ok(Vec::<()>::new())
            })?;
        }
        for part in division.parts {
            let days = part.shares.iter().filter_map(|(release, _)| days_of.get(release));
            let (first, last) =
                days.fold((i32::MAX, i32::MIN), |(first, last), days| (first.min(days.0), last.max(days.1)));
            for (release, unit) in part.shares {
                diesel::update(kept_share::table.find((unit, release)))
                    .set((
                        kept_share::scope_id.eq(part.scope),
                        kept_share::part_first.eq(first),
                        kept_share::part_last.eq(last),
                    ))
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}
