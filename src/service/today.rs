//! How things stand today for whoever has signed in: the running period of each plan with its figures and those before it, how many sheets came, what fell,
//! what waits. Made of the figures that the periods' own pages show.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use super::closing::has_plan_owner;
use super::explore::comparable;
use super::figures::counts::of_plan;
use super::figures::duties::counting;
use super::figures::{self, MeasureError, Measured, Question, measure_followed, official_series};
use crate::db::{Closing, Db, DbError, PaperBatch, Remedy, TaskStanding};
use crate::index::Suspects;
use crate::index::inactive::is_inactive;
use crate::index::pick::Pick;
use crate::index::result::CountResult;
use crate::plan::{Period, Plan, Task};
use crate::report::explore::change;
use crate::report::{Language, Names};
use crate::sheet::tally::Series;

/// Points without an answer for so many days are counted.
pub const SILENT_DAYS: u64 = 14;
/// The most plans that are measured.
pub const PLANS_MAX: usize = 12;
/// What is usual is the mean of so many weeks before the last one.
pub const USUAL_WEEKS: u64 = 4;

/// A plan that concerns the user.
#[derive(Debug, Clone)]
pub struct PlanToday {
    pub plan: Plan,
    /// Whether its whole unit is the user's.
    pub covers: bool,
    /// Whether somebody answers for its unit who checks its periods and does not approve them.
    pub has_owner: bool,
    /// The closings of its periods.
    pub closings: Vec<Closing>,
    /// What was said of how far its tasks are.
    pub standings: Vec<TaskStanding>,
    /// What is counted of them, which says it before anybody does.
    pub counts: Vec<CountResult>,
    /// The figures of the running period, or of the one that ended last; none where the plan has no period that began, or it cannot be read.
    pub now: Option<Measured>,
    /// Names of everything in them.
    pub names: Names,
    /// The figures of the comparable period before.
    pub before: Option<Measured>,
    /// What fell since, beyond doubt, the worst first.
    pub falls: Vec<Fall>,
}

/// A factor of a field whose share fell by more than chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Fall {
    /// Which.
    pub pick: Pick,
    /// What it is called.
    pub name: String,
    /// The share before.
    pub before: f64,
    /// The share now.
    pub now: f64,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Today {
    /// The plans in force, then those that come, then those that are over.
    pub plans: Vec<PlanToday>,
    /// The series that sheets are counted of.
    pub series: Series,
    /// Released sheets of the last seven days, and what a week usually brings.
    pub week: u64,
    /// See above.
    pub usual: Option<u64>,
    /// Sheets that wait to enter figures, as of last midnight.
    pub waiting: u64,
    /// Open points, and of these the silent ones.
    pub points: (usize, usize),
    /// What the user's ward, or office, still has to do about what was weak.
    pub remedies: Vec<Remedy>,
    /// Piles of paper being keyed.
    pub batches: Vec<PaperBatch>,
    /// Plans of other units that are not among these because there are too many.
    pub elsewhere: usize,
}

/// Whose day it is.
#[derive(Debug, Clone)]
pub struct Whose {
    /// Their unit and those under it, as numbers and codes.
    pub units: Vec<(i32, String)>,
    /// Number of their own unit.
    pub own: i32,
    /// Code of their own unit.
    pub own_code: String,
    /// Number of the ward whose remedies they keep or see; none for whoever answers for many wards.
    pub ward: Option<i32>,
    /// Whether they check and approve, so that it matters to them who else checks.
    pub approves: bool,
}

/// How things stand.
pub fn today(db: &Db, whose: &Whose, day: NaiveDate) -> Result<Today, MeasureError> {
    let ids: Vec<i32> = whose.units.iter().map(|(id, _)| *id).collect();
    let mut plans = Vec::new();
    let tree = db.tree()?;
    for stored in db.plans_about(whose.own)? {
        let covers = tree.covers(whose.own, &stored.plan.unit);
        plans.push((stored.plan.clone(), covers));
    }
    plans.sort_by_key(|(plan, _)| (plan.to < day, day < plan.from, std::cmp::Reverse(plan.from)));
    // Who answers for many wards finds them in the overview; the day's page measures the plans of the user's own unit and those above.
    let all = plans.len();
    if all > PLANS_MAX {
        plans.retain(|(plan, covers)| !covers || plan.unit == whose.own_code);
        plans.truncate(PLANS_MAX);
    }
    let elsewhere = all - plans.len();
    let plans = plans.into_iter().map(|(plan, covers)| {
        // Only who approves is not led to check, and so only for them it is asked who else does.
        let has_owner = whose.approves && has_plan_owner(db, &tree, &plan.unit)?;
        Ok(PlanToday { has_owner, ..plan_today(db, plan, covers, whose, day)? })
    });
    let plans = plans.collect::<Result<Vec<_>, MeasureError>>()?;
    // The series of the page that the tile leads to: the official one of the period that runs.
    let official = plans.iter().find_map(|plan| plan.now.as_ref()).map_or(Series::Open, |now| now.official);
    let (week, usual) = pace(db, &ids, official, day)?;
    Ok(Today {
        plans,
        series: official,
        week,
        usual,
        waiting: waiting(db, &ids, day)?,
        points: points(db, &ids, day)?,
        remedies: owed(db, whose)?,
        batches: db.entry_batches(&ids)?,
        elsewhere,
    })
}

