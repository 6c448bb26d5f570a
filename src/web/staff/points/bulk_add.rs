//! Many points at once: a table pasted from a spreadsheet or brought as a file is tried row by row, shown, and added whole or not at
//! all. Its columns stand in any order and say things in the words of people; a table added by mistake is taken back.

use std::collections::HashSet;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;

use super::book::{Book, is_online};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, NewPoint, PointListed, PointRefused, Refused, UnitKind};
use crate::error::Refusal;
use crate::exchange::export::fill_in;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::points::{COLUMNS, channel, find, named, opened};
use crate::plan::{Channel, FieldOfService, typed};
use crate::report::words::plan::PlanWords as _;
use crate::service::report_file::Format;
use crate::survey::Questionnaire;
use crate::table::{Row as TableRow, Table};
use crate::web::http::block::block;
use crate::web::staff::bulk::{self, About, Example, Row, found_unit};
use crate::web::staff::download::attachment;
use crate::web::staff::form::{Entry, NAME_MAX, fold};
use crate::web::staff::layout::see_other;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::is_open;
use crate::web::state::App;

const ABOUT: About = About {
    heading: "Thêm nhiều điểm từ bảng",
    above: ("/staff/points", "Điểm phục vụ"),
    address: "/staff/points/paste",
    template: "/staff/points/template.xlsx",
    lead: "Chép bảng từ Excel hoặc Word rồi dán vào đây, có cả dòng tiêu đề; hoặc chọn tệp. Cột nào cũng được, thứ tự nào cũng được: <strong>Đơn vị</strong> (bộ phận), <strong>Tên điểm</strong> (tên quầy), <strong>Phiếu hỏi</strong>, <strong>Lĩnh vực</strong> (để trống là mọi lĩnh vực của phiếu), <strong>Kênh</strong> (Tại quầy, Trực tuyến), <strong>Hoạt động từ ngày</strong> (để trống là hôm nay), Tên tiếng Anh. Cột STT, Ghi chú được bỏ qua.",
    columns: &["Đơn vị", "Điểm", "Phiếu", "Lĩnh vực", "Kênh"],
    named_by: 1,
    noun: "điểm",
    listed: "tên các phiếu hỏi",
};

/// `GET /staff/points/paste`.
pub async fn show(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    Ok(page(&app, &user, &book, &Entry::default(), &[]))
}

/// `GET /staff/points/template.xlsx`: a table to fill in, with lists of what there is.
pub async fn template(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    let today = clock::today();
    let units: Vec<String> =
        user.units.iter().filter(|unit| is_open(unit, today)).map(|unit| unit.name_vi.clone()).collect();
    let forms = book.forms.iter().map(|form| form.title.in_language("vi").to_owned()).collect();
    let fields = book.fields.iter().map(|field| field.name_vi.clone()).collect();
    let channels = vec!["Tại quầy".to_owned(), "Trực tuyến".to_owned()];
    let lists = [("unit", units), ("form", forms), ("fields", fields), ("channel", channels)];
    let file = block(move || fill_in::workbook("Điểm phục vụ", COLUMNS, &lists, &[], &[])).await?;
    Ok(attachment("diem-phuc-vu", Format::Xlsx, file.map_err(Refusal::fault)?))
}

/// `POST /staff/points/paste/file`: reads a file into the table of the page and tries it.
pub async fn submit_file(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    let mut entry = Entry::default();
    let table = bulk::of_file(&mut entry, &request, &body, find).await?;
    let rows = table.map_or_else(Vec::new, |table| tried(&mut entry, &table, &user, &book));
    Ok(page(&app, &user, &book, &entry, &rows))
}

