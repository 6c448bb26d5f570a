//! What somebody saw before they changed it: a mark of it goes along with the form, so that nobody overwrites unseen what another
//! kept meanwhile.

use std::fmt::Debug;

use sha2::{Digest, Sha256};

use super::form::Entry;
use crate::cases::plain;
use crate::plan::typed;
use crate::report::format;
use crate::secrets::hex::hex;

/// The name of the field that carries the mark.
const FIELD: &str = "seen";

/// The mark of what stands; empty where nothing does.
pub fn mark<T: Debug>(stands: Option<&T>) -> String {
    stands.map_or_else(String::new, |stands| hex(&Sha256::digest(format!("{stands:?}"))[..8]))
}

/// Whether a form was filled in before what stands now.
pub fn is_stale<T: Debug>(entry: &Entry, stands: Option<&T>) -> bool {
    entry.value(FIELD) != mark(stands)
}

/// Says at each field what another kept there meanwhile, beside what was typed. `shown` gives the words of a value that is a code.
pub fn tell_newer(entry: &mut Entry, stands: &Entry, fields: &[&str], shown: impl Fn(&str, &str) -> Option<String>) {
    for name in fields {
        let (now, sent) = (stands.value(name), entry.value(name));
        let day = typed::day(now);
        if plain(now) == plain(sent) || (day.is_some() && day == typed::day(sent)) {
            continue;
        }
        let words = day.map(format::date).or_else(|| shown(name, now)).unwrap_or_else(|| now.to_owned());
        let words = if words.is_empty() { "(để trống)".to_owned() } else { format!("“{words}”") };
        entry.refuse(name, format!("Người khác vừa lưu ở đây: {words}. Xem lại điều bạn nhập rồi bấm Lưu lần nữa."));
    }
    if let (false, Some(first)) = (entry.is_wrong(), fields.first()) {
        entry.refuse(first, "Người khác vừa sửa mục này. Xem lại rồi bấm Lưu lần nữa.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_kept_is_told_where_it_differs_and_a_day_is_the_same_however_it_is_written() {
        let stands = Entry::fresh(&[("work", "Mở quầy"), ("due", "2026-05-31"), ("state", "done")]);
        let mut sent = Entry::fresh(&[("work", "Mở cửa"), ("due", "31/05/2026"), ("state", "planned")]);
        let words = |name: &str, value: &str| (name == "state" && value == "done").then(|| "Đã xong".to_owned());
        tell_newer(&mut sent, &stands, &["work", "due", "state"], words);
        assert!(sent.error("work").is_some_and(|told| told.contains("“Mở quầy”")));
        assert!(sent.error("state").is_some_and(|told| told.contains("“Đã xong”")));
        assert_eq!(sent.error("due"), None);
        assert_eq!(sent.value("work"), "Mở cửa", "what was typed stays");
    }

    #[test]
    fn a_form_of_before_is_stale_and_a_new_one_has_no_mark() {
        assert!(!is_stale::<u8>(&Entry::default(), None));
        assert!(is_stale(&Entry::default(), Some(&1)));
        assert!(!is_stale(&Entry::fresh(&[(FIELD, &mark(Some(&1)))]), Some(&1)));
    }
}
