//! Survey rounds as they are told: what became of their sheets, and their figures, which stand alone.

use chrono::NaiveDate;

use crate::db::{Db, DbError, Round};
use crate::report::round::{RoundFacts, told};
use crate::report::{Language, Report};
use crate::service::figures::{MeasureError, Measured, content, measure_round};

/// What is told of a round, offices by name.
pub fn facts(db: &Db, round: &Round) -> Result<RoundFacts, DbError> {
    let units = db.units()?;
    let name = |id: i32| units.iter().find(|unit| unit.id == id).map_or_else(String::new, |unit| unit.name_vi.clone());
    Ok(RoundFacts {
        name: round.name.clone(),
        clause: round.clause.clone(),
        days: round.days,
        selection: round.selection,
        quota: round.quota,
        closed_on: round.closed_on,
        offices: round.offices.iter().map(|office| (name(office.unit), office.numbers, office.returns)).collect(),
    })
}

/// The report of a round: its own figures, with what became of its sheets before them.
pub fn report(
    db: &Db,
    round: &Round,
    language: Language,
    today: NaiveDate,
    demonstration: bool,
) -> Result<(Measured, Report), MeasureError> {
    let measured = measure_round(db, round, today)?;
    let report = told(content(&measured, language, today, demonstration), &facts(db, round)?);
    Ok((measured, report))
}
