//! Figures for exploring: one figure over time, offices and fields side by side, how many sheets came. Each figure is the one that [`measure_alone()`] makes
//! for its unit and period, so that a chart says what the period's page says.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::figures::{MeasureError, Measured, Question, measure_alone, official_series};
use crate::clock::day_number;
use crate::db::{Db, Unit};
use crate::index::pick::Pick;
use crate::index::{IndexReport, Suspects};
use crate::plan::{Period, PeriodKind, Plan, Target, adhoc_key};
use crate::report::explore::{Compared, Count, Moment, Step};
use crate::report::{Language, words};
use crate::sheet::tally::{Mode, Series};

/// In what steps a figure is followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stride {
    /// By the plans' own periods.
    #[default]
    Period,
    /// By civil months.
    Month,
    /// By weeks, from Monday to Sunday.
    Week,
}

/// So many months are followed, the running one included.
const MONTHS: usize = 13;
/// So many weeks, the running one included: a quarter, each of them measured like a period.
const WEEKS: usize = 13;
/// So many periods.
const PERIODS: usize = 12;
/// Periods of more days than this are left out where there are shorter ones: they hold the same sheets.
const SHORT_DAYS: i64 = 110;
/// From so many sheets a day on they are counted by days, else by weeks.
const BY_DAYS_FROM: u64 = 30;

/// A figure over time, across the plans of the plan's unit. `series` none: the official one of each period.
pub fn over_time(
    db: &Db,
    question: &Question,
    series: Option<Series>,
    pick: &Pick,
    stride: Stride,
) -> Result<Vec<Moment>, MeasureError> {
    let stored = db.plan(&question.plan)?.ok_or_else(|| MeasureError::NoPlan(question.plan.clone()))?;
    let own = stored.plan;
    let mut plans: Vec<Plan> = db.plan_book()?.of_unit(&own.unit).map(|stored| stored.plan.clone()).collect();
    plans.sort_by_key(|plan| plan.from);
    let mut moments = Vec::new();
    for (plan, period) in periods(&plans, &own, stride, question.today) {
        let Some(pick) = same_figure(pick, &own, plan) else { continue };
        let asked = Question {
            plan: plan.key.clone(),
            period: period.key.clone(),
            series: match series {
                Some(series) => series,
                None => official_series(db, &plan.key, &period.key, None)?,
            },
            ..question.clone()
        };
        let measured = match measure_alone(db, &asked) {
            Ok(measured) => measured,
            Err(error @ MeasureError::Unreadable { .. }) => {
                tracing::error!(%error, "a closed period is left out");
                continue;
            }
            Err(MeasureError::NoUnit { .. }) => continue,
            Err(error) => return Err(error),
        };
        moments.push(moment(plan, &period, &measured, &pick, stride));
    }
    // What comes before the first figure is no part of the story.
    let first = moments.iter().position(|moment| moment.estimate.is_some()).unwrap_or(moments.len().saturating_sub(1));
    Ok(moments.split_off(first))
}

fn moment(plan: &Plan, period: &Period, measured: &Measured, pick: &Pick, stride: Stride) -> Moment {
    let picked = pick.of(&measured.report);
    let cut_off = plan.periods.iter().find(|known| known.to >= period.from && known.to <= period.to);
    let new_form = measured
        .forms
        .iter()
        .find(|form| form.questionnaire.version > 1 && period.contains(form.published_on) && asks(pick, form));
    let mark = match (stride, cut_off, new_form) {
        (_, _, Some(form)) => Some(format!("phiếu mới (bản {})", form.questionnaire.version)),
        (Stride::Month | Stride::Week, Some(cut), _)
            if cut.kind().is_some_and(|kind| matches!(kind, PeriodKind::Quarter { .. })) =>
        {
            Some(format!("chốt {}", cut.to.format("%d/%m")))
        }
        _ => None,
    };
    Moment {
        plan: plan.key.clone(),
        period: period.key.clone(),
        name: period.name_vi(),
        short: short(period),
        from: period.from,
        to: period.to,
        so_far: measured.report.so_far,
        estimate: picked.estimate.cloned(),
        mean_score: picked.mean_score,
        minimum: pick.minimum(&measured.report),
        mark,
    }
}

/// Whether a questionnaire asks what the figure is made of.
fn asks(pick: &Pick, form: &crate::db::Form) -> bool {
    pick.field().is_some_and(|field| form.questionnaire.fields.iter().any(|known| known == field))
}

/// A period's name on an axis.
fn short(period: &Period) -> String {
    let year = |year: i32| year.rem_euclid(100);
    match period.kind() {
        Some(PeriodKind::Quarter { year: of, quarter }) => format!("Q{quarter}/{:02}", year(of)),
        Some(PeriodKind::HalfYear { year: of }) => format!("6T/{:02}", year(of)),
        Some(PeriodKind::NineMonths { year: of }) => format!("9T/{:02}", year(of)),
        Some(PeriodKind::Year { year: of }) => of.to_string(),
        Some(PeriodKind::Month { year: of, month }) => format!("{month}/{:02}", year(of)),
        _ => period.from.format("%d/%m").to_string(),
    }
}

