//! Tallies, questionnaires, plans and statistics made into indices and verdicts. Pure: nothing is read or written.

mod compute;
mod hiding;
mod result;
pub mod tally;

pub use compute::{FormView, Input, PointView, SETTLING_POWER, compute};
pub use result::*;
