//! Answer sheets that another survey program exported: a file and the point it is of, then what each column means, then the same page
//! as for our own files.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::import::WORDS;
use crate::clock;
use crate::db::{Db, PointListed, Unit};
use crate::error::Refusal;
use crate::exchange::import::foreign::{self, Fixed, Heading, Meaning};
use crate::service;
use crate::service::imports::Source;
use crate::survey::Questionnaire;
use crate::table::Table;
use crate::web::http::block::block;
use crate::web::http::multipart::{content_type, parts};
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::imports::{self, Back, handed_back, series_of, shown_or_stored, words};
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// How sheets may have been asked: the word of our own files, its name.
const MODES: [(&str, &str); 3] =
    [("giấy", "Phiếu giấy"), ("điện thoại", "Qua điện thoại"), ("phỏng vấn", "Phỏng vấn trực tiếp")];
const REVERSED: &str = "reversed";
/// Which level is the best: its word, what is read.
const DIRECTIONS: [(&str, &str); 2] =
    [("as-is", "5 là rất hài lòng, 1 là rất không hài lòng"), (REVERSED, "1 là rất hài lòng, 5 là rất không hài lòng")];
/// Where a file and its point are asked.
const HERE: &str = "/staff/entry/import/other";
/// Where what columns mean is sent.
const MEANT: &str = "/staff/entry/import/other/meant";

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
    /// The file as it came, to be handed back.
    file: String,
    columns: Vec<ColumnShown>,
    meanings: Vec<Meaning>,
}

struct ColumnShown {
    place: usize,
    text: String,
    sample: String,
    /// What it means, as guessed or chosen.
    word: String,
    error: Option<String>,
}

impl<'a> Read<'a> {
    fn new(name: &'a str, file: String, table: &Table, words: &[String], form: &Questionnaire, entry: &Entry) -> Self {
        let shown = |(place, (heading, word)): (usize, (Heading, &String))| ColumnShown {
            place,
            text: heading.text,
            sample: heading.sample.chars().take(60).collect(),
            word: word.clone(),
            error: entry.error(&format!("m{place}")).map(str::to_owned),
        };
        let columns = foreign::headings(table).into_iter().zip(words).enumerate().map(shown).collect();
        Self { name, file, columns, meanings: foreign::meanings(form) }
    }
}

/// `GET /staff/entry/import/other`.
pub async fn form(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let open = open_points(&app, &user).await?;
    Ok(page(&app, &user, &Entry::default(), &open, None))
}

/// `POST /staff/entry/import/other`: a file and its point; the page that asks what its columns mean.
pub async fn submit(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let parts = parts(content_type(&request), &body).unwrap_or_default();
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    let point = part("point").and_then(|part| std::str::from_utf8(part.bytes).ok()).unwrap_or_default();
    let file = part("file").map(|file| (file.file_name.clone().unwrap_or_default(), file.bytes)).unwrap_or_default();
    let mut entry = Entry::fresh(&[("point", point)]);
    let open = open_points(&app, &user).await?;
    let form = asked_at(&app, &open, &mut entry).await?;
    let table = table_of(&mut entry, file.1.to_vec()).await?;
    let (Some(form), Some(table)) = (form, table) else {
        return Ok(page(&app, &user, &entry, &open, None));
    };
    let guesses = foreign::guesses(&foreign::headings(&table), &form);
    let read = Read::new(&file.0, STANDARD.encode(file.1), &table, &guesses, &form, &entry);
    Ok(page(&app, &user, &entry, &open, Some(read)))
}

