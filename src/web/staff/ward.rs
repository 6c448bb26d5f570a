//! The ward or commune that a user works for: theirs, the first one under them, or the one above their office.

use actix_web::web::block;

use super::session::SignedIn;
use crate::clock;
use crate::db::{Unit, UnitKind};
use crate::error::{Reason, Refusal};
use crate::web::public::complaints::receiver_of;
use crate::web::state::App;

/// The ward that a user decides for, theirs or the only one under them: nobody of one office changes what the whole ward says, and nobody
/// above several wards changes what the first of them says.
pub fn own_ward(user: &SignedIn) -> Result<Unit, Refusal> {
    let mut under = open_wards(user);
    let ward = match (user.own_unit().filter(|unit| is_ward(unit)), under.next(), under.next()) {
        (Some(own), ..) => own,
        (None, Some(only), None) => only,
        _ => return Err(Reason::NotYours.into()),
    };
    Ok(ward.clone())
}

/// Whether a ward is the one that a user decides for.
pub fn is_own(user: &SignedIn, ward: &Unit) -> bool {
    own_ward(user).is_ok_and(|own| own.id == ward.id)
}

/// It; a refusal where there is none.
pub async fn ward_of(app: &App, user: &SignedIn) -> Result<Unit, Refusal> {
    // A ward may have others under it that it took over: those are over, and never in its place.
    let own = user.own_unit().filter(|unit| is_ward(unit));
    let over = || user.units.iter().find(|unit| is_ward(unit));
    if let Some(ward) = own.or_else(|| open_wards(user).next()).or_else(over) {
        return Ok(ward.clone());
    }
    let (db, own) = (app.db.clone(), user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default());
    block(move || receiver_of(&db, &own)).await??.ok_or_else(|| Reason::NotYours.into())
}

fn is_ward(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Ward | UnitKind::Commune)
}

/// The wards of a user that go on.
fn open_wards(user: &SignedIn) -> impl Iterator<Item = &Unit> {
    let today = clock::today();
    user.units.iter().filter(move |unit| is_ward(unit) && unit.valid_to.is_none_or(|last| last >= today))
}
