//! What those who work on complaints, remedies and tasks are told of them: what is new, half of the time gone, the last day, late, whose
//! turn it is.

use chrono::NaiveDate;

use crate::access::{Action, Role, may};
use crate::cases::State;
use crate::cases::deadline::{Stage, between, stage};
use crate::db::{Complaint, Db, DbError, StaffUser, TaskStanding, task_key};
use crate::index::result::CountResult;
use crate::plan::Plan;
use crate::plan::working_days::is_working_day;
use crate::report::format;
use crate::service::figures::duties::duty;

/// So many working days before its day one is told of a remedy.
const SOON: u32 = 3;

/// One thing to tell: under which key it is known, a few words, a paragraph.
pub(super) type Told = (String, String, String);

/// Who is told, of which wards, on which day.
pub(super) struct Addressee<'a> {
    /// Where it stands.
    pub(super) db: &'a Db,
    /// Who reads.
    pub(super) user: &'a StaffUser,
    pub(super) role: Role,
    /// Numbers of the wards in question.
    pub(super) wards: &'a [i32],
    /// Whether a unit, by its number, is theirs or under theirs.
    pub(super) covers: &'a dyn Fn(i32) -> bool,
    /// Where the program is reached.
    pub(super) public_url: &'a str,
    /// The day.
    pub(super) today: NaiveDate,
}

/// What they are told of complaints.
pub(super) fn complaints(addressee: &Addressee<'_>) -> Result<Vec<Told>, DbError> {
    let Addressee { db, user, role, wards, covers, public_url, today } = *addressee;
    if !may(role, Action::HandleComplaints) {
        return Ok(Vec::new());
    }
    let mut told = Vec::new();
    for case in db.complaints_under_way(Some(wards))? {
        let office = case.lead.or(case.desk).unwrap_or(case.key.unit);
        let mine = match role {
            Role::Leader => covers(case.key.unit),
            _ => covers(office),
        };
        let Some((word, head, what)) = due(&case, role, today).filter(|_| mine) else { continue };
        let number = case.key.number();
        told.push((
            format!("case/{number}/{}/{word}/{}", case.due.map(|due| due.to_string()).unwrap_or_default(), user.name),
            head,
            format!("{what}\n{public_url}/staff/complaints/{number}"),
        ));
    }
    Ok(told)
}

/// Remedies that are due within some working days, or late, of the office that answers for them; the plan owner is told of all.
pub(super) fn remedies(addressee: &Addressee<'_>) -> Result<Vec<Told>, DbError> {
    let Addressee { db, user, role, wards, covers, public_url, today } = *addressee;
    if !may(role, Action::KeepWork) || role == Role::Leader {
        return Ok(Vec::new());
    }
    let mut told = Vec::new();
    for remedy in db.remedies(wards)?.into_iter().filter(|remedy| remedy.state.is_owed()) {
        let mine = remedy.office.map_or_else(|| covers(remedy.unit), covers);
        let late = today > remedy.due;
        if !mine || (!late && between(today, remedy.due, is_working_day) > SOON) {
            continue;
        }
        let (word, head) = if late {
            ("late", "biện pháp khắc phục quá hạn")
        } else {
            ("soon", "biện pháp khắc phục sắp đến hạn")
        };
        let due = format::date(remedy.due);
        told.push((
            format!("remedy/{}/{}/{}/{word}/{}", remedy.unit, remedy.number, remedy.due, user.name),
            head.to_owned(),
            format!("“{}”: hạn {due}.\n{public_url}/staff/remedies", remedy.work),
        ));
    }
    Ok(told)
}

/// Tasks of a plan of which half of the time is gone, of the last day, late: the plan's owner is told of all, an office of those that name
/// it, the leader of what is late for three working days. A plan of whose tasks nobody has said anything yet is worked on elsewhere.
/// `whose`: whether the plan's unit is theirs, and the name of their own.
pub(super) fn tasks(
    (known, counts): (&[TaskStanding], &[CountResult]),
    (plan, (of_plan, own)): (&Plan, (bool, &str)),
    user: &StaffUser,
    role: Role,
    public_url: &str,
    today: NaiveDate,
) -> Vec<Told> {
    if !may(role, Action::KeepWork) {
        return Vec::new();
    }
    let mut told = Vec::new();
    for task in plan.tasks.iter().filter(|_| !known.is_empty()) {
        let key = task_key(task);
        let state = duty(plan, task, known, counts, today).state;
        let Some(due) = task.due.filter(|_| state.is_owed()) else { continue };
        let Some(stage) = stage(plan.dated.unwrap_or(plan.from), due, today, is_working_day) else { continue };
        let names_own = task.lead.as_ref().is_some_and(|lead| lead.to_lowercase().contains(&own.to_lowercase()));
        let mine = match role {
            Role::Leader => of_plan && stage == Stage::LeaderTold,
            Role::PlanOwner => of_plan,
            _ => !own.is_empty() && names_own,
        };
        if !mine {
            continue;
        }
        let head = match stage {
            Stage::Half => "nhiệm vụ đã qua nửa thời hạn",
            Stage::LastDay => "nhiệm vụ sắp đến hạn",
            Stage::Overdue | Stage::LeaderTold => "nhiệm vụ quá hạn",
        };
        let by = format::date(due);
        told.push((
            format!("task/{}/{key}/{due}/{}/{}", plan.key, stage.name(), user.name),
            head.to_owned(),
            format!("“{}”: hạn {by}.\n{public_url}/staff/tasks", task.title_vi),
        ));
    }
    told
}

/// The word of a key, a few words, a sentence; none where there is nothing to tell.
fn due(case: &Complaint, role: Role, today: NaiveDate) -> Option<(&'static str, String, String)> {
    let received = format::date(case.key.day);
    if role == Role::Leader && case.state == State::Drafted {
        let what = format!("Câu trả lời phản ánh nhận ngày {received} chờ duyệt.");
        return Some(("drafted", "câu trả lời phản ánh chờ duyệt".to_owned(), what));
    }
    if !case.state.is_open() || case.waiting_since.is_some() {
        return None;
    }
    let due = case.due?;
    let (by, stage) = (format::date(due), stage(case.key.day, due, today, is_working_day));
    if role == Role::Leader {
        return (stage == Some(Stage::LeaderTold)).then(|| {
            let what = format!("Phản ánh nhận ngày {received} quá hạn trả lời ({by}) từ ba ngày làm việc trở lên.");
            (Stage::LeaderTold.name(), "phản ánh quá hạn".to_owned(), what)
        });
    }
    let Some(stage) = stage else {
        return (case.state == State::Received).then(|| {
            let what = format!("Có phản ánh mới nhận ngày {received}, hạn trả lời {by}.");
            ("new", "phản ánh mới".to_owned(), what)
        });
    };
    let (head, what) = match stage {
        Stage::Half => ("phản ánh đã qua nửa thời hạn", "đã qua nửa thời hạn trả lời"),
        Stage::LastDay => ("phản ánh sắp đến hạn", "còn nhiều nhất một ngày làm việc"),
        Stage::Overdue | Stage::LeaderTold => ("phản ánh quá hạn", "đã quá hạn trả lời"),
    };
    Some((stage.name(), head.to_owned(), format!("Phản ánh nhận ngày {received} {what} (hạn {by}).")))
}
