//! From the filters to the exhibits of a page.

use std::sync::Arc;

use super::ask::{Params, given};
use super::fits::{self, Gone};
use super::laid_out::{arrived, compared, leveled};
use crate::clock;
use crate::db::{Db, DbError, PlanStored};
use crate::error::{Reason, Refusal};
use crate::index::Suspects;
use crate::index::pick::Pick;
use crate::report::explore::{Exhibit, over_time};
use crate::report::{Language, Names};
use crate::service::explore as service;
use crate::service::figures::{self, MeasureError, Measured, Question, measure_alone, official_series};
use crate::web::staff::signed_in::SignedIn;

/// A page of exploring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// A figure over time.
    Trend,
    /// Offices and parts side by side.
    Compare,
    /// Two questions against each other.
    Cross,
    /// The five levels.
    Levels,
    /// How many sheets came.
    Received,
}

impl Tab {
    /// Every page, in the order of the tabs.
    pub const ALL: [Tab; 5] = [Tab::Trend, Tab::Compare, Tab::Cross, Tab::Levels, Tab::Received];

    /// The last part of its address.
    pub fn word(self) -> &'static str {
        match self {
            Tab::Trend => "trend",
            Tab::Compare => "compare",
            Tab::Cross => "cross",
            Tab::Levels => "levels",
            Tab::Received => "received",
        }
    }

    /// The page of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.word() == word)
    }
}

/// What a page shows.
pub struct Found {
    /// The plans that the user may choose from, the newest first.
    pub plans: Vec<Arc<PlanStored>>,
    /// The figures of the period and unit chosen.
    pub measured: Measured,
    /// Names of everything in them.
    pub names: Names,
    /// The figure chosen.
    pub pick: Pick,
    /// What it is called.
    pub title: String,
    pub exhibits: Vec<Exhibit>,
    /// The filters without what the plan has none of.
    pub ask: Params,
    /// What was left out of them.
    pub gone: Vec<Gone>,
}

/// The exhibits of a page. None where the user has no plan with a period that has begun.
pub fn find(db: &Db, user: &SignedIn, tab: Tab, ask: &Params) -> Result<Option<Found>, Refusal> {
    let today = clock::today();
    let plans = plans_of(db, user)?;
    let begun = |stored: &&Arc<PlanStored>| stored.plan.periods.iter().any(|period| period.from <= today);
    let chosen = match given(ask.plan.as_ref()) {
        Some(key) => Some(plans.iter().find(|stored| stored.plan.key == key).ok_or(Reason::NotYours)?),
        None => plans.iter().find(begun),
    };
    let Some(plan) = chosen.map(|stored| &stored.plan) else { return Ok(None) };
    let mut gone = Vec::new();
    let asked = fits::period(plan, ask.period.as_ref(), &mut gone)?;
    let Some(period) = asked.or_else(|| fits::usual_period(plan, today).map(|period| period.key)) else {
        return Ok(None);
    };
    let mut question = Question {
        plan: plan.key.clone(),
        period: period.clone(),
        unit: fits::unit(db, user, plan, ask.unit.as_ref(), &mut gone)?,
        series: match ask.series {
            Some(series) => series,
            None => official_series(db, &plan.key, &period, None).map_err(refused)?,
        },
        suspects: ask.suspects.unwrap_or(Suspects::In),
        live: false,
        today,
    };
    let measured = match measure_alone(db, &question) {
        // An office that is younger than the closing of the period.
        Err(MeasureError::NoUnit { .. }) if question.unit != user.part_of(&plan.unit) => {
            fits::note(&mut gone, Gone::UnitThen);
            question.unit = user.part_of(&plan.unit);
            measure_alone(db, &question)
        }
        measured => measured,
    };
    let measured = measured.map_err(refused)?;
    let names = figures::names(&measured, Language::Vi);
    let pick = match given(ask.measure.as_ref()) {
        Some(word) => Some(word.parse::<Pick>().map_err(|_| Reason::BadQuery)?),
        None => None,
    };
    let pick = match pick {
        Some(Pick::Target(id) | Pick::People(id)) if plan.target(&id).is_none() => {
            fits::note(&mut gone, Gone::Target);
            None
        }
        pick => pick,
    };
    let kept = |word: &Option<String>, left_out: &[Gone]| {
        word.clone().filter(|_| !left_out.iter().any(|what| gone.contains(what)))
    };
    let ask = Params {
        period: kept(&ask.period, &[Gone::Period]),
        unit: kept(&ask.unit, &[Gone::Unit, Gone::UnitThen]),
        measure: kept(&ask.measure, &[Gone::Target]),
        ..ask.clone()
    };
    let pick = pick.unwrap_or_else(|| first_pick(&measured));
    let title = title_of(&pick, &measured, &names);
    let exhibits = match tab {
        Tab::Trend => {
            let by = ask.by.unwrap_or_default();
            // Without a period chosen it goes up to today.
            let until = given(ask.period.as_ref()).map(|_| measured.period.to);
            let course = service::over_time(db, &question, ask.series, (&pick, by), until).map_err(refused)?;
            vec![over_time(&title, &course.moments, course.year_before.as_ref(), Language::Vi)]
        }
        Tab::Compare => compared(db, &question, &measured, &names, (&pick, &title)).map_err(refused)?,
        // It has a page of its own, which asks of closed periods.
        Tab::Cross => Vec::new(),
        Tab::Levels => leveled(db, &question, &measured, &names, &pick).map_err(refused)?,
        Tab::Received => arrived(db, &question, &measured, &names, &pick).map_err(refused)?,
    };
    Ok(Some(Found { plans, measured, names, pick, title, exhibits, ask, gone }))
}

