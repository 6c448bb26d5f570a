//! What all worksheets of a workbook share: its texts, its styles, how it is computed; and how its texts are written.

use super::number_format::{Digits, Shows};

/// What belongs to all sheets of a workbook.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub strings: Vec<String>,
    /// What the number in a cell of each style shows.
    pub styles: Vec<Shows>,
    /// How its digits stand there.
    pub digits: Vec<Digits>,
    pub from_1904: bool,
    /// Whether the file asks for its formulas to be computed: what it keeps as their values is not to be believed.
    pub to_compute: bool,
}

/// Characters that XML cannot hold stand as `_x000D_`; NUL is none of a text.
pub(super) fn unescaped(text: &str) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let letter = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        out.push_str(&rest[..at]);
        if let Some(letter) = letter {
            // A carriage return stands before the line feed that is there anyway.
            out.extend(Some(letter).filter(|letter| !matches!(letter, '\r' | '\0')));
            rest = &rest[at + 7..];
        } else {
            out.push_str("_x");
            rest = &rest[at + 2..];
        }
    }
    out + rest
}
