//! The tree of units: what there is, a unit to add below another, a unit to end with the one that follows it.
//! What else happens to units, a new name, a move, a part that goes, is in `changes.rs`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;

use super::names::english;
use super::shown::{KINDS, is_open, kind_name, open_units, tree};
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{DbError, NewUnit, PointListed, Refused, Together, Unit, UnitKind, UnitRefused};
use crate::error::{Reason, Refusal};
use crate::exchange::import::plain;
use crate::report::format;
use crate::web::http::block::block;
use crate::web::staff::account::first_start::code;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::pages::Pages;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?` of the addresses of these pages.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    parent: Option<String>,
    done: Option<String>,
    count: Option<usize>,
    q: Option<String>,
    page: Option<usize>,
}

/// Units on one page.
const UNITS_ON_A_PAGE: usize = 100;

#[derive(Template)]
#[template(path = "staff/units/list.html")]
struct ListPage {
    frame: Frame,
    done: Option<String>,
    undo: bool,
    can_set_up: bool,
    lines: Vec<Line>,
    /// Number, address, whether it is this one.
    pages: Vec<(usize, String, bool)>,
    q: String,
}

struct Line {
    code: String,
    name_vi: String,
    name_en: String,
    kind: &'static str,
    /// Depth in the tree, 6 at most: a class of the style.
    depth: usize,
    valid: String,
    ended: bool,
    successor: Option<String>,
    former: Vec<String>,
    points: usize,
    can_end: bool,
}

/// `GET /staff/units`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let today = clock::today();
    let wanted = plain(ask.q.as_deref().unwrap_or_default());
    let mut found = tree(&user.units);
    found.retain(|(unit, _)| {
        let text = plain(&format!("{} {} {}", unit.name_vi, unit.name_en, unit.code));
        wanted.split(' ').all(|word| text.contains(word))
    });
    let query = [("q", ask.q.as_deref())];
    let Pages { shown, links } = Pages::of(found, ask.page, UNITS_ON_A_PAGE, "/staff/units", &query);
    let (db, ids) = (app.db.clone(), shown.iter().map(|(unit, _)| unit.id).collect::<Vec<_>>());
    // Whether what was added can be taken back is asked of every table, and so only where it is offered.
    let (by, just_added) = (user.id, ask.done.as_deref() == Some("pasted"));
    let (points, former, undo) = block(move || {
        let undo = just_added && !db.added_together(Together::Units, by)?.is_empty();
        Ok::<_, DbError>((db.points(Some(&ids))?, db.former_names(&ids)?, undo))
    })
    .await??;
    let mut lines: Vec<Line> =
        shown.into_iter().map(|(unit, depth)| line(&user, unit, depth, &points, today)).collect();
    for line in &mut lines {
        let id = user.unit_of_code(&line.code).map(|unit| unit.id);
        let names = former.iter().filter(|name| Some(name.unit) == id);
        line.former = names.map(|name| format!("đến {}: {}", format::date(name.until), name.name_vi)).collect();
    }
    let done = match ask.done.as_deref() {
        Some("added") => Some("Đã thêm đơn vị."),
        Some("used") => {
            Some("Chưa hoàn tác: đã có điểm, người dùng, kế hoạch hoặc dữ liệu khác gắn với một trong các đơn vị này.")
        }
        Some("retired") => Some("Đã ghi ngày kết thúc của đơn vị."),
        Some("merged") => {
            Some("Đã ghi ngày kết thúc của đơn vị. Từ ngày hôm sau, các mã QR trên tường mở phiếu của đơn vị kế tiếp.")
        }
        Some("renamed") => Some("Đã đổi tên đơn vị. Áp phích in lại khi tiện; mã QR không đổi."),
        Some("moved") => Some("Đã ghi ngày chuyển đơn vị. Các mã QR trên tường dùng tiếp."),
        Some("split") => Some("Đã ghi ngày tách đơn vị. Các mã QR trên tường dùng tiếp."),
        _ => None,
    };
    let done = match (ask.done.as_deref(), ask.count) {
        (Some("pasted"), Some(count)) => Some(format!("Đã thêm {count} đơn vị.")),
        (Some("taken-back"), Some(count)) => Some(format!("Đã hoàn tác: bỏ {count} đơn vị vừa thêm.")),
        _ => done.map(str::to_owned),
    };
    let page = ListPage {
        frame: user.frame(&app),
        done,
        undo,
        can_set_up: user.may(Action::SetUp),
        lines,
        pages: links,
        q: ask.q.clone().unwrap_or_default(),
    };
    Ok(send(StatusCode::OK, &page))
}

fn line(user: &SignedIn, unit: &Unit, depth: usize, points: &[PointListed], today: NaiveDate) -> Line {
    let from = format::date(unit.valid_from);
    let open_point = |point: &&PointListed| point.unit == unit.id && point.retired_on.is_none_or(|day| day > today);
    Line {
        code: unit.code.clone(),
        name_vi: unit.name_vi.clone(),
        name_en: unit.name_en.clone(),
        kind: kind_name(unit.kind),
        depth: depth.min(6),
        valid: unit.valid_to.map_or_else(|| format!("từ {from}"), |to| format!("{from} – {}", format::date(to))),
        ended: !is_open(unit, today),
        successor: unit.successor.map(|id| {
            let known = user.units.iter().find(|known| known.id == id);
            known.map_or_else(|| "đơn vị khác".to_owned(), |known| known.name_vi.clone())
        }),
        former: Vec::new(),
        points: points.iter().filter(open_point).count(),
        can_end: unit.valid_to.is_none() && unit.id != user.unit,
    }
}

async fn points_of(app: &App, user: &SignedIn) -> Result<Vec<PointListed>, Refusal> {
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    Ok(block(move || db.points(Some(&ids))).await??)
}

#[derive(Template)]
#[template(path = "staff/units/new.html")]
struct NewPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    parents: Vec<Choice>,
    kinds: Vec<Choice>,
}

/// `GET /staff/units/new?parent=…`.
pub async fn new_form(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let today = clock::today().to_string();
    let parent = ask.parent.as_deref().unwrap_or_default();
    let entry = Entry::fresh(&[("parent", parent), ("kind", UnitKind::Office.name()), ("valid_from", &today)]);
    Ok(new_page(&app, &user, &entry))
}

/// `POST /staff/units/new`.
pub async fn add(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let new = new_unit(&mut entry, &user);
    let Some(new) = new.filter(|_| !entry.is_wrong()) else { return Ok(new_page(&app, &user, &entry)) };
    let (db, code) = (app.db.noting(user.note(AuditedAction::AddUnit, &new.code, "")), new.code.clone());
    match block(move || db.add_unit(&new)).await? {
        Ok(_) => {
            tracing::info!(user = user.id, unit = code, "unit added");
            Ok(see_other("/staff/units?done=added"))
        }
        Err(DbError::Exists { .. }) => {
            entry.refuse("code", format!("Mã {code} đã dùng cho một đơn vị khác; hãy nhập mã khác."));
            Ok(new_page(&app, &user, &entry))
        }
        Err(error) => Err(error.into()),
    }
}

fn new_unit(entry: &mut Entry, user: &SignedIn) -> Option<NewUnit> {
    let today = clock::today();
    let parent = user.unit_of_code(entry.value("parent")).filter(|unit| is_open(unit, today));
    if parent.is_none() {
        entry.refuse("parent", "Chọn đơn vị cấp trên trong danh sách.");
    }
    let kind = KINDS.into_iter().find(|kind| kind.name() == entry.value("kind"));
    if kind.is_none() {
        entry.refuse("kind", "Chọn loại đơn vị.");
    }
    let name_vi = entry.required_line("name_vi", "Nhập tên đơn vị.");
    let name_en = entry.line("name_en");
    let code = code(entry, "code", &name_vi);
    let valid_from = entry.day("valid_from");
    Some(NewUnit {
        code: code?,
        kind: kind?,
        name_en: if name_en.is_empty() { english(&name_vi) } else { name_en },
        name_vi,
        parent: Some(parent?.code.clone()),
        valid_from: valid_from?,
    })
}

fn new_page(app: &App, user: &SignedIn, entry: &Entry) -> HttpResponse {
    let page = NewPage {
        frame: user.frame(app),
        entry,
        parents: open_units(user, clock::today()),
        kinds: KINDS.into_iter().map(|kind| Choice::new(kind.name(), kind_name(kind))).collect(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

#[derive(Template)]
#[template(path = "staff/units/retire.html")]
struct RetirePage<'a> {
    frame: Frame,
    entry: &'a Entry,
    code: &'a str,
    name: &'a str,
    successors: Vec<Choice>,
    points: usize,
    below: Vec<String>,
}

/// `GET /staff/units/{code}/retire`.
pub async fn retire_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let unit = unit_to_end(&user, &path)?;
    let entry = Entry::fresh(&[("last_day", &clock::today().to_string()), ("successor", "")]);
    retire_page(&app, &user, &unit, &entry).await
}

/// `POST /staff/units/{code}/retire`.
pub async fn retire(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let unit = unit_to_end(&user, &path)?;
    let mut entry = Entry::sent(&body);
    let last_day = entry.day("last_day");
    if last_day.is_some_and(|day| day < unit.valid_from) {
        entry.refuse(
            "last_day",
            format!("Đơn vị có từ {}; ngày cuối không thể sớm hơn.", format::date(unit.valid_from)),
        );
    }
    let successor = entry.value("successor").to_owned();
    let follows =
        user.unit_of_code(&successor).is_some_and(|other| other.id != unit.id && is_open(other, clock::today()));
    if !successor.is_empty() && !follows {
        entry.refuse("successor", "Chọn một đơn vị khác trong danh sách, hoặc không chọn.");
    }
    let Some(last_day) = last_day.filter(|_| !entry.is_wrong()) else {
        return retire_page(&app, &user, &unit, &entry).await;
    };
    let (db, code) =
        (app.db.noting(user.note(AuditedAction::RetireUnit, &unit.code, successor.as_str())), unit.code.clone());
    let successor = Some(successor).filter(|code| !code.is_empty());
    let done = if successor.is_some() { "merged" } else { "retired" };
    let ended = move || match successor {
        Some(successor) => db.merge_unit(&code, last_day, &successor).map(drop),
        None => db.retire_unit(&code, last_day, None),
    };
    match block(ended).await? {
        Err(DbError::Refused(Refused::Unit(UnitRefused::SheetsAfter { last, .. }))) => {
            let sentence = format!("Đơn vị có phiếu đến ngày {}; ngày cuối không thể sớm hơn.", format::date(last));
            entry.refuse("last_day", sentence);
            return retire_page(&app, &user, &unit, &entry).await;
        }
        done => done?,
    }
    tracing::info!(user = user.id, unit = unit.code, "unit ended");
    Ok(see_other(&format!("/staff/units?done={done}")))
}

/// The unit of a code that the user may end, or the answer to give instead: never their own, never one that ended.
fn unit_to_end(user: &SignedIn, code: &str) -> Result<Unit, Refusal> {
    let unit = user.unit_of_code(code).filter(|unit| unit.id != user.unit && unit.valid_to.is_none()).cloned();
    unit.ok_or_else(|| Reason::NotYours.into())
}

async fn retire_page(app: &App, user: &SignedIn, unit: &Unit, entry: &Entry) -> Result<HttpResponse, Refusal> {
    let today = clock::today();
    let points = points_of(app, user).await?;
    let others = open_units(user, today).into_iter().filter(|choice| choice.value != unit.code);
    let below = user.units.iter().filter(|below| below.parent == Some(unit.id) && is_open(below, today));
    let page = RetirePage {
        frame: user.frame(app),
        entry,
        code: &unit.code,
        name: &unit.name_vi,
        successors: [Choice::new("", "Không có")].into_iter().chain(others).collect(),
        points: points.iter().filter(|point| point.unit == unit.id && point.retired_on.is_none()).count(),
        below: below.map(|below| below.name_vi.clone()).collect(),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_lists_every_unit_under_its_own() {
        let unit = |id: i32, parent: Option<i32>| Unit {
            id,
            code: format!("u{id}"),
            kind: UnitKind::Other,
            name_vi: String::new(),
            name_en: String::new(),
            parent,
            valid_from: NaiveDate::default(),
            valid_to: None,
            successor: None,
        };
        // The parent of 1 belongs to somebody else.
        let units = [unit(1, Some(9)), unit(2, Some(3)), unit(3, Some(1)), unit(4, Some(1)), unit(5, None)];
        let order: Vec<(i32, usize)> = tree(&units).into_iter().map(|(unit, depth)| (unit.id, depth)).collect();
        assert_eq!(order, [(1, 0), (3, 1), (2, 2), (4, 1), (5, 0)]);
    }
}
