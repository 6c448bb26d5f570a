//! Adding a service point. Many at once come through `bulk_add.rs`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;

use super::book::{Book, is_online};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, NewPoint};
use crate::error::Refusal;
use crate::exchange::import::points::opened;
use crate::plan::Channel;
use crate::survey::Questionnaire;
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::questionnaires::further::asked;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::{is_open, open_units};
use crate::web::state::App;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
    form: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/points/new.html")]
struct NewPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    units: Vec<Choice>,
    forms: Vec<Choice>,
    form: Option<String>,
    reference: String,
    fields: Vec<Choice>,
    channels: Vec<Choice>,
}

/// `GET /staff/points/new`: which questionnaire; then, with `?form=`, everything else.
pub async fn new_form(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    let unit = ask.unit.as_deref().unwrap_or_default();
    let mut entry = Entry::fresh(&[("unit", unit)]);
    let form = ask.form.as_deref().filter(|form| !form.is_empty());
    if let Some(form) = form {
        entry.add("form", form);
        match book.form(form) {
            Some(form) => {
                for field in book.fields_of(form) {
                    entry.add("fields", &field.code);
                }
                entry.add("channel", word(if is_online(form) { Channel::Online } else { Channel::Counter }));
            }
            None => entry.refuse("form", "Chọn một phiếu hỏi trong danh sách."),
        }
    }
    Ok(new_page(&app, &user, &book, &entry))
}

/// `POST /staff/points/new`.
pub async fn add(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    let mut entry = Entry::sent(&body);
    let new = new_point(&mut entry, &user, &book);
    let Some(new) = new.filter(|_| !entry.is_wrong()) else { return Ok(new_page(&app, &user, &book, &entry)) };
    let db = app.db.noting(user.note(AuditedAction::AddPoint, &new.unit, new.name_vi.as_str()));
    match block(move || db.add_points(&[new])).await? {
        Ok(added) => {
            let code = added.codes.first().cloned().unwrap_or_default();
            tracing::info!(user = user.id, code, "point added");
            Ok(see_other(&format!("/staff/points?done=added&code={code}")))
        }
        Err(DbError::Exists { .. }) => {
            entry.refuse("name_vi", "Đơn vị này đã có điểm cùng tên; hãy đặt tên khác, như Quầy số 2.");
            Ok(new_page(&app, &user, &book, &entry))
        }
        Err(error) => Err(error.into()),
    }
}

fn new_point(entry: &mut Entry, user: &SignedIn, book: &Book) -> Option<NewPoint> {
    let today = clock::today();
    let unit = user.unit_of_code(entry.value("unit")).filter(|unit| is_open(unit, today)).map(|unit| unit.code.clone());
    if unit.is_none() {
        entry.refuse("unit", "Chọn một đơn vị trong danh sách.");
    }
    let form = book.form(entry.value("form"));
    if form.is_none() {
        entry.refuse("form", "Chọn một phiếu hỏi trong danh sách.");
    }
    let name_vi = entry.required_line("name_vi", "Nhập tên điểm, như Quầy số 1.");
    let name_en = entry.line("name_en");
    let served: Vec<String> =
        form.map(|form| book.fields_of(form).iter().map(|field| field.code.clone()).collect()).unwrap_or_default();
    let chosen: Vec<String> = entry.values("fields").map(str::to_owned).collect();
    if chosen.is_empty() {
        entry.refuse("fields", "Chọn ít nhất một lĩnh vực.");
    } else if chosen.iter().any(|field| !served.contains(field)) {
        entry.refuse("fields", "Chỉ chọn những lĩnh vực mà phiếu này hỏi.");
    }
    let channel = channel(entry.value("channel"));
    if channel.is_none() {
        entry.refuse("channel", "Chọn trực tiếp hoặc trực tuyến.");
    }
    let opened_on = opened(entry.value("opened"), today);
    if opened_on.is_none() {
        entry.refuse("opened", "Ghi một ngày đã qua, như 01/07/2025, hoặc để trống.");
    }
    Some(NewPoint {
        unit: unit?,
        name_en: if name_en.is_empty() { name_vi.clone() } else { name_en },
        name_vi,
        form: form?.id.clone(),
        // In the questionnaire's order, each once.
        fields: served.into_iter().filter(|field| chosen.contains(field)).collect(),
        channel: channel?,
        opened_on: opened_on?,
    })
}

/// The word of a channel as forms send it.
fn word(channel: Channel) -> &'static str {
    Channel::WORDS.iter().find(|(_, known)| *known == channel).map_or("", |(word, _)| word)
}

/// The channel of a word as forms send it.
fn channel(word: &str) -> Option<Channel> {
    Channel::WORDS.iter().find(|(known, _)| *known == word).map(|(_, channel)| *channel)
}

fn new_page(app: &App, user: &SignedIn, book: &Book, entry: &Entry) -> HttpResponse {
    let today = clock::today();
    let form = book.form(entry.value("form"));
    let fields = form.map(|form| book.fields_of(form)).unwrap_or_default();
    let form_choice = |form: &Questionnaire| {
        Choice::new(form.id.clone(), form.title.in_language("vi")).with_note(format!("{} câu", asked(form)))
    };
    let page = NewPage {
        frame: user.frame(app),
        entry,
        units: open_units(user, today),
        forms: book.forms.iter().map(form_choice).collect(),
        form: form.map(|form| form.title.in_language("vi").to_owned()),
        reference: form.map(|form| form.id.clone()).unwrap_or_default(),
        fields: fields.into_iter().map(|field| Choice::new(field.code.clone(), field.name_vi.clone())).collect(),
        channels: vec![
            Choice::new(word(Channel::Counter), "Trực tiếp").with_note("người dân đến nơi"),
            Choice::new(word(Channel::Online), "Trực tuyến").with_note("hồ sơ nộp trên mạng"),
        ],
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}
