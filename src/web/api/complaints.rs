//! `/api/v1/complaints`: the same by JSON.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use uuid::Uuid;

use crate::cases::{check, normalise, reference};
use crate::clock;
use crate::db::{DbError, Stored};
use crate::error::{Reason, Refusal};
use crate::service::complaints::receivers_of;
use crate::web::api::body::{must_be_json, object};
use crate::web::api::paging::Nothing;
use crate::web::error::problem;
use crate::web::http::block::block;
use crate::web::http::client::client_address;
use crate::web::public::complaint_words::complaint_words;
use crate::web::public::complaints::store;
use crate::web::state::App;
use crate::web::status::json_answer;

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
/// same `once`, a UUID, it is stored once; without one, as often as it is sent.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    _: Query<Nothing>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    must_be_json(&request)?;
    let sent: Sent = match object(&body) {
        Ok(sent) => sent,
        Err(refused) => return Ok(*refused),
    };
    let (db, code) = (app.db.clone(), sent.unit.clone());
    let unit = block(move || receivers_of(&db, Some(code.as_str()), clock::today())).await??.chosen;
    let written = check(&sent.kind, &sent.text, &sent.contact);
    let mut errors = Vec::new();
    if unit.is_none() {
        errors.push(
            json!({"field": "unit", "code": "unit_unknown", "message": "no ward or commune answers for this code"}),
        );
    }
    if let Err(faults) = &written {
        let words = complaint_words("en");
        errors.extend(
            faults
                .iter()
                .map(|fault| json!({"field": fault.field(), "code": fault.code(), "message": words.fault(*fault)})),
        );
    }
    // A number of the program's own in the place of one that cannot be read would store a second try a second time.
    let once = if sent.once.is_empty() {
        Some(Uuid::new_v4())
    } else {
        Uuid::try_parse(&sent.once).ok().filter(|once| !once.is_nil())
    };
    if once.is_none() {
        errors
            .push(json!({"field": "once", "code": "once_invalid", "message": "a UUID, made anew for each complaint"}));
    }
    let (Ok(written), Some(unit), Some(once)) = (written, unit, once) else {
        return Ok(problem(&Reason::Fields.into(), json!({"errors": errors})));
    };
    let body = json!({"reference": reference(once.as_bytes())});
    Ok(match store(&app, &request, unit, once, written).await?.ok_or(Reason::TooMany)? {
        Stored::New => json_answer(StatusCode::CREATED, &body),
        Stored::Before => json_answer(StatusCode::OK, &body),
        Stored::OtherContent | Stored::TicketRefused | Stored::PointRetired => return Err(Reason::OtherContent.into()),
    })
}

/// `GET /api/v1/complaints/{reference}`: how far it is.
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    _: Query<Nothing>,
) -> Result<HttpResponse, Refusal> {
    let reference = normalise(&path).ok_or(Reason::UnknownReference)?;
    if !app.submissions.allows("complaints looked up", client_address(&app.config, &request)) {
        return Err(Reason::TooMany.into());
    }
    let (db, key) = (app.db.clone(), reference.clone());
    let found = block(move || {
        let Some(found) = db.complaint(&key)? else { return Ok::<_, DbError>(None) };
        let unit = db.tree()?.unit(found.key.unit).map(|unit| unit.code.clone());
        Ok(Some((found, unit)))
    })
    .await??;
    let (found, unit) = found.ok_or(Reason::UnknownReference)?;
    Ok(json_answer(
        StatusCode::OK,
        &json!({
            "reference": reference,
            "unit": unit,
            "kind": found.written.kind.name(),
            "received_on": found.key.day.to_string(),
            "state": found.state.name(),
            "due": found.due.map(|due| due.to_string()),
            "answer": Some(found.answer).filter(|answer| found.state.is_answered() && !answer.is_empty()),
        }),
    ))
}