/// `POST /staff/points/paste`: `do=check` shows what would come of it, `do=add` adds when every row is sound.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    let mut entry = Entry::sent(&body);
    let table = bulk::pasted(&mut entry);
    let rows = table.map_or_else(Vec::new, |table| tried(&mut entry, &table, &user, &book));
    if entry.is_wrong() || entry.value("do") != "add" {
        return Ok(page(&app, &user, &book, &entry, &rows));
    }
    let (db, new): (_, Vec<NewPoint>) = (app.db.clone(), rows.iter().filter_map(|row| row.new.clone()).collect());
    let db = db.noting(user.note(AuditedAction::AddPoints, user.code_of_unit(user.unit), new.len().to_string()));
    match block(move || db.add_points(&new)).await? {
        Ok(added) => {
            let (count, batch) = (added.codes.len(), added.batch);
            tracing::info!(user = user.id, points = count, "points added");
            Ok(see_other(&format!("/staff/points?done=pasted&count={count}&batch={batch}")))
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

/// `POST /staff/points/take-back`: takes a table back that was added by mistake.
pub async fn take_back(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let entry = Entry::sent(&body);
    let Ok(batch) = entry.value("batch").parse::<i32>() else { return Ok(see_other("/staff/points")) };
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    // Only points of the user's own units are taken back.
    let points = block(move || db.points_of_batch(batch)).await??;
    if points.is_empty() || points.iter().any(|(unit, _)| !ids.contains(unit)) {
        return Err(crate::error::Reason::NotYours.into());
    }
    let note = user.note(AuditedAction::TakePointsBack, user.code_of_unit(user.unit), points.len().to_string());
    let db = app.db.noting(note);
    match block(move || db.take_batch_back(batch, clock::today())).await? {
        Ok(count) => Ok(see_other(&format!("/staff/points?done=taken-back&count={count}"))),
        Err(DbError::Refused(Refused::Point(PointRefused::BatchAnswered))) => {
            Ok(see_other("/staff/points?done=answered"))
        }
        Err(error) => Err(error.into()),
    }
}

fn page(app: &App, user: &SignedIn, book: &Book, entry: &Entry, rows: &[Row<NewPoint>]) -> HttpResponse {
    let today = clock::today();
    let open = || user.units.iter().filter(|unit| is_open(unit, today));
    let unit = open().find(|unit| unit.kind == UnitKind::OneStopCentre).or_else(|| open().next());
    let unit = unit.map_or("", |unit| unit.name_vi.as_str());
    let titles: Vec<String> = book.forms.iter().map(|form| form.title.in_language("vi").to_owned()).collect();
    let form = titles.first().cloned().unwrap_or_default();
    let text =
        format!("STT; Tên quầy; Bộ phận; Lĩnh vực; Phiếu; Kênh\n1; Quầy số 1; {unit}; Tư pháp; {form}; Tại quầy");
    bulk::page(app, user, &ABOUT, &Example { text, listed: titles }, entry, rows)
}

/// Every row of a table, tried; what is wrong with the table as a whole is noted.
fn tried(entry: &mut Entry, table: &Table, user: &SignedIn, book: &Book) -> Vec<Row<NewPoint>> {
    let found = find(table);
    if !bulk::is_readable(entry, &found) {
        return Vec::new();
    }
    let today = clock::today();
    let mut names = HashSet::new();
    let blocks = found.blocks.iter().flat_map(|block| block.rows.iter().map(move |row| (block, *row)));
    let rows = blocks.map(|(block, cells)| row(block, cells, &mut names, user, book, today)).collect::<Vec<_>>();
    bulk::sum_up(entry, &rows);
    rows
}

fn row(
    block: &Columns<'_>,
    cells: &TableRow,
    names: &mut HashSet<(String, String)>,
    user: &SignedIn,
    book: &Book,
    today: NaiveDate,
) -> Row<NewPoint> {
    let cell = |key: &str| fold(block.cell(cells, key));
    let [unit, name_vi, name_en, form, fields, way, began] =
        ["unit", "name", "name_en", "form", "fields", "channel", "opened"].map(cell);
    let mut faults = Vec::new();
    let unit_code = found_unit(&unit, user, today).map_err(|fault| faults.push(fault)).ok();
    if name_vi.is_empty() {
        faults.push("thiếu tên điểm".to_owned());
    }
    if [&name_vi, &name_en].iter().any(|name| name.chars().count() > NAME_MAX || name.chars().any(char::is_control)) {
        faults.push(format!("tên dài quá {NAME_MAX} ký tự hoặc có ký tự lạ"));
    }
    let known_form = found_form(&form, book).map_err(|fault| faults.push(fault)).ok();
    let served = known_form.map(|form| found_fields(&fields, form, book));
    let served = served.and_then(|served| served.map_err(|fault| faults.push(fault)).ok());
    let known_channel = match way.as_str() {
        "" if known_form.is_some_and(is_online) => Some(Channel::Online),
        "" => Some(Channel::Counter),
        typed => channel(typed),
    };
    if known_channel.is_none() {
        faults.push(format!("không hiểu kênh “{way}”; ghi Tại quầy hoặc Trực tuyến"));
    }
    let opened_on = opened(&began, today);
    if opened_on.is_none() {
        faults.push(format!("“{began}” không phải một ngày đã qua; ghi ngày/tháng/năm hoặc để trống"));
    }
    if let Some(unit) = unit_code.as_ref().filter(|_| !name_vi.is_empty()) {
        let open = |point: &PointListed| point.retired_on.is_none();
        let taken = book.points.iter().any(|point| point.unit_code == *unit && point.name_vi == name_vi && open(point));
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
    let shown = vec![
        shown_unit.unwrap_or(unit),
        name_vi.clone(),
        known_form.map_or(form, |form| form.title.in_language("vi").to_owned()),
        shown_fields,
        known_channel.map_or(way, |channel| channel.name_vi().to_owned()),
    ];
    let new = match (unit_code, known_form, served, known_channel, opened_on) {
        (Some(unit), Some(form), Some(fields), Some(channel), Some(opened_on)) if faults.is_empty() => Some(NewPoint {
            unit,
            name_en: if name_en.is_empty() { name_vi.clone() } else { name_en },
            name_vi,
            form: form.id.clone(),
            fields,
            channel,
            opened_on,
        }),
        _ => None,
    };
    Row { line: cells.line, cells: shown, faults, new }
}

fn found_form<'b>(typed: &str, book: &'b Book) -> Result<&'b Questionnaire, String> {
    if typed.is_empty() {
        return Err("thiếu phiếu hỏi".to_owned());
    }
    let forms: Vec<(usize, Vec<&str>)> = book
        .forms
        .iter()
        .enumerate()
        .map(|(place, form)| (place, vec![form.id.as_str(), form.title.in_language("vi")]))
        .collect();
    let found = named(typed, &forms).map_err(|near| match near {
        Some(near) => format!("không có phiếu “{typed}”; có phải “{near}”?"),
        None => format!("không có phiếu “{typed}”; xem tên các phiếu ở dưới"),
    })?;
    Ok(&book.forms[found])
}

/// Codes or names of fields between commas; all that the questionnaire serves when nothing is named.
fn found_fields(text: &str, form: &Questionnaire, book: &Book) -> Result<Vec<String>, String> {
    let served: Vec<_> = book.fields_of(form);
    let known: Vec<FieldOfService> = book
        .fields
        .iter()
        .map(|field| FieldOfService {
            id: field.code.clone(),
            name_vi: field.name_vi.clone(),
            name_en: field.name_en.clone(),
        })
        .collect();
    let ids = match typed::fields(text, &known) {
        Ok(ids) if ids.is_empty() => return Ok(served.into_iter().map(|field| field.code.clone()).collect()),
        Ok(ids) => ids,
        // Not whole names: each piece as people shorten it, among the fields that the questionnaire asks about.
        Err(_) => {
            let names: Vec<(String, Vec<&str>)> = book
                .fields
                .iter()
                .map(|field| (field.code.clone(), vec![field.code.as_str(), field.name_vi.as_str()]))
                .collect();
            let pieces = text.split([',', ';', '|']).map(str::trim).filter(|piece| !piece.is_empty());
            let found = pieces.map(|piece| {
                named(piece, &names).map_err(|near| match near {
                    Some(near) => format!("không có lĩnh vực “{piece}”; có phải “{near}”?"),
                    None => format!("không có lĩnh vực “{piece}”"),
                })
            });
            found.collect::<Result<Vec<_>, _>>()?
        }
    };
    let mut seen: Vec<String> = Vec::new();
    for id in ids {
        let name = known.iter().find(|field| field.id == id).map_or(id.as_str(), |field| &field.name_vi);
        if !served.iter().any(|field| field.code == id) {
            return Err(format!("phiếu này không hỏi về lĩnh vực “{name}”"));
        }
        if seen.contains(&id) {
            return Err(format!("lĩnh vực “{name}” ghi hai lần"));
        }
        seen.push(id);
    }
    Ok(seen)
}
