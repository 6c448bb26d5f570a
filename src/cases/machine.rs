//! How a case moves: one table of deeds, each with the states that it leads from, the state that it leads to and whose hand
//! may do it. Nothing else moves a case.

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It came in; nobody has looked at it yet.
    Received,
    /// The ward takes it up.
    Accepted,
    /// An office has it to answer.
    Assigned,
    /// An answer is drafted and waits for the leader.
    Drafted,
    /// The leader has approved the answer: the citizen reads it.
    Approved,
    /// Answered, and published.
    Published,
    /// Answered to the citizen alone.
    Private,
    /// The citizen has rated the answer.
    Rated,
    /// Over.
    Closed,
    /// The citizen was not content with the answer: it is worked on once more.
    Reopened,
    /// Not the ward's to answer: sent on to whose it is.
    Forwarded,
    /// The same as another case, which is answered in its place.
    Merged,
    /// Not taken up, with a reason.
    Refused,
}

impl State {
    /// Every state.
    pub const ALL: [State; 13] = [
        State::Received,
        State::Accepted,
        State::Assigned,
        State::Drafted,
        State::Approved,
        State::Published,
        State::Private,
        State::Rated,
        State::Closed,
        State::Reopened,
        State::Forwarded,
        State::Merged,
        State::Refused,
    ];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Accepted => "accepted",
            State::Assigned => "assigned",
            State::Drafted => "drafted",
            State::Approved => "answered",
            State::Published => "published",
            State::Private => "answered_privately",
            State::Rated => "rated",
            State::Closed => "closed",
            State::Reopened => "reopened",
            State::Forwarded => "forwarded",
            State::Merged => "merged",
            State::Refused => "refused",
        }
    }

    /// Whether the ward still owes an answer or a decision.
    pub fn is_open(self) -> bool {
        OPEN.contains(&self)
    }

    /// Whether the citizen has an answer.
    pub fn is_answered(self) -> bool {
        ANSWERED.contains(&self)
    }
}

/// Whose hand does a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hand {
    /// The unit that receives complaints: by the plan's task, else the ward's own.
    Desk,
    /// The office that has the case to answer, and those that help it.
    Office,
    /// The ward's leader.
    Leader,
    /// The citizen who holds the reference.
    Citizen,
    /// The program, by the calendar.
    Timer,
}

/// What is done to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseAction {
    /// Take it up.
    Accept,
    /// Send it on to whose it is.
    Forward,
    /// Answer it with another one.
    Merge,
    /// Not take it up, with a reason.
    Refuse,
    /// Give it to an office.
    Assign,
    /// Write the answer.
    Draft,
    /// Give the draft back.
    GiveBack,
    /// Approve the answer.
    Approve,
    /// Publish case and answer, masked.
    Publish,
    /// Let the answer be the citizen's alone.
    KeepPrivate,
    /// Rate the answer.
    Rate,
    /// Take it up once more.
    Reopen,
    /// End it.
    Close,
    /// Set a later due day, with a reason.
    Extend,
    /// Ask the citizen something: the clock stands until they answer.
    Ask,
    /// The citizen adds a word.
    Say,
    /// Note something for those who work on it.
    Note,
    /// Say what it is about.
    Sort,
    /// Enter a case that came another way.
    Receive,
}

/// Where a deed leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// To this state.
    To(State),
    /// Nowhere: the state stays.
    Stays,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Transition {
    pub deed: CaseAction,
    /// From these states.
    pub from: &'static [State],
    /// To this one.
    pub to: Next,
    /// By these hands.
    pub by: &'static [Hand],
}

const OPEN: &[State] = &[State::Received, State::Accepted, State::Assigned, State::Drafted, State::Reopened];
const ANSWERED: &[State] = &[State::Approved, State::Published, State::Private, State::Rated, State::Closed];
const UNDECIDED: &[State] = &[State::Received, State::Accepted];

const fn row(deed: CaseAction, from: &'static [State], to: Next, by: &'static [Hand]) -> Transition {
    Transition { deed, from, to, by }
}

