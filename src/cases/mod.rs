//! Complaints and suggestions: what one says, how a case moves until it is answered and rated, by when, and by what it is
//! found again. Pure. Knows no rating of a survey: a complaint and an answer of the same person share nothing.

pub mod count;
pub mod deadline;
pub mod dialogue;
mod machine;
mod reference;
pub mod remedy;
pub mod telling;
pub mod themes;
pub mod warning;
mod written;

pub use machine::{ALL_TRANSITIONS, CONTENT_FROM, CaseAction, Hand, Next, NotMoved, State, Transition, moved};
pub use reference::{hash, normalise, reference};
pub use written::{CONTACT_MAX, Channel, Fault, Kind, Subject, TEXT_MAX, Written, check, plain};
