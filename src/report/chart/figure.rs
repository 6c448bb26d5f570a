//! What charts of shares show.

use crate::index::result::Estimate;

/// A share with its interval, as far as a chart needs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// The share, 0–1.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// How many people stand behind it.
    pub respondents: u64,
}

impl From<&Estimate> for Figure {
    fn from(estimate: &Estimate) -> Self {
        let Estimate { value, low, high, respondents, .. } = *estimate;
        Self { value, low, high, respondents }
    }
}
