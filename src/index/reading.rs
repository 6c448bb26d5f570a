//! The input with its sums made ready, once for all figures of a report.

use std::rc::Rc;

use super::caseload::Weighing;
use super::input::Input;
use super::partition;
use super::result::VolumesKnown;
use super::rows::Rows;
use super::sums::Ground;
use crate::plan::Weights;
use crate::survey::Feed;

/// The input with its sums made ready.
pub(super) struct Reading<'a> {
    input: Input<'a>,
    pub(super) rows: Rows<'a>,
    /// How fields are weighed.
    pub(super) weighed: Weights,
}

impl<'a> Reading<'a> {
    /// With what is known of cases where a plan weighs by them.
    pub(super) fn of(input: &Input<'a>) -> (Self, Option<VolumesKnown>) {
        let mut rows = Rows::of(input);
        let weighing = Weighing::of(input, &rows);
        let minima = input.plan.targets.iter().map(|target| target.minimum).collect();
        let Weighing { of_field, within, weights, known } = weighing;
        rows.ground = Rc::new(Ground { of_field, within, pooled: partition::pooled(&rows), minima });
        (Self { input: *input, rows, weighed: weights }, known)
    }

    /// The weights of figures of an index: the policy part handles no cases.
    pub(super) fn weights(&self, feed: Feed) -> Weights {
        if feed == Feed::Policy && self.weighed == Weights::Volumes { Weights::Equal } else { self.weighed }
    }
}

impl<'a> std::ops::Deref for Reading<'a> {
    type Target = Input<'a>;

    fn deref(&self) -> &Input<'a> {
        &self.input
    }
}
