//! The newest revision of every plan, read and understood once, found by key and by unit. A change anywhere is seen at the next
//! question, and costs the reading of the plans that changed.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};

use super::marks::PLANS;
use super::plans::{PlanStored, Row};
use super::tree::Tree;
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::plan;
use crate::db::{Db, DbError};

/// Every plan.
#[derive(Debug, Default)]
pub struct PlanBook {
    plans: Vec<Arc<PlanStored>>,
    by_key: HashMap<String, usize>,
    by_unit: HashMap<String, Vec<usize>>,
    /// Plans that cannot be read, with what is wrong with them.
    damaged: HashMap<String, String>,
    /// Codes of the units that these bind, as far as an earlier revision or what is left of the content tells; none where nothing does.
    units_of_damaged: Vec<Option<String>>,
}

impl PlanBook {
    fn new(
        plans: Vec<Arc<PlanStored>>,
        damaged: HashMap<String, String>,
        units_of_damaged: Vec<Option<String>>,
    ) -> Self {
        let mut by_unit: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, stored) in plans.iter().enumerate() {
            by_unit.entry(stored.plan.unit.clone()).or_default().push(place);
        }
        let by_key = plans.iter().enumerate().map(|(place, stored)| (stored.plan.key.clone(), place)).collect();
        Self { plans, by_key, by_unit, damaged, units_of_damaged }
    }

    /// Every plan that can be read, by key.
    pub fn all(&self) -> &[Arc<PlanStored>] {
        &self.plans
    }

    /// The plan of a key.
    pub fn plan(&self, key: &str) -> Option<&Arc<PlanStored>> {
        self.by_key.get(key).map(|place| &self.plans[*place])
    }

    /// The plans of a unit, by key.
    pub fn of_unit(&self, code: &str) -> impl Iterator<Item = &Arc<PlanStored>> {
        self.by_unit.get(code).into_iter().flatten().map(|place| &self.plans[*place])
    }

    /// The plans that bind a unit: its own and those of the units above it. By key.
    pub fn binding(&self, tree: &Tree, unit: i32) -> Vec<Arc<PlanStored>> {
        let mut found: Vec<_> = tree.above(unit).flat_map(|above| self.of_unit(&above.code)).map(Arc::clone).collect();
        found.sort_by(|a, b| a.plan.key.cmp(&b.plan.key));
        found
    }

    /// The plans of a unit and of those under it. By key.
    pub fn under(&self, tree: &Tree, unit: i32) -> Vec<Arc<PlanStored>> {
        let covered = tree.covered(unit);
        let mut found: Vec<_> = covered.iter().flat_map(|below| self.of_unit(&below.code)).map(Arc::clone).collect();
        found.sort_by(|a, b| a.plan.key.cmp(&b.plan.key));
        found
    }

    /// Keys of the plans that cannot be read, with what is wrong with them.
    pub fn damaged(&self) -> &HashMap<String, String> {
        &self.damaged
    }

    /// The unit of each plan that cannot be read, where that is known.
    pub fn units_of_damaged(&self) -> &[Option<String>] {
        &self.units_of_damaged
    }
}

impl Db {
    /// The plans as they are now.
    pub fn plan_book(&self) -> Result<Arc<PlanBook>, DbError> {
        self.kept(&self.inner.plans, PLANS, read)
    }

    /// The plans that bind a unit or are of a unit under it, by key.
    pub fn plans_about(&self, unit: i32) -> Result<Vec<Arc<PlanStored>>, DbError> {
        let (tree, book) = (self.tree()?, self.plan_book()?);
        let mut found = book.binding(&tree, unit);
        found.extend(book.under(&tree, unit));
        found.sort_by(|a, b| a.plan.key.cmp(&b.plan.key));
        found.dedup_by(|a, b| a.plan.key == b.plan.key);
        Ok(found)
    }
}

/// Reads what is newer than `before`.
fn read(conn: &mut Conn, before: Option<&PlanBook>) -> Result<PlanBook, DbError> {
    let newest: Vec<(String, Option<i32>)> = plan::table
        .group_by(plan::key)
        .select((plan::key, diesel::dsl::max(plan::revision)))
        .order(plan::key)
        .load(conn)?;
    let newest: Vec<(String, i32)> = newest.into_iter().filter_map(|(key, revision)| Some((key, revision?))).collect();
    let known = |(key, revision): &(String, i32)| {
        let known = before.and_then(|before| before.plan(key));
        known.filter(|known| known.revision == revision.unsigned_abs()).map(Arc::clone)
    };
    let missing: Vec<&(String, i32)> = newest.iter().filter(|row| known(row).is_none()).collect();
    let rows: Vec<Row> = in_parts(&missing, |some| {
        let keys: Vec<&str> = some.iter().map(|(key, _)| key.as_str()).collect();
        let revisions: Vec<i32> = some.iter().map(|(_, revision)| *revision).collect();
        // Revisions of the keys that are the newest of another key are dropped below.
        Ok(plan::table
            .filter(plan::key.eq_any(keys).and(plan::revision.eq_any(revisions)))
            .order((plan::key, plan::revision))
            .select(Row::as_select())
            .load(conn)?)
    })?;
    let mut fresh: HashMap<String, Row> = rows.into_iter().map(|row| (row.key.clone(), row)).collect();
    let (mut plans, mut damaged, mut units) = (Vec::with_capacity(newest.len()), HashMap::new(), Vec::new());
    for row in &newest {
        if let Some(known) = known(row) {
            plans.push(known);
            continue;
        }
        let Some(fresh) = fresh.remove(&row.0) else { continue };
        match PlanStored::of_row(fresh) {
            Ok(stored) => plans.push(Arc::new(stored)),
            // One plan that cannot be read costs its own pages, and no other's.
            Err(error) => {
                tracing::error!(plan = row.0, %error, "a plan is left out");
                damaged.insert(row.0.clone(), error.to_string());
                units.push(unit_of_damaged(conn, &row.0)?);
            }
        }
    }
    Ok(PlanBook::new(plans, damaged, units))
}

/// The unit of a plan whose newest revision cannot be read.
fn unit_of_damaged(conn: &mut Conn, key: &str) -> Result<Option<String>, DbError> {
    #[derive(serde::Deserialize)]
    struct OfUnit {
        unit: String,
    }
    let revisions = plan::table.filter(plan::key.eq(key)).select(plan::content).order(plan::revision.desc());
    let contents: Vec<String> = revisions.load(conn)?;
    Ok(contents.iter().find_map(|content| Some(serde_json::from_str::<OfUnit>(content).ok()?.unit)))
}
