//! Which letters one wants, and to whoever manages accounts how letters do: what waits, since when, and what was given up.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;

use super::addresses::why_given_up;
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{GivenUp, LetterChoice, OutboxLoad};
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// The most letters listed that were given up.
const GIVEN_UP_MAX: i64 = 50;

/// Each choice: what is sent, what is read, a note.
const CHOICES: [(LetterChoice, &str, &str, &str); 3] = [
    (
        LetterChoice::All,
        "all",
        "Mọi thư",
        "Hạn báo cáo, việc đến lượt, tình hình chỉ tiêu mỗi tuần, mã kiểm chứng nhật ký.",
    ),
    (LetterChoice::DueOnly, "due", "Chỉ hạn báo cáo và việc đến lượt", ""),
    (LetterChoice::None, "none", "Không thư nào", "Thư về chính tài khoản (mời, đặt lại mật khẩu, cảnh báo) vẫn gửi."),
];

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/account/letters.html")]
struct LettersPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    done: bool,
    address: Option<String>,
    choices: Vec<Choice>,
    state: Option<State>,
}

/// How letters do.
struct State {
    off: bool,
    waiting: u64,
    oldest: Option<String>,
    last_sent: Option<String>,
    given_up: Vec<Line>,
}

struct Line {
    at: String,
    recipient: String,
    about: &'static str,
    reason: &'static str,
}

fn line(given_up: &GivenUp) -> Line {
    let about = match given_up.key.split('/').next().unwrap_or_default() {
        "link" | "forgotten" => "liên kết mời hoặc đặt lại mật khẩu",
        "test" => "thư thử",
        "address" => "đổi địa chỉ thư",
        "wrong-codes" => "cảnh báo mã xác thực",
        _ => "nhắc việc trong ngày",
    };
    let reason = why_given_up(&given_up.reason);
    Line { at: clock::date_and_time(given_up.at), recipient: given_up.recipient.clone(), about, reason }
}

impl State {
    fn new(off: bool, load: OutboxLoad, given_up: &[GivenUp]) -> Self {
        Self {
            off,
            waiting: load.waiting,
            oldest: load.oldest.map(clock::date_and_time),
            last_sent: load.last_sent.map(clock::date_and_time),
            given_up: given_up.iter().map(line).collect(),
        }
    }
}

/// `GET /staff/letters`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, id) = (app.db.clone(), user.id);
    let chosen = block(move || db.letter_choice(id)).await??;
    let word = CHOICES.iter().find(|(choice, ..)| *choice == chosen).map_or("all", |(_, word, ..)| word);
    page(&app, &user, &Entry::fresh(&[("letters", word)]), ask.done.is_some()).await
}

/// `POST /staff/letters`: keeps the choice.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let Some((choice, ..)) = CHOICES.iter().find(|(_, word, ..)| *word == entry.value("letters")) else {
        entry.refuse("letters", "Chọn một trong các mức.");
        return page(&app, &user, &entry, false).await;
    };
    let (db, id, choice) =
        (app.db.noting(user.note(AuditedAction::ChooseLetters, "", entry.value("letters"))), user.id, *choice);
    block(move || db.choose_letters(id, choice)).await??;
    Ok(see_other("/staff/letters?done=1"))
}

async fn page(app: &App, user: &SignedIn, entry: &Entry, done: bool) -> Result<HttpResponse, Refusal> {
    let (db, id, sees_all) = (app.db.clone(), user.id, user.may(Action::ManageUsers));
    let read = move || {
        let state = if sees_all { Some((db.outbox_load()?, db.letters_given_up(GIVEN_UP_MAX)?)) } else { None };
        Ok::<_, crate::db::DbError>((db.user(id)?, state))
    };
    let (person, state) = block(read).await??;
    let page = LettersPage {
        frame: user.frame(app),
        entry,
        done,
        address: person.and_then(|person| person.email),
        choices: CHOICES.map(|(_, word, text, note)| Choice::new(word, text).with_note(note)).into(),
        state: state.map(|(load, given_up)| State::new(app.mailer.is_off(), load, &given_up)),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}
