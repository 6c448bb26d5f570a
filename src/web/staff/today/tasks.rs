//! "Việc của tôi": what waits for this role, from the states of periods, tasks, remedies, complaints, piles of paper and points; the most urgent first.

use chrono::NaiveDate;

use crate::access::Action;
use crate::db::{BatchState, Complaint};
use crate::plan::closing::ClosingStep;
use crate::plan::working_days::working_days_left;
use crate::plan::{Period, Plan};
use crate::report::format;
use crate::report::words::plan::PlanWords as _;
use crate::service::complaints::counts::facts;
use crate::service::figures::duties::duty;
use crate::service::quotations::Awaiting;
use crate::service::second_person::Waiting;
use crate::service::today::{PlanToday, SILENT_DAYS, Today};
use crate::web::http::address::percent_encode;
use crate::web::staff::periods::found::{address, state_of};
use crate::web::staff::periods::letter;
use crate::web::staff::periods::{standing, steps};
use crate::web::staff::signed_in::SignedIn;
use crate::web::staff::work::tasks::leads;

/// So many stand open; the rest is folded.
pub const LISTED: usize = 4;
/// What is due later than this many days ahead is no task yet.
const AHEAD_DAYS: i64 = 30;
/// Tasks of a plan that has been over for more days than this wait for nobody.
const OVER_DAYS: i64 = 365;
/// So many late tasks of a plan are lines of their own.
const LATE_APART: usize = 2;

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

/// Complaints and suggestions without an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed {
    /// How many.
    pub open: usize,
    /// Of them, past their day.
    pub late: usize,
    /// The day of the one that is due first.
    pub due: Option<NaiveDate>,
}

impl Owed {
    /// Of complaints as they stand today. Those that wait for the citizen are due on no day, unless theirs was over before they were asked.
    pub fn of(complaints: &[Complaint], today: NaiveDate) -> Self {
        let open = complaints.iter().filter(|complaint| complaint.state.is_open());
        let runs = open.clone().filter(|one| one.waiting_since.is_none() || facts(one).is_late(today));
        let due = runs.filter_map(|complaint| complaint.due).min();
        // As the tab counts them to which the line leads.
        let late = open.clone().filter(|complaint| facts(complaint).is_late(today)).count();
        Self { open: open.count(), late, due }
    }
}

/// What waits for the user, first of all what only a second person can do. The page of tasks is that of the plans of `ward`; tasks of another plan stand on its own page.
pub fn tasks(
    user: &SignedIn,
    found: &Today,
    (complaints, waiting): (Owed, &Waiting),
    ward: Option<&str>,
    today: NaiveDate,
) -> Vec<Task> {
    let mut tasks = Vec::new();
    for plan in &found.plans {
        if plan.covers {
            tasks.extend(plan.plan.periods.iter().filter_map(|period| of_period(user, plan, period, today)));
        }
        tasks.extend(of_plan(user, plan, ward == Some(&plan.plan.unit), today));
    }
    tasks.extend(of_complaints(user, complaints, today));
    tasks.extend(found.remedies.iter().filter(|remedy| is_near(remedy.due, today)).map(|remedy| Task {
        text: format!("Biện pháp: {}", remedy.work),
        about: format!("{} · {}", until_day(remedy.due, today), remedy.person),
        address: "/staff/remedies".to_owned(),
        deed: "Xem biện pháp",
        late: remedy.state.is_late(remedy.due, today),
        due: Some(remedy.due),
    }));
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
    let mut all = of_a_second_person(found, waiting);
    all.append(&mut tasks);
    all
}

/// What others wrote and this user may approve.
fn of_a_second_person(found: &Today, waiting: &Waiting) -> Vec<Task> {
    let Waiting { answers, tellings, quotations } = waiting;
    let task = |text: String, about: String, address: String| Task {
        text,
        about,
        address,
        deed: "Duyệt",
        late: false,
        due: None,
    };
    let mut tasks = Vec::new();
    if let Some(first) = answers.first() {
        let address =
            if answers.len() == 1 { format!("/staff/complaints/{first}") } else { "/staff/complaints".to_owned() };
        tasks.push(task(format!("Duyệt {} câu trả lời phản ánh", answers.len()), String::new(), address));
    }
    if let Some(first) = tellings.first() {
        let address = if tellings.len() == 1 {
            format!("/staff/telling/edit?number={first}")
        } else {
            "/staff/telling".to_owned()
        };
        tasks.push(task(format!("Duyệt {} bài", tellings.len()), "Thông tin đến người dân".to_owned(), address));
    }
    for Awaiting { plan, period, count } in quotations {
        let known = found.plans.iter().find(|known| known.plan.key == *plan).map(|known| &known.plan);
        let name = known.and_then(|plan| plan.period(period)).map_or_else(|| period.clone(), |period| period.name_vi());
        let about = format!("Báo cáo {}", format::lower_first(&name));
        tasks.push(task(
            format!("Duyệt {count} trích dẫn"),
            about,
            format!("{}#quotations", letter::address_of(plan, period)),
        ));
    }
    tasks
}

