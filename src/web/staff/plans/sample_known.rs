//! What is read of a round's sample.

use super::rounds::round_of;
use crate::db::{CellStored, DbError, DrawnStored, FrameStored, PointListed, Round};
use crate::error::{Reason, Refusal};
use crate::plan::Plan;
use crate::sampling::draw::{Method, Selection};
use crate::sampling::frame::FrameUnit;
use crate::sampling::totals::{KnownTotals, Totals};
use crate::service::samples;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// What is read of a round's sample.
pub(super) struct Known {
    pub(super) plan: Plan,
    pub(super) round: Round,
    pub(super) frame: Option<FrameStored>,
    pub(super) units: Vec<FrameUnit>,
    pub(super) drawn: Vec<DrawnStored>,
    pub(super) selection: Option<Selection>,
    pub(super) cells: Vec<CellStored>,
    pub(super) points: Vec<PointListed>,
    /// What totals may be given for, and those given.
    pub(super) askable: Vec<KnownTotals>,
    pub(super) totals: Option<Totals>,
}

impl Known {
    /// The methods by which people can be drawn from this frame: of one made of cases by their turn alone.
    pub(super) fn methods(&self) -> impl Iterator<Item = Method> {
        let of_cases = self.frame.as_ref().is_some_and(|frame| samples::point_days::is_of_cases(&frame.file));
        Method::ALL.into_iter().filter(move |method| !of_cases || *method == Method::PointDays)
    }
}

pub(super) fn address(plan: &str, round: i32) -> String {
    format!("/staff/plans/{}/rounds/{round}", percent_encode(plan))
}

pub(super) async fn known(app: &App, user: &SignedIn, path: (String, i32)) -> Result<Known, Refusal> {
    let (plan, round) = round_of(app, user, path).await?;
    let db = app.db.clone();
    let read = block(move || {
        let points: Vec<i32> = round.offices.iter().map(|office| office.unit).collect();
        let frame = db.frame(round.id)?;
        Ok::<_, DbError>(Known {
            askable: samples::totals::askable(&db, &round)?,
            totals: frame.as_ref().map(samples::totals::of_frame).transpose()?.flatten(),
            frame,
            units: db.frame_units(round.id)?,
            drawn: db.drawn(round.id)?,
            selection: samples::selection(&db, round.id)?,
            cells: db.cells(round.id)?,
            points: db.points(Some(&points))?,
            plan,
            round,
        })
    });
    Ok(read.await??)
}

/// Whether the sample may be changed: of a plan of the user's, drawn from a frame, not closed.
pub(super) fn changeable(user: &SignedIn, known: &Known) -> Result<(), Refusal> {
    if user.covers(&known.plan.unit) { Ok(()) } else { Err(Reason::NotYours.into()) }
}

/// Whether its sample may still be changed.
pub(super) fn is_open(known: &Known) -> bool {
    known.round.selection == crate::plan::round::Selection::FromFrame && known.round.closed_on.is_none()
}
