//! Who has signed in: the person of a session, or the program of a key, as handlers are given them.

use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::access::{Action, AuditedAction, Role, may};
use crate::clock;
use crate::db::{Note, Outcome, Tree, Unit};
use crate::error::Refusal;

/// The person who asks. A handler of an address that needs nobody gets none: asking for one there is a fault.
#[derive(Debug, Clone)]
pub struct Staff(Arc<SignedIn>);

impl Staff {
    /// The person of a full session.
    pub fn new(user: SignedIn) -> Self {
        Self(Arc::new(user))
    }
}

impl Deref for Staff {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.0
    }
}

impl FromRequest for Staff {
    type Error = Refusal;
    type Future = std::future::Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request.extensions().get::<Self>().cloned();
        std::future::ready(found.ok_or_else(|| Refusal::fault("a row without a right asks who has signed in")))
    }
}

/// A user who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Their number.
    pub id: i32,
    /// Name they sign in with.
    pub name: String,
    /// Shown on pages.
    pub display_name: String,
    /// What they are.
    pub role: Role,
    /// Number of their unit.
    pub unit: i32,
    /// Their unit and those under it, by code.
    pub units: Arc<Vec<Unit>>,
    /// Every unit.
    pub tree: Arc<Tree>,
    /// The path they asked for.
    pub path: String,
    /// Hash of the session's token.
    pub token_hash: [u8; 32],
}

impl SignedIn {
    /// Whether a unit of this code is theirs or under theirs.
    pub fn covers(&self, unit: &str) -> bool {
        self.tree.covers(self.unit, unit)
    }

    /// The unit of this code, if it is theirs or under theirs.
    pub fn unit_of_code(&self, code: &str) -> Option<&Unit> {
        self.tree.of_code(code).filter(|unit| self.covers(&unit.code))
    }

    /// The part of a plan's unit that is theirs to see: their own unit where they do not cover the plan's, else none.
    pub fn part_of(&self, plan_unit: &str) -> Option<String> {
        self.own_unit().filter(|_| !self.covers(plan_unit)).map(|unit| unit.code.clone())
    }

    /// Whether they may do `action` within their unit.
    pub fn may(&self, action: Action) -> bool {
        may(self.role, action)
    }

    /// The unit that they belong to: of those they cover the one at the top.
    pub fn own_unit(&self) -> Option<&Unit> {
        self.tree.unit(self.unit)
    }

    /// What the audit log keeps of something they do now.
    pub fn note(&self, action: AuditedAction, unit: &str, object: impl Into<String>) -> Note {
        let (unit, object) = (unit.to_owned(), object.into());
        Note { at: clock::now(), actor: self.name.clone(), action, unit, object, outcome: Outcome::Done }
    }

    /// The code of a unit of theirs by its number.
    pub fn code_of_unit(&self, id: i32) -> &str {
        self.tree.unit(id).filter(|unit| self.covers(&unit.code)).map_or("", |unit| unit.code.as_str())
    }
}
