//! Numbers that come from elsewhere and stand beside ours: cases handled, which weigh fields, and figures that others measured
//! or published, which enter no figure of ours.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::IndexKind;

/// The cases of a field in a month, at a point or at a unit as a whole. Identifiers are those of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caseload {
    pub unit: i32,
    /// Service point within the unit; none for the unit as a whole.
    pub point: Option<i32>,
    /// Field of service.
    pub field: i16,
    /// First day of the month.
    pub month: NaiveDate,
    /// Cases handled.
    pub cases: u64,
}

/// A figure that somebody else measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExternalFigure {
    /// Number of the unit that it is about.
    #[serde(skip)]
    pub unit: i32,
    /// What was measured.
    pub index: IndexKind,
    /// Field; none for all.
    pub field: Option<String>,
    /// As plans name periods: `2025-year`.
    pub period: String,
    /// Share satisfied, 0–1.
    pub value: f64,
    /// Respondents, where stated.
    pub respondents: Option<u64>,
    /// Who measured it, or the document that says so.
    pub source: String,
}
