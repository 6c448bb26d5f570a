//! `/health/live` and `/health/ready`, for operators and their monitors.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::db::DbError;
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::state::App;

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// An answer could be stored now: the database answers, and the writer has just committed a row or does so for this request.
pub async fn ready(app: Data<App>) -> Result<HttpResponse, Refusal> {
    let recent = |at: Instant| at.elapsed() < PROOF_HOLDS;
    let proved = app.ready.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(recent);
    let (db, now) = (app.db.clone(), Instant::now());
    let asked = block(move || {
        db.health()?;
        if proved { Ok(()) } else { db.prove_ready(PATIENCE) }
    });
    // Whatever is wrong, nothing can be stored: that is all a monitor wants to know.
    asked.await?.map_err(DbError::unreachable)?;
    if !proved {
        *app.ready.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
    Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
}

/// How long the writer may take to commit: a citizen's browser would have given up long after, but a monitor asks again.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a proof holds, so that nobody keeps the disk busy by asking.
const PROOF_HOLDS: Duration = Duration::from_secs(1);
