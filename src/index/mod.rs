//! Tallies, questionnaires, plans and statistics made into indices and verdicts. Pure: nothing is read or written.

#![warn(missing_docs)]

pub mod asked;
pub mod caseload;
mod compute;
pub mod count_targets;
pub mod counted;
pub mod cross;
pub mod group_differences;
pub mod inactive;
mod input;
pub mod lowest;
mod method;
pub mod ministry;
pub mod partition;
pub mod pick;
pub mod places;
pub mod profile;
pub mod projection;
pub mod questionnaires;
mod reading;
pub mod result;
pub mod rounding;
mod rows;
pub mod selection;
mod sums;
mod suppression;
pub mod warnings;
pub mod work;

pub use compute::{SETTLING_POWER, compute, targets_alone, targets_followed, targets_only};
pub use input::{FormView, Input, PointView};
pub use method::METHOD;
pub use places::unit_line;
pub use result::*;
