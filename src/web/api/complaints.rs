//! `/api/v1/complaints`: the same by JSON.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, block};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use uuid::Uuid;

use super::responses::{answer, problem};
use crate::app::App;
use crate::cases::{check, normalise, reference};
use crate::clock;
use crate::db::{DbError, Stored};
use crate::survey::submission::parse_attempt;
use crate::web::error::Failure;
use crate::web::http::client::client_address;
use crate::web::public::complaint_words::complaint_words;
use crate::web::public::complaints::receiver_of;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    unit: String,
    kind: String,
    text: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    once: String,
}

/// `POST /api/v1/complaints`: `{"unit","kind":"complaint"|"suggestion","text","contact"?,"once"?}`. Sent again with the
/// same `once`, a UUID, it is stored once.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<HttpResponse, Failure> {
    let Ok(body) = body else {
        return Ok(problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 64 KiB", json!({})));
    };
    let sent: Sent = match serde_json::from_slice(&body) {
        Ok(sent) => sent,
        Err(error) => return Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string(), json!({}))),
    };
    let (db, code) = (app.db.clone(), sent.unit.clone());
    let unit = block(move || receiver_of(&db, &code)).await??;
    let written = check(&sent.kind, &sent.text, &sent.contact);
    let mut errors = Vec::new();
    if unit.is_none() {
        errors.push(json!({"field": "unit", "message": "no unit has this code"}));
    }
    if let Err(faults) = &written {
        let words = complaint_words("en");
        errors.extend(faults.iter().map(|fault| json!({"field": fault.field(), "message": words.fault(*fault)})));
    }
    let (Ok(written), Some(unit)) = (written, unit) else {
        let more = json!({"errors": errors});
        return Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, "this needs another look", more));
    };
    if !app.submissions.allows("complaints", client_address(&app.config, &request)) {
        return Ok(problem(StatusCode::TOO_MANY_REQUESTS, "too many from one place; try again later", json!({})));
    }
    let once = parse_attempt(&sent.once).unwrap_or_else(Uuid::new_v4);
    let (db, key) = (app.db.clone(), *once.as_bytes());
    let body = json!({"reference": reference(once.as_bytes())});
    Ok(match block(move || db.add_complaint(unit.id, &key, &written, clock::today())).await?? {
        Stored::New => answer(StatusCode::CREATED, &body),
        Stored::Before => answer(StatusCode::OK, &body),
        Stored::OtherContent | Stored::TicketRefused => {
            problem(StatusCode::CONFLICT, "this was sent before with other content", json!({}))
        }
    })
}

/// `GET /api/v1/complaints/{reference}`: how far it is.
pub async fn show(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Failure> {
    let unknown = || problem(StatusCode::NOT_FOUND, "there is nothing under this reference", json!({}));
    let Some(reference) = normalise(&path) else { return Ok(unknown()) };
    if !app.submissions.allows("complaints looked up", client_address(&app.config, &request)) {
        return Ok(problem(StatusCode::TOO_MANY_REQUESTS, "too many from one place; try again later", json!({})));
    }
    let (db, key) = (app.db.clone(), reference.clone());
    let found = block(move || {
        let Some(found) = db.complaint(&key)? else { return Ok::<_, DbError>(None) };
        let unit = db.units()?.into_iter().find(|unit| unit.id == found.unit).map(|unit| unit.code);
        Ok(Some((found, unit)))
    })
    .await??;
    let Some((found, unit)) = found else { return Ok(unknown()) };
    Ok(answer(
        StatusCode::OK,
        &json!({
            "reference": reference,
            "unit": unit,
            "kind": found.written.kind.name(),
            "received_on": found.received_on.to_string(),
            "state": found.state.name(),
        }),
    ))
}
