//! How many answered of how many cases, and what of the cases is known.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What is known of cases where a plan asks for them as weights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumesKnown {
    /// First days of the months of the period with cases.
    pub months: Vec<NaiveDate>,
    /// Fields with answers that lack cases; while there is one, every field weighs alike.
    pub missing: Vec<String>,
}

/// How many answered of how many cases.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// First days of the months of the period with cases.
    pub months: Vec<NaiveDate>,
    /// First days of the months of the period so far without any: while there is one, no share is given.
    pub months_missing: Vec<NaiveDate>,
    /// Every field with cases.
    pub fields: Vec<FieldCoverage>,
    /// Every point with cases of its own.
    pub points: Vec<PointCoverage>,
}

/// A field's answers and cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldCoverage {
    /// Field.
    pub field: String,
    /// Cases handled in the period; those of a month cut by it by its days.
    pub cases: u64,
    /// Respondents of the shown figure; none where it is hidden or there is none.
    pub answered: Option<u64>,
    /// `answered` / `cases`; none where either is missing or a month is.
    pub share: Option<f64>,
}

/// A point's answers and cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointCoverage {
    /// Unit of the point.
    pub unit: i32,
    /// Number of the point within the unit.
    pub point: i32,
    /// Cases handled in the period.
    pub cases: u64,
    /// Counted sheets in whole tens, rounded down.
    pub answered_tens: u64,
}
