//! Targets that are counted: what there is of complaints and dialogues in a period, handed to `index` to be judged.

use chrono::NaiveDate;

use crate::cases::dialogue::Held;
use crate::db::{Db, DbError, UnitKind};
use crate::index::count_targets::{self, complaints, dialogues};
use crate::index::result::CountResult;
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
            CountKind::Dialogues | CountKind::HeadDialogues | CountKind::OfficeDialogues => {
                // An office answers for its own; what the ward is to do is the ward's.
                if whole || target.kind == CountKind::OfficeDialogues {
                    let units = db.subtree(if whole { &plan.unit } else { unit })?;
                    let held = db.dialogues(&units)?.into_iter().filter(|one| one.state == Held::Held);
                    let held: Vec<_> = held
                        .map(|one| count_targets::Held { on: one.on, by_head: one.by_head, unit: one.unit })
                        .collect();
                    results.push(dialogues(target, &held, &offices(db, ward.id, &units)?, period.to.min(today)));
                }
            }
        }
    }
    Ok(results)
}

/// The offices of a ward among `units`: those right under it that the plans call "cơ quan, đơn vị", schools and stations aside.
fn offices(db: &Db, ward: i32, units: &[i32]) -> Result<Vec<(i32, String)>, DbError> {
    let is_office = |kind| matches!(kind, UnitKind::Office | UnitKind::OneStopCentre);
    let tree = db.tree()?;
    let found = tree.children(ward).filter(|unit| units.contains(&unit.id));
    let open = found.filter(|unit| unit.valid_to.is_none() && is_office(unit.kind));
    Ok(open.map(|unit| (unit.id, unit.name_vi.clone())).collect())
}
