//! Many units at once, from a table in the words of people; taken back while nothing hangs on them.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;

use super::names::{commune_kind, english, is_code, slug};
use super::shown::{KINDS, is_open, kind_name};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, NewUnit, Refused, Together, Tree, Unit, UnitKind};
use crate::error::Refusal;
use crate::exchange::export::fill_in;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::places::{self, UNITS};
use crate::exchange::import::{plain, points::named};
use crate::service::report_file::Format;
use crate::table::{Row as TableRow, Table};
use crate::web::http::block::block;
use crate::web::staff::bulk::{self, About, Example, Row};
use crate::web::staff::download::attachment;
use crate::web::staff::form::{Entry, NAME_MAX, fold};
use crate::web::staff::layout::see_other;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

const ABOUT: About = About {
    heading: "Thêm nhiều đơn vị từ bảng",
    above: ("/staff/units", "Đơn vị"),
    address: "/staff/units/paste",
    template: "/staff/units/template.xlsx",
    lead: "Chép bảng từ Excel hoặc Word rồi dán vào đây, có cả dòng tiêu đề; hoặc chọn tệp. Thứ tự cột nào cũng được: Tên đơn vị, Loại (Phòng, Trường học, Trạm y tế…; bỏ trống thì đọc từ tên), Trực thuộc (bỏ trống là phường, xã của bạn; được ghi tên một đơn vị ở dòng trên), Tên tiếng Anh. Cột STT, Ghi chú được bỏ qua.",
    columns: &["Đơn vị", "Loại", "Trực thuộc"],
    named_by: 0,
    noun: "đơn vị",
    listed: "",
};

/// `GET /staff/units/paste`.
pub async fn show(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    Ok(page(&app, &user, &Entry::default(), &[]))
}

/// `GET /staff/units/template.xlsx`.
pub async fn template(user: Staff) -> Result<HttpResponse, Refusal> {
    let kinds = KINDS.iter().map(|kind| kind_name(*kind).to_owned()).collect();
    let today = clock::today();
    let parents = user.units.iter().filter(|unit| is_open(unit, today)).map(|unit| unit.name_vi.clone()).collect();
    let lists = [("kind", kinds), ("parent", parents)];
    let file = block(move || fill_in::workbook("Đơn vị", UNITS, &lists, &[], &[])).await?;
    Ok(attachment("don-vi", Format::Xlsx, file.map_err(Refusal::fault)?))
}

/// `POST /staff/units/paste/file`.
pub async fn submit_file(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::default();
    let table = bulk::of_file(&mut entry, &request, &body, |table| places::find(table, UNITS)).await?;
    let rows = tried(&app, &mut entry, table.as_ref(), &user).await?;
    Ok(page(&app, &user, &entry, &rows))
}

