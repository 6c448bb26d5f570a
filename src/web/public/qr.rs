//! `/qr/{code}.svg` and `.png`: the code that opens `/s/{code}`.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path, Query};

use crate::error::{Reason, Refusal};
use crate::print::qr::{self, Qr};
use crate::survey::code;
use crate::web::http::block::block;
use crate::web::state::App;

/// Pixels a module in the PNG: a version 3 code with its margin is then 740 pixels wide, sharp to 60 mm at 300 dpi.
const PIXELS_PER_MODULE: usize = 20;

/// What stands behind the `?` of a picture's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    /// For a scan on trial.
    preview: Option<String>,
}

/// `GET /qr/{code}.svg`.
pub async fn svg(app: Data<App>, path: Path<String>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let Some((code, name)) = scanned(&app, &path, ask.preview.is_some()).await? else {
        return Err(Reason::UnknownPoint.into());
    };
    Ok(picture_response("image/svg+xml", code.svg(&name).into_bytes()))
}

/// `GET /qr/{code}.png`.
pub async fn png(app: Data<App>, path: Path<String>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let Some((code, _)) = scanned(&app, &path, ask.preview.is_some()).await? else {
        return Err(Reason::UnknownPoint.into());
    };
    Ok(picture_response("image/png", code.png(PIXELS_PER_MODULE).map_err(Refusal::fault)?))
}

fn picture_response(kind: &'static str, body: Vec<u8>) -> HttpResponse {
    // A code never changes what it says, but PUBLIC_URL may be corrected: an hour is short enough.
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(body)
}

/// The code of a point, to answer or on trial, and the point's name.
async fn scanned(app: &App, typed: &str, on_trial: bool) -> Result<Option<(Qr, String)>, Refusal> {
    let Some(code) = code::normalise(typed) else { return Ok(None) };
    let db = app.db.clone();
    let point = block(move || db.point(&code)).await??;
    let Some(point) = point else { return Ok(None) };
    let address = qr::scan_url(&app.config.public_url, &point.code);
    let address = if on_trial { format!("{address}?preview=1") } else { address };
    let code = Qr::of(&address).map_err(Refusal::fault)?;
    Ok(Some((code, format!("{} – {}", point.name_vi, point.unit_name_vi))))
}
