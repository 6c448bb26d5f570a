//! From the database to the figures of a plan's period. Page, file, mail, API and command line all call [`measure`],
//! so that all of them show one figure.

mod beside;
pub mod counts;
pub mod cross;
pub mod duties;
mod follow_up;
pub mod frozen;
pub mod kept_format;
mod official;
mod shown;
mod sources;
mod worded;
mod work;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;

pub use self::beside::{Beside, Without, tells_of_flagged};
pub use self::shown::Shown;
use self::sources::{Read, Sources, of_service, offices, unit_lines};
pub use self::worded::{content, names, official, with_basis};
pub use self::work::criterion_of;
use crate::db::{Closing, Db, DbError, Form, Round, Unit};
use crate::index::counted::Counted;
use crate::index::{self, IndexReport, Suspects};
use crate::plan::{ExternalFigure, FieldOfService, Period, Plan, adhoc_key};
use crate::sheet::tally::Series;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Question {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period, or `adhoc-FROM-TO`.
    pub period: String,
    /// Code of the unit measured; none for the plan's own.
    pub unit: Option<String>,
    /// Series shown.
    pub series: Series,
    /// Whether flagged sheets count.
    pub suspects: Suspects,
    /// Whether answers not yet released count.
    pub live: bool,
    /// Today's civil date.
    pub today: NaiveDate,
}

/// The figures with the names that belong to them.
#[derive(Debug, Clone)]
pub struct Measured {
    pub plan: Plan,
    pub period: Period,
    /// The unit measured.
    pub unit: Unit,
    /// Numbers of the units that the plan binds.
    pub units_of_plan: Vec<i32>,
    /// The figures.
    pub report: IndexReport,
    /// Flagged sheets of the period and series, in the figures or left out as asked.
    pub flagged: u64,
    /// Sheets without flag that figures of a closed period leave out because they share a release with flagged ones; 0 where flagged ones are
    /// counted, and of periods closed before it was kept.
    pub besides: u64,
    /// Questionnaire versions that were answered or are asked.
    pub forms: Vec<Arc<Form>>,
    /// Fields of service.
    pub fields: Vec<FieldOfService>,
    /// Names of the unit's service points, by unit and number.
    pub points: HashMap<(i32, i32), String>,
    /// Names of the units right under the unit, by their codes.
    pub offices: HashMap<String, String>,
    /// Earlier and official figures of the unit, from others.
    pub outside: Vec<ExternalFigure>,
    /// The last row of the audit log, `number:hash`; of a closed period that of the day on which it was frozen.
    pub audit_head: Option<String>,
    /// The series of which the plan's report of this period is made.
    pub official: Series,
    /// The closing that these figures were kept by; none for figures that were computed now.
    pub closing: Option<Closing>,
    /// Why the version before that closing was opened anew.
    pub corrects: Option<String>,
}

impl Measured {
    /// Whether these are the figures that the official report is about.
    pub fn is_official(&self) -> bool {
        let report = &self.report;
        report.unit == self.plan.unit
            && report.series == self.official
            && report.suspects == Suspects::In
            && !report.live
    }
}

