//! What a number of a workbook shows: the format of its cell says whether it is a day, a time of day, a percentage or a plain number.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

/// What the format of a cell makes of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// The number itself.
    Number,
    /// A percentage.
    Percent,
    Day,
    /// A time of day.
    Time,
}

/// How the digits of a number stand in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Digits {
    /// As many as the number has.
    #[default]
    Own,
    /// At least so many before the dot, and just so many behind it: `00000`, `0.00`.
    Fixed(usize, usize),
    /// Among other signs, or not as they are kept.
    Other,
}

/// How the digits of a number stand by a format.
pub(super) fn digits(format: u32, custom: &HashMap<u32, String>) -> Digits {
    match (custom.get(&format), format) {
        (Some(code), _) => digits_of_code(code),
        (None, 0 | 49) => Digits::Own,
        (None, 1 | 3) => Digits::Fixed(1, 0),
        (None, 2 | 4) => Digits::Fixed(1, 2),
        (None, _) => Digits::Other,
    }
}

fn digits_of_code(code: &str) -> Digits {
    let code = code.split(';').next().unwrap_or_default().trim();
    if code == "@" || code.eq_ignore_ascii_case("general") {
        return Digits::Own;
    }
    let (whole, behind) = code.split_once('.').unwrap_or((code, ""));
    let zeros = |part: &str| part.matches('0').count();
    let is_plain = whole.chars().all(|sign| matches!(sign, '0' | '#' | ',')) && behind.chars().all(|sign| sign == '0');
    if is_plain && zeros(whole) + zeros(behind) > 0 {
        Digits::Fixed(zeros(whole), zeros(behind))
    } else {
        Digits::Other
    }
}

/// A number that is somebody's name for a thing, digit by digit as its cell shows it; none where it shows others than it keeps, or where the
/// program that kept it may have lost some: a nought at the end, a digit behind the fifteenth.
pub(super) fn spelled(number: f64, digits: Digits) -> Option<String> {
    if !(0.0..1e15).contains(&number) {
        return None;
    }
    let (whole, behind) = match digits {
        Digits::Own if number.fract() == 0.0 => (1, 0),
        Digits::Own | Digits::Other => return None,
        Digits::Fixed(whole, behind) => (whole, behind),
    };
    let width = if behind > 0 { whole + 1 + behind } else { whole };
    let shown = format!("{number:0>width$.behind$}");
    shown.parse::<f64>().is_ok_and(|shown| shown.to_bits() == number.to_bits()).then_some(shown)
}

/// What the format of a number shows; `custom` are the formats of the workbook itself.
pub(super) fn shows(format: u32, custom: &HashMap<u32, String>) -> Shows {
    if let Some(code) = custom.get(&format) {
        return of_code(code);
    }
    match format {
        9 | 10 => Shows::Percent,
        14..=17 | 22 | 27..=31 | 34..=36 | 50..=58 => Shows::Day,
        18..=21 | 32 | 33 | 45..=47 => Shows::Time,
        _ => Shows::Number,
    }
}

fn of_code(code: &str) -> Shows {
    // Only the first part, for positive numbers; without texts in quotes, escaped letters and brackets as in [$-42A] or [Red].
    let (mut letters, mut plain) = (code.chars(), String::new());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.by_ref().find(|end| *end == '"')),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inside: String = letters.by_ref().take_while(|end| *end != ']').collect();
                // [h] counts hours.
                if matches!(inside.as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") {
                    return Shows::Time;
                }
            }
            ';' => break,
            letter => plain.extend(letter.to_lowercase()),
        }
    }
    let has = |letters: &[char]| plain.contains(letters);
    if plain.contains("general") {
        Shows::Number
    } else if has(&['y', 'd']) || (plain.contains('m') && !has(&['h', 's'])) {
        Shows::Day
    } else if has(&['h', 's']) {
        Shows::Time
    } else if plain.contains('%') {
        Shows::Percent
    } else {
        Shows::Number
    }
}

