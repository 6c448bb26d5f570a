//! Service points as a table: columns by their headings, in any order, in the words of people. What units, questionnaires and fields
//! the words mean is found among those that the caller knows.

use chrono::{Datelike, NaiveDate};

use super::columns::{self, Found};
use super::{Column, Meant, meant, plain};
use crate::plan::Channel;
use crate::plan::typed::day;
use crate::table::Table;

/// The columns of the table.
pub const COLUMNS: &[Column] = &[
    Column { key: "unit", heading: "Đơn vị", also: &["bo phan", "phong ban", "co quan", "unit"], required: true },
    Column {
        key: "name",
        heading: "Tên điểm",
        also: &["diem", "diem phuc vu", "ten quay", "quay", "ten", "ten diem phuc vu", "point"],
        required: true,
    },
    Column {
        key: "form",
        heading: "Phiếu hỏi",
        also: &["phieu", "mau phieu", "phieu khao sat", "form"],
        required: true,
    },
    Column {
        key: "fields",
        heading: "Lĩnh vực",
        also: &["cac linh vuc", "linh vuc phuc vu", "fields"],
        required: false,
    },
    Column { key: "channel", heading: "Kênh", also: &["hinh thuc", "kenh tiep nhan", "channel"], required: false },
    Column {
        key: "opened",
        heading: "Hoạt động từ ngày",
        also: &["ngay mo", "mo tu ngay", "ngay hoat dong", "tu ngay", "opened"],
        required: false,
    },
    Column { key: "name_en", heading: "Tên tiếng Anh", also: &["ten anh", "tieng anh", "english"], required: false },
];

/// The rows of a table of points.
pub fn find(table: &Table) -> Found<'_> {
    columns::find(table, COLUMNS, &|_| false)
}

/// A channel as people write it; none where it is none.
pub fn channel(typed: &str) -> Option<Channel> {
    match plain(typed).as_str() {
        "counter" | "truc tiep" | "tai quay" | "quay" | "tai cho" | "truc tiep tai quay" => Some(Channel::Counter),
        "online" | "truc tuyen" | "qua mang" | "tren mang" | "nop truc tuyen" => Some(Channel::Online),
        _ => None,
    }
}

/// The day on which a point began as people type it, empty for today: a counter may be older than its code. None where it is no day, lies
/// ahead or in another century.
pub fn opened(typed: &str, today: NaiveDate) -> Option<NaiveDate> {
    if typed.trim().is_empty() {
        return Some(today);
    }
    day(typed).filter(|day| *day <= today && day.year() >= 2000)
}

/// What a typed name means among things with names: exactly, in another spelling, or as the beginning of one name alone, as people
/// shorten names. What else it may mean is told, never taken.
pub fn named<'n, T: Clone>(typed: &str, things: &[(T, Vec<&'n str>)]) -> Result<T, Option<&'n str>> {
    let all = || things.iter().map(|(thing, names)| (thing.clone(), names.iter().copied()));
    if let Meant::One(found) = meant(typed, all()) {
        return Ok(found);
    }
    let bare = plain(typed);
    let begins =
        |name: &str| plain(name).strip_prefix(&bare).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let begun: Vec<&(T, Vec<&str>)> =
        things.iter().filter(|(_, names)| !bare.is_empty() && names.iter().any(|name| begins(name))).collect();
    match begun[..] {
        [(found, _)] => Ok(found.clone()),
        [] => {
            let near = things.iter().enumerate().map(|(place, (_, names))| (place, names.iter().copied()));
            match meant(typed, near) {
                Meant::Near(place) => Err(things[place].1.last().copied()),
                _ => Err(None),
            }
        }
        _ => Err(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_known_by_peoples_words() {
        for typed in ["Tại quầy", "trực tiếp", "TRUC TIEP", "counter"] {
            assert_eq!(channel(typed), Some(Channel::Counter), "{typed}");
        }
        assert_eq!(channel("Trực tuyến"), Some(Channel::Online));
        assert_eq!(channel("qua bưu điện"), None);
    }

    #[test]
    fn a_point_began_today_or_on_a_day_that_has_been() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a day");
        let then = NaiveDate::from_ymd_opt(2025, 7, 1);
        assert_eq!(
            [opened(" ", today), opened("1/7/2025", today), opened("2025-07-01", today)],
            [Some(today), then, then]
        );
        for wrong in ["15/03/2026", "31/02/2026", "01/07/1925", "năm ngoái"] {
            assert_eq!(opened(wrong, today), None, "{wrong}");
        }
    }

    #[test]
    fn a_shortened_name_means_the_one_that_it_begins() {
        let fields = [(1, vec!["judicial", "Tư pháp – hộ tịch"]), (2, vec!["land", "Đất đai"])];
        assert_eq!(named("Tư pháp", &fields), Ok(1));
        assert_eq!(named("đất đai", &fields), Ok(2));
        assert_eq!(named("Đất", &fields), Ok(2));
        assert_eq!(named("Dat dei", &fields), Err(Some("Đất đai")));
        assert_eq!(named("Thuế", &fields), Err(None));
    }
}
