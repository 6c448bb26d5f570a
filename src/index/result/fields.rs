//! What fields, factors and criteria say.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Node, Reason};

/// One criterion in a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionResult {
    /// Item.
    pub item: String,
    /// Its figure.
    pub estimate: Estimate,
    /// Respondents on the levels 1 to 5.
    pub respondents: u64,
    /// Counts of the levels 1 to 5.
    pub levels: [u64; 5],
    /// "Not used / no opinion".
    pub not_used: u64,
    /// Left blank.
    pub blank: u64,
}

/// One factor in a field: a SIPAS factor, or a section of the sector's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorResult {
    /// `access` … `feedback`, `policy`, or the section's identifier where it maps to no factor.
    pub factor: String,
    /// Its figure.
    pub estimate: Estimate,
    /// Mean of the levels, 1–5.
    pub mean_score: f64,
    /// Its criteria.
    pub criteria: Vec<Node<CriterionResult>>,
}

/// One factor of the whole unit, across fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitFactor {
    /// `access` … `feedback`.
    pub factor: String,
    /// Its figure, by the weights of fields.
    pub estimate: Estimate,
    /// Mean of the levels, 1–5, weighed alike.
    pub mean_score: f64,
    /// The fields it is made of: those that show it.
    pub fields: Vec<String>,
}

/// One field of service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldResult {
    /// Field.
    pub field: String,
    /// Its figure over the service part.
    pub estimate: Estimate,
    /// Set to `incomplete` only in figures kept from earlier versions.
    pub reason: Option<Reason>,
    /// Questionnaires of the field that have too few respondents and wait.
    #[serde(default)]
    pub waiting: Vec<String>,
    /// Mean of the levels, 1–5.
    pub mean_score: f64,
    /// Its factors.
    pub factors: Vec<Node<FactorResult>>,
}
