//! The list of fields of service: one to add, another name for one. A new field is asked about at once, where a questionnaire is
//! chosen: its next version serves it.

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{DbError, FieldListed};
use crate::error::{Reason, Refusal};
use crate::plan::FieldOfService;
use crate::survey::hash::to_json;
use crate::survey::{Questionnaire, content_hash};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::points::book::Book;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::names::slug;
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/fields/list.html")]
struct ListPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    done: Option<&'static str>,
    fields: Vec<Line>,
    forms: Vec<Choice>,
}

struct Line {
    name_vi: String,
    name_en: String,
    own: bool,
    points: usize,
    forms: usize,
    rename: String,
}

/// `GET /staff/fields`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let done = match ask.done.as_deref() {
        Some("added") => Some("Đã thêm lĩnh vực. Chọn lĩnh vực này khi thêm điểm, chỉ tiêu, số hồ sơ."),
        Some("renamed") => Some("Đã đổi tên lĩnh vực."),
        _ => None,
    };
    page(&app, &user, &Entry::default(), done).await
}

/// `POST /staff/fields`: adds one.
pub async fn add(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let name_vi = entry.required_line("name_vi", "Nhập tên lĩnh vực, như Hộ kinh doanh.");
    let name_en = entry.line("name_en");
    let book = Book::of(&app, &user).await?;
    if is_added(&app, &user, &entry, &book, (&name_vi, &name_en)).await? {
        return Ok(see_other("/staff/fields?done=added"));
    }
    if book.fields.iter().any(|field| field.name_vi.to_lowercase() == name_vi.to_lowercase()) {
        entry.refuse("name_vi", "Đã có lĩnh vực tên này; hãy chọn tên khác.");
    }
    let id = slug(&name_vi).replace('-', "_");
    if id.is_empty() && !name_vi.is_empty() {
        entry.refuse("name_vi", "Tên cần có chữ hoặc số.");
    }
    let chosen: Vec<&Questionnaire> = entry.values("forms").filter_map(|form| book.form(form)).collect();
    let chosen: Vec<Questionnaire> = chosen.into_iter().cloned().collect();
    if !chosen.is_empty() && !user.may(Action::PublishForms) {
        return Err(Reason::NotYours.into());
    }
    let (db, forms) = (app.db.clone(), chosen.iter().map(|form| form.id.clone()).collect::<Vec<_>>());
    let asked = block(move || db.units_asking(&forms)).await??;
    let covered: HashSet<i32> = user.units.iter().map(|unit| unit.id).collect();
    let asked_elsewhere =
        |form: &Questionnaire| asked.iter().any(|(asked, unit)| *asked == form.id && !covered.contains(unit));
    if let Some(form) = chosen.iter().find(|form| asked_elsewhere(form)) {
        let title = form.title.in_language("vi");
        entry.refuse(
            "forms",
            format!("Phiếu “{title}” đang được hỏi ở điểm của đơn vị khác; hãy lập phiếu riêng của đơn vị."),
        );
    }
    if entry.is_wrong() {
        return page(&app, &user, &entry, None).await;
    }
    let new =
        FieldOfService { id: id.clone(), name_en: if name_en.is_empty() { name_vi.clone() } else { name_en }, name_vi };
    let unit = user.code_of_unit(user.unit).to_owned();
    let db = app.db.noting(user.note(AuditedAction::AddField, &unit, new.name_vi.as_str()));
    match block(move || db.add_field(&new)).await? {
        Ok(()) => {}
        Err(DbError::Exists { .. }) => {
            entry.refuse("name_vi", "Đã có lĩnh vực có mã như vậy; hãy chọn tên khác.");
            return page(&app, &user, &entry, None).await;
        }
        Err(error) => return Err(error.into()),
    }
    for mut form in chosen {
        form.version += 1;
        form.fields.push(id.clone());
        let object = format!("{}@{}", form.id, form.version);
        let db = app.db.noting(user.note(AuditedAction::PublishForm, &unit, object));
        block(move || db.publish_on_page(&form, &content_hash(&form), &to_json(&form), clock::today())).await??;
    }
    Ok(see_other("/staff/fields?done=added"))
}

/// How many of the newest deeds are looked through for a first press.
const PRESSED_LATELY: u32 = 20;

