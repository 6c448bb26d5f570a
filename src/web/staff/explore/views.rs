//! The addresses of exploring: of a tab, of a page with its filters; and the views that somebody keeps of them.

use super::ask::Params;
use super::exhibits::Tab;
use crate::web::http::address::percent_encode;

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

/// The page of a period's own figures.
pub(super) fn period_page(plan: &str, period: &str, unit: &str) -> String {
    let [plan, period, unit] = [plan, period, unit].map(percent_encode);
    format!("/staff/plans/{plan}/{period}?unit={unit}")
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
        let kept = kept.into_iter().map(|(name, address)| (name, without_questions(address))).collect();
        Self { kept, save: to("save"), forget: to("forget") }
    }
}

/// An address without the questions of a cross-table where another tab is meant: views kept earlier have them, and the tab refuses them.
fn without_questions(address: String) -> String {
    let Some((path, query)) = address.split_once('?') else { return address };
    if path == tab_address(Tab::Cross) {
        return address;
    }
    let of_questions = |part: &&str| {
        let name = part.split('=').next().unwrap_or_default();
        !["form", "rows", "columns", "share"].contains(&name)
    };
    let kept: Vec<&str> = query.split('&').filter(of_questions).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_that_was_kept_with_questions_of_a_table_still_opens() {
        let opened = |address: &str| without_questions(address.to_owned());
        assert_eq!(opened("/staff/explore/compare?plan=a&form=3&rows=x&columns=y"), "/staff/explore/compare?plan=a");
        assert_eq!(opened("/staff/explore?form=3"), "/staff/explore");
        assert_eq!(opened("/staff/explore"), "/staff/explore");
        assert_eq!(opened("/staff/explore/cross?form=3&rows=x"), "/staff/explore/cross?form=3&rows=x");
    }
}