/// The remedies of the user's ward that are not done: all of them where the ward is theirs, else those that their offices answer for.
fn owed(db: &Db, whose: &Whose) -> Result<Vec<Remedy>, DbError> {
    let Some(ward) = whose.ward else { return Ok(Vec::new()) };
    let is_theirs = |unit: i32| whose.units.iter().any(|(id, _)| *id == unit);
    let mut owed = db.remedies(&[ward])?;
    owed.retain(|remedy| remedy.state.is_owed() && (is_theirs(ward) || remedy.office.is_some_and(is_theirs)));
    Ok(owed)
}

fn plan_today(db: &Db, plan: Plan, covers: bool, whose: &Whose, day: NaiveDate) -> Result<PlanToday, MeasureError> {
    let (closings, standings) = (db.closings(&plan.key)?, db.task_standings(&plan.key)?);
    let is_counted = |task: &Task| task.due.is_some() && counting(&plan, task).is_some();
    let counts = if plan.tasks.iter().any(is_counted) { of_plan(db, &plan, day)? } else { Vec::new() };
    let in_force = plan.from <= day && day <= plan.to;
    let current = plan.current_period(day).filter(|period| period.from <= day && in_force).cloned();
    let unit = (!covers).then(|| whose.own_code.clone());
    let figures = |period: &Period| figures_of(db, &plan, period, unit.clone(), day);
    let now = current.as_ref().map(figures).transpose()?.flatten();
    let earlier = current.as_ref().and_then(|period| comparable(&plan, period));
    let before = earlier.filter(|_| now.is_some()).map(figures).transpose()?.flatten();
    let names = now.as_ref().map(|measured| figures::names(measured, Language::Vi)).unwrap_or_default();
    let falls = match (&before, &now) {
        (Some(before), Some(now)) => falls(before, now, &names),
        _ => Vec::new(),
    };
    Ok(PlanToday { plan, covers, has_owner: false, closings, standings, counts, now, names, before, falls })
}

/// The figures; none where there are none of this unit, or a closed period cannot be read.
fn figures_of(
    db: &Db,
    plan: &Plan,
    period: &Period,
    unit: Option<String>,
    day: NaiveDate,
) -> Result<Option<Measured>, MeasureError> {
    let question = Question {
        plan: plan.key.clone(),
        period: period.key.clone(),
        unit,
        series: official_series(db, &plan.key, &period.key, None)?,
        suspects: Suspects::In,
        live: false,
        today: day,
    };
    match measure_followed(db, &question) {
        Ok(measured) => Ok(Some(measured)),
        Err(MeasureError::Database(error)) => Err(error.into()),
        Err(error @ MeasureError::Unreadable { .. }) => {
            tracing::error!(%error, "a closed period is left out");
            Ok(None)
        }
        Err(_) => Ok(None),
    }
}

/// Factors that fell. Many are compared, so only what lies beyond limits that one of five hundred would pass by chance.
fn falls(before: &Measured, now: &Measured, names: &Names) -> Vec<Fall> {
    let mut found = Vec::new();
    for field in now.report.fields.iter().filter_map(|node| node.shown()) {
        for factor in field.factors.iter().filter_map(|node| node.shown()) {
            let pick = Pick::Factor(field.field.clone(), factor.factor.clone());
            let Some(earlier) = pick.of(&before.report).estimate else { continue };
            if change(earlier, &factor.estimate).is_beyond_doubt_a_fall() {
                let (of, name) = (&field.field, names.factor(&field.field, &factor.factor, Language::Vi));
                found.push(Fall {
                    name: format!("{} – {name}", names.field(of, Language::Vi)),
                    before: earlier.value,
                    now: factor.estimate.value,
                    pick,
                });
            }
        }
    }
    found.sort_by(|a, b| (a.now - a.before).total_cmp(&(b.now - b.before)));
    found
}

/// Released sheets of the last seven days, and the weekly mean of the weeks before where any came: of one series, as the page of what came counts them.
fn pace(db: &Db, units: &[i32], series: Series, day: NaiveDate) -> Result<(u64, Option<u64>), DbError> {
    let ago = |days: u64| day - Days::new(days);
    let count = |from, to| -> Result<u64, DbError> {
        let mut sheets = 0;
        db.read_sums(|sums| {
            sums.visit_counts(units, (from, to), &mut |key, counted| {
                if key.series == series {
                    sheets += counted;
                }
            })
        })?;
        Ok(sheets)
    };
    let usual = count(ago(7 * (USUAL_WEEKS + 1)), ago(8))? / USUAL_WEEKS;
    Ok((count(ago(7), ago(1))?, Some(usual).filter(|usual| *usual > 0)))
}

/// Sheets without release, before today: nobody sees by them that somebody answered today.
fn waiting(db: &Db, units: &[i32], day: NaiveDate) -> Result<u64, DbError> {
    let (from, to) = (day - Days::new(366), day - Days::new(1));
    db.read_sums(|sums| sums.count_waiting(units, (from, to)))
}

fn points(db: &Db, units: &[i32], day: NaiveDate) -> Result<(usize, usize), DbError> {
    let last: HashMap<(i32, i32), NaiveDate> =
        db.last_days(units, day)?.into_iter().map(|(unit, point, day)| ((unit, point), day)).collect();
    let open = db.open_points(units, day)?;
    let silent = open
        .iter()
        .filter(|(unit, point, opened)| is_inactive(*opened, last.get(&(*unit, *point)).copied(), day, SILENT_DAYS));
    Ok((open.len(), silent.count()))
}
