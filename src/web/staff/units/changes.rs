//! Units that change: another name, another unit above, a part that becomes a unit of its own. Figures of before stay where they
//! are; codes on walls go on working.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use askama::Template;
use chrono::{Days, NaiveDate};

use super::names::english;
use super::shown::{is_open, kind_name};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, NewUnit, PointListed, Refused, Unit, UnitKind, UnitRefused};
use crate::error::{Reason, Refusal};
use crate::report::format;
use crate::web::http::block::block;
use crate::web::staff::account::first_start::code;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::open_units;
use crate::web::state::App;

/// What is done to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Rename,
    Move,
    Split,
}

#[derive(Template)]
#[template(path = "staff/units/change.html")]
struct ChangePage<'a> {
    frame: Frame,
    entry: &'a Entry,
    heading: String,
    action: String,
    about: &'static str,
    button: &'static str,
    change: Change,
    parents: Vec<Choice>,
    kinds: Vec<Choice>,
    points: Vec<Choice>,
}

/// `GET /staff/units/{code}/rename`.
pub async fn rename_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let unit = unit_to_change(&user, &path)?;
    let today = format::date(clock::today());
    let entry = Entry::fresh(&[("name_vi", &unit.name_vi), ("name_en", &unit.name_en), ("from", &today)]);
    page(&app, &user, &unit, &entry, Change::Rename).await
}

/// `POST /staff/units/{code}/rename`.
pub async fn rename(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let unit = unit_to_change(&user, &path)?;
    let mut entry = Entry::sent(&body);
    let name_vi = entry.required_line("name_vi", "Nhập tên mới.");
    let name_en = entry.line("name_en");
    if name_vi == unit.name_vi && !name_vi.is_empty() {
        entry.refuse("name_vi", "Tên mới giống tên đang dùng.");
    }
    let from = first_day(&mut entry, &unit, true);
    let Some(from) = from.filter(|_| !entry.is_wrong()) else {
        return page(&app, &user, &unit, &entry, Change::Rename).await;
    };
    let name_en = if name_en.is_empty() || name_en == unit.name_en { english(&name_vi) } else { name_en };
    let object = format!("{} → {name_vi}", unit.name_vi);
    let (db, code) = (app.db.noting(user.note(AuditedAction::RenameUnit, &unit.code, object)), unit.code.clone());
    block(move || db.rename_unit(&code, (&name_vi, &name_en), before(from))).await??;
    tracing::info!(user = user.id, unit = unit.code, "unit renamed");
    Ok(see_other("/staff/units?done=renamed"))
}

/// `GET /staff/units/{code}/move`.
pub async fn move_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let unit = unit_to_move(&user, &path)?;
    let from = format::date(after(clock::today()));
    page(&app, &user, &unit, &Entry::fresh(&[("from", &from)]), Change::Move).await
}

/// `POST /staff/units/{code}/move`.
pub async fn move_it(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let unit = unit_to_move(&user, &path)?;
    let mut entry = Entry::sent(&body);
    let parent = user.unit_of_code(entry.value("parent")).filter(|unit| is_open(unit, clock::today())).cloned();
    match &parent {
        None => entry.refuse("parent", "Chọn đơn vị cấp trên trong danh sách."),
        Some(parent) if Some(parent.id) == unit.parent => {
            entry.refuse("parent", "Đơn vị đang ở dưới đơn vị này; hãy chọn đơn vị khác.");
        }
        Some(parent) if user.tree.covers(unit.id, &parent.code) => {
            entry.refuse("parent", "Không chuyển vào bên dưới chính đơn vị này.");
        }
        Some(_) => {}
    }
    if user.units.iter().any(|below| below.parent == Some(unit.id) && is_open(below, clock::today())) {
        entry.refuse("parent", "Còn đơn vị ở bên dưới; hãy chuyển hoặc kết thúc các đơn vị ấy trước.");
    }
    let from = first_day(&mut entry, &unit, false);
    let (Some(from), Some(parent), false) = (from, parent, entry.is_wrong()) else {
        return page(&app, &user, &unit, &entry, Change::Move).await;
    };
    let new = NewUnit {
        code: free_code(&app, &unit.code).await?,
        kind: unit.kind,
        name_vi: unit.name_vi.clone(),
        name_en: unit.name_en.clone(),
        parent: Some(parent.code.clone()),
        valid_from: from,
    };
    let object = format!("→ {}", parent.code);
    let (db, code) = (app.db.noting(user.note(AuditedAction::MoveUnit, &unit.code, object)), unit.code.clone());
    match block(move || db.move_unit(&code, before(from), &new)).await? {
        Ok(_) => Ok(see_other("/staff/units?done=moved")),
        Err(error) => {
            refuse_day(&mut entry, error)?;
            page(&app, &user, &unit, &entry, Change::Move).await
        }
    }
}