/// What to ask for in the place of a period that there is not.
fn other_period(period: &str, known: &str) -> String {
    let Some(days) = period.strip_prefix("adhoc") else {
        return format!("; it has {known}, or use adhoc-YYYY-MM-DD-YYYY-MM-DD");
    };
    let exchanged = days.strip_prefix('-').and_then(|days| {
        let (from, to) = (days.get(..10)?, days.get(11..)?);
        let key = format!("adhoc-{to}-{from}");
        crate::plan::adhoc(&key).map(|_| (from, to, key))
    });
    match exchanged {
        Some((from, to, key)) => format!(": its first day, {from}, lies after its last, {to}; exchange them: {key}"),
        None => ": adhoc takes a first and a last day that are in the calendar, as in adhoc-2026-01-01-2026-01-31"
            .to_owned(),
    }
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// No such plan.
    #[error("there is no plan `{0}`; `sipas plan list` shows the plans")]
    NoPlan(String),
    /// No such period.
    #[error("plan `{plan}` has no period `{period}`{}", other_period(.period, .known))]
    NoPeriod {
        plan: String,
        /// The period asked for.
        period: String,
        /// The periods it has.
        known: String,
    },
    /// No such unit.
    #[error("there is no unit `{unit}` under the unit of plan `{plan}`; `sipas unit list` shows the units")]
    NoUnit {
        /// The unit asked for.
        unit: String,
        plan: String,
    },
    /// The period was never closed in this version.
    #[error("period `{period}` of plan `{plan}` has no version {version}; `sipas period list` shows those there are")]
    NoVersion {
        plan: String,
        period: String,
        /// The version asked for.
        version: u32,
    },
    /// What is kept of the closed period cannot be read.
    #[error(
        "version {version} of period `{period}` of plan `{plan}` cannot be read: {why}; `sipas period export` hands out what is kept"
    )]
    Unreadable {
        plan: String,
        period: String,
        version: u32,
        /// What is wrong with it, for the operator.
        why: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// The figures of one plan, period and unit: the kept ones where the period is frozen, else computed from what is there now.
/// What has not been released is always computed now.
pub fn measure(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    if !question.live
        && let Some(kept) = frozen::measured(db, question, None)?
    {
        return Ok(kept);
    }
    compute_now(db, question)
}

/// [`measure`] without what stands beside the figures: lines of offices, and earlier measurements next to follow-ups and remedies. For pages that
/// show one figure of many periods or units.
pub fn measure_alone(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    if !question.live
        && let Some(kept) = frozen::measured_alone(db, question)?
    {
        return Ok(kept);
    }
    Ok(compute_of(db, question, Extent::Alone, None)?.0)
}

/// [`measure_alone`] with the targets, what pulls them down, counts, and answers against cases alone, unless more is kept of a frozen period: for
/// pages that say where many periods stand.
pub fn measure_followed(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    if !question.live
        && let Some(kept) = frozen::measured_alone(db, question)?
    {
        return Ok(kept);
    }
    Ok(compute_of(db, question, Extent::Followed, None)?.0)
}

/// [`measure_alone`] with the targets alone, unless more is kept of a frozen period: for whoever follows them over many periods.
pub fn measure_targets(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    if !question.live
        && let Some(kept) = frozen::measured_alone(db, question)?
    {
        return Ok(kept);
    }
    Ok(compute_of(db, question, Extent::Targets, None)?.0)
}

/// [`measure`], and the targets without flagged sheets where there are some and the question counts them.
pub fn measure_beside(db: &Db, question: &Question) -> Result<Beside, MeasureError> {
    if !question.live
        && let Some(kept) = frozen::measured_beside(db, question, None)?
    {
        return Ok(kept);
    }
    compute_both(db, question, question.suspects == Suspects::In)
}

/// The series of which the report of a period is made: the one with which it was frozen, else the one that counts now. `version` is one of a closed
/// period, the one in force if left out.
pub fn official_series(db: &Db, plan: &str, period: &str, version: Option<u32>) -> Result<Series, MeasureError> {
    let closings = db.closings_of(plan, period)?;
    let closing = match version {
        Some(version) => closings.iter().find(|closing| closing.version == version),
        None => closings.last().filter(|newest| !newest.state().is_open()),
    };
    if let Some(closing) = closing {
        // What is wrong with it is said where its figures are read.
        return Ok(frozen::official_series(db, closing).unwrap_or(Series::Open));
    }
    let plan = db.plan(plan)?.ok_or_else(|| MeasureError::NoPlan(plan.to_owned()))?.plan;
    match plan.period(period) {
        Some(period) => Ok(official::of_open(db, &plan, &period)?),
        None => Ok(plan.series.last().copied().unwrap_or(Series::Open)),
    }
}

/// The figures of a survey round: of the sheets at its points alone, which stand in releases of their own.
pub fn measure_round(db: &Db, round: &Round, today: NaiveDate) -> Result<Measured, MeasureError> {
    let (from, to) = round.days;
    let question = Question {
        plan: round.plan.clone(),
        period: adhoc_key(from, to),
        unit: None,
        series: round.selection.series(),
        suspects: Suspects::In,
        live: false,
        today,
    };
    Ok(compute_of(db, &question, Extent::Whole, Some(&round.points().collect()))?.0)
}

/// The figures as the answers there are now give them, whether or not the period is frozen.
pub fn compute_now(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    Ok(compute_both(db, question, false)?.0)
}

/// The figures, and with `beside` the targets without flagged sheets, from one reading.
fn compute_both(db: &Db, question: &Question, beside: bool) -> Result<Beside, MeasureError> {
    compute_of(db, question, if beside { Extent::Beside } else { Extent::Whole }, None)
}

/// How much is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// The targets of the unit and nothing else.
    Targets,
    /// The targets, the fields that pull them down, counts, and answers against cases.
    Followed,
    /// The figures of the unit and nothing beside them.
    Alone,
    /// All that a period's page shows.
    Whole,
    /// That, and the targets without flagged sheets.
    Beside,
}

