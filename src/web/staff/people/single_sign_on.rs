//! Whether a person's account may be opened by one of the provider, for the administrator: allow it, take it away.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use super::person::{other_person, person_to_change};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, SignOnAccount};
use crate::error::Refusal;
use crate::report::format;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Ask {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/people/single_sign_on.html")]
struct SignOnPage {
    frame: Frame,
    display_name: String,
    action: String,
    provider: Option<String>,
    standing: Option<String>,
    retired: bool,
    bound: bool,
    by_claim: bool,
    email: Option<String>,
    done: Option<&'static str>,
}

/// How an account stands with the provider, in words.
pub(super) fn standing(app: &App, account: &SignOnAccount) -> String {
    let here = app.single_sign_on.as_ref().filter(|here| here.issuer() == account.issuer);
    let name = here.map_or("nơi không còn được cài đặt", |here| here.provider.name());
    let day = |at| format::date(clock::civil_date(at));
    match (account.bound_at, account.closed_at) {
        (_, Some(at)) => format!("{name} không còn cấp quyền từ {}", day(at)),
        (Some(at), None) => format!("đăng nhập qua {name}, từ {}", day(at)),
        (None, None) => format!("được phép liên kết với {name}, chưa đăng nhập lần nào"),
    }
}

/// `GET /staff/users/{name}/single-sign-on`.
pub async fn show(app: Data<App>, user: Staff, path: Path<String>, ask: Query<Ask>) -> Result<HttpResponse, Refusal> {
    // Who was retired may come back under another account, which the provider's opens only once this one has let it go.
    let person = other_person(&app, &user, &path).await?;
    let (db, id) = (app.db.clone(), person.id);
    let account = block(move || db.single_sign_on(id)).await??;
    let here = app.single_sign_on.as_deref();
    let page = SignOnPage {
        frame: user.frame(&app),
        action: format!("/staff/users/{}/single-sign-on", person.name),
        provider: here.map(|here| here.provider.name().to_owned()),
        standing: account.as_ref().map(|account| standing(&app, account)),
        retired: person.retired_at.is_some(),
        bound: account.is_some_and(|account| account.bound_at.is_some()),
        by_claim: here.is_some_and(|here| here.rules.are_by_claim()),
        email: person.email,
        display_name: person.display_name,
        done: match ask.done.as_deref() {
            Some("allowed") => Some("Đã cho phép liên kết."),
            Some("unbound") => Some("Đã bỏ liên kết."),
            _ => None,
        },
    };
    Ok(send(StatusCode::OK, &page))
}

/// `POST /staff/users/{name}/single-sign-on`: `do` is `allow` or `unbind`.
pub async fn submit(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let entry = Entry::sent(&body);
    let person = match entry.value("do") {
        "unbind" => other_person(&app, &user, &path).await?,
        _ => person_to_change(&app, &user, &path).await?,
    };
    let page = format!("/staff/users/{}/single-sign-on", person.name);
    let (unit, id) = (user.code_of_unit(person.unit), person.id);
    let (action, done) = match (entry.value("do"), app.single_sign_on.clone()) {
        ("allow", Some(here)) => {
            let db = app.db.noting(user.note(AuditedAction::AllowSingleSignOn, unit, person.name.as_str()));
            let allow = move || db.allow_single_sign_on(id, here.issuer(), clock::now());
            (block(allow).await?, "allowed")
        }
        ("unbind", _) => {
            let db = app.db.noting(user.note(AuditedAction::UnbindSingleSignOn, unit, person.name.as_str()));
            (block(move || db.unbind_single_sign_on(id)).await?, "unbound")
        }
        _ => return Ok(see_other(&page)),
    };
    match action {
        Ok(()) => Ok(see_other(&format!("{page}?done={done}"))),
        // Pressed twice, or by two: it is as it was wanted.
        Err(DbError::Exists { .. } | DbError::Unknown { .. }) => Ok(see_other(&page)),
        Err(error) => Err(error.into()),
    }
}