/// Whether the user has just added the very field, asked by every chosen questionnaire, as after a double press. One that stood there before,
/// perhaps another ward's, is not theirs.
async fn is_added(
    app: &App,
    user: &SignedIn,
    entry: &Entry,
    book: &Book,
    (vi, en): (&str, &str),
) -> Result<bool, Refusal> {
    let (db, unit) = (app.db.clone(), user.code_of_unit(user.unit).to_owned());
    let en = if en.is_empty() { vi } else { en };
    let read = move || Ok::<_, DbError>((db.fields_listed()?, db.audit_rows(&[unit], None, PRESSED_LATELY)?));
    let (listed, deeds) = block(read).await??;
    let known =
        listed.into_iter().find(|known| known.own && (&*known.field.name_vi, &*known.field.name_en) == (vi, en));
    let Some(known) = known.filter(|_| !entry.is_wrong()) else { return Ok(false) };
    let is_theirs = deeds
        .iter()
        .any(|deed| deed.action == AuditedAction::AddField.word() && deed.actor == user.name && deed.object == vi);
    let is_asked = |form: &str| book.form(form).is_some_and(|form| form.fields.contains(&known.field.code));
    Ok(is_theirs && entry.values("forms").all(is_asked))
}

/// `GET /staff/fields/{field}/rename`.
pub async fn rename_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let field = field_to_rename(&app, &user, &path).await?;
    let entry = Entry::fresh(&[("name_vi", &field.field.name_vi), ("name_en", &field.field.name_en)]);
    Ok(rename_page(&app, &user, &field, &entry))
}

/// `POST /staff/fields/{field}/rename`.
pub async fn rename(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let field = field_to_rename(&app, &user, &path).await?;
    let mut entry = Entry::sent(&body);
    let name_vi = entry.required_line("name_vi", "Nhập tên lĩnh vực.");
    let name_en = entry.line("name_en");
    if entry.is_wrong() {
        return Ok(rename_page(&app, &user, &field, &entry));
    }
    let name_en = if name_en.is_empty() { name_vi.clone() } else { name_en };
    let object = format!("{} → {name_vi}", field.field.name_vi);
    let db = app.db.noting(user.note(AuditedAction::RenameField, user.code_of_unit(user.unit), object));
    let code = field.field.code;
    block(move || db.rename_field(&code, &name_vi, &name_en)).await??;
    Ok(see_other("/staff/fields?done=renamed"))
}

/// A field of the whole installation is renamed by who stands at the top of it; everybody else's word for it would change, too.
async fn field_to_rename(app: &App, user: &SignedIn, code: &str) -> Result<FieldListed, Refusal> {
    if !stands_at_the_top(user) {
        return Err(Reason::NotYours.into());
    }
    let db = app.db.clone();
    let fields = block(move || db.fields_listed()).await??;
    fields.into_iter().find(|field| field.field.code == code).ok_or_else(|| Reason::NotYours.into())
}

fn stands_at_the_top(user: &SignedIn) -> bool {
    user.own_unit().is_some_and(|unit| unit.parent.is_none())
}

#[derive(Template)]
#[template(path = "staff/fields/rename.html")]
struct RenamePage<'a> {
    frame: Frame,
    entry: &'a Entry,
    name: &'a str,
    action: String,
}

fn rename_page(app: &App, user: &SignedIn, field: &FieldListed, entry: &Entry) -> HttpResponse {
    let action = format!("/staff/fields/{}/rename", percent_encode(&field.field.code));
    let page = RenamePage { frame: user.frame(app), entry, name: &field.field.name_vi, action };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

async fn page(app: &App, user: &SignedIn, entry: &Entry, done: Option<&'static str>) -> Result<HttpResponse, Refusal> {
    let book = Book::of(app, user).await?;
    let db = app.db.clone();
    let listed = block(move || db.fields_listed()).await??;
    let top = stands_at_the_top(user);
    let line = |listed: FieldListed| Line {
        forms: book.forms.iter().filter(|form| form.fields.contains(&listed.field.code)).count(),
        rename: if top {
            format!("/staff/fields/{}/rename", percent_encode(&listed.field.code))
        } else {
            String::new()
        },
        name_vi: listed.field.name_vi,
        name_en: listed.field.name_en,
        own: listed.own,
        points: listed.points,
    };
    let forms = book.forms.iter().filter(|form| form.fields.len() > 1);
    let page = ListPage {
        frame: user.frame(app),
        entry,
        done,
        fields: listed.into_iter().map(line).collect(),
        forms: forms.map(|form| Choice::new(form.id.clone(), form.title.in_language("vi"))).collect(),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}
