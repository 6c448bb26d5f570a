//! How far a period is, in words that are true: what has ended is not yet closed, what is closed not yet approved.

use chrono::NaiveDate;

use super::found::state_of as of_closings;
use crate::db::Closing;
use crate::plan::Period;
use crate::plan::closing::State;

/// The state of a period's closings.
pub(in crate::web::staff) fn state_of(period: &Period, closings: &[Closing]) -> State {
    of_closings(&of_period(period, closings))
}

/// Those of a plan's closings that are of a period.
pub(in crate::web::staff) fn of_period(period: &Period, closings: &[Closing]) -> Vec<Closing> {
    closings.iter().filter(|closing| closing.period == period.key).cloned().collect()
}

/// How far a period is.
pub(in crate::web::staff) fn standing(period: &Period, state: State, today: NaiveDate) -> String {
    match state {
        State::Checked => "Đã khóa số liệu, chờ lãnh đạo duyệt".to_owned(),
        State::Approved => "Đã duyệt, chờ công bố".to_owned(),
        State::Published => "Đã công bố".to_owned(),
        State::Draft | State::Returned | State::Reopened => open(period, today),
    }
}

/// How far a period is that nobody has closed.
fn open(period: &Period, today: NaiveDate) -> String {
    let left = (period.to - today).num_days();
    match left {
        _ if today < period.from => "Chưa bắt đầu".to_owned(),
        0 => "Đang thu thập, hôm nay là ngày cuối".to_owned(),
        left if left > 0 => format!("Đang thu thập, còn {left} ngày"),
        _ => "Hết thời gian thu thập, chưa khóa sổ".to_owned(),
    }
}
