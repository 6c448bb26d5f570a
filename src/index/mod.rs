//! Tallies, questionnaires, plans and statistics made into indices and verdicts. Pure: nothing is read or written.

mod compute;
pub mod counted;
pub mod day_sum;
pub mod groups;
mod hiding;
pub mod outlook;
pub mod outside;
pub mod result;
pub mod rounding;
mod rows;
pub mod silent;
mod sums;
pub mod tally;
pub mod volumes;
pub mod weak;

pub use compute::{FormView, Input, PointView, SETTLING_POWER, compute, targets_only};
pub use result::*;
