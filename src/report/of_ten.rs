//! A share as one says it at a doorstep: about, nearly or more than so many of ten.

use serde::{Deserialize, Serialize};

use super::format::Language;
use crate::stats::threshold::falls_short;

/// How a share lies beside the number that is said for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Within half of a tenth, on whichever side.
    #[default]
    About,
    /// Below it: the number would reach a minimum that the share does not.
    Nearly,
    /// Above it: the number would miss a minimum that the share reaches.
    MoreThan,
}

/// So many of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfTen {
    /// The nearest number, 0 to 10.
    pub number: u8,
    pub side: Side,
}

impl OfTen {
    /// Of a share, 0–1; `minimum` is what this very share is compared with, none where another is.
    pub fn of(share: f64, minimum: Option<f64>) -> Self {
        let number = (0_u8..=10).min_by(|one, other| {
            let far = |number: u8| (f64::from(number) - share * 10.0).abs();
            // Half-way the higher one, as shares are rounded.
            far(*one).total_cmp(&far(*other)).then(other.cmp(one))
        });
        let number = number.unwrap_or_default();
        let side = minimum.map_or(Side::About, |minimum| {
            match (falls_short(f64::from(number) / 10.0, minimum), falls_short(share, minimum)) {
                (false, true) => Side::Nearly,
                (true, false) => Side::MoreThan,
                _ => Side::About,
            }
        });
        Self { number, side }
    }

    /// `khoảng 9`, `gần 9`, `hơn 8`.
    pub fn words(self, language: Language) -> String {
        let side = match self.side {
            Side::About => language.choose("khoảng", "about"),
            Side::Nearly => language.choose("gần", "nearly"),
            Side::MoreThan => language.choose("hơn", "more than"),
        };
        format!("{side} {}", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_ten_is_the_nearest_number_and_says_on_which_side_of_a_minimum_the_share_lies() {
        let said = |share, minimum| OfTen::of(share, Some(minimum)).words(Language::Vi);
        assert_eq!(said(0.93, 0.90), "khoảng 9");
        assert_eq!(said(0.86, 0.90), "gần 9", "9 of 10 would be the target, which is not reached");
        assert_eq!(said(0.899, 0.90), "gần 9");
        assert_eq!(said(0.91, 0.95), "khoảng 9");
        assert_eq!(said(0.96, 0.97), "gần 10");
        assert_eq!(said(0.84, 0.83), "hơn 8", "8 of 10 would be less than the 83 % that are reached");
        assert_eq!(said(0.81, 0.805), "hơn 8", "never a whole tenth away");
        assert_eq!((said(1.0, 0.9), said(0.0, 0.9)), ("khoảng 10".to_owned(), "khoảng 0".to_owned()));
        // A minimum that another share is compared with moves nothing.
        assert_eq!(OfTen::of(0.89, None).words(Language::En), "about 9");
        assert_eq!(OfTen::of(0.85, None), OfTen { number: 9, side: Side::About });
    }
}
