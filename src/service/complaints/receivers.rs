//! Who can be written to: the ward or commune that answers for a unit, and the units above one.

use chrono::NaiveDate;

use crate::db::{Db, DbError, Tree, Unit, UnitKind};

/// Who can be written to, and who is.
pub struct Receivers {
    pub chosen: Option<Unit>,
    /// All that could be chosen, where nobody is.
    pub all: Vec<Unit>,
}

/// The ward or commune that answers for the unit of `code`, as long as it is there.
pub fn receiver_of(db: &Db, code: &str, today: NaiveDate) -> Result<Option<Unit>, DbError> {
    Ok(receivers_of(db, Some(code), today)?.chosen)
}

/// [`receiver_of`], and all that could be chosen where there is none.
pub fn receivers_of(db: &Db, code: Option<&str>, today: NaiveDate) -> Result<Receivers, DbError> {
    let tree = db.tree()?;
    let open = |unit: &Unit| unit.valid_to.is_none_or(|last| last >= today);
    let chosen = code.and_then(|code| responsible(&with_those_above(&tree, code)).cloned()).filter(open);
    let is_receiver = |unit: &&Unit| is_ward(unit) && open(unit);
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

fn is_ward(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Ward | UnitKind::Commune)
}