/// `GET /staff/units/{code}/split`.
pub async fn split_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let unit = unit_to_change(&user, &path)?;
    let from = format::date(after(clock::today()));
    page(&app, &user, &unit, &Entry::fresh(&[("from", &from), ("kind", unit.kind.name())]), Change::Split).await
}

/// `POST /staff/units/{code}/split`.
pub async fn split(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let unit = unit_to_change(&user, &path)?;
    let mut entry = Entry::sent(&body);
    let name_vi = entry.required_line("name_vi", "Nhập tên đơn vị mới.");
    let code = code(&mut entry, "code", &name_vi);
    let kind = UnitKind::named(entry.value("kind"));
    if kind.is_none() {
        entry.refuse("kind", "Chọn loại đơn vị.");
    }
    let open = open_points(&app, &unit).await?;
    let chosen: Vec<String> = entry.values("points").map(str::to_owned).collect();
    if chosen.is_empty() || chosen.iter().any(|code| !open.iter().any(|point| point.code == *code)) {
        entry.refuse("points", "Chọn ít nhất một điểm đang mở chuyển sang đơn vị mới.");
    }
    let from = first_day(&mut entry, &unit, false);
    let (Some(from), Some(code), Some(kind), false) = (from, code, kind, entry.is_wrong()) else {
        return page(&app, &user, &unit, &entry, Change::Split).await;
    };
    let parent = unit.parent.and_then(|parent| user.units.iter().find(|known| known.id == parent));
    let new = NewUnit {
        code: code.clone(),
        kind,
        name_en: english(&name_vi),
        name_vi,
        // A part of the unit at the top of the user's tree stays below it.
        parent: Some(parent.unwrap_or(&unit).code.clone()),
        valid_from: from,
    };
    let object = format!("→ {code}, {} điểm", chosen.len());
    let db = app.db.noting(user.note(AuditedAction::SplitUnit, &unit.code, object));
    match block(move || db.split_unit(&new, &chosen)).await? {
        Ok(_) => Ok(see_other("/staff/units?done=split")),
        Err(DbError::Exists { .. }) => {
            entry.refuse("code", format!("Mã {code} đã dùng cho một đơn vị khác; hãy nhập mã khác."));
            page(&app, &user, &unit, &entry, Change::Split).await
        }
        Err(error) => Err(error.into()),
    }
}

fn before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

