//! The ward or commune that a user works for: theirs, the one above their office, or the first under them that goes on.

use super::signed_in::SignedIn;
use crate::clock;
use crate::db::{Unit, UnitKind};
use crate::error::{Reason, Refusal};
use crate::service::complaints::receiver_of;
use crate::web::http::block::block;
use crate::web::state::App;

/// [`ward_of`], for what only the ward's own people decide: nobody of one office changes what the whole ward says.
pub async fn own_ward(app: &App, user: &SignedIn) -> Result<Unit, Refusal> {
    let ward = ward_of(app, user).await?;
    if user.covers(&ward.code) { Ok(ward) } else { Err(Reason::NotYours.into()) }
}

/// It; a refusal where there is none.
pub async fn ward_of(app: &App, user: &SignedIn) -> Result<Unit, Refusal> {
    if let Some(ward) = ward_under(user) {
        return Ok(ward.clone());
    }
    let (db, own) = (app.db.clone(), user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default());
    block(move || receiver_of(&db, &own, clock::today())).await??.ok_or_else(|| Reason::NotYours.into())
}

/// The ward of a user that they decide for: their own before those under it, which it may have taken over, and one that goes on before one
/// that is over.
pub fn ward_under(user: &SignedIn) -> Option<&Unit> {
    let today = clock::today();
    let wards = || user.units.iter().filter(|unit| is_ward(unit));
    let goes_on = |unit: &&Unit| unit.valid_to.is_none_or(|last| last >= today);
    user.own_unit().filter(|unit| is_ward(unit)).or_else(|| wards().find(goes_on)).or_else(|| wards().next())
}

/// The ward that a unit belongs to, where the user decides for the whole of it.
pub fn ward_above<'a>(user: &'a SignedIn, unit: &str) -> Option<&'a Unit> {
    let unit = user.unit_of_code(unit)?;
    user.tree.above(unit.id).find(|above| is_ward(above)).filter(|ward| user.covers(&ward.code))
}

fn is_ward(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Ward | UnitKind::Commune)
}
