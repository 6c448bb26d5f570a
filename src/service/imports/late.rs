//! Whether a sheet that came on paper or in a file can still count on its day.

use chrono::NaiveDate;

use crate::db::{Closing, Db, DbError};
use crate::report::format;
use crate::report::words::plan::PlanWords as _;

/// A sheet whose day lies in closed periods only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLate {
    /// The day written on the sheet.
    pub day: NaiveDate,
    /// Every period that contains it: its name, and the title of its plan.
    pub periods: Vec<(String, String)>,
}

impl TooLate {
    /// What whoever keys it is told.
    pub fn words(&self) -> String {
        let periods = self.periods.iter().map(|(period, plan)| format!("{period} của “{plan}”"));
        format!(
            "Phiếu ghi ngày {} chỉ thuộc các kỳ đã khóa số liệu ({}), nên không còn kỳ nào tính phiếu này. Hãy cất phiếu cùng biên bản, \
             hoặc đề nghị lãnh đạo mở lại kỳ.",
            format::date(self.day),
            periods.collect::<Vec<_>>().join("; ")
        )
    }
}

/// Why a sheet written on `day` at a unit can count nowhere: every reporting period that contains the day, of every plan that binds the unit, is
/// frozen. None where one is open, or where no period contains the day.
pub fn too_late(db: &Db, unit: i32, day: NaiveDate) -> Result<Option<TooLate>, DbError> {
    let (tree, mut periods) = (db.tree()?, Vec::new());
    for plan in db.plan_book()?.binding(&tree, unit).iter().map(|stored| &stored.plan) {
        let closings = db.closings(&plan.key)?;
        for period in plan.periods.iter().filter(|period| period.contains(day)) {
            let newest = closings.iter().rfind(|closing| closing.period == period.key);
            if newest.is_none_or(|closing: &Closing| closing.state().is_open()) {
                return Ok(None);
            }
            periods.push((period.name_vi(), plan.title_vi.clone()));
        }
    }
    Ok(Some(TooLate { day, periods }).filter(|late| !late.periods.is_empty()))
}
