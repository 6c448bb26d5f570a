//! Vietnamese as one reads it aloud: numbers, shares and days in words, for broadcasts, in which no digit stands.
//!
//! Numerals after the rules of CLDR (`common/rbnf/vi.xml`, spellout-cardinal): after twenty `mốt`, `tư`, `lăm`; after ten `lăm`; an empty
//! place of tens is `linh`, as in the North, where CLDR writes the South's `lẻ`; an empty place of hundreds is `không trăm`.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

const UNITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

/// A whole number in words.
pub fn number(whole: u64) -> String {
    const BILLION: u64 = 1_000_000_000;
    if whole >= BILLION {
        let rest = whole % BILLION;
        let billions = format!("{} tỷ", number(whole / BILLION));
        return if rest == 0 { billions } else { format!("{billions} {}", below_billion(rest, true)) };
    }
    below_billion(whole, false)
}

/// Millions, thousands and what is left; `after` says that something greater was said before.
fn below_billion(whole: u64, mut after: bool) -> String {
    if whole == 0 {
        return UNITS[0].to_owned();
    }
    let mut words = Vec::new();
    for (size, name) in [(1_000_000, " triệu"), (1_000, " nghìn"), (1, "")] {
        let group = whole / size % 1_000;
        if group > 0 {
            words.push(format!("{}{name}", below_thousand(group, after)));
            after = true;
        }
    }
    words.join(" ")
}

/// Three places; after something greater all of them are said.
fn below_thousand(group: u64, after: bool) -> String {
    let digit = |size: u64| usize::try_from(group / size % 10).unwrap_or_default();
    let (hundreds, tens, units) = (digit(100), digit(10), digit(1));
    let mut words = Vec::new();
    if hundreds > 0 || after {
        words.push(format!("{} trăm", UNITS[hundreds]));
    }
    let greater = !words.is_empty();
    match (tens, units) {
        (0, 0) => {}
        (0, _) if greater => words.push(format!("linh {}", UNITS[units])),
        (0, _) => words.push(UNITS[units].to_owned()),
        (1, 0) => words.push("mười".to_owned()),
        (1, 5) => words.push("mười lăm".to_owned()),
        (1, _) => words.push(format!("mười {}", UNITS[units])),
        (_, 0) => words.push(format!("{} mươi", UNITS[tens])),
        (_, 1) => words.push(format!("{} mươi mốt", UNITS[tens])),
        (_, 4) => words.push(format!("{} mươi tư", UNITS[tens])),
        (_, 5) => words.push(format!("{} mươi lăm", UNITS[tens])),
        _ => words.push(format!("{} mươi {}", UNITS[tens], UNITS[units])),
    }
    words.join(" ")
}

/// A day in words: `ngày mùng năm tháng tư năm hai nghìn không trăm hai mươi sáu`. The first ten days are `mùng`, the fourth month is `tư`.
pub fn day(day: NaiveDate) -> String {
    let first = if day.day() <= 10 { "mùng " } else { "" };
    format!(
        "ngày {first}{} tháng {} năm {}",
        number(day.day().into()),
        month(day.month()),
        number(day.year().unsigned_abs().into())
    )
}

fn month(month: u32) -> String {
    if month == 4 { "tư".to_owned() } else { number(month.into()) }
}

/// A text with every number, share and day in words and the abbreviations of offices spelled out. Digits within a word (a code) are said one
/// by one.
pub fn aloud(text: &str) -> String {
    let mut said = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(place) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(place);
        said.push_str(before);
        let end = from.find(|c: char| !(c.is_ascii_digit() || "./,".contains(c))).unwrap_or(from.len());
        // A point or comma that ends a sentence belongs to the sentence.
        let token = from[..end].trim_end_matches(['.', ',', '/']);
        rest = &from[token.len()..];
        let last = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default().to_lowercase();
        let glued = before.chars().next_back().is_some_and(char::is_alphabetic);
        if glued {
            said.push(' ');
        }
        said.push_str(&token_aloud(token, &last, glued));
        if let Some(after) = rest.strip_prefix('%') {
            said.push_str(" phần trăm");
            rest = after;
        } else if rest.chars().next().is_some_and(char::is_alphabetic) {
            said.push(' ');
        }
    }
    said.push_str(rest);
    spelled_out(&said)
}

/// A run of digits with what parts them, after the word `last`.
fn token_aloud(token: &str, last: &str, glued: bool) -> String {
    let parts: Vec<&str> = token.split('/').collect();
    if let [of_day, of_month, year] = parts.as_slice()
        && let (Ok(d), Ok(m), Ok(y)) = (of_day.parse(), of_month.parse(), year.parse())
        && let Some(known) = NaiveDate::from_ymd_opt(y, m, d)
    {
        let words = day(known);
        // "Ngày" was said already.
        return if last == "ngày" { words.trim_start_matches("ngày ").to_owned() } else { words };
    }
    if parts.len() > 1 {
        return parts.iter().map(|part| whole_aloud(part)).collect::<Vec<_>>().join(" trên ");
    }
    if glued {
        return digits_aloud(token);
    }
    match (last, token.parse::<u64>()) {
        ("tháng", Ok(4)) => "tư".to_owned(),
        ("ngày", Ok(known @ 1..=10)) => format!("mùng {}", number(known)),
        _ => whole_aloud(token),
    }
}

