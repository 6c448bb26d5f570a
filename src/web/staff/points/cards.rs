//! One-time cards for a point: how many and how long they are good, printed as a file once. Who prints them holds what citizens will
//! hold: the file is made, entered and handed over in one go, and kept nowhere.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use askama::Template;
use chrono::Days;

use crate::access::AuditedAction;
use crate::clock;
use crate::db::{PointFound, TicketIssue};
use crate::error::{Reason, Refusal};
use crate::print::ticket::{Cards, tickets};
use crate::secrets::hex::hex;
use crate::service::report_file::Format;
use crate::service::tickets::{COUNT_MAX, DAYS_MAX, open_point, prepared};
use crate::web::http::block::block;
use crate::web::staff::download::attachment;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/points/cards.html")]
struct CardsPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    code: &'a str,
    point: &'a str,
    unit: &'a str,
    /// Why no cards can be made here, a sentence.
    off: Option<&'static str>,
}

/// `GET /staff/points/{code}/cards`.
pub async fn show(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let point = point_of(&app, &user, &path).await?;
    // By this number a page that is sent twice has its cards once.
    let mut number = [0; 16];
    getrandom::fill(&mut number).map_err(Refusal::fault)?;
    Ok(page(&app, &user, &point, &Entry::fresh(&[("count", "80"), ("days", "30"), ("page", &hex(&number))])))
}

/// `POST` of the same: the cards as a file.
pub async fn print(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let point = point_of(&app, &user, &path).await?;
    let count = entry.whole("count", 1..=COUNT_MAX as u64, &format!("Nhập số thẻ từ 1 đến {COUNT_MAX}."));
    let days: Option<u64> = entry.whole("days", 1..=DAYS_MAX, &format!("Nhập số ngày từ 1 đến {DAYS_MAX}."));
    let (Some(count), Some(days), Some(file)) = (count, days, app.ticket_key_file.clone()) else {
        return Ok(page(&app, &user, &point, &entry));
    };
    let today = clock::today();
    let last_day = today.checked_add_days(Days::new(days - 1)).unwrap_or(today);
    let note = user.note(AuditedAction::IssueTickets, &point.unit_code, format!("{}, {count}", point.code));
    let (db, public_url) = (app.db.noting(note), app.config.public_url.clone());
    let name = format!("the-moi-{}", point.code);
    // Another last day is printed on other cards: a page that was left open must not promise old ones for longer.
    let number = entry.value("page");
    let sent = (!number.is_empty()).then(|| format!("{}\0{last_day}\0{number}", point.code));
    let made = app.costly.run(move || -> Result<Option<Vec<u8>>, Refusal> {
        let Some((key, codes)) = prepared(&db, &file, sent.as_deref(), count, today)? else {
            return Ok(None);
        };
        let cards = Cards {
            office: &point.unit_name_vi,
            point: &point.name_vi,
            public_url: &public_url,
            code: &point.code,
            last_day,
        };
        let file = tickets(&cards, &codes).map_err(Refusal::fault)?;
        let issue = TicketIssue { unit: point.unit, point: point.point, key_id: key.id(), issued_on: today, last_day };
        db.issue_tickets(&issue, codes.iter().map(|code| key.hash(code)).collect())?;
        Ok(Some(file))
    });
    let Some(file) = made.await?? else {
        return Err(Refusal::fault("one-time codes are out that were made with another key; `sipas doctor` says more"));
    };
    tracing::info!(user = user.id, cards = count, "one-time cards printed on a page");
    Ok(attachment(&name, Format::Pdf, file))
}

/// The open point of a code among the user's.
async fn point_of(app: &App, user: &SignedIn, typed: &str) -> Result<PointFound, Refusal> {
    let (db, typed) = (app.db.clone(), typed.to_owned());
    let found = block(move || open_point(&db, &typed, clock::today())).await??;
    found.filter(|point| user.covers(&point.unit_code)).ok_or_else(|| Reason::NotYours.into())
}

fn page(app: &App, user: &SignedIn, point: &PointFound, entry: &Entry) -> HttpResponse {
    let off = app.ticket_key_file.is_none().then_some(
        "Chưa in được thẻ: máy chủ chưa có nơi giữ khóa của thẻ. Hãy báo người vận hành đặt TICKET_KEY_FILE.",
    );
    let page = CardsPage {
        frame: user.frame(app),
        entry,
        code: &point.code,
        point: &point.name_vi,
        unit: &point.unit_name_vi,
        off,
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}
