//! Long lists in pages.

use crate::web::http::address::percent_encode;

/// A page of a list, and the way to the others.
pub struct Pages<T> {
    /// What stands on it.
    pub shown: Vec<T>,
    /// Number, address, whether it is this one; empty where one page holds all.
    pub links: Vec<(usize, String, bool)>,
}

impl<T> Pages<T> {
    /// The page `asked` for, or the nearest there is, of pages of `size`. `query` is what else stands behind the `?` of `path`.
    pub fn of(all: Vec<T>, asked: Option<usize>, size: usize, path: &str, query: &[(&str, Option<&str>)]) -> Self {
        let n_pages = all.len().div_ceil(size).max(1);
        let here = asked.unwrap_or(1).clamp(1, n_pages);
        let given = query.iter().filter_map(|(name, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(format!("{name}={}&", percent_encode(value)))
        });
        let given: String = given.collect();
        let links = if n_pages < 2 { 0 } else { n_pages };
        let links = (1..=links).map(|number| (number, format!("{path}?{given}page={number}"), number == here));
        let links = links.collect();
        Self { shown: all.into_iter().skip((here - 1) * size).take(size).collect(), links }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_last_is_the_last_and_what_was_asked_stays_asked() {
        let pages = Pages::of((1..=7).collect(), Some(9), 3, "/list", &[("q", Some("ô diên")), ("unit", None)]);
        assert_eq!(pages.shown, [7]);
        let (number, address, here) = &pages.links[2];
        assert_eq!((*number, *here), (3, true));
        assert_eq!(address, "/list?q=%C3%B4%20di%C3%AAn&page=3");
        assert!(Pages::of(vec![1, 2], None, 3, "/list", &[]).links.is_empty());
        assert!(Pages::of(Vec::<i32>::new(), Some(0), 3, "/list", &[]).shown.is_empty());
    }
}
