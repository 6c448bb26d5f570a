//! What decides which sheets are released together: the highest unit with a plan above each unit, the periods of all plans under
//! it, and what these plans ask for apart.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::{ExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::samples;
use crate::db::engine::schema::{survey_round_office, unit};
use crate::db::{Db, DbError, day};
use crate::plan::{Plan, Respondents};
use crate::sheet::release::Bounds;

/// The rules of release, as the plans are now.
pub(in crate::db) struct Rules {
    /// The unit whose figures count releases whole, of every unit.
    roots: HashMap<i32, i32>,
    /// The units of each of these.
    under: HashMap<i32, Vec<i32>>,
    /// The unit above each unit.
    pub(in crate::db) parents: HashMap<i32, i32>,
    /// Questionnaires by the number of their version.
    pub(in crate::db) questionnaires: HashMap<i32, Arc<str>>,
    /// The survey round of its points, by unit and number.
    pub(in crate::db) rounds: HashMap<(i32, i32), i32>,
    of_root: HashMap<i32, OfRoot>,
    /// Units whose answers wait, because what they are released with cannot be told while a row cannot be read.
    held: HashSet<i32>,
}

/// What plans under a root ask for.
#[derive(Debug, Default)]
pub(in crate::db) struct OfRoot {
    pub(in crate::db) bounds: Bounds,
    pub(in crate::db) by_respondent: bool,
    pub(in crate::db) by_channel: bool,
}

impl Rules {
    /// The rules under a root.
    pub(in crate::db) fn of(&self, root: i32) -> Option<&OfRoot> {
        self.of_root.get(&root)
    }

    /// The unit whose figures count the releases of `unit` whole.
    pub(in crate::db) fn root(&self, unit: i32) -> i32 {
        self.roots.get(&unit).copied().unwrap_or(unit)
    }

    /// Whether answers of `unit` wait because its row, that of a unit above it, or the plan that binds it cannot be read. A release is
    /// made once and kept: one made by other rules would stay.
    pub(in crate::db) fn is_held(&self, unit: i32) -> bool {
        self.held.contains(&unit) || !self.roots.contains_key(&unit)
    }

    /// Refuses to let in what waits of a unit whose answers are held.
    pub(in crate::db) fn require_free(&self, unit: i32) -> Result<(), DbError> {
        if self.is_held(unit) {
            return Err(DbError::Damaged(format!(
                "answers of unit {unit} cannot be released, because its row, that of a unit above it, or a plan cannot be read"
            )));
        }
        Ok(())
    }

    /// The units of which `root` is the root.
    pub(in crate::db) fn under(&self, root: i32) -> &[i32] {
        self.under.get(&root).map_or(&[], Vec::as_slice)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = survey_round_office)]
struct OfficeRow {
    unit_id: i32,
    point_id: i32,
    #[diesel(column_name = round_id)]
    round: i32,
}

impl Db {
    pub(in crate::db) fn release_rules(&self) -> Result<Rules, DbError> {
        let (tree, book) = (self.tree()?, self.plan_book()?);
        let units = tree.all();
        let parents: HashMap<i32, i32> = units.iter().filter_map(|unit| Some((unit.id, unit.parent?))).collect();
        let unit_of = |plan: &Plan| tree.of_code(&plan.unit).map(|unit| unit.id);
        let plans = || book.all().iter().map(|stored| &stored.plan);
        let of_damaged = || book.units_of_damaged().iter().flatten().filter_map(|code| Some(tree.of_code(code)?.id));
        let bound: HashSet<i32> = plans().filter_map(unit_of).chain(of_damaged()).collect();
        let root = |unit: i32| {
            let above: Vec<i32> = tree.above(unit).map(|unit| unit.id).collect();
            above.iter().rev().find(|unit| bound.contains(unit)).or(above.last()).copied().unwrap_or(unit)
        };
        let roots: HashMap<i32, i32> = units.iter().map(|unit| (unit.id, root(unit.id))).collect();
        let mut under: HashMap<i32, Vec<i32>> = HashMap::new();
        for (unit, root) in &roots {
            under.entry(*root).or_default().push(*unit);
        }
        // Where a link of the chain upwards is missing, the highest unit with a plan that can be seen is the root only if the missing unit has
        // none; where it is not known whom a damaged plan binds, whoever has no other plan may be meant.
        let missing: HashSet<i32> = parents.values().filter(|parent| tree.unit(**parent).is_none()).copied().collect();
        let with_plan = self.read(|conn| {
            let rows: Vec<(i32, String)> = unit::table
                .filter(unit::id.eq_any(&missing))
                .select((unit::id, unit::code))
                .order(unit::id)
                .load(conn)?;
            let of_plan = |code: &String| {
                plans().any(|plan| plan.unit == *code) || book.units_of_damaged().contains(&Some(code.clone()))
            };
            Ok(rows.into_iter().filter(|(_, code)| of_plan(code)).map(|(id, _)| id).collect())
        });
        // Of a code that cannot be read either the worst is taken.
        let with_plan: HashSet<i32> = with_plan.unwrap_or_else(|_| missing.clone());
        let roots_of_damaged: HashSet<i32> = of_damaged().filter_map(|unit| roots.get(&unit).copied()).collect();
        let nobody_knows_whose = book.units_of_damaged().contains(&None);
        let is_held = |unit: i32, own_root: i32| {
            let cut = tree.above(unit).last().and_then(|top| top.parent).filter(|parent| missing.contains(parent));
            let is_bound = bound.contains(&own_root);
            cut.is_some_and(|missing| !is_bound || with_plan.contains(&missing))
                || roots_of_damaged.contains(&own_root)
                || (nobody_knows_whose && !is_bound)
        };
        let held = roots.iter().filter(|(unit, root)| is_held(**unit, **root)).map(|(unit, _)| *unit).collect();
        let mut of_root = HashMap::new();
        let mut plans_of: HashMap<i32, Vec<&Plan>> = HashMap::new();
        for plan in plans() {
            if let Some(root) = unit_of(plan).and_then(|unit| roots.get(&unit)) {
                plans_of.entry(*root).or_default().push(plan);
            }
        }
        for root in roots.values().copied().collect::<HashSet<i32>>() {
            let own = || plans_of.get(&root).into_iter().flatten().copied();
            let targets = || own().flat_map(|plan| &plan.targets);
            let periods = own().flat_map(|plan| &plan.periods);
            let periods: Vec<(i32, i32)> =
                periods.map(|period| (day::day_number(period.from), day::day_number(period.to))).collect();
            of_root.entry(root).or_insert_with(|| OfRoot {
                bounds: Bounds::of(&periods),
                by_respondent: targets().any(|target| target.respondents != Respondents::All),
                by_channel: targets().any(|target| target.channel.is_some()),
            });
        }
        let questionnaires = self.forms()?.into_iter().map(|form| (form.id, form.code.into())).collect();
        let rounds = self.read(|conn| {
            let offices = survey_round_office::table.select(OfficeRow::as_select());
            let offices: Vec<OfficeRow> =
                offices.order((survey_round_office::round_id, survey_round_office::unit_id)).load(conn)?;
            let offices = offices.into_iter().map(|row| ((row.unit_id, row.point_id), row.round));
            Ok(offices.chain(samples::points(conn)?).collect())
        })?;
        Ok(Rules { roots, under, parents, questionnaires, rounds, of_root, held })
    }
}
