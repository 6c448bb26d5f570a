//! Values as people type them into a spreadsheet: counts, shares, months, days; and names without their marks.

use chrono::{Datelike, NaiveDate};
use icu_normalizer::DecomposingNormalizer;

/// Small letters without marks, anything else one space: `Số hồ sơ (đã giải quyết)` becomes `so ho so da giai quyet`.
pub(super) fn plain(text: &str) -> String {
    // The marks that decomposing sets loose fall out between the letters without leaving a space.
    let decomposed = DecomposingNormalizer::new_nfd().normalize(text);
    let mut plain = String::with_capacity(text.len());
    for letter in decomposed.chars().flat_map(char::to_lowercase) {
        match letter {
            'đ' => plain.push('d'),
            letter if letter.is_alphanumeric() => plain.push(letter),
            '\u{300}'..='\u{36f}' => {}
            _ if plain.ends_with(' ') || plain.is_empty() => {}
            _ => plain.push(' '),
        }
    }
    plain.trim_end().to_owned()
}

/// A whole number as `1234`, `1.234` or `1 234`; none for anything else, `1,234` included, which is a fraction in Vietnamese.
pub(super) fn count(typed: &str) -> Option<u64> {
    let groups: Vec<&str> = typed.split(['.', ' ', '\u{a0}', '\u{202f}']).collect();
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let [first, rest @ ..] = groups.as_slice() else { return None };
    let grouped = rest.iter().all(|group| group.len() == 3 && digits(group));
    if !digits(first) || !grouped || (!rest.is_empty() && first.len() > 3) {
        return None;
    }
    groups.concat().parse().ok()
}

/// A civil day as `14/03/2026`, `14-3-2026`, `14.03.2026` or `2026-03-14`.
pub(super) fn day(typed: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = typed.split(['/', '-', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let (day, month, year) = if a.len() == 4 { (c, b, a) } else { (a, b, c) };
    if year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The first day of a month as `03/2026`, `2026-03`, `Tháng 3/2026`, `tháng 3 năm 2026`, or of a day in it.
pub(super) fn month(typed: &str) -> Option<NaiveDate> {
    if let Some(day) = day(typed) {
        return day.with_day(1);
    }
    let plain = plain(typed);
    let numbers: Vec<&str> =
        plain.split(' ').filter(|word| !matches!(*word, "thang" | "nam" | "month" | "t")).collect();
    let [a, b] = numbers.as_slice() else { return None };
    let (month, year) = if a.len() == 4 { (b, a) } else { (a, b) };
    if year.len() != 4 || month.len() > 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

/// A share in millionths, from `87,5%`, `87,5`, `87.5` or `0,875`: up to 1 without a percent sign is a fraction. None outside
/// of 0 to 100 %.
pub(super) fn share(typed: &str) -> Option<u32> {
    let (number, percent) = match typed.trim().strip_suffix('%') {
        Some(number) => (number.trim(), true),
        None => (typed.trim(), false),
    };
    let digits = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.');
    let value: f64 = number.replace(',', ".").parse().ok().filter(|_| digits)?;
    let percents = if !percent && value <= 1.0 { value * 100.0 } else { value };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100 %")]
    (0.0..=100.0).contains(&percents).then(|| (percents * 10_000.0).round() as u32)
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
    fn headings_are_read_with_and_without_marks() {
        for text in ["Số hồ sơ", "SO HO SO", " số  hồ_sơ ", "Sô\u{301} hô\u{300} sơ"] {
            assert_eq!(plain(text), "so ho so", "{text}");
        }
        assert_eq!(plain("Đơn vị (mã hoặc tên)"), "don vi ma hoac ten");
    }

    #[test]
    fn counts_are_read_as_vietnamese_writes_them() {
        for (typed, number) in [("0", 0), ("12", 12), ("1.234", 1234), ("12 345", 12345), ("1.234.567", 1_234_567)] {
            assert_eq!(count(typed), Some(number), "{typed}");
        }
        for typed in ["", "1,234", "1.23", "1234.567", "-3", "3,5", "ba", ".123", "1..234", "99999999999999999999"] {
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
        for typed in ["", "101", "-1", "1e1", "inf", "87,5,1", "cao"] {
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
        for typed in ["14/03/2026", "14/3/2026", "14-03-2026", "14.3.2026", "2026-03-14"] {
            assert_eq!(day(typed), of(2026, 3, 14), "{typed}");
        }
        for typed in ["03/14/2026", "14/03/26", "31/02/2026", "14/03", "hôm qua"] {
            assert_eq!(day(typed), None, "{typed}");
        }
        for typed in ["03/2026", "3/2026", "2026-03", "Tháng 3/2026", "thang 03 nam 2026", "14/03/2026"] {
            assert_eq!(month(typed), of(2026, 3, 1), "{typed}");
        }
        for typed in ["13/2026", "03/26", "2026", "quý I/2026", "3"] {
            assert_eq!(month(typed), None, "{typed}");
        }
    }
}
