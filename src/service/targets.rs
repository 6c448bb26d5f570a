//! Every target of every plan over its periods: verdicts, where they are heading, what settles them, what contributions them down.
//! One model for page and command; each figure is the one that [`measure_followed()`] makes for its period.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use super::figures::{self, MeasureError, Question, measure_followed, official_series};
use crate::db::{Db, PlanStored};
use crate::index::Suspects;
use crate::index::projection::{Contribution, FurtherSample, contributions};
use crate::index::{IndexReport, TargetResult};
use crate::plan::{Period, Plan};
use crate::report::{Language, Names};

/// A plan with its periods that have begun, the newest first.
#[derive(Debug, Clone)]
pub struct TargetTracking {
    pub plan: Plan,
    /// Its periods that have begun.
    pub periods: Vec<PeriodStanding>,
    /// Closed periods of which nothing can be read: each costs a line, and no other period.
    pub unreadable: Vec<Period>,
}

/// A period with its targets judged.
#[derive(Debug, Clone)]
pub struct PeriodStanding {
    pub period: Period,
    /// Names of fields, items and points.
    pub names: Names,
    /// The figures of the plan's own unit, or of the part of it that was asked for.
    pub report: IndexReport,
    /// Whether the figures were checked and kept.
    pub closed: bool,
}

/// One target in one period, as data.
#[derive(Debug, Clone, Serialize)]
pub struct Standing<'a> {
    /// Key of the plan.
    pub plan: &'a str,
    /// Key of the period.
    pub period: &'a str,
    /// The target with its figure, verdict and outlook.
    #[serde(flatten)]
    pub target: &'a TargetResult,
    /// Whether the cut-off is still ahead.
    pub so_far: bool,
    /// What more respondents could do for the verdict.
    pub further_sample: FurtherSample,
    /// Fields and criteria that pull it down.
    pub contributions: Vec<Contribution>,
}

/// The standing of those of `plans` that have targets, from the official series, flagged ones included: of the plan's own unit, or of
/// the part of it that `part` names for a plan.
pub fn standing(
    db: &Db,
    plans: &[Arc<PlanStored>],
    part: impl Fn(&Plan) -> Option<String>,
    today: NaiveDate,
) -> Result<Vec<TargetTracking>, MeasureError> {
    let plans = plans.iter().map(|stored| &stored.plan);
    let mut standing = Vec::new();
    for plan in plans.filter(|plan| !(plan.targets.is_empty() && plan.counts.is_empty())) {
        let (mut periods, mut unreadable) = (Vec::new(), Vec::new());
        let mut begun: Vec<&Period> = plan.periods.iter().filter(|period| period.from <= today).collect();
        begun.sort_by_key(|period| std::cmp::Reverse((period.to, period.from)));
        for period in begun.into_iter().filter(|period| binds(plan, period)) {
            let question = Question {
                plan: plan.key.clone(),
                period: period.key.clone(),
                unit: part(plan),
                series: official_series(db, &plan.key, &period.key, None)?,
                suspects: Suspects::In,
                live: false,
                today,
            };
            let measured = match measure_followed(db, &question) {
                Ok(measured) => measured,
                // A unit that is not set up yet, or was not there when a period was closed, has nothing to show of it.
                Err(MeasureError::NoUnit { .. }) => continue,
                Err(error @ MeasureError::Unreadable { .. }) => {
                    tracing::error!(%error, "a closed period is left out");
                    unreadable.push(period.clone());
                    continue;
                }
                Err(error) => return Err(error),
            };
            let names = figures::names(&measured, Language::Vi);
            let closed = measured.closing.is_some();
            periods.push(PeriodStanding { period: period.clone(), names, report: measured.report, closed });
        }
        if !periods.is_empty() || !unreadable.is_empty() {
            standing.push(TargetTracking { plan: plan.clone(), periods, unreadable });
        }
    }
    Ok(standing)
}

/// Whether some target of the plan binds in the period.
fn binds(plan: &Plan, period: &Period) -> bool {
    let counted = plan.counts.iter().any(|count| count.from <= period.to && count.to >= period.from);
    counted || !plan.targets_in(period).is_empty()
}

impl PeriodStanding {
    /// Its targets as data, in the order of the plan.
    pub fn targets(&self) -> impl Iterator<Item = Standing<'_>> {
        self.report.targets.iter().map(|target| Standing {
            plan: &self.report.plan,
            period: &self.report.period,
            target,
            so_far: self.report.so_far,
            further_sample: target.further_sample(),
            contributions: contributions(&self.report, target),
        })
    }
}
