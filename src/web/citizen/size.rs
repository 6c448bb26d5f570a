//! The size of letters on citizens' pages: the address asks for it, and every address on the page carries it on.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// Usual or large print, as the key `large` of an address says, whatever stands behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Size {
    /// As the style has it.
    #[default]
    Usual,
    /// Large letters, strong contrast.
    Large,
}

impl Size {
    /// What a query asks for.
    pub fn of_query(query: &str) -> Self {
        let asked = query.split('&').any(|part| part.split('=').next() == Some("large"));
        if asked { Self::Large } else { Self::Usual }
    }

    /// Whether it is large print.
    pub fn is_large(self) -> bool {
        self == Self::Large
    }

    /// What an address carries behind its other parts.
    pub fn part(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::Large => "&large=1",
        }
    }

    /// `address` with it.
    pub fn at(self, address: &str) -> String {
        match (self, address.contains('?')) {
            (Self::Usual, _) => address.to_owned(),
            (Self::Large, true) => format!("{address}&large=1"),
            (Self::Large, false) => format!("{address}?large=1"),
        }
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Self::Large)
    }
}
