//! Closing a reporting period: what is frozen and kept at each step, and the files of a published period. Who may take which step is
//! in `access` and `plan::closing`; the rows are in `db`; `verify` says whether a closed one still is what it was.

pub mod verify;

use chrono::{DateTime, Utc};

use super::figures::{self, MeasureError, Measured, Question, frozen};
use super::letter;
use super::report_file::{self, DocumentError, Format};
use crate::access::{Action, Role, may};
use crate::clock;
use crate::db::{Closing, ClosingPart, Db, DbError, FILES, NewStep, Noted, NumberTaken, Tree};
use crate::index::Suspects;
use crate::plan::closing::{ClosingStep, Refused, State};
use crate::plan::issuing::IssueDetails;
use crate::report::city::About;
use crate::report::template::{self, Filling, TemplateProblem};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, Report};

/// A step that somebody asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period, one of the plan's own.
    pub period: String,
    /// The version that they saw; for a check the one to make.
    pub version: u32,
    /// What is to be done.
    pub deed: ClosingStep,
    /// Number and name of the person who asks.
    pub by: (i32, String),
    /// Why; empty where nobody asks.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether a vice chairman signs the files, where this step makes them.
    pub vice: bool,
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ClosingError {
    /// The rules of closing forbid it.
    #[error("the step is refused: {0:?}")]
    Refused(Refused),
    /// Another document of the ward has the number in that year.
    #[error("number {}/{} of {} is that of the report of {}/{}", .0.details.number, .0.details.symbol, .0.details.dated.format("%Y"), .0.plan, .0.period)]
    NumberTaken(Box<NumberTaken>),
    /// Answers can still come.
    #[error("the period is not over yet")]
    SoFar,
    /// There are no figures.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A file could not be made.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The outline has problems.
    #[error("the outline cannot be filled: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    ReportTemplate(Vec<TemplateProblem>),
}

/// The report in an outline of the office's own, among the kept files.
const OUTLINE: &str = "file/outline.docx";

/// How files are made.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportOptions {
    /// Whether the data are for demonstration.
    pub demonstration: bool,
    /// Whether a vice chairman signs for the chairman.
    pub vice: bool,
}

/// Whether somebody active answers for a unit who checks its periods and does not approve them: who checked may not approve.
pub fn has_plan_owner(db: &Db, tree: &Tree, unit: &str) -> Result<bool, DbError> {
    let owns = |role| may(role, Action::CheckPeriods) && !may(role, Action::ApprovePeriods);
    let Some(of) = tree.of_code(unit) else { return Ok(false) };
    let above: Vec<i32> = tree.above(of.id).map(|unit| unit.id).collect();
    let users = db.users_of_units(&above)?;
    Ok(users.iter().filter_map(|user| Role::from_name(&user.role)).any(owns))
}

/// Takes a step: a check freezes the figures, publishing makes and keeps the files.
pub fn take(db: &Noted, asked: Asked, demonstration: bool) -> Result<Closing, ClosingError> {
    let Asked { plan, period, version, deed, by, reason, at, vice } = asked;
    let today = clock::civil_date(at);
    let parts = match deed {
        ClosingStep::Check => {
            let known = db.plan(&plan)?.ok_or_else(|| MeasureError::NoPlan(plan.clone()))?.plan;
            // Days chosen at will are nobody's report.
            let found = known.periods.iter().find(|known| known.key == period);
            let found = found.ok_or_else(|| MeasureError::NoPeriod {
                plan: plan.clone(),
                period: period.clone(),
                known: known.periods.iter().map(|period| period.key.as_str()).collect::<Vec<_>>().join(", "),
            })?;
            if found.so_far(today) {
                return Err(ClosingError::SoFar);
            }
            let (unit, days) = (known.unit.clone(), (found.from, found.to));
            let closings = db.closings_of(&plan, &period)?;
            let state = closings.last().map_or(State::Draft, Closing::state);
            if !ClosingStep::Check.fits(state) {
                return Err(ClosingError::Refused(Refused::NotNow(state)));
            }
            // What waits comes in before it is counted. Who is refused afterwards has only brought forward what the night
            // would do.
            db.release_at_closing(&unit, days, today)?;
            let mut parts = frozen::freeze(db, &plan, &period, today)?;
            parts.push(letter::kept_before(db, &plan, &period, today)?);
            // Of the first version alone: those of two would tell of the few in between.
            if closings.is_empty() {
                parts.extend(figures::cross::parts(db, &plan, &period, today)?);
            }
            parts
        }
        ClosingStep::Publish => files(db, &plan, &period, version, ReportOptions { demonstration, vice })?,
        ClosingStep::Approve | ClosingStep::Return | ClosingStep::Reopen => Vec::new(),
    };
    let step = NewStep { plan, period, version, deed, by, at, reason, parts };
    db.close_period(&step)?.map_err(ClosingError::Refused)
}

