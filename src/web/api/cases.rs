//! `/api/v1/complaints` for whoever may read them: the complaints of a unit and one of them, by the number by which staff call it. No contact
//! stands here.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::paging::{LIMIT_MAX, Nothing, limit, link_to_next};
use crate::cases::State;
use crate::clock;
use crate::db::{Complaint, ComplaintKey, DbError};
use crate::error::{Reason, Refusal};
use crate::service::complaints::counts::facts;
use crate::web::http::block::block;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;
use crate::web::status::json_with_tag;

/// What stands behind the `?` of the list.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    #[serde(default, deserialize_with = "limit")]
    limit: Option<usize>,
    /// `DAY.UNIT.NUMBER` of the last of the page before.
    after: Option<String>,
    /// Only those of this state.
    state: Option<String>,
}

/// How many complaints a page has where nothing is asked.
const LIMIT: usize = 100;

/// `GET /api/v1/complaints`: those that the units of whoever asks have to do with, newest day first.
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let state = match ask.state.as_deref() {
        Some(word) => Some(State::ALL.into_iter().find(|state| state.name() == word).ok_or(Reason::BadQuery)?),
        None => None,
    };
    let after = ask.after.as_deref().map(|after| key_of(&user, after).ok_or(Reason::BadQuery)).transpose()?;
    let limit = ask.limit.unwrap_or(LIMIT);
    let (db, units) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let most = u32::try_from(LIMIT_MAX.min(limit)).unwrap_or(u32::MAX);
    let (found, next) = block(move || db.complaints_page(&units, after, most)).await??;
    let of_state = found.iter().filter(|case| state.is_none_or(|state| case.state == state));
    let listed: Vec<Value> = of_state.map(|case| entry(&user, case)).collect();
    let mut answer = json_with_tag(&request, &Value::Array(listed));
    if let Some(next) = next {
        let last = word_of(&user, next);
        let limit = limit.to_string();
        let mut asked = vec![("limit", limit.as_str())];
        asked.extend(state.map(|state| ("state", state.name())));
        link_to_next(&mut answer, request.path(), &asked, &last);
    }
    Ok(answer)
}

/// `GET /api/v1/complaints/cases/{case}`: one of them, with its words, its answer and what was done.
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    path: Path<String>,
    _: Query<Nothing>,
) -> Result<HttpResponse, Refusal> {
    let (db, units) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let found = block(move || {
        let Some(case) = db.complaint_of_number(&units, &path)? else { return Ok::<_, DbError>(None) };
        let steps = db.complaint_steps(case.key)?;
        Ok(Some((case, steps)))
    });
    let (case, steps) = found.await??.ok_or(Reason::NotYours)?;
    let steps = steps.iter().map(|step| json!({"on": step.on, "deed": step.deed.name()}));
    let mut shown = entry(&user, &case);
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("text".to_owned(), json!(case.written.text));
        shown.insert("answer".to_owned(), json!(Some(&case.answer).filter(|answer| !answer.is_empty())));
        shown.insert("steps".to_owned(), steps.collect());
    }
    Ok(json_with_tag(&request, &shown))
}

fn entry(user: &SignedIn, case: &Complaint) -> Value {
    let code = |id: i32| user.tree.unit(id).map(|unit| unit.code.clone());
    json!({
        "case": case.key.number(), "unit": code(case.key.unit), "received_on": case.key.day,
        "kind": case.written.kind.name(), "subject": case.subject.map(crate::cases::Subject::name),
        "channel": case.channel.name(), "state": case.state.name(), "due": case.due,
        "late": case.state.is_open() && facts(case).is_late(clock::today()) || case.was_late,
        "lead": case.lead.and_then(code), "decided_on": case.decided_on, "rating": case.rating,
    })
}

/// A place in the list as a word of an address.
fn word_of(user: &SignedIn, key: ComplaintKey) -> String {
    let unit = user.tree.unit(key.unit).map_or("", |unit| unit.code.as_str());
    format!("{}.{unit}.{}", key.day, key.number())
}

fn key_of(user: &SignedIn, word: &str) -> Option<ComplaintKey> {
    let (on, rest) = word.split_once('.')?;
    let (unit, number) = rest.rsplit_once('.')?;
    let random = u64::from_str_radix(number, 16).ok()?.cast_signed();
    Some(ComplaintKey { unit: user.tree.of_code(unit)?.id, day: on.parse::<NaiveDate>().ok()?, random })
}
