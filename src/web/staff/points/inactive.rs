//! Points that nobody has answered for some days, and points whose pattern changed at once. The rules stand in
//! `index/inactive.rs`; only released tallies are read, and no figure is shown.

use std::collections::{BTreeMap, HashMap};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;

use crate::access::Action;
use crate::clock;
use crate::db::{Db, DbError, PointListed, TallyFilter, Unit};
use crate::error::{Reason, Refusal};
use crate::index::inactive::{self, Change, LastAnswer, Window};
use crate::report::format;
use crate::sheet::tally::{Mode, Tally};
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// The days to choose from. Not any number: asking for one day after the other would tell the very day.
const DAYS: [u64; 5] = [7, 14, 30, 60, 90];
/// Units whose tallies are read together.
const UNITS_AT_ONCE: usize = 100;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    days: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/points/inactive.html")]
struct InactivePage {
    frame: Frame,
    days: u64,
    choices: [u64; 5],
    open: usize,
    silent: Vec<InactiveLine>,
    changed: Vec<ChangedLine>,
    can_set_up: bool,
}

struct Place {
    code: String,
    name: String,
    unit: String,
}

struct InactiveLine {
    place: Place,
    last: String,
}

struct ChangedLine {
    place: Place,
    signs: Vec<(&'static str, &'static str)>,
}

/// What the page is made from.
struct Found {
    points: Vec<PointListed>,
    last: HashMap<(i32, i32), NaiveDate>,
    /// The window before and the recent one of every point.
    windows: BTreeMap<(i32, i32), [Window; 2]>,
}

/// `GET /staff/points/silent?days=…`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let days = match ask.days.as_deref() {
        None | Some("") => DAYS[0],
        Some(days) => days.parse().ok().filter(|days| DAYS.contains(days)).ok_or(Reason::BadQuery)?,
    };
    let today = clock::today();
    let (db, units) = (app.db.clone(), user.units.clone());
    let Found { mut points, last, windows } = app.costly.run(move || read(&db, &units, today)).await??;
    points.retain(|point| point.opened_on <= today && point.retired_on.is_none_or(|day| day > today));
    let place = |point: &PointListed| Place {
        code: point.code.clone(),
        name: point.name_vi.clone(),
        unit: user.unit_of_code(&point.unit_code).map(|unit| unit.name_vi.clone()).unwrap_or_default(),
    };
    let last_of = |point: &PointListed| last.get(&(point.unit, point.point)).copied();
    let mut silent: Vec<&PointListed> =
        points.iter().filter(|point| inactive::is_inactive(point.opened_on, last_of(point), today, days)).collect();
    // Longest first; within a week in the order of the list, so that the order tells no more than the words.
    silent.sort_by_key(|point| match inactive::last_answer(last_of(point), today) {
        LastAnswer::WeekOf(monday) => Some(monday),
        _ => None,
    });
    let in_reach =
        |point: &&PointListed| inactive::windows(today).is_some_and(|[(first, _), _]| point.opened_on <= first);
    let changed = points.iter().filter(in_reach).filter_map(|point| {
        let [before, recent] = windows.get(&(point.unit, point.point)).copied().unwrap_or_default();
        let signs: Vec<_> = inactive::changes(before, recent).into_iter().map(words).collect();
        (!signs.is_empty()).then(|| ChangedLine { place: place(point), signs })
    });
    let page = InactivePage {
        frame: user.frame(&app),
        days,
        choices: DAYS,
        open: points.len(),
        changed: changed.collect(),
        silent: silent
            .into_iter()
            .map(|point| InactiveLine {
                place: place(point),
                last: last_words(inactive::last_answer(last_of(point), today)),
            })
            .collect(),
        can_set_up: user.may(Action::SetUp),
    };
    Ok(send(StatusCode::OK, &page))
}

fn read(db: &Db, units: &[Unit], today: NaiveDate) -> Result<Found, DbError> {
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let last = db.last_days(&ids, today)?.into_iter().map(|(unit, point, day)| ((unit, point), day)).collect();
    let mut windows: BTreeMap<(i32, i32), [Window; 2]> = BTreeMap::new();
    if let Some(spans) = inactive::windows(today) {
        // Signs only, no numbers, and none of today: nobody sees an answer arrive by them. So what waits counts too.
        // Of a city or the nation some units after the others: their tallies are not in memory together.
        for some in ids.chunks(UNITS_AT_ONCE) {
            let filter = TallyFilter { units: Some(some.to_vec()), from: spans[0].0, to: spans[1].1, live: true };
            for (key, tally) in db.tallies(&filter)? {
                // Paper and telephone come in piles, on the day when somebody keys them.
                if matches!(key.mode, Mode::Phone | Mode::Kiosk) {
                    let recent = usize::from(clock::date_of(key.day) >= spans[1].0);
                    add(&mut windows.entry((key.unit, key.point)).or_default()[recent], &tally);
                }
            }
        }
    }
    Ok(Found { points: db.points(Some(&ids))?, last, windows })
}

fn add(window: &mut Window, tally: &Tally) {
    window.sheets += tally.sheets;
    for levels in &tally.levels {
        // Slots: blank, levels 1 to 5, not used.
        window.answers += levels[1..=5].iter().sum::<u64>();
        window.highest += levels[5];
    }
}

fn last_words(last: LastAnswer) -> String {
    match last {
        LastAnswer::Never => "chưa có phiếu nào".to_owned(),
        LastAnswer::Today => "hôm nay".to_owned(),
        LastAnswer::WithinWeek => "1–6 ngày trước".to_owned(),
        LastAnswer::WeekOf(monday) => format!("tuần từ {}", format::date(monday)),
    }
}

/// What a sign is called, and what to look after.
fn words(change: Change) -> (&'static str, &'static str) {
    match change {
        Change::FewerSheets => (
            "Số phiếu giảm đột ngột",
            "Xem áp phích còn ở chỗ cũ, quét thử mã, hỏi nơi phục vụ có nghỉ hay đổi cách tiếp dân không.",
        ),
        Change::MoreSheets => (
            "Số phiếu tăng đột ngột",
            "Xem có đợt vận động hoặc đông người thật không; nếu không, có thể phiếu bị gửi hàng loạt: cân nhắc đổi mã.",
        ),
        Change::MoreHighest => (
            "Tỷ lệ “rất hài lòng” tăng đột ngột",
            "Có thể có thay đổi thật; cũng có thể phiếu được làm hộ. Đến xem cách mời người dân trả lời.",
        ),
        Change::FewerHighest => {
            ("Tỷ lệ “rất hài lòng” giảm đột ngột", "Xem nơi phục vụ vừa thay đổi gì: người, giờ, quy trình, phần mềm.")
        }
    }
}
