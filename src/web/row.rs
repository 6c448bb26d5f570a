//! One row of the table of addresses: its method, who reads it, who may ask, what of it belongs to a unit, how long a body and a
//! request may be. It knows no page.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder, Route};

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

/// A route that `handler` answers. It is the library's own `to`, but for this: what the library wraps around a handler is
/// compiled once, and not anew for each of some three hundred.
pub(super) fn to<H, A>(handler: H) -> Route
where
    H: Handler<A>,
    H::Output: Responder + 'static,
    A: FromRequest + 'static,
{
    route(Rc::new(move |request: HttpRequest, mut payload: Payload| {
        let handler = handler.clone();
        Box::pin(async move {
            match A::from_request(&request, &mut payload).await {
                Ok(asked) => handler.call(asked).await.respond_to(&request).map_into_boxed_body(),
                Err(refused) => HttpResponse::from_error(refused),
            }
        })
    }))
}

/// What a handler of any type is once its arguments are found inside it.
type Answers = dyn Fn(HttpRequest, Payload) -> Pin<Box<dyn Future<Output = HttpResponse>>>;

/// Not generic: this is what is to be compiled once.
fn route(answers: Rc<Answers>) -> Route {
    actix_web::web::to(move |request: HttpRequest, payload: actix_web::web::Payload| {
        answers(request, payload.into_inner())
    })
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
