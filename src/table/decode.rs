//! The text of a file: UTF-8 and UTF-16 with and without a mark, and Windows-1258, which Vietnamese Windows calls ANSI.

use super::limits::FileFault;

/// How a text file was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, either byte first.
    Utf16,
    /// Windows-1258.
    Windows1258,
}

/// The text and how it was encoded. Nothing is guessed: bytes that are neither Unicode nor beyond doubt Windows-1258 are refused.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), FileFault> {
    let (text, encoding) = match bytes {
        [0xff, 0xfe, rest @ ..] => (wide(rest, u16::from_le_bytes), Encoding::Utf16),
        [0xfe, 0xff, rest @ ..] => (wide(rest, u16::from_be_bytes), Encoding::Utf16),
        [0xef, 0xbb, 0xbf, rest @ ..] => (String::from_utf8(rest.to_vec()).ok(), Encoding::Utf8),
        bytes if bytes.contains(&0) => {
            // Text holds no zeros; those of UTF-16 stand where the high bytes are.
            let zeros = |first: usize| bytes.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
            let unit = if zeros(1) >= zeros(0) { u16::from_le_bytes } else { u16::from_be_bytes };
            (wide(bytes, unit), Encoding::Utf16)
        }
        bytes => match std::str::from_utf8(bytes) {
            Ok(text) => (Some(text.to_owned()), Encoding::Utf8),
            Err(_) => (windows_1258(bytes), Encoding::Windows1258),
        },
    };
    let text = text.filter(|text| !text.contains('\0')).ok_or(FileFault::Encoding)?;
    Ok((text, encoding))
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).ok()
}

/// Windows-1258, where the bytes say so themselves: it alone writes tones as marks after a vowel. None without such a mark, with one
/// after anything else, or with a byte that stands for nothing.
fn windows_1258(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len() * 2);
    let (mut before, mut marks) = (' ', 0_usize);
    for &byte in bytes {
        let letter = letter_of(byte)?;
        if matches!(letter, '\u{300}'..='\u{323}') {
            if !"aâăeêioôơuưyAÂĂEÊIOÔƠUƯY".contains(before) {
                return None;
            }
            marks += 1;
        }
        text.push(letter);
        before = letter;
    }
    (marks > 0).then(|| icu_normalizer::ComposingNormalizer::new_nfc().normalize(&text).into_owned())
}

fn letter_of(byte: u8) -> Option<char> {
    Some(match byte {
        0x80 => '€',
        0x82 => '‚',
        0x83 => 'ƒ',
        0x84 => '„',
        0x85 => '…',
        0x86 => '†',
        0x87 => '‡',
        0x88 => 'ˆ',
        0x89 => '‰',
        0x8b => '‹',
        0x8c => 'Œ',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        0x98 => '˜',
        0x99 => '™',
        0x9b => '›',
        0x9c => 'œ',
        0x9f => 'Ÿ',
        0x81 | 0x8a | 0x8d..=0x90 | 0x9a | 0x9d | 0x9e => return None,
        0xc3 => 'Ă',
        0xcc => '\u{300}',
        0xd0 => 'Đ',
        0xd2 => '\u{309}',
        0xd5 => 'Ơ',
        0xdd => 'Ư',
        0xde => '\u{303}',
        0xe3 => 'ă',
        0xec => '\u{301}',
        0xf0 => 'đ',
        0xf2 => '\u{323}',
        0xf5 => 'ơ',
        0xfd => 'ư',
        0xfe => '₫',
        other => char::from(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1258_is_known_by_its_marks_and_nothing_else_is_taken_for_it() {
        // "Điểm phục vụ" as Windows writes it: Ð i ê ̉ m, p h u ̣ c, v u ̣.
        let bytes = b"\xd0i\xea\xd2m ph\xf2c"; // a mark after a consonant
        assert_eq!(decode(bytes), Err(FileFault::Encoding));
        let bytes = b"\xd0i\xea\xd2m phu\xf2c vu\xf2";
        assert_eq!(decode(bytes), Ok(("Điểm phục vụ".to_owned(), Encoding::Windows1258)));
        // TCVN3 of the same words, and French in Windows-1252.
        assert_eq!(decode(b"\xa7i\xd3m ph\xf4c v\xf4"), Err(FileFault::Encoding));
        assert_eq!(decode(b"d\xe9j\xe0 vu"), Err(FileFault::Encoding));
        assert_eq!(decode(b"a\0b"), Err(FileFault::Encoding), "half a character");
        assert_eq!(decode(b"\xff\xfea\0\0\xd8"), Err(FileFault::Encoding), "half a pair");
    }
}
