//! Small numbers for kinds, as the tables keep them. A number once used keeps its meaning for ever.

use crate::db::DbError;
use crate::plan::Channel;
use crate::plan::round::Selection;
use crate::sampling::outcome::Outcome;
use crate::sheet::tally::{Mode, Respondent, Series};

/// A kind that the tables keep as a small number.
pub(in crate::db) trait Coded: Copy + PartialEq + Sized + 'static {
    /// The name of the kind, for the error text.
    const WHAT: &'static str;
    /// Every value with its number.
    const CODES: &'static [(Self, i16)];

    fn code(self) -> i16 {
        Self::CODES.iter().find(|(value, _)| *value == self).map_or(0, |(_, code)| *code)
    }

    fn of_code(code: i16) -> Result<Self, DbError> {
        let known = Self::CODES.iter().find(|(_, known)| *known == code);
        known.map(|(value, _)| *value).ok_or_else(|| DbError::Damaged(format!("{} {code} has no meaning", Self::WHAT)))
    }
}

impl Coded for Series {
    const WHAT: &'static str = "series";
    const CODES: &'static [(Self, i16)] = &[(Self::Sample, 1), (Self::Ticket, 2), (Self::Open, 3)];
}

impl Coded for Mode {
    const WHAT: &'static str = "mode";
    const CODES: &'static [(Self, i16)] =
        &[(Self::Phone, 1), (Self::Kiosk, 2), (Self::Paper, 3), (Self::Telephone, 4), (Self::Interview, 5)];
}

impl Coded for Respondent {
    const WHAT: &'static str = "respondent";
    const CODES: &'static [(Self, i16)] = &[(Self::Person, 1), (Self::Organisation, 2)];
}

impl Coded for Selection {
    const WHAT: &'static str = "selection of a survey round";
    const CODES: &'static [(Self, i16)] = &[(Self::Drawn, 1), (Self::AsTheyCome, 2), (Self::FromFrame, 3)];
}

impl Coded for Outcome {
    const WHAT: &'static str = "final disposition of a number drawn";
    const CODES: &'static [(Self, i16)] = &[
        (Self::Complete, 1),
        (Self::Partial, 2),
        (Self::Refused, 3),
        (Self::NotReached, 4),
        (Self::Other, 5),
        (Self::UnknownAddress, 6),
        (Self::UnknownOther, 7),
        (Self::NotEligible, 8),
    ];
}

impl Coded for Channel {
    const WHAT: &'static str = "channel";
    const CODES: &'static [(Self, i16)] = &[(Self::Counter, 1), (Self::Online, 2)];
}

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// City or province.
    City,
    /// Ward (phường).
    Ward,
    /// Commune (xã).
    Commune,
    /// Office of a ward or commune.
    Office,
    /// One-stop centre (trung tâm phục vụ hành chính công).
    OneStopCentre,
    /// Health station (trạm y tế).
    HealthStation,
    /// School or kindergarten.
    School,
    /// Anything else.
    Other,
}

impl UnitKind {
    /// The kind named as in JSON and on the command line, such as `one_stop_centre`.
    pub fn named(name: &str) -> Option<Self> {
        Self::CODES.iter().map(|(kind, _)| *kind).find(|kind| kind.name() == name)
    }

    /// Its name in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Ward => "ward",
            Self::Commune => "commune",
            Self::Office => "office",
            Self::OneStopCentre => "one_stop_centre",
            Self::HealthStation => "health_station",
            Self::School => "school",
            Self::Other => "other",
        }
    }
}

impl Coded for UnitKind {
    const WHAT: &'static str = "kind of unit";
    const CODES: &'static [(Self, i16)] = &[
        (Self::City, 1),
        (Self::Ward, 2),
        (Self::Commune, 3),
        (Self::Office, 4),
        (Self::OneStopCentre, 5),
        (Self::HealthStation, 6),
        (Self::School, 7),
        (Self::Other, 8),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trips<T: Coded + std::fmt::Debug>() {
        for (value, code) in T::CODES {
            assert_eq!(value.code(), *code);
            assert_eq!(T::of_code(*code), Ok(*value));
        }
        assert!(T::of_code(0).is_err(), "0 stays free, so that a missing kind is noticed");
    }

    #[test]
    fn every_kind_comes_back_from_its_number() {
        round_trips::<Series>();
        round_trips::<Mode>();
        round_trips::<Respondent>();
        round_trips::<Channel>();
        round_trips::<UnitKind>();
        for (kind, _) in UnitKind::CODES {
            assert_eq!(UnitKind::named(kind.name()), Some(*kind));
        }
    }
}
