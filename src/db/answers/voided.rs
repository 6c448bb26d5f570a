//! The voidings in force, as whoever reads or stores sheets asks for them, and the days that can be voided.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use crate::clock;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{voiding, voiding_release};
use crate::db::{DbError, day};
use crate::sheet::tally::TallyKey;

/// Days after which no answer kept offline can arrive any more: it may say that it was given up to three days ago. A paper
/// sheet of a voided day that is keyed later does not count either.
pub(in crate::db) const OPEN_DAYS: u64 = 3;
/// How many days ago a day must be to be voided.
pub const VOIDED_FROM_DAYS: u64 = OPEN_DAYS + 1;
/// The voidings in force, as whoever reads sheets of a unit asks them.
pub(in crate::db) struct InForce<'a> {
    of_unit: OfWaiting,
    /// Releases that are out, whole, because of any unit's voiding.
    releases: &'a HashSet<i32>,
}

/// The voidings in force for what waits of a unit: no release is asked for.
pub(in crate::db) struct OfWaiting(Vec<OfDays>);

struct OfDays {
    point: i32,
    days: std::ops::RangeInclusive<i32>,
    suspects_only: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = voiding)]
struct Row {
    point_id: i32,
    from_day: i32,
    to_day: i32,
    suspects_only: bool,
}

impl OfWaiting {
    /// Whether a sheet that waits is out.
    pub(in crate::db) fn covers(&self, key: &TallyKey) -> bool {
        self.covers_at(key.point, key.day, key.suspect)
    }

    fn covers_at(&self, point: i32, day: i32, suspect: bool) -> bool {
        self.0
            .iter()
            .any(|voiding| voiding.point == point && voiding.days.contains(&day) && (suspect || !voiding.suspects_only))
    }
}

impl InForce<'_> {
    /// Whether a sheet is out: with its release, or by its point and day while it waits.
    pub(in crate::db) fn covers(&self, key: &TallyKey, release: i32) -> bool {
        self.covers_at(key.point, key.day, key.suspect, release)
    }

    /// [`InForce::covers`] by what it looks at.
    pub(in crate::db) fn covers_at(&self, point: i32, day: i32, suspect: bool, release: i32) -> bool {
        if release == 0 { self.of_unit.covers_at(point, day, suspect) } else { self.releases.contains(&release) }
    }
}

/// The voidings in force for the sheets of a unit, beside the releases that are out.
pub(in crate::db) fn in_force<'a>(
    conn: &mut Conn,
    unit: i32,
    releases: &'a HashSet<i32>,
) -> Result<InForce<'a>, DbError> {
    Ok(InForce { of_unit: of_waiting(conn, unit)?, releases })
}

/// The voidings in force for the sheets of a unit that wait.
pub(in crate::db) fn of_waiting(conn: &mut Conn, unit: i32) -> Result<OfWaiting, DbError> {
    let rows: Vec<Row> = voiding::table
        .filter(voiding::unit_id.eq(unit))
        .filter(voiding::undone_ms.is_null())
        .select(Row::as_select())
        .order(voiding::number)
        .load(conn)?;
    let of_days =
        |row: Row| OfDays { point: row.point_id, days: row.from_day..=row.to_day, suspects_only: row.suspects_only };
    Ok(OfWaiting(rows.into_iter().map(of_days).collect()))
}

/// The releases that voidings in force take out.
pub(in crate::db) fn voided_releases(conn: &mut Conn) -> Result<HashSet<i32>, DbError> {
    let same = voiding::unit_id.eq(voiding_release::unit_id).and(voiding::number.eq(voiding_release::number));
    let releases: Vec<i32> = voiding_release::table
        .inner_join(voiding::table.on(same))
        .filter(voiding::undone_ms.is_null())
        .select(voiding_release::release_id)
        .order(voiding_release::release_id)
        .load(conn)?;
    Ok(releases.into_iter().collect())
}

/// Whether a voiding could cover an answer of `day` that is stored now: only of days that were over.
pub(in crate::db) fn may_cover(day: i32) -> bool {
    day <= day::day_number(last_day(clock::today()))
}

/// The last day that can be voided.
pub(in crate::db) fn last_day(today: NaiveDate) -> NaiveDate {
    today - Days::new(VOIDED_FROM_DAYS)
}