/// [`compute_both`] of some points alone, by unit and number, or of all.
fn compute_of(
    db: &Db,
    question: &Question,
    extent: Extent,
    only: Option<&HashSet<(i32, i32)>>,
) -> Result<Beside, MeasureError> {
    let (mut sources, unit, ids) = Sources::read(db, question)?;
    if let Some(only) = only {
        sources.points.retain(|point, _| only.contains(point));
        sources.point_names.retain(|point, _| only.contains(point));
    }
    let mut counted = vec![Counted::new(question.series, question.suspects)];
    if extent == Extent::Beside {
        counted.push(Counted::new(question.series, Suspects::Out));
    }
    let Read { whole, cut_on } = sources.count(db, &ids, question, only, &mut counted)?;
    // The figures of a round are of releases of its own, and told once.
    if extent != Extent::Targets && only.is_none() {
        sources.note_lots(db, &ids, question, &mut counted)?;
    }
    let work = match extent {
        Extent::Targets => index::targets_alone,
        Extent::Followed => index::targets_followed,
        Extent::Alone | Extent::Whole | Extent::Beside => index::compute,
    };
    let mut report = sources.with_input(&counted[0], whole, question.live, question.today, work);
    let offices = offices(db, &unit)?;
    let with_others = matches!(extent, Extent::Whole | Extent::Beside);
    if with_others {
        report.units = unit_lines(db, &sources, &offices, question, only)?;
    }
    report.offices_as_of = cut_on;
    if only.is_some() {
        report.days = None;
    }
    if extent != Extent::Targets {
        report.counts = counts::of(db, &sources.stored.plan, &sources.period, (&unit.code, &ids), question.today)?;
    }
    if !matches!(extent, Extent::Targets | Extent::Followed) {
        report.remedies = work::remedies(db, &sources.stored.plan, &sources.period, &unit.code, question.today)?;
        report.tasks = work::tasks(db, &sources.stored.plan, &unit.code, &report.counts, question.today)?;
    }
    let flagged = counted[0].flagged();
    let without = counted.get(1).filter(|_| tells_of_flagged(flagged));
    let without = without.map(|without| Without {
        targets: sources.with_input(without, whole, question.live, question.today, index::targets_only),
        besides: without.left_out_besides(&counted[0]),
    });
    let official = official::of_open(db, &sources.stored.plan, &sources.period)?;
    let outside = db.outside_figures(&[unit.id])?;
    let head = db.audit_head()?;
    let audit_head = (head.number > 0).then(|| head.to_string());
    let Sources { stored, period, units_of_plan, forms, fields, point_names, .. } = sources;
    let mut measured = Measured {
        plan: stored.plan.clone(),
        period,
        unit,
        units_of_plan,
        report,
        flagged,
        besides: 0,
        forms,
        fields: of_service(fields),
        points: point_names,
        offices: offices.into_iter().map(|unit| (unit.code, unit.name_vi)).collect(),
        outside,
        audit_head,
        official,
        closing: None,
        corrects: None,
    };
    if with_others {
        follow_up::compare(question, &mut measured, |before| measure(db, before).map(Some))?;
    }
    if !question.live {
        hide_groups(&mut measured, question.suspects);
    }
    if with_others {
        work::put_beside(question, &mut measured, |other| measure_alone(db, other).map(Some))?;
    }
    Ok((measured, without))
}

/// Leaves the index of groups of respondents out of figures but those of the first closing of a period of the whole unit that lies in
/// no step with another: no release is formed for groups, so of two figures that share sheets the difference could be one person's.
fn hide_groups(measured: &mut Measured, suspects: Suspects) {
    if tells_groups(measured, suspects) {
        return;
    }
    for option in measured.report.profile.iter_mut().flat_map(|question| &mut question.options) {
        option.estimate = None;
    }
}

/// Whether figures of groups are told of this.
fn tells_groups(measured: &Measured, suspects: Suspects) -> bool {
    let apart = holds_no_other(&measured.plan, &measured.period);
    let first = measured.closing.as_ref().is_some_and(|closing| closing.version == 1);
    first && apart && suspects == Suspects::In && measured.unit.code == measured.plan.unit
}

/// Whether every other period of the plan is apart from this one or holds all of it: figures of groups are told of such periods alone, since
/// those of a longer period would be told from its parts by subtraction.
fn holds_no_other(plan: &Plan, period: &Period) -> bool {
    plan.periods.iter().all(|other| {
        let disjoint = other.to < period.from || period.to < other.from;
        disjoint || (other.from <= period.from && period.to <= other.to)
    })
}
