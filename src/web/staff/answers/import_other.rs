//! Answer sheets that another survey program exported: a file and the point it is of, then what each column means, then the same page
//! as for our own files.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::import::WORDS;
use crate::clock;
use crate::db::PointListed;
use crate::error::Refusal;
use crate::exchange::import::foreign::{self, Fixed};
use crate::survey::Questionnaire;
use crate::table::Table;
use crate::web::http::multipart::parts;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::imports::{handed_back, try_made};
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::session::{SignedIn, Staff};
use crate::web::state::App;

/// How sheets may have been asked: the word of our own files, its name.
const MODES: [(&str, &str); 3] =
    [("giấy", "Phiếu giấy"), ("điện thoại", "Qua điện thoại"), ("phỏng vấn", "Phỏng vấn trực tiếp")];

#[derive(Template)]
#[template(path = "staff/answers/import_other.html")]
struct Page<'a> {
    frame: Frame,
    entry: &'a Entry,
    points: Vec<Choice>,
    modes: Vec<Choice>,
    directions: Vec<Choice>,
    read: Option<Read<'a>>,
}

/// A file whose columns are to be named.
struct Read<'a> {
    name: &'a str,
    point: &'a str,
    /// The file as it came, to be handed back.
    file: String,
    columns: Vec<ColumnShown>,
    meanings: Vec<foreign::Meaning>,
}

struct ColumnShown {
    place: usize,
    text: String,
    sample: String,
    guess: String,
}

/// `GET /staff/entry/import/other`.
pub async fn form(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let open = open_points(&app, &user).await?;
    Ok(page(&app, &user, &Entry::default(), &open, None))
}

/// `POST /staff/entry/import/other`: a file and its point; the page that asks what its columns mean.
pub async fn submit(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let parts = parts(content_type.unwrap_or_default(), &body).unwrap_or_default();
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    let point = part("point").and_then(|part| std::str::from_utf8(part.bytes).ok()).unwrap_or_default();
    let file = part("file").map(|file| (file.file_name.clone().unwrap_or_default(), file.bytes)).unwrap_or_default();
    let mut entry = Entry::fresh(&[("point", point)]);
    let open = open_points(&app, &user).await?;
    let asked = asked_at(&app, &open, point).await?;
    if asked.is_none() {
        entry.refuse("point", "Chọn một điểm phục vụ trong danh sách.");
    }
    let headings = match Table::read(file.1) {
        Ok(table) => foreign::headings(&table),
        Err(_) => Vec::new(),
    };
    if headings.len() < 2 {
        entry.refuse("file", "Chọn tệp CSV hoặc Excel có dòng đầu là tên cột.");
    }
    let (Some(form), false) = (asked, entry.is_wrong()) else {
        return Ok(page(&app, &user, &entry, &open, None));
    };
    let columns = headings.into_iter().enumerate().map(|(place, heading)| ColumnShown {
        place,
        guess: foreign::guess(&heading.text, &form),
        text: heading.text,
        sample: heading.sample.chars().take(60).collect(),
    });
    let read = Read {
        name: &file.0,
        point,
        file: STANDARD.encode(file.1),
        columns: columns.collect(),
        meanings: foreign::meanings(&form),
    };
    Ok(page(&app, &user, &entry, &open, Some(read)))
}

/// `POST /staff/entry/import/other/meant`: the file as one of our own, tried as such.
pub async fn translate(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let open = open_points(&app, &user).await?;
    let form = asked_at(&app, &open, entry.value("point")).await?;
    let table = Table::read(&handed_back(entry.value("table").as_bytes())).ok();
    let mode = MODES.iter().find(|(word, _)| *word == entry.value("mode"));
    let (Some(form), Some(table), Some((mode, _))) = (form, table, mode) else {
        entry.refuse("file", "Hãy chọn lại tệp và điểm phục vụ.");
        return Ok(page(&app, &user, &entry, &open, None));
    };
    let columns = foreign::headings(&table).len();
    let known = foreign::meanings(&form);
    let meant: Vec<String> = (0..columns)
        .map(|place| entry.value(&format!("m{place}")).to_owned())
        .map(|word| if known.iter().any(|meaning| meaning.word == word) { word } else { String::new() })
        .collect();
    let fixed = Fixed {
        point: entry.value("point").to_owned(),
        form: form.reference(),
        mode: (*mode).to_owned(),
        reversed: entry.value("direction") == "reversed",
    };
    let bytes = foreign::translated(&table, &meant, &form, &fixed).map_err(Refusal::fault)?;
    try_made(&app, &user, entry.value("name").to_owned(), bytes, WORDS).await
}

/// The points of the user's units at which answers are taken now.
async fn open_points(app: &App, user: &SignedIn) -> Result<Vec<PointListed>, Refusal> {
    let (db, units) = (app.db.clone(), user.units.clone());
    let today = clock::today();
    let mut points = block(move || {
        let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
        db.points(Some(&ids))
    })
    .await??;
    points.retain(|point| point.retired_on.is_none_or(|retired| retired > today));
    Ok(points)
}

/// The questionnaire that an open point of the user's asks.
async fn asked_at(app: &App, open: &[PointListed], code: &str) -> Result<Option<Questionnaire>, Refusal> {
    let Some(form) = open.iter().find(|point| point.code == code).map(|point| point.form.clone()) else {
        return Ok(None);
    };
    let db = app.db.clone();
    let found = block(move || db.newest_form(&form)).await??;
    Ok(found.map(|form| form.questionnaire.clone()))
}

fn page(app: &App, user: &SignedIn, entry: &Entry, open: &[PointListed], read: Option<Read<'_>>) -> HttpResponse {
    let point = |point: &PointListed| Choice::new(&point.code, format!("{} ({})", point.name_vi, point.code));
    let page = Page {
        frame: user.frame(app),
        entry,
        points: open.iter().map(point).collect(),
        modes: MODES.map(|(word, name)| Choice::new(word, name)).into(),
        directions: vec![
            Choice::new("as-is", "5 là rất hài lòng, 1 là rất không hài lòng"),
            Choice::new("reversed", "1 là rất hài lòng, 5 là rất không hài lòng"),
        ],
        read,
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}
