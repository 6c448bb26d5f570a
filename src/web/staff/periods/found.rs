//! A period of a plan, found by its address, with all that its closings say.

use std::collections::HashMap;

use actix_web::web::Path;

use super::declared;
use crate::clock;
use crate::db::{Closing, DbError, IssuedReport};
use crate::error::Refusal;
use crate::plan::closing::State;
use crate::plan::{Period, Plan};
use crate::service::closing::has_plan_owner;
use crate::web::http::address::percent_encode;
use crate::web::staff::plans::found::plan_of;
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// A plan of the user's, one of its own periods, and every closing of it.
pub(super) struct Found {
    pub(super) plan: Plan,
    pub(super) period: Period,
    pub(super) closings: Vec<Closing>,
    /// Documents that went out, by version and issue.
    pub(super) issued: Vec<IssuedReport>,
    pub(super) declared: declared::Part,
    /// Sheets that waited at last midnight, and how many of them enter when the period is closed; none where it is closed, or runs.
    pub(super) waiting: Option<(usize, usize)>,
    /// Names of staff by their numbers.
    pub(super) names: HashMap<i32, String>,
    /// Whether somebody answers for the unit who checks and does not approve.
    pub(super) has_owner: bool,
}

pub(super) async fn found(app: &App, user: &SignedIn, path: &Path<(String, String)>) -> Result<Option<Found>, Refusal> {
    let Some(stored) = plan_of(app, user, &path.0).await? else { return Ok(None) };
    let plan = stored.plan;
    let Some(period) = plan.periods.iter().find(|period| period.key == path.1).cloned() else { return Ok(None) };
    let (db, of, today) = (app.db.clone(), (plan.clone(), period.clone()), clock::today());
    let tree = user.tree.clone();
    let read = move || {
        let (plan, period) = of;
        let closings = db.closings_of(&plan.key, &period.key)?;
        let open = state_of(&closings) == State::Draft && !period.so_far(today);
        let waiting = if open && db.unit_by_code(&plan.unit)?.is_some() {
            Some(db.would_enter(&plan.unit, (period.from, period.to), today)?)
        } else {
            None
        };
        let has_owner = has_plan_owner(&db, &tree, &plan.unit)?;
        let hands: Vec<i32> = closings.iter().flat_map(|closing| &closing.steps).map(|step| step.user).collect();
        let users = db.users_of_ids(&hands)?;
        let issued = db.issued_reports(&plan.key, &period.key)?;
        Ok::<_, DbError>((closings, issued, users, declared::read(&db, &plan, &period)?, waiting, has_owner))
    };
    let (closings, issued, users, declared, waiting, has_owner) = app.costly.run(read).await??;
    let names = users.into_iter().map(|user| (user.id, user.display_name)).collect();
    Ok(Some(Found { plan, period, closings, issued, declared, waiting, names, has_owner }))
}

/// Address of the page.
pub fn address(plan: &Plan, period: &Period) -> String {
    format!("{}/closing", figures_address(plan, period))
}

pub(super) fn figures_address(plan: &Plan, period: &Period) -> String {
    format!("/staff/plans/{}/{}", percent_encode(&plan.key), percent_encode(&period.key))
}

/// How far a period is, of the newest of its closings.
pub fn state_of(closings: &[Closing]) -> State {
    let state = closings.last().map_or(State::Draft, Closing::state);
    if state.is_open() { State::Draft } else { state }
}
