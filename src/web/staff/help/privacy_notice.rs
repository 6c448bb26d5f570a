//! The page on which a ward puts its own words in the place of our privacy notice, and names a number for questions.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;

use crate::access::AuditedAction;
use crate::db::{DbError, Unit, UnitKind};
use crate::error::{Reason, Refusal};
use crate::service::hotline::{HOTLINE_MAX, is_number, keep_hotline, own_hotline};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::public::privacy::{self, LANGUAGES, NOTICE_MAX};
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::questionnaires::editor::with_unix_line_ends;
use crate::web::staff::questionnaires::list::see_other;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/help/privacy_notice.html")]
struct NoticePage {
    frame: Frame,
    unit: String,
    unit_name: String,
    others: Vec<(String, String)>,
    saved: bool,
    faults: Vec<String>,
    texts: Vec<NoticeText>,
    hotline: String,
}

struct NoticeText {
    language: &'static str,
    name: &'static str,
    text: String,
    is_ours: bool,
    address: String,
}

/// What stands behind the `?` of the page's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct View {
    unit: Option<String>,
    saved: Option<String>,
}

/// `GET /staff/notice`.
pub async fn show(app: Data<App>, user: Staff, view: Query<View>) -> Result<HttpResponse, Refusal> {
    let Some(unit) = chosen(&user, view.unit.as_deref()) else { return Err(Reason::NotYours.into()) };
    let (db, code) = (app.db.clone(), unit.code.clone());
    let found = block(move || -> Result<_, DbError> {
        let texts = LANGUAGES.iter().map(|lang| privacy::kept(&db, &code, lang)).collect::<Result<Vec<_>, _>>()?;
        Ok((texts, own_hotline(&db, &code)?.unwrap_or_default()))
    });
    let kept = found.await??;
    Ok(send(StatusCode::OK, &page(&app, &user, &unit, kept, view.saved.is_some(), Vec::new())))
}

/// `POST /staff/notice`.
pub async fn keep(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let Some(unit) = chosen(&user, Some(sent.get("unit").unwrap_or_default())) else {
        return Err(Reason::NotYours.into());
    };
    let texts = LANGUAGES.map(|lang| {
        let text = with_unix_line_ends(sent.get(lang).unwrap_or_default()).trim().to_owned();
        // What is ours stays ours, so that later versions of the program may better it.
        if text == privacy::ours(lang, Some(name_in(&unit, lang))) { String::new() } else { text }
    });
    let mut faults = faults(&texts);
    let number = sent.get("hotline").unwrap_or_default().trim().to_owned();
    if !is_number(&number) {
        faults.push(format!("Số điện thoại: chỉ gồm chữ số và dấu cách, tối đa {HOTLINE_MAX} ký tự."));
    }
    if !faults.is_empty() {
        let texts = texts.into_iter().map(Some).collect();
        return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &user, &unit, (texts, number), false, faults)));
    }
    let (db, code) = (app.db.noting(user.note(AuditedAction::ChangeNotice, &unit.code, "")), unit.code.clone());
    let kept = block(move || {
        keep_hotline(&db, &code, &number)?;
        LANGUAGES.iter().zip(&texts).try_for_each(|(lang, text)| privacy::keep(&db, &code, lang, text))
    });
    kept.await??;
    tracing::info!(unit = unit.code, "privacy notice changed");
    Ok(see_other(&format!("/staff/notice?unit={}&saved=1", percent_encode(&unit.code))))
}

/// The unit asked for, if it is the user's; the user's own where none is named.
fn chosen(user: &SignedIn, asked: Option<&str>) -> Option<Unit> {
    match asked {
        Some(code) => user.units.iter().find(|unit| unit.code == code).cloned(),
        None => user.own_unit().cloned(),
    }
}

/// What is wrong with the texts, in words.
fn faults(texts: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    for (lang, text) in LANGUAGES.iter().zip(texts) {
        let name = language(lang);
        let length = text.chars().count();
        if length > NOTICE_MAX {
            faults.push(format!("{name}: dài {length} ký tự; tối đa {NOTICE_MAX}."));
        }
        if text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{fffd}') {
            faults.push(format!("{name}: có ký tự không đọc được; hãy chép lại bằng chữ thường."));
        }
    }
    faults
}

fn page(
    app: &App,
    user: &SignedIn,
    unit: &Unit,
    (texts, hotline): (Vec<Option<String>>, String),
    saved: bool,
    faults: Vec<String>,
) -> NoticePage {
    let wards = user.units.iter().filter(|known| matches!(known.kind, UnitKind::Ward | UnitKind::Commune));
    let others = wards
        .filter(|known| known.id != unit.id && known.valid_to.is_none())
        .map(|known| (known.name_vi.clone(), format!("/staff/notice?unit={}", percent_encode(&known.code))));
    let texts = LANGUAGES.iter().zip(texts).map(|(lang, text)| NoticeText {
        language: lang,
        name: language(lang),
        is_ours: text.as_ref().is_none_or(String::is_empty),
        text: text.filter(|text| !text.is_empty()).unwrap_or_else(|| privacy::ours(lang, Some(name_in(unit, lang)))),
        address: format!("/privacy?unit={}&lang={lang}", percent_encode(&unit.code)),
    });
    NoticePage {
        frame: user.frame(app),
        unit: unit.code.clone(),
        unit_name: unit.name_vi.clone(),
        others: others.collect(),
        saved,
        faults,
        texts: texts.collect(),
        hotline,
    }
}

fn language(lang: &str) -> &'static str {
    if lang == "en" { "Tiếng Anh" } else { "Tiếng Việt" }
}

fn name_in<'a>(unit: &'a Unit, lang: &str) -> &'a str {
    if lang == "en" { &unit.name_en } else { &unit.name_vi }
}
