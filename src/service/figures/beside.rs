//! What stands beside figures that count flagged sheets: what comes of leaving them out, where that is told.

use super::Measured;
use crate::index::{SHOWN_FROM, TargetResult};

/// Figures, and beside them what comes of leaving flagged sheets out, where that is told.
pub type Beside = (Measured, Option<Without>);

/// What comes of leaving flagged sheets out.
#[derive(Debug, Clone)]
pub struct Without {
    /// The targets, in their order.
    pub targets: Vec<TargetResult>,
    /// Sheets without flag that are left out because they share a release with flagged ones.
    pub besides: u64,
}

/// Whether so many flagged sheets are told by number, and figures without them beside those with them: never of fewer than of any group.
pub fn tells_of_flagged(flagged: u64) -> bool {
    flagged >= SHOWN_FROM
}
