//! The way back to the page of exploring that led to comments, carried along by the forms and links of the pages of comments.

use crate::web::http::address::percent_encode;

/// Where the pages of exploring stand.
const EXPLORING: &str = "/staff/explore";

/// The way back that was sent along: to a page of exploring and nowhere else.
pub fn way_back(sent: Option<&str>) -> Option<String> {
    sent.filter(|address| address.starts_with(EXPLORING)).map(str::to_owned)
}

/// The way back as a word of an address with a `?`; nothing where there is none.
pub fn keeping_back(back: Option<&String>) -> String {
    back.map(|back| format!("&back={}", percent_encode(back))).unwrap_or_default()
}