/// `1.234` and `87,5`, as Vietnamese writes them; what begins with a nought is said digit by digit.
fn whole_aloud(token: &str) -> String {
    let (whole, decimals) = token.split_once(',').map_or((token, None), |(whole, decimals)| (whole, Some(decimals)));
    let grouped = whole.split('.').skip(1).all(|group| group.len() == 3);
    let digits = whole.replace('.', "");
    let known = digits.parse::<u64>().ok().filter(|_| grouped);
    let short = |digits: &str| digits.len() <= 2 || !digits.starts_with('0');
    let mut said = match known {
        Some(known) if short(&digits) => number(known),
        _ => digits_aloud(whole),
    };
    if let Some(decimals) = decimals {
        let words = match decimals.parse::<u64>() {
            Ok(known) if !decimals.starts_with('0') && decimals.len() <= 2 => number(known),
            _ => digits_aloud(decimals),
        };
        // Writing to a String cannot fail.
        let _ = write!(said, " phẩy {words}");
    }
    said
}

fn digits_aloud(token: &str) -> String {
    let digits = token.chars().filter_map(|c| c.to_digit(10)).filter_map(|digit| UNITS.get(digit as usize).copied());
    digits.collect::<Vec<_>>().join(" ")
}

/// Roman quarters and what offices abbreviate.
fn spelled_out(text: &str) -> String {
    const WORDS: [(&str, &str); 12] = [
        ("quý III", "quý ba"),
        ("quý II", "quý hai"),
        ("quý IV", "quý bốn"),
        ("quý I", "quý một"),
        ("Quý III", "Quý ba"),
        ("Quý II", "Quý hai"),
        ("Quý IV", "Quý bốn"),
        ("Quý I", "Quý một"),
        ("UBND", "Ủy ban nhân dân"),
        ("HĐND", "Hội đồng nhân dân"),
        ("TTHC", "thủ tục hành chính"),
        ("Ông/Bà", "ông bà"),
    ];
    WORDS.iter().fold(text.to_owned(), |text, (short, long)| text.replace(short, long))
}

/// How many syllables it takes to say a text: Vietnamese writes each by itself.
pub fn syllables(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read off CLDR's rules for Vietnamese (`vi.xml`, spellout-cardinal), with `linh` for `lẻ`.
    #[test]
    fn numbers_are_said_as_the_grammar_says_them() {
        for (whole, words) in [
            (0, "không"),
            (4, "bốn"),
            (5, "năm"),
            (10, "mười"),
            (11, "mười một"),
            (14, "mười bốn"),
            (15, "mười lăm"),
            (20, "hai mươi"),
            (21, "hai mươi mốt"),
            (24, "hai mươi tư"),
            (25, "hai mươi lăm"),
            (55, "năm mươi lăm"),
            (99, "chín mươi chín"),
            (100, "một trăm"),
            (101, "một trăm linh một"),
            (105, "một trăm linh năm"),
            (111, "một trăm mười một"),
            (121, "một trăm hai mươi mốt"),
            (300, "ba trăm"),
            (1_000, "một nghìn"),
            (1_005, "một nghìn không trăm linh năm"),
            (1_020, "một nghìn không trăm hai mươi"),
            (1_234, "một nghìn hai trăm ba mươi tư"),
            (2_026, "hai nghìn không trăm hai mươi sáu"),
            (20_105, "hai mươi nghìn một trăm linh năm"),
            (1_000_000, "một triệu"),
            (1_000_005, "một triệu không trăm linh năm"),
            (2_015_000, "hai triệu không trăm mười lăm nghìn"),
            (1_000_000_000, "một tỷ"),
            (3_000_000_021, "ba tỷ không trăm hai mươi mốt"),
        ] {
            assert_eq!(number(whole), words, "{whole}");
        }
    }

    #[test]
    fn days_shares_and_grouped_numbers_are_said_in_words() {
        for (written, said) in [
            ("87,5%", "tám mươi bảy phẩy năm phần trăm"),
            ("89,96%", "tám mươi chín phẩy chín mươi sáu phần trăm"),
            ("90,05%", "chín mươi phẩy không năm phần trăm"),
            ("1.234 người", "một nghìn hai trăm ba mươi tư người"),
            ("ngày 14/03/2026.", "ngày mười bốn tháng ba năm hai nghìn không trăm hai mươi sáu."),
            ("từ 05/04/2026", "từ ngày mùng năm tháng tư năm hai nghìn không trăm hai mươi sáu"),
            ("tháng 4 năm 2026", "tháng tư năm hai nghìn không trăm hai mươi sáu"),
            ("ngày 2 tháng 9", "ngày mùng hai tháng chín"),
            ("quý III năm 2026", "quý ba năm hai nghìn không trăm hai mươi sáu"),
            ("Gọi 02438", "Gọi không hai bốn ba tám"),
            ("quầy số 01, tầng 2.", "quầy số một, tầng hai."),
            ("8 trên 10", "tám trên mười"),
            ("Kế hoạch 81/KH-UBND", "Kế hoạch tám mươi mốt/KH-Ủy ban nhân dân"),
            ("mẫu A4", "mẫu A bốn"),
            ("15h30", "mười lăm h ba không"),
        ] {
            assert_eq!(aloud(written), said, "{written}");
        }
    }

    #[test]
    fn no_digit_is_left_whatever_is_written() {
        for text in ["1/2", "3.14.15", "0,005", "2026-2030", "99999999999999999999999", "7,", "1..2", "12,34,56"] {
            let said = aloud(text);
            assert!(!said.chars().any(|c| c.is_ascii_digit()), "{text}: {said}");
        }
    }

    #[test]
    fn syllables_are_counted_as_they_are_written() {
        assert_eq!(syllables("Kính thưa Ông/Bà – xin chào!"), 5);
    }
}
