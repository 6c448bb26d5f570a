//! A plan, found by its key, and what plans may name.

use crate::db::{Db, DbError, PlanStored};
use crate::error::Refusal;
use crate::plan::{FieldOfService, Plan};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// Address of the page of a plan.
pub(in crate::web::staff) fn about_address(plan: &Plan) -> String {
    format!("/staff/plans/{}/about", percent_encode(&plan.key))
}

/// The plan of a key, if it binds a unit that the user covers.
pub(in crate::web::staff) async fn plan_of(
    app: &App,
    user: &SignedIn,
    key: &str,
) -> Result<Option<PlanStored>, Refusal> {
    let (db, key) = (app.db.clone(), key.to_owned());
    let found = block(move || db.plan(&key)).await??;
    Ok(found.filter(|stored| user.covers(&stored.plan.unit)))
}

/// The fields that plans may name.
pub(in crate::web::staff) fn fields_of_service(db: &Db) -> Result<Vec<FieldOfService>, DbError> {
    let fields = db.fields()?.into_iter();
    Ok(fields.map(|field| FieldOfService { id: field.code, name_vi: field.name_vi, name_en: field.name_en }).collect())
}
