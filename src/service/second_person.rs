//! What waits for a second person: answers to complaints, tellings, quotations, as the one who may approve them and did not write them finds them.

use super::quotations::{Awaiting, awaiting};
use super::telling::opened_anew;
use super::today::PlanToday;
use crate::cases::telling::State as Telling;
use crate::cases::{CaseAction, State};
use crate::db::{Closing, Complaint, Db, DbError};
use crate::plan::closing::State as OfPeriod;

/// Who asks, and what they may approve.
#[derive(Debug, Clone, Default)]
pub struct Approver {
    /// Name they sign in with.
    pub name: String,
    /// Numbers of the units whose answers to complaints they approve.
    pub units: Vec<i32>,
    /// Number of the ward whose tellings they approve.
    pub ward: Option<i32>,
    /// Whether they approve quotations in the reports of their plans.
    pub quotes: bool,
}

/// What waits for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The numbers by which staff call the cases whose answers are drafted.
    pub answers: Vec<String>,
    /// Numbers of tellings.
    pub tellings: Vec<i32>,
    /// Quotations, by their reports.
    pub quotations: Vec<Awaiting>,
}

/// What of these complaints and plans, and of the ward's tellings, waits for them.
pub fn waiting(db: &Db, who: &Approver, complaints: &[Complaint], plans: &[PlanToday]) -> Result<Waiting, DbError> {
    Ok(Waiting {
        answers: answers(db, who, complaints)?,
        tellings: tellings(db, who)?,
        quotations: if who.quotes { of_plans(db, who, plans)? } else { Vec::new() },
    })
}

fn answers(db: &Db, who: &Approver, complaints: &[Complaint]) -> Result<Vec<String>, DbError> {
    let mut found = Vec::new();
    for case in complaints {
        if case.state != State::Drafted || !who.units.contains(&case.key.unit) {
            continue;
        }
        let steps = db.complaint_steps(case.key)?;
        let drafted = steps.iter().rfind(|step| step.deed == CaseAction::Draft);
        if drafted.is_none_or(|step| step.by != who.name) {
            found.push(case.key.number());
        }
    }
    Ok(found)
}

fn tellings(db: &Db, who: &Approver) -> Result<Vec<i32>, DbError> {
    let Some(ward) = who.ward else { return Ok(Vec::new()) };
    let mut drafts = db.tellings(ward)?;
    drafts.retain(|telling| telling.state == Telling::Draft);
    let fallen = opened_anew(db, &drafts)?;
    let mut found = Vec::new();
    // What nobody can approve waits for nobody.
    for (telling, _) in drafts.iter().zip(fallen).filter(|(_, fallen)| fallen.is_none()) {
        let written = db.telling_versions(ward, telling.number)?.pop();
        if written.is_some_and(|newest| newest.by != who.name) {
            found.push(telling.number);
        }
    }
    Ok(found)
}

fn of_plans(db: &Db, who: &Approver, plans: &[PlanToday]) -> Result<Vec<Awaiting>, DbError> {
    let theirs = || plans.iter().filter(|plan| plan.covers);
    let keys: Vec<String> = theirs().map(|plan| plan.plan.key.clone()).collect();
    let mut found = awaiting(db, &keys, &who.name)?;
    found.retain(|Awaiting { plan, period, .. }| {
        let mut closings = theirs().filter(|known| known.plan.key == *plan).flat_map(|known| &known.closings);
        let newest = closings.rfind(|closing| closing.period == *period);
        newest.map_or(OfPeriod::Draft, Closing::state).takes_words()
    });
    Ok(found)
}