/// The plans that bind a unit of the user's, or hold the user's unit, as they are kept for all; the newest first.
pub(super) fn plans_of(db: &Db, user: &SignedIn) -> Result<Vec<Arc<PlanStored>>, DbError> {
    let mut plans = db.plans_about(user.unit)?;
    let today = clock::today();
    // What is in force stands before what is over, and what has not begun comes last.
    plans.sort_by_key(|stored| (today < stored.plan.from, stored.plan.to < today, std::cmp::Reverse(stored.plan.from)));
    Ok(plans)
}

pub(in crate::web::staff) fn refused(error: MeasureError) -> Refusal {
    match error {
        MeasureError::Database(error) => error.into(),
        error @ MeasureError::Unreadable { .. } => Refusal::because(Reason::KeptUnreadable, error),
        _ => Reason::NotYours.into(),
    }
}

/// What is shown before anything was chosen: the first target, else the first field.
fn first_pick(measured: &Measured) -> Pick {
    let target = measured.report.targets.first().map(|target| Pick::Target(target.target.clone()));
    let field = || measured.report.fields.iter().find_map(|node| node.shown());
    target.or_else(|| field().map(|field| Pick::Field(field.field.clone()))).unwrap_or(Pick::Field("health".to_owned()))
}

/// What a figure is called.
pub fn title_of(pick: &Pick, measured: &Measured, names: &Names) -> String {
    let language = Language::Vi;
    match pick {
        Pick::Target(id) => measured.plan.target(id).map_or_else(|| id.clone(), |target| target.title_vi.clone()),
        Pick::People(id) => {
            let title = measured.plan.target(id).map_or(id.as_str(), |target| target.title_vi.as_str());
            format!("{title} – tỷ lệ người hài lòng")
        }
        Pick::UnitFactor(id) => format!("{}, mọi lĩnh vực", names.factor("", id, language)),
        Pick::Field(field) => format!("Lĩnh vực {}", names.field(field, language)),
        Pick::Factor(field, id) => {
            format!("{} – {}", names.field(field, language), names.factor(field, id, language))
        }
        Pick::Criterion(field, id) => {
            format!("{} – {}", names.field(field, language), names.item(field, id, language))
        }
    }
}
