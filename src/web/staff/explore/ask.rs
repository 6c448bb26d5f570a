//! What is asked for: the filters of a page of exploring, as they stand in its address, so that an address can be kept, sent and opened again.

use std::fmt::Write;

use crate::clock;
use crate::error::{Reason, Refusal};
use crate::index::Suspects;
use crate::report::explore::{ShareOf, Step};
use crate::service::explore::Stride;
use crate::sheet::tally::Series;
use crate::web::http::address::percent_encode;
use crate::web::http::query::{chosen, word};
use crate::web::staff::days::period_of_days;
use crate::web::staff::form::Entry;

/// The filters. Each may be left out; a word that is none is refused, for figures that nobody filtered would be shown in its place.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Key of a plan.
    pub plan: Option<String>,
    /// Key of a period.
    pub period: Option<String>,
    /// First of the days chosen at will in the place of the period, as typed; none once they are [`Self::settled`].
    pub first: Option<String>,
    /// Last of them.
    pub last: Option<String>,
    /// Code of a unit.
    pub unit: Option<String>,
    /// The figure, as [`crate::index::pick::Pick`] is written.
    pub measure: Option<String>,
    /// The series; the official one if left out.
    #[serde(default, deserialize_with = "chosen")]
    pub series: Option<Series>,
    /// Whether flagged sheets count.
    #[serde(default, deserialize_with = "chosen")]
    pub suspects: Option<Suspects>,
    /// By periods or by months.
    #[serde(default, deserialize_with = "chosen")]
    pub by: Option<Stride>,
    /// Number of a questionnaire's version, for a cross-table.
    pub form: Option<String>,
    /// The question whose answers are rows.
    pub rows: Option<String>,
    /// The question whose answers are columns.
    pub columns: Option<String>,
    /// Percentages of rows or of columns.
    #[serde(default, deserialize_with = "chosen")]
    pub share: Option<ShareOf>,
    /// Key of the period into whose report an exhibit goes.
    pub report: Option<String>,
    /// Which exhibit a file is of.
    pub of: Option<String>,
    /// How a file of a table is written; its handler reads it.
    pub separator: Option<String>,
}

impl Params {
    /// The filters with the days chosen at will as the period that they make; and these days, with what is wrong where they make none.
    pub fn settled(self) -> (Self, Entry) {
        let (chosen, days) = period_of_days(self.first.as_deref(), self.last.as_deref(), clock::today());
        (Self { period: chosen.or(self.period), first: None, last: None, ..self }, days)
    }

    /// [`Self::settled`] for what is no page and can show nobody what he typed.
    pub fn sound(self) -> Result<Self, Refusal> {
        let (ask, days) = self.settled();
        if days.is_wrong() { Err(Reason::BadQuery.into()) } else { Ok(ask) }
    }

    /// The same without what another tab alone asks for.
    pub fn of_tab(&self, is_of_questions: bool) -> Self {
        if is_of_questions {
            return self.clone();
        }
        Self { form: None, rows: None, columns: None, share: None, ..self.clone() }
    }

    /// Refuses a questionnaire or its questions where figures of all of them are shown.
    pub fn refuse_questions(&self) -> Result<(), Refusal> {
        let asked = [&self.form, &self.rows, &self.columns].into_iter().any(|word| given(word.as_ref()).is_some());
        if asked { Err(Reason::BadQuery.into()) } else { Ok(()) }
    }

    /// What stands behind the `?`, without it.
    pub fn query(&self) -> String {
        let words = [
            ("plan", given(self.plan.as_ref())),
            ("period", given(self.period.as_ref())),
            ("unit", given(self.unit.as_ref())),
            ("measure", given(self.measure.as_ref())),
            ("series", self.series.as_ref().map(word)),
            ("suspects", self.suspects.as_ref().map(word)),
            ("by", self.by.as_ref().map(word)),
            ("form", given(self.form.as_ref())),
            ("rows", given(self.rows.as_ref())),
            ("columns", given(self.columns.as_ref())),
            ("share", self.share.as_ref().map(word)),
            ("report", given(self.report.as_ref())),
            ("of", given(self.of.as_ref())),
        ];
        let mut query = String::new();
        for (name, value) in words {
            if let Some(value) = value {
                let and = if query.is_empty() { "" } else { "&" };
                // Writing to a String cannot fail.
                let _ = write!(query, "{and}{name}={}", percent_encode(&value));
            }
        }
        query
    }

    /// The filters after a step that a row of a table leads; none where it leads to no page of exploring.
    pub fn after(&self, step: &Step) -> Option<Self> {
        let asked = Self { of: None, ..self.clone() };
        match step {
            Step::Figure(pick) => Some(Self { measure: Some(pick.to_string()), ..asked }),
            Step::Unit(code) => Some(Self { unit: Some(code.clone()), ..asked }),
            Step::Period { .. } | Step::Nowhere => None,
        }
    }
}

/// A word that is there and not empty.
pub(super) fn given(word: Option<&String>) -> Option<String> {
    word.filter(|word| !word.is_empty()).cloned()
}
