//! The words by which files and JSON know what a plan chooses from, and the names of fields as they are stored. How a reader is told
//! of a choice stands in `report::words::plan`; how a plan typed in Vietnamese spells it, in `spelled.rs`.

use crate::sheet::tally::Series;

use super::{Channel, CountKind, FieldOfService, IndexKind, Measure, Respondents, Serves, Weights};

/// Every series, with the word that files and JSON use.
pub(super) const SERIES: [(&str, Series); 3] =
    [("sample", Series::Sample), ("ticket", Series::Ticket), ("open", Series::Open)];

impl IndexKind {
    /// Every index, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("sipas", Self::Sipas),
        ("procedures", Self::Procedures),
        ("public_services", Self::PublicServices),
        ("policy", Self::Policy),
    ];

    /// The word that files and JSON use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sipas => "sipas",
            Self::Procedures => "procedures",
            Self::PublicServices => "public_services",
            Self::Policy => "policy",
        }
    }
}

impl CountKind {
    /// Every kind, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("complaints_in_time", Self::ComplaintsInTime),
        ("dialogues", Self::Dialogues),
        ("head_dialogues", Self::HeadDialogues),
        ("office_dialogues", Self::OfficeDialogues),
        ("news_items", Self::NewsItems),
        ("broadcasts", Self::Broadcasts),
        ("city_items", Self::CityItems),
        ("accepted_items", Self::AcceptedItems),
    ];
}

impl Channel {
    /// Every channel, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 2] = [("counter", Self::Counter), ("online", Self::Online)];
}

impl Measure {
    /// Both, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 2] = [("answers", Self::Answers), ("people", Self::People)];

    /// Whether it is the one that is left out of files.
    pub fn is_of_answers(&self) -> bool {
        *self == Self::Answers
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Answers => Self::People,
            Self::People => Self::Answers,
        }
    }
}

impl Respondents {
    /// Every choice, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 3] =
        [("all", Self::All), ("person", Self::Person), ("organisation", Self::Organisation)];
}

impl Weights {
    /// Every choice, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 3] =
        [("volumes", Self::Volumes), ("equal", Self::Equal), ("respondents", Self::Respondents)];
}

impl Serves {
    /// Everything, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 1] = [("complaints", Self::Complaints)];

    /// The word that files and JSON use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Complaints => "complaints",
        }
    }
}

/// Vietnamese name of a field; the identifier itself where the table does not know it.
pub fn field_name_vi<'a>(fields: &'a [FieldOfService], id: &'a str) -> &'a str {
    let known = fields.iter().find(|field| field.id == id);
    known.map_or(id, |field| &field.name_vi)
}

/// English name of a field; the identifier itself where the table does not know it.
pub fn field_name_en<'a>(fields: &'a [FieldOfService], id: &'a str) -> &'a str {
    let known = fields.iter().find(|field| field.id == id);
    known.map_or(id, |field| &field.name_en)
}
