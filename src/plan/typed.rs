//! Values of a plan as people type them: days, percentages, names of periods and of fields.

use chrono::NaiveDate;

use super::FieldOfService;
use super::file::ALL_FIELDS;

/// A day: `14/03/2026`, `14-3-2026`, `14.3.2026` or `2026-03-14`.
pub fn day(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.trim().split(['/', '-', '.']).map(str::trim).collect();
    let [first, month, last] = parts[..] else { return None };
    let digits = |text: &str, most: usize| {
        let sound = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let year = Some(year).filter(|year| year.len() == 4).and_then(|year| digits(year, 4))?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(month, 2)?, digits(day, 2)?)
}

/// A share as people type it, above 0: `90`, `90%`, `90,5 %`, or as a fraction, `0,9`.
pub fn share(text: &str) -> Option<f64> {
    let (digits, place) = spelled(text)?;
    // One division of whole numbers: the double next to what was typed, as a file's `0.90` is.
    #[expect(clippy::cast_precision_loss, reason = "what a share needs of its digits fits")]
    let share = digits as f64 / 10_f64.powi(i32::try_from(place).ok()?);
    (share > 0.0).then_some(share)
}

/// The same in millionths, 0 included.
pub fn millionths(text: &str) -> Option<u32> {
    let (digits, place) = spelled(text)?;
    let whole = 10_u128.pow(place);
    u32::try_from((u128::from(digits) * 1_000_000 + whole / 2) / whole).ok()
}

/// The one reading of a share, from 0 to 1: its digits, and how many places behind the comma they begin. With a percent sign it is a percentage.
/// Without one it is a fraction up to 1, as a spreadsheet keeps it, and a percentage above 10; between them it may be either, or a mean score,
/// and is none: `4,31` means nothing until its sign is written.
fn spelled(text: &str) -> Option<(u64, u32)> {
    let (number, marked) = match text.trim().strip_suffix('%') {
        Some(number) => (number.trim(), true),
        None => (text.trim(), false),
    };
    let (whole, rest) = number.split_once([',', '.']).unwrap_or((number, ""));
    let sound = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !sound(whole) || !sound(rest) {
        return None;
    }
    if number.contains([',', '.']) && rest.is_empty() {
        return None;
    }
    let rest = &rest[..rest.len().min(PLACES_MAX)];
    let digits: u64 = format!("{whole}{rest}").parse().ok()?;
    let place = u32::try_from(rest.len()).ok()?;
    let one = 10_u64.pow(place);
    let is_fraction = !marked && digits <= one;
    if !marked && !is_fraction && digits <= 10 * one {
        return None;
    }
    let behind = place + if is_fraction { 0 } else { 2 };
    (u128::from(digits) <= 10_u128.pow(behind)).then_some((digits, behind))
}

/// The places behind the comma that count; of one in twelve a spreadsheet writes one more.
const PLACES_MAX: usize = 16;

/// A share as Vietnamese documents write it, and as it is typed: 0.875 is `87,5%`. At most two decimals, none that are 0.
///
/// For targets, which are written by people. A measured figure is rounded by the report, which never rounds it
/// across a target.
pub fn percent(share: f64) -> String {
    let percent = format!("{:.2}", share * 100.0);
    let percent = percent.trim_end_matches('0').trim_end_matches('.');
    format!("{}%", percent.replace('.', ","))
}

/// The kind of a period by its word or name, with the year where the name holds one: `q1`, `Quý I/2026`, `6 tháng`, `Năm`.
pub fn period(text: &str) -> Option<(&'static str, Option<i32>)> {
    let small = text.to_lowercase().replace(['/', '-', ',', '.'], " ");
    let mut year = None;
    let mut words = Vec::new();
    for word in small.split_whitespace() {
        match word.parse::<i32>() {
            Ok(number) if number >= 1000 => year = Some(number),
            _ => words.push(word),
        }
    }
    let kind = match words[..] {
        ["q1"] | ["quý", "i" | "1"] => "q1",
        ["q2"] | ["quý", "ii" | "2"] => "q2",
        ["q3"] | ["quý", "iii" | "3"] => "q3",
        ["q4"] | ["quý", "iv" | "4"] => "q4",
        ["h1"] | ["6" | "sáu", "tháng"] | ["6" | "sáu", "tháng", "đầu", "năm"] => "h1",
        ["9m"] | ["9" | "chín", "tháng"] | ["9" | "chín", "tháng", "đầu", "năm"] => "9m",
        ["year" | "năm"] | ["cả", "năm"] => "year",
        _ => return None,
    };
    Some((kind, year))
}

