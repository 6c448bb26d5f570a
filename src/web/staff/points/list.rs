//! Service points: the list with their codes and what was done to one just now. Which are silent tells `inactive.rs`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;

use super::book::{Book, Line, is_retired, shown_units};
use crate::access::Action;
use crate::clock;
use crate::db::{Db, DbError, PointListed, Unit};
use crate::error::{Reason, Refusal};
use crate::exchange::import::plain;
use crate::vitals::Tablet;
use crate::web::http::block::block;
use crate::web::staff::form::Choice;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::pages::Pages;
use crate::web::staff::signed_in::Staff;
use crate::web::staff::units::shown::kind_name;
use crate::web::state::App;

/// Units with points on one page of the list.
const UNITS_ON_A_PAGE: usize = 40;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
    code: Option<String>,
    done: Option<String>,
    count: Option<usize>,
    batch: Option<i32>,
    q: Option<String>,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "staff/points/list.html")]
struct ListPage {
    frame: Frame,
    done: Option<String>,
    posters: Option<String>,
    can_set_up: bool,
    can_see_silence: bool,
    units: Vec<Choice>,
    unit: String,
    q: String,
    batch: Option<i32>,
    groups: Vec<Group>,
    /// Number, address, whether it is this one.
    pages: Vec<(usize, String, bool)>,
}

struct Group {
    name: String,
    kind: &'static str,
    points: Vec<Line>,
    retired: Vec<Line>,
}

/// `GET /staff/points`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let Some(shown) = shown_units(&user, ask.unit.as_deref()) else { return Err(Reason::NotYours.into()) };
    let wanted = plain(ask.q.as_deref().unwrap_or_default());
    let query = [("unit", ask.unit.as_deref()), ("q", ask.q.as_deref())];
    let (db, of, words) = (app.db.clone(), Arc::clone(&shown), wanted.clone());
    // A nation has 60,000 points: they are gone through on a thread that answers nobody else.
    let found = app.costly.run(move || if words.is_empty() { with_points(&db, &of) } else { search(&db, &of, &words) });
    let Pages { shown, links } = Pages::of(found.await??, ask.page, UNITS_ON_A_PAGE, "/staff/points", &query);
    let book = Book::of_units(&app, &Arc::new(shown.clone())).await?;
    let today = clock::today();
    let (db, ids) = (app.db.clone(), shown.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let last = block(move || db.last_days(&ids, today)).await??;
    let last: HashMap<(i32, i32), NaiveDate> =
        last.into_iter().map(|(unit, point, day)| ((unit, point), day)).collect();
    let mut groups: Vec<Group> = shown.iter().map(|unit| group(&app, &book, unit, today, &wanted, &last)).collect();
    groups.retain(|group| !group.points.is_empty() || !group.retired.is_empty());
    let suffix = ask.unit.as_deref().filter(|unit| !unit.is_empty()).map(|unit| format!("?unit={unit}"));
    let any = groups.iter().any(|group| !group.points.is_empty());
    let page = ListPage {
        frame: user.frame(&app),
        done: done(&ask, &book),
        posters: any.then(|| format!("/staff/points/posters{}", suffix.unwrap_or_default())),
        can_set_up: user.may(Action::SetUp),
        can_see_silence: user.may(Action::SeeFigures),
        units: user.units.iter().map(|unit| Choice::new(unit.code.clone(), unit.name_vi.clone())).collect(),
        unit: ask.unit.clone().unwrap_or_default(),
        q: ask.q.clone().unwrap_or_default(),
        batch: ask.batch.filter(|_| ask.done.as_deref() == Some("pasted") && user.may(Action::SetUp)),
        groups,
        pages: links,
    };
    Ok(send(StatusCode::OK, &page))
}

/// Those of some units that have points; all where they fit on a page.
fn with_points(db: &Db, units: &[Unit]) -> Result<Vec<Unit>, DbError> {
    if units.len() <= UNITS_ON_A_PAGE {
        return Ok(units.to_vec());
    }
    let counted = db.units_with_points(&units.iter().map(|unit| unit.id).collect::<Vec<_>>())?;
    Ok(units.iter().filter(|unit| counted.contains(&unit.id)).cloned().collect())
}

/// Those of some units with a point that is meant by what was typed: a search is for points, so each is looked at once.
fn search(db: &Db, units: &[Unit], wanted: &str) -> Result<Vec<Unit>, DbError> {
    let book = Book::read(db, units)?;
    let by_id: HashMap<i32, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
    let meant = book
        .points
        .iter()
        .filter(|point| by_id.get(&point.unit).is_some_and(|unit| is_meant(&book, unit, point, wanted)));
    let meant: HashSet<i32> = meant.map(|point| point.unit).collect();
    Ok(units.iter().filter(|unit| meant.contains(&unit.id)).cloned().collect())
}

