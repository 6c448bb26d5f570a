//! A plan as it is in force: targets, periods with their days, tasks and what in the product serves each. What
//! `sipas plan show` prints, as tables. Changing it is in `edit.rs`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::begin::copy_button;
use super::found::{fields_of_service, plan_of};
use crate::access::{Action, may};
use crate::clock;
use crate::db::PlanStored;
use crate::error::{Reason, Refusal};
use crate::plan::typed::percent;
use crate::plan::working_days::working_days_left;
use crate::plan::{FieldOfService, Period, Plan, Serves, Target, Task, to_toml};
use crate::report::words::plan::{PlanWords as _, clause, fields as names_of_fields, series};
use crate::report::{Language, format};
use crate::service::report_file::Format;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::download::attachment;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::questionnaires::list::as_file;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/plans/view.html")]
struct PlanPage {
    frame: Frame,
    title: String,
    facts: Vec<(&'static str, String)>,
    has_assumed: bool,
    edit: Option<String>,
    copy: Option<(String, String)>,
    history: String,
    toml: String,
    rounds: String,
    workbook: String,
    outline: String,
    targets: Vec<TargetLine>,
    periods: Vec<PeriodLine>,
    tasks: Vec<TaskLine>,
}

struct TargetLine {
    clause: String,
    title: String,
    part_of: Option<String>,
    index: &'static str,
    fields: String,
    asked: String,
    days: String,
    minimum: String,
}

struct PeriodLine {
    name: String,
    /// Address of the figures; none before the period begins.
    address: String,
    from: String,
    cut_off: String,
    assumed: bool,
    due: String,
    left: String,
    clause: String,
}

struct TaskLine {
    clause: String,
    title: String,
    product: Option<String>,
    leader: Option<String>,
    lead: Option<String>,
    coordinates: String,
    deadline: Option<String>,
    left: Option<String>,
    served_by: Option<String>,
    /// Whether who leads it receives complaints.
    receives: bool,
}

/// `GET /staff/plans/{plan}/about`.
pub async fn show(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let db = app.db.clone();
    let fields = block(move || fields_of_service(&db)).await??;
    let today = clock::today();
    let plan = &stored.plan;
    let here = format!("/staff/plans/{}", percent_encode(&plan.key));
    let page = PlanPage {
        frame: user.frame(&app),
        title: plan.title_vi.clone(),
        facts: facts(&stored),
        has_assumed: plan.periods.iter().any(|period| period.assumed),
        edit: may(user.role, Action::ChangePlans).then(|| format!("{here}/edit")),
        copy: may(user.role, Action::ChangePlans)
            .then(|| (format!("/staff/plans/new?from={}", percent_encode(&plan.key)), copy_button(plan))),
        history: format!("{here}/history"),
        toml: format!("{here}/toml"),
        workbook: format!("{here}/plan.xlsx"),
        outline: format!("{here}/outline"),
        rounds: format!("{here}/rounds"),
        targets: plan.targets.iter().map(|target| target_line(plan, target, &fields)).collect(),
        periods: plan.periods.iter().map(|period| period_line(plan, period, today)).collect(),
        tasks: plan.tasks.iter().map(|task| task_line(task, today)).collect(),
    };
    Ok(send(StatusCode::OK, &page))
}

/// `GET /staff/plans/{plan}/toml`: the plan as a file.
pub async fn toml(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    Ok(match plan_of(&app, &user, &path).await? {
        Some(stored) => as_file(&stored.plan.key, to_toml(&stored.plan)),
        None => return Err(Reason::NotYours.into()),
    })
}

/// `GET /staff/plans/{plan}/plan.xlsx`: the plan as a workbook to change and bring back.
pub async fn workbook(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let db = app.db.clone();
    let plan = stored.plan;
    let key = plan.key.clone();
    let fields = block(move || fields_of_service(&db)).await??;
    let file = app.costly.run(move || crate::exchange::export::plan::workbook(&plan, &fields)).await?;
    Ok(attachment(&key, Format::Xlsx, file.map_err(Refusal::fault)?))
}

fn facts(stored: &PlanStored) -> Vec<(&'static str, String)> {
    let plan = &stored.plan;
    let number = plan.number.as_deref().unwrap_or("số để trống trong văn bản");
    let dated = plan.dated.map(|day| format!(", {}", format::date(day))).unwrap_or_default();
    vec![
        ("Văn bản", format!("{number}{dated}")),
        ("Đơn vị", format!("{}, {}", plan.unit_name, plan.parent_name)),
        ("Số liệu", days(plan.from, plan.to)),
        ("Gộp các lĩnh vực", plan.weights.name_vi().to_owned()),
        ("Độ tin cậy", percent(plan.confidence)),
        ("Nguồn phiếu chính thức", series(&plan.series, Language::Vi)),
        ("Bản đang dùng", format!("lần {}, từ {}", stored.revision, format::date(stored.seeded_on))),
    ]
}

fn target_line(plan: &Plan, target: &Target, fields: &[FieldOfService]) -> TargetLine {
    let channel = target.channel.map(|channel| format!(", {}", channel.name_vi())).unwrap_or_default();
    TargetLine {
        clause: clause(&target.clause, Language::Vi),
        title: target.title_vi.clone(),
        part_of: target
            .part_of
            .as_ref()
            .map(|wider| plan.target(wider).map_or_else(|| wider.clone(), |target| target.title_vi.clone())),
        index: target.index.name_vi(),
        fields: names_of_fields(target, fields, Language::Vi),
        asked: format!("{}{channel}", target.respondents.name_vi()),
        days: days(target.from, target.to),
        minimum: percent(target.minimum),
    }
}

fn period_line(plan: &Plan, period: &Period, today: NaiveDate) -> PeriodLine {
    PeriodLine {
        name: period.name_vi(),
        address: format!("/staff/plans/{}/{}", percent_encode(&plan.key), percent_encode(&period.key)),
        from: format::date(period.from),
        cut_off: format::date(period.to),
        assumed: period.assumed,
        due: period.due.map_or_else(|| "không nêu".to_owned(), format::date),
        left: period.due.map(|due| left(due, today)).unwrap_or_default(),
        clause: clause(&period.clause, Language::Vi),
    }
}

fn task_line(task: &Task, today: NaiveDate) -> TaskLine {
    let deadline = task.deadline.as_ref().map(|deadline| match task.due {
        Some(due) => format!("{deadline} ({})", format::date(due)),
        None => deadline.clone(),
    });
    TaskLine {
        clause: clause(&task.clause, Language::Vi),
        title: task.title_vi.clone(),
        product: task.product.clone(),
        leader: task.leader.clone(),
        lead: task.lead.clone(),
        coordinates: task.coordinates.join("; "),
        deadline,
        left: task.due.filter(|due| today <= *due).map(|due| left(due, today)),
        // Vietnamese and English stand side by side in the plan's text.
        served_by: task.served_by.as_ref().map(|words| words.split(" / ").next().unwrap_or_default().to_owned()),
        receives: task.serves == Some(Serves::Complaints),
    }
}

/// How long until a due day, in words. Whether a past one was met is not known here.
fn left(due: NaiveDate, today: NaiveDate) -> String {
    match working_days_left(today, due) {
        _ if today == due => "hôm nay là hạn".to_owned(),
        left if left >= 0 => format!("còn {left} ngày làm việc"),
        _ => "đã qua".to_owned(),
    }
}

fn days(from: NaiveDate, to: NaiveDate) -> String {
    format!("{} – {}", format::date(from), format::date(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_day_is_counted_down_in_working_days() {
        let day = |text: &str| -> NaiveDate { text.parse().expect("a day") };
        // 18 March 2026 is a Wednesday; the Saturday and Sunday before it do not count.
        assert_eq!(left(day("2026-03-18"), day("2026-03-13")), "còn 3 ngày làm việc");
        assert_eq!(left(day("2026-03-18"), day("2026-03-18")), "hôm nay là hạn");
        assert_eq!(left(day("2026-03-18"), day("2026-03-19")), "đã qua");
        // 22 March 2026 is a Sunday: on the Saturday before, no working day is left.
        assert_eq!(left(day("2026-03-22"), day("2026-03-21")), "còn 0 ngày làm việc");
    }
}
