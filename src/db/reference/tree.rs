//! The units as a tree, read once and kept until a unit changes (`marks.rs`): a question about a ward costs no more where there
//! are thousands of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::{QueryDsl, RunQueryDsl, SelectableHelper};

use super::marks::UNITS;
use super::units::{self, Unit};
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::unit;
use crate::db::{Db, DbError};

/// How deep a tree of units may be; a deeper one is a circle.
const DEPTH_MAX: usize = 64;

/// Every unit, retired ones included.
#[derive(Debug)]
pub struct Tree {
    units: Vec<Unit>,
    by_id: HashMap<i32, usize>,
    by_code: HashMap<String, usize>,
    children: HashMap<i32, Vec<usize>>,
    /// Units with those under them, made when first asked for.
    covered: Mutex<HashMap<i32, Arc<Vec<Unit>>>>,
}

impl Tree {
    fn new(units: Vec<Unit>) -> Self {
        let mut children: HashMap<i32, Vec<usize>> = HashMap::new();
        for (place, unit) in units.iter().enumerate() {
            if let Some(parent) = unit.parent {
                children.entry(parent).or_default().push(place);
            }
        }
        Self {
            by_id: units.iter().enumerate().map(|(place, unit)| (unit.id, place)).collect(),
            by_code: units.iter().enumerate().map(|(place, unit)| (unit.code.clone(), place)).collect(),
            children,
            covered: Mutex::default(),
            units,
        }
    }

    /// Every unit, by code.
    pub fn all(&self) -> &[Unit] {
        &self.units
    }

    /// The unit of a number.
    pub fn unit(&self, id: i32) -> Option<&Unit> {
        self.by_id.get(&id).map(|place| &self.units[*place])
    }

    /// The unit of a code.
    pub fn of_code(&self, code: &str) -> Option<&Unit> {
        self.by_code.get(code).map(|place| &self.units[*place])
    }

    /// The units right under a unit, by code.
    pub fn children(&self, id: i32) -> impl Iterator<Item = &Unit> {
        self.children.get(&id).into_iter().flatten().map(move |place| &self.units[*place])
    }

    /// A unit and those above it, itself first.
    pub fn above(&self, id: i32) -> impl Iterator<Item = &Unit> {
        let parent = move |unit: &&Unit| unit.parent.and_then(|parent| self.unit(parent));
        std::iter::successors(self.unit(id), parent).take(DEPTH_MAX)
    }

    /// Whether the unit of a code is the unit `of` or stands under it.
    pub fn covers(&self, of: i32, code: &str) -> bool {
        self.of_code(code).is_some_and(|unit| self.above(unit.id).any(|above| above.id == of))
    }

    /// A unit and all below it, retired ones included, ascending. Empty for an unknown number.
    pub fn below(&self, id: i32) -> Vec<i32> {
        let mut found = HashSet::new();
        let mut ahead: Vec<i32> = self.unit(id).map(|unit| unit.id).into_iter().collect();
        while let Some(id) = ahead.pop() {
            if found.insert(id) {
                ahead.extend(self.children(id).map(|unit| unit.id));
            }
        }
        let mut found: Vec<i32> = found.into_iter().collect();
        found.sort_unstable();
        found
    }

    /// A unit and all below it, by code.
    pub fn covered(&self, id: i32) -> Arc<Vec<Unit>> {
        let mut kept = self.covered.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kept.entry(id).or_insert_with(|| {
            let mut places: Vec<usize> = self.below(id).iter().filter_map(|id| self.by_id.get(id).copied()).collect();
            places.sort_unstable();
            Arc::new(places.into_iter().map(|place| self.units[place].clone()).collect())
        }))
    }
}

impl Db {
    /// The units as they are now.
    pub fn tree(&self) -> Result<Arc<Tree>, DbError> {
        self.kept(&self.inner.tree, UNITS, |conn, _| {
            let (units, damaged) = read(conn)?;
            for (unit, error) in damaged {
                tracing::error!(unit, error, "a unit is left out");
            }
            Ok(Tree::new(units))
        })
    }
}

/// What could be read, and numbers of rows that could not with what is wrong with them.
pub(in crate::db) type Found<T> = (Vec<T>, Vec<(i32, String)>);

/// Every unit that can be read, and the others with what is wrong with them: one row costs its unit, and no other.
pub(in crate::db) fn read(conn: &mut Conn) -> Result<Found<Unit>, DbError> {
    let all = unit::table.order(unit::code).select(units::Row::as_select());
    let (rows, mut damaged): (Vec<units::Row>, _) = match all.load(conn) {
        Ok(rows) => (rows, Vec::new()),
        Err(diesel::result::Error::DeserializationError(_)) => one_by_one(conn)?,
        Err(error) => return Err(error.into()),
    };
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.id;
        match Unit::of_row(row) {
            Ok(unit) => read.push(unit),
            Err(error) => damaged.push((id, error.to_string())),
        }
    }
    Ok((read, damaged))
}

/// The rows that can be read, and the numbers of those that cannot.
fn one_by_one(conn: &mut Conn) -> Result<Found<units::Row>, DbError> {
    let ids: Vec<i32> = unit::table.select(unit::id).order(unit::id).load(conn)?;
    let (mut rows, mut damaged) = (Vec::with_capacity(ids.len()), Vec::new());
    for id in ids {
        match unit::table.find(id).select(units::Row::as_select()).first(conn) {
            Ok(row) => rows.push(row),
            Err(diesel::result::Error::DeserializationError(error)) => damaged.push((id, error.to_string())),
            Err(error) => return Err(error.into()),
        }
    }
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    Ok((rows, damaged))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::db::UnitKind;

    fn unit(id: i32, parent: Option<i32>) -> Unit {
        Unit {
            id,
            code: format!("u{id}"),
            kind: UnitKind::Office,
            name_vi: String::new(),
            name_en: String::new(),
            parent,
            valid_from: NaiveDate::MIN,
            valid_to: None,
            successor: None,
        }
    }

    #[test]
    fn a_unit_covers_itself_and_what_stands_under_it_and_a_circle_ends() {
        let tree =
            Tree::new(vec![unit(1, None), unit(2, Some(1)), unit(3, Some(2)), unit(4, Some(1)), unit(5, Some(5))]);
        assert_eq!(tree.below(1), [1, 2, 3, 4]);
        assert_eq!(tree.below(2), [2, 3]);
        assert_eq!(tree.below(9), [0_i32; 0]);
        assert!(tree.covers(1, "u3") && tree.covers(3, "u3"));
        assert!(!tree.covers(3, "u1") && !tree.covers(4, "u3") && !tree.covers(1, "unknown"));
        assert_eq!(tree.above(3).map(|unit| unit.id).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(tree.below(5), [5]);
        assert_eq!(tree.above(5).count(), DEPTH_MAX);
        assert_eq!(tree.covered(2).iter().map(|unit| unit.id).collect::<Vec<_>>(), [2, 3]);
    }
}
