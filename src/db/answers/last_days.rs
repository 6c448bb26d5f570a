//! When a point was last answered at.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::helper_types;
use diesel::{ExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{service_point, tally};
use crate::db::{Db, DbError, day};

/// How far is looked back, in days, one step after the other: most points were answered at last week, and no step but the last
/// reads the tallies of all time.
const STEPS: [i32; 3] = [31, 183, 731];

#[derive(Queryable, Selectable)]
#[diesel(table_name = tally)]
struct LastDay {
    unit_id: i32,
    point_id: i32,
    #[diesel(select_expression = max(tally::day), select_expression_type = helper_types::max<tally::day>)]
    day: Option<i32>,
}

impl Db {
    /// The last civil day before `today` with an answer of every point of `units` that has one and is not retired: unit, point, day.
    pub fn last_days(&self, units: &[i32], today: NaiveDate) -> Result<Vec<(i32, i32, NaiveDate)>, DbError> {
        let today = day::day_number(today);
        self.read(|conn| {
            in_parts(units, |some| {
                let mut found: BTreeMap<(i32, i32), i32> = BTreeMap::new();
                let open: Vec<(i32, i32)> = service_point::table
                    .filter(service_point::unit_id.eq_any(some))
                    .filter(service_point::retired_on.is_null())
                    .select((service_point::unit_id, service_point::id))
                    .order((service_point::unit_id, service_point::id))
                    .load(conn)?;
                let mut wanted: BTreeSet<(i32, i32)> = open.into_iter().collect();
                let mut before = today;
                for from in STEPS.into_iter().map(|days| today - days).chain([i32::MIN]) {
                    if wanted.is_empty() {
                        break;
                    }
                    let mut units: Vec<i32> = wanted.iter().map(|(unit, _)| *unit).collect();
                    units.dedup();
                    for (place, day) in latest(conn, &units, (from, before))? {
                        if wanted.remove(&place) {
                            found.insert(place, day);
                        }
                    }
                    before = from;
                }
                Ok(found.into_iter().map(|((unit, point), day)| (unit, point, day::date_of(day))).collect())
            })
        })
    }
}

/// The last day of every point of `units` with an answer from the first day on and before the second.
fn latest(conn: &mut Conn, units: &[i32], (from, before): (i32, i32)) -> Result<BTreeMap<(i32, i32), i32>, DbError> {
    let rows: Vec<LastDay> = tally::table
        .filter(tally::unit_id.eq_any(units))
        .filter(tally::released.eq_any([true, false]))
        .filter(tally::day.ge(from))
        .filter(tally::day.lt(before))
        .group_by((tally::unit_id, tally::point_id))
        .select(LastDay::as_select())
        .order((tally::unit_id, tally::point_id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|row| Some(((row.unit_id, row.point_id), row.day?))).collect())
}
