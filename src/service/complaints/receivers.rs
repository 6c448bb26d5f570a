//! Who can be written to: the ward or commune that answers for a unit, and the units above one.

use chrono::NaiveDate;

use super::receiving::desk_of;
use crate::db::{Db, DbError, Tree, Unit, UnitKind};

/// Who can be written to, and who is.
pub struct Receivers {
    pub chosen: Option<Unit>,
    /// All that could be chosen, where nobody is.
    pub all: Vec<Unit>,
}

/// The unit whose cases staff of the unit of `code` work on, as long as it is there: its ward or commune, else itself.
pub fn receiver_of(db: &Db, code: &str, today: NaiveDate) -> Result<Option<Unit>, DbError> {
    let tree = db.tree()?;
    Ok(responsible(&with_those_above(&tree, code)).cloned().filter(|unit| is_open(unit, today)))
}

/// Whom a citizen writes to at the unit of `code`: its ward or commune, or a unit above those that has a desk of its own. Where it has none, nobody
/// there would read it; then all wards and communes that could be chosen.
pub fn receivers_of(db: &Db, code: Option<&str>, today: NaiveDate) -> Result<Receivers, DbError> {
    let tree = db.tree()?;
    let chosen = match code.map(|code| receiver_of(db, code, today)).transpose()?.flatten() {
        Some(unit) if !is_ward(&unit) && desk_of(db, &unit, today)?.is_none() => None,
        chosen => chosen,
    };
    let is_receiver = |unit: &&Unit| is_ward(unit) && is_open(unit, today);
    let all = if chosen.is_some() { Vec::new() } else { tree.all().iter().filter(is_receiver).cloned().collect() };
    Ok(Receivers { chosen, all })
}

/// The ward or commune of a chain; where there is none, the unit itself.
pub fn responsible<'a>(chain: &[&'a Unit]) -> Option<&'a Unit> {
    chain.iter().find(|unit| is_ward(unit)).or(chain.first()).copied()
}

/// A unit and those above it, the unit first; empty for an unknown code.
pub fn with_those_above<'a>(tree: &'a Tree, code: &str) -> Vec<&'a Unit> {
    tree.of_code(code).map(|unit| tree.above(unit.id).collect()).unwrap_or_default()
}

fn is_open(unit: &Unit, today: NaiveDate) -> bool {
    unit.valid_to.is_none_or(|last| last >= today)
}

fn is_ward(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Ward | UnitKind::Commune)
}
