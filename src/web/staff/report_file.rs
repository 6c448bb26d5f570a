//! The report of a period as a file to take along: the same figures as on the page, in the layout of a letter.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse};

use super::frame::{not_found, require};
use super::overview::{View, figures};
use crate::access::Action;
use crate::app::App;
use crate::closing;
use crate::document::Format;
use crate::web::failure::Failure;

/// `GET /staff/plans/{plan}/{period}/report.{format}`.
pub async fn take(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, String, String)>,
    view: Query<View>,
) -> Result<HttpResponse, Failure> {
    let user = match require(&app, &request, Action::TakeReports).await? {
        Ok(user) => user,
        Err(answer) => return Ok(answer),
    };
    let (plan, period, format) = path.into_inner();
    let Some(format) = Format::from_name(&format) else { return Ok(not_found(&app, &user)) };
    let Some(measured) = figures(&app, &user, (plan, period), &view).await? else {
        return Ok(not_found(&app, &user));
    };
    let (db, demo) = (app.db.clone(), app.demo());
    let (name, file) = block(move || {
        // Letters of keys and codes of units only, so that the name needs no quoting.
        let name = format!("bao-cao-{}-{}-{}", measured.plan.key, measured.period.key, measured.unit.code);
        closing::report(&db, &measured, format, demo).map(|file| (name, file))
    })
    .await?
    .map_err(Failure::unexpected)?;
    tracing::info!(user = user.id, file = name, format = format.name(), "report taken");
    Ok(HttpResponse::build(StatusCode::OK)
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{}\"", format.name())))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(file))
}
