//! Figures of others: earlier ones, and those that are published officially. They stand beside ours with their source, and
//! enter no figure of ours.

use serde::{Deserialize, Serialize};

use crate::plan::IndexKind;

/// A figure that somebody else measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutsideFigure {
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
