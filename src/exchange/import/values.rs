//! Values as people and programs write them into tables: counts, shares, months, days, periods. What may mean two things is
//! understood by nobody here.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use super::names::plain;
use crate::plan::typed::millionths;
use crate::table::day_of_serial;

/// A whole number as `1234`, `1.234`, `1 234`, or `12.0` as statistics programs write it; none for anything else, `1,234` included,
/// which is a fraction in Vietnamese.
pub fn count(typed: &str) -> Option<u64> {
    let typed = whole(typed.trim());
    let groups: Vec<&str> = typed.split(['.', ' ', '\u{a0}', '\u{202f}']).collect();
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let [first, rest @ ..] = groups.as_slice() else { return None };
    let grouped = rest.iter().all(|group| group.len() == 3 && digits(group));
    if !digits(first) || !grouped || (!rest.is_empty() && first.len() > 3) {
        return None;
    }
    groups.concat().parse().ok()
}

/// A number without the zeros behind its comma or dot that make no fraction: `5.0` and `5,00` are `5`. Three zeros are thousands.
pub(super) fn whole(typed: &str) -> &str {
    match typed.rsplit_once(['.', ',']) {
        Some((number, "0" | "00")) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => number,
        _ => typed,
    }
}

/// A civil day: `14/03/2026`, `14-3-2026`, `14.03.26`, `2026-03-14`, `Thứ bảy, ngày 14 tháng 3 năm 2026`, with a time of day or
/// without, or the number that a spreadsheet keeps for it. Days stand before months.
pub(super) fn day(typed: &str, from_1904: bool) -> Option<NaiveDate> {
    let typed = typed.trim();
    // A moment with its distance from Greenwich belongs to the day that Vietnam had then.
    if let Ok(moment) = DateTime::parse_from_rfc3339(&typed.replacen(' ', "T", 1)) {
        return Some(moment.with_timezone(&FixedOffset::east_opt(7 * 3600)?).date_naive());
    }
    if typed.len() == 5 && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        let serial = typed.parse().ok()?;
        return day_of_serial(serial, from_1904).filter(|day| (1990..2100).contains(&day.year()));
    }
    let mut numbers = Vec::new();
    // The `T` of ISO 8601 stands behind a digit, that of “Thứ bảy” does not.
    let mut before = ' ';
    let parts = |letter: char| {
        let ends = matches!(letter, ' ' | ',') || (letter == 'T' && before.is_ascii_digit());
        before = letter;
        ends
    };
    for word in typed.split(parts).filter(|word| !word.is_empty()) {
        if numbers.len() == 3 {
            // Behind the day only a time may stand.
            let time = word.contains(':') || matches!(word.to_ascii_uppercase().as_str(), "AM" | "PM");
            if !time {
                return None;
            }
            continue;
        }
        let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
        match parts.as_slice() {
            [_, _, _] if numbers.is_empty() => numbers = parts,
            [one] if one.bytes().all(|byte| byte.is_ascii_digit()) => numbers.push(one),
            [one] if is_word_of_days(&plain(one), numbers.is_empty()) => {}
            _ => return None,
        }
    }
    let [a, b, c] = numbers.as_slice() else { return None };
    let (day, month, year) = if a.len() == 4 { (c, b, a) } else { (a, b, c) };
    let century = match year.len() {
        4 => 0,
        2 => 2000,
        _ => return None,
    };
    let digits = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(day) || !digits(month) || !digits(year) || day.len() > 2 || month.len() > 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse::<i32>().ok()? + century, month.parse().ok()?, day.parse().ok()?)
}

/// Words that stand in a day: its name first, then what its numbers are.
fn is_word_of_days(word: &str, first: bool) -> bool {
    matches!(word, "ngay" | "thang" | "nam")
        || (first && matches!(word, "thu" | "hai" | "ba" | "tu" | "sau" | "bay" | "chu" | "nhat"))
}

