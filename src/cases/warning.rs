//! A warning as it is kept: what moved, and which way.

/// What a warning is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A field of service, by its identifier.
    Field(String),
    /// A criterion of a field, by their identifiers.
    Criterion(String, String),
    /// A service point: numbers of unit and point.
    Point(i32, i32),
}

/// Which way it moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Fewer are satisfied.
    Down,
    /// More are.
    Up,
    /// No answers come any more.
    Silent,
}

impl About {
    /// What it is kept as.
    pub fn word(&self) -> String {
        match self {
            About::Field(field) => field.clone(),
            About::Criterion(field, item) => format!("{field}/{item}"),
            About::Point(unit, point) => format!("{unit}/{point}"),
        }
    }
}
