//! Names compared without loss: exactly first; then as two people write one name, capitals, dashes and the place of a tone apart;
//! then, for a name typed without any mark, by its bare letters. What is only much like a name is asked for, never taken.

use icu_normalizer::DecomposingNormalizer;

/// What a typed name means among things with names.
#[derive(Debug, PartialEq, Eq)]
pub enum Meant<T> {
    One(T),
    /// Several of this name.
    Several(Vec<T>),
    /// None; this one is much like it.
    Near(T),
    None,
}

/// The thing that `typed` names; each thing comes with all its names.
pub fn meant<'n, T: Clone, N: Iterator<Item = &'n str>>(typed: &str, things: impl Iterator<Item = (T, N)>) -> Meant<T> {
    let things: Vec<(T, Vec<&str>)> = things.map(|(thing, names)| (thing, names.collect())).collect();
    let of = |is: &dyn Fn(&str) -> bool| -> Vec<T> {
        things.iter().filter(|(_, names)| names.iter().any(|name| is(name))).map(|(thing, _)| thing.clone()).collect()
    };
    let one_or_several = |mut found: Vec<T>| match found.len() {
        0 => None,
        1 => found.pop().map(Meant::One),
        _ => Some(Meant::Several(found)),
    };
    if let Some(meant) = one_or_several(of(&|name| name == typed)) {
        return meant;
    }
    let wanted = same(typed);
    if let Some(meant) = one_or_several(of(&|name| same(name) == wanted)) {
        return meant;
    }
    let bare = plain(typed);
    if bare.is_empty() {
        return Meant::None;
    }
    let alike = of(&|name| plain(name) == bare);
    if is_bare(typed) {
        if let Some(meant) = one_or_several(alike) {
            return meant;
        }
    } else if let Some(first) = alike.into_iter().next() {
        return Meant::Near(first);
    }
    let near = of(&|name| is_near(&bare, &plain(name)));
    match <[T; 1]>::try_from(near) {
        Ok([one]) => Meant::Near(one),
        Err(_) => Meant::None,
    }
}

/// Whether two names without marks are much alike: one begins the other at a word, or one letter tells them apart.
fn is_near(one: &str, other: &str) -> bool {
    let begins = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '));
    if one.len().min(other.len()) >= 4 && (begins(one, other) || begins(other, one)) {
        return true;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().min(other.len()) < 5 || one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let shared = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rest = (one.len().min(other.len())) - shared;
    let behind = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    behind + 1 >= rest.max(1) && behind + shared + 1 >= one.len().max(other.len())
}

/// Whether a text has no Vietnamese mark at all, as people type who have no Vietnamese keyboard.
fn is_bare(text: &str) -> bool {
    let decomposed = DecomposingNormalizer::new_nfd().normalize(text);
    !decomposed.chars().any(|letter| matches!(letter, '\u{300}'..='\u{36f}' | 'đ' | 'Đ'))
}

/// A name in one spelling, nothing lost that tells names apart: small letters with their marks, the tone behind its syllable
/// (`hoà` and `hòa` are one word), any dash, dot or white space one space.
pub(super) fn same(text: &str) -> String {
    let decomposed = DecomposingNormalizer::new_nfd().normalize(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut tone = None;
    for letter in decomposed.chars().flat_map(char::to_lowercase) {
        match letter {
            // The five tones; other marks belong to their letter.
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tone = Some(letter),
            letter if letter.is_alphanumeric() || matches!(letter, '\u{302}' | '\u{306}' | '\u{31b}') => {
                out.push(letter);
            }
            _ => {
                out.extend(tone.take());
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
        }
    }
    out.extend(tone);
    out.truncate(out.trim_end().len());
    out
}

/// Small letters without marks, anything else one space: `Số hồ sơ (đã giải quyết)` becomes `so ho so da giai quyet`.
pub fn plain(text: &str) -> String {
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

/// A text of the old font family TCVN3 (ABC), which stores Vietnamese letters as other letters of Latin-1, in Unicode; none where
/// nothing in it is such a letter.
pub(super) fn from_tcvn3(text: &str) -> Option<String> {
    const OLD: &str = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u{ad}õøö÷ùúýûüþ¡¢§£¤¥¦";
    const NEW: &str = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ";
    if text.chars().any(|letter| letter > '\u{ff}') {
        return None;
    }
    let mut changed = false;
    let new = text.chars().map(|letter| match OLD.chars().position(|old| old == letter) {
        Some(place) => {
            changed = true;
            NEW.chars().nth(place).unwrap_or(letter)
        }
        None => letter,
    });
    let new: String = new.collect();
    changed.then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among<'a>(typed: &str, names: &[&'a str]) -> Meant<&'a str> {
        meant(typed, names.iter().map(|name| (*name, std::iter::once(*name))))
    }

    #[test]
    fn one_name_in_its_spellings_is_one_and_another_tone_is_another_name() {
        let names = ["Xã Bình Minh", "Xã Bỉnh Minh", "Phường Hòa Bình", "Tư pháp – hộ tịch", "Y tế"];
        for (typed, name) in [
            ("xã bỉnh minh", "Xã Bỉnh Minh"),
            ("XÃ  BÌNH MINH", "Xã Bình Minh"),
            ("Phường Hoà Bình", "Phường Hòa Bình"),
            ("tư pháp - hộ tịch", "Tư pháp – hộ tịch"),
            ("tu phap ho tich", "Tư pháp – hộ tịch"),
            ("Y te\u{302}\u{301}", "Y tế"),
        ] {
            assert_eq!(among(typed, &names), Meant::One(name), "{typed}");
        }
        assert_eq!(among("xa binh minh", &names), Meant::Several(vec!["Xã Bình Minh", "Xã Bỉnh Minh"]));
        for (typed, near) in
            [("Xã Bịnh Minh", "Xã Bình Minh"), ("Tư pháp", "Tư pháp – hộ tịch"), ("Phường Hòa Bin", "Phường Hòa Bình")]
        {
            assert_eq!(among(typed, &names), Meant::Near(near), "{typed}");
        }
        for typed in ["Đất đai", "", "–"] {
            assert_eq!(among(typed, &names), Meant::None, "{typed:?}");
        }
    }

    #[test]
    fn headings_are_read_with_and_without_marks() {
        for text in ["Số hồ sơ", "SO HO SO", " số  hồ_sơ ", "Sô\u{301} hô\u{300} sơ"] {
            assert_eq!(plain(text), "so ho so", "{text}");
        }
        assert_eq!(plain("Đơn vị (mã hoặc tên)"), "don vi ma hoac ten");
    }

    #[test]
    fn words_of_an_old_font_are_known() {
        for (old, new) in
            [("§iÓm phôc vô", "Điểm phục vụ"), ("Ngµy tr¶ lêi", "Ngày trả lời"), ("H×nh thøc", "Hình thức")]
        {
            assert_eq!(from_tcvn3(old).as_deref(), Some(new));
        }
        assert_eq!(from_tcvn3("giấy"), None);
        assert_eq!(from_tcvn3("plain"), None);
    }
}
