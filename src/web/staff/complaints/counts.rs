//! `/staff/complaints/counts`: complaints counted by office in a month, and month by month. Cases are counted from one on: they
//! are public duties; ratings from ten.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};

use crate::cases::count::Counts;
use crate::clock;
use crate::db::{DbError, Unit, UnitKind};
use crate::error::{Reason, Refusal};
use crate::report::{Language, format};
use crate::service::complaints::counts::{by_unit, month_of, of_period};
use crate::service::complaints::receiver_of;
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::staff::ward::sole_ward;
use crate::web::state::App;

/// Months listed.
const MONTHS: u32 = 12;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
    /// As in `2026-03`.
    month: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/complaints/counts.html")]
struct CountsPage {
    frame: Frame,
    ward: String,
    month: String,
    months: Vec<(String, String, bool)>,
    unit: String,
    wards: Vec<(String, String)>,
    by_unit: Vec<Line>,
    by_month: Vec<Line>,
}

struct Line {
    name: String,
    all: bool,
    cells: [(&'static str, String); 9],
}

/// `GET /staff/complaints/counts?month=…`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let today = clock::today();
    let first = match ask.month.as_deref().filter(|month| !month.is_empty()) {
        Some(month) => NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").map_err(|_| Reason::BadQuery)?,
        None => month_of(today).0,
    };
    let own = sole_ward(&app, &user).await?;
    let is_ward = |unit: &&Unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune);
    let wards: Vec<(String, String)> =
        user.units.iter().filter(is_ward).map(|unit| (unit.code.clone(), unit.name_vi.clone())).collect();
    let asked = ask.unit.clone().filter(|unit| !unit.is_empty());
    if asked.as_deref().is_some_and(|unit| !user.covers(unit)) {
        return Err(Reason::NotYours.into());
    }
    // Who stands above several wards chooses on the page; figures that are only read may begin with the first.
    let first_ward = || wards.first().map(|(code, _)| code.clone());
    let code = asked.or_else(|| own.map(|ward| ward.code)).or_else(first_ward).ok_or(Reason::NotYours)?;
    let db = app.db.clone();
    let found = block(move || {
        let Some(ward) = receiver_of(&db, &code, today)? else { return Ok::<_, DbError>(None) };
        let (all, units) = by_unit(&db, ward.id, month_of(first), today)?;
        let mut months = Vec::new();
        for back in 0..MONTHS {
            let Some(month) = month_of(today).0.checked_sub_months(Months::new(back)) else { break };
            months.push((month, of_period(&db, ward.id, None, month_of(month), today)?));
        }
        Ok(Some((ward, all, units, months, db.tree()?)))
    });
    let Some((ward, all, units, months, names)) = found.await?? else {
        let page = CountsPage {
            frame: user.frame(&app),
            ward: String::new(),
            month: String::new(),
            months: Vec::new(),
            unit: String::new(),
            wards: Vec::new(),
            by_unit: Vec::new(),
            by_month: Vec::new(),
        };
        return Ok(send(StatusCode::OK, &page));
    };
    let name_of = |id: Option<i32>| {
        let found = id.and_then(|id| names.unit(id));
        found.map_or_else(|| format!("{} (chưa giao)", ward.name_vi), |unit| unit.name_vi.clone())
    };
    let month_name = |month: &NaiveDate| format!("Tháng {}/{}", month.month(), month.year());
    let mut lines = vec![Line { name: "Cả phường, xã".to_owned(), all: true, cells: cells(&all) }];
    lines.extend(units.iter().map(|line| Line { name: name_of(line.unit), all: false, cells: cells(&line.counts) }));
    let page = CountsPage {
        frame: user.frame(&app),
        month: month_name(&first).to_lowercase(),
        months: months
            .iter()
            .map(|(month, _)| (format!("{}-{:02}", month.year(), month.month()), month_name(month), *month == first))
            .collect(),
        unit: ward.code.clone(),
        wards,
        ward: ward.name_vi.clone(),
        by_unit: lines,
        by_month: months
            .iter()
            .map(|(month, counts)| Line { name: month_name(month), all: false, cells: cells(counts) })
            .collect(),
    };
    Ok(send(StatusCode::OK, &page))
}

fn cells(counts: &Counts) -> [(&'static str, String); 9] {
    let number = |count: u64| format::count(count, Language::Vi);
    let one = |value: f64| format!("{value:.1}").replace(".0", "").replace('.', ",");
    [
        ("Đến", number(counts.received)),
        ("Đúng hạn", number(counts.in_time)),
        ("Chậm", number(counts.late)),
        ("Còn trong hạn", number(counts.open)),
        ("Công khai", number(counts.published)),
        ("Trả lời riêng", number(counts.private)),
        ("Không tiếp nhận", number(counts.not_taken_up)),
        ("Trung vị ngày làm việc", counts.median_days.map_or_else(|| "–".to_owned(), one)),
        (
            "Hài lòng với trả lời",
            counts.content.map_or_else(
                || "dưới 10 người chấm".to_owned(),
                |(share, raters)| format!("{} ({raters} người)", format::share(share, &[], Language::Vi)),
            ),
        ),
    ]
}
