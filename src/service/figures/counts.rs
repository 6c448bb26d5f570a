//! Targets that are counted: what there is of complaints and dialogues in a period, handed to `index` to be judged.

use chrono::NaiveDate;

use crate::db::{Db, DbError};
use crate::index::count_targets::{CountResult, complaints};
use crate::plan::{CountKind, CountTarget, Period, Plan};
use crate::service::complaints::counts::of_period;

/// The counted targets of a plan that bind in a period, for the plan's own unit or, where it is one, an office under it.
pub(super) fn of(
    db: &Db,
    plan: &Plan,
    period: &Period,
    (unit, below): (&str, &[i32]),
    today: NaiveDate,
) -> Result<Vec<CountResult>, DbError> {
    let binds = |target: &&CountTarget| target.from <= period.to && target.to >= period.from;
    let targets: Vec<&CountTarget> = plan.counts.iter().filter(binds).collect();
    let ward = db.unit_by_code(&plan.unit)?;
    let Some(ward) = ward.filter(|_| !targets.is_empty()) else { return Ok(Vec::new()) };
    let whole = unit == plan.unit;
    let mut results = Vec::new();
    for target in targets {
        match target.kind {
            CountKind::ComplaintsInTime => {
                let offices = (!whole).then_some(below);
                let days = (period.from.max(target.from), period.to.min(target.to));
                let counts = of_period(db, ward.id, offices, days, today)?;
                results.push(complaints(target, counts.received, counts.in_time, counts.late, counts.published));
            }
            CountKind::Dialogues | CountKind::HeadDialogues | CountKind::OfficeDialogues => {}
        }
    }
    Ok(results)
}
