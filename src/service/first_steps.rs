//! The first steps of a new place, from its units to a poster that was tried: which are done, computed from what there is. Steps that
//! leave no trace are marked by hand; each can be passed over, and taken up again.

use chrono::NaiveDate;

use crate::db::{Db, DbError, Noted, PointListed, Unit, UnitKind};

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The ward or commune.
    Ward,
    /// Offices under it.
    Offices,
    /// Service points.
    Points,
    /// The questionnaire, looked at.
    Form,
    Plan,
    /// The poster, printed and hung up.
    Poster,
    /// A code, scanned on trial.
    Scan,
}

impl Step {
    /// In the order in which they are taken.
    pub const ALL: [Self; 7] =
        [Self::Ward, Self::Offices, Self::Points, Self::Form, Self::Plan, Self::Poster, Self::Scan];

    /// Its word in addresses and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ward => "ward",
            Self::Offices => "offices",
            Self::Points => "points",
            Self::Form => "form",
            Self::Plan => "plan",
            Self::Poster => "poster",
            Self::Scan => "scan",
        }
    }

    /// The step of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// Whether nothing in the database shows that it was taken, so that somebody says so.
    pub fn is_said(self) -> bool {
        matches!(self, Self::Form | Self::Poster | Self::Scan)
    }
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// To be taken.
    Open,
    /// Passed over.
    Skipped,
    Done,
}

/// How all of them stand.
#[derive(Debug, Clone)]
pub struct FirstSteps {
    /// In their order.
    pub steps: Vec<(Step, Standing)>,
    /// Points that are open, the first ones first.
    pub points: Vec<PointListed>,
}

impl FirstSteps {
    /// The step to be taken next; none when all are done or passed over.
    pub fn next(&self) -> Option<Step> {
        self.steps.iter().find(|(_, standing)| *standing == Standing::Open).map(|(step, _)| *step)
    }

    /// How many are done or passed over.
    pub fn behind(&self) -> usize {
        self.steps.iter().filter(|(_, standing)| *standing != Standing::Open).count()
    }
}

/// Key in the facts of the installation of what was said about the steps of a unit.
fn key(unit: i32) -> String {
    format!("first-steps/{unit}")
}

/// How the first steps of whoever stands in `own` and sees `units` do.
pub fn first_steps(db: &Db, own: i32, units: &[Unit], today: NaiveDate) -> Result<FirstSteps, DbError> {
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let mut points = db.points(Some(&ids))?;
    points.retain(|point| point.opened_on <= today && point.retired_on.is_none_or(|on| on > today));
    let said = said(db, own)?;
    let was_said = |step: Step, how: &str| said.iter().any(|(known, word)| *known == step && word == how);
    let is_ward = |unit: &Unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune);
    let above = |unit: &Unit| matches!(unit.kind, UnitKind::City) || is_ward(unit);
    // Whoever was answered has hung up a code that works.
    let tomorrow = today.succ_opt().unwrap_or(today);
    let answered = !points.is_empty() && !db.last_days(&ids, tomorrow)?.is_empty();
    let book = db.plan_book()?;
    let has_plan = units.iter().flat_map(|unit| book.of_unit(&unit.code)).any(|stored| stored.plan.to >= today);
    let steps = Step::ALL.map(|step| {
        let there = match step {
            Step::Ward => units.iter().any(|unit| is_ward(unit) || unit.id == own && !above(unit)),
            Step::Offices => units.iter().any(|unit| !above(unit)),
            Step::Points => !points.is_empty(),
            Step::Plan => has_plan,
            Step::Form | Step::Poster | Step::Scan => answered,
        };
        let standing = if there || was_said(step, "done") {
            Standing::Done
        } else if was_said(step, "skipped") {
            Standing::Skipped
        } else {
            Standing::Open
        };
        (step, standing)
    });
    Ok(FirstSteps { steps: steps.into(), points })
}

/// Keeps what is said about a step of a unit: `done`, `skipped`, or nothing any more.
pub fn say(db: &Noted, unit: i32, step: Step, how: Option<&str>) -> Result<(), DbError> {
    let mut said = said(db, unit)?;
    said.retain(|(known, _)| *known != step);
    said.extend(how.map(|how| (step, how.to_owned())));
    let words: Vec<String> = said.iter().map(|(step, how)| format!("{}={how}", step.word())).collect();
    db.keep_words(&key(unit), &words.join(" "))
}

fn said(db: &Db, unit: i32) -> Result<Vec<(Step, String)>, DbError> {
    let kept = db.meta(&key(unit))?.unwrap_or_default();
    let pair = |pair: &str| {
        let (step, how) = pair.split_once('=')?;
        Some((Step::of_word(step)?, how.to_owned()))
    };
    Ok(kept.split(' ').filter_map(pair).collect())
}
