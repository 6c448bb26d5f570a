//! The ward or commune that a user works for: theirs, the first one under them, or the one above their office.

use actix_web::web::block;

use super::signed_in::SignedIn;
use crate::db::{Unit, UnitKind};
use crate::error::{Reason, Refusal};
use crate::web::public::complaints::receiver_of;
use crate::web::state::App;

/// [`ward_of`], for what only the ward's own people decide: nobody of one office changes what the whole ward says.
pub async fn own_ward(app: &App, user: &SignedIn) -> Result<Unit, Refusal> {
    let ward = ward_of(app, user).await?;
    if user.covers(&ward.code) { Ok(ward) } else { Err(Reason::NotYours.into()) }
}

/// It; a refusal where there is none.
pub async fn ward_of(app: &App, user: &SignedIn) -> Result<Unit, Refusal> {
    let is_ward = |unit: &&Unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune);
    if let Some(ward) = user.units.iter().find(is_ward) {
        return Ok(ward.clone());
    }
    let (db, own) = (app.db.clone(), user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default());
    block(move || receiver_of(&db, &own)).await??.ok_or_else(|| Reason::NotYours.into())
}
