//! Figures for exploring: one figure over time, offices and fields side by side, how many sheets came. Each figure is the one that [`measure_alone()`] makes
//! for its unit and period, so that a chart says what the period's page says.

mod marks;
mod over_time;

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

pub use self::over_time::{Prospect, Stride, over_time};
use super::figures::{MeasureError, Measured, Question, measure_alone, official_series};
use crate::clock::day_number;
use crate::db::{Db, Unit};
use crate::index::pick::Pick;
use crate::index::result::{PointLine, ProfileOption, ProfileQuestion};
use crate::index::{IndexReport, Suspects};
use crate::plan::{Period, Plan};
use crate::report::explore::{Compared, Count, Step};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, words};
use crate::sheet::tally::Mode;

/// From so many sheets a day on they are counted by days, else by weeks.
const BY_DAYS_FROM: u64 = 30;

/// An office under the unit measured, with what its own page shows.
#[derive(Debug, Clone)]
pub struct Office {
    /// The office.
    pub unit: Unit,
    /// Its figures.
    pub report: IndexReport,
}

/// The offices under the unit measured, each as its own page shows it; what does nothing in the period is left out.
pub fn offices(db: &Db, question: &Question, measured: &Measured) -> Result<Vec<Office>, MeasureError> {
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
        match measure_alone(db, &asked) {
            Ok(of_unit) => found.push(Office { unit, report: of_unit.report }),
            Err(MeasureError::NoUnit { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// A figure of each of the offices.
pub fn beside(offices: &[Office], pick: &Pick) -> Vec<Compared> {
    let line = |office: &Office| {
        let picked = pick.of(&office.report);
        // What an office does not do is not hidden: it is no line of the comparison.
        (picked.estimate.is_some() || !office.report.fields.is_empty()).then(|| Compared {
            name: office.unit.name_vi.clone(),
            step: Step::Unit(office.unit.code.clone()),
            estimate: picked.estimate.cloned(),
            mean_score: picked.mean_score,
        })
    };
    offices.iter().filter_map(line).collect()
}

/// The service points of the unit measured, each with its share over all answers; those of an office under it lead to the office.
pub fn points(db: &Db, measured: &Measured, names: &crate::report::Names) -> Result<Vec<Compared>, MeasureError> {
    let tree = db.tree()?;
    let line = |point: &PointLine| {
        let (name, of) = (names.point(point.unit, point.point), tree.unit(point.unit));
        let office = of.filter(|unit| unit.id != measured.unit.id);
        Compared {
            name: office.map_or_else(|| name.clone(), |unit| format!("{name} – {}", unit.name_vi)),
            step: office.map_or(Step::Nowhere, |unit| Step::Unit(unit.code.clone())),
            estimate: point.estimate.clone(),
            mean_score: None,
        }
    };
    Ok(measured.report.points.iter().map(line).collect())
}

/// The groups of respondents, each with the service index; empty where figures of groups are not told.
pub fn groups(measured: &Measured, names: &crate::report::Names) -> Vec<Compared> {
    let language = Language::Vi;
    let told = |question: &&ProfileQuestion| question.options.iter().any(|option| option.estimate.is_some());
    let of = |question: &ProfileQuestion| {
        let asked = names.about(&question.question, question.questionnaire.as_deref(), language);
        let line = |option: &ProfileOption| Compared {
            name: format!("{asked}: {}", names.about_option(&question.question, &option.option, language)),
            step: Step::Nowhere,
            estimate: option.estimate.clone(),
            mean_score: None,
        };
        question.options.iter().map(line).collect::<Vec<_>>()
    };
    measured.report.profile.iter().filter(told).flat_map(of).collect()
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
                    // A target of some respondents or one channel has a share that the field's mean does not belong to.
                    mean_score: field(report, &found.field)
                        .filter(|known| known.estimate == found.estimate)
                        .map(|known| known.mean_score),
                })
                .collect()
        }
        Pick::UnitFactor(id) => report
            .factors
            .iter()
            .filter(|found| found.factor == *id)
            .flat_map(|found| &found.fields)
            .map(|of| line(names.field(of, language), Pick::Factor(of.clone(), id.clone())))
            .collect(),
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
        Pick::Criterion(..) | Pick::People(_) => Vec::new(),
    }
}

/// How many sheets came: by days or weeks, and by the way they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Whether by weeks.
    pub by_weeks: bool,
    pub over_time: Vec<Count>,
    pub by_mode: Vec<Count>,
    /// Questionnaire versions that were answered, in whatever series and flagged or not, each with the sheets that the figures count.
    pub forms: BTreeMap<i32, u64>,
}

/// The released sheets of the unit in the period and series, before today.
pub fn received(db: &Db, question: &Question, measured: &Measured) -> Result<Received, MeasureError> {
    let units = db.subtree(&measured.unit.code)?;
    let (from, to) = (measured.period.from, measured.period.to.min(question.today - Days::new(1)));
    let mut days: BTreeMap<i32, u64> = BTreeMap::new();
    let mut modes: BTreeMap<Mode, u64> = BTreeMap::new();
    let mut forms: BTreeMap<i32, u64> = BTreeMap::new();
    if from <= to {
        let filter = crate::db::TallyFilter { units: Some(units), from, to, live: false };
        for (key, tally) in db.tallies(&filter)? {
            let counts = key.series == question.series && (question.suspects == Suspects::In || !key.suspect);
            *forms.entry(key.form).or_default() += if counts { tally.sheets } else { 0 };
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
    Ok(Received { by_weeks, over_time, by_mode: by_mode.collect(), forms })
}

/// The period before that is about as long and ended before this one began: quarter beside quarter.
pub fn comparable<'a>(plan: &'a Plan, period: &Period) -> Option<&'a Period> {
    let days = |period: &Period| (period.to - period.from).num_days();
    let alike = |other: &&Period| (days(other) - days(period)).abs() <= 15 && other.to < period.from;
    plan.periods.iter().filter(alike).max_by_key(|other| other.to)
}

/// One of the functions that measure a period.
pub type Measure = fn(&Db, &Question) -> Result<Measured, MeasureError>;

/// The figures of comparable periods before, at most `most`, the oldest first, each with the name of its period; `measure` says how much of them.
pub fn before(
    db: &Db,
    measured: &Measured,
    (most, measure): (usize, Measure),
    today: NaiveDate,
) -> Result<Vec<(String, IndexReport)>, MeasureError> {
    let plan = &measured.plan;
    // Nothing is put beside what is only a remainder of its days.
    if measured.report.beyond.as_ref().is_some_and(|beyond| beyond.all.is_remainder()) {
        return Ok(Vec::new());
    }
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
        match measure(db, &question) {
            Ok(earlier) => found.push((period.name_vi(), earlier.report)),
            Err(error @ MeasureError::Unreadable { .. }) => tracing::error!(%error, "a closed period is left out"),
            // The office was not there yet when that period was closed.
            Err(MeasureError::NoUnit { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
