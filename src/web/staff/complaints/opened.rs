//! A case as its pages read it.

use std::collections::HashMap;

use crate::cases::deadline::Rules;
use crate::clock;
use crate::db::{Complaint, ComplaintStep, Db, DbError, Field, Unit};
use crate::error::{Reason, Refusal};
use crate::service::complaints::counts::facts;
use crate::web::http::block::block;
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// A case with all that its page shows.
pub(super) struct Opened {
    pub(super) case: Complaint,
    /// The ward that it is addressed to.
    pub(super) ward: Unit,
    pub(super) steps: Vec<ComplaintStep>,
    pub(super) helpers: Vec<i32>,
    pub(super) units: Vec<Unit>,
    pub(super) fields: Vec<Field>,
    /// Names of staff by those they sign in with.
    pub(super) names: HashMap<String, String>,
    pub(super) rules: Rules,
    pub(super) has_contact: bool,
}

impl Opened {
    /// The office that answers it, once one was named.
    pub(super) fn lead(&self) -> Option<&Unit> {
        self.units.iter().find(|unit| Some(unit.id) == self.case.lead)
    }
}

/// The case of a number, if it is the user's to see.
pub(super) async fn open(app: &App, user: &SignedIn, number: &str) -> Result<Opened, Refusal> {
    let (db, number) = (app.db.clone(), number.to_owned());
    let ids: Vec<i32> = user.units.iter().map(|unit| unit.id).collect();
    let opened = block(move || read(&db, &ids, &number)).await??;
    opened.ok_or_else(|| Reason::NotYours.into())
}

fn read(db: &Db, ids: &[i32], number: &str) -> Result<Option<Opened>, DbError> {
    let Some(case) = db.complaint_of_number(ids, number)? else { return Ok(None) };
    let tree = db.tree()?;
    let Some(ward) = tree.unit(case.key.unit).cloned() else { return Ok(None) };
    let units = tree.covered(ward.id).to_vec();
    let steps = db.complaint_steps(case.key)?;
    let hands: Vec<String> = steps.iter().map(|step| step.by.clone()).collect();
    Ok(Some(Opened {
        helpers: db.complaint_helpers(case.key)?,
        rules: db.complaint_rules(ward.id)?,
        has_contact: db.complaint_contact(case.key)?.is_some(),
        fields: db.fields()?,
        steps,
        names: db.users_of_names(&hands)?.into_iter().map(|user| (user.name, user.display_name)).collect(),
        units,
        ward,
        case,
    }))
}

/// Whether the case was answered late, or is past its day and not answered.
pub(super) fn is_late(opened: &Opened) -> bool {
    let case = &opened.case;
    case.was_late || (case.due.is_some() && case.state.is_open() && facts(case).is_late(clock::today()))
}
