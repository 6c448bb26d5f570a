//! What the program does with complaints: who receives one, by when it is due, whose hand may do what to it, and the deeds
//! themselves. How a case may move is `cases`' table; here each deed gets its words, its days and its row in the audit log.

pub mod counts;
mod receivers;
mod receiving;
mod steps;

pub use receivers::{Receivers, receiver_of, receivers_of, responsible, with_those_above};
pub use receiving::{arrival, desk_of};
pub use steps::{Doer, NotDone, Request, close_unrated, do_deed, rate, say};
