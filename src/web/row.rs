//! One row of the table of addresses: its method, who reads it, who may ask, what of it belongs to a unit, how long a body and a
//! request may be. It knows no page.

use std::time::Duration;

use actix_web::Route;
use actix_web::http::Method;

use crate::access::Action;

/// The largest body of an answer: the longest comment, percent-encoded, and 64 items fit three times over.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Who reads the answers of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody.
    Citizens,
    /// Who has signed in, or is about to.
    Staff,
    Programs,
    /// Who runs the server.
    Operators,
}

/// A method that an address takes. `HEAD` is answered wherever `GET` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Changes.
    Post,
}

/// What in a path belongs to a unit, so that another unit's must not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owned {
    Nothing,
    /// `{code}` of a service point.
    Point,
    /// `{code}` of a unit.
    Unit,
    /// `{name}` of a user.
    User,
    /// `{batch}` of keyed sheets.
    Batch,
    /// `{plan}`.
    Plan,
    /// `{case}` of a complaint.
    Case,
    /// `{draft}` of a questionnaire.
    Draft,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Anybody.
    Anyone,
    /// Who has signed in and whose role may do this.
    May(Action),
}

/// One address.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its method.
    pub verb: Verb,
    /// The path as the router has it.
    pub path: &'static str,
    /// Whose page it is: in whose words it refuses.
    pub scope: Scope,
    /// Who may ask.
    pub need: Need,
    /// What in the path belongs to a unit.
    pub owned: Owned,
    /// The longest body, in bytes.
    pub body_max: usize,
    /// The longest time for a request, its body included.
    pub time_max: Duration,
    /// What answers.
    pub(super) handler: fn() -> Route,
}

/// A body that trickles in, or a disk that is stuck, must not hold a request for ever; an answer stored meanwhile is known
/// when it is sent again.
const TIME_FOR_ANYONE: Duration = Duration::from_secs(30);
/// Documents take their time, and files come over slow lines.
const TIME_FOR_STAFF: Duration = Duration::from_mins(2);

impl Row {
    /// A row for anyone, with no body longer than a citizen's answer.
    pub(super) fn new(scope: Scope, verb: Verb, path: &'static str, handler: fn() -> Route) -> Self {
        let (need, owned) = (Need::Anyone, Owned::Nothing);
        Self { verb, path, scope, need, owned, body_max: ANSWER_BYTES_MAX, time_max: TIME_FOR_ANYONE, handler }
    }

    /// Only for whoever may do `action`.
    pub(super) fn right(mut self, action: Action, owned: Owned) -> Self {
        (self.need, self.owned, self.time_max) = (Need::May(action), owned, TIME_FOR_STAFF);
        self
    }

    /// With bodies of up to so many bytes.
    pub(super) fn body(mut self, bytes: usize) -> Self {
        self.body_max = bytes;
        self
    }

    /// Whether it takes requests of `method`.
    pub fn takes(&self, method: &Method) -> bool {
        match self.verb {
            Verb::Get => matches!(*method, Method::GET | Method::HEAD),
            Verb::Post => *method == Method::POST,
        }
    }
}
