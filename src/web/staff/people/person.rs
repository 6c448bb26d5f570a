//! The people whom a user may see and change.

use std::sync::Arc;

use crate::db::StaffUser;
use crate::error::{Reason, Refusal};
use crate::web::http::block::block;
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// The people of the user's units.
pub(super) async fn people(app: &App, user: &SignedIn) -> Result<Vec<StaffUser>, Refusal> {
    let (db, units) = (app.db.clone(), Arc::clone(&user.units));
    let read = move || db.all_users_of_units(&units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    Ok(block(read).await??)
}

/// The person of a name whom the user may change: of their units, not retired, not themselves, so that somebody is
/// always left to administer.
pub(in crate::web::staff) async fn person_to_change(
    app: &App,
    user: &SignedIn,
    name: &str,
) -> Result<StaffUser, Refusal> {
    let person = other_person(app, user, name).await?;
    if person.retired_at.is_none() { Ok(person) } else { Err(Reason::NotYours.into()) }
}

/// [`person_to_change`], retired ones too.
pub(super) async fn other_person(app: &App, user: &SignedIn, name: &str) -> Result<StaffUser, Refusal> {
    let mut others = people(app, user).await?.into_iter().filter(|person| person.id != user.id);
    others.find(|person| person.name == name).ok_or_else(|| Reason::NotYours.into())
}
