//! Codes made from Vietnamese names: `Phường Cầu Giấy` becomes `phuong-cau-giay`. Names in English beside them.

use crate::db::UnitKind;

/// The most characters of a code.
pub const CODE_MAX: usize = 60;

/// A code made from a name; empty when the name holds no letter or digit.
pub fn slug(name: &str) -> String {
    let mut code = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match plain(letter) {
            // A loose mark belongs to the letter before it.
            None if ('\u{300}'..='\u{36f}').contains(&letter) => {}
            Some(letter) => code.push(letter),
            None if code.ends_with('-') || code.is_empty() => {}
            None => code.push('-'),
        }
    }
    let cut: String = code.chars().take(CODE_MAX).collect();
    cut.trim_matches('-').to_owned()
}

/// Whether a code is written as codes are: small letters, digits, hyphens, a letter first.
pub fn is_code(code: &str) -> bool {
    code.len() <= CODE_MAX
        && code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
        && !code.ends_with('-')
        && !code.contains("--")
}

/// The letter without its marks, when it is a letter of Vietnamese or a digit.
fn plain(letter: char) -> Option<char> {
    const FAMILIES: [(char, &str); 7] = [
        ('a', "àáảãạăằắẳẵặâầấẩẫậ"),
        ('d', "đ"),
        ('e', "èéẻẽẹêềếểễệ"),
        ('i', "ìíỉĩị"),
        ('o', "òóỏõọôồốổỗộơờớởỡợ"),
        ('u', "ùúủũụưừứửữự"),
        ('y', "ỳýỷỹỵ"),
    ];
    if letter.is_ascii_lowercase() || letter.is_ascii_digit() {
        return Some(letter);
    }
    FAMILIES.iter().find(|(_, family)| family.contains(letter)).map(|(plain, _)| *plain)
}

/// What a ward's or commune's full name says it is; none when it does not begin with a kind.
pub fn commune_kind(name: &str) -> Option<UnitKind> {
    let ((kind, _), _) = split_kind(name, &COMMUNES)?;
    Some(if kind == COMMUNES[0].0 { UnitKind::Ward } else { UnitKind::Commune })
}

/// Whether a name begins as those of cities and provinces do.
pub fn is_province(name: &str) -> bool {
    split_kind(name, &PROVINCES).is_some()
}

/// The English name of a ward, commune, city or province; the Vietnamese one where its kind is not known.
pub fn english(name: &str) -> String {
    let known = split_kind(name, &COMMUNES).or_else(|| split_kind(name, &PROVINCES));
    known.map_or_else(|| name.to_owned(), |((_, english), rest)| format!("{rest} {english}"))
}

/// A full name as it stands within a sentence: `phường Cầu Giấy`.
pub fn within_sentence(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

type Kinds = [(&'static str, &'static str); 3];

const COMMUNES: Kinds = [("phường", "Ward"), ("xã", "Commune"), ("đặc khu", "Special Zone")];
const PROVINCES: Kinds = [("thành phố", "City"), ("tỉnh", "Province"), ("tp.", "City")];

/// The kind that a name begins with, and what follows.
fn split_kind<'a>(name: &'a str, kinds: &Kinds) -> Option<((&'static str, &'static str), &'a str)> {
    kinds.iter().find_map(|(kind, english)| {
        let end = name.char_indices().nth(kind.chars().count()).map(|(end, _)| end)?;
        let (begin, rest) = name.split_at(end);
        let rest = rest.strip_prefix(' ')?.trim();
        (begin.to_lowercase() == *kind && !rest.is_empty()).then_some(((*kind, *english), rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_plans() {
        // The codes that plans/*.toml carry for these names.
        for (name, code) in [
            ("Phường Cầu Giấy", "phuong-cau-giay"),
            ("Phường Ô Chợ Dừa", "phuong-o-cho-dua"),
            ("Xã Ô Diên", "xa-o-dien"),
            ("Thành phố Hải Phòng", "thanh-pho-hai-phong"),
        ] {
            assert_eq!(slug(name), code);
            assert!(is_code(code));
        }
        assert_eq!(slug("  Trường THCS «Đèn Sao» – số 2 "), "truong-thcs-den-sao-so-2");
        assert_eq!(slug("Phu\u{31b}o\u{31b}\u{300}ng"), "phuong", "loose marks are dropped with the letter kept");
        assert_eq!(slug("…"), "");
        for bad in ["", "2-a", "a--b", "a-", "A", "a b", "ă"] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    #[test]
    fn kinds_and_english_names_follow_from_the_full_name() {
        assert_eq!(commune_kind("Phường Cầu Giấy"), Some(UnitKind::Ward));
        assert_eq!(commune_kind("XÃ Ô Diên"), Some(UnitKind::Commune));
        assert_eq!(commune_kind("Cầu Giấy"), None);
        assert_eq!(commune_kind("Phường"), None);
        assert_eq!(commune_kind("Xãx"), None);
        assert!(is_province("Tỉnh Lào Cai") && !is_province("Lào Cai"));
        assert_eq!(english("Phường Cầu Giấy"), "Cầu Giấy Ward");
        assert_eq!(english("Thành phố Hà Nội"), "Hà Nội City");
        assert_eq!(english("Trạm Y tế"), "Trạm Y tế");
        assert_eq!(within_sentence("Phường Cầu Giấy"), "phường Cầu Giấy");
    }
}
