//! Offices and service points as lines of a table: how each stands over all of its fields, and against its cases.
//!
//! An office's line is the figure of its own page. A point has a line where every release with sheets of it is wholly of it: so its line
//! is made of whole releases, like every other figure.

use std::collections::{BTreeMap, BTreeSet};

use super::caseload::cases_handled;
use super::input::{Cut, Input, Part};
use super::partition::{Arranged, widened};
use super::reading::Reading;
use super::result::{Estimate, PointLine, SHOWN_FROM, UnitLine};
use super::sums::OTHER_FIELDS;
use crate::plan::{Respondents, Weights};
use crate::survey::Feed;

const SERVICE: Cut = Cut { feed: Feed::Sipas, channel: None, respondents: Respondents::All };

/// The line of the unit that the input is about.
pub fn unit_line(input: &Input<'_>) -> UnitLine {
    let (reading, _) = Reading::of(input);
    let sums = reading.rows.sum(&SERVICE, &[], Part::Feed(Feed::Sipas));
    let mut belonging = input.expected(&SERVICE);
    belonging.retain(|field| !input.declared.iter().any(|empty| empty.field == *field));
    belonging.extend(sums.fields());
    let weights = reading.weights(Feed::Sipas);
    let arranged = Arranged::of(&sums, &input.in_order(&belonging), &reading.rows.ground, weights);
    let estimate = arranged.sums.estimate(weights, input.plan.confidence);
    let estimate = estimate.map(|(estimate, _)| widened(estimate, arranged.missing_share()));
    let cases = cases_handled(input, |_| true);
    let share = share(estimate.as_ref(), cases);
    UnitLine { unit: input.unit.to_owned(), estimate, cases, share }
}

/// The lines of the points that are open in the period or were answered, where the unit's figures count releases whole.
pub(super) fn point_lines(reading: &Reading<'_>) -> Vec<PointLine> {
    if !reading.whole {
        return Vec::new();
    }
    let alone = reading.counted.points_alone();
    let mut sums = reading.rows.sum(&SERVICE, &[], Part::Feed(Feed::Sipas));
    sums.keep(|(field, form)| field != OTHER_FIELDS && !form.is_empty());
    let of_points: BTreeMap<(i32, i32), _> = sums.by_point().into_iter().collect();
    let open = reading.points.iter().filter(|(_, view)| view.open).map(|(point, _)| *point);
    let points: BTreeSet<(i32, i32)> = open.chain(of_points.keys().copied()).collect();
    let lines = points.into_iter().map(|of| {
        let own = of_points.get(&of).filter(|own| alone.contains(&of) && own.respondents() >= SHOWN_FROM);
        let estimate = own.and_then(|own| own.estimate(Weights::Respondents, reading.plan.confidence));
        let estimate = estimate.map(|(estimate, _)| estimate);
        let cases = cases_handled(reading, |volume| volume.unit == of.0 && volume.point == Some(of.1));
        let share = share(estimate.as_ref(), cases);
        PointLine { unit: of.0, point: of.1, estimate, cases, share }
    });
    lines.collect()
}

fn share(estimate: Option<&Estimate>, cases: Option<u64>) -> Option<f64> {
    let cases = cases.filter(|cases| *cases > 0)?;
    Some(estimate?.respondents as f64 / cases as f64)
}