/// The first day of a month as `03/2026`, `2026-03`, `Tháng 3/2026`, `tháng 3 năm 2026`, or of a day in it.
pub(super) fn month(typed: &str, from_1904: bool) -> Option<NaiveDate> {
    if let Some(day) = day(typed, from_1904) {
        return day.with_day(1);
    }
    let plain = plain(typed);
    let words = plain.split(' ').filter(|word| !matches!(*word, "thang" | "nam" | "month" | "t"));
    // `T9/2026` too.
    let numbers: Vec<&str> = words.map(|word| word.strip_prefix('t').unwrap_or(word)).collect();
    let [a, b] = numbers.as_slice() else { return None };
    let (month, year) = if a.len() == 4 { (b, a) } else { (a, b) };
    if year.len() != 4 || month.len() > 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

/// A share in millionths, as plans read theirs: `87,5%`, `87,5`, `87.5` or `0,875`; none for `4,31`, which is a mean score more often.
pub(super) fn share(typed: &str) -> Option<u32> {
    millionths(typed)
}

/// The key of a period, from a year, `Quý I/2025`, `6 tháng đầu năm 2025`, or a key.
pub(super) fn period(typed: &str) -> Option<String> {
    let plain = plain(typed);
    let words: Vec<&str> = plain.split(' ').filter(|word| !matches!(*word, "nam" | "dau" | "ky")).collect();
    let year = |word: &str| word.len() == 4 && word.starts_with("20") && word.bytes().all(|byte| byte.is_ascii_digit());
    let kind = |words: &[&str]| {
        Some(match words {
            [] | ["year"] => "year",
            ["quy", "i" | "1"] | ["q1"] => "q1",
            ["quy", "ii" | "2"] | ["q2"] => "q2",
            ["quy", "iii" | "3"] | ["q3"] => "q3",
            ["quy", "iv" | "4"] | ["q4"] => "q4",
            ["6", "thang"] | ["h1"] => "h1",
            ["9", "thang"] | ["9m"] => "9m",
            _ => return None,
        })
    };
    match words.as_slice() {
        [first, rest @ ..] if year(first) => Some(format!("{first}-{}", kind(rest)?)),
        [rest @ .., last] if year(last) => Some(format!("{last}-{}", kind(rest)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_vietnamese_writes_them() {
        for (typed, number) in [
            ("0", 0),
            ("12", 12),
            ("1.234", 1234),
            ("12 345", 12345),
            ("1.234.567", 1_234_567),
            ("12.0", 12),
            ("12,00", 12),
            ("12.000", 12_000),
        ] {
            assert_eq!(count(typed), Some(number), "{typed}");
        }
        for typed in [
            "",
            "1,234",
            "1.23",
            "1234.567",
            "-3",
            "3,5",
            "ba",
            ".123",
            "1..234",
            "99999999999999999999",
            "12.5",
            "87,5%",
            "0,95",
            "1.0.0",
        ] {
            assert_eq!(count(typed), None, "{typed}");
        }
    }

    #[test]
    fn shares_are_read_with_comma_or_dot_as_percentage_or_fraction() {
        for (typed, millionths) in [
            ("87,5%", 875_000),
            ("87.53", 875_300),
            ("0,875", 875_000),
            ("1", 1_000_000),
            ("0,5 %", 5_000),
            ("100", 1_000_000),
        ] {
            assert_eq!(share(typed), Some(millionths), "{typed}");
        }
        for typed in ["", "4,31", "1,5", "10", "101", "-1", "1e1", "inf", "87,5,1", "cao"] {
            assert_eq!(share(typed), None, "{typed}");
        }
    }

    #[test]
    fn periods_are_read_as_reports_name_them() {
        for (typed, key) in [
            ("2025", "2025-year"),
            ("Năm 2025", "2025-year"),
            ("Quý III/2025", "2025-q3"),
            ("quy 4 nam 2025", "2025-q4"),
            ("6 tháng đầu năm 2025", "2025-h1"),
            ("2025-q1", "2025-q1"),
        ] {
            assert_eq!(period(typed).as_deref(), Some(key), "{typed}");
        }
        for typed in ["", "quý V/2025", "tháng 3/2025", "25", "1999"] {
            assert_eq!(period(typed), None, "{typed}");
        }
    }

    #[test]
    fn days_and_months_are_read_day_first() {
        let of = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        for typed in [
            "14/03/2026",
            "14/3/2026",
            "14-03-2026",
            "14.3.2026",
            "2026-03-14",
            "14/03/26",
            "14/03/2026 08:30",
            "14/03/2026 8:30:00 PM",
            "2026-03-14 00:00:00",
            "2026-03-14T23:30:00",
            // The evening before in Greenwich is this day in Vietnam.
            "2026-03-13T20:00:00Z",
            "2026-03-14 06:00:00+07:00",
            "ngày 14 tháng 3 năm 2026",
            "Thứ bảy, 14/03/2026",
            // Days since 30/12/1899.
            "46095",
        ] {
            assert_eq!(day(typed, false), of(2026, 3, 14), "{typed}");
        }
        assert_eq!(day("44633", true), of(2026, 3, 14), "1462 days fewer since 01/01/1904");
        for typed in [
            "03/14/2026",
            "31/02/2026",
            "14/03",
            "hôm qua",
            "14/03/2026 sáng",
            "14/03/226",
            "1/2/3/2026",
            "2026",
            "12345",
            "460950",
        ] {
            assert_eq!(day(typed, false), None, "{typed}");
        }
        for typed in
            ["03/2026", "3/2026", "2026-03", "Tháng 3/2026", "thang 03 nam 2026", "14/03/2026", "T3/2026", "46095"]
        {
            assert_eq!(month(typed, false), of(2026, 3, 1), "{typed}");
        }
        for typed in ["13/2026", "03/26", "2026", "quý I/2026", "3"] {
            assert_eq!(month(typed, false), None, "{typed}");
        }
    }
}
