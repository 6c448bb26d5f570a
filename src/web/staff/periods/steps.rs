//! Who may take which step of closing a period, and whose the next one is: one rule for the day's page, the period's page and
//! the closing's own.

use crate::access::Action;
use crate::db::Closing;
use crate::plan::closing::{ClosingStep, State};
use crate::web::staff::signed_in::SignedIn;

/// The right that a step needs.
pub(super) fn right(deed: ClosingStep) -> Action {
    match deed {
        ClosingStep::Check => Action::CheckPeriods,
        ClosingStep::Approve => Action::ApprovePeriods,
        ClosingStep::Publish | ClosingStep::Return => Action::PublishPeriods,
        ClosingStep::Reopen => Action::ReopenPeriods,
    }
}

/// Whether a user may take a step of a period with these closings: the right to it, and not having checked what is to be approved.
pub(super) fn may_take(user: &SignedIn, deed: ClosingStep, closings: &[Closing]) -> bool {
    user.may(right(deed)) && !(deed == ClosingStep::Approve && checked_by(user, closings))
}

/// Whether a user checked the newest version.
pub(super) fn checked_by(user: &SignedIn, closings: &[Closing]) -> bool {
    closings.last().and_then(|closing| closing.step(ClosingStep::Check)).is_some_and(|step| step.user == user.id)
}

/// Whether a check by this user ends with them, because they are one of those who approve and may then not.
pub(super) fn gives_up_approving(user: &SignedIn, deed: ClosingStep) -> bool {
    deed == ClosingStep::Check && user.may(Action::ApprovePeriods)
}

/// The next step of a period in this state, if it is the user's to take. A leader is not led to check while somebody answers for the
/// unit who checks and does not approve (`has_owner`): who checked cannot approve any more.
pub(in crate::web::staff) fn next(
    user: &SignedIn,
    state: State,
    closings: &[Closing],
    has_owner: bool,
) -> Option<ClosingStep> {
    let deed = match state {
        State::Draft | State::Returned | State::Reopened => ClosingStep::Check,
        State::Checked => ClosingStep::Approve,
        State::Approved => ClosingStep::Publish,
        State::Published => return None,
    };
    let left_to_the_owner = has_owner && gives_up_approving(user, deed);
    (may_take(user, deed, closings) && !left_to_the_owner).then_some(deed)
}
