//! `/staff/complaints/answer-template`: the ward's own template of its official answers, brought as a DOCX with fields, checked, and used
//! from then on in the place of the program's layout.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::AuditedAction;
use crate::clock;
use crate::db::{ReportTemplate, Unit, of_answers};
use crate::error::Refusal;
use crate::report::docx::docx;
use crate::report::template::{ANSWER_FIELDS, BYTES_MAX, TemplateProblem, check_answer, example_answer};
use crate::service::report_file::Format;
use crate::web::http::block::block;
use crate::web::http::multipart::{content_type, parts};
use crate::web::staff::download::attachment;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::{Ward, ward_of};
use crate::web::state::App;

/// The largest body of the page: the file and what a browser writes around it.
pub const BODY_BYTES_MAX: usize = BYTES_MAX + 64 * 1024;

const HERE: &str = "/staff/complaints/answer-template";

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/complaints/answer_template.html")]
struct TemplatePage {
    frame: Frame,
    ward: String,
    /// Where the form is sent, and the template in force.
    action: String,
    current_file: String,
    /// Name of the template in force, who brought it, when.
    current: Option<(String, String, String)>,
    problems: Vec<TemplateProblem>,
    done: Option<&'static str>,
    fields: &'static [(&'static str, &'static str)],
}

/// `GET /staff/complaints/answer-template`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    let current = current(&app, &ward).await?;
    let done = match ask.done.as_deref() {
        Some("kept") => Some("Đã nhận mẫu. Văn bản trả lời tải về từ nay theo mẫu này."),
        Some("removed") => Some("Đã bỏ mẫu; văn bản trả lời dùng bố cục của hệ thống."),
        _ => None,
    };
    Ok(send(StatusCode::OK, &TemplatePage { done, ..page(&app, &user, &ward, current, Vec::new()) }))
}

/// `POST` of the same: a file, or `do=remove`.
pub async fn keep(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    let parts = parts(content_type(&request), &body).unwrap_or_default();
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    let removes = part("do").is_some_and(|part| part.bytes == b"remove");
    let (name, bytes) = match part("file").filter(|_| !removes) {
        Some(file) => (file.file_name.clone().unwrap_or_default(), file.bytes.to_vec()),
        None => (String::new(), Vec::new()),
    };
    if !removes {
        let read = bytes.clone();
        let problems = app.costly.run(move || check_answer(&read)).await?;
        if !problems.is_empty() {
            let current = current(&app, &ward).await?;
            return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &user, &ward, current, problems)));
        }
    }
    let db = app.db.noting(user.note(AuditedAction::ChangeAnswerTemplate, &ward.code, name.as_str()));
    let (key, by) = (of_answers(&ward.code), user.name.clone());
    block(move || db.keep_report_template(&key, &name, bytes, &by, clock::now())).await??;
    Ok(see_other(&ward.at(&format!("{HERE}?done={}", if removes { "removed" } else { "kept" }))))
}

/// `GET /staff/complaints/answer-template/current.docx`: the template in force.
pub async fn take(app: Data<App>, user: Staff, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    match current(&app, &ward).await? {
        Some(template) => Ok(attachment("mau-tra-loi", Format::Docx, template.body)),
        None => Ok(see_other(&ward.at(HERE))),
    }
}

/// `GET /staff/complaints/answer-template/example.docx`: one to begin with.
pub async fn take_example(app: Data<App>, user: Staff, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    if let Ok(ward) = ward_of(&app, &user, &request).await? {
        // It is the same for every ward, and nobody else's to look at.
        ward.decided_by(&user)?;
    }
    Ok(attachment("mau-tra-loi-de-bat-dau", Format::Docx, docx(&example_answer()).map_err(Refusal::fault)?))
}

/// The template in force of a ward.
pub(super) async fn current(app: &App, ward: &Unit) -> Result<Option<ReportTemplate>, Refusal> {
    let (db, key) = (app.db.clone(), of_answers(&ward.code));
    Ok(block(move || db.outline(&key)).await??)
}

fn page(
    app: &App,
    user: &SignedIn,
    ward: &Ward,
    current: Option<ReportTemplate>,
    problems: Vec<TemplateProblem>,
) -> TemplatePage {
    TemplatePage {
        frame: user.frame(app),
        ward: ward.name_vi.clone(),
        action: ward.at(HERE),
        current_file: ward.at(&format!("{HERE}/current.docx")),
        current: current.map(|template| (template.name, template.by, clock::date_and_time(template.at))),
        problems,
        done: None,
        fields: &ANSWER_FIELDS,
    }
}