/// Every transition there is.
pub const ALL_TRANSITIONS: [Transition; 19] = [
    row(CaseAction::Accept, &[State::Received], Next::To(State::Accepted), &[Hand::Desk]),
    row(CaseAction::Forward, UNDECIDED, Next::To(State::Forwarded), &[Hand::Desk]),
    row(CaseAction::Merge, UNDECIDED, Next::To(State::Merged), &[Hand::Desk]),
    row(CaseAction::Refuse, UNDECIDED, Next::To(State::Refused), &[Hand::Desk]),
    row(
        CaseAction::Assign,
        &[State::Accepted, State::Assigned, State::Reopened],
        Next::To(State::Assigned),
        &[Hand::Desk, Hand::Leader],
    ),
    // What nobody was given the desk answers itself.
    row(CaseAction::Draft, &[State::Accepted, State::Reopened], Next::To(State::Drafted), &[Hand::Desk]),
    row(CaseAction::Draft, &[State::Assigned, State::Drafted], Next::To(State::Drafted), &[Hand::Office, Hand::Desk]),
    row(CaseAction::GiveBack, &[State::Drafted], Next::To(State::Assigned), &[Hand::Leader]),
    row(CaseAction::Approve, &[State::Drafted], Next::To(State::Approved), &[Hand::Leader]),
    row(CaseAction::Publish, &[State::Approved, State::Private], Next::To(State::Published), &[Hand::Leader]),
    row(CaseAction::KeepPrivate, &[State::Approved], Next::To(State::Private), &[Hand::Leader]),
    row(
        CaseAction::Rate,
        &[State::Approved, State::Published, State::Private],
        Next::To(State::Rated),
        &[Hand::Citizen],
    ),
    row(CaseAction::Reopen, &[State::Rated, State::Closed], Next::To(State::Reopened), &[Hand::Citizen, Hand::Leader]),
    row(
        CaseAction::Close,
        &[State::Approved, State::Published, State::Private, State::Rated],
        Next::To(State::Closed),
        &[Hand::Timer, Hand::Citizen],
    ),
    row(CaseAction::Extend, OPEN, Next::Stays, &[Hand::Desk, Hand::Leader]),
    row(CaseAction::Ask, OPEN, Next::Stays, &[Hand::Desk, Hand::Office]),
    row(
        CaseAction::Say,
        &[
            State::Received,
            State::Accepted,
            State::Assigned,
            State::Drafted,
            State::Reopened,
            State::Approved,
            State::Published,
            State::Private,
        ],
        Next::Stays,
        &[Hand::Citizen],
    ),
    row(CaseAction::Note, &State::ALL, Next::Stays, &[Hand::Desk, Hand::Office, Hand::Leader]),
    row(CaseAction::Sort, &State::ALL, Next::Stays, &[Hand::Desk]),
];

/// Levels of a rating from which the citizen counts as content.
pub const CONTENT_FROM: u8 = 3;

/// Why a case does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMoved {
    /// The deed leads nowhere from its state.
    NotFromHere,
    /// Somebody else's hand does this.
    NotYours,
    /// It was reopened before, and is so once only.
    ReopenedBefore,
}

/// Where `deed` leads a case in `state` when done by one who has `hands`.
pub fn moved(state: State, deed: CaseAction, hands: &[Hand], reopened: bool) -> Result<State, NotMoved> {
    let mut rows = ALL_TRANSITIONS.iter().filter(|row| row.deed == deed && row.from.contains(&state)).peekable();
    if rows.peek().is_none() {
        return Err(NotMoved::NotFromHere);
    }
    let allowed = rows.find(|row| row.by.iter().any(|hand| hands.contains(hand))).ok_or(NotMoved::NotYours)?;
    if deed == CaseAction::Reopen && reopened {
        return Err(NotMoved::ReopenedBefore);
    }
    Ok(match allowed.to {
        Next::To(next) => next,
        Next::Stays => state,
    })
}

impl CaseAction {
    /// Every deed.
    pub const ALL: [CaseAction; 19] = [
        CaseAction::Accept,
        CaseAction::Forward,
        CaseAction::Merge,
        CaseAction::Refuse,
        CaseAction::Assign,
        CaseAction::Draft,
        CaseAction::GiveBack,
        CaseAction::Approve,
        CaseAction::Publish,
        CaseAction::KeepPrivate,
        CaseAction::Rate,
        CaseAction::Reopen,
        CaseAction::Close,
        CaseAction::Extend,
        CaseAction::Ask,
        CaseAction::Say,
        CaseAction::Note,
        CaseAction::Sort,
        CaseAction::Receive,
    ];

