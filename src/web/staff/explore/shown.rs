//! An exhibit on its page: its chart for a page and for a telephone, its table with where rows lead, its files.

use super::ask::{Params, given};
use super::exhibits::Tab;
use super::views::{period_page, tab_address, with_query};
use crate::report::explore::{Exhibit, Step};
use crate::report::model::{Cell, Row, Table};

/// So many rows of a table are open at once; of one that is not much longer all are.
const OPEN: usize = 12;
const LONG: usize = OPEN + 4;

/// An exhibit on its page.
pub(super) struct Shown {
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) says: Vec<String>,
    pub(super) svg: Option<String>,
    /// The same for a telephone.
    pub(super) narrow: Option<String>,
    pub(super) legend: String,
    pub(super) table: Table,
    /// Which rows are open, and which are folded away, if any.
    pub(super) open: Part,
    pub(super) folded: Option<Part>,
    /// Whether what is folded away stands before what is open: the newest of what came over time is open.
    pub(super) newest_last: bool,
    /// Where each row leads.
    links: Vec<Option<String>>,
    /// Files: words and address.
    pub(super) files: Vec<(&'static str, String)>,
    /// Where it goes into a report; none where it cannot.
    pub(super) copy: Option<String>,
}

/// Rows of a table that stand together.
pub(super) struct Part {
    /// What the table of them is called in the page.
    pub(super) id: String,
    from: usize,
    to: usize,
}

impl Part {
    pub(super) fn len(&self) -> usize {
        self.to - self.from
    }
}

impl Shown {
    /// As it is laid out, with where its rows lead, its files and where it is copied to.
    pub(super) fn laid(
        exhibit: Exhibit,
        links: Vec<Option<String>>,
        files: Vec<(&'static str, String)>,
        copy: Option<String>,
    ) -> Self {
        let (rows, id) = (exhibit.table.rows.len(), exhibit.id);
        let newest_last = exhibit.runs_over_time();
        let part = |more: &str, from, to| Part { id: format!("{id}-table{more}"), from, to };
        let (open, folded) = match (rows > LONG, newest_last) {
            (false, _) => (part("", 0, rows), None),
            (true, true) => (part("", rows - OPEN, rows), Some(part("-more", 0, rows - OPEN))),
            (true, false) => (part("", 0, OPEN), Some(part("-more", OPEN, rows))),
        };
        Self {
            id,
            heading: exhibit.heading,
            says: exhibit.says,
            svg: exhibit.drawing.map(|drawing| drawing.svg(id)),
            narrow: exhibit.narrow.map(|drawing| drawing.svg(&format!("{id}-narrow"))),
            legend: exhibit.legend,
            links,
            table: exhibit.table,
            open,
            folded,
            newest_last,
            files,
            copy,
        }
    }

    /// The rows of a part, each with where it leads.
    pub(super) fn rows(&self, part: &Part) -> impl Iterator<Item = (&Row, Option<&str>)> {
        let rows = self.table.rows.iter().enumerate().skip(part.from).take(part.len());
        rows.map(|(place, row)| (row, self.links.get(place).and_then(Option::as_deref)))
    }

    /// Whether a cell says that something is hidden.
    #[expect(clippy::unused_self, reason = "called from the template, which has the exhibit at hand")]
    pub(super) fn is_hidden(&self, cell: &Cell) -> bool {
        matches!(cell, Cell::Hidden(_))
    }
}

/// The files of an exhibit, each under the address that its name has.
pub(super) fn files_of(exhibit: &Exhibit, address: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
    let mut files = Vec::new();
    if exhibit.drawing.is_some() {
        files.extend([("Hình (PNG)", address("picture.png")), ("Hình (SVG)", address("picture.svg"))]);
    }
    files.extend([("Bảng (Excel)", address("table.xlsx")), ("Bảng (CSV)", address("table.csv"))]);
    files
}

/// An exhibit of a tab.
pub(super) fn shown(exhibit: Exhibit, tab: Tab, ask: &Params, (takes, report): (bool, Option<(&str, &str)>)) -> Shown {
    let links = exhibit.steps.iter().map(|step| match step {
        Step::Period { plan, period, unit } => Some(period_page(plan, period, unit)),
        step => Some(with_query(tab_address(tab), &ask.after(step)?)),
    });
    let links = links.collect();
    let file = |name: &str| {
        let asked = Params { of: Some(exhibit.id.to_owned()), ..ask.clone() };
        with_query(&format!("/staff/explore/{}/{name}", tab.word()), &asked)
    };
    let files = if takes { files_of(&exhibit, file) } else { Vec::new() };
    let copy = report.map(|(plan, period)| {
        let of_report = Params {
            plan: Some(plan.to_owned()),
            // What is copied ends with the period of the report, whatever comes until it is sent.
            period: Some(given(ask.period.as_ref()).unwrap_or_else(|| period.to_owned())),
            report: Some(period.to_owned()),
            of: Some(exhibit.id.to_owned()),
            ..ask.clone()
        };
        with_query(&format!("/staff/explore/{}/copy", tab.word()), &of_report)
    });
    Shown::laid(exhibit, links, files, copy)
}
