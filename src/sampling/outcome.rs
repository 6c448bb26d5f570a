//! What became of each number drawn: final dispositions as AAPOR names them.
//!
//! # Source
//! AAPOR (2023) Standard Definitions, 10th edition: categories 1 (interview), 2 (eligible, no interview), 3 (unknown eligibility),
//! 4 (not eligible).

use crate::stats::nonresponse::outcome_rates::Outcomes;

/// A final disposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 1.1: a complete sheet.
    Complete,
    /// 1.2: a sheet answered in part, yet valid.
    Partial,
    /// 2.1: refused or broken off.
    Refused,
    /// 2.2: there, but not reached.
    NotReached,
    /// 2.3: no interview for another reason: ill, no common language.
    Other,
    /// 3.1: nobody knows whether there is anybody to ask.
    UnknownAddress,
    /// 3.2: unknown for another reason whether they belong.
    UnknownOther,
    /// 4: does not belong: no such dossier, moved away, died.
    NotEligible,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 8] = [
        Self::Complete,
        Self::Partial,
        Self::Refused,
        Self::NotReached,
        Self::Other,
        Self::UnknownAddress,
        Self::UnknownOther,
        Self::NotEligible,
    ];

    /// AAPOR's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Complete => "1.1",
            Self::Partial => "1.2",
            Self::Refused => "2.1",
            Self::NotReached => "2.2",
            Self::Other => "2.3",
            Self::UnknownAddress => "3.1",
            Self::UnknownOther => "3.2",
            Self::NotEligible => "4.0",
        }
    }

    /// The outcome of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// Whether a sheet came of it.
    pub fn answered(self) -> bool {
        matches!(self, Self::Complete | Self::Partial)
    }
}

/// What became of all; those without an outcome are of unknown eligibility (3.2), as AAPOR counts who was never resolved.
pub fn counted(outcomes: impl Iterator<Item = Option<Outcome>>) -> Outcomes {
    let mut all = Outcomes::default();
    for outcome in outcomes {
        let count = match outcome {
            Some(Outcome::Complete) => &mut all.complete,
            Some(Outcome::Partial) => &mut all.partial,
            Some(Outcome::Refused) => &mut all.refused,
            Some(Outcome::NotReached) => &mut all.not_reached,
            Some(Outcome::Other) => &mut all.other,
            Some(Outcome::UnknownAddress) => &mut all.unknown_address,
            Some(Outcome::UnknownOther) | None => &mut all.unknown_other,
            Some(Outcome::NotEligible) => &mut all.not_eligible,
        };
        *count += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_and_who_has_none_counts_as_unknown() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::of_code(outcome.code()), Some(outcome));
        }
        let all = [Some(Outcome::Complete), Some(Outcome::Refused), None, None];
        // AAPOR RR1 by hand: 1 of 4; RR5: 1 of 2.
        let rates = counted(all.into_iter()).rates();
        assert_eq!((rates.response[0], rates.response[4]), (Some(0.25), Some(0.5)));
    }
}
