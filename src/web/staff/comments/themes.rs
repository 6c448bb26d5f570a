//! `/staff/comments/themes`: the ward's own list of what comments are about.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;

use super::back::{keeping_back, way_back};
use crate::access::AuditedAction;
use crate::cases::plain;
use crate::cases::themes::{LIST_MAX, read};
use crate::db::Unit;
use crate::error::{Reason, Refusal};
use crate::service::comments::theme_list;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::ward_above;
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
    /// The page of exploring that led to the comments.
    back: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/comments/themes.html")]
struct ThemesPage<'a> {
    frame: Frame,
    ward: &'a Unit,
    entry: &'a Entry,
    /// The comments that the list is of.
    comments: String,
    back: Option<String>,
}

/// The ward of a unit of the user's, whose list it is: their own where none is named. Who stands above several names one.
fn ward_of(user: &SignedIn, unit: &str) -> Result<Unit, Refusal> {
    let own = user.own_unit().map(|unit| unit.code.as_str()).unwrap_or_default();
    ward_above(user, if unit.is_empty() { own } else { unit }).cloned().ok_or_else(|| Reason::NotYours.into())
}

/// `GET /staff/comments/themes`, with `?unit=…` of the ward that the unit belongs to.
pub async fn form(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let ward = ward_of(&user, ask.unit.as_deref().unwrap_or_default())?;
    let (db, code) = (app.db.clone(), ward.code.clone());
    let list = block(move || theme_list(&db, &code)).await??;
    Ok(page(&app, &user, &ward, (&Entry::fresh(&[("list", &list)]), way_back(ask.back.as_deref()))))
}

/// `POST /staff/comments/themes`.
pub async fn keep(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let ward = ward_of(&user, entry.value("unit"))?;
    let back = way_back(Some(entry.value("back")));
    let list = plain(entry.value("list"));
    if list.chars().count() > LIST_MAX {
        entry.refuse("list", format!("Dài quá {LIST_MAX} ký tự; hãy viết gọn lại."));
    } else if let Err(line) = read(&list) {
        entry.refuse(
            "list",
            format!(
                "Dòng {line} không đọc được: mỗi dòng là tên chủ đề, dấu hai chấm, rồi các từ; tên không trùng nhau."
            ),
        );
    }
    if entry.is_wrong() {
        return Ok(page(&app, &user, &ward, (&entry, back)));
    }
    let db = app.db.noting(user.note(AuditedAction::ChangeThemes, &ward.code, ""));
    block(move || db.set_theme_list(ward.id, &list)).await??;
    Ok(see_other(&comments_of(&ward, back.as_ref())))
}

fn comments_of(ward: &Unit, back: Option<&String>) -> String {
    format!("/staff/comments?unit={}{}", percent_encode(&ward.code), keeping_back(back))
}

fn page(app: &App, user: &SignedIn, ward: &Unit, (entry, back): (&Entry, Option<String>)) -> HttpResponse {
    let status = if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let comments = comments_of(ward, back.as_ref());
    send(status, &ThemesPage { frame: user.frame(app), ward, entry, comments, back })
}
