//! What every page of imports shares: the file of a request, the page that shows what would come of it, and storing it.

pub mod caseload;
pub mod external_figures;
pub(in crate::web::staff) mod words;

use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::access::AuditedAction;
use crate::clock;
use crate::db::{Db, ImportKind, Unit};
use crate::error::Refusal;
use crate::exchange::import::Place;
use crate::report::{Language, format};
use crate::service::imports::{self, Checked, IntakeError, Source};
use crate::sheet::tally::Series;
use crate::table::{BYTES_MAX, Table};
use crate::web::http::block::block;
use crate::web::http::multipart::parts;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// The largest body: a file handed back in the letters of base64, four for three bytes.
pub const BODY_BYTES_MAX: usize = 2 * BYTES_MAX + 64 * 1024;
/// So many rows that can be taken are shown; all of them are stored.
const SHOWN_ROWS: usize = 200;
/// So many refusals are shown.
const SHOWN_REFUSALS: usize = 300;

/// The words of one kind of import.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// What it holds.
    pub kind: ImportKind,
    /// Address of the page where a file is chosen.
    pub address: &'static str,
    /// Where the file itself is chosen only after something else: another file is begun there, not on the page that shows this one.
    pub begins: Option<&'static str>,
    /// Address of the template.
    pub template: &'static str,
    /// Name of the template as a file.
    pub file: &'static str,
    /// Address that says what was stored, up to the number of rows.
    pub done: &'static str,
    /// Where one comes from and goes back to.
    pub list: &'static str,
    pub list_name: &'static str,
    /// Heading of the page.
    pub heading: &'static str,
    /// What the file must hold.
    pub about: &'static str,
    /// What the audit log calls it.
    pub action: AuditedAction,
}

#[derive(Template)]
#[template(path = "staff/imports/import.html")]
struct ImportPage<'a> {
    frame: Frame,
    words: Words,
    /// Why the file was not taken up at all.
    fault: Option<String>,
    checked: Option<Shown<'a>>,
}

struct Shown<'a> {
    name: &'a str,
    headings: Vec<&'static str>,
    lines: Vec<ShownLine>,
    more: usize,
    refused: Vec<ShownRefusal<'a>>,
    more_refused: usize,
    refused_lines: usize,
    new: String,
    replaces: String,
    same: String,
    sound: bool,
    before: Option<String>,
    /// What was read and what was left out.
    read: Vec<String>,
    left_out: Vec<String>,
    back: &'a Back,
    count: String,
}

struct ShownLine {
    place: String,
    cells: Vec<String>,
    fate: String,
}

struct ShownRefusal<'a> {
    /// The line, with the worksheet where there are several.
    place: String,
    column: &'a str,
    what: String,
    todo: String,
}

impl Words {
    /// Whether it is asked how the answers were collected.
    fn has_series(&self) -> bool {
        self.kind == ImportKind::Responses
    }
}

/// The page before a file is chosen.
pub fn form(app: &App, user: &SignedIn, words: Words) -> HttpResponse {
    send(StatusCode::OK, &ImportPage { frame: user.frame(app), words, fault: None, checked: None })
}

/// A file sent: the page that shows what would come of it, or, once it is stored, the way to where that is said.
pub async fn submit(
    app: &App,
    user: &SignedIn,
    request: &HttpRequest,
    body: Bytes,
    words: Words,
) -> Result<HttpResponse, Refusal> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let parts = parts(content_type.unwrap_or_default(), &body).unwrap_or_default();
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    let text = |name: &str| part(name).and_then(|part| std::str::from_utf8(part.bytes).ok()).unwrap_or_default();
    let (name, bytes) = match (part("table"), part("file")) {
        (Some(table), _) => (text("name").to_owned(), handed_back(table.bytes)),
        (None, Some(file)) => (file.file_name.clone().unwrap_or_default(), file.bytes.to_vec()),
        (None, None) => (String::new(), Vec::new()),
    };
    if bytes.is_empty() {
        return Ok(refused(app, user, words, "Chưa chọn tệp, hoặc tệp rỗng.".to_owned()));
    }
    let (series, stores) = (series_of(text("series")), text("do") == "store");
    let back = Back { address: words.address, fields: Vec::new(), file: STANDARD.encode(&bytes) };
    let check = move |db: &Db, units: &[Unit]| {
        let table = Table::read(&bytes).map_err(IntakeError::File)?;
        imports::check(db, words.kind, Source { name: &name, table: &table, series }, units, clock::today())
    };
    shown_or_stored(app, user, words, stores, back, check).await
}

