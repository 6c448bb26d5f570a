//! What of the filters fits the plan that is chosen. A form sends the unit, the period and the target that were chosen under another plan; what this one
//! has none of falls back to what is shown without it, and the page says so.

use super::ask::given;
use crate::db::Db;
use crate::error::{Reason, Refusal};
use crate::plan::{Period, PeriodKind, Plan};
use crate::web::staff::signed_in::SignedIn;

/// Something that was asked for and that the plan, or its period, has none of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    Period,
    /// The unit, which the plan does not bind.
    Unit,
    /// The unit, which was not there when the period was closed.
    UnitThen,
    Target,
}

impl Gone {
    /// What is said of it.
    pub fn says(self) -> &'static str {
        match self {
            Self::Period => "Kế hoạch này không có kỳ đã chọn; dưới đây là kỳ hiện tại của kế hoạch.",
            Self::Unit => "Đơn vị đã chọn không thuộc kế hoạch này; dưới đây là số liệu chung.",
            Self::UnitThen => "Kỳ này khóa sổ khi chưa có đơn vị đã chọn; dưới đây là số liệu chung.",
            Self::Target => "Kế hoạch này không có chỉ tiêu đã chọn; dưới đây là chỉ tiêu đầu tiên của kế hoạch.",
        }
    }
}

/// Says it once.
pub fn note(gone: &mut Vec<Gone>, what: Gone) {
    if !gone.contains(&what) {
        gone.push(what);
    }
}

/// The key of the period asked for, if the plan has it; none where another is shown. What names no period of any plan is refused.
pub fn period(plan: &Plan, asked: Option<&String>, gone: &mut Vec<Gone>) -> Result<Option<String>, Refusal> {
    let Some(key) = given(asked) else { return Ok(None) };
    if plan.period(&key).is_some() {
        return Ok(Some(key));
    }
    // No list of periods holds such a word.
    if PeriodKind::of_key(&key).is_none() {
        return Err(Reason::NotYours.into());
    }
    note(gone, Gone::Period);
    Ok(None)
}

/// The code of the unit asked for, if the plan binds it; else the user's part of the plan, none being all of it. A unit that is not the user's is refused.
pub fn unit(
    db: &Db,
    user: &SignedIn,
    plan: &Plan,
    asked: Option<&String>,
    gone: &mut Vec<Gone>,
) -> Result<Option<String>, Refusal> {
    let part = user.part_of(&plan.unit);
    let Some(code) = given(asked) else { return Ok(part) };
    if !user.covers(&code) {
        return Err(Reason::NotYours.into());
    }
    let tree = db.tree()?;
    if tree.of_code(&plan.unit).is_some_and(|bound| tree.covers(bound.id, &code)) {
        return Ok(Some(code));
    }
    note(gone, Gone::Unit);
    Ok(part)
}

/// The period shown where none is chosen: the plan's current one; of a plan without periods of its own the newest month.
pub fn usual_period(plan: &Plan, today: chrono::NaiveDate) -> Option<Period> {
    let month = |period: &Period| matches!(period.kind(), Some(PeriodKind::Month { .. }));
    plan.current_period(today).cloned().or_else(|| plan.further_periods(today).into_iter().find(month))
}
