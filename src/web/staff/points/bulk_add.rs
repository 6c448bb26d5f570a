//! Many points at once: a table pasted from a spreadsheet is tried row by row, shown, and added whole or not at all.

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, block};
use askama::Template;
use chrono::NaiveDate;

use super::list::Book;
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, NewPoint, PointListed, UnitKind};
use crate::error::Refusal;
use crate::plan::Channel;
use crate::survey::Questionnaire;
use crate::web::staff::form::{Entry, NAME_MAX, fold};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::session::{SignedIn, Staff};
use crate::web::staff::units::list::is_open;
use crate::web::state::App;

/// The most rows of one table.
const ROWS_MAX: usize = 500;
/// The largest body: a full table with long names, percent-encoded.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

#[derive(Template)]
#[template(path = "staff/points/bulk_add.html")]
struct PastePage<'a> {
    frame: Frame,
    entry: &'a Entry,
    rows: &'a [Row],
    good: usize,
    ready: bool,
    example: String,
    forms: Vec<(String, String)>,
}

/// One row of the table and what would come of it.
#[derive(Debug)]
struct Row {
    line: u64,
    unit: String,
    name: String,
    form: String,
    fields: String,
    channel: String,
    faults: Vec<String>,
    point: Option<NewPoint>,
}

/// `GET /staff/points/paste`.
pub async fn show(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    Ok(page(&app, &user, &book, &Entry::default(), &[]))
}

/// `POST /staff/points/paste`: `do=check` shows what would come of it, `do=add` adds when every row is sound.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    let mut entry = Entry::sent(&body);
    let table = entry.value("rows").to_owned();
    let rows = match read(&table, &user, &book, clock::today()) {
        Ok(rows) => rows,
        Err(sentence) => {
            entry.refuse("rows", sentence);
            Vec::new()
        }
    };
    let faulty = rows.iter().filter(|row| row.point.is_none()).count();
    if faulty > 0 {
        entry.refuse(
            "rows",
            format!("{faulty} trong {} dòng chưa thêm được; xem cột Kết quả. Chưa điểm nào được thêm.", rows.len()),
        );
    }
    if entry.is_wrong() || entry.value("do") != "add" {
        return Ok(page(&app, &user, &book, &entry, &rows));
    }
    let (db, new): (_, Vec<NewPoint>) = (app.db.clone(), rows.iter().filter_map(|row| row.point.clone()).collect());
    let db = db.noting(user.note(AuditedAction::AddPoints, user.code_of_unit(user.unit), new.len().to_string()));
    match block(move || db.add_points(&new)).await? {
        Ok(codes) => {
            tracing::info!(user = user.id, points = codes.len(), "points added");
            Ok(see_other(&format!("/staff/points?done=pasted&count={}", codes.len())))
        }
        Err(DbError::Exists { value, .. }) => {
            entry.refuse(
                "rows",
                format!("Vừa có người thêm điểm “{value}”. Chưa điểm nào của bảng được thêm; hãy kiểm tra lại."),
            );
            Ok(page(&app, &user, &book, &entry, &rows))
        }
        Err(error) => Err(error.into()),
    }
}

