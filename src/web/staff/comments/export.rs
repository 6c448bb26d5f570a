//! `/staff/comments/export`: a month's comments as a file, masked and placed as the page shows them; the reason stands in the log.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use chrono::{Days, Months, NaiveDate};

use super::back::way_back;
use super::list::{Params, forgotten, page};
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::DbError;
use crate::error::{Reason, Refusal};
use crate::exchange::export::{Cell, CsvTable, Table, TableError};
use crate::service::comments::{comments, speaks_of, themes_of};
use crate::web::http::block::block;
use crate::web::staff::form::{Entry, fold};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// The fewest characters of a reason.
const REASON_MIN: usize = 10;

/// `POST /staff/comments/export`.
pub async fn take(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    if !user.may(Action::TakeReports) {
        return Err(Reason::RoleMayNot.into());
    }
    let entry = Entry::sent(&body);
    let reason = fold(entry.value("reason"));
    let unit = user.unit_of_code(entry.value("unit")).ok_or(Reason::NotYours)?.clone();
    let month = entry.value("month").to_owned();
    if reason.chars().count() < REASON_MIN {
        let month = Some(month).filter(|month| !month.is_empty());
        let ask = Params::of(&unit.code, month, way_back(Some(entry.value("back"))));
        return page(&app, &user, &ask, true).await;
    }
    let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").map_err(|_| Reason::Fields)?;
    let last = first + Months::new(1) - Days::new(1);
    if last >= clock::today() {
        return Err(Reason::NotYours.into());
    }
    let note = user.note(AuditedAction::ExportComments, &unit.code, format!("{month}: {reason}"));
    let (db, code) = (app.db.clone(), unit.code.clone());
    let found = block(move || {
        db.note(note)?;
        let units = db.subtree(&code)?;
        let points = db.points(Some(&units))?;
        let kept = db.sheets_kept_from()?;
        Ok::<_, DbError>((comments(&db, &units, first, last)?, themes_of(&db, &code)?, points, kept))
    });
    let (groups, themes, points, kept) = found.await??;
    let written = || -> Result<Vec<u8>, TableError> {
        let mut bytes = Vec::new();
        let mut out: Box<dyn Table> = Box::new(CsvTable::new(&mut bytes, true)?);
        out.row(&["Tháng", "Phiếu hỏi", "Điểm", "Chủ đề", "Góp ý"].map(Cell::Text))?;
        if let Some(sentence) = forgotten(first, last, kept) {
            out.row(&[&month, "", "", "", &sentence].map(Cell::Text))?;
        }
        for group in &groups {
            for (place, words) in &group.places {
                let point = place.and_then(|(unit, point, _)| {
                    points.iter().find(|known| (known.unit, known.point) == (unit, point))
                });
                for said in words {
                    let about = themes.iter().filter(|theme| speaks_of(said, theme)).map(|theme| theme.name.as_str());
                    let about = about.collect::<Vec<_>>().join("; ");
                    let point = point.map_or("", |point| point.name_vi.as_str());
                    out.row(&[&month, &group.title, point, &about, said].map(Cell::Text))?;
                }
            }
        }
        out.finish()?;
        Ok(bytes)
    };
    let bytes = written().map_err(Refusal::fault)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"gop-y-{month}.csv\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes))
}
