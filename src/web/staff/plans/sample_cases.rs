//! `POST /staff/plans/{plan}/rounds/{round}/sample/cases`: a frame of point-days from the cases that points count.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, block};

use super::sample;
use crate::access::AuditedAction;
use crate::error::Refusal;
use crate::sampling::frame::Frame;
use crate::service::samples::point_days;
use crate::web::staff::layout::see_other;
use crate::web::staff::session::Staff;
use crate::web::state::App;

/// Takes the place of a frame that nobody was drawn from yet.
pub async fn keep(app: Data<App>, user: Staff, path: Path<(String, i32)>) -> Result<HttpResponse, Refusal> {
    let known = sample::known(&app, &user, path.into_inner()).await?;
    sample::changeable(&user, &known)?;
    let here = format!("{}/sample", sample::address(&known.plan.key, known.round.id));
    if !sample::is_open(&known) {
        return Ok(see_other(&format!("{here}?done=late")));
    }
    let object = format!("{}: {}", known.plan.key, known.round.name);
    let noting = app.db.noting(user.note(AuditedAction::KeepFrame, &known.plan.unit, object));
    let db = app.db.clone();
    let kept = block(move || {
        let Some((month, rows)) = point_days::of_cases(&db, &known.plan, &known.round)? else { return Ok(None) };
        let Ok(frame) = Frame::new(rows) else { return Ok(None) };
        let rows = frame.units().len();
        Ok::<_, Refusal>(Some((
            noting.keep_frame(known.round.id, &point_days::name(month), frame.units().to_vec())?,
            rows,
        )))
    });
    Ok(see_other(&match kept.await?? {
        None => format!("{here}?done=nocases"),
        Some((true, rows)) => format!("{here}?done=frame&count={rows}"),
        Some((false, _)) => format!("{here}?done=late"),
    }))
}