/// Whether a point is meant by what was typed into the box: its name, code, unit, questionnaire or a field.
fn is_meant(book: &Book, unit: &Unit, point: &PointListed, wanted: &str) -> bool {
    let line = book.line(point);
    let all = [&line.name_vi, &line.name_en, &line.code, &line.form, &line.fields, &unit.name_vi];
    let text = all.map(|text| plain(text)).join(" ");
    wanted.split(' ').all(|word| text.contains(word))
}

/// What is said of the last seven days. Only what figures show by now is known, so that nobody sees one answer come.
fn status(point: &PointListed, last: Option<NaiveDate>, today: NaiveDate) -> (&'static str, bool) {
    const WEEK: i64 = 7;
    match last {
        Some(day) if (today - day).num_days() <= WEEK => ("có phiếu trong 7 ngày qua", false),
        _ if (today - point.opened_on).num_days() < WEEK => ("mới mở", false),
        Some(_) => ("không có phiếu trong 7 ngày qua", true),
        None => ("chưa có phiếu", true),
    }
}

/// What is known of a tablet in words, and whether somebody should look at it.
fn tablet(known: Tablet) -> (String, bool) {
    match known {
        Tablet::On => ("Máy tính bảng: đang hoạt động".to_owned(), false),
        Tablet::SilentSince(last) => (format!("Máy tính bảng: không thấy từ {}", clock::date_and_time(last)), true),
        Tablet::NotSeen => ("Máy tính bảng: chưa thấy từ khi máy chủ khởi động".to_owned(), true),
    }
}

fn group(
    app: &App,
    book: &Book,
    unit: &Unit,
    today: NaiveDate,
    wanted: &str,
    last: &HashMap<(i32, i32), NaiveDate>,
) -> Group {
    let of_unit = book.points.iter().filter(|point| point.unit == unit.id);
    let of_unit = of_unit.filter(|point| wanted.is_empty() || is_meant(book, unit, point, wanted));
    let (retired, points): (Vec<_>, Vec<_>) = of_unit.partition(|point| is_retired(point, today));
    Group {
        name: unit.name_vi.clone(),
        kind: kind_name(unit.kind),
        points: points
            .into_iter()
            .map(|point| {
                let (status, quiet) = status(point, last.get(&(point.unit, point.point)).copied(), today);
                let tablet = point.kiosk.then(|| tablet(app.tablets.of(&point.code, clock::now())));
                Line { status, quiet, tablet, ..book.line(point) }
            })
            .collect(),
        retired: retired.into_iter().map(|point| book.line(point)).collect(),
    }
}

/// What was done just now, in one of a few fixed sentences.
fn done(ask: &Params, book: &Book) -> Option<String> {
    let name = || ask.code.as_deref().and_then(|code| book.point(code)).map(|point| point.name_vi.clone());
    Some(match ask.done.as_deref()? {
        "added" => format!("Đã thêm điểm “{}”. Mã dùng được ngay.", name()?),
        "pasted" => format!("Đã thêm {} điểm.", ask.count?),
        "taken-back" => {
            format!("Đã hoàn tác: {} điểm vừa thêm không dùng nữa, tên của chúng dùng lại được.", ask.count?)
        }
        "answered" => "Chưa hoàn tác: đã có người trả lời ở một trong các điểm này. Hãy ngừng từng điểm.".to_owned(),
        "retired" => "Điểm đã ngừng. Ai quét mã cũ sẽ được báo là mã không còn dùng.".to_owned(),
        "retired-before" => {
            "Chưa đổi mã: điểm vừa được người khác cho ngừng, nên mã mới sẽ không dẫn tới đâu. Xem điểm ở phần “Đã ngừng”.".to_owned()
        }
        "replaced-before" => "Mã của điểm vừa được người khác đổi; danh sách dưới đây ghi mã đang dùng.".to_owned(),
        "replaced" => format!("“{}” có mã mới. Hãy in lại áp phích; mã cũ dẫn người quét sang mã mới.", name()?),
        "kiosk" => {
            let code = book.point(ask.code.as_deref()?)?.code.as_str();
            format!("Máy tính bảng của “{}” mở địa chỉ /s/{code}?kiosk ở chế độ toàn màn hình.", name()?)
        }
        "no-kiosk" => format!("“{}” không nhận phiếu từ máy tính bảng nữa.", name()?),
        _ => return None,
    })
}
