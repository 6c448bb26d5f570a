//! Changing a plan in its form. Every change is a new revision; what was in force before stays in the database. Two people who
//! change a plan at once do not overwrite each other: the second is told.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Path};

use super::form::{About, Said, draft_of, entry_of, note_faults, page, remarks_of, reshaped};
use super::found::{about_address, fields_of_service, plan_of};
use super::words;
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{PlanChanged, PlanStored, plan_content};
use crate::error::{Reason, Refusal};
use crate::plan::FieldOfService;
use crate::plan::difference::difference;
use crate::plan::draft::{Bound, Draft};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::see_other;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// `GET /staff/plans/{plan}/edit`.
pub async fn edit(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let about = about(&app, &user, &stored, stored.revision).await?;
    Ok(page(&about, &entry_of(&Draft::of(&stored.plan), &stored.plan.unit), &Said::default(), None))
}

/// `POST` of the same: changes rows, checks, or keeps.
pub async fn keep(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let mut entry = Entry::sent(&body);
    let after = entry.value("revision").parse().unwrap_or(stored.revision);
    let about = about(&app, &user, &stored, after).await?;
    let draft = draft_of(&entry);
    if let Some((draft, open)) = reshaped(&draft, entry.value("do"), entry.value("calendar_year")) {
        return Ok(page(&about, &entry_of(&draft, &stored.plan.unit), &Said::default(), open));
    }
    let changed = match draft.read(&bound(&stored), &about.fields) {
        Ok(changed) if !entry.is_wrong() => changed,
        Ok(_) => return Ok(page(&about, &entry, &Said::default(), None)),
        Err(faults) => {
            note_faults(&mut entry, &faults, &about.fields);
            return Ok(page(&about, &entry, &Said::default(), None));
        }
    };
    let mut said = Said { remarks: remarks_of(&changed), ..Said::default() };
    if entry.value("do") != "keep" {
        said.changes = changes(&stored, &changed, &about.fields);
        said.sound = true;
        return Ok(page(&about, &entry, &said, None));
    }
    let db = app.db.noting(user.note(AuditedAction::ChangePlan, &stored.plan.unit, stored.plan.key.as_str()));
    let done = block(move || {
        let (hash, content) = plan_content(&changed)?;
        db.change_plan(&changed, &hash, &content, after, clock::today())
    });
    Ok(match done.await?? {
        PlanChanged::To(revision) => {
            tracing::info!(plan = stored.plan.key, revision, "plan changed on a page");
            see_other(&about_address(&stored.plan))
        }
        PlanChanged::Same => see_other(&about_address(&stored.plan)),
        PlanChanged::Overtaken => {
            let message = "Kế hoạch vừa được người khác sửa sau khi trang này được mở. Những gì đã điền vẫn còn ở dưới: hãy mở lại \
                           trang ở một cửa sổ khác, rồi sửa trên bản mới nhất.";
            said.errors.push(message.to_owned());
            let mut overtaken = page(&about, &entry, &said, None);
            *overtaken.status_mut() = actix_web::http::StatusCode::CONFLICT;
            overtaken
        }
    })
}

/// What a change would do, in words.
fn changes(stored: &PlanStored, changed: &crate::plan::Plan, fields: &[FieldOfService]) -> Vec<String> {
    let changes = difference(&stored.plan, changed);
    if changes.is_empty() {
        return vec!["Không có gì thay đổi.".to_owned()];
    }
    changes.iter().map(|change| words::change(change, fields)).collect()
}

/// A plan stays with its unit: moving it would move it out of, or into, somebody's rights.
pub(super) fn bound(stored: &PlanStored) -> Bound {
    let plan = &stored.plan;
    Bound {
        key: plan.key.clone(),
        unit: (plan.unit.clone(), plan.unit_name.clone()),
        parent: (plan.parent_unit.clone(), plan.parent_name.clone()),
        counts: plan.counts.clone(),
        ministry_policy_share: plan.ministry_policy_share,
    }
}

pub(super) async fn about(app: &App, user: &SignedIn, stored: &PlanStored, revision: u32) -> Result<About, Refusal> {
    let db = app.db.clone();
    let fields = block(move || fields_of_service(&db)).await??;
    let here = format!("/staff/plans/{}", percent_encode(&stored.plan.key));
    Ok(About {
        frame: user.frame(app),
        back: (stored.plan.title_vi.clone(), about_address(&stored.plan)),
        heading: "Sửa kế hoạch".to_owned(),
        action: format!("{here}/edit"),
        import: format!("{here}/import"),
        template: Some(format!("{here}/plan.xlsx")),
        units: Vec::new(),
        revision,
        fields,
    })
}
