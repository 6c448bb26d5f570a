//! Approving, publishing, taking back; and when a telling was read aloud, sent to the city and accepted there.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::edit::{DAYS_TOLD, days_entry, days_told, known, page};
use super::opened_anew_words;
use crate::access::AuditedAction;
use crate::cases::telling::{NotDone, TellingAction};
use crate::clock;
use crate::db::{Kept, TellingDeed, TellingDone};
use crate::error::{Reason, Refusal};
use crate::plan::typed;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::see_other;
use crate::web::staff::seen::{is_stale, tell_newer};
use crate::web::staff::signed_in::Staff;
use crate::web::staff::ward::ward_of;
use crate::web::state::App;

/// `POST /staff/telling/decide`.
pub async fn decide(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    let entry = Entry::sent(&body);
    let deed = TellingAction::named(entry.value("deed")).filter(|deed| *deed != TellingAction::Edit);
    let (Ok(number), Ok(version), Some(deed)) =
        (entry.value("number").parse::<i32>(), entry.value("version").parse::<u32>(), deed)
    else {
        return Err(Reason::Fields.into());
    };
    if matches!(deed, TellingAction::Approve | TellingAction::Publish) {
        let found = known(&app, &ward, number).await?;
        if let Some(on) = found.opened_anew {
            // Nothing goes out whose figures hold no more.
            return page(&app, &user, &ward, found, None, (None, Some(opened_anew_words(on, false))));
        }
    }
    let (by, on) = (user.name.clone(), clock::today());
    let asked = TellingDeed { unit: ward.id, number, version, deed, by, on };
    let object = format!("{number} {}", deed.name());
    let db = app.db.noting(user.note(AuditedAction::DecideTelling, &ward.code, object));
    let refused = match block(move || db.decide_telling(&asked)).await?? {
        TellingDone::Done => {
            return Ok(see_other(&ward.at(&format!("/staff/telling/edit?number={number}&done={}", deed.name()))));
        }
        TellingDone::Unknown => return Err(Reason::NotYours.into()),
        TellingDone::Newer => "Người khác vừa lưu bản mới hơn; đọc lại rồi hãy quyết định.",
        TellingDone::Not(NotDone::OwnWords) => "Người viết không tự duyệt bài của mình; nhờ người thứ hai.",
        TellingDone::Not(NotDone::NotNow) => "Việc này không làm được ở bước hiện tại.",
    };
    let found = known(&app, &ward, number).await?;
    page(&app, &user, &ward, found, None, (None, Some(refused.to_owned())))
}

/// `POST /staff/telling/told`: the days outside the ward's site.
pub async fn record(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    let mut entry = Entry::sent(&body);
    let Ok(number) = entry.value("number").parse::<i32>() else { return Err(Reason::Fields.into()) };
    let today = clock::today();
    let mut days = [None; 3];
    for (kept, name) in days.iter_mut().zip(DAYS_TOLD) {
        let written = entry.value(name).trim();
        // What has not been done yet is not counted.
        *kept = typed::day(written).filter(|day| *day <= today);
        if kept.is_none() && !written.is_empty() {
            entry.refuse(name, "Nhập ngày như 14/03/2026, không sau hôm nay.");
        }
    }
    if entry.is_wrong() {
        let found = known(&app, &ward, number).await?;
        return page(
            &app,
            &user,
            &ward,
            found,
            Some(&entry),
            (None, Some("Ngày không đúng; hãy nhập lại.".to_owned())),
        );
    }
    let found = known(&app, &ward, number).await?;
    let seen = days_told(&found.telling);
    let db = app.db.noting(user.note(AuditedAction::RecordTelling, &ward.code, number.to_string()));
    let (stale, id) =
        (entry.names().any(|name| name == "seen") && is_stale(&entry, Some(&seen)) && days != seen, ward.id);
    if stale || block(move || db.record_telling(id, number, seen, days)).await?? == Kept::Stale {
        let found = known(&app, &ward, number).await?;
        tell_newer(&mut entry, &days_entry(&found.telling), &DAYS_TOLD, |_, _| None);
        let refused = "Người khác vừa ghi ngày; xem lại.".to_owned();
        return page(&app, &user, &ward, found, Some(&entry), (None, Some(refused)));
    }
    Ok(see_other(&ward.at(&format!("/staff/telling/edit?number={number}&done=kept"))))
}
