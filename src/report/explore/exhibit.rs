//! An exhibit: a chart with its table, and where a row of it leads.

use crate::index::pick::Pick;
use crate::index::result::Estimate;
use crate::report::chart::Drawing;
use crate::report::format::{self, Language};
use crate::report::model::{Cell, Column, Row, Table, TableKind};
use crate::report::notes::marks;
use crate::report::words;

/// Where a row leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To another figure of the same unit.
    Figure(Pick),
    /// To the same figure of another unit, by its code.
    Unit(String),
    /// To the page of a period: keys of the plan and the period, code of the unit.
    Period {
        /// Key of the plan.
        plan: String,
        /// Key of the period.
        period: String,
        /// Code of the unit.
        unit: String,
    },
    Nowhere,
}

/// A chart, its table, and how to read them.
#[derive(Debug, Clone, PartialEq)]
pub struct Exhibit {
    /// A word for identifiers and files, as in `trend`.
    pub id: &'static str,
    /// What is shown.
    pub heading: String,
    /// What a reader should take from it, in sentences.
    pub says: Vec<String>,
    /// The chart; none where a table says it better.
    pub drawing: Option<Drawing>,
    /// The same for a telephone, where the chart would not be read there.
    pub narrow: Option<Drawing>,
    /// What its marks mean.
    pub legend: String,
    /// The figures.
    pub table: Table,
    /// Where each row of the table leads.
    pub steps: Vec<Step>,
}

impl Exhibit {
    /// Whether its rows follow one another in time, the newest last.
    pub fn runs_over_time(&self) -> bool {
        matches!(self.id, "trend" | "received")
    }
}

/// An empty table of an exhibit.
pub(super) fn table(caption: &str, columns: &[(&str, bool, u32)]) -> Table {
    Table {
        kind: TableKind::Explored,
        field: None,
        number: None,
        caption: caption.to_owned(),
        columns: columns
            .iter()
            .map(|(heading, figures, width)| Column {
                heading: (*heading).to_owned(),
                figures: *figures,
                width: *width,
            })
            .collect(),
        rows: Vec::new(),
        notes: Vec::new(),
    }
}

/// A row of the body.
pub(super) fn row(cells: Vec<Cell>) -> Row {
    Row { group: false, cells }
}

/// Share, interval and respondents as cells; the words for a hidden one, and nothing more of it.
pub(super) fn figure(estimate: Option<&Estimate>, minima: &[f64], language: Language) -> [Cell; 3] {
    match estimate {
        Some(found) => [
            Cell::Share(found.value, format::share(found.value, minima, language)),
            Cell::Interval(found.low, found.high, interval(found, minima, language)),
            Cell::Count(found.respondents, format::count(found.respondents, language)),
        ],
        None => [Cell::Hidden(words::small_cell(language)), Cell::Empty, Cell::Empty],
    }
}

/// An interval, marked as on the pages of periods where it is only approximate.
fn interval(found: &Estimate, minima: &[f64], language: Language) -> String {
    format::interval(found.low, found.high, minima, language) + &marks(found)
}

/// What the marks of intervals mean, where one has any.
pub(super) fn note_of_marks<'a>(
    estimates: impl IntoIterator<Item = &'a Estimate>,
    language: Language,
) -> Option<String> {
    let mut estimates = estimates.into_iter();
    estimates.any(Estimate::is_approximate).then(|| format!("* {}.", words::approximate(language)))
}