/// `POST /staff/entry/import/other/meant`: the file under our own headings, tried or stored as one of our own.
pub async fn translate(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let open = open_points(&app, &user).await?;
    let form = asked_at(&app, &open, &mut entry).await?;
    let file = handed_back(entry.value("table").as_bytes());
    let table = table_of(&mut entry, file).await?;
    let (Some(form), Some(table)) = (form, table) else {
        return Ok(page(&app, &user, &entry, &open, None));
    };
    let meant = meant(&mut entry, foreign::headings(&table).len(), &foreign::meanings(&form));
    let one_of = |entry: &mut Entry, name: &str, known: &[(&'static str, &str)], missing: &str| {
        let word = known.iter().find(|(word, _)| *word == entry.value(name)).map(|(word, _)| *word);
        if word.is_none() {
            entry.refuse(name, missing);
        }
        word
    };
    let mode = one_of(&mut entry, "mode", &MODES, "Chọn cách thu phiếu.");
    let direction = one_of(&mut entry, "direction", &DIRECTIONS, "Cho biết trong tệp mức 5 hay mức 1 là rất hài lòng.");
    let (Some(mode), Some(direction), false) = (mode, direction, entry.is_wrong()) else {
        let read = Read::new(entry.value("name"), entry.value("table").to_owned(), &table, &meant, &form, &entry);
        return Ok(page(&app, &user, &entry, &open, Some(read)));
    };
    let name = entry.value("name").to_owned();
    let fixed = Fixed {
        point: entry.value("point").to_owned(),
        form: form.reference(),
        mode: mode.to_owned(),
        reversed: direction == REVERSED,
    };
    let columns = meant.iter().enumerate().filter(|(_, word)| !word.is_empty());
    let columns = columns.map(|(place, word)| (format!("m{place}"), word.clone()));
    let said = [("point", fixed.point.as_str()), ("mode", mode), ("direction", direction)];
    let said = said.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let back = Back {
        address: MEANT,
        fields: said.into_iter().chain(columns).collect(),
        file: entry.value("table").to_owned(),
    };
    let (series, stores) = (series_of(entry.value("series")), entry.value("do") == "store");
    let check = move |db: &Db, units: &[Unit]| {
        let made = foreign::relabelled(&table, &meant, &form, &fixed);
        let source = Source { name: &name, table: &made.table, series };
        let mut checked = service::imports::check(db, WORDS.kind, source, units, clock::today())?;
        made.told(&mut checked.refused, &mut checked.notes);
        Ok(checked)
    };
    // Another file of that program is begun where its point is asked, not where our own files are taken.
    let words = imports::Words { begins: Some(HERE), ..WORDS };
    shown_or_stored(&app, &user, words, stores, back, check).await
}

/// What was sent as a file, with a row of headings; what is wrong with it is noted.
async fn table_of(entry: &mut Entry, bytes: Vec<u8>) -> Result<Option<Table>, Refusal> {
    if bytes.is_empty() {
        entry.refuse("file", "Chọn tệp CSV hoặc Excel.");
        return Ok(None);
    }
    match block(move || Table::read(&bytes)).await? {
        Ok(table) if foreign::headings(&table).len() > 1 => return Ok(Some(table)),
        Ok(_) => entry.refuse("file", "Dòng đầu của tệp phải là tên các cột, ít nhất 2 cột."),
        Err(fault) => entry.refuse("file", words::file(&fault)),
    }
    Ok(None)
}

/// What each column is said to mean, empty for what is passed over. A day there must be, and no meaning twice.
fn meant(entry: &mut Entry, columns: usize, known: &[Meaning]) -> Vec<String> {
    let mut meant: Vec<String> = Vec::new();
    for place in 0..columns {
        let field = format!("m{place}");
        let meaning = known.iter().find(|meaning| meaning.word == entry.value(&field));
        if let Some(meaning) = meaning.filter(|meaning| meant.contains(&meaning.word)) {
            entry.refuse(&field, format!("Đã có cột khác là “{}”; mỗi ý chỉ một cột.", meaning.name));
        }
        meant.push(meaning.map_or_else(String::new, |meaning| meaning.word.clone()));
    }
    if !meant.iter().any(|word| word == "day") {
        entry.refuse("columns", "Cho biết cột nào là ngày trả lời.");
    }
    meant
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

/// The questionnaire that the chosen point asks; a point that is none of the user's open ones is refused.
async fn asked_at(app: &App, open: &[PointListed], entry: &mut Entry) -> Result<Option<Questionnaire>, Refusal> {
    let form = open.iter().find(|point| point.code == entry.value("point")).map(|point| point.form.clone());
    let db = app.db.clone();
    let found = block(move || form.map_or(Ok(None), |form| db.newest_form(&form))).await??;
    if found.is_none() {
        entry.refuse("point", "Chọn một điểm phục vụ trong danh sách.");
    }
    Ok(found.map(|form| form.questionnaire.clone()))
}

fn page(app: &App, user: &SignedIn, entry: &Entry, open: &[PointListed], read: Option<Read<'_>>) -> HttpResponse {
    let point = |point: &PointListed| Choice::new(&point.code, format!("{} ({})", point.name_vi, point.code));
    let page = Page {
        frame: user.frame(app),
        entry,
        points: open.iter().map(point).collect(),
        modes: MODES.map(|(word, name)| Choice::new(word, name)).into(),
        directions: DIRECTIONS.map(|(word, name)| Choice::new(word, name)).into(),
        read,
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}
