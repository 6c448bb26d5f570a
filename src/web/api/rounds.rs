//! `/api/v1/plans/{plan}/rounds`: survey rounds, what became of their sheets, and the estimates of those drawn from a frame.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::paging::Nothing;
use crate::db::{DbError, Round};
use crate::error::{Reason, Refusal};
use crate::service::rounds::as_json;
use crate::service::samples::concluded;
use crate::web::http::block::block;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;
use crate::web::status::json_with_tag;

async fn rounds(app: &App, user: &SignedIn, key: String) -> Result<Vec<Round>, Refusal> {
    let db = app.db.clone();
    let read = block(move || {
        let Some(stored) = db.plan(&key)? else { return Ok(None) };
        Ok::<_, DbError>(Some((stored.plan.unit, db.rounds(&key)?)))
    });
    let (_, rounds) = read.await??.filter(|(unit, _)| user.covers(unit)).ok_or(Reason::NotYours)?;
    Ok(rounds)
}

/// `GET /api/v1/plans/{plan}/rounds`.
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    path: Path<String>,
    _: Query<Nothing>,
) -> Result<HttpResponse, Refusal> {
    let rounds = rounds(&app, &user, path.into_inner()).await?;
    Ok(json_with_tag(&request, &Value::Array(rounds.iter().map(as_json).collect())))
}

/// `GET /api/v1/plans/{plan}/rounds/{round}`.
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    path: Path<(String, i32)>,
    _: Query<Nothing>,
) -> Result<HttpResponse, Refusal> {
    let (key, number) = path.into_inner();
    let round = rounds(&app, &user, key).await?.into_iter().find(|round| round.id == number).ok_or(Reason::NotYours)?;
    Ok(json_with_tag(&request, &as_json(&round)))
}

/// `GET /api/v1/plans/{plan}/rounds/{round}/estimates`: `null` as `estimates` before the round is closed, and of a round that has no frame.
pub async fn estimates(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    path: Path<(String, i32)>,
    _: Query<Nothing>,
) -> Result<HttpResponse, Refusal> {
    let (key, number) = path.into_inner();
    let known = rounds(&app, &user, key).await?.iter().any(|round| round.id == number);
    if !known {
        return Err(Reason::NotYours.into());
    }
    let db = app.db.clone();
    let found = block(move || concluded(&db, number)).await??;
    let rates = found.as_ref().map(|found| found.rates().response);
    Ok(json_with_tag(&request, &json!({"estimates": found, "response_rates": rates})))
}
