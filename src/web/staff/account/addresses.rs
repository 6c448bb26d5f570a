//! Where letters to a person go: the own address, changed with the password; another's, by whoever manages accounts; with a letter on
//! trial, and what became of the last one.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::tries::{Try, told_to_wait};
use super::{credentials, sign_in};
use crate::access::{AuditedAction, EmailAddress};
use crate::clock;
use crate::db::{Db, DbError, LetterState, NewLetter, StaffUser};
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::people::person::person_to_change;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/account/address.html")]
struct AddressPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    own: bool,
    display_name: String,
    action: String,
    address: Option<String>,
    done: Option<&'static str>,
    off: bool,
    last: Option<String>,
}

/// What became of the last letter to an address, in words.
pub(in crate::web::staff) fn fate_words(fate: &LetterState) -> String {
    let at = clock::date_and_time(fate.at());
    match fate {
        LetterState::Waiting { tries: 0, .. } => format!("đang chờ gửi, viết lúc {at}"),
        LetterState::Waiting { tries, .. } => {
            format!("chưa gửi được sau {tries} lần thử, viết lúc {at}; sẽ thử lại")
        }
        LetterState::Sent(_) => format!("đã giao cho máy chủ thư lúc {at}"),
        LetterState::GivenUp { reason, .. } => format!("không gửi được, đã thôi lúc {at}: {}", why_given_up(reason)),
    }
}

/// Why a letter was given up.
pub(in crate::web::staff) fn why_given_up(reason: &str) -> &'static str {
    match reason {
        "refused" => "máy chủ thư từ chối",
        "unsendable" => "địa chỉ không dùng được",
        "late" => "quá ngày cuối của thư",
        _ => "không gửi được trong một tuần",
    }
}

/// `GET /staff/address`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let person = own(&app, &user).await?;
    page(&app, &user, &person, None, ask.done.as_deref()).await
}

/// `POST /staff/address`: changes the own address, or sends a letter on trial.
pub async fn submit(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let person = own(&app, &user).await?;
    let mut entry = Entry::sent(&body);
    if entry.value("do") == "test" {
        return Ok(see_other(if test(&app, &user, &person).await? {
            "/staff/address?done=test"
        } else {
            "/staff/address"
        }));
    }
    let address = credentials::address(&mut entry, "email");
    // A browser left open must not move the way to a new password elsewhere.
    let password = entry.value("old").to_owned();
    let begun = Try::begin(&app, &request, Some(&user.name));
    let limited = begun.is_none();
    if let Some(begun) = begun {
        if sign_in::is_password_of(&app, &user.name, password).await? {
            begun.was_right();
        } else {
            entry.refuse("old", "Mật khẩu đang dùng không đúng.");
        }
    } else {
        tracing::warn!(user = user.id, "password attempts limited");
        entry.refuse("old", "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.");
    }
    if entry.is_wrong() {
        let mut answer = page(&app, &user, &person, Some(&entry), None).await?;
        if limited {
            *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            answer = told_to_wait(answer);
        }
        return Ok(answer);
    }
    change(&app, &user, &person, address).await?;
    Ok(see_other("/staff/address?done=kept"))
}

/// `GET /staff/users/{name}/address`.
pub async fn show_of(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    page(&app, &user, &person, None, ask.done.as_deref()).await
}

/// `POST /staff/users/{name}/address`.
pub async fn submit_of(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    let mut entry = Entry::sent(&body);
    let here = action(&user, &person);
    if entry.value("do") == "test" {
        return Ok(see_other(&if test(&app, &user, &person).await? { format!("{here}?done=test") } else { here }));
    }
    let address = credentials::address(&mut entry, "email");
    if entry.is_wrong() {
        return page(&app, &user, &person, Some(&entry), None).await;
    }
    change(&app, &user, &person, address).await?;
    Ok(see_other(&format!("{here}?done=kept")))
}

