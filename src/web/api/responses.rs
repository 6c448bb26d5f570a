//! `/api/v1/points/{code}`: what a point asks, and answers sent to it.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::clock;
use crate::db::{Form, PointFound, PointStatus};
use crate::error::{Reason, Refusal};
use crate::survey::{Asked, FieldError, QuestionKind, code, from_json, peek_json};
use crate::web::accepted::Accepted;
use crate::web::api::body::must_be_json;
use crate::web::api::paging::Nothing;
use crate::web::error::problem;
use crate::web::http::block::block;
use crate::web::http::client::client_address;
use crate::web::state::App;
use crate::web::status::{SAID, json_answer};
use crate::web::submit::accept;

/// `GET /api/v1/points/{code}`.
pub async fn describe(app: Data<App>, path: Path<String>, _: Query<Nothing>) -> Result<HttpResponse, Refusal> {
    let point = match open_point(&app, &path).await? {
        Ok(point) => point,
        Err(gone) => return Ok(gone),
    };
    let questionnaire = &point.form.questionnaire;
    let items = questionnaire.sections.iter().flat_map(|section| {
        section.items.iter().map(|item| json!({"id": item.id, "section": section.id, "required": item.required}))
    });
    let demographics = questionnaire.demographics.iter().map(|question| {
        let options: Vec<&str> = question.options.iter().map(|option| option.id.as_str()).collect();
        json!({"id": question.id, "options": options})
    });
    let questions = questionnaire.sections.iter().flat_map(|section| {
        section.questions.iter().map(|question| {
            let options: Vec<&str> = question.kind.options().iter().map(|option| option.id.as_str()).collect();
            let (least, most) = match question.kind {
                QuestionKind::Number { least, most } => (Some(least), Some(most)),
                _ => (None, None),
            };
            let (id, kind, required) = (&question.id, question.kind.word(), question.required);
            json!({"id": id, "section": section.id, "kind": kind, "required": required, "when": question.when,
                   "options": options, "least": least, "most": most})
        })
    });
    Ok(json_answer(
        StatusCode::OK,
        &json!({
            "code": point.code,
            "name": point.name_vi,
            "unit": point.unit_code,
            "form": questionnaire.reference(),
            "items": items.collect::<Vec<_>>(),
            "demographics": demographics.collect::<Vec<_>>(),
            "questions": questions.collect::<Vec<_>>(),
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
    _: Query<Nothing>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    must_be_json(&request)?;
    let point = match open_point(&app, &path).await? {
        Ok(point) => point,
        Err(gone) => return Ok(gone),
    };
    let peek = peek_json(&body);
    let Some(form) = answered_form(&app, &point, peek.form.as_ref()).await? else {
        let asked = point.form.questionnaire.reference();
        let message = format!("this point asks {asked}");
        let errors = json!({"errors": [{"field": "form", "code": "form_other", "message": message}]});
        return Ok(problem(&Reason::OtherForm { asked }.into(), errors));
    };
    let fields: Vec<String> = point.fields.iter().map(|field| field.code.clone()).collect();
    let asked = Asked { questionnaire: &form.questionnaire, fields: &fields, today: clock::today(), page_keys: &[] };
    let submission = match from_json(&body, &asked) {
        Ok(submission) => submission,
        Err(errors) => return Ok(unprocessable(&errors, &form)),
    };
    let from = client_address(&app.config, &request);
    match accept(&app, &point, form.id, &submission, from).await? {
        Accepted::Stored => Ok(stored(StatusCode::CREATED, "stored")),
        Accepted::StoredBefore => Ok(stored(StatusCode::OK, "stored_before")),
        Accepted::OtherContent => Err(Reason::OtherContent.into()),
        Accepted::TicketUnknown => {
            let message = "unknown or used; send without it";
            let errors = json!({"errors": [{"field": "ticket", "code": "ticket_unusable", "message": message}]});
            Ok(problem(&Reason::TicketUnusable.into(), errors))
        }
        Accepted::NoKiosk => {
            let message = "no tablet is allowed at this point";
            let errors = json!({"errors": [{"field": "mode", "code": "no_kiosk", "message": message}]});
            Ok(problem(&Reason::NoKiosk.into(), errors))
        }
        Accepted::TooMany => Err(Reason::TooMany.into()),
        Accepted::Busy => Err(Reason::Busy.into()),
        Accepted::Unavailable(refusal) => Err(refusal),
    }
}

fn stored(status: StatusCode, word: &'static str) -> HttpResponse {
    let mut answer = json_answer(status, &json!({"status": word}));
    answer.headers_mut().insert(SAID, header::HeaderValue::from_static(word));
    answer
}

async fn open_point(app: &App, typed: &str) -> Result<Result<Arc<PointFound>, HttpResponse>, Refusal> {
    let code = code::normalise(typed).ok_or(Reason::UnknownPoint)?;
    let mut point = app.db.point_in_memory(&code);
    if point.is_none() {
        let db = app.db.clone();
        point = block(move || db.point(&code)).await??;
    }
    let point = point.ok_or(Reason::UnknownPoint)?;
    match point.status(clock::today()) {
        PointStatus::Active => Ok(Ok(point)),
        PointStatus::Retired { replaced_by, .. } => {
            let more = json!({"replaced_by": replaced_by});
            let said = replaced_by.as_ref().map(|code| header::HeaderValue::try_from(format!("retired_point {code}")));
            let mut answer = problem(&Reason::RetiredPoint { replaced_by }.into(), more);
            // A phone whose answer waits asks at the new code next.
            if let Some(Ok(said)) = said {
                answer.headers_mut().insert(SAID, said);
            }
            Ok(Err(answer))
        }
    }
}

async fn answered_form(
    app: &App,
    point: &PointFound,
    reference: Option<&(String, u32)>,
) -> Result<Option<Arc<Form>>, Refusal> {
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
        .map(|error| json!({"field": error.field, "code": error.code.as_str(), "message": error.message("en", &form.questionnaire)}))
        .collect();
    problem(&Reason::Fields.into(), json!({"errors": errors}))
}
