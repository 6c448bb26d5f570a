//! `/health/live` and `/health/ready`, for operators and their monitors.

use actix_web::HttpResponse;
use actix_web::web::{Data, block};
use serde_json::json;

use crate::error::Refusal;
use crate::web::state::App;

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// The database answers and the writer is not stuck.
pub async fn ready(app: Data<App>) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    block(move || db.health()).await??;
    Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
}
