//! `/staff/complaints/rules`: in how many working days a ward answers, by how many it may put an answer off, when an unrated
//! case is closed. What is under way keeps its due day.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::AuditedAction;
use crate::cases::deadline::Rules;
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::{Ward, ward_of};
use crate::web::state::App;

/// No office gives itself more working days than these.
const DAYS_MAX: u32 = 60;

#[derive(Template)]
#[template(path = "staff/complaints/rules.html")]
struct RulesPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    ward: String,
    action: String,
}

/// `GET /staff/complaints/rules`.
pub async fn form(app: Data<App>, user: Staff, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    let (db, id) = (app.db.clone(), ward.id);
    let rules = block(move || db.complaint_rules(id)).await??;
    let days = [rules.answer_days, rules.extension_days, rules.close_days].map(|days| days.to_string());
    let entry = Entry::fresh(&[("answer_days", &days[0]), ("extension_days", &days[1]), ("close_days", &days[2])]);
    Ok(page(&app, &user, &entry, &ward))
}

/// `POST /staff/complaints/rules`.
pub async fn keep(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    let mut entry = Entry::sent(&body);
    let mut days = |name: &str, least: u32| -> Option<u32> {
        entry.whole(name, least.into()..=DAYS_MAX.into(), &format!("Nhập một số từ {least} đến {DAYS_MAX}."))
    };
    let typed = (days("answer_days", 1), days("extension_days", 0), days("close_days", 5));
    let (Some(answer_days), Some(extension_days), Some(close_days)) = typed else {
        return Ok(page(&app, &user, &entry, &ward));
    };
    let object = format!("{answer_days}/{extension_days}/{close_days}");
    let db = app.db.noting(user.note(AuditedAction::ChangeComplaintRules, &ward.code, object));
    let id = ward.id;
    block(move || db.set_complaint_rules(id, Rules { answer_days, extension_days, close_days })).await??;
    Ok(see_other("/staff/complaints"))
}

fn page(app: &App, user: &SignedIn, entry: &Entry, ward: &Ward) -> HttpResponse {
    let content = RulesPage {
        frame: user.frame(app),
        entry,
        ward: ward.name_vi.clone(),
        action: ward.at("/staff/complaints/rules"),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &content)
}
