//! The addresses of exploring: of a tab, of a page with its filters; and the views that somebody keeps of them.

use super::ask::Params;
use super::exhibits::Tab;

/// The address of a tab.
pub(super) fn tab_address(tab: Tab) -> &'static str {
    match tab {
        Tab::Trend => "/staff/explore",
        Tab::Compare => "/staff/explore/compare",
        Tab::Cross => "/staff/explore/cross",
        Tab::Levels => "/staff/explore/levels",
        Tab::Received => "/staff/explore/received",
    }
}

/// An address with the filters behind it.
pub(super) fn with_query(address: &str, ask: &Params) -> String {
    let query = ask.query();
    if query.is_empty() { address.to_owned() } else { format!("{address}?{query}") }
}

/// The views that somebody keeps, and where this page is kept or one forgotten.
pub(super) struct Views {
    pub(super) kept: Vec<(String, String)>,
    pub(super) save: String,
    pub(super) forget: String,
}

impl Views {
    pub(super) fn of(kept: Vec<(String, String)>, tab: Tab, ask: &Params) -> Self {
        let to = |deed: &str| {
            with_query(&format!("/staff/explore/{}/{deed}", tab.word()), &Params { of: None, ..ask.clone() })
        };
        Self { kept, save: to("save"), forget: to("forget") }
    }
}
