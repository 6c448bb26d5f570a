//! Days chosen at will in a filter, in the place of a period.

use chrono::{Datelike, NaiveDate};

use super::form::Entry;
use crate::plan::adhoc_key;
use crate::report::format;

/// The key of the period from `first` to `last` as they were typed, none where nothing was; and both with what is wrong with them. A first day alone
/// reaches to today, a last day alone goes back to the start of its year; what begins after today is refused.
pub fn period_of_days(first: Option<&str>, last: Option<&str>, today: NaiveDate) -> (Option<String>, Entry) {
    let mut days = Entry::fresh(&[("first", first.unwrap_or_default()), ("last", last.unwrap_or_default())]);
    let mut day = |name: &str| if days.value(name).trim().is_empty() { None } else { days.day(name) };
    let (first, last) = (day("first"), day("last"));
    if days.is_wrong() {
        return (None, days);
    }
    let begin = first.or_else(|| last?.with_day(1)?.with_month(1));
    let Some((begin, end)) = begin.map(|begin| (begin, last.unwrap_or(today))) else { return (None, days) };
    if begin > today {
        let name = if first.is_some() { "first" } else { "last" };
        days.refuse(name, format!("Hôm nay là {}: khoảng thời gian này chưa bắt đầu.", format::date(today)));
        return (None, days);
    }
    (Some(adhoc_key(begin.min(end), begin.max(end))), days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_make_a_period_or_are_refused_at_their_field_and_kept() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a day");
        let of = |first: &str, last: &str| period_of_days(Some(first), Some(last), today);
        for (first, last, key) in [
            ("", "", None),
            ("5/3/2026", "14.3.2026", Some("adhoc-2026-03-05-2026-03-14")),
            ("14/03/2026", "5-3-2026", Some("adhoc-2026-03-05-2026-03-14")),
            ("01/02/2026", "", Some("adhoc-2026-02-01-2026-03-14")),
            ("", "28/02/2026", Some("adhoc-2026-01-01-2026-02-28")),
            ("14/03/2026", "31/12/2026", Some("adhoc-2026-03-14-2026-12-31")),
        ] {
            let (found, days) = of(first, last);
            assert!(!days.is_wrong(), "{first} {last}");
            assert_eq!(found.as_deref(), key, "{first} {last}");
        }
        for (first, last, wrong) in [
            ("32/03/2026", "14/03/2026", "first"),
            ("05/03/2026", "mai", "last"),
            ("15/03/2026", "", "first"),
            ("15/03/2026", "01/01/2026", "first"),
            ("", "01/01/2027", "last"),
        ] {
            let (found, days) = of(first, last);
            assert!(found.is_none() && days.error(wrong).is_some(), "{first} {last}");
            assert_eq!((days.value("first"), days.value("last")), (first, last), "as it was typed");
        }
    }
}
