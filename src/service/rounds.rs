//! Survey rounds as they are told: what became of their sheets, and their figures, which stand alone.

use chrono::NaiveDate;

use crate::db::{Db, DbError, Round};
use crate::plan::round::Returns;
use crate::report::round::{RoundFacts, told};
use crate::report::{Language, Report, designed};
use crate::service::figures::{MeasureError, Measured, content, measure_round};
use crate::service::samples;

/// What is told of a round, offices by name.
pub fn facts(db: &Db, round: &Round) -> Result<RoundFacts, DbError> {
    let tree = db.tree()?;
    let name = |id: i32| tree.unit(id).map_or_else(String::new, |unit| unit.name_vi.clone());
    Ok(RoundFacts {
        name: round.name.clone(),
        clause: round.clause.clone(),
        days: round.days,
        selection: round.selection,
        quota: round.quota,
        closed_on: round.closed_on,
        offices: round
            .offices
            .iter()
            .map(|office| (office.cell.clone().unwrap_or_else(|| name(office.unit)), office.numbers, office.returns))
            .collect(),
        drawn: round.drawn.map(|_| round.returns()),
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
    let mut report = told(content(&measured, language, today, demonstration), &facts(db, round)?);
    if let Some(found) = samples::concluded(db, round.id)? {
        let fields = db.fields()?;
        let name = |code: &str| {
            let field = fields.iter().find(|field| field.code == code);
            field.map_or_else(|| code.to_owned(), |field| language.choose(&field.name_vi, &field.name_en).clone())
        };
        report = designed::told(report, &found, &name);
    }
    Ok((measured, report))
}

/// A round as the API and the command line tell it.
pub fn as_json(round: &Round) -> serde_json::Value {
    let returns = |returns: Returns| {
        serde_json::json!({
            "issued": returns.issued, "collected": returns.collected, "valid": returns.valid, "refused": returns.refused,
            "response_rate": returns.response_rate(),
        })
    };
    let parts = round.offices.iter().map(|office| {
        serde_json::json!({
            "cell": office.cell, "first_number": office.numbers.0, "last_number": office.numbers.1,
            "returns": returns(office.returns),
        })
    });
    serde_json::json!({
        "round": round.id, "plan": round.plan, "name": round.name, "clause": round.clause,
        "from": round.days.0, "to": round.days.1, "selection": round.selection.word(), "quota": round.quota,
        "closed_on": round.closed_on, "returns": returns(round.returns()), "parts": parts.collect::<Vec<_>>(),
    })
}
