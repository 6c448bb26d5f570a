//! A draft becomes a version: what it changes is said in words and confirmed. A published version is never changed: what is published
//! here is always newer. Who publishes must cover every open point that asks the questionnaire, because all of them ask the new version
//! from then on.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use askama::Template;

use super::draft::draft_of;
use super::draft_page::address as draft_address;
use super::draft_page::title;
use super::list::{address, field_names};
use super::{change_words, fault_words, further};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{Db, DbError, DraftPublished, FormDraft, PointListed};
use crate::error::Refusal;
use crate::survey::check::{Fault, faults};
use crate::survey::difference::difference;
use crate::survey::problem::Reason;
use crate::survey::{Questionnaire, content_hash};
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/questionnaires/publish.html")]
struct PublishPage {
    frame: Frame,
    edit: String,
    action: String,
    title: String,
    revision: u32,
    version: u32,
    /// Why it cannot be published: where that is mended, and the sentence.
    obstacles: Vec<(String, String)>,
    /// What it changes of the version before.
    changes: Vec<String>,
    /// The version that it is compared with; 0 for none.
    before: u32,
    facts: Vec<(&'static str, String)>,
}

/// What publishing a draft would do.
struct Judged {
    version: Questionnaire,
    before: u32,
    obstacles: Vec<(String, String)>,
    changes: Vec<String>,
    points: usize,
    fields: String,
}

fn judge(db: &Db, user: &SignedIn, draft: &FormDraft) -> Result<Judged, DbError> {
    let (fields, newest) = (db.fields()?, db.newest_form(&draft.content.id)?);
    let known: Vec<String> = fields.iter().map(|field| field.code.clone()).collect();
    let names = field_names(db)?;
    let before = newest.as_ref().map_or(0, |newest| newest.questionnaire.version);
    let version = Questionnaire { version: before + 1, ..draft.content.clone() };
    // The sentences are written for a place beside the part itself: here each leads there.
    let edit = draft_address(draft.id);
    let place = |fault: &Fault| match &fault.reason {
        Reason::TextMissing { missing, .. } if !missing.is_empty() => format!("{}.{}", fault.path, missing[0]),
        _ => fault.path.clone(),
    };
    let mut obstacles: Vec<(String, String)> = faults(&version, &known)
        .iter()
        .map(|fault| (format!("{edit}#{}", place(fault)), fault_words::sentence(&fault.place, &fault.reason, &names)))
        .collect();
    let mut of_the_whole = Vec::new();
    let points = db.points_asking(&version.id, clock::today())?;
    let others = points.iter().filter(|point| !user.covers(&point.unit_code)).count();
    if others > 0 {
        of_the_whole.push(format!(
            "Phiếu này đang được hỏi ở {others} điểm của đơn vị khác, nên bạn không đổi được. Hãy sao chép thành phiếu riêng rồi công bố."
        ));
    }
    of_the_whole.extend(points.iter().filter_map(|point| unserved(&version, point, &names)));
    let changes = newest.as_ref().map(|newest| difference(&newest.questionnaire, &version)).unwrap_or_default();
    if newest.as_ref().is_some_and(|newest| {
        let same = Questionnaire { version: before, ..version.clone() };
        content_hash(&same) == newest.hash
    }) {
        of_the_whole.push(format!("Bản soạn giống hệt phiên bản {before}; chưa có gì để công bố."));
    }
    obstacles.extend(of_the_whole.into_iter().map(|sentence| (edit.clone(), sentence)));
    let served: Vec<&str> =
        version.fields.iter().map(|field| names.get(field).map_or(field.as_str(), String::as_str)).collect();
    Ok(Judged {
        fields: served.join(", "),
        changes: changes.iter().map(|change| change_words::sentence(change, &names)).collect(),
        points: points.len(),
        version,
        before,
        obstacles,
    })
}

/// The sentence about an open point that serves a field the draft leaves out.
fn unserved(draft: &Questionnaire, point: &PointListed, names: &HashMap<String, String>) -> Option<String> {
    let missing = point.field_codes.iter().filter(|field| !draft.fields.contains(field));
    let missing: Vec<&str> = missing.map(|field| names.get(field).map_or(field.as_str(), String::as_str)).collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(", ");
        format!("Điểm “{}” đang hỏi phiếu này cho lĩnh vực {missing}; hãy giữ lĩnh vực đó.", point.name_vi)
    })
}

/// `GET /staff/forms/drafts/{draft}/publish`.
pub async fn show(app: Data<App>, user: Staff, path: Path<i32>) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    let (db, asking, found) = (app.db.clone(), user.clone(), draft.clone());
    let judged = block(move || judge(&db, &asking, &found)).await??;
    Ok(page(&app, &user, &draft, judged, StatusCode::OK))
}

fn page(app: &App, user: &SignedIn, draft: &FormDraft, judged: Judged, status: StatusCode) -> HttpResponse {
    let asked = &judged.version;
    let facts = vec![
        ("Phiên bản", asked.version.to_string()),
        ("Số câu", format!("{} câu, khoảng {} phút", further::asked(asked), asked.estimated_seconds.div_ceil(60))),
        ("Lĩnh vực", judged.fields),
        (
            "Điểm sẽ hỏi ngay",
            if judged.points == 0 { "chưa có điểm nào".to_owned() } else { format!("{} điểm", judged.points) },
        ),
        ("Đối chiếu", further::reviewed(asked)),
    ];
    let page = PublishPage {
        frame: user.frame(app),
        edit: draft_address(draft.id),
        action: format!("/staff/forms/drafts/{}/publish", draft.id),
        title: title(asked).to_owned(),
        revision: draft.revision,
        version: asked.version,
        obstacles: judged.obstacles,
        changes: judged.changes,
        before: judged.before,
        facts,
    };
    send(status, &page)
}

/// `POST` of the same: publishes what was looked at.
pub async fn publish(app: Data<App>, user: Staff, path: Path<i32>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    let seen: u32 = Entry::sent(&body).value("revision").parse().unwrap_or_default();
    let (db, asking, found) = (app.db.clone(), user.clone(), draft.clone());
    let mut judged = block(move || judge(&db, &asking, &found)).await??;
    if !judged.obstacles.is_empty() {
        return Ok(page(&app, &user, &draft, judged, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let note = user.note(AuditedAction::PublishForm, user.code_of_unit(draft.unit), judged.version.reference());
    let (db, version, id) = (app.db.noting(note), judged.version.clone(), draft.id);
    let done = block(move || db.publish_form_draft(id, seen, &version, clock::today())).await??;
    match done {
        DraftPublished::New => {
            tracing::info!(form = judged.version.reference(), "questionnaire published on a page");
            Ok(see_other(&address(&judged.version.id, judged.version.version)))
        }
        DraftPublished::Changed | DraftPublished::NotNewer { .. } => {
            let sentence =
                "Bản soạn hoặc phiếu vừa được người khác thay đổi. Hãy xem lại các thay đổi dưới đây rồi công bố.";
            judged.obstacles.push((draft_address(draft.id), sentence.to_owned()));
            Ok(page(&app, &user, &draft, judged, StatusCode::CONFLICT))
        }
    }
}
