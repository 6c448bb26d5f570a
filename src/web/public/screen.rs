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
/// The most characters that a screen has room for; all of it stands on the page of results.
const BIG_MAX: usize = 140;
/// See [`BIG_MAX`].
const SMALL_MAX: usize = 230;
/// From more characters than this the letters are smaller.
const LONG_FROM: usize = 45;

static CSS: LazyLock<String> = LazyLock::new(|| include_str!("../../../assets/screen.css").replace('\n', ""));

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(CSS.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'self'"
    )
});

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    slide: Option<usize>,
}

#[derive(Template)]
#[template(path = "public/screen.html")]
struct ScreenPage<'a> {
    css: &'static str,
    unit: &'a str,
    slide: Option<&'a Slide>,
    big: String,
    small: String,
    long: bool,
    dots: Vec<bool>,
    place: String,
    code: String,
    address: &'a str,
    disclaimer: &'a str,
    demo: bool,
}

/// `GET /screen/{code}`: of a ward, or of a unit under it.
pub async fn show(app: Data<App>, code: Path<String>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, code, url, demo) = (app.db.clone(), code.into_inner(), app.config.public_url.clone(), app.demo());
    let found = app.costly.run(move || {
        let Some(unit) = ward(&db, &code)?.1 else { return Ok(None) };
        let facts = newest(&db, &unit, (&url, demo), clock::today())?;
        Ok::<_, MeasureError>(Some((unit, facts)))
    });
    let (unit, facts) = found.await??.ok_or(Reason::UnknownAddress)?;
    let shown = slides(&facts, false);
    let place = ask.slide.unwrap_or(0) % shown.len().max(1);
    let slide = shown.get(place);
    let next = (place + 1) % shown.len().max(1);
    let page = ScreenPage {
        css: &CSS,
        unit: &unit.name_vi,
        slide,
        big: slide.map(|slide| cut(&slide.big, BIG_MAX)).unwrap_or_default(),
        small: slide.map(|slide| cut(&slide.small, SMALL_MAX)).unwrap_or_default(),
        long: slide.is_some_and(|slide| slide.big.chars().count() > LONG_FROM),
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

/// A text of at most so many characters, cut after a word, with an ellipsis.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    format!("{}…", kept.rsplit_once(' ').map_or(kept.as_str(), |(words, _)| words))
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn what_does_not_fit_a_screen_ends_after_a_word_with_an_ellipsis() {
        assert_eq!(cut("Chờ lâu quá", 11), "Chờ lâu quá");
        assert_eq!(cut("Chờ lâu quá", 9), "Chờ lâu…");
        assert_eq!(cut("Chờchờchờ", 4), "Chờc…");
    }
}
