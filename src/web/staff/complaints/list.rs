//! `/staff/complaints`: what citizens wrote to the unit and those under it, for those who must act on it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, block};
use askama::Template;

use crate::db::Complaint;
use crate::error::Refusal;
use crate::report::format;
use crate::web::public::complaint_words::complaint_words;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::session::Staff;
use crate::web::state::App;

/// The most that the page shows.
const SHOWN_MAX: u32 = 500;

#[derive(Template)]
#[template(path = "staff/complaints/list.html")]
struct ComplaintsPage {
    frame: Frame,
    lines: Vec<Line>,
    cut: bool,
}

struct Line {
    day: String,
    unit: String,
    kind: &'static str,
    state: &'static str,
    paragraphs: Vec<String>,
    contact: Option<String>,
}

/// `GET /staff/complaints`.
pub async fn show(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let found = block(move || db.complaints(&ids, SHOWN_MAX)).await??;
    let words = complaint_words("vi");
    let cut = found.len() == SHOWN_MAX as usize;
    let line = |complaint: Complaint| Line {
        day: format::date(complaint.received_on),
        unit: user.units.iter().find(|unit| unit.id == complaint.unit).map_or("", |unit| &unit.name_vi).to_owned(),
        kind: words.kind_name(complaint.written.kind),
        state: words.state_name(complaint.state),
        paragraphs: complaint.written.text.lines().map(str::to_owned).collect(),
        contact: complaint.written.contact,
    };
    let page = ComplaintsPage { frame: user.frame(&app), lines: found.into_iter().map(line).collect(), cut };
    Ok(send(StatusCode::OK, &page))
}