/// A number as a Vietnamese writes it, by what its cell shows. A day loses its time of day.
pub(super) fn text(number: f64, shows: Shows, from_1904: bool) -> String {
    match shows {
        Shows::Day => day(number, from_1904).map_or_else(|| plain(number), |day| day.format("%d/%m/%Y").to_string()),
        // What 0.07 × 100 leaves behind its tenth place is noise.
        Shows::Percent => plain((number * 1e12).round() / 1e10) + "%",
        Shows::Time if (0.0..1.0).contains(&number) => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "less than a day of minutes")]
            let minutes = (number * 1440.0).round() as u32;
            format!("{:02}:{:02}", minutes / 60, minutes % 60)
        }
        Shows::Time | Shows::Number => plain(number),
    }
}

/// `{}` prints the shortest text that means the same number: 1234, 87.5.
fn plain(number: f64) -> String {
    number.to_string().replace('.', ",")
}

/// The civil day of a spreadsheet's number, the time of day cut off: days since 30/12/1899, or since 01/01/1904.
pub fn day(serial: f64, from_1904: bool) -> Option<NaiveDate> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the year 9999")]
    let days = serial as u64;
    let first = if from_1904 { (1904, 1, 1) } else { (1899, 12, 30) };
    NaiveDate::from_ymd_opt(first.0, first.1, first.2)?.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_a_number_shows() {
        for (code, what) in [
            ("dd/mm/yyyy", Shows::Day),
            ("[$-42A]dd mmmm yyyy;@", Shows::Day),
            ("mm/yyyy", Shows::Day),
            ("\"Tháng\" m", Shows::Day),
            ("h:mm", Shows::Time),
            ("mm:ss", Shows::Time),
            ("[h]:mm", Shows::Time),
            ("0.0%", Shows::Percent),
            ("#,##0\" đồng\"", Shows::Number),
            ("#,##0\\ \"ngày\"", Shows::Number),
            ("[Red]0", Shows::Number),
            ("General", Shows::Number),
        ] {
            assert_eq!(of_code(code), what, "{code}");
        }
        assert_eq!(shows(14, &HashMap::new()), Shows::Day);
        assert_eq!(shows(14, &HashMap::from([(14, "0%".to_owned())])), Shows::Percent);
    }

    #[test]
    fn a_number_that_names_a_thing_is_spelled_as_its_cell_shows_it_or_not_at_all() {
        let of = |number: f64, code: &str| spelled(number, digits(170, &HashMap::from([(170, code.to_owned())])));
        for (number, code, shown) in [
            (123.0, "00000", Some("00123")),
            (1.1, "0.00", Some("1.10")),
            (1.1, "00.00", Some("01.10")),
            (123.0, "General", Some("123")),
            (1234.0, "#,##0", Some("1234")),
            (1.1, "General", None),
            (1.15, "0.0", None),
            (1.1, "0", None),
            (1e15, "General", None),
            (123.0, "\"HS-\"000", None),
            (46095.0, "dd/mm/yyyy", None),
            (0.5, "0.0%", None),
        ] {
            assert_eq!(of(number, code).as_deref(), shown, "{number} {code}");
        }
        assert_eq!(spelled(7.0, digits(0, &HashMap::new())).as_deref(), Some("7"));
    }

    #[test]
    fn numbers_stand_as_a_vietnamese_writes_them() {
        assert_eq!(text(1234.0, Shows::Number, false), "1234");
        assert_eq!(text(0.875, Shows::Percent, false), "87,5%");
        assert_eq!(text(0.07, Shows::Percent, false), "7%");
        // 14/03/2026 in Excel: 46095 from 1900; the Macintosh system is 1462 days behind.
        assert_eq!(text(46095.75, Shows::Day, false), "14/03/2026");
        assert_eq!(text(46095.0 - 1462.0, Shows::Day, true), "14/03/2026");
        assert_eq!(text(0.354_166_666, Shows::Time, false), "08:30");
    }
}
