//! How a reporting period is closed: checked, approved, published, by at least two people, each step a row that is only added
//! to. What was closed can be returned before it is published and opened anew afterwards, with a reason; the next
//! closing is a version of its own. Pure: who has signed in, and with which role, is known elsewhere.

use serde::{Deserialize, Serialize};

/// The fewest characters of a reason: one word tells nobody anything a year later.
pub const REASON_MIN: usize = 10;

/// What is done to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosingStep {
    /// Its figures are checked, and frozen as they are.
    Check,
    /// A leader approves them.
    Approve,
    /// They go out, with their files.
    Publish,
    /// They go back before they were published.
    Return,
    /// The period is opened anew after it was published.
    Reopen,
}

/// How far a period is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Open: its figures still move.
    #[default]
    Draft,
    /// Frozen, not approved.
    Checked,
    /// Frozen and approved.
    Approved,
    /// Frozen and out.
    Published,
    /// A version that was returned; the period is open.
    Returned,
    /// A version that was out; the period is open again.
    Reopened,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The period is at another step; the state it is in.
    NotNow(State),
    /// Who checked may not approve.
    SamePerson,
    /// Returning and opening anew need a reason of at least [`REASON_MIN`] characters.
    NoReason,
}

impl ClosingStep {
    /// Every deed, in their usual order.
    pub const ALL: [ClosingStep; 5] =
        [ClosingStep::Check, ClosingStep::Approve, ClosingStep::Publish, ClosingStep::Return, ClosingStep::Reopen];

    /// The state that it leads to.
    pub fn leads_to(self) -> State {
        match self {
            ClosingStep::Check => State::Checked,
            ClosingStep::Approve => State::Approved,
            ClosingStep::Publish => State::Published,
            ClosingStep::Return => State::Returned,
            ClosingStep::Reopen => State::Reopened,
        }
    }

    /// Whether it can be done in a state.
    pub fn fits(self, state: State) -> bool {
        match self {
            ClosingStep::Check => state.is_open(),
            ClosingStep::Approve => state == State::Checked,
            ClosingStep::Publish => state == State::Approved,
            ClosingStep::Return => matches!(state, State::Checked | State::Approved),
            ClosingStep::Reopen => state == State::Published,
        }
    }
}

impl State {
    /// Whether figures still move: nothing is frozen, or what was frozen holds no more.
    pub fn is_open(self) -> bool {
        matches!(self, State::Draft | State::Returned | State::Reopened)
    }

    /// Whether words of the report can still be changed: what a leader approved is what was read.
    pub fn takes_words(self) -> bool {
        !matches!(self, State::Approved | State::Published)
    }

    /// Whether charts can be put into the annex: figures that still move are nobody's chart.
    pub fn takes_charts(self) -> bool {
        self == State::Checked
    }

    /// The name in JSON.
    pub fn word(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Checked => "checked",
            State::Approved => "approved",
            State::Published => "published",
            State::Returned => "returned",
            State::Reopened => "reopened",
        }
    }
}

/// Whether `by` may do `deed` after `steps` of the newest version (who did what, in order); the state then.
pub fn after<P: PartialEq>(
    steps: &[(ClosingStep, P)],
    deed: ClosingStep,
    by: &P,
    reason: &str,
) -> Result<State, Refused> {
    let state = steps.last().map_or(State::Draft, |(last, _)| last.leads_to());
    if !deed.fits(state) {
        return Err(Refused::NotNow(state));
    }
    if deed == ClosingStep::Approve && steps.iter().any(|(known, who)| *known == ClosingStep::Check && who == by) {
        return Err(Refused::SamePerson);
    }
    if matches!(deed, ClosingStep::Return | ClosingStep::Reopen) && reason.trim().chars().count() < REASON_MIN {
        return Err(Refused::NoReason);
    }
    Ok(deed.leads_to())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHY: &str = "sai số liệu trạm y tế";

    #[test]
    fn the_way_is_checked_approved_published_by_two_people() {
        let mut steps = Vec::new();
        for (deed, by) in [(ClosingStep::Check, "lan"), (ClosingStep::Approve, "ha"), (ClosingStep::Publish, "lan")] {
            assert_eq!(after(&steps, deed, &by, ""), Ok(deed.leads_to()));
            steps.push((deed, by));
        }
        assert_eq!(after(&steps[..1], ClosingStep::Approve, &"lan", ""), Err(Refused::SamePerson));
        assert_eq!(after(&steps[..1], ClosingStep::Publish, &"ha", ""), Err(Refused::NotNow(State::Checked)));
        assert_eq!(after::<&str>(&[], ClosingStep::Approve, &"ha", ""), Err(Refused::NotNow(State::Draft)));
    }

    #[test]
    fn going_back_needs_a_reason_and_opens_the_way_again() {
        let checked = [(ClosingStep::Check, "lan")];
        assert_eq!(after(&checked, ClosingStep::Return, &"ha", "sai"), Err(Refused::NoReason));
        assert_eq!(after(&checked, ClosingStep::Return, &"ha", WHY), Ok(State::Returned));
        let out = [(ClosingStep::Check, "lan"), (ClosingStep::Approve, "ha"), (ClosingStep::Publish, "ha")];
        assert_eq!(after(&out, ClosingStep::Return, &"ha", WHY), Err(Refused::NotNow(State::Published)));
        assert_eq!(after(&out, ClosingStep::Reopen, &"ha", WHY), Ok(State::Reopened));
        assert_eq!(after(&[(ClosingStep::Reopen, "ha")], ClosingStep::Check, &"lan", ""), Ok(State::Checked));
    }
}
