//! The voidings in force, as whoever reads or stores sheets asks for them, and the days that can be voided.

use chrono::{Days, NaiveDate};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::clock;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::voiding;
use crate::db::{DbError, day};
use crate::sheet::tally::TallyKey;

/// Days after which no answer kept offline can arrive any more: it may say that it was given up to three days ago. A paper
/// sheet of a voided day that is keyed later does not count either.
pub(in crate::db) const OPEN_DAYS: u64 = 3;
/// How many days ago a day must be to be voided.
pub const VOIDED_FROM_DAYS: u64 = OPEN_DAYS + 1;
/// A voiding in force, as whoever reads sheets asks it.
pub(in crate::db) struct InForce {
    point: i32,
    days: std::ops::RangeInclusive<i32>,
    suspects_only: bool,
}

impl InForce {
    pub(in crate::db) fn covers(&self, key: &TallyKey) -> bool {
        self.point == key.point && self.days.contains(&key.day) && (key.suspect || !self.suspects_only)
    }
}

/// The voidings of a unit that are in force.
pub(in crate::db) fn in_force(conn: &mut Conn, unit: i32) -> Result<Vec<InForce>, DbError> {
    let rows: Vec<(i32, i32, i32, bool)> = voiding::table
        .filter(voiding::unit_id.eq(unit))
        .filter(voiding::undone_ms.is_null())
        .select((voiding::point_id, voiding::from_day, voiding::to_day, voiding::suspects_only))
        .order(voiding::number)
        .load(conn)?;
    let in_force = |(point, from, to, suspects_only)| InForce { point, days: from..=to, suspects_only };
    Ok(rows.into_iter().map(in_force).collect())
}

/// Whether a voiding could cover an answer of `day` that is stored now: only of days that were over.
pub(in crate::db) fn may_cover(day: i32) -> bool {
    day <= day::day_number(last_day(clock::today()))
}

/// The last day that can be voided.
pub(in crate::db) fn last_day(today: NaiveDate) -> NaiveDate {
    today - Days::new(VOIDED_FROM_DAYS)
}