/// The series of answers: what is not said to be drawn by a sampling plan is not.
pub(in crate::web::staff) fn series_of(word: &str) -> Series {
    if word == "sample" { Series::Sample } else { Series::Open }
}

/// How a page hands a file back that it showed.
#[derive(Debug)]
pub(in crate::web::staff) struct Back {
    /// Where to.
    pub address: &'static str,
    /// What goes with it beside its name: names and values.
    pub fields: Vec<(String, String)>,
    /// The file as it came, in the letters of base64.
    pub file: String,
}

/// The template of a kind as a download.
pub async fn template(words: Words) -> Result<HttpResponse, Refusal> {
    let bytes = block(move || imports::template(words.kind)).await??;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", words.file)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes))
}

/// What `check` makes of a file: shown with what would come of it, or with `stores` stored, where every row of it can be.
pub(in crate::web::staff) async fn shown_or_stored(
    app: &App,
    user: &SignedIn,
    words: Words,
    stores: bool,
    back: Back,
    check: impl FnOnce(&Db, &[Unit]) -> Result<Checked, IntakeError> + Send + 'static,
) -> Result<HttpResponse, Refusal> {
    let (db, units) = (app.db.clone(), user.units.clone());
    let checked = match block(move || check(&db, &units)).await? {
        Ok(checked) => checked,
        Err(IntakeError::File(fault)) => return Ok(refused(app, user, words, words::file(&fault))),
        Err(error) => return Err(error.into()),
    };
    if !stores || !checked.is_sound() {
        return Ok(page(app, user, words, &checked, &back));
    }
    let object = format!("{} {}", checked.name, checked.hash());
    let db = app.db.noting(user.note(words.action, user.code_of_unit(user.unit), object));
    let by = user.name.clone();
    match block(move || imports::store(&db, &checked, &by, clock::now())).await? {
        Ok(rows) => {
            tracing::info!(user = user.id, rows, "file imported");
            Ok(see_other(&format!("{}{rows}", words.done)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The file that a page handed back: its letters, which are no letters of base64 where a form was forged.
pub(in crate::web::staff) fn handed_back(letters: &[u8]) -> Vec<u8> {
    let letters: Vec<u8> = letters.iter().copied().filter(|letter| !letter.is_ascii_whitespace()).collect();
    STANDARD.decode(letters).unwrap_or_default()
}

fn refused(app: &App, user: &SignedIn, words: Words, fault: String) -> HttpResponse {
    let page = ImportPage { frame: user.frame(app), words, fault: Some(fault), checked: None };
    send(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn page(app: &App, user: &SignedIn, words: Words, checked: &Checked, back: &Back) -> HttpResponse {
    let count = |number: usize| format::count(number as u64, Language::Vi);
    let [new, replaces, same] = checked.fates();
    let lines = checked.lines.iter().take(SHOWN_ROWS).map(|line| ShownLine {
        place: words::place_short(&line.place),
        cells: line.cells.iter().map(words::value).collect(),
        fate: words::fate(&line.fate),
    });
    let refused = checked.refused.iter().take(SHOWN_REFUSALS).map(|refused| {
        let (what, todo) = words::refused(&refused.reason);
        ShownRefusal { place: words::place(&refused.place), column: &refused.column, what, todo }
    });
    let mut refused_lines: Vec<&Place> = checked.refused.iter().map(|refused| &refused.place).collect();
    refused_lines.dedup();
    let before = checked.before.as_ref().map(|file| {
        let on = format::date(clock::civil_date(file.at));
        format!("Đúng các dòng này đã được nhập ngày {on} (tệp “{}”, {}).", file.name, file.by)
    });
    let (read, left_out) = words::notes(&checked.notes);
    let shown = Shown {
        name: &checked.name,
        headings: checked.headings.iter().map(|heading| words::heading(*heading)).collect(),
        lines: lines.collect(),
        more: checked.lines.len().saturating_sub(SHOWN_ROWS),
        refused: refused.collect(),
        more_refused: checked.refused.len().saturating_sub(SHOWN_REFUSALS),
        refused_lines: refused_lines.len(),
        new: count(new),
        replaces: count(replaces),
        same: count(same),
        sound: checked.is_sound(),
        before,
        read,
        left_out,
        back,
        count: count(checked.lines.len()),
    };
    let status = if shown.refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    send(status, &ImportPage { frame: user.frame(app), words, fault: None, checked: Some(shown) })
}
