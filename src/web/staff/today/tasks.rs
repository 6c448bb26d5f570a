//! "Việc của tôi": what waits for this role, from the states of periods, complaints, piles of paper and points; the most urgent first.

use chrono::NaiveDate;

use crate::access::Action;
use crate::db::EntryState;
use crate::plan::closing::Deed;
use crate::plan::working_days::working_days_left;
use crate::plan::{Period, Plan};
use crate::report::format;
use crate::service::today::{PlanToday, SILENT_DAYS, Today};
use crate::web::staff::periods::found::{address, state_of};
use crate::web::staff::periods::{standing, steps};
use crate::web::staff::signed_in::SignedIn;

/// So many are listed; the rest is one line.
pub const LISTED: usize = 4;
/// What is due later than this many days ahead is no task yet.
const AHEAD_DAYS: i64 = 30;

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What.
    pub text: String,
    /// Of what, or until when.
    pub about: String,
    /// Where it is done.
    pub address: String,
    /// Word of the link.
    pub deed: &'static str,
    /// Whether its day is past.
    pub late: bool,
    /// The day until which it is to be done; those without come last.
    due: Option<NaiveDate>,
}

/// What waits for the user.
pub fn tasks(user: &SignedIn, found: &Today, complaints: usize, today: NaiveDate) -> Vec<Task> {
    let mut tasks = Vec::new();
    for plan in found.plans.iter().filter(|plan| plan.covers) {
        tasks.extend(plan.plan.periods.iter().filter_map(|period| of_period(user, plan, period, today)));
        tasks.extend(of_plan(&plan.plan, today));
    }
    if complaints > 0 && user.may(Action::ReadComplaints) {
        tasks.push(Task {
            text: format!("{complaints} phản ánh, kiến nghị chưa trả lời"),
            about: String::new(),
            address: "/staff/complaints".to_owned(),
            deed: "Xem",
            late: false,
            due: Some(today),
        });
    }
    if user.may(Action::KeySheets) {
        tasks.extend(of_piles(user, found));
    }
    let (open, silent) = found.points;
    if silent > 0 && user.may(Action::SeeFigures) {
        tasks.push(Task {
            text: format!("{silent} trong {open} điểm không phát sinh phiếu {SILENT_DAYS} ngày qua"),
            about: "Kiểm tra áp phích, quét thử mã.".to_owned(),
            address: format!("/staff/points/silent?days={SILENT_DAYS}"),
            deed: "Xem các điểm",
            late: false,
            due: None,
        });
    }
    tasks.sort_by_key(|task| (task.due.is_none(), task.due));
    tasks
}

/// The next step of closing a period, for who may take it.
fn of_period(user: &SignedIn, plan: &PlanToday, period: &Period, today: NaiveDate) -> Option<Task> {
    if period.so_far(today) || today < period.from {
        return None;
    }
    let closings = standing::of_period(period, &plan.closings);
    let (text, deed) = match steps::next(user, state_of(&closings), &closings, plan.has_owner)? {
        Deed::Check => ("Kiểm tra và khóa số liệu", "Khóa số liệu"),
        Deed::Approve => ("Duyệt số liệu", "Duyệt"),
        Deed::Publish => ("Công bố số liệu đã duyệt", "Công bố"),
        Deed::Return | Deed::Reopen => return None,
    };
    Some(Task {
        text: format!("{text}: {}", period.name_vi()),
        about: until(period.due, &plan.plan, today),
        address: address(&plan.plan, period),
        deed,
        late: period.due.is_some_and(|due| due < today),
        due: period.due.or(Some(period.to)),
    })
}

/// Tasks of the document whose day is near; which of them are done is not known here.
fn of_plan(plan: &Plan, today: NaiveDate) -> impl Iterator<Item = Task> {
    let near = move |due: NaiveDate| (0..=AHEAD_DAYS).contains(&(due - today).num_days());
    plan.tasks.iter().filter(move |task| task.due.is_some_and(near)).map(move |task| Task {
        text: task.title_vi.clone(),
        about: until(task.due, plan, today),
        address: format!("/staff/plans/{}/about", plan.key),
        deed: "Xem kế hoạch",
        late: false,
        due: task.due,
    })
}

/// Piles that can go on; a second keying is another person's.
fn of_piles<'a>(user: &'a SignedIn, found: &'a Today) -> impl Iterator<Item = Task> + 'a {
    let theirs = move |batch: &&crate::db::EntryBatch| batch.state != EntryState::Second || batch.first_by != user.id;
    found.batches.iter().filter(theirs).map(|batch| {
        let [first, second] = batch.keyed;
        let (text, deed) = match batch.state {
            EntryState::First => (format!("Tập phiếu giấy đang nhập lần 1 ({first} phiếu)"), "Nhập tiếp"),
            EntryState::Second => {
                (format!("Tập phiếu giấy chờ nhập lần 2 ({second} trong {first} phiếu)"), "Nhập lần 2")
            }
            EntryState::Compared => (format!("Tập phiếu giấy chờ đối chiếu ({first} phiếu)"), "Đối chiếu"),
        };
        Task { text, about: String::new(), address: format!("/staff/entry/{}", batch.id), deed, late: false, due: None }
    })
}

fn until(due: Option<NaiveDate>, plan: &Plan, today: NaiveDate) -> String {
    let Some(due) = due else { return plan.title_vi.clone() };
    let left = working_days_left(today, due);
    let how = match left {
        _ if due == today => "đến hạn hôm nay".to_owned(),
        left if due > today => format!("còn {left} ngày làm việc"),
        left => format!("quá hạn {} ngày làm việc", -left),
    };
    format!("Hạn {} ({how}) · {}", format::date(due), plan.unit_name)
}
