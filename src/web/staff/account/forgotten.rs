//! `/staff/forgotten`: who forgot the password asks for a letter with a one-time link. The answer is the same whoever asks for
//! whatever, and takes as long: the work begins when the answer is on its way.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::TimeDelta;

use super::one_time_link;
use super::sign_in;
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{Db, DbError, LinkPurpose, NewLetter, NewLink, Note, Outcome};
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::http::client::client_address;
use crate::web::staff::form::{Entry, fold};
use crate::web::staff::layout::{Frame, send, tell_anyone};
use crate::web::state::App;

/// How long a link that was asked for opens.
const LIFE: TimeDelta = TimeDelta::hours(1);
/// The window in which asks count, as `App::open` sets it.
const WINDOW_SECONDS: u32 = 60 * 60;
/// So many letters an hour go to one person at most.
const LETTERS_OF_PERSON: usize = 3;

#[derive(Template)]
#[template(path = "staff/account/forgotten.html")]
struct ForgottenPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    off: bool,
}

/// `GET /staff/forgotten`.
pub async fn show(app: Data<App>) -> Result<HttpResponse, Refusal> {
    Ok(page(&app, &Entry::default()))
}

/// `POST /staff/forgotten`.
pub async fn submit(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    if !sign_in::is_private(&app, &request) {
        return Ok(tell_anyone(&app, StatusCode::FORBIDDEN, "Đường truyền chưa an toàn", sign_in::NOT_SECURE));
    }
    let mut entry = Entry::sent(&body);
    let asked = fold(entry.value("who"));
    if asked.is_empty() {
        entry.refuse("who", "Nhập tên đăng nhập hoặc địa chỉ thư của bạn.");
        return Ok(page(&app, &entry));
    }
    if !app.forgotten.allows("", client_address(&app.config, &request)) {
        let sentence = "Đã xin quá nhiều lần. Hãy chờ một giờ rồi thử lại, hoặc nhờ người quản trị.";
        let mut told = tell_anyone(&app, StatusCode::TOO_MANY_REQUESTS, "Hãy chờ một lát", sentence);
        told.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(WINDOW_SECONDS));
        return Ok(told);
    }
    if !app.mailer.is_off() {
        let (db, public_url) = (app.db.clone(), app.config.public_url.clone());
        // Nobody waits for it, so that nobody sees by the time it takes whether there is such a person.
        drop(block(move || {
            if let Err(error) = write(&db, &public_url, &asked) {
                tracing::error!(%error, "a letter for a new password was not written");
            }
        }));
    }
    let sentence = "Nếu có tài khoản với tên hoặc địa chỉ thư ấy và tài khoản có địa chỉ thư, một thư với liên kết đặt lại mật \
                    khẩu đang được gửi. Liên kết dùng được một lần, trong một giờ. Không thấy thư thì xem cả mục thư rác, \
                    hoặc nhờ người quản trị.";
    Ok(tell_anyone(&app, StatusCode::OK, "Hãy xem hộp thư của bạn", sentence))
}

/// Writes a letter to each person of a name or an address, if they have an address.
fn write(db: &Db, public_url: &str, asked: &str) -> Result<(), DbError> {
    for person in db.users_known_as(asked)?.into_iter().filter(|person| person.retired_at.is_none()) {
        let Some(recipient) = person.email.clone() else { continue };
        let now = clock::now();
        // The same key in the same hour is written once; a number tells the letters of an hour apart.
        let hour = now.timestamp() / 3600;
        let mut keys = (1..=LETTERS_OF_PERSON).map(|number| format!("forgotten/{}/{hour}/{number}", person.name));
        let free = keys.find_map(|key| match db.letter_is_known(&key) {
            Ok(true) => None,
            Ok(false) => Some(Ok(key)),
            Err(error) => Some(Err(error)),
        });
        let Some(key) = free.transpose()? else {
            tracing::warn!(user = person.id, "letters for a new password limited");
            continue;
        };
        let Some((secret, hash)) = one_time_link::new_secret() else { continue };
        let until = now + LIFE;
        let note = Note {
            at: now,
            actor: String::new(),
            action: AuditedAction::AskForReset,
            unit: String::new(),
            object: person.name.clone(),
            outcome: Outcome::Done,
        };
        let body = format!(
            "Kính gửi {},\n\nCó người vừa xin đặt lại mật khẩu của tài khoản {}. Nếu là bạn, hãy bấm vào liên kết sau, dùng được \
             một lần, đến {}:\n{public_url}/staff/link/{secret}\n\nNếu không phải bạn, hãy bỏ qua thư này: mật khẩu vẫn như cũ. \
             Không ai được hỏi mật khẩu của bạn.",
            person.display_name,
            person.name,
            clock::date_and_time(until),
        );
        let subject = "Đặt lại mật khẩu hệ thống khảo sát sự hài lòng".to_owned();
        let letter = Some(NewLetter { key, recipient, subject, body, until });
        let link = NewLink { purpose: LinkPurpose::Reset, hash, at: now, expires_at: until, letter };
        // Of two asked for at the same moment one letter is written, and its link is the one that opens.
        db.noting(note).make_link(person.id, &link)?;
    }
    Ok(())
}

fn page(app: &App, entry: &Entry) -> HttpResponse {
    let page = ForgottenPage { frame: Frame::anonymous(app), entry, off: app.mailer.is_off() };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}
