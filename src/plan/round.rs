//! Survey rounds: so many numbered sheets, dealt out to offices, asked on some days under a clause of a plan.

use crate::sheet::tally::Series;

/// The most sheets of a round.
pub const SHEETS_MAX: u32 = 2_000;
/// The fewest valid sheets that a round may want: fewer are not shown.
pub const QUOTA_MIN: u32 = 10;

/// How the people asked were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// Drawn by a sampling plan, by lot or every n-th of a list.
    Drawn,
    /// Whoever came, or was willing.
    AsTheyCome,
    /// Drawn by this program from a frame, with a known probability.
    FromFrame,
}

impl Selection {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FromFrame, Self::Drawn, Self::AsTheyCome];

    /// The word in forms and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Drawn => "drawn",
            Self::AsTheyCome => "as_they_come",
            Self::FromFrame => "from_frame",
        }
    }

    /// The selection of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|selection| selection.word() == word)
    }

    /// The series that its sheets are of: only who was drawn stands for others.
    pub fn series(self) -> Series {
        match self {
            Self::Drawn | Self::FromFrame => Series::Sample,
            Self::AsTheyCome => Series::Open,
        }
    }
}

/// The first and the last number of each office's sheets, one after the other from 1.
pub fn numbers(sheets: &[u32]) -> Vec<(u32, u32)> {
    let mut last = 0;
    let dealt = sheets.iter().map(|sheets| {
        let first = last + 1;
        last += sheets;
        (first, last)
    });
    dealt.collect()
}

/// A number as it stands on the sheet: three digits at least.
pub fn printed(number: u32) -> String {
    format!("{number:03}")
}

/// What became of the sheets of a round, or of an office in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Returns {
    /// Handed out: the numbers printed.
    pub issued: u32,
    /// Come back.
    pub collected: u32,
    /// Stored: they hold an answer at least.
    pub valid: u32,
    /// Not taken, or given back blank.
    pub refused: u32,
}

impl Returns {
    /// With another office's.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            issued: self.issued + other.issued,
            collected: self.collected + other.collected,
            valid: self.valid + other.valid,
            refused: self.refused + other.refused,
        }
    }

    /// Valid sheets among those issued: a sheet of which nothing is known counts as not answered, as in the response rate RR1 of AAPOR's
    /// Standard Definitions.
    pub fn response_rate(self) -> Option<f64> {
        (self.issued > 0).then(|| f64::from(self.valid) / f64::from(self.issued))
    }

    /// Sheets of which nothing is known.
    pub fn outstanding(self) -> u32 {
        self.issued.saturating_sub(self.collected.max(self.valid) + self.refused)
    }

    /// Whether they can be so: no more back and refused than were issued.
    pub fn is_possible(self) -> bool {
        self.collected.saturating_add(self.refused) <= self.issued
    }

    /// How many valid sheets are still wanted.
    pub fn wanting(self, quota: u32) -> u32 {
        quota.saturating_sub(self.valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dealt_one_after_the_other_and_printed_with_three_digits() {
        assert_eq!(numbers(&[80, 70, 50]), [(1, 80), (81, 150), (151, 200)]);
        assert_eq!((printed(1), printed(200), printed(1_234)), ("001".to_owned(), "200".to_owned(), "1234".to_owned()));
    }

    #[test]
    fn what_came_back_adds_up() {
        let one = Returns { issued: 120, collected: 110, valid: 108, refused: 4 };
        let both = one.and(Returns { issued: 80, collected: 79, valid: 79, refused: 1 });
        // 187 of 200; 200 − 189 − 5 of which nothing is known.
        assert_eq!((both.response_rate(), both.outstanding(), both.wanting(200)), (Some(0.935), 6, 13));
        assert!(both.is_possible() && !Returns { issued: 10, collected: 9, valid: 9, refused: 2 }.is_possible());
        assert_eq!((Returns::default().response_rate(), both.wanting(180)), (None, 0));
    }
}
