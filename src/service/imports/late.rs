//! The day on which a sheet counts that came on paper or in a file, maybe after its period was reported.

use chrono::NaiveDate;

use crate::db::{Db, DbError};
use crate::plan::Plan;
use crate::report::format;

/// The day on which a sheet written on `written` counts: that day, unless a plan that binds the unit has already reported its
/// period. Then there is none, and a sentence says so; or, where late sheets go to the next period, it is the first day
/// that no plan has reported.
pub fn counted_on(
    db: &Db,
    unit: i32,
    written: NaiveDate,
    next: bool,
    today: NaiveDate,
) -> Result<Result<NaiveDate, String>, DbError> {
    let units = db.units()?;
    let mut above = Vec::new();
    let mut here = Some(unit);
    while let Some(found) = here.and_then(|id| units.iter().find(|unit| unit.id == id)) {
        above.push(found.code.as_str());
        here = found.parent.filter(|_| above.len() < 16);
    }
    let plans = db.plans()?.into_iter().map(|stored| stored.plan);
    let plans: Vec<Plan> = plans.filter(|plan| above.contains(&plan.unit.as_str())).collect();
    let mut day = written;
    loop {
        let reported = |plan| Plan::reported(plan, day, today).map(|period| (plan, period));
        let Some((plan, period)) = plans.iter().find_map(reported) else { return Ok(Ok(day)) };
        let Some(after) = period.to.succ_opt().filter(|after| next && *after <= today) else {
            let (day, until) = (format::date(day), format::date(period.keyed_until()));
            let name = period.name_vi();
            return Ok(Err(format!(
                "Phiếu ghi ngày {day} thuộc {name} của “{}”, hạn {until} đã qua và số liệu đã báo cáo: phiếu không được tính. \
                 Hãy cất phiếu cùng biên bản.",
                plan.title_vi
            )));
        };
        day = after;
    }
}