/// The files of a version about to be published, of the plan's own unit, with the words of a published one.
fn files(
    db: &Db,
    plan: &str,
    period: &str,
    version: u32,
    making: ReportOptions,
) -> Result<Vec<ClosingPart>, ClosingError> {
    let question = Question {
        plan: plan.to_owned(),
        period: period.to_owned(),
        unit: None,
        series: figures::official_series(db, plan, period, Some(version))?,
        suspects: Suspects::In,
        live: false,
        today: clock::today(),
    };
    let known = db.closings_of(plan, period)?;
    let state = known.last().map_or(State::Draft, Closing::state);
    if !ClosingStep::Publish.fits(state) || known.last().is_none_or(|newest| newest.version != version) {
        return Err(ClosingError::Refused(Refused::NotNow(state)));
    }
    let Some(mut measured) = frozen::measured(db, &question, Some(version))? else { return Ok(Vec::new()) };
    measured.report.state = ClosingStep::Publish.leads_to();
    // What went out as a document keeps its number and signer.
    let issued = db.issued_reports(plan, period)?.into_iter().rfind(|report| report.version == version);
    let issued = issued.map(|report| report.details);
    let parts = Format::ALL.into_iter().map(|format| {
        let content = document(db, &measured, format, making, issued.as_ref())?;
        Ok(ClosingPart { name: file_name(format), content })
    });
    let mut parts = parts.collect::<Result<Vec<_>, ClosingError>>()?;
    if let Some(outline) = db.outline(plan)? {
        parts.push(ClosingPart { name: OUTLINE.to_owned(), content: filled(&measured, &outline.body, making)? });
    }
    Ok(parts)
}

fn file_name(format: Format) -> String {
    format!("{FILES}report.{}", format.name())
}

/// A file that went out when the period was published, as it was: of the version asked for, else of the one in force. No figure is read for it.
pub fn kept_report(
    db: &Db,
    plan: &str,
    period: &str,
    version: Option<u32>,
    format: Format,
) -> Result<Option<Vec<u8>>, DbError> {
    kept(db, plan, period, version, &file_name(format))
}

/// The report in the office's own outline that went out, likewise.
pub fn kept_in_own_template(
    db: &Db,
    plan: &str,
    period: &str,
    version: Option<u32>,
) -> Result<Option<Vec<u8>>, DbError> {
    kept(db, plan, period, version, OUTLINE)
}

fn kept(db: &Db, plan: &str, period: &str, version: Option<u32>, name: &str) -> Result<Option<Vec<u8>>, DbError> {
    let closings = db.closings_of(plan, period)?;
    let closing = match version {
        Some(version) => closings.iter().find(|closing| closing.version == version),
        None => closings.last().filter(|newest| !newest.state().is_open()),
    };
    match closing.filter(|closing| closing.was_published()) {
        Some(closing) => db.closing_part(closing, name),
        None => Ok(None),
    }
}

/// The report of these figures as a file: the kept one where the period was published and the file is the one that went
/// out, else one made now.
pub fn report(db: &Db, measured: &Measured, format: Format, making: ReportOptions) -> Result<Vec<u8>, ClosingError> {
    if !making.vice
        && let Some(closing) =
            measured.closing.as_ref().filter(|closing| closing.was_published() && measured.is_official())
        && let Some(kept) = db.closing_part(closing, &file_name(format))?
    {
        return Ok(kept);
    }
    document(db, measured, format, making, None)
}

/// The report in the plan's own outline: the kept file where there is one, else filled now; none where the plan has none.
pub fn in_own_template(db: &Db, measured: &Measured, making: ReportOptions) -> Result<Option<Vec<u8>>, ClosingError> {
    if let Some(closing) = measured.closing.as_ref().filter(|closing| closing.was_published() && measured.is_official())
        && let Some(kept) = db.closing_part(closing, OUTLINE)?
    {
        return Ok(Some(kept));
    }
    let outline = db.outline(&measured.plan.key)?;
    outline.map(|outline| filled(measured, &outline.body, making)).transpose()
}

/// An outline filled with these figures.
pub fn filled(measured: &Measured, outline: &[u8], making: ReportOptions) -> Result<Vec<u8>, ClosingError> {
    let report = content(measured, making);
    let filling = Filling {
        report: &report,
        index: &measured.report,
        unit: &measured.unit.name_vi,
        plan: &measured.plan.title_vi,
        period: &measured.period.name_vi(),
    };
    template::fill(outline, &filling).map_err(ClosingError::ReportTemplate)
}

/// The sheet to copy into the city's reporting system.
pub fn city_sheet(measured: &Measured, format: Format, making: ReportOptions) -> Result<Vec<u8>, ClosingError> {
    let period = measured.period.name_vi();
    let about = About { unit: &measured.unit.name_vi, plan: &measured.plan.title_vi, period: &period };
    Ok(report_file::city_sheet(&content(measured, making), &measured.report, about, format)?)
}

fn content(measured: &Measured, making: ReportOptions) -> Report {
    let mut report = figures::content(measured, Language::Vi, clock::today(), making.demonstration);
    if making.vice {
        report.letter.signed_by_a_vice_chairman(report.language);
    }
    report
}

pub(super) fn document(
    db: &Db,
    measured: &Measured,
    format: Format,
    making: ReportOptions,
    issued: Option<&IssueDetails>,
) -> Result<Vec<u8>, ClosingError> {
    let content = content(measured, making);
    // What is signed is a letter with annexes; what is read on a screen or computed with is the plain report.
    let mut content = if matches!(format, Format::Docx | Format::Pdf) {
        let before = letter::period_before(db, measured, clock::today())?;
        let written = letter::written(db, measured)?;
        figures::official(content, measured, before.as_ref().map(|(name, report)| (name.as_str(), report)), &written)
    } else {
        content
    };
    if let Some(issued) = issued {
        content.letter.issued(issued, content.language);
    }
    Ok(report_file::bytes(&content, &measured.report, format)?)
}