/// The periods that have begun, in the order of time, each with the plan that it is of.
fn periods<'a>(plans: &'a [Plan], own: &Plan, stride: Stride, today: NaiveDate) -> Vec<(&'a Plan, Period)> {
    let mut found: Vec<(&Plan, Period)> = Vec::new();
    if stride == Stride::Period {
        for plan in plans {
            found
                .extend(plan.periods.iter().filter(|period| period.from <= today).map(|period| (plan, period.clone())));
        }
        let days = |period: &Period| (period.to - period.from).num_days();
        if found.iter().any(|(_, period)| days(period) <= SHORT_DAYS) {
            found.retain(|(_, period)| days(period) <= SHORT_DAYS);
        }
    } else {
        // The plan asked for has the word where two plans hold one month or week.
        let first = |plan: &&Plan| (plan.key != own.key, std::cmp::Reverse(plan.from));
        let mut by_right: Vec<&Plan> = plans.iter().collect();
        by_right.sort_by_key(first);
        for plan in by_right {
            let steps = if stride == Stride::Week { weeks(plan, today) } else { months(plan, today) };
            for period in steps {
                if !found.iter().any(|(_, known)| known.key == period.key) {
                    found.push((plan, period));
                }
            }
        }
    }
    found.sort_by_key(|(_, period)| (period.to, period.from));
    let most = match stride {
        Stride::Period => PERIODS,
        Stride::Month => MONTHS,
        Stride::Week => WEEKS,
    };
    found.split_off(found.len().saturating_sub(most))
}

fn months(plan: &Plan, today: NaiveDate) -> Vec<Period> {
    let is_month = |period: &Period| matches!(period.kind(), Some(PeriodKind::Month { .. }));
    plan.further_periods(today).into_iter().filter(is_month).collect()
}

/// The last weeks that have days of the plan, the running one included.
fn weeks(plan: &Plan, today: NaiveDate) -> Vec<Period> {
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let mondays = (0..WEEKS as u64).map(|back| monday - Days::new(7 * back));
    let weeks = mondays.filter_map(|monday| plan.period(&adhoc_key(monday, monday + Days::new(6))));
    weeks.filter(|week| week.overlaps(plan.from, plan.to)).collect()
}

/// The figure of another plan of the unit that says the same: a target goes by what it asks, for plans number theirs as they like.
fn same_figure(pick: &Pick, own: &Plan, other: &Plan) -> Option<Pick> {
    let Pick::Target(id) = pick else { return Some(pick.clone()) };
    if own.key == other.key {
        return Some(pick.clone());
    }
    let asks =
        |target: &Target| (target.index, target.fields.clone(), target.respondents, target.channel, target.measure);
    let wanted = asks(own.target(id)?);
    other.targets.iter().find(|target| asks(target) == wanted).map(|target| Pick::Target(target.id.clone()))
}

/// The offices under the unit measured with the same figure, each as its own page shows it.
pub fn offices(db: &Db, question: &Question, measured: &Measured, pick: &Pick) -> Result<Vec<Compared>, MeasureError> {
    let units: Vec<Unit> = db
        .tree()?
        .covered(measured.unit.id)
        .iter()
        .filter(|unit| unit.id != measured.unit.id)
        .filter(|&unit| unit.valid_to.is_none_or(|last| last >= measured.period.from))
        .cloned()
        .collect();
    let mut found = Vec::new();
    for unit in units {
        let asked = Question { unit: Some(unit.code.clone()), ..question.clone() };
        let of_unit = match measure_alone(db, &asked) {
            Ok(of_unit) => of_unit,
            Err(MeasureError::NoUnit { .. }) => continue,
            Err(error) => return Err(error),
        };
        let picked = pick.of(&of_unit.report);
        // What an office does not do is not hidden: it is no line of the comparison.
        if picked.estimate.is_none() && of_unit.report.fields.is_empty() {
            continue;
        }
        found.push(Compared {
            name: unit.name_vi,
            step: Step::Unit(unit.code),
            estimate: picked.estimate.cloned(),
            mean_score: picked.mean_score,
        });
    }
    Ok(found)
}

