//! Changing a plan as text. Every change is a new revision; what was in force before stays in the database. Two people who
//! change a plan at once do not overwrite each other: the second is told.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, block};

use super::view::{fields_of_service, plan_of};
use super::words;
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{PlanChanged, PlanStored, plan_content};
use crate::error::{Reason, Refusal};
use crate::plan::{Plan, Problem, parse, to_toml};
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{percent_encode, send};
use crate::web::staff::questionnaires::editor::{EditorPage, ProblemLine, with_unix_line_ends};
use crate::web::staff::questionnaires::list::see_other;
use crate::web::staff::session::{SignedIn, Staff};
use crate::web::state::App;

/// `GET /staff/plans/{plan}/edit`.
pub async fn edit(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let text = to_toml(&stored.plan);
    Ok(send(StatusCode::OK, &page(&app, &user, &stored.plan, stored.revision, text, Vec::new(), false)))
}

/// `POST` of the same: checks the text, and keeps it when that was asked for.
pub async fn keep(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let sent = FormBody::parse(&body);
    let text = with_unix_line_ends(sent.get("text").unwrap_or_default());
    let after = sent.get("revision").and_then(|revision| revision.parse().ok()).unwrap_or(stored.revision);
    let again = |status, text: String, problems: Vec<ProblemLine>, sound| {
        send(status, &page(&app, &user, &stored.plan, after, text, problems, sound))
    };
    let db = app.db.clone();
    let fields = block(move || fields_of_service(&db)).await??;
    let changed = match parse(&format!("{}.toml", stored.plan.key), &text, &fields) {
        Ok(changed) => changed,
        Err(problems) => {
            let said = |problem: &Problem| ProblemLine::new(&text, problem.line, words::problem(problem, &text));
            let problems = problems.iter().map(said).collect();
            return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, text, problems, false));
        }
    };
    let problems = moved(&stored, &changed, &text);
    if !problems.is_empty() {
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, text, problems, false));
    }
    if sent.get("do") != Some("keep") {
        return Ok(again(StatusCode::OK, text, Vec::new(), true));
    }
    let db = app.db.noting(user.note(AuditedAction::ChangePlan, &stored.plan.unit, stored.plan.key.as_str()));
    let done = block(move || {
        let (hash, content) = plan_content(&changed)?;
        db.change_plan(&changed, &hash, &content, after, clock::today())
    });
    Ok(match done.await?? {
        PlanChanged::To(revision) => {
            tracing::info!(plan = stored.plan.key, revision, "plan changed on a page");
            see_other(&about(&stored.plan))
        }
        PlanChanged::Same => see_other(&about(&stored.plan)),
        PlanChanged::Overtaken => {
            let message = "Kế hoạch vừa được người khác sửa sau khi bạn mở trang này. Hãy chép lại phần bạn sửa, mở lại trang \
                           rồi sửa trên bản mới nhất.";
            let problem = ProblemLine { line: 1, message: message.to_owned(), found: String::new() };
            again(StatusCode::CONFLICT, text, vec![problem], false)
        }
    })
}

/// A plan stays with its unit: moving it would move it out of, or into, somebody's rights.
fn moved(stored: &PlanStored, changed: &Plan, text: &str) -> Vec<ProblemLine> {
    let kept = &stored.plan.unit;
    let message = format!("Kế hoạch này của đơn vị `{kept}`; hãy giữ nguyên `unit`.");
    if changed.unit == *kept { Vec::new() } else { vec![ProblemLine::at_key(text, "unit", message)] }
}

fn about(plan: &Plan) -> String {
    format!("/staff/plans/{}/about", percent_encode(&plan.key))
}

fn page(
    app: &App,
    user: &SignedIn,
    plan: &Plan,
    revision: u32,
    text: String,
    problems: Vec<ProblemLine>,
    sound: bool,
) -> EditorPage {
    EditorPage {
        frame: user.frame(app),
        back: (plan.title_vi.clone(), about(plan)),
        heading: "Sửa kế hoạch".to_owned(),
        hints: &[
            "Mỗi `[[target]]` là một chỉ tiêu, mỗi `[[period]]` là một kỳ báo cáo, mỗi `[[task]]` là một nhiệm vụ. Ngày viết \
             theo năm-tháng-ngày, như 2026-03-14; `to` là ngày chốt số liệu, `due` là hạn báo cáo.",
            "Văn bản đã nêu rõ ngày của kỳ thì sửa `from`, `to`, `due` rồi xóa dòng `assumed = true`. Số liệu của các kỳ tính \
             lại theo nội dung mới ngay; bản cũ vẫn được giữ.",
        ],
        action: format!("/staff/plans/{}/edit", percent_encode(&plan.key)),
        hidden: vec![("revision", revision.to_string())],
        previews: Vec::new(),
        problems,
        sound,
        text,
        button: "Lưu kế hoạch",
    }
}