fn page(app: &App, user: &SignedIn, book: &Book, entry: &Entry, rows: &[Row]) -> HttpResponse {
    let today = clock::today();
    let open = || user.units.iter().filter(|unit| is_open(unit, today));
    let unit = open().find(|unit| unit.kind == UnitKind::OneStopCentre).or_else(|| open().next());
    let unit = unit.map_or("", |unit| unit.code.as_str());
    let page = PastePage {
        frame: user.frame(app),
        entry,
        rows,
        good: rows.iter().filter(|row| row.point.is_some()).count(),
        ready: !rows.is_empty() && !entry.is_wrong(),
        example: format!(
            "{unit}; Quầy số 1; Counter 1; thu-tuc-hanh-chinh-ngan; judicial, land\n{unit}; Nộp trực tuyến; Online; dich-vu-cong-truc-tuyen; ; trực tuyến"
        ),
        forms: book.forms.iter().map(|form| (form.id.clone(), form.title.in_language("vi").to_owned())).collect(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// The rows of a table with tabs (as pasted from a spreadsheet) or else semicolons between its cells.
fn read(table: &str, user: &SignedIn, book: &Book, today: NaiveDate) -> Result<Vec<Row>, String> {
    // Browsers send CRLF; with plain ends of line the reader counts lines as people do.
    let table = &table.replace("\r\n", "\n");
    let delimiter = if table.contains('\t') { b'\t' } else { b';' };
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(delimiter).trim(csv::Trim::All);
    let mut rows = Vec::new();
    let mut names = HashSet::new();
    for record in reader.from_reader(table.as_bytes()).records() {
        let record = record.map_err(|error| format!("Không đọc được bảng: {error}."))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: usize| record.get(place).map(fold).unwrap_or_default();
        let is_heading = rows.is_empty() && ["đơn vị", "unit"].contains(&cell(0).to_lowercase().as_str());
        if is_heading || record.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() == ROWS_MAX {
            return Err(format!("Bảng có hơn {ROWS_MAX} dòng; hãy chia ra."));
        }
        let cells = [0, 1, 2, 3, 4, 5].map(cell);
        rows.push(row(line, record.len(), &cells, &mut names, user, book, today));
    }
    if rows.is_empty() { Err("Dán bảng vào ô này; mỗi dòng một điểm.".to_owned()) } else { Ok(rows) }
}

fn row(
    line: u64,
    width: usize,
    [unit, name_vi, name_en, form, fields, channel]: &[String; 6],
    names: &mut HashSet<(String, String)>,
    user: &SignedIn,
    book: &Book,
    today: NaiveDate,
) -> Row {
    let mut faults = Vec::new();
    if !(4..=6).contains(&width) {
        faults.push(format!("có {width} ô; cần 4 đến 6 ô: đơn vị; tên; tên tiếng Anh; phiếu; lĩnh vực; kênh"));
    }
    let unit_code = found_unit(unit, user, today).map_err(|fault| faults.push(fault)).ok();
    if name_vi.is_empty() {
        faults.push("thiếu tên điểm".to_owned());
    }
    if [name_vi, name_en].iter().any(|name| name.chars().count() > NAME_MAX || name.chars().any(char::is_control)) {
        faults.push(format!("tên dài quá {NAME_MAX} ký tự hoặc có ký tự lạ"));
    }
    let known_form = book.form(form);
    if known_form.is_none() {
        faults.push(format!("không có phiếu “{form}”; xem các mã phiếu ở dưới"));
    }
    let served = known_form.map(|form| found_fields(fields, form, book));
    let served = served.and_then(|served| served.map_err(|fault| faults.push(fault)).ok());
    let known_channel = found_channel(channel, known_form);
    if known_channel.is_none() {
        faults.push(format!("không hiểu kênh “{channel}”; ghi trực tiếp hoặc trực tuyến"));
    }
    if let Some(unit) = unit_code.as_ref().filter(|_| !name_vi.is_empty()) {
        let open = |point: &PointListed| point.retired_on.is_none();
        let taken =
            book.points.iter().any(|point| point.unit_code == *unit && point.name_vi == *name_vi && open(point));
        if taken || !names.insert((unit.clone(), name_vi.clone())) {
            faults.push("đơn vị đã có điểm cùng tên".to_owned());
        }
    }
    let shown_unit = unit_code.as_ref().and_then(|code| user.unit_of_code(code)).map(|unit| unit.name_vi.clone());
    let shown_fields = match &served {
        Some(served) => {
            let names = served.iter().filter_map(|code| book.fields.iter().find(|field| field.code == *code));
            names.map(|field| field.name_vi.as_str()).collect::<Vec<_>>().join(", ")
        }
        None => fields.clone(),
    };
    let point = match (unit_code, known_form, served, known_channel) {
        (Some(unit), Some(form), Some(fields), Some(channel)) if faults.is_empty() => Some(NewPoint {
            unit,
            name_vi: name_vi.clone(),
            name_en: if name_en.is_empty() { name_vi.clone() } else { name_en.clone() },
            form: form.id.clone(),
            fields,
            channel,
            opened_on: today,
        }),
        _ => None,
    };
    Row {
        line,
        unit: shown_unit.unwrap_or_else(|| unit.clone()),
        name: name_vi.clone(),
        form: form.clone(),
        fields: shown_fields,
        channel: known_channel.map_or_else(|| channel.clone(), |channel| channel.name_vi().to_owned()),
        faults,
        point,
    }
}

/// The open unit of a code or a name, among the user's. One of somebody else is told apart from none in no way.
fn found_unit(typed: &str, user: &SignedIn, today: NaiveDate) -> Result<String, String> {
    if typed.is_empty() {
        return Err("thiếu đơn vị".to_owned());
    }
    let open = || user.units.iter().filter(|unit| is_open(unit, today));
    if let Some(unit) = open().find(|unit| unit.code == typed) {
        return Ok(unit.code.clone());
    }
    let wanted = typed.to_lowercase();
    let named: Vec<_> = open().filter(|unit| unit.name_vi.to_lowercase() == wanted).collect();
    match named[..] {
        [unit] => Ok(unit.code.clone()),
        [] => Err(format!("không có đơn vị “{typed}” trong các đơn vị của bạn")),
        _ => Err(format!("có {} đơn vị tên “{typed}”; hãy ghi mã đơn vị", named.len())),
    }
}

/// Codes or names of fields between commas; all that the questionnaire serves when nothing is named. Names may hold
/// commas themselves, so the longest run of pieces that is a name is taken.
fn found_fields(typed: &str, form: &Questionnaire, book: &Book) -> Result<Vec<String>, String> {
    let served: Vec<_> = book.fields_of(form);
    if typed.is_empty() {
        return Ok(served.into_iter().map(|field| field.code.clone()).collect());
    }
    let pieces: Vec<String> = typed.split([',', '|']).map(|piece| fold(piece).to_lowercase()).collect();
    let mut found: Vec<String> = Vec::new();
    let mut from = 0;
    while from < pieces.len() {
        let runs = (from + 1..=pieces.len()).rev().map(|to| (to, pieces[from..to].join(", ")));
        let known = runs.into_iter().find_map(|(to, text)| {
            let field = book.fields.iter().find(|field| field.code == text || field.name_vi.to_lowercase() == text)?;
            Some((to, field))
        });
        let Some((to, field)) = known else { return Err(format!("không có lĩnh vực “{}”", pieces[from])) };
        if !served.iter().any(|served| served.id == field.id) {
            return Err(format!("phiếu {} không hỏi về lĩnh vực “{}”", form.id, field.name_vi));
        }
        if found.contains(&field.code) {
            return Err(format!("lĩnh vực “{}” ghi hai lần", field.name_vi));
        }
        found.push(field.code.clone());
        from = to;
    }
    Ok(found)
}

/// The channel named; when none is, online where the questionnaire asks about online services alone.
fn found_channel(typed: &str, form: Option<&Questionnaire>) -> Option<Channel> {
    match typed.to_lowercase().as_str() {
        "" if form.is_some_and(super::list::is_online) => Some(Channel::Online),
        "" | "counter" | "trực tiếp" => Some(Channel::Counter),
        "online" | "trực tuyến" => Some(Channel::Online),
        _ => None,
    }
}
