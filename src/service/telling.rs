//! What citizens are told: facts gathered from published periods, published remedies and complaints, and the texts made of them.

use std::collections::HashMap;

use chrono::{Days, Months, NaiveDate};

use crate::cases::remedy::Progress;
use crate::cases::telling::Topic;
use crate::db::{Closing, Db, DbError, Telling, Texts, Unit};
use crate::index::Suspects;
use crate::plan::Plan;
use crate::plan::closing::{ClosingStep, State};
use crate::report::Language;
use crate::report::telling::{self, ClosingOf, Complaints, Draft, Facts, Figures, Mended};
use crate::report::words;
use crate::service::complaints::counts::{month_of, of_period};
use crate::service::figures::{MeasureError, Measured, Question, frozen};
use crate::service::versions::newest_versions;
use crate::sheet::tally::Series;

/// The time that a telling is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// A month, by its first day.
    Month(NaiveDate),
    /// A reporting period of a plan.
    Period {
        /// Key of the plan.
        plan: String,
        /// Key of the period.
        period: String,
    },
}

impl Span {
    /// As it is kept: `2026-09`, or `plan/period`.
    pub fn key(&self) -> String {
        match self {
            Self::Month(first) => first.format("%Y-%m").to_string(),
            Self::Period { plan, period } => format!("{plan}/{period}"),
        }
    }

    /// The span of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        if let Some((plan, period)) = key.split_once('/') {
            return Some(Self::Period { plan: plan.to_owned(), period: period.to_owned() });
        }
        NaiveDate::parse_from_str(&format!("{key}-01"), "%Y-%m-%d").ok().map(Self::Month)
    }
}

/// A published period: its plan, its closing, the day on which it went out.
#[derive(Debug, Clone)]
pub struct PublishedPeriod {
    /// The plan, as it is in force.
    pub plan: Plan,
    /// The newest published version.
    pub closing: Closing,
    /// When it went out.
    pub on: NaiveDate,
    pub days: (NaiveDate, NaiveDate),
    /// Its name, as in `quý III năm 2026`.
    pub name: String,
}

/// The published periods of a ward's plans, newest last day first; of each the newest version that went out.
pub fn published_periods(db: &Db, unit: &str, language: Language) -> Result<Vec<PublishedPeriod>, DbError> {
    let mut found: Vec<PublishedPeriod> = Vec::new();
    let book = db.plan_book()?;
    let plans: Vec<&Plan> = book.of_unit(unit).map(|stored| &stored.plan).collect();
    let mut newest = newest_versions(db, plans.iter().copied(), Closing::was_published)?;
    for plan in plans {
        for closing in newest.remove(&plan.key).unwrap_or_default() {
            // Of a period that the plan no longer has nothing is told.
            let (Some(period), Some(step)) = (plan.period(&closing.period), closing.step(ClosingStep::Publish)) else {
                continue;
            };
            let on = crate::clock::civil_date(step.at);
            let name = words::period(&period.key, period.from, period.to, language);
            found.push(PublishedPeriod { plan: plan.clone(), closing, on, days: (period.from, period.to), name });
        }
    }
    found.sort_by_key(|known| std::cmp::Reverse((known.days.1, known.days.0)));
    Ok(found)
}

/// Those of [`published_periods`] whose figures still hold: what was opened anew is told to nobody as news.
fn periods_in_force(db: &Db, unit: &str) -> Result<Vec<PublishedPeriod>, DbError> {
    let mut found = published_periods(db, unit, Language::Vi)?;
    found.retain(|known| known.closing.state() == State::Published);
    Ok(found)
}

/// Of each telling since when its figures hold no more, because their period was opened anew; none where they hold, or it tells none.
pub fn opened_anew(db: &Db, tellings: &[Telling]) -> Result<Vec<Option<NaiveDate>>, DbError> {
    let mut of_plans: HashMap<String, Vec<Closing>> = HashMap::new();
    let since = |telling: &Telling| -> Result<Option<NaiveDate>, DbError> {
        let Some(of) = told_from(db, telling)? else { return Ok(None) };
        let closings = match of_plans.get(&of.plan) {
            Some(known) => known,
            None => of_plans.entry(of.plan.clone()).or_insert(db.closings(&of.plan)?),
        };
        let of_period = || closings.iter().filter(|closing| closing.period == of.period);
        let told = match of.version {
            Some(version) => of_period().find(|closing| closing.version == version),
            None => of_period().rfind(|closing| {
                closing
                    .step(ClosingStep::Publish)
                    .is_some_and(|step| crate::clock::civil_date(step.at) <= telling.made_on)
            }),
        };
        let reopened = told.and_then(|closing| closing.step(ClosingStep::Reopen));
        Ok(reopened.map(|step| crate::clock::civil_date(step.at)))
    };
    tellings.iter().map(since).collect()
}

