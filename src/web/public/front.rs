//! The front page: a box for the code under a QR code, results, complaints; a small way in for staff.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use askama::Template;

use crate::error::{Reason, Refusal};
use crate::survey::code;
use crate::web::citizen::page::{Page, send};
use crate::web::citizen::size::Size;
use crate::web::state::App;

/// What stands behind the `?` of the front page's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    code: Option<String>,
    lang: Option<String>,
    #[serde(default, rename = "large")]
    size: Size,
}

struct Words {
    title: &'static str,
    code: &'static str,
    hint: &'static str,
    wrong: &'static str,
    open: &'static str,
    results: &'static str,
    complain: &'static str,
    published: &'static str,
    look_up: &'static str,
    reference: &'static str,
    see: &'static str,
    privacy: &'static str,
    staff: &'static str,
}

const VI: Words = Words {
    title: "Ý kiến của Ông/Bà về dịch vụ công",
    code: "Mã của điểm phục vụ",
    hint: "Bảy chữ và số in dưới mã QR, viết hoa hay thường đều được.",
    wrong: "Mã này không đúng. Hãy xem lại bảy chữ và số in dưới mã QR.",
    open: "Mở phiếu",
    results: "Xem kết quả, và phường, xã đã làm gì từ ý kiến của Ông/Bà",
    complain: "Gửi phản ánh, kiến nghị",
    published: "Xem các phản ánh đã được trả lời công khai",
    look_up: "Xem phản ánh đã gửi",
    reference: "Mã tra cứu, 12 ký tự",
    see: "Xem",
    privacy: "Ý kiến được giữ kín thế nào?",
    staff: "Dành cho cán bộ",
};

const EN: Words = Words {
    title: "What you think of public services",
    code: "Code of the service point",
    hint: "Seven letters and digits printed under the QR code; capitals or not.",
    wrong: "This code is not right. Look again at the seven letters and digits under the QR code.",
    open: "Open the form",
    results: "See the results, and what was done about what you said",
    complain: "Send a complaint or suggestion",
    published: "See complaints answered in public",
    look_up: "Look up what you sent",
    reference: "Reference, 12 characters",
    see: "Look up",
    privacy: "Your privacy",
    staff: "For staff",
};

#[derive(Template)]
#[template(path = "public/front.html")]
struct Front<'a> {
    page: Page,
    w: &'static Words,
    typed: &'a str,
    wrong: bool,
}

/// `GET /`.
pub async fn show(app: Data<App>, ask: Query<Params>) -> HttpResponse {
    page(&app, &ask, "")
}

/// `GET /s?code=…`: on to the form of a typed code, or the front page that says what is wrong with it.
pub async fn go(app: Data<App>, ask: Query<Params>) -> HttpResponse {
    let typed = ask.code.as_deref().unwrap_or_default();
    let Some(code) = code::normalise(typed) else { return page(&app, &ask, typed) };
    let lang = if ask.lang.as_deref() == Some("en") { "en" } else { "vi" };
    let place = if lang == "vi" { format!("/s/{code}") } else { format!("/s/{code}?lang={lang}") };
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, ask.size.at(&place)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// `GET /T/…`: the short address on a one-time card, the point's code and the card's behind it; on to the point's form.
pub async fn ticket(codes: Path<String>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let parts = codes.split_at_checked(code::LENGTH);
    let read = parts.and_then(|(point, ticket)| Some((code::normalise(point)?, code::normalise_ticket(ticket)?)));
    let (point, ticket) = read.ok_or(Reason::UnknownAddress)?;
    // Whatever the questionnaire speaks; what is no language is left out.
    let is_language =
        |lang: &&str| lang.len() <= 8 && lang.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let lang = ask.lang.as_deref().filter(is_language).map_or_else(String::new, |lang| format!("&lang={lang}"));
    let place = format!("/s/{point}?ticket={ticket}{lang}");
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, ask.size.at(&place)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

fn page(app: &App, ask: &Params, typed: &str) -> HttpResponse {
    let (lang, w) = if ask.lang.as_deref() == Some("en") { ("en", &EN) } else { ("vi", &VI) };
    let mut page = Page::new(lang, "", app.demo()).with_size(ask.size, "/");
    page = page.with_languages(&["vi".to_owned(), "en".to_owned()], "/");
    page.further = true;
    let wrong = !typed.trim().is_empty();
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    send(status, &Front { page, w, typed, wrong })
}
