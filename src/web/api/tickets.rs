//! `/api/v1/points/{code}/tickets`: one-time codes for the one-stop system, which prints them on its receipts or sends them on.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Days;
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{must_be_json, object};
use super::paging::Nothing;
use crate::access::AuditedAction;
use crate::clock;
use crate::db::Stored;
use crate::error::{Reason, Refusal};
use crate::print::qr::ticket_url;
use crate::service::tickets::{COUNT_MAX, DAYS_MAX, NewIssue, issue_once, open_point};
use crate::web::error::problem;
use crate::web::http::block::block;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;
use crate::web::status::json_answer;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    count: usize,
    days: u64,
    #[serde(default)]
    once: String,
}

/// `POST /api/v1/points/{code}/tickets`: `{"count","days","once"?}`. Sent again on the same day with the same `once`, a UUID, the same codes come
/// back and are issued once; for another count or other days it is refused. Nobody keeps them here: an answer that is lost is asked for again.
pub async fn issue(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    path: Path<String>,
    _: Query<Nothing>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let (db, typed) = (app.db.clone(), path.into_inner());
    let found = block(move || open_point(&db, &typed, clock::today())).await??;
    let point = found.filter(|point| user.covers(&point.unit_code)).ok_or(Reason::NotYours)?;
    must_be_json(&request)?;
    let sent: Sent = match object(&body) {
        Ok(sent) => sent,
        Err(refused) => return Ok(*refused),
    };
    let mut errors = Vec::new();
    let mut refuse = |field: &str, code: &str, message: String| {
        errors.push(json!({"field": field, "code": code, "message": message}));
    };
    if !(1..=COUNT_MAX).contains(&sent.count) {
        refuse("count", "count_out_of_range", format!("1 to {COUNT_MAX} at a time"));
    }
    if !(1..=DAYS_MAX).contains(&sent.days) {
        refuse("days", "days_out_of_range", format!("1 to {DAYS_MAX}"));
    }
    let once = if sent.once.is_empty() { None } else { Uuid::try_parse(&sent.once).ok().filter(|once| !once.is_nil()) };
    if once.is_none() && !sent.once.is_empty() {
        refuse("once", "once_invalid", "a UUID, made anew for each issue".to_owned());
    }
    if !errors.is_empty() {
        return Ok(problem(&Reason::Fields.into(), json!({"errors": errors})));
    }
    let file = app.ticket_key_file.clone();
    let file = file.ok_or_else(|| Refusal::fault("one-time codes need a key: TICKET_KEY_FILE is not set"))?;
    let today = clock::today();
    let last_day = today.checked_add_days(Days::new(sent.days - 1)).unwrap_or(today);
    let note = user.note(AuditedAction::IssueTickets, &point.unit_code, format!("{}, {}", point.code, sent.count));
    let db = app.db.noting(note);
    let issue = NewIssue { unit: point.unit, point: point.point, count: sent.count, issued_on: today, last_day };
    let page = once.map(|once| format!("{}\0{today}\0{once}", point.code));
    let made = app.costly.run(move || issue_once(&db, &file, &issue, page.as_deref()).map_err(Refusal::from));
    let Some((stored, codes)) = made.await?? else {
        return Err(Refusal::fault("one-time codes are out that were made with another key; `sipas doctor` says more"));
    };
    let status = match stored {
        Stored::New => StatusCode::CREATED,
        Stored::Before => StatusCode::OK,
        Stored::OtherContent | Stored::TicketRefused | Stored::PointRetired => return Err(Reason::OtherContent.into()),
    };
    let tickets =
        codes.iter().map(|code| json!({"code": code, "url": ticket_url(&app.config.public_url, &point.code, code)}));
    let body = json!({
        "point": point.code, "unit": point.unit_code, "last_day": last_day, "tickets": tickets.collect::<Vec<Value>>(),
    });
    Ok(json_answer(status, &body))
}