/// Of which period a telling is made.
struct ToldFrom {
    plan: String,
    period: String,
    /// None in what was kept before this was: the newest that was out when it was begun.
    version: Option<u32>,
}

fn told_from(db: &Db, telling: &Telling) -> Result<Option<ToldFrom>, DbError> {
    let facts: Facts = match serde_json::from_str(&telling.facts) {
        Ok(facts) => facts,
        // One telling that cannot be read costs no list.
        Err(error) => {
            tracing::error!(%error, number = telling.number, "the facts of a telling cannot be read");
            return Ok(None);
        }
    };
    if let Some(ClosingOf { plan, period, version }) = facts.closing {
        return Ok(Some(ToldFrom { plan, period, version: Some(version) }));
    }
    if let Some(Span::Period { plan, period }) = Span::of_key(&telling.span) {
        return Ok(Some(ToldFrom { plan, period, version: None }));
    }
    let Some(figures) = facts.figures else { return Ok(None) };
    let (book, tree) = (db.plan_book()?, db.tree()?);
    let code = tree.unit(telling.unit).map(|unit| unit.code.as_str()).unwrap_or_default();
    let mut plans = book.of_unit(code).map(|stored| &stored.plan).filter(|plan| plan.title_vi == figures.plan);
    Ok(plans.find_map(|plan| {
        let period = plan.periods.iter().find(|period| (period.from, period.to) == figures.days)?;
        Some(ToldFrom { plan: plan.key.clone(), period: period.key.clone(), version: None })
    }))
}

