//! Which releases voidings in force take out: asked where answers are counted, and where kept figures are known to have changed.

use std::collections::HashSet;

use diesel::{BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl, RunQueryDsl};

use super::DbError;
use super::engine::conn::Conn;
use super::engine::parts::in_parts;
use super::engine::schema::{voiding, voiding_release};

/// Those of some releases that voidings in force take out, be they of whatever unit.
pub(in crate::db) fn voided_among(
    conn: &mut Conn,
    releases: impl Iterator<Item = i32>,
) -> Result<HashSet<i32>, DbError> {
    let releases: Vec<i32> = releases.collect();
    let voided: Vec<i32> = in_parts(&releases, |some| {
        let same = voiding::unit_id.eq(voiding_release::unit_id).and(voiding::number.eq(voiding_release::number));
        Ok(voiding_release::table
            .inner_join(voiding::table.on(same))
            .filter(voiding_release::release_id.eq_any(some))
            .filter(voiding::undone_ms.is_null())
            .select(voiding_release::release_id)
            .order(voiding_release::release_id)
            .load(conn)?)
    })?;
    Ok(voided.into_iter().collect())
}