fn after(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// The first day of what is new: after the unit began, and for a name not after today.
fn first_day(entry: &mut Entry, unit: &Unit, past: bool) -> Option<NaiveDate> {
    let day = entry.day("from")?;
    if day <= unit.valid_from {
        entry.refuse("from", format!("Đơn vị có từ {}; hãy nhập ngày sau đó.", format::date(unit.valid_from)));
    } else if past && day > clock::today() {
        entry.refuse("from", "Tên mới dùng từ hôm nay hoặc từ một ngày đã qua; hãy đổi tên khi đến ngày.");
    }
    Some(day)
}

/// Says what is wrong with the day, where that is why a unit cannot end.
fn refuse_day(entry: &mut Entry, error: DbError) -> Result<(), Refusal> {
    match error {
        DbError::Refused(Refused::Unit(UnitRefused::SheetsAfter { last, .. })) => {
            entry.refuse("from", format!("Đơn vị có phiếu đến ngày {}; hãy nhập ngày sau đó.", format::date(last)));
            Ok(())
        }
        error => Err(error.into()),
    }
}

/// A unit of the user's that is there; the one at the top may be renamed and split, too.
fn unit_to_change(user: &SignedIn, code: &str) -> Result<Unit, Refusal> {
    let unit = user.unit_of_code(code).filter(|unit| unit.valid_to.is_none()).cloned();
    unit.ok_or_else(|| Reason::NotYours.into())
}

fn unit_to_move(user: &SignedIn, code: &str) -> Result<Unit, Refusal> {
    let unit = unit_to_change(user, code)?;
    if unit.id == user.unit { Err(Reason::NotYours.into()) } else { Ok(unit) }
}

/// A code that no unit bears: the old one with the next free number.
async fn free_code(app: &App, code: &str) -> Result<String, Refusal> {
    let db = app.db.clone();
    let tree = block(move || db.tree()).await??;
    let mut number = 2;
    loop {
        let code = format!("{code}-{number}");
        if tree.of_code(&code).is_none() {
            return Ok(code);
        }
        number += 1;
    }
}

async fn open_points(app: &App, unit: &Unit) -> Result<Vec<PointListed>, Refusal> {
    let (db, id) = (app.db.clone(), unit.id);
    let mut points = block(move || db.points(Some(&[id]))).await??;
    points.retain(|point| point.retired_on.is_none());
    Ok(points)
}

async fn page(app: &App, user: &SignedIn, unit: &Unit, entry: &Entry, change: Change) -> Result<HttpResponse, Refusal> {
    let points = if change == Change::Split { open_points(app, unit).await? } else { Vec::new() };
    let name = &unit.name_vi;
    let (heading, end, about, button) = match change {
        Change::Rename => (
            format!("Đổi tên {name}"),
            "rename",
            "Số liệu và mã QR giữ nguyên, chỉ tên thay đổi. Kỳ đã khóa và văn bản đã phát hành giữ tên cũ. Đơn vị sáp nhập hoặc chuyển sang nơi khác thì dùng \
             “Chuyển” hoặc “Kết thúc, sáp nhập”.",
            "Đổi tên",
        ),
        Change::Move => (
            format!("Chuyển {name} sang đơn vị cấp trên khác"),
            "move",
            "Số liệu đến trước ngày chuyển ở lại với đơn vị cấp trên cũ. Từ ngày chuyển, các điểm và mã QR trên tường dùng tiếp ở đơn vị mới; người dùng của đơn \
             vị đi theo.",
            "Chuyển đơn vị",
        ),
        Change::Split => (
            format!("Tách một phần của {name}"),
            "split",
            "Các điểm được chọn chuyển sang đơn vị mới từ ngày tách; mã QR trên tường dùng tiếp. Số liệu trước ngày tách ở lại với đơn vị này.",
            "Tách đơn vị",
        ),
    };
    let kinds = [
        UnitKind::Office,
        UnitKind::OneStopCentre,
        UnitKind::HealthStation,
        UnitKind::School,
        UnitKind::Ward,
        UnitKind::Commune,
        UnitKind::Other,
    ];
    let page = ChangePage {
        frame: user.frame(app),
        entry,
        heading,
        action: format!("/staff/units/{}/{end}", unit.code),
        about,
        button,
        change,
        parents: open_units(user, clock::today()).into_iter().filter(|choice| choice.value != unit.code).collect(),
        kinds: kinds.into_iter().map(|kind| Choice::new(kind.name(), kind_name(kind))).collect(),
        points: points.into_iter().map(|point| Choice::new(point.code, point.name_vi)).collect(),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}
