//! Numbers and dates as readers write them: `87,5%`, `1.234`, `14/03/2026` in Vietnamese, `87.5%`, `1,234` in English.
//!
//! Vietnamese after CLDR 45 (decimal comma, groups from four digits, percent without space) and Decree 30/2020
//! (dates of documents). Inside and in JSON everything stays a fraction and an ISO date.

use chrono::{Datelike, NaiveDate};

use crate::index::rounding::percent_digits;

/// Language of a page or file for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// The language of a tag as in `vi`, if there is one.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "vi" => Some(Self::Vi),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    pub fn tag(self) -> &'static str {
        self.choose("vi", "en")
    }

    /// `vi` or `en`.
    pub fn choose<T>(self, vi: T, en: T) -> T {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }
}

/// A share as in `87,5%`: one decimal, or as many as keep it on its side of each of `minima` (all fractions).
pub fn share(fraction: f64, minima: &[f64], language: Language) -> String {
    format!("{}%", localised(&percent_digits(fraction, minima), language))
}

/// An interval as in `85,1–89,7%`, each bound on its side of each of `minima`.
pub fn interval(low: f64, high: f64, minima: &[f64], language: Language) -> String {
    let (low, high) = (percent_digits(low, minima), percent_digits(high, minima));
    format!("{}–{}%", localised(&low, language), localised(&high, language))
}

/// A difference of two shares in percentage points, signed: `+12,3`, `−4,0`, `0,0`.
pub fn points(fraction: f64, language: Language) -> String {
    let digits = localised(&format!("{:.1}", fraction.abs() * 100.0), language);
    match fraction {
        _ if digits.chars().all(|digit| !digit.is_ascii_digit() || digit == '0') => digits,
        fraction if fraction < 0.0 => format!("−{digits}"),
        _ => format!("+{digits}"),
    }
}

/// The minimum of a target as the plan writes it: `90%`, `89,5%`.
pub fn minimum(fraction: f64, language: Language) -> String {
    let digits = format!("{:.4}", fraction * 100.0);
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{}%", localised(digits, language))
}

/// A mean of the levels as in `4,31`.
pub fn mean(score: f64, language: Language) -> String {
    localised(&format!("{score:.2}"), language)
}

/// A number with so many decimals, as in `4,3`.
pub fn decimal(number: f64, decimals: usize, language: Language) -> String {
    localised(&format!("{number:.decimals$}"), language)
}

/// A count as in `1.234`.
pub fn count(number: u64, language: Language) -> String {
    localised(&number.to_string(), language)
}

/// A day as in `14/03/2026`.
pub fn date(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// A day as documents write it: `ngày 14 tháng 3 năm 2026`, with a leading zero for days below 10 and for months 1
/// and 2 (Decree 30/2020); in English `14 March 2026`.
pub fn long_date(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Vi => {
            let month = if day.month() <= 2 { format!("{:02}", day.month()) } else { day.month().to_string() };
            format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
        }
        Language::En => day.format("%-d %B %Y").to_string(),
    }
}

/// The text with a small first letter, unless its first word is an abbreviation.
pub fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// The text with a capital first letter.
pub fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The name of a unit within a sentence: "phường Cầu Giấy", not "Phường Cầu Giấy".
pub fn in_a_sentence(unit: &str) -> String {
    let kinds = [
        ("Phường ", "phường "),
        ("Xã ", "xã "),
        ("Đặc khu ", "đặc khu "),
        ("Thành phố ", "thành phố "),
        ("Tỉnh ", "tỉnh "),
    ];
    for (capital, small) in kinds {
        if let Some(name) = unit.strip_prefix(capital) {
            return format!("{small}{name}");
        }
    }
    unit.to_owned()
}

/// Digits with an optional decimal point, grouped and pointed as the language does.
fn localised(digits: &str, language: Language) -> String {
    let (group, point) = language.choose(('.', ','), (',', '.'));
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut text = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if let Some(decimals) = decimals {
        text.push(point);
        text.push_str(decimals);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const VI: Language = Language::Vi;
    const EN: Language = Language::En;

    #[test]
    fn shares_use_the_decimal_comma_in_vietnamese_and_no_space() {
        assert_eq!(share(0.875, &[], VI), "87,5%");
        assert_eq!(share(0.875, &[], EN), "87.5%");
        assert_eq!(share(0.8996, &[0.9], VI), "89,96%");
        assert_eq!(share(0.899_99, &[0.9], VI), "89,999%");
        assert_eq!(interval(0.851, 0.8996, &[0.9], VI), "85,1–89,96%");
        assert_eq!(interval(0.851, 0.897, &[0.9], EN), "85.1–89.7%");
    }

    #[test]
    fn differences_carry_their_sign_but_none_at_nothing() {
        assert_eq!(points(0.123, VI), "+12,3");
        assert_eq!(points(-0.04, VI), "−4,0");
        assert_eq!(points(-0.0001, EN), "0.0");
    }

    #[test]
    fn minima_are_written_as_in_the_plan() {
        assert_eq!(minimum(0.9, VI), "90%");
        assert_eq!(minimum(0.895, VI), "89,5%");
        assert_eq!(minimum(0.58, EN), "58%");
        assert_eq!(minimum(1.0, VI), "100%");
        assert_eq!(minimum(0.0, VI), "0%");
    }

    #[test]
    fn counts_are_grouped_from_four_digits() {
        assert_eq!(count(0, VI), "0");
        assert_eq!(count(999, VI), "999");
        assert_eq!(count(1234, VI), "1.234");
        assert_eq!(count(1234, EN), "1,234");
        assert_eq!(count(12_345_678, VI), "12.345.678");
    }

    #[test]
    fn means_carry_two_decimals() {
        assert_eq!(mean(4.31, VI), "4,31");
        assert_eq!(mean(4.0, EN), "4.00");
    }

    #[test]
    fn dates_follow_decree_30_of_2020() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
        assert_eq!(date(day(2026, 3, 14)), "14/03/2026");
        assert_eq!(long_date(day(2026, 3, 14), VI), "ngày 14 tháng 3 năm 2026");
        assert_eq!(long_date(day(2026, 2, 5), VI), "ngày 05 tháng 02 năm 2026");
        assert_eq!(long_date(day(2026, 12, 9), VI), "ngày 09 tháng 12 năm 2026");
        assert_eq!(long_date(day(2026, 2, 5), EN), "5 February 2026");
    }
}
