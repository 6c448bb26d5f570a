//! What pages share that take a table: pasted, or read from a file into the box, tried row by row, shown, and taken whole or not at all.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::form::Entry;
use super::imports::words;
use super::layout::{Frame, send};
use super::signed_in::SignedIn;
use super::units::shown::is_open;
use crate::error::Refusal;
use crate::exchange::import::columns::Found;
use crate::exchange::import::points::named;
use crate::exchange::import::{Note, Refused};
use crate::table::Table;
use crate::web::http::block::block;
use crate::web::http::multipart::{content_type, parts};
use crate::web::state::App;

/// The most rows of one table.
pub const ROWS_MAX: usize = 500;
/// The largest body: a full table with long names, percent-encoded.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// What such a page says.
pub struct About {
    pub heading: &'static str,
    /// Address and word of the page above it.
    pub above: (&'static str, &'static str),
    /// Its own address; `/file` under it takes a file.
    pub address: &'static str,
    /// Address of the file to fill in.
    pub template: &'static str,
    /// What stands above the box, as HTML.
    pub lead: &'static str,
    /// Headings of the table of results.
    pub columns: &'static [&'static str],
    /// Place of the column that names a row.
    pub named_by: usize,
    /// What the rows are, in a sentence.
    pub noun: &'static str,
    /// What is listed beside the example; empty for nothing.
    pub listed: &'static str,
}

/// What can be looked at before writing a table.
pub struct Example {
    /// Lines of one.
    pub text: String,
    /// Words that may stand in it, where they are [listed](About::listed).
    pub listed: Vec<String>,
}

/// One row of the table and what would come of it.
#[derive(Debug)]
pub struct Row<T> {
    pub line: u64,
    /// What it was read as.
    pub cells: Vec<String>,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// What would be added.
    pub new: Option<T>,
}

#[derive(Template)]
#[template(path = "staff/bulk.html")]
struct BulkPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    about: &'a About,
    example: &'a Example,
    rows: Vec<(u64, &'a [String], &'a [String])>,
    good: usize,
    ready: bool,
}

/// The page, with what came of trying.
pub fn page<T>(
    app: &App,
    user: &SignedIn,
    about: &About,
    example: &Example,
    entry: &Entry,
    rows: &[Row<T>],
) -> HttpResponse {
    let page = BulkPage {
        frame: user.frame(app),
        entry,
        about,
        example,
        rows: rows.iter().map(|row| (row.line, row.cells.as_slice(), row.faults.as_slice())).collect(),
        good: rows.iter().filter(|row| row.new.is_some()).count(),
        ready: !rows.is_empty() && !entry.is_wrong(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// The table that was pasted; what is wrong with it is noted.
pub fn pasted(entry: &mut Entry) -> Option<Table> {
    // Browsers send CRLF; with plain ends of line the reader counts lines as people do.
    let text = entry.value("rows").replace("\r\n", "\n");
    match Table::read(text.as_bytes()) {
        Ok(table) => Some(table),
        Err(_) if text.trim().is_empty() => {
            entry.refuse("rows", "Dán bảng vào ô này, có cả dòng tiêu đề.");
            None
        }
        Err(fault) => {
            entry.refuse("rows", words::file(&fault));
            None
        }
    }
}

/// What is read of a file, written into the box of the page and taken from there, so that what is shown is what is sent back: the
/// columns that are known and the rows of every worksheet, under lines of the box. A file of which a cell is not to be believed
/// leaves the box empty.
pub async fn of_file(
    entry: &mut Entry,
    request: &HttpRequest,
    body: &[u8],
    find: for<'a> fn(&'a Table) -> Found<'a>,
) -> Result<Option<Table>, Refusal> {
    let parts = parts(content_type(request), body).unwrap_or_default();
    let bytes = parts.iter().find(|part| part.name == "file").map(|part| part.bytes.to_vec()).unwrap_or_default();
    let read = block(move || {
        Table::read(&bytes).map(|table| {
            let found = find(&table);
            (found.as_text(), found.refused, found.notes)
        })
    });
    match read.await? {
        Ok((_, refused, notes)) if !refused.is_empty() => {
            remark(entry, &notes);
            refuse_file(entry, &refused);
            Ok(None)
        }
        Ok((text, _, notes)) => {
            remark(entry, &notes);
            entry.add("rows", &text);
            Ok(pasted(entry))
        }
        Err(fault) => {
            entry.refuse("rows", words::file(&fault));
            Ok(None)
        }
    }
}

fn refuse_file(entry: &mut Entry, refused: &[Refused]) {
    entry.refuse("rows", format!("{} Bảng còn trống: hãy sửa trong tệp rồi chọn lại tệp.", told(refused)));
}

fn told(refused: &[Refused]) -> String {
    let told = |refused: &Refused| {
        let (what, todo) = words::refused(&refused.reason);
        format!("{}: {what}. {todo}", words::place(&refused.place))
    };
    refused.iter().map(told).collect::<Vec<_>>().join(" ")
}

/// Notes what was left out, and what else is to be known; how many rows there are is said anyway.
fn remark(entry: &mut Entry, notes: &[Note]) {
    let notes: Vec<Note> = notes.iter().filter(|note| !matches!(note, Note::Read { .. })).cloned().collect();
    let (read, left_out) = words::notes(&notes);
    for words in read.into_iter().chain(left_out) {
        entry.remark(words);
    }
}

/// Whether the headings were found and the rows are not too many; what is wrong and what is left out is noted.
pub fn is_readable(entry: &mut Entry, found: &Found<'_>) -> bool {
    remark(entry, &found.notes);
    if !found.refused.is_empty() {
        entry.refuse("rows", told(&found.refused));
    } else if found.row_count() > ROWS_MAX {
        entry.refuse("rows", format!("Bảng có hơn {ROWS_MAX} dòng; hãy chia ra."));
    }
    found.refused.is_empty() && found.row_count() <= ROWS_MAX
}

/// Notes on top that rows are missing or faulty.
pub fn sum_up<T>(entry: &mut Entry, rows: &[Row<T>]) {
    let faulty = rows.iter().filter(|row| row.new.is_none()).count();
    if rows.is_empty() {
        entry.refuse("rows", "Dưới dòng tiêu đề chưa có dòng nào.");
    } else if faulty > 0 {
        let all = rows.len();
        entry.refuse("rows", format!("{faulty} trong {all} dòng chưa thêm được; xem cột Kết quả. Chưa thêm dòng nào."));
    }
}

/// The open unit of a code or a name, among the user's. One of somebody else is told apart from none in no way.
pub fn found_unit(typed: &str, user: &SignedIn, today: NaiveDate) -> Result<String, String> {
    if typed.is_empty() {
        return Err("thiếu đơn vị".to_owned());
    }
    let open = || user.units.iter().filter(|unit| is_open(unit, today));
    let same = open().filter(|unit| unit.name_vi.to_lowercase() == typed.to_lowercase()).count();
    if same > 1 && !open().any(|unit| unit.code == typed) {
        return Err(format!("có {same} đơn vị tên “{typed}”; hãy ghi mã đơn vị"));
    }
    let units: Vec<(String, Vec<&str>)> =
        open().map(|unit| (unit.code.clone(), vec![unit.code.as_str(), unit.name_vi.as_str()])).collect();
    named(typed, &units).map_err(|near| match near {
        Some(near) => format!("không có đơn vị “{typed}” trong các đơn vị của bạn; có phải “{near}”?"),
        None => format!("không có đơn vị “{typed}” trong các đơn vị của bạn"),
    })
}