    /// The word in forms and in the audit log.
    pub fn name(self) -> &'static str {
        match self {
            CaseAction::Accept => "accept",
            CaseAction::Forward => "forward",
            CaseAction::Merge => "merge",
            CaseAction::Refuse => "refuse",
            CaseAction::Assign => "assign",
            CaseAction::Draft => "draft",
            CaseAction::GiveBack => "give_back",
            CaseAction::Approve => "approve",
            CaseAction::Publish => "publish",
            CaseAction::KeepPrivate => "keep_private",
            CaseAction::Rate => "rate",
            CaseAction::Reopen => "reopen",
            CaseAction::Close => "close",
            CaseAction::Extend => "extend",
            CaseAction::Ask => "ask",
            CaseAction::Say => "say",
            CaseAction::Note => "note",
            CaseAction::Sort => "sort",
            CaseAction::Receive => "receive",
        }
    }

    /// The deed of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }

    /// Whether the citizen who looks the case up is told of it. Notes and drafts are the office's own.
    pub fn is_told(self) -> bool {
        !matches!(self, CaseAction::Note | CaseAction::Sort | CaseAction::Draft | CaseAction::GiveBack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDS: [Hand; 5] = [Hand::Desk, Hand::Office, Hand::Leader, Hand::Citizen, Hand::Timer];

    /// The machine written down once more, state by state, from the order of the work: who may do what there, and where it
    /// leads. What does not stand here is refused.
    fn expected(state: State) -> Vec<(CaseAction, &'static [Hand], State)> {
        use CaseAction as D;
        use Hand::{Citizen, Desk, Leader, Office, Timer};
        use State as S;
        let all: &[(State, CaseAction, &'static [Hand], State)] = &[
            (S::Received, D::Accept, &[Desk], S::Accepted),
            (S::Received, D::Forward, &[Desk], S::Forwarded),
            (S::Received, D::Merge, &[Desk], S::Merged),
            (S::Received, D::Refuse, &[Desk], S::Refused),
            (S::Accepted, D::Forward, &[Desk], S::Forwarded),
            (S::Accepted, D::Merge, &[Desk], S::Merged),
            (S::Accepted, D::Refuse, &[Desk], S::Refused),
            (S::Accepted, D::Assign, &[Desk, Leader], S::Assigned),
            (S::Accepted, D::Draft, &[Desk], S::Drafted),
            (S::Assigned, D::Assign, &[Desk, Leader], S::Assigned),
            (S::Assigned, D::Draft, &[Office, Desk], S::Drafted),
            (S::Drafted, D::Draft, &[Office, Desk], S::Drafted),
            (S::Drafted, D::GiveBack, &[Leader], S::Assigned),
            (S::Drafted, D::Approve, &[Leader], S::Approved),
            (S::Approved, D::Publish, &[Leader], S::Published),
            (S::Approved, D::KeepPrivate, &[Leader], S::Private),
            (S::Approved, D::Rate, &[Citizen], S::Rated),
            (S::Approved, D::Close, &[Timer, Citizen], S::Closed),
            (S::Private, D::Publish, &[Leader], S::Published),
            (S::Private, D::Rate, &[Citizen], S::Rated),
            (S::Private, D::Close, &[Timer, Citizen], S::Closed),
            (S::Published, D::Rate, &[Citizen], S::Rated),
            (S::Published, D::Close, &[Timer, Citizen], S::Closed),
            (S::Rated, D::Close, &[Timer, Citizen], S::Closed),
            (S::Rated, D::Reopen, &[Citizen, Leader], S::Reopened),
            (S::Closed, D::Reopen, &[Citizen, Leader], S::Reopened),
            (S::Reopened, D::Assign, &[Desk, Leader], S::Assigned),
            (S::Reopened, D::Draft, &[Desk], S::Drafted),
        ];
        let mut found: Vec<_> =
            all.iter().filter(|row| row.0 == state).map(|(_, deed, by, to)| (*deed, *by, *to)).collect();
        if matches!(state, S::Received | S::Accepted | S::Assigned | S::Drafted | S::Reopened) {
            found.extend([(D::Extend, &[Desk, Leader][..], state), (D::Ask, &[Desk, Office][..], state)]);
        }
        if !matches!(state, S::Rated | S::Closed | S::Forwarded | S::Merged | S::Refused) {
            found.push((D::Say, &[Citizen], state));
        }
        found.extend([(D::Note, &[Desk, Office, Leader][..], state), (D::Sort, &[Desk][..], state)]);
        found
    }

    #[test]
    fn every_deed_in_every_state_by_every_hand_does_what_the_order_of_the_work_says() {
        for state in State::ALL {
            let known = expected(state);
            for deed in CaseAction::ALL {
                for hand in HANDS {
                    let row = known.iter().find(|row| row.0 == deed);
                    let wanted = match row {
                        None => Err(NotMoved::NotFromHere),
                        Some((_, by, _)) if !by.contains(&hand) => Err(NotMoved::NotYours),
                        Some((_, _, to)) => Ok(*to),
                    };
                    assert_eq!(moved(state, deed, &[hand], false), wanted, "{state:?} {deed:?} {hand:?}");
                }
            }
        }
    }

    #[test]
    fn a_case_is_reopened_once() {
        let again = moved(State::Closed, CaseAction::Reopen, &[Hand::Citizen], true);
        assert_eq!(again, Err(NotMoved::ReopenedBefore));
    }

    #[test]
    fn every_state_is_reached_from_received_and_every_word_leads_back() {
        let mut reached = vec![State::Received];
        while let Some(next) = ALL_TRANSITIONS.iter().find_map(|row| match row.to {
            Next::To(to) if !reached.contains(&to) && row.from.iter().any(|from| reached.contains(from)) => Some(to),
            _ => None,
        }) {
            reached.push(next);
        }
        assert_eq!(reached.len(), State::ALL.len());
        assert!(CaseAction::ALL.into_iter().all(|deed| CaseAction::named(deed.name()) == Some(deed)));
    }
}