/// The fields of the unit measured; the factors of a field, the criteria of a factor, where one is picked.
pub fn parts(measured: &Measured, names: &crate::report::Names, pick: &Pick) -> Vec<Compared> {
    use crate::index::pick::{factor, field, mean_of_levels};
    let (report, language) = (&measured.report, Language::Vi);
    let line = |name, pick: Pick| {
        let picked = pick.of(report);
        Compared { name, estimate: picked.estimate.cloned(), mean_score: picked.mean_score, step: Step::Figure(pick) }
    };
    match pick {
        Pick::Target(id) => {
            let target = report.targets.iter().find(|target| target.target == *id);
            let of_target = target.into_iter().flat_map(|target| &target.by_field).filter_map(|node| node.shown());
            of_target
                .map(|found| Compared {
                    name: names.field(&found.field, language),
                    step: Step::Figure(Pick::Field(found.field.clone())),
                    estimate: Some(found.estimate.clone()),
                    mean_score: None,
                })
                .collect()
        }
        Pick::Field(id) => field(report, id)
            .into_iter()
            .flat_map(|found| &found.factors)
            .filter_map(|node| node.shown())
            .map(|found| {
                line(names.factor(id, &found.factor, language), Pick::Factor(id.clone(), found.factor.clone()))
            })
            .collect(),
        Pick::Factor(of, id) => factor(report, of, id)
            .into_iter()
            .flat_map(|found| &found.criteria)
            .filter_map(|node| node.shown())
            .map(|found| Compared {
                name: names.item(of, &found.item, language),
                step: Step::Figure(Pick::Criterion(of.clone(), found.item.clone())),
                estimate: Some(found.estimate.clone()),
                mean_score: mean_of_levels(found.levels),
            })
            .collect(),
        Pick::Criterion(..) => Vec::new(),
    }
}

/// How many sheets came: by days or weeks, and by the way they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Whether by weeks.
    pub by_weeks: bool,
    /// Over time.
    pub over_time: Vec<Count>,
    /// By mode.
    pub by_mode: Vec<Count>,
}

/// The released sheets of the unit in the period and series, before today.
pub fn received(db: &Db, question: &Question, measured: &Measured) -> Result<Received, MeasureError> {
    let units = db.subtree(&measured.unit.code)?;
    let (from, to) = (measured.period.from, measured.period.to.min(question.today - Days::new(1)));
    let mut days: BTreeMap<i32, u64> = BTreeMap::new();
    let mut modes: BTreeMap<Mode, u64> = BTreeMap::new();
    if from <= to {
        let filter = crate::db::TallyFilter { units: Some(units), from, to, live: false };
        for (key, tally) in db.tallies(&filter)? {
            let counts = key.series == question.series && (question.suspects == Suspects::In || !key.suspect);
            if counts {
                *days.entry(key.day).or_default() += tally.sheets;
                *modes.entry(key.mode).or_default() += tally.sheets;
            }
        }
    }
    let all: u64 = days.values().sum();
    let long = u64::try_from((to - from).num_days() + 1).unwrap_or(1).max(1);
    let by_weeks = all / long < BY_DAYS_FROM || long > 62;
    let mut over_time = Vec::new();
    let mut first = from;
    while first <= to {
        // Weeks begin on Mondays; the first may be short.
        let last = if by_weeks {
            (first + Days::new(6 - u64::from(first.weekday().num_days_from_monday()))).min(to)
        } else {
            first
        };
        let sheets = days.range(day_number(first)..=day_number(last)).map(|(_, sheets)| sheets).sum();
        let name = if by_weeks {
            format!("{} – {}", first.format("%d/%m/%Y"), last.format("%d/%m/%Y"))
        } else {
            first.format("%d/%m/%Y").to_string()
        };
        over_time.push(Count::of(name, first.format("%d/%m").to_string(), sheets));
        first = last + Days::new(1);
    }
    let by_mode = modes.into_iter().map(|(mode, sheets)| {
        let name = words::mode(mode, Language::Vi);
        Count::of(name.to_owned(), name.to_owned(), sheets)
    });
    Ok(Received { by_weeks, over_time, by_mode: by_mode.collect() })
}

/// The period before that is about as long and ended before this one began: quarter beside quarter.
pub fn comparable<'a>(plan: &'a Plan, period: &Period) -> Option<&'a Period> {
    let days = |period: &Period| (period.to - period.from).num_days();
    let alike = |other: &&Period| (days(other) - days(period)).abs() <= 15 && other.to < period.from;
    plan.periods.iter().filter(alike).max_by_key(|other| other.to)
}

/// The figures of comparable periods before, at most `most`, the oldest first, each with the name of its period.
pub fn before(
    db: &Db,
    measured: &Measured,
    most: usize,
    today: NaiveDate,
) -> Result<Vec<(String, IndexReport)>, MeasureError> {
    let plan = &measured.plan;
    let mut periods = Vec::new();
    let mut last = &measured.period;
    while let Some(earlier) = comparable(plan, last).filter(|_| periods.len() < most) {
        periods.push(earlier);
        last = earlier;
    }
    let mut found = Vec::new();
    for period in periods.into_iter().rev() {
        let question = Question {
            plan: plan.key.clone(),
            period: period.key.clone(),
            unit: Some(measured.unit.code.clone()),
            series: official_series(db, &plan.key, &period.key, None)?,
            suspects: measured.report.suspects,
            live: false,
            today,
        };
        match measure_alone(db, &question) {
            Ok(earlier) => found.push((period.name_vi(), earlier.report)),
            Err(error @ MeasureError::Unreadable { .. }) => tracing::error!(%error, "a closed period is left out"),
            // The office was not there yet when that period was closed.
            Err(MeasureError::NoUnit { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
