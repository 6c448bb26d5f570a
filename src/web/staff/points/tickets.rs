//! One-time codes: how many were issued for each point, month by month, and how many came back with an answer.
//!
//! While a month runs the used ones are shown in steps of five, so that nobody who hands a card over can watch whether
//! it comes back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::{Datelike, NaiveDate};

use crate::clock;
use crate::db::{DbError, TicketCount};
use crate::error::Refusal;
use crate::report::{Language, format};
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// Steps in which used codes of the running month are shown: the group in which figures move.
const STEP: u64 = 5;

#[derive(Template)]
#[template(path = "staff/points/tickets.html")]
struct TicketsPage {
    frame: Frame,
    lines: Vec<Line>,
}

struct Line {
    month: String,
    name: String,
    code: String,
    unit: String,
    issued: String,
    used: String,
    rate: String,
    running: bool,
}

/// `GET /staff/points/tickets`.
pub async fn show(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<i32>>());
    let (points, mut counts) =
        block(move || Ok::<_, DbError>((db.points(Some(&ids))?, db.ticket_counts(&ids)?))).await??;
    // The newest month first, its points in the order of the list of points.
    counts.sort_by_key(|count| std::cmp::Reverse(count.month));
    let today = clock::today();
    let lines = counts.iter().filter_map(|count| {
        let point = points.iter().find(|point| (point.unit, point.point) == (count.unit, count.point))?;
        let unit = user.unit_of_code(&point.unit_code).map(|unit| unit.name_vi.clone()).unwrap_or_default();
        Some(line(count, today, (&point.name_vi, &point.code, unit)))
    });
    let lines = lines.collect();
    Ok(send(StatusCode::OK, &TicketsPage { frame: user.frame(&app), lines }))
}

fn line(count: &TicketCount, today: NaiveDate, (name, code, unit): (&str, &str, String)) -> Line {
    let running = (count.month.year(), count.month.month()) == (today.year(), today.month());
    let used = if running { count.used / STEP * STEP } else { count.used };
    let share = if count.issued == 0 { 0.0 } else { used as f64 / count.issued as f64 };
    Line {
        month: count.month.format("%m/%Y").to_string(),
        name: name.to_owned(),
        code: code.to_owned(),
        unit,
        issued: format::count(count.issued, Language::Vi),
        used: format::count(used, Language::Vi),
        rate: format::share(share, &[], Language::Vi),
        running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_codes_of_the_running_month_move_in_fives_and_those_of_a_past_one_are_exact() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let count = |used| TicketCount { unit: 1, point: 1, month: day("2026-03-01"), issued: 40, used };
        let shown = |used, today: &str| {
            let line = line(&count(used), day(today), ("", "", String::new()));
            (line.used, line.rate, line.running)
        };
        assert_eq!(shown(9, "2026-03-31"), ("5".to_owned(), "12,5%".to_owned(), true));
        assert_eq!(shown(10, "2026-03-31"), ("10".to_owned(), "25,0%".to_owned(), true));
        assert_eq!(shown(9, "2026-04-01"), ("9".to_owned(), "22,5%".to_owned(), false));
    }
}
