//! What is done about weak figures, beside them: remedies of the ward with their criterion before and after, tasks of the plan.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::duties::duty;
use super::{MeasureError, Measured, Question};
use crate::cases::remedy::{Progress, Source};
use crate::db::{Db, DbError, Remedy, task_key};
use crate::index::IndexReport;
use crate::index::result::{CountResult, RemedyResult, TaskResult, WorkState};
use crate::index::work::{compare, judge};
use crate::plan::{Period, Plan};

/// The remedies that were written down by the end of the period, for the plan's own unit; those dropped are left out.
pub(super) fn remedies(
    db: &Db,
    plan: &Plan,
    period: &Period,
    unit: &str,
    today: NaiveDate,
) -> Result<Vec<RemedyResult>, DbError> {
    let ward = db.unit_by_code(&plan.unit)?.filter(|ward| ward.code == unit);
    let Some(ward) = ward else { return Ok(Vec::new()) };
    let tree = db.tree()?;
    let written = db.remedies(&[ward.id])?.into_iter();
    let written = written.filter(|remedy| remedy.made_on <= period.to && remedy.state != Progress::Dropped);
    let result = |remedy: Remedy| RemedyResult {
        criterion: criterion_of(&remedy).filter(|[of, ..]| *of == plan.key),
        number: remedy.number,
        office: remedy
            .office
            .and_then(|office| tree.unit(office))
            .map_or_else(|| ward.name_vi.clone(), |unit| unit.name_vi.clone()),
        state: state_of(remedy.state),
        late: remedy.state.is_late(remedy.due, today),
        due: remedy.due,
        said: remedy.said,
        work: remedy.work,
        person: remedy.person,
        compared: None,
    };
    let mut results: Vec<RemedyResult> = written.map(result).collect();
    results.sort_by_key(|remedy| remedy.number);
    Ok(results)
}

/// Plan, period, field and item of a remedy for a weak criterion.
pub fn criterion_of(remedy: &Remedy) -> Option<[String; 4]> {
    let parts: Vec<String> = remedy.source_of.split('/').map(str::to_owned).collect();
    <[String; 4]>::try_from(parts).ok().filter(|_| remedy.source == Source::Criterion)
}

fn state_of(state: Progress) -> WorkState {
    match state {
        Progress::Planned => WorkState::Planned,
        Progress::UnderWay => WorkState::UnderWay,
        Progress::Done => WorkState::Done,
        Progress::Dropped => WorkState::Dropped,
    }
}

/// The tasks of a plan, once something was said of one of them; those that are counted as far as their count beside them says.
pub(super) fn tasks(
    db: &Db,
    plan: &Plan,
    unit: &str,
    counts: &[CountResult],
    today: NaiveDate,
) -> Result<Vec<TaskResult>, DbError> {
    if unit != plan.unit {
        return Ok(Vec::new());
    }
    let known = db.task_standings(&plan.key)?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let result = |task: &crate::plan::Task| {
        let key = task_key(task);
        let said = known.iter().find(|said| said.task == key);
        let state = duty(plan, task, &known, counts, today).state;
        TaskResult {
            clause: task.clause.clone(),
            title_vi: task.title_vi.clone(),
            title_en: task.title_en.clone(),
            lead: task.lead.clone(),
            due: task.due,
            state: state_of(state),
            late: task.due.is_some_and(|due| state.is_late(due, today)),
            note: said.map(|said| said.note.clone()).unwrap_or_default(),
        }
    };
    Ok(plan.tasks.iter().map(result).collect())
}

/// Puts beside each remedy its criterion in the period in which it was weak and in the newest one that began after that had ended: this one,
/// or where this one holds the days of both, as a year holds its quarters, the newest part of it that shows the criterion.
/// `other_figures` gives those of another period, none where they may not be used: what is frozen is compared with frozen figures.
pub(super) fn put_beside(
    question: &Question,
    measured: &mut Measured,
    other_figures: impl Fn(&Question) -> Result<Option<Measured>, MeasureError>,
) -> Result<(), MeasureError> {
    if question.live || measured.report.remedies.is_empty() {
        return Ok(());
    }
    // Several remedies come from one period.
    let mut known: HashMap<String, Option<Measured>> = HashMap::new();
    let mut figures = |key: &str| -> Result<Option<IndexReport>, MeasureError> {
        if !known.contains_key(key) {
            let question = Question { period: key.to_owned(), unit: None, ..question.clone() };
            known.insert(key.to_owned(), other_figures(&question)?);
        }
        Ok(known.get(key).and_then(Option::as_ref).map(|found| found.report.clone()))
    };
    let mut remedies = std::mem::take(&mut measured.report.remedies);
    for remedy in &mut remedies {
        let Some([_, key, ..]) = &remedy.criterion else { continue };
        let Some(before) = measured.plan.period(key) else { continue };
        for after in later(&measured.plan, &before, &measured.period, question.today) {
            let Some(earlier) = figures(&before.key)? else { break };
            if after == measured.period.key {
                compare(remedy, &earlier, (&after, &measured.report));
            } else if let Some(report) = figures(&after)? {
                compare(remedy, &earlier, (&after, &report));
            }
            if remedy.compared.is_some() {
                break;
            }
        }
    }
    judge(&mut remedies);
    measured.report.remedies = remedies;
    Ok(())
}

/// The periods of a plan within `now` that began after `before` had ended, `now` itself or the newest first.
fn later(plan: &Plan, before: &Period, now: &Period, today: NaiveDate) -> Vec<String> {
    if before.to < now.from {
        return vec![now.key.clone()];
    }
    let within = |period: &&Period| before.to < period.from && period.to <= now.to && period.from <= today;
    let mut periods: Vec<&Period> = plan.periods.iter().filter(within).collect();
    periods.sort_by_key(|period| std::cmp::Reverse((period.to, period.from)));
    periods.into_iter().map(|period| period.key.clone()).collect()
}