/// `POST /staff/units/paste`.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let table = bulk::pasted(&mut entry);
    let rows = tried(&app, &mut entry, table.as_ref(), &user).await?;
    if entry.is_wrong() || entry.value("do") != "add" {
        return Ok(page(&app, &user, &entry, &rows));
    }
    let new: Vec<NewUnit> = rows.iter().filter_map(|row| row.new.clone()).collect();
    let note = user.note(AuditedAction::AddUnits, user.code_of_unit(user.unit), new.len().to_string());
    let (db, by) = (app.db.noting(note), user.id);
    match block(move || db.add_units(&new, by)).await? {
        Ok(ids) => Ok(see_other(&format!("/staff/units?done=pasted&count={}", ids.len()))),
        Err(DbError::Exists { value, .. }) => {
            entry.refuse("rows", format!("Mã đơn vị “{value}” đã dùng; hãy ghi mã khác ở cột Mã. Chưa thêm dòng nào."));
            Ok(page(&app, &user, &entry, &rows))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /staff/units/take-back`.
pub async fn take_back(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let note = user.note(AuditedAction::TakeUnitsBack, user.code_of_unit(user.unit), "");
    let (db, by) = (app.db.noting(note), user.id);
    Ok(match block(move || db.take_together_back(Together::Units, by)).await? {
        Err(DbError::Refused(Refused::TogetherInUse)) => see_other("/staff/units?done=used"),
        Ok(count) => see_other(&format!("/staff/units?done=taken-back&count={count}")),
        Err(error) => return Err(error.into()),
    })
}

fn page(app: &App, user: &SignedIn, entry: &Entry, rows: &[Row<NewUnit>]) -> HttpResponse {
    let ward = user.units.iter().find(|unit| is_ward(unit)).map_or("", |unit| unit.name_vi.as_str());
    let text = format!(
        "STT; Tên đơn vị; Loại; Trực thuộc\n1; Phòng Văn hóa – Xã hội; Phòng; {ward}\n2; Trường Tiểu học Hoa Sen; ;"
    );
    bulk::page(app, user, &ABOUT, &Example { text, listed: Vec::new() }, entry, rows)
}

fn is_ward(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Ward | UnitKind::Commune)
}

async fn tried(
    app: &App,
    entry: &mut Entry,
    table: Option<&Table>,
    user: &SignedIn,
) -> Result<Vec<Row<NewUnit>>, Refusal> {
    let Some(table) = table else { return Ok(Vec::new()) };
    let found = places::find(table, UNITS);
    if !bulk::is_readable(entry, &found) {
        return Ok(Vec::new());
    }
    let db = app.db.clone();
    let tree = block(move || db.tree()).await??;
    let mut rows: Vec<Row<NewUnit>> = Vec::new();
    for block in &found.blocks {
        for cells in &block.rows {
            let row = row(block, cells, user, &rows, &tree, clock::today());
            rows.push(row);
        }
    }
    bulk::sum_up(entry, &rows);
    Ok(rows)
}

/// A kind as people write it, or as the name of the unit says it.
fn kind_of(typed: &str, name: &str) -> Option<UnitKind> {
    let typed = plain(typed);
    if !typed.is_empty() {
        let said = KINDS.into_iter().find(|kind| plain(kind_name(*kind)) == typed || kind.name() == typed);
        return said.or(match typed.as_str() {
            "phong" | "van phong" | "ban" | "phong ban" | "bo phan" => Some(UnitKind::Office),
            "mot cua" | "bo phan mot cua" | "trung tam phuc vu hanh chinh cong" | "trung tam hanh chinh cong" => {
                Some(UnitKind::OneStopCentre)
            }
            "tram y te" | "y te" => Some(UnitKind::HealthStation),
            "truong" | "truong hoc" | "mam non" | "tieu hoc" | "thcs" => Some(UnitKind::School),
            "xa" | "dac khu" => Some(UnitKind::Commune),
            "tinh" | "thanh pho" => Some(UnitKind::City),
            _ => None,
        });
    }
    let bare = plain(name);
    let begins = |word: &str| bare == word || bare.starts_with(&format!("{word} "));
    if let Some(kind) = commune_kind(name) {
        Some(kind)
    } else if bare.contains("hanh chinh cong") || bare.contains("mot cua") {
        Some(UnitKind::OneStopCentre)
    } else if begins("tram y te") {
        Some(UnitKind::HealthStation)
    } else if begins("truong") {
        Some(UnitKind::School)
    } else if ["phong", "van phong", "ban", "bo phan"].into_iter().any(begins) {
        Some(UnitKind::Office)
    } else {
        None
    }
}

fn row(
    block: &Columns<'_>,
    cells: &TableRow,
    user: &SignedIn,
    above: &[Row<NewUnit>],
    tree: &Tree,
    today: NaiveDate,
) -> Row<NewUnit> {
    let cell = |key: &str| fold(block.cell(cells, key));
    let [name_vi, kind, parent, name_en, code] = ["name", "kind", "parent", "name_en", "code"].map(cell);
    let mut faults = Vec::new();
    if name_vi.is_empty() {
        faults.push("thiếu tên đơn vị".to_owned());
    }
    if [&name_vi, &name_en].iter().any(|name| name.chars().count() > NAME_MAX || name.chars().any(char::is_control)) {
        faults.push(format!("tên dài quá {NAME_MAX} ký tự hoặc có ký tự lạ"));
    }
    let known_kind = kind_of(&kind, &name_vi);
    if known_kind.is_none() && !name_vi.is_empty() {
        let known: Vec<&str> = KINDS.iter().map(|kind| kind_name(*kind)).collect();
        let what =
            if kind.is_empty() { "thiếu loại".to_owned() } else { format!("không hiểu loại “{kind}”") };
        faults.push(format!("{what}; ghi một trong: {}", known.join("; ")));
    }
    let new_above: Vec<&NewUnit> = above.iter().filter_map(|row| row.new.as_ref()).collect();
    let under = parent_of(&parent, user, &new_above, today).map_err(|fault| faults.push(fault)).ok();
    let taken = |code: &str| tree.of_code(code).is_some() || new_above.iter().any(|new| new.code == code);
    let (parent_code, parent_name) = under.clone().unwrap_or_default();
    let is_same = |name: &str, above: &str| name.to_lowercase() == name_vi.to_lowercase() && above == parent_code;
    let code_of = |id: Option<i32>| id.map_or("", |id| user.code_of_unit(id));
    let there = user.units.iter().any(|unit| is_open(unit, today) && is_same(&unit.name_vi, code_of(unit.parent)));
    if there || new_above.iter().any(|new| is_same(&new.name_vi, new.parent.as_deref().unwrap_or_default())) {
        faults.push("đã có đơn vị cùng tên ở đó".to_owned());
    }
    let code = if code.is_empty() {
        let short = slug(&name_vi);
        if taken(&short) || !is_code(&short) { slug(&format!("{parent_code} {short}")) } else { short }
    } else {
        code
    };
    if !name_vi.is_empty() && !is_code(&code) {
        faults.push(format!("mã “{code}” không dùng được: chữ thường không dấu, chữ số, gạch nối"));
    } else if taken(&code) {
        faults.push(format!("mã “{code}” đã dùng"));
    }
    let new = match (known_kind, under) {
        (Some(kind), Some((parent, _))) if faults.is_empty() => Some(NewUnit {
            code,
            kind,
            name_en: if name_en.is_empty() { english(&name_vi) } else { name_en },
            name_vi: name_vi.clone(),
            parent: Some(parent),
            valid_from: today,
        }),
        _ => None,
    };
    let shown_kind = known_kind.map_or(kind, |kind| kind_name(kind).to_owned());
    let shown_parent = if parent_name.is_empty() { parent } else { parent_name };
    Row { line: cells.line, cells: vec![name_vi, shown_kind, shown_parent], faults, new }
}

/// Code and name of the unit above: the user's ward where none is named, one of the user's, or one of the rows above.
fn parent_of(typed: &str, user: &SignedIn, above: &[&NewUnit], today: NaiveDate) -> Result<(String, String), String> {
    if typed.is_empty() {
        let wards: Vec<&Unit> = user.units.iter().filter(|unit| is_ward(unit) && is_open(unit, today)).collect();
        return match (&wards[..], user.own_unit()) {
            ([ward], _) => Ok((ward.code.clone(), ward.name_vi.clone())),
            ([], Some(own)) => Ok((own.code.clone(), own.name_vi.clone())),
            _ => Err("thiếu đơn vị cấp trên; ghi ở cột Trực thuộc".to_owned()),
        };
    }
    let open = user.units.iter().filter(|unit| is_open(unit, today));
    let known = open.map(|unit| (unit.code.as_str(), unit.name_vi.as_str()));
    let known: Vec<(&str, &str)> =
        known.chain(above.iter().map(|new| (new.code.as_str(), new.name_vi.as_str()))).collect();
    let things: Vec<(usize, Vec<&str>)> =
        known.iter().enumerate().map(|(place, (code, name))| (place, vec![*code, *name])).collect();
    match named(typed, &things) {
        Ok(place) => Ok((known[place].0.to_owned(), known[place].1.to_owned())),
        Err(Some(near)) => Err(format!("không có đơn vị “{typed}” trong các đơn vị của bạn; có phải “{near}”?")),
        Err(None) => Err(format!("không có đơn vị “{typed}” trong các đơn vị của bạn")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_from_peoples_words_or_from_the_name_and_never_guessed() {
        assert_eq!(kind_of("Phòng", "Tổ 1"), Some(UnitKind::Office));
        assert_eq!(kind_of("TRẠM Y TẾ", ""), Some(UnitKind::HealthStation));
        assert_eq!(kind_of("", "Trường Mầm non Hoa Sen"), Some(UnitKind::School));
        assert_eq!(kind_of("", "Trung tâm Phục vụ hành chính công phường Cầu Giấy"), Some(UnitKind::OneStopCentre));
        assert_eq!(kind_of("", "Phường Ba Đình"), Some(UnitKind::Ward));
        assert_eq!(kind_of("", "Hội Người cao tuổi"), None);
        assert_eq!(kind_of("Trại", "Trường X"), None, "what is written is not overruled by the name");
    }
}
