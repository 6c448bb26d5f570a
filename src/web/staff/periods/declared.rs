//! Fields that the plan's owner declared to be without cases in a period, as the page of its closing shows them.

use crate::clock;
use crate::db::{Db, DbError};
use crate::plan::{Period, Plan};

/// What the page says of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) lines: Vec<Line>,
    /// Fields that can be declared: code, name.
    pub(super) choices: Vec<(String, String)>,
}

/// A declaration that stands.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) code: String,
    pub(super) field: String,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) at: String,
}

/// What stands of a period.
pub(super) fn read(db: &Db, plan: &Plan, period: &Period) -> Result<Part, DbError> {
    let Some(unit) = db.unit_by_code(&plan.unit)? else { return Ok(Part::default()) };
    let fields = db.fields()?;
    let declared = db.declared_fields(unit.id, &plan.key, &period.key)?;
    let name = |code: &str| {
        fields.iter().find(|field| field.code == code).map_or_else(|| code.to_owned(), |field| field.name_vi.clone())
    };
    let lines = declared.iter().map(|known| Line {
        code: known.field.clone(),
        field: name(&known.field),
        reason: known.reason.clone(),
        by: known.by.clone(),
        at: clock::date_and_time(known.at),
    });
    let lines: Vec<Line> = lines.collect();
    let open = fields.iter().filter(|field| declared.iter().all(|known| known.field != field.code));
    Ok(Part { choices: open.map(|field| (field.code.clone(), field.name_vi.clone())).collect(), lines })
}
