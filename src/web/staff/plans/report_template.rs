//! The office's own outline of a plan's report: brought as a DOCX, checked, used from then on beside the report's own layout.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::found::plan_of;
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::ReportTemplate;
use crate::error::{Reason, Refusal};
use crate::plan::Plan;
use crate::report::docx::docx;
use crate::report::template::{BYTES_MAX, FIELDS, LISTS, ListOfFields, TemplateProblem, check, example};
use crate::service::report_file::Format;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::multipart::parts;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// The largest body of the page: the file and what a browser writes around it.
pub const BODY_BYTES_MAX: usize = BYTES_MAX + 64 * 1024;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/plans/report_template.html")]
struct ReportTemplatePage {
    frame: Frame,
    plan: String,
    about: String,
    action: String,
    can_change: bool,
    /// Name of the outline in force, who brought it, when.
    current: Option<(String, String, String)>,
    problems: Vec<TemplateProblem>,
    done: Option<&'static str>,
    fields: &'static [(&'static str, &'static str)],
    lists: &'static [ListOfFields],
}

fn address(plan: &Plan) -> String {
    format!("/staff/plans/{}/outline", percent_encode(&plan.key))
}

fn page(
    app: &App,
    user: &SignedIn,
    plan: &Plan,
    current: Option<ReportTemplate>,
    problems: Vec<TemplateProblem>,
) -> ReportTemplatePage {
    ReportTemplatePage {
        frame: user.frame(app),
        plan: plan.title_vi.clone(),
        about: format!("/staff/plans/{}/about", percent_encode(&plan.key)),
        action: address(plan),
        can_change: user.may(Action::ChangePlans),
        current: current.map(|outline| {
            let by = if outline.by.is_empty() { "thư mục kế hoạch".to_owned() } else { outline.by };
            (outline.name, by, clock::date_and_time(outline.at))
        }),
        problems,
        done: None,
        fields: &FIELDS,
        lists: &LISTS,
    }
}

/// `GET /staff/plans/{plan}/outline`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let current = current(&app, &stored.plan).await?;
    let done = match ask.done.as_deref() {
        Some("kept") => Some("Đã nhận đề cương. Trang số liệu có thêm liên kết “Word theo đề cương”."),
        Some("removed") => Some("Đã bỏ đề cương; báo cáo dùng bố cục của hệ thống."),
        _ => None,
    };
    let body = current.as_ref().map(|outline| outline.body.clone()).unwrap_or_default();
    let problems = if body.is_empty() { Vec::new() } else { app.costly.run(move || check(&body)).await? };
    Ok(send(StatusCode::OK, &ReportTemplatePage { done, ..page(&app, &user, &stored.plan, current, problems) }))
}

/// `POST` of the same: a file, or `do=remove`.
pub async fn keep(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let parts = parts(content_type.unwrap_or_default(), &body).unwrap_or_default();
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    let removes = part("do").is_some_and(|part| part.bytes == b"remove");
    let (name, bytes) = match part("file").filter(|_| !removes) {
        Some(file) => (file.file_name.clone().unwrap_or_default(), file.bytes.to_vec()),
        None => (String::new(), Vec::new()),
    };
    let mut problems = Vec::new();
    if !removes {
        let read = bytes.clone();
        problems = app.costly.run(move || check(&read)).await?;
    }
    if !problems.is_empty() {
        let current = current(&app, &stored.plan).await?;
        let page = page(&app, &user, &stored.plan, current, problems);
        return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let object = format!("{}: {name}", stored.plan.key);
    let db = app.db.noting(user.note(AuditedAction::ChangeReportTemplate, &stored.plan.unit, object));
    let (plan, by) = (stored.plan.key.clone(), user.name.clone());
    block(move || db.keep_report_template(&plan, &name, bytes, &by, clock::now())).await??;
    let done = if removes { "removed" } else { "kept" };
    Ok(see_other(&format!("{}?done={done}", address(&stored.plan))))
}

/// `GET /staff/plans/{plan}/outline/current.docx`: the outline in force.
pub async fn take(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    match current(&app, &stored.plan).await? {
        Some(outline) => Ok(file("de-cuong.docx", outline.body)),
        None => Ok(see_other(&address(&stored.plan))),
    }
}

/// `GET /staff/plans/{plan}/outline/example.docx`: one to begin with.
pub async fn take_example(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    if plan_of(&app, &user, &path).await?.is_none() {
        return Err(Reason::NotYours.into());
    }
    Ok(file("de-cuong-mau.docx", docx(&example()).map_err(Refusal::fault)?))
}

async fn current(app: &App, plan: &Plan) -> Result<Option<ReportTemplate>, Refusal> {
    let (db, key) = (app.db.clone(), plan.key.clone());
    Ok(block(move || db.outline(&key)).await??)
}

fn file(name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, Format::Docx.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes)
}
