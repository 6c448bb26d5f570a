//! `POST /staff/plans/{plan}/rounds/{round}/sample/cases`: a frame of point-days from the cases that points count.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::sample_known::{address, changeable, is_open, known};
use super::{sample, sample_words as words};
use crate::access::AuditedAction;
use crate::clock;
use crate::error::Refusal;
use crate::sampling::frame::{Frame, FrameProblem};
use crate::service::samples::point_days;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::see_other;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// Takes the place of a frame that nobody was drawn from yet.
pub async fn keep(app: Data<App>, user: Staff, path: Path<(String, i32)>) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user, path.into_inner()).await?;
    changeable(&user, &known)?;
    let here = format!("{}/sample", address(&known.plan.key, known.round.id));
    if !is_open(&known) {
        return Ok(see_other(&format!("{here}?done=late")));
    }
    let object = format!("{}: {}", known.plan.key, known.round.name);
    let noting = app.db.noting(user.note(AuditedAction::KeepFrame, &known.plan.unit, object));
    let (db, plan, round) = (app.db.clone(), known.plan.clone(), known.round.clone());
    let made = block(move || {
        let Some((month, rows)) = point_days::of_cases(&db, &plan, &round, clock::today())? else {
            return Ok(Made::Nothing);
        };
        let frame = match Frame::new(rows) {
            Ok(frame) => frame,
            Err(problem) => return Ok(Made::NoFrame(problem)),
        };
        let rows = frame.units().len();
        let kept = noting.keep_frame(round.id, &point_days::name(month), frame.units().to_vec())?;
        Ok::<_, Refusal>(if kept { Made::Kept(rows) } else { Made::Late })
    });
    Ok(see_other(&match made.await?? {
        Made::Nothing => format!("{here}?done=nocases"),
        Made::Kept(rows) => format!("{here}?done=frame&count={rows}"),
        Made::Late => format!("{here}?done=late"),
        Made::NoFrame(problem) => {
            let mut entry = Entry::sent(&[]);
            entry.refuse("cases", words::no_frame_of_cases(&problem));
            return Ok(sample::wrong(&app, &user, &known, &entry));
        }
    }))
}

/// What came of it.
enum Made {
    /// The frame is kept, of so many rows.
    Kept(usize),
    /// No point has cases, or no day is left.
    Nothing,
    /// Somebody was drawn meanwhile.
    Late,
    /// The rows are no frame.
    NoFrame(FrameProblem),
}
