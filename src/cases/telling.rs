//! What citizens are told: drafted, approved by a second person, published; and about what.

/// What a telling is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The figures of a period.
    Results,
    /// What was mended, and how complaints were answered.
    Mended,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 2] = [Topic::Results, Topic::Mended];

    /// The word in forms.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Results => "results",
            Topic::Mended => "mended",
        }
    }

    /// The topic of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

/// How far the newest version of a telling is. What was published before stays until the newer one is, or until it is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is being written.
    Draft,
    /// A second person has approved it.
    Approved,
    /// Everybody reads it.
    Published,
}

/// What is done to a telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TellingAction {
    /// Its texts are changed: a new version.
    Edit,
    /// The newest version is approved.
    Approve,
    /// The approved version goes out.
    Publish,
    /// The newest version is taken back where it went out, else its approval.
    TakeBack,
    /// An older version that is out is taken back while a newer one is under way.
    Withdraw,
}

/// Why a deed is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// The state does not allow it.
    NotNow,
    /// Who wrote the version does not approve it.
    OwnWords,
}

impl State {
    /// Every state.
    pub const ALL: [State; 3] = [State::Draft, State::Approved, State::Published];

    /// Where a deed leads. `own`: whoever does it wrote the newest version.
    pub fn after(self, deed: TellingAction, own: bool) -> Result<State, NotDone> {
        match (deed, self) {
            (TellingAction::Edit, _) | (TellingAction::TakeBack, State::Approved | State::Published) => {
                Ok(State::Draft)
            }
            (TellingAction::Approve, State::Draft) if own => Err(NotDone::OwnWords),
            (TellingAction::Approve, State::Draft) => Ok(State::Approved),
            (TellingAction::Publish, State::Approved) => Ok(State::Published),
            (TellingAction::Withdraw, State::Draft | State::Approved) => Ok(self),
            (
                TellingAction::Approve | TellingAction::Publish | TellingAction::TakeBack | TellingAction::Withdraw,
                _,
            ) => Err(NotDone::NotNow),
        }
    }
}

impl TellingAction {
    /// Every deed.
    pub const ALL: [TellingAction; 5] = [
        TellingAction::Edit,
        TellingAction::Approve,
        TellingAction::Publish,
        TellingAction::TakeBack,
        TellingAction::Withdraw,
    ];

    /// The word in forms.
    pub fn name(self) -> &'static str {
        match self {
            TellingAction::Edit => "edit",
            TellingAction::Approve => "approve",
            TellingAction::Publish => "publish",
            TellingAction::TakeBack => "take_back",
            TellingAction::Withdraw => "withdraw",
        }
    }

    /// The deed of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_out_unless_a_second_person_approved_the_words_that_go_out() {
        for state in State::ALL {
            for own in [false, true] {
                assert_eq!(
                    state.after(TellingAction::Edit, own),
                    Ok(State::Draft),
                    "a change is a draft again, whatever it was"
                );
                let approved = state.after(TellingAction::Approve, own);
                match (state, own) {
                    (State::Draft, false) => assert_eq!(approved, Ok(State::Approved)),
                    (State::Draft, true) => assert_eq!(approved, Err(NotDone::OwnWords)),
                    _ => assert_eq!(approved, Err(NotDone::NotNow)),
                }
                let published = state.after(TellingAction::Publish, own);
                assert_eq!(published.is_ok(), state == State::Approved);
                assert_eq!(state.after(TellingAction::TakeBack, own).is_ok(), state != State::Draft);
                let withdrawn = state.after(TellingAction::Withdraw, own);
                assert_eq!(withdrawn, if state == State::Published { Err(NotDone::NotNow) } else { Ok(state) });
            }
        }
    }
}