fn action(user: &SignedIn, person: &StaffUser) -> String {
    if person.id == user.id { "/staff/address".to_owned() } else { format!("/staff/users/{}/address", person.name) }
}

async fn own(app: &App, user: &SignedIn) -> Result<StaffUser, Refusal> {
    let (db, id) = (app.db.clone(), user.id);
    block(move || db.user(id)).await??.ok_or_else(|| Refusal::fault("who has signed in is not there"))
}

/// Sets the address; the old one is told, so that a change by a stranger is noticed.
async fn change(app: &App, user: &SignedIn, person: &StaffUser, address: Option<EmailAddress>) -> Result<(), Refusal> {
    let db = app.db.noting(user.note(AuditedAction::SetAddress, user.code_of_unit(person.unit), person.name.as_str()));
    let (id, now) = (person.id, clock::now());
    if app.mailer.is_off() {
        return Ok(block(move || db.set_email(id, address.as_ref())).await??);
    }
    let (name, display_name) = (person.name.clone(), person.display_name.clone());
    let letter = move |recipient| NewLetter {
        // A number of its own: two changes within a millisecond are told both.
        key: format!("address/{name}/{}", uuid::Uuid::new_v4()),
        recipient,
        subject: "Địa chỉ thư của tài khoản đã đổi".to_owned(),
        body: format!(
            "Kính gửi {display_name},\n\nĐịa chỉ nhận thư của tài khoản {name} vừa được đổi; thư về sau không gửi tới đây nữa.\n\nNếu không phải \
             bạn hay người quản trị đổi, hãy báo người quản trị ngay."
        ),
        until: now + chrono::TimeDelta::days(7),
    };
    Ok(block(move || db.set_email_telling(id, address.as_ref(), now, letter)).await??)
}

/// Writes a letter on trial, at most one a minute; false where none can go.
async fn test(app: &App, user: &SignedIn, person: &StaffUser) -> Result<bool, Refusal> {
    let Some(recipient) = person.email.clone().filter(|_| !app.mailer.is_off()) else { return Ok(false) };
    let now = clock::now();
    let letter = NewLetter {
        key: format!("test/{}/{}", person.name, now.timestamp() / 60),
        recipient,
        subject: "Thư thử".to_owned(),
        body: format!(
            "Kính gửi {},\n\nĐây là thư thử do {} gửi từ hệ thống khảo sát sự hài lòng. Thư đến nơi nghĩa là địa chỉ dùng được.",
            person.display_name, user.display_name
        ),
        until: now + chrono::TimeDelta::hours(1),
    };
    let db = app.db.clone();
    block(move || db.write_letter(&letter, now)).await??;
    Ok(true)
}

async fn page(
    app: &App,
    user: &SignedIn,
    person: &StaffUser,
    entry: Option<&Entry>,
    done: Option<&str>,
) -> Result<HttpResponse, Refusal> {
    let (db, address) = (app.db.clone(), person.email.clone());
    let last = block(move || last_letter(&db, address.as_deref())).await??;
    let fresh = Entry::fresh(&[("email", person.email.as_deref().unwrap_or_default())]);
    let entry = entry.unwrap_or(&fresh);
    let page = AddressPage {
        frame: user.frame(app),
        entry,
        own: person.id == user.id,
        display_name: person.display_name.clone(),
        action: action(user, person),
        address: person.email.clone(),
        done: match done {
            Some("kept") => Some("Đã lưu địa chỉ thư."),
            Some("test") => Some("Đã viết thư thử; tải lại trang sau một phút để xem đã gửi được chưa."),
            _ => None,
        },
        off: app.mailer.is_off(),
        last,
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

fn last_letter(db: &Db, address: Option<&str>) -> Result<Option<String>, DbError> {
    let Some(address) = address else { return Ok(None) };
    Ok(db.last_letter_to(address)?.as_ref().map(fate_words))
}
