//! Early warnings, each told once: to whoever owns the plan, and of a point to the head of its office.

use std::cell::OnceCell;

use chrono::NaiveDate;

use super::loop_back::{Addressee, Told};
use crate::access::Role;
use crate::cases::warning::About;
use crate::db::DbError;
use crate::report::words::warnings::{look, name, says};
use crate::service::warnings::WarningNames;

/// A warning that nobody was told of for so many days is told to nobody any more: it stands on the page.
const TOLD_FOR: i64 = 14;

/// What they are told of warnings; `names` is read once for all letters.
pub(super) fn warnings(addressee: &Addressee<'_>, names: &OnceCell<WarningNames>) -> Result<Vec<Told>, DbError> {
    let Addressee { db, user, role, wards, covers, public_url, today } = *addressee;
    if !matches!(role, Role::PlanOwner | Role::UnitHead) {
        return Ok(Vec::new());
    }
    let new = |raised: NaiveDate| (today - raised).num_days() <= TOLD_FOR;
    let mut warnings = db.warnings(wards)?;
    warnings.retain(|warning| {
        let mine = match (&warning.about, role) {
            (About::Point(unit, _), Role::UnitHead) => covers(*unit),
            (_, Role::PlanOwner) => covers(warning.unit),
            _ => false,
        };
        mine && warning.read.is_none() && new(warning.raised)
    });
    if warnings.is_empty() {
        return Ok(Vec::new());
    }
    let names = match names.get() {
        Some(names) => names,
        None => names.get_or_init({
            let read = WarningNames::read(db)?;
            || read
        }),
    };
    let told = warnings.iter().map(|warning| {
        let named = names.named(warning);
        let (name, says, look) = (name(&named), says(&named), look(&named));
        (
            format!("warning/{}/{}/{}", warning.unit, warning.number, user.name),
            "cảnh báo sớm".to_owned(),
            format!("Cảnh báo sớm – {name}. {says} {look}\n{public_url}/staff/warnings"),
        )
    });
    Ok(told.collect())
}
