//! What is kept of a page of exploring: its address under a name, and an exhibit in the annex of a report.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};

use super::ask::{Params, given};
use super::exhibits::{Tab, plans_of, refused};
use super::files::exhibit;
use super::views::{tab_address, with_query};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{ChartRefused, VIEWS_MAX};
use crate::error::{Reason, Refusal};
use crate::service::figures::MeasureError;
use crate::service::letter::{self, CHARACTERS_MAX};
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{message, see_other};
use crate::web::staff::periods::letter::address_of;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// The most characters of a view's name.
const NAME_MAX: usize = 80;

/// `POST /staff/explore/{tab}/save?…`: keeps the page under the name that was typed.
pub async fn save(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    ask: Query<Params>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let tab = Tab::of_word(&path).ok_or(Reason::NotYours)?;
    let address = with_query(tab_address(tab), &Params { of: None, ..ask.into_inner().sound()? });
    let sent = FormBody::parse(&body);
    let name: String = sent.get("name").unwrap_or_default().trim().chars().take(NAME_MAX).collect();
    let name = if name.is_empty() { format!("Góc nhìn {}", clock::date_and_time(clock::now())) } else { name };
    let db = app.db.noting(user.note(AuditedAction::SaveView, "", name.clone()));
    let (who, to) = (user.id, address.clone());
    if !block(move || db.save_view(who, &name, &to, clock::now())).await?? {
        let sentence =
            format!("Đã có {VIEWS_MAX} góc nhìn, nên chưa lưu thêm góc nhìn này. Bỏ bớt một góc nhìn cũ rồi lưu lại.");
        return Ok(message(StatusCode::CONFLICT, user.frame(&app), "Chưa lưu được góc nhìn", &sentence, None));
    }
    Ok(see_other(&address))
}

/// `POST /staff/explore/{tab}/forget?…`: forgets a name.
pub async fn forget(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    ask: Query<Params>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let tab = Tab::of_word(&path).ok_or(Reason::NotYours)?;
    let name = FormBody::parse(&body).get("name").unwrap_or_default().to_owned();
    let db = app.db.noting(user.note(AuditedAction::SaveView, "", name.clone()));
    let who = user.id;
    block(move || db.forget_view(who, &name)).await??;
    Ok(see_other(&with_query(tab_address(tab), &Params { of: None, ..ask.into_inner().sound()? })))
}

/// `POST /staff/explore/{tab}/copy?…&of=…`: puts an exhibit into the annex of the report of the plan's period, with the sentence that was typed.
pub async fn copy(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    ask: Query<Params>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let ask = ask.into_inner().sound()?;
    let sentence: String =
        FormBody::parse(&body).get("sentence").unwrap_or_default().trim().chars().take(CHARACTERS_MAX).collect();
    let (Some(of_plan), Some(of_period)) = (given(ask.plan.as_ref()), given(ask.report.as_ref())) else {
        return Err(Reason::BadQuery.into());
    };
    let (db, who) = (app.db.clone(), user.clone());
    let report = block(move || {
        let plans = plans_of(&db, &who)?;
        let stored = plans.into_iter().find(|known| known.plan.key == of_plan && who.covers(&known.plan.unit));
        let stored = stored.ok_or(Reason::NotYours)?;
        let plan = &stored.plan;
        let period = plan.periods.iter().find(|period| period.key == of_period);
        let period = period.ok_or(Reason::NotYours)?.key.clone();
        let closing = db.closings_of(&plan.key, &period).map_err(|error| refused(MeasureError::Database(error)))?.pop();
        // Between the look and the click the period may have been approved.
        Ok::<_, Refusal>((stored, period, closing.filter(|closing| closing.state().takes_charts())))
    });
    let (stored, period, closing) = report.await??;
    let plan = &stored.plan;
    let address = address_of(&plan.key, &period);
    let Some(closing) = closing else { return Ok(see_other(&format!("{address}?done=closed#charts"))) };
    let exhibit = exhibit(&app, &user, &path, ask).await?;
    let db = app.db.noting(user.note(AuditedAction::WriteReport, &plan.unit, format!("{}/{period}", plan.key)));
    let by = user.name.clone();
    let copied = block(move || letter::copy(&db, &closing, exhibit, &sentence, (&by, clock::now()))).await??;
    Ok(see_other(&match copied {
        Ok(_) => format!("{address}?done=chart#charts"),
        Err(ChartRefused::TooMany) => format!("{address}?done=many#charts"),
        Err(ChartRefused::Closed) => format!("{address}?done=closed#charts"),
    }))
}
