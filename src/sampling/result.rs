//! What is kept of a designed survey when its round is closed: how people were drawn, what became of them, weights and estimates. Made
//! once; whatever happens to sheets later, it stays.

use super::draw::Selection;
use super::estimate::{Figure, Figures};
use super::outcome::Outcome;
use super::totals::Adjusted;
use super::weights::Weighting;
use crate::stats::composite::Composite;
use crate::stats::nonresponse::outcome_rates::{OutcomeRates, Outcomes};

/// The result of a designed survey.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Concluded {
    /// How people were drawn.
    pub selection: Selection,
    /// Rows of the frame.
    pub frame_rows: u32,
    /// How many numbers ended with each outcome, substitutes called in included.
    pub outcomes: Vec<(Outcome, u32)>,
    /// Numbers without an outcome.
    pub unresolved: u32,
    /// Substitutes called in.
    pub substitutes: u32,
    /// The weights of cells, before they were calibrated to known totals.
    pub weighting: Weighting,
    /// What they were calibrated to beside the frame; none where nothing was known or could be used.
    #[serde(default)]
    pub adjusted: Option<Adjusted>,
    /// Stored sheets behind the estimates.
    pub sheets: u32,
    /// All of the frame.
    pub whole: Figures,
    /// Each field of service: its code and figures; fields with few sheets are together, their codes joined by commas.
    pub fields: Vec<(String, Figures)>,
    /// Each stratum, in the order of the weighting's.
    pub strata: Vec<Figures>,
    /// What it says of the plan's targets.
    pub targets: Vec<TargetFigure>,
    /// Volunteers of the same days beside it, by field.
    pub volunteers: Vec<Beside>,
}

/// A target with the figure that it is compared with.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TargetFigure {
    /// Clause of the plan.
    pub clause: String,
    /// Its name.
    pub title: String,
    /// The minimum, 0–1.
    pub minimum: f64,
    /// The figure; none where fewer than ten sheets stand behind it.
    pub figure: Option<Figure>,
}

/// Volunteers' figure beside that of the sample.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Beside {
    /// Code of the field.
    pub field: String,
    /// The volunteers' share of satisfied answers.
    pub value: f64,
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// Volunteers.
    pub respondents: u64,
    /// Both in one figure, by the stated method.
    pub composite: Option<Composite>,
}

impl Concluded {
    /// What became of all numbers.
    pub fn counted(&self) -> Outcomes {
        let each =
            self.outcomes.iter().flat_map(|(outcome, count)| std::iter::repeat_n(Some(*outcome), *count as usize));
        super::outcome::counted(each.chain(std::iter::repeat_n(None, self.unresolved as usize)))
    }

    /// AAPOR's rates.
    pub fn rates(&self) -> OutcomeRates {
        self.counted().rates()
    }
}
