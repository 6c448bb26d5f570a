//! Targets that are counted: what there is of complaints, dialogues and items told in a period, handed to `index` to be judged.

use chrono::NaiveDate;

use crate::cases::dialogue::Held;
use crate::db::{Db, DbError, UnitKind};
use crate::index::count_targets::{self, complaints, dialogues, told};
use crate::index::result::CountResult;
use crate::plan::{CountKind, CountTarget, Period, Plan};
use crate::service::complaints::counts::of_period;

/// The counted targets that bind in a period, for the plan's own unit or, where it is one, an office under it: those of the plan, and of
/// plans of its unit that have no reporting periods, because their results are part of this plan's reports.
pub(super) fn of(
    db: &Db,
    plan: &Plan,
    period: &Period,
    (unit, below): (&str, &[i32]),
    today: NaiveDate,
) -> Result<Vec<CountResult>, DbError> {
    let days = (period.from, period.to);
    let mut results = judged(db, plan, days, (unit, below), today)?;
    let book = db.plan_book()?;
    for other in book.of_unit(&plan.unit).map(|stored| &stored.plan) {
        if other.key != plan.key && other.periods.is_empty() {
            let number = other.number.clone().unwrap_or_else(|| other.key.clone());
            results.extend(judged(db, other, days, (unit, below), today)?.into_iter().map(|mut count| {
                count.clause = format!("{number}, {}", count.clause);
                count
            }));
        }
    }
    Ok(results)
}

/// The counted targets of a plan over all its days, as they stand today.
pub fn of_plan(db: &Db, plan: &Plan, today: NaiveDate) -> Result<Vec<CountResult>, DbError> {
    let units = db.subtree(&plan.unit)?;
    judged(db, plan, (plan.from, plan.to), (&plan.unit, &units), today)
}

/// The counted targets of a plan that bind in these days.
fn judged(
    db: &Db,
    plan: &Plan,
    (from, to): (NaiveDate, NaiveDate),
    (unit, below): (&str, &[i32]),
    today: NaiveDate,
) -> Result<Vec<CountResult>, DbError> {
    let binds = |target: &&CountTarget| target.from <= to && target.to >= from;
    let targets: Vec<&CountTarget> = plan.counts.iter().filter(binds).collect();
    let ward = db.unit_by_code(&plan.unit)?;
    let Some(ward) = ward.filter(|_| !targets.is_empty()) else { return Ok(Vec::new()) };
    let whole = unit == plan.unit;
    let until = to.min(today);
    let mut results = Vec::new();
    for target in targets {
        match target.kind {
            CountKind::ComplaintsInTime => {
                let offices = (!whole).then_some(below);
                let days = (from.max(target.from), to.min(target.to));
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
                    results.push(dialogues(target, &held, &offices(db, ward.id, &units)?, until));
                }
            }
            CountKind::NewsItems | CountKind::Broadcasts | CountKind::CityItems | CountKind::AcceptedItems => {
                if whole {
                    let days = db.tellings(ward.id)?.into_iter().filter_map(|told| match target.kind {
                        CountKind::NewsItems => told.published_on,
                        CountKind::Broadcasts => told.broadcast_on,
                        CountKind::CityItems => told.sent_on,
                        _ => told.accepted_on,
                    });
                    results.push(told(target, &days.collect::<Vec<_>>(), until));
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
