//! Issuing a report: once a leader has approved a period, its report goes out as a document of the office, with number, day and signer,
//! clean and ready to be signed; the signed scan is filed. Whether the figures are published is another matter.

use chrono::{DateTime, Utc};

use super::closing::{ClosingError, ReportOptions, document};
use super::figures::{self, Question, frozen};
use super::report_file::Format;
use crate::clock;
use crate::db::{Closing, NewIssue, NotIssued, Noted};
use crate::index::Suspects;
use crate::plan::closing::{ClosingStep, Refused, State};
use crate::plan::issuing::IssueDetails;

/// The formats of an issued document.
pub const FORMATS: [Format; 2] = [Format::Docx, Format::Pdf];

/// A document that somebody issues.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// What stands on it.
    pub details: IssueDetails,
    /// Number and name of the person who asks.
    pub by: (i32, String),
    /// When.
    pub at: DateTime<Utc>,
}

/// The version whose report may go out now: the newest, approved or published; else the state that the period is in.
pub fn version_to_issue(closings: &[Closing]) -> Result<u32, State> {
    match closings.last() {
        Some(newest) if matches!(newest.state(), State::Approved | State::Published) => Ok(newest.version),
        newest => Err(newest.map_or(State::Draft, Closing::state)),
    }
}

/// Makes the document and keeps it with its files; its number among the issues of the version. It takes the place of those before it.
pub fn issue(db: &Noted, asked: Asked, demonstration: bool) -> Result<u32, ClosingError> {
    let Asked { plan, period, details, by, at } = asked;
    let version = version_to_issue(&db.closings_of(&plan, &period)?)
        .map_err(|state| ClosingError::Refused(Refused::NotNow(state)))?;
    let question = Question {
        plan: plan.clone(),
        period: period.clone(),
        unit: None,
        series: figures::official_series(db, &plan, &period, Some(version))?,
        suspects: Suspects::In,
        live: false,
        today: clock::civil_date(at),
    };
    let Some(mut measured) = frozen::measured(db, &question, Some(version))? else {
        return Err(ClosingError::Refused(Refused::NotNow(State::Draft)));
    };
    // What goes out signed is no draft, whether or not the public has the figures yet.
    measured.report.state = ClosingStep::Publish.leads_to();
    let making = ReportOptions { demonstration, vice: false };
    let files = FORMATS.into_iter().map(|format| {
        let content = document(db, &measured, format, making, Some(&details))?;
        Ok((format!("report.{}", format.name()), content))
    });
    let files = files.collect::<Result<Vec<_>, ClosingError>>()?;
    db.issue_report(&NewIssue { plan, period, version, details, by, at, files })?.map_err(|refused| match refused {
        NotIssued::NotNow(state) => ClosingError::Refused(Refused::NotNow(state)),
        NotIssued::NumberTaken(taken) => ClosingError::NumberTaken(taken),
    })
}
