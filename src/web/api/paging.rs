//! Long lists in pages: `limit` says how many, `after` where to go on, and the header `Link` names the next page.

use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::{Deserialize, Deserializer};

use crate::web::http::address::percent_encode;

/// The most that one page has.
pub const LIMIT_MAX: usize = 1_000;

/// What stands behind the `?` of a list. A word that is not known is refused: a slip must not read as "everything".
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// How many at most; all where it is left out.
    #[serde(default, deserialize_with = "limit")]
    pub limit: Option<usize>,
    /// The last of the page before.
    pub after: Option<String>,
}

/// Nothing behind the `?`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A number from 1 to [`LIMIT_MAX`].
pub fn limit<'de, D: Deserializer<'de>>(from: D) -> Result<Option<usize>, D::Error> {
    let limit = usize::deserialize(from)?;
    if (1..=LIMIT_MAX).contains(&limit) { Ok(Some(limit)) } else { Err(serde::de::Error::custom("limit is 1 to 1000")) }
}

impl Page {
    /// The entries of this page, of a list in the order of its keys; the key of its last one where there are more.
    pub fn of<'a, T>(&self, list: &'a [T], key: impl Fn(&T) -> &str) -> (&'a [T], Option<String>) {
        let from = self.after.as_deref().map_or(0, |after| list.partition_point(|entry| key(entry) <= after));
        let rest = &list[from..];
        match self.limit {
            Some(limit) if limit < rest.len() => {
                let shown = &rest[..limit];
                (shown, shown.last().map(|last| key(last).to_owned()))
            }
            _ => (rest, None),
        }
    }
}

/// Names the next page: `path` with what was asked for, after `last`.
pub fn link_to_next(answer: &mut HttpResponse, path: &str, asked: &[(&str, &str)], last: &str) {
    let mut link = format!("<{path}?");
    for (name, value) in asked {
        // Writing to a String cannot fail.
        let _ = write!(link, "{name}={}&", percent_encode(value));
    }
    let _ = write!(link, "after={}>; rel=\"next\"", percent_encode(last));
    if let Ok(link) = header::HeaderValue::try_from(link) {
        answer.headers_mut().insert(header::LINK, link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_and_the_last_one_names_no_next() {
        let list: Vec<String> = ["a", "b", "c", "e"].map(str::to_owned).to_vec();
        let page = |limit, after: Option<&str>| {
            let page = Page { limit, after: after.map(str::to_owned) };
            let (shown, next) = page.of(&list, |entry| entry);
            (shown.join(""), next)
        };
        assert_eq!(page(None, None), ("abce".to_owned(), None));
        assert_eq!(page(Some(2), None), ("ab".to_owned(), Some("b".to_owned())));
        assert_eq!(page(Some(2), Some("b")), ("ce".to_owned(), None));
        assert_eq!(page(Some(2), Some("d")), ("e".to_owned(), None), "one that is gone since");
    }
}
