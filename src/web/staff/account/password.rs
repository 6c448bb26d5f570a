//! Changing one's own password: the old one is asked again, and every other session ends.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::tries::{Try, told_to_wait};
use super::{credentials, sign_in};
use crate::access::AuditedAction;
use crate::db::Stage;
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::people::words;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/account/password.html")]
struct PasswordPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    done: bool,
    name: &'a str,
    role: &'static str,
    password_rule: String,
}

/// `GET /staff/password`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    Ok(page(&app, &user, StatusCode::OK, &Entry::default(), ask.done.is_some()))
}

/// `POST /staff/password`.
pub async fn submit(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    // A found session must not become a way to guess the password: the tries count as tries to sign in.
    let Some(begun) = Try::begin(&app, &request, Some(&user.name)) else {
        tracing::warn!(user = user.id, "password attempts limited");
        entry.refuse("old", "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.");
        return Ok(told_to_wait(page(&app, &user, StatusCode::TOO_MANY_REQUESTS, &entry, false)));
    };
    let old = entry.value("old").to_owned();
    if old.is_empty() {
        entry.refuse("old", "Nhập mật khẩu đang dùng.");
    } else if !sign_in::is_password_of(&app, &user.name, old).await? {
        tracing::info!(user = user.id, "old password refused");
        entry.refuse("old", "Mật khẩu đang dùng không đúng.");
    } else {
        begun.was_right();
    }
    let Some(hash) = credentials::hashed_password(&app, &mut entry, Some(user.unit)).await? else {
        return Ok(page(&app, &user, StatusCode::UNPROCESSABLE_ENTITY, &entry, false));
    };
    let (db, id) = (app.db.noting(user.note(AuditedAction::ChangePassword, "", "")), user.id);
    let found = block(move || db.change_password(id, &hash).and_then(|()| db.user(id))).await??;
    tracing::info!(user = id, "password changed");
    let Some(found) = found else { return Err(Refusal::fault("a user who signed in is not there")) };
    // Who is here has shown the second factor already.
    sign_in::begin_session(&app, &request, &found, Stage::Full, "/staff/password?done=1").await
}

fn page(app: &App, user: &SignedIn, status: StatusCode, entry: &Entry, done: bool) -> HttpResponse {
    let page = PasswordPage {
        frame: user.frame(app),
        entry,
        done,
        name: &user.name,
        role: words::role(user.role),
        password_rule: credentials::password_rule(),
    };
    send(status, &page)
}
