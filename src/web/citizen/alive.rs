//! `POST /s/{code}/alive`: the tablet of a point says that it is on, for the staff's list of points. It says nothing else, and
//! nothing of it is stored.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::form::find;
use crate::clock;
use crate::db::PointStatus;
use crate::error::{Reason, Refusal};
use crate::survey::code;
use crate::web::state::App;

/// `POST /s/{code}/alive`.
pub async fn speaks(app: Data<App>, typed: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(code) = code::normalise(&typed) else { return Err(Reason::UnknownPoint.into()) };
    let Some(point) = find(&app, code).await? else { return Err(Reason::UnknownPoint.into()) };
    let now = clock::now();
    // The tablet goes on to the new code.
    if let PointStatus::Retired { replaced_by: Some(new), .. } = point.status(clock::civil_date(now)) {
        return Err(Reason::RetiredPoint { replaced_by: Some(new) }.into());
    }
    if !point.kiosk || point.status(clock::civil_date(now)) != PointStatus::Active {
        return Err(Reason::NoKiosk.into());
    }
    app.tablets.speaks(&point.code, now);
    Ok(HttpResponse::NoContent().finish())
}
