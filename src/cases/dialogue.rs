//! A dialogue with people and businesses: planned, held, or called off.

/// Whether it was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "whether it was held is the question, and held is one answer")]
pub enum Held {
    Planned,
    /// It was held: it counts.
    Held,
    /// It did not come about.
    CalledOff,
}

impl Held {
    /// Every state.
    pub const ALL: [Held; 3] = [Held::Planned, Held::Held, Held::CalledOff];

    /// The word in forms.
    pub fn name(self) -> &'static str {
        match self {
            Held::Planned => "planned",
            Held::Held => "held",
            Held::CalledOff => "called_off",
        }
    }

    /// The state of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}
