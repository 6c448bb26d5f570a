//! The newest version of each closed period.

use std::collections::HashMap;

use crate::db::{Closing, Db, DbError};
use crate::plan::Plan;

/// Of each period of some plans the newest of its versions that count, by the plan's key and in the order of the periods' keys. Periods that
/// the plan no longer has are among them: what went out stays.
pub fn newest_versions<'a>(
    db: &Db,
    plans: impl IntoIterator<Item = &'a Plan>,
    counts: impl Fn(&Closing) -> bool,
) -> Result<HashMap<String, Vec<Closing>>, DbError> {
    let keys: Vec<String> = plans.into_iter().map(|plan| plan.key.clone()).collect();
    let mut found = db.closings_of_plans(&keys)?;
    for closings in found.values_mut() {
        closings.retain(&counts);
        // They come by period and version.
        closings.reverse();
        closings.dedup_by(|older, newest| older.period == newest.period);
        closings.reverse();
    }
    Ok(found)
}
