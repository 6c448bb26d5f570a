//! `/static/mark.svg`, the favicon, and `/static/preview.png`, the picture of a link that is passed on.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::error::Refusal;
use crate::print::mark::{MARK_SVG, preview_png};

static PREVIEW: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| preview_png().ok());

/// `GET /static/mark.svg`.
pub async fn svg() -> HttpResponse {
    picture("image/svg+xml", MARK_SVG.as_bytes())
}

/// `GET /static/preview.png`.
pub async fn preview() -> Result<HttpResponse, Refusal> {
    let bytes = PREVIEW.as_deref().ok_or_else(|| Refusal::fault("the picture of links cannot be made"))?;
    Ok(picture("image/png", bytes))
}

fn picture(kind: &'static str, body: &'static [u8]) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "public, max-age=604800"))
        .body(body)
}
