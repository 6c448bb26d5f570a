//! `/api/v1/points/{code}`: what a point asks, and answers sent to it.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path, block};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::app::App;
use crate::clock;
use crate::db::{Form, PointFound, PointStatus};
use crate::survey::{Asked, FieldError, code, from_json, peek_json};
use crate::web::error::Failure;
use crate::web::http::client::client_address;
use crate::web::submit::{Accepted, accept};

/// `GET /api/v1/points/{code}`.
pub async fn describe(app: Data<App>, path: Path<String>) -> Result<HttpResponse, Failure> {
    let point = match open_point(&app, &path).await? {
        Ok(point) => point,
        Err(answer) => return Ok(answer),
    };
    let questionnaire = &point.form.questionnaire;
    let items = questionnaire.sections.iter().flat_map(|section| {
        section.items.iter().map(|item| json!({"id": item.id, "section": section.id, "required": item.required}))
    });
    let demographics = questionnaire.demographics.iter().map(|question| {
        let options: Vec<&str> = question.options.iter().map(|option| option.id.as_str()).collect();
        json!({"id": question.id, "options": options})
    });
    Ok(answer(
        StatusCode::OK,
        &json!({
            "code": point.code,
            "name": point.name_vi,
            "unit": point.unit_code,
            "form": questionnaire.reference(),
            "items": items.collect::<Vec<_>>(),
            "demographics": demographics.collect::<Vec<_>>(),
            "fields": point.fields.iter().map(|field| field.code.as_str()).collect::<Vec<_>>(),
            "languages": questionnaire.languages,
        }),
    ))
}

/// `POST /api/v1/points/{code}/responses`.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    body: Result<Bytes, actix_web::Error>,
) -> Result<HttpResponse, Failure> {
    let Ok(body) = body else {
        return Ok(problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 64 KiB", json!({})));
    };
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        let message = "the body must be sent as application/json";
        return Ok(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, message, json!({})));
    }
    let point = match open_point(&app, &path).await? {
        Ok(point) => point,
        Err(answer) => return Ok(answer),
    };
    let peek = peek_json(&body);
    let Some(form) = answered_form(&app, &point, peek.form.as_ref()).await? else {
        let message = format!("this point asks {}", point.form.questionnaire.reference());
        let errors = json!({"errors": [{"field": "form", "message": message}]});
        return Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, "the answers are not for this point's form", errors));
    };
    let fields: Vec<String> = point.fields.iter().map(|field| field.code.clone()).collect();
    let asked = Asked { questionnaire: &form.questionnaire, fields: &fields, today: clock::today(), page_keys: &[] };
    let submission = match from_json(&body, &asked) {
        Ok(submission) => submission,
        Err(errors) => return Ok(unprocessable(&errors, &form)),
    };
    let from = client_address(&app.config, &request);
    Ok(match accept(&app, &point, form.id, &submission, from).await? {
        Accepted::Stored => answer(StatusCode::CREATED, &json!({"status": "stored"})),
        Accepted::StoredBefore => answer(StatusCode::OK, &json!({"status": "stored_before"})),
        Accepted::OtherContent => {
            problem(StatusCode::CONFLICT, "this attempt was used for other content; send with a new attempt", json!({}))
        }
        Accepted::TicketUnknown => {
            let errors = json!({"errors": [{"field": "ticket", "message": "unknown or used; send without it"}]});
            problem(StatusCode::UNPROCESSABLE_ENTITY, "the ticket cannot be used", errors)
        }
        Accepted::NoKiosk => {
            let errors = json!({"errors": [{"field": "mode", "message": "no tablet is allowed at this point"}]});
            problem(StatusCode::UNPROCESSABLE_ENTITY, "the answers need another look", errors)
        }
        Accepted::TooMany => {
            retry(problem(StatusCode::TOO_MANY_REQUESTS, "too many from one place; try again later", json!({})), "300")
        }
        Accepted::Busy => {
            retry(problem(StatusCode::SERVICE_UNAVAILABLE, "busy; send again with the same attempt", json!({})), "5")
        }
    })
}

async fn open_point(app: &App, typed: &str) -> Result<Result<Arc<PointFound>, HttpResponse>, Failure> {
    let unknown = || problem(StatusCode::NOT_FOUND, "no service point has this code", json!({}));
    let Some(code) = code::normalise(typed) else { return Ok(Err(unknown())) };
    let mut point = app.db.point_in_memory(&code);
    if point.is_none() {
        let db = app.db.clone();
        point = block(move || db.point(&code)).await??;
    }
    let Some(point) = point else { return Ok(Err(unknown())) };
    match point.status(clock::today()) {
        PointStatus::Active => Ok(Ok(point)),
        PointStatus::Retired { replaced_by, .. } => {
            let more = json!({"replaced_by": replaced_by});
            Ok(Err(problem(StatusCode::GONE, "this code is no longer used", more)))
        }
    }
}

async fn answered_form(
    app: &App,
    point: &PointFound,
    reference: Option<&(String, u32)>,
) -> Result<Option<Arc<Form>>, Failure> {
    let Some((id, version)) = reference.cloned() else { return Ok(Some(Arc::clone(&point.form))) };
    if id != point.form.questionnaire.id {
        return Ok(None);
    }
    let db = app.db.clone();
    Ok(block(move || db.form_by_reference(&id, version)).await??)
}

fn unprocessable(errors: &[FieldError], form: &Form) -> HttpResponse {
    let errors: Vec<Value> = errors
        .iter()
        .map(|error| json!({"field": error.field, "message": error.message("en", &form.questionnaire)}))
        .collect();
    problem(StatusCode::UNPROCESSABLE_ENTITY, "the answers need another look", json!({"errors": errors}))
}

/// A JSON answer that is never cached.
pub fn answer(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// An error as JSON: `{"error": sentence, …}`.
pub fn problem(status: StatusCode, message: &str, more: Value) -> HttpResponse {
    let mut body = json!({"error": message});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    answer(status, &body)
}

fn retry(mut response: HttpResponse, seconds: &'static str) -> HttpResponse {
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(seconds));
    response
}
