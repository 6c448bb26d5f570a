//! Whether a sheet that came on paper or in a file can still count on its day.

use chrono::NaiveDate;

use crate::db::{Db, DbError};
use crate::exchange::import::{FrozenPeriod, TooLate};
use crate::plan::Plan;
use crate::service::versions::newest_versions;

/// Why a sheet written on `day` at a unit can count nowhere: every reporting period that contains the day, of every plan that binds the unit, is
/// frozen. None where one is open, or where no period contains the day.
pub fn too_late(db: &Db, unit: i32, day: NaiveDate) -> Result<Option<TooLate>, DbError> {
    let (tree, mut periods) = (db.tree()?, Vec::new());
    let binding = db.plan_book()?.binding(&tree, unit);
    let has_day = |plan: &&Plan| plan.periods.iter().any(|period| period.contains(day));
    let plans: Vec<&Plan> = binding.iter().map(|stored| &stored.plan).filter(has_day).collect();
    let newest = newest_versions(db, plans.iter().copied(), |_| true)?;
    for plan in plans {
        let closings = newest.get(&plan.key).map(Vec::as_slice).unwrap_or_default();
        for period in plan.periods.iter().filter(|period| period.contains(day)) {
            let newest = closings.iter().find(|closing| closing.period == period.key);
            if newest.is_none_or(|closing| closing.state().is_open()) {
                return Ok(None);
            }
            periods.push(FrozenPeriod {
                period: period.key.clone(),
                plan_vi: plan.title_vi.clone(),
                plan_en: plan.title_en.clone(),
            });
        }
    }
    Ok(Some(TooLate { day, periods }).filter(|late| !late.periods.is_empty()))
}