/// The next step of closing a period, for whoever may take it.
fn of_period(user: &SignedIn, plan: &PlanToday, period: &Period, today: NaiveDate) -> Option<Task> {
    if period.so_far(today) || today < period.from {
        return None;
    }
    let closings = standing::of_period(period, &plan.closings);
    let (text, deed) = match steps::next(user, state_of(&closings), &closings, plan.has_owner)? {
        ClosingStep::Check => ("Kiểm tra và khóa số liệu", "Khóa số liệu"),
        ClosingStep::Approve => ("Duyệt số liệu", "Duyệt"),
        ClosingStep::Publish => ("Công bố số liệu đã duyệt", "Công bố"),
        ClosingStep::Return | ClosingStep::Reopen => return None,
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

/// Whether something is due within the days ahead, or was.
fn is_near(due: NaiveDate, today: NaiveDate) -> bool {
    (due - today).num_days() <= AHEAD_DAYS
}

fn of_complaints(user: &SignedIn, Owed { open, late, due }: Owed, today: NaiveDate) -> Option<Task> {
    (open > 0 && user.may(Action::ReadComplaints)).then(|| Task {
        text: match late {
            0 => format!("{open} phản ánh, kiến nghị chưa trả lời"),
            late => format!("{open} phản ánh, kiến nghị chưa trả lời, {late} quá hạn"),
        },
        about: due.map_or_else(String::new, |due| format!("Sớm nhất: {}", format::lower_first(&until_day(due, today)))),
        address: "/staff/complaints".to_owned(),
        deed: "Xem",
        late: late > 0,
        due: due.or(Some(today)),
    })
}

/// Tasks of the document that are neither done nor dropped and whose day is near or past: of the whole plan for whoever covers its unit, else those that the
/// user's offices lead. Many of a plan that are late are one line, or they would hide everything else.
fn of_plan(user: &SignedIn, found: &PlanToday, is_on_page: bool, today: NaiveDate) -> Vec<Task> {
    let plan = &found.plan;
    let about = || format!("/staff/plans/{}/about", percent_encode(&plan.key));
    let address = |page: &str| if is_on_page { page.to_owned() } else { about() };
    if (today - plan.to).num_days() > OVER_DAYS {
        return Vec::new();
    }
    let state = |task: &crate::plan::Task| duty(plan, task, &found.standings, &found.counts, today).state;
    let theirs = plan.tasks.iter().filter(|task| found.covers || leads(user, task));
    let owed = theirs.filter(|task| state(task).is_owed());
    let mut owed: Vec<_> = owed.filter_map(|task| Some((task.due.filter(|due| is_near(*due, today))?, task))).collect();
    owed.sort_by_key(|(due, _)| *due);
    let late = owed.iter().filter(|(due, _)| *due < today).count();
    let mut tasks = Vec::new();
    if late > LATE_APART {
        let first = owed[0].0;
        tasks.push(Task {
            text: format!("{late} nhiệm vụ của kế hoạch"),
            about: format!("Sớm nhất: {} · {}", format::lower_first(&until_day(first, today)), plan.title_vi),
            address: address("/staff/tasks?show=late"),
            deed: "Xem nhiệm vụ",
            late: true,
            due: Some(first),
        });
        owed.drain(..late);
    }
    tasks.extend(owed.into_iter().map(|(due, task)| Task {
        text: task.title_vi.clone(),
        about: until(Some(due), plan, today),
        address: address("/staff/tasks"),
        deed: "Xem nhiệm vụ",
        late: due < today,
        due: Some(due),
    }));
    tasks
}

/// Piles that can go on; a second keying is another person's.
fn of_piles<'a>(user: &'a SignedIn, found: &'a Today) -> impl Iterator<Item = Task> + 'a {
    let theirs = move |batch: &&crate::db::PaperBatch| batch.state != BatchState::Second || batch.first_by != user.id;
    found.batches.iter().filter(theirs).map(|batch| {
        let [first, second] = batch.keyed;
        let (text, deed) = match batch.state {
            BatchState::First => (format!("Tập phiếu giấy đang nhập lần 1 ({first} phiếu)"), "Nhập tiếp"),
            BatchState::Second => {
                (format!("Tập phiếu giấy chờ nhập lần 2 ({second} trong {first} phiếu)"), "Nhập lần 2")
            }
            BatchState::Compared => (format!("Tập phiếu giấy chờ đối chiếu ({first} phiếu)"), "Đối chiếu"),
        };
        Task { text, about: String::new(), address: format!("/staff/entry/{}", batch.id), deed, late: false, due: None }
    })
}

fn until(due: Option<NaiveDate>, plan: &Plan, today: NaiveDate) -> String {
    let Some(due) = due else { return plan.title_vi.clone() };
    format!("{} · {}", until_day(due, today), plan.unit_name)
}

fn until_day(due: NaiveDate, today: NaiveDate) -> String {
    let how = match working_days_left(today, due) {
        _ if due == today => "đến hạn hôm nay".to_owned(),
        left if due > today => format!("còn {left} ngày làm việc"),
        left => format!("quá hạn {} ngày làm việc", -left),
    };
    format!("Hạn {} ({how})", format::date(due))
}
