//! `/staff/comments/quote`: a comment that the page shows is chosen for a period's report, where a second person approves it.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data};
use chrono::{Datelike, Days, Months, NaiveDate};

use super::back::{keeping_back, way_back};
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{Db, DbError};
use crate::error::{Reason, Refusal};
use crate::report::words::plan::PlanWords as _;
use crate::service::comments::comments;
use crate::service::quotations::{QuotationAction, change};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::see_other;
use crate::web::staff::periods::found::state_of;
use crate::web::staff::periods::letter;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// A report that comments of a unit's month can be quoted in: `plan/period`, and what it is called. It is a report about the unit: of a plan
/// that binds it.
pub(super) fn reports(
    db: &Db,
    user: &SignedIn,
    unit: i32,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<(String, String)>, DbError> {
    let mut found = Vec::new();
    if !user.may(Action::CheckPeriods) {
        return Ok(found);
    }
    let plans = db.plan_book()?.binding(&*db.tree()?, unit);
    for plan in plans.iter().map(|stored| &stored.plan).filter(|plan| user.covers(&plan.unit)) {
        for period in plan.periods.iter().filter(|period| period.overlaps(first, last)) {
            if state_of(&db.closings_of(&plan.key, &period.key)?).takes_words() {
                found
                    .push((format!("{}/{}", plan.key, period.key), format!("{}, {}", period.name_vi(), plan.title_vi)));
            }
        }
    }
    Ok(found)
}

/// `POST /staff/comments/quote`.
pub async fn quote(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    if !user.may(Action::ReadComments) {
        return Err(Reason::RoleMayNot.into());
    }
    let entry = Entry::sent(&body);
    let unit = user.unit_of_code(entry.value("unit")).ok_or(Reason::NotYours)?.clone();
    let month = entry.value("month").to_owned();
    let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").map_err(|_| Reason::Fields)?;
    let last = first + Months::new(1) - Days::new(1);
    if last >= clock::today() {
        return Err(Reason::NotYours.into());
    }
    let back = way_back(Some(entry.value("back")));
    let keeps_back = keeping_back(back.as_ref());
    // Browsers send the ends of lines as CRLF.
    let words = entry.value("words").replace("\r\n", "\n");
    let (db, code, id, who) = (app.db.clone(), unit.code.clone(), unit.id, user.clone());
    let read = move || {
        let units = db.subtree(&code)?;
        Ok::<_, DbError>((comments(&db, &units, first, last)?, reports(&db, &who, id, (first, last))?))
    };
    let (found, reports) = block(read).await??;
    // Only what the page shows can be quoted, in a report that it offers.
    let of = found.iter().find(|group| group.places.iter().any(|(_, said)| said.contains(&words)));
    let report = reports.iter().map(|(report, _)| report).find(|report| *report == entry.value("report"));
    let report = report.and_then(|report| report.split_once('/'));
    let (Some(of), Some((plan, period))) = (of, report) else { return Err(Reason::NotYours.into()) };
    let about = format!("{}, tháng {}/{}", of.title, first.month(), first.year());
    let db = app.db.noting(user.note(AuditedAction::QuoteComment, &unit.code, format!("{plan}/{period}: choose")));
    let (key, by, deed) =
        ((plan.to_owned(), period.to_owned()), user.name.clone(), QuotationAction::Choose(words, about));
    let chosen = block(move || change(&db, (&key.0, &key.1), None, &deed, (&by, clock::now()))).await??;
    let comments = format!("/staff/comments?unit={}&month={}", percent_encode(&unit.code), percent_encode(&month));
    Ok(see_other(&match chosen {
        Ok(()) => {
            // Who came from the figures goes on reading, and from there back to them.
            let reading = back
                .map(|_| format!("&back={}", percent_encode(&format!("{comments}{keeps_back}"))))
                .unwrap_or_default();
            format!("{}?done=quoted{reading}#quotations", letter::address_of(plan, period))
        }
        Err(refused) => format!("{comments}{keeps_back}&not_quoted={}", letter::not_quoted_word(refused)),
    }))
}