/// Fields by their identifiers or names between commas or semicolons; empty for all. Names may hold commas themselves, so the
/// longest run of pieces that is a name is taken.
///
/// # Errors
/// What is no field.
pub fn fields(text: &str, known: &[FieldOfService]) -> Result<Vec<String>, String> {
    let small = text.trim().to_lowercase();
    if matches!(small.as_str(), "" | ALL_FIELDS | "tất cả" | "tất cả lĩnh vực" | "mọi lĩnh vực") {
        return Ok(Vec::new());
    }
    let pieces: Vec<String> = small.split([',', ';', '|']).map(|piece| piece.trim().to_owned()).collect();
    let mut found: Vec<String> = Vec::new();
    let mut from = 0;
    while from < pieces.len() {
        let runs = (from + 1..=pieces.len()).rev().map(|to| (to, pieces[from..to].join(", ")));
        let named = runs.into_iter().find_map(|(to, text)| {
            let field = known.iter().find(|field| field.id == text || field.name_vi.to_lowercase() == text)?;
            Some((to, field))
        });
        match named {
            Some((to, field)) => {
                if !found.contains(&field.id) {
                    found.push(field.id.clone());
                }
                from = to;
            }
            None if pieces[from].is_empty() => from += 1,
            None => return Err(pieces[from].clone()),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_day_first_or_as_iso() {
        let expected = NaiveDate::from_ymd_opt(2026, 3, 4);
        for text in ["04/03/2026", "4/3/2026", "4-3-2026", "4.3.2026", "2026-03-04", " 04 / 03 / 2026 "] {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in ["31/02/2026", "3/2026", "04/03/26", "4/3/2026/1", "mai", ""] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_typed_percentage_is_the_double_that_a_file_says() {
        for (text, value) in
            [("90", 0.90), ("90%", 0.90), ("90,5 %", 0.905), ("0,9", 0.9), ("87.5", 0.875), ("100", 1.0), ("1%", 0.01)]
        {
            assert_eq!(share(text).map(f64::to_bits), Some(f64::to_bits(value)), "{text}");
        }
        for text in ["", "0", "101", "chín mươi", "-5", "9 0", "90,", "1000"] {
            assert_eq!(share(text), None, "{text}");
        }
        // One spelling means one thing in plans and in files of figures, or nothing in both.
        for (text, of_million) in [
            ("1", Some(1_000_000)),
            ("4,31%", Some(43_100)),
            ("0,0431", Some(43_100)),
            ("0,3333333333333333", Some(333_333)),
            // 1/12 and 3/7 as a spreadsheet writes them.
            ("0,08333333333333333", Some(83_333)),
            ("0,42857142857142855", Some(428_571)),
            ("10,01", Some(100_100)),
            ("4,31", None),
            ("5", None),
            ("10", None),
            ("1,01", None),
        ] {
            assert_eq!(millionths(text), of_million, "{text}");
            assert_eq!(share(text).map(|share| (share * 1e6).round()), of_million.map(f64::from), "{text}");
        }
    }

    #[test]
    fn a_share_is_written_as_vietnamese_documents_write_it() {
        assert_eq!(percent(0.9), "90%");
        assert_eq!(percent(0.875), "87,5%");
        assert_eq!(percent(0.8725), "87,25%");
        assert_eq!(percent(1.0), "100%");
    }

    #[test]
    fn periods_are_known_by_their_names() {
        for (text, kind) in [
            ("q1", ("q1", None)),
            ("Quý I/2026", ("q1", Some(2026))),
            ("quý 3", ("q3", None)),
            ("6 tháng đầu năm 2026", ("h1", Some(2026))),
            ("Cả năm", ("year", None)),
            ("Năm 2027", ("year", Some(2027))),
        ] {
            assert_eq!(period(text), Some(kind), "{text}");
        }
        assert_eq!(period("quý V"), None);
    }
}
