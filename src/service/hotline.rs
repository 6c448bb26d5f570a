//! The telephone number that a ward names for questions: on posters, on the privacy notice, beside complaints. A unit without
//! one of its own shows that of the unit above it.

use crate::db::{Db, DbError, Noted};

/// The longest number, in characters: two numbers with blanks and a word between.
pub const HOTLINE_MAX: usize = 40;

/// The number of a unit: its own, or that of the nearest unit above it; none where nobody named one.
pub fn hotline(db: &Db, unit: i32) -> Result<Option<String>, DbError> {
    for unit in db.tree()?.above(unit) {
        if let Some(number) = own_hotline(db, &unit.code)? {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// The number that a unit named itself.
pub fn own_hotline(db: &Db, unit: &str) -> Result<Option<String>, DbError> {
    Ok(db.meta(&key(unit))?.filter(|number| !number.is_empty()))
}

/// Keeps the number of a unit; an empty one brings that of the unit above back.
pub fn keep_hotline(db: &Noted, unit: &str, number: &str) -> Result<(), DbError> {
    db.keep_words(&key(unit), number)
}

/// Whether a typed number is one: digits with blanks, dots, brackets, a plus, a slash or a hyphen between; or empty.
pub fn is_number(typed: &str) -> bool {
    typed.chars().count() <= HOTLINE_MAX
        && typed.chars().all(|c| c.is_ascii_digit() || " .()+/-".contains(c))
        && (typed.is_empty() || typed.chars().filter(char::is_ascii_digit).count() >= 3)
}

fn key(unit: &str) -> String {
    format!("hotline.{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_digits_and_what_people_write_between_them() {
        for good in ["", "113", "024 3833 0000", "(024) 3833.0000 / 0912 345 678", "+84-24-3833-0000"] {
            assert!(is_number(good), "{good}");
        }
        for bad in ["12", "gọi 113", "0243833000000000000000000000000000000000000", "<b>113</b>"] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
