//! A field declared to be without cases in a period, or such a declaration taken back: from the page of the period's closing.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};

use super::closing::{self, may_declare, missing_at_approval};
use super::found::{address, found};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, Declared, Form, NewDeclaration};
use crate::error::{Reason, Refusal};
use crate::plan::closing::REASON_MIN;
use crate::survey::{Feed, Section};
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{see_other, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// `POST /staff/plans/{plan}/{period}/declare`: declares a field, or takes a declaration back.
pub async fn declare(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let sent = FormBody::parse(&body);
    let (code, reason) = (sent.get("field").unwrap_or_default().to_owned(), sent.get("reason").unwrap_or_default());
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let back = sent.get("back").is_some();
    let missing = missing_at_approval(&app, &user, &found).await?;
    let refuse = |status, words: &str| {
        Ok(send(status, &closing::page(&app, &user, &found, missing, (Some(words.to_owned()), &reason), None)))
    };
    if !may_declare(&user, &found) {
        return refuse(StatusCode::CONFLICT, "Kỳ báo cáo đã khóa: không khai thêm hay rút lại được.");
    }
    if !back && reason.chars().count() < REASON_MIN {
        let words = format!("Hãy ghi lý do, ít nhất {REASON_MIN} ký tự; lý do được in trên báo cáo.");
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, &words);
    }
    let action = if back { AuditedAction::WithdrawField } else { AuditedAction::DeclareField };
    let note = user.note(action, &found.plan.unit, format!("{}/{}: {code}", found.plan.key, found.period.key));
    let (db, plan, period) = (app.db.noting(note), found.plan.clone(), found.period.clone());
    let (by, said) = (user.name.clone(), reason.clone());
    let done = block(move || {
        let Some(field) = db.fields()?.into_iter().find(|field| field.code == code) else { return Ok(None) };
        let Some(unit) = db.unit_by_code(&plan.unit)? else { return Ok(None) };
        if back {
            db.withdraw_declaration(unit.id, &plan.key, &period.key, field.id)?;
            return Ok(Some(Declared::Stands));
        }
        let of_services = |form: &Arc<Form>| form.questionnaire.sections.iter().any(feeds_services);
        let forms = db.all_forms()?.iter().filter(|form| of_services(form)).map(|form| form.id).collect();
        let new = NewDeclaration {
            unit: unit.id,
            units: db.subtree(&plan.unit)?,
            plan: plan.key,
            period: period.key,
            days: (period.from, period.to),
            field: field.id,
            forms,
            reason: said,
            by,
            at: clock::now(),
        };
        Ok::<_, DbError>(Some(db.declare_field(new)?))
    });
    match done.await?? {
        Some(Declared::Stands) => Ok(see_other(&address(&found.plan, &found.period))),
        Some(Declared::HasAnswers) => refuse(
            StatusCode::CONFLICT,
            "Lĩnh vực này đã có phiếu đánh giá dịch vụ trong kỳ, nên không khai là không phát sinh hồ sơ được.",
        ),
        Some(Declared::HasCases) => refuse(
            StatusCode::CONFLICT,
            "Lĩnh vực này đã có số hồ sơ nhập cho các tháng của kỳ, nên không khai là không phát sinh hồ sơ được.",
        ),
        None => refuse(StatusCode::UNPROCESSABLE_ENTITY, "Hãy chọn một lĩnh vực trong danh sách."),
    }
}

/// Whether a section feeds an index of services, which has fields with cases.
fn feeds_services(section: &Section) -> bool {
    section.feeds.iter().any(|feed| *feed != Feed::Policy)
}
