//! `/screen/{code}`: published figures and what was mended for a screen on a wall: one thing at a time, on by itself, without scrolling and
//! without script.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use base64::Engine;
use sha2::{Digest, Sha256};

use super::news::ward;
use crate::clock;
use crate::error::{Reason, Refusal};
use crate::print::qr::Qr;
use crate::report::telling::{Slide, bare_address, slides};
use crate::service::figures::MeasureError;
use crate::service::telling::newest;
use crate::web::state::App;

/// How long a thing is shown, in seconds: long enough to be read twice.
const SECONDS: u32 = 20;

static CSS: LazyLock<String> = LazyLock::new(|| include_str!("../../../assets/screen.css").replace('\n', ""));

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(CSS.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'self'"
    )
});

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Ask {
    slide: Option<usize>,
}

#[derive(Template)]
#[template(path = "public/screen.html")]
struct ScreenPage<'a> {
    css: &'static str,
    unit: &'a str,
    slide: Option<&'a Slide>,
    dots: Vec<bool>,
    place: String,
    code: String,
    address: &'a str,
    disclaimer: &'a str,
    demo: bool,
}

/// `GET /screen/{code}`: of a ward, or of a unit under it.
pub async fn show(app: Data<App>, code: Path<String>, ask: Query<Ask>) -> Result<HttpResponse, Refusal> {
    let (db, code, url, demo) = (app.db.clone(), code.into_inner(), app.config.public_url.clone(), app.demo());
    let found = app.costly.run(move || {
        let Some(unit) = ward(&db, &code)?.1 else { return Ok(None) };
        let facts = newest(&db, &unit, (&url, demo), clock::today())?;
        Ok::<_, MeasureError>(Some((unit, facts)))
    });
    let (unit, facts) = found.await?.map_err(Refusal::fault)?.ok_or(Reason::UnknownAddress)?;
    let shown = slides(&facts, false);
    let place = ask.slide.unwrap_or(0) % shown.len().max(1);
    let slide = shown.get(place);
    let next = (place + 1) % shown.len().max(1);
    let page = ScreenPage {
        css: &CSS,
        unit: &unit.name_vi,
        slide,
        dots: slide.and_then(|slide| slide.ten).map(|ten| (0..10).map(|dot| dot < ten).collect()).unwrap_or_default(),
        place: if shown.len() > 1 { format!("{} / {}", place + 1, shown.len()) } else { String::new() },
        code: Qr::of(&facts.address).map_err(Refusal::fault)?.svg("Mã QR của trang kết quả"),
        address: bare_address(&facts.address),
        disclaimer: facts.figures.as_ref().map_or("", |figures| &figures.disclaimer),
        demo: facts.demo,
    };
    let body = page.render().map_err(Refusal::fault)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .insert_header(("Refresh", format!("{SECONDS};url=/screen/{}?slide={next}", unit.code)))
        .body(body))
}
