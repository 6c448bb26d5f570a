//! What figures of days chosen at will leave out: sheets whose release reaches beyond these days. A release is counted whole or not at all, so that
//! no two figures differ by a few sheets; a month of a quiet ward may hold hardly any release wholly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How days were chosen, where they do not begin and end with periods of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// By whoever asks: a month, a week, any days.
    AtWill,
}

/// Sheets of some days in releases that reach beyond them, beside those that figures of these days count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beyond {
    /// Of all fields.
    #[serde(flatten)]
    pub all: Parted,
    /// Of each field of which some lie beyond.
    pub fields: BTreeMap<String, Parted>,
}

/// Sheets of some days, each number to the nearest ten: they say how much is missing, and nothing is to be worked out from them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parted {
    /// In releases that reach beyond these days: in no figure of them.
    pub sheets: u64,
    /// In releases of these days alone.
    pub counted: u64,
}

impl Parted {
    /// Whether what is counted is only a remainder: less than half. Nothing is concluded from it about a change (`docs/statistics.md`, "Days chosen
    /// at will").
    pub fn is_remainder(self) -> bool {
        self.counted < self.sheets
    }

    fn in_tens(self) -> Self {
        let tens = |count: u64| (count + 5) / 10 * 10;
        Self { sheets: tens(self.sheets), counted: tens(self.counted) }
    }

    fn with(self, other: Self) -> Self {
        Self { sheets: self.sheets + other.sheets, counted: self.counted + other.counted }
    }
}

impl Beyond {
    /// Of exact numbers by field; none where what lies beyond rounds to nothing.
    pub fn of(exact: BTreeMap<String, Parted>) -> Option<Self> {
        let all = exact.values().fold(Parted::default(), |all, one| all.with(*one)).in_tens();
        let fields = exact.into_iter().map(|(field, one)| (field, one.in_tens()));
        (all.sheets > 0).then(|| Self { all, fields: fields.filter(|(_, one)| one.sheets > 0).collect() })
    }

    /// Of one field.
    pub fn of_field(&self, field: &str) -> Parted {
        self.fields.get(field).copied().unwrap_or_default()
    }

    /// Of some fields, or of all.
    pub fn of_fields(&self, fields: Option<&[&str]>) -> Parted {
        match fields {
            None => self.all,
            Some(fields) => fields.iter().fold(Parted::default(), |all, field| all.with(self.of_field(field))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beyond(counts: &[(&str, u64, u64)]) -> Option<Beyond> {
        let one = |(field, sheets, counted): &(&str, u64, u64)| {
            ((*field).to_owned(), Parted { sheets: *sheets, counted: *counted })
        };
        Beyond::of(counts.iter().map(one).collect())
    }

    #[test]
    fn what_lies_beyond_is_told_in_tens_and_a_few_sheets_not_at_all() {
        // By hand: 64 → 60, 4 → nothing, together 68 → 70; counted 12 → 10, 30, together 42 → 40.
        let found = beyond(&[("health", 64, 12), ("land", 4, 30)]).expect("some");
        assert_eq!(found.all, Parted { sheets: 70, counted: 40 });
        assert_eq!((found.fields.len(), found.of_field("health")), (1, Parted { sheets: 60, counted: 10 }));
        assert_eq!(found.of_fields(Some(&["health", "land"])).sheets, 60);
        assert_eq!(beyond(&[("health", 4, 40)]), None);
        assert_eq!(beyond(&[]), None);
    }

    #[test]
    fn less_than_half_is_a_remainder() {
        assert!(!Parted { sheets: 30, counted: 30 }.is_remainder());
        assert!(Parted { sheets: 40, counted: 30 }.is_remainder());
        assert!(!Parted::default().is_remainder());
    }
}