/// The kept figures of a published period; none where they cannot be read, which the log says.
pub fn measured(db: &Db, published: &PublishedPeriod, today: NaiveDate) -> Result<Option<Measured>, MeasureError> {
    let closing = &published.closing;
    let question = Question {
        plan: closing.plan.clone(),
        period: closing.period.clone(),
        unit: None,
        series: frozen::official_series(db, closing).unwrap_or(Series::Open),
        suspects: Suspects::In,
        live: false,
        today,
    };
    match frozen::measured(db, &question, Some(closing.version)) {
        Ok(measured) => Ok(measured),
        Err(error @ MeasureError::Unreadable { .. }) => {
            tracing::error!(%error, "a published period is left out");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The spans that can be told of now: published periods, then months that have begun, the last six of them; with their names.
pub fn spans(db: &Db, unit: &str, today: NaiveDate) -> Result<Vec<(Span, String)>, DbError> {
    let mut spans: Vec<(Span, String)> = Vec::new();
    let (first, _) = month_of(today);
    for back in 0..6 {
        let first = first - Months::new(back);
        spans.push((Span::Month(first), month_name(first)));
    }
    for published in periods_in_force(db, unit)? {
        let (plan, period) = (published.closing.plan, published.closing.period);
        spans.push((Span::Period { plan, period }, format!("{} – {}", published.name, published.plan.title_vi)));
    }
    Ok(spans)
}

fn month_name(first: NaiveDate) -> String {
    let (from, to) = month_of(first);
    words::period(&first.format("%Y-m%m").to_string(), from, to, Language::Vi)
}

/// What is told of a span: the figures of the period, of a month the newest that were published by its end and hold; remedies that were published and
/// done in its days; complaints that came in them. None where the period is not published.
pub fn facts(
    db: &Db,
    unit: &Unit,
    span: &Span,
    (public_url, demo): (&str, bool),
    today: NaiveDate,
) -> Result<Option<Facts>, MeasureError> {
    let published = periods_in_force(db, &unit.code)?;
    let (name, days, found, figures) = match span {
        Span::Month(first) => {
            let days = month_of(*first);
            let (mut found, mut figures) = (None, None);
            // Plans without targets publish nothing that can be told, and some periods have no figure of a target.
            for known in published.iter().filter(|known| known.on <= days.1 && !known.plan.targets.is_empty()) {
                figures = figures_of(db, known, today)?;
                if figures.is_some() {
                    found = Some(known);
                    break;
                }
            }
            (month_name(*first), days, found, figures)
        }
        Span::Period { plan, period } => {
            let known = published.iter().find(|known| known.closing.plan == *plan && known.closing.period == *period);
            let Some(known) = known else { return Ok(None) };
            (known.name.clone(), known.days, Some(known), figures_of(db, known, today)?)
        }
    };
    // What a period's remedies became is told until the period went out.
    let until = found.filter(|_| matches!(span, Span::Period { .. })).map_or(days.1, |found| found.on.max(days.1));
    let remedies = db.remedies(&[unit.id])?.into_iter().filter(|remedy| {
        let told = remedy.published_on.filter(|_| remedy.state == Progress::Done);
        told.is_some_and(|told| {
            let on = remedy.done_on.unwrap_or(told);
            (days.0..=until).contains(&on) || (days.0..=until).contains(&told)
        })
    });
    let mended = remedies.map(|remedy| Mended { said: remedy.said, work: remedy.work, done: remedy.done_on }).collect();
    let counts = of_period(db, unit.id, None, days, today)?;
    let tree = db.tree()?;
    let above = unit.parent.and_then(|above| tree.unit(above));
    Ok(Some(Facts {
        unit: unit.name_vi.clone(),
        above: above.map(|above| above.name_vi.clone()).unwrap_or_default(),
        span: name,
        days,
        figures,
        closing: found.map(closing_of),
        mended,
        complaints: (counts.received > 0).then_some(Complaints {
            received: counts.received,
            in_time: counts.in_time,
            late: counts.late,
            published: counts.published,
        }),
        address: results_address(public_url, &unit.code),
        demo,
    }))
}

fn closing_of(found: &PublishedPeriod) -> ClosingOf {
    let Closing { plan, period, version, .. } = &found.closing;
    ClosingOf { plan: plan.clone(), period: period.clone(), version: *version }
}

fn figures_of(db: &Db, found: &PublishedPeriod, today: NaiveDate) -> Result<Option<Figures>, MeasureError> {
    let measured = measured(db, found, today)?;
    Ok(measured.and_then(|measured| telling::figures(&measured.report, &measured.plan, &found.name)))
}

/// The figures that everybody may see now: of the newest published period that has some. For screens.
pub fn newest(db: &Db, unit: &Unit, (public_url, demo): (&str, bool), today: NaiveDate) -> Result<Facts, MeasureError> {
    let published = periods_in_force(db, &unit.code)?;
    let (mut figures, mut closing) = (None, None);
    for known in &published {
        figures = figures_of(db, known, today)?.filter(|figures| !figures.targets.is_empty());
        if figures.is_some() {
            closing = Some(closing_of(known));
            break;
        }
    }
    // What was mended within the last year.
    let since = today - Days::new(365);
    let remedies = db.remedies(&[unit.id])?.into_iter().filter(|remedy| {
        remedy.published_on.is_some()
            && remedy.state == Progress::Done
            && remedy.done_on.is_some_and(|done| done >= since)
    });
    Ok(Facts {
        unit: unit.name_vi.clone(),
        above: String::new(),
        span: figures.as_ref().map(|figures| figures.period.clone()).unwrap_or_default(),
        days: figures.as_ref().map_or((since, today), |figures| figures.days),
        figures,
        closing,
        mended: remedies.map(|remedy| Mended { said: remedy.said, work: remedy.work, done: remedy.done_on }).collect(),
        complaints: None,
        address: results_address(public_url, &unit.code),
        demo,
    })
}

/// Where the results of a unit stand, for everybody.
pub fn results_address(public_url: &str, unit: &str) -> String {
    format!("{}/results?unit={unit}", public_url.trim_end_matches('/'))
}

/// The texts to begin with.
pub fn draft(topic: Topic, facts: &Facts) -> Texts {
    let Draft { title, item, broadcast, city_title, city } = match topic {
        Topic::Results => telling::results(facts),
        Topic::Mended => telling::mended(facts),
    };
    Texts { title, item, broadcast, city_title, city }
}

/// What was mended and published last in the ward of a unit.
pub fn newest_mended(db: &Db, unit: &str) -> Result<Option<Mended>, DbError> {
    let tree = db.tree()?;
    let chain: Vec<i32> =
        tree.of_code(unit).into_iter().flat_map(|unit| tree.above(unit.id)).map(|unit| unit.id).collect();
    let done = db.remedies(&chain)?.into_iter().filter(|remedy| remedy.state == Progress::Done);
    let newest = done.filter(|remedy| remedy.published_on.is_some()).max_by_key(|remedy| remedy.published_on);
    Ok(newest.map(|remedy| Mended { said: remedy.said, work: remedy.work, done: remedy.done_on }))
}
