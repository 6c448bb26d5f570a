//! `/api/v1/plans/{plan}/periods/{period}/index`: the figures of a period, the same as on the page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};

use crate::error::{Reason, Refusal};
use crate::web::staff::periods::figures::{View, figures};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;
use crate::web::status::json_answer;

/// `GET /api/v1/plans/{plan}/periods/{period}/index`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    view: Query<View>,
) -> Result<HttpResponse, Refusal> {
    let measured = figures(&app, &user, path.into_inner(), &view).await?.ok_or(Reason::NotYours)?;
    let report = serde_json::to_value(&measured.report).map_err(Refusal::fault)?;
    Ok(json_answer(StatusCode::OK, &report))
}
