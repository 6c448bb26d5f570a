//! Weak points: the criteria that did worst, ranked with their uncertainty in mind.
//!
//! The order is that of the upper bounds, lowest first: what stands on top is weak even in the kindest reading of
//! its answers, so that a criterion with few respondents does not head the list by chance.

use super::asked::{Stand, stand};
use super::result::{Estimate, IndexReport};
use super::rounding::percent_digits;
use crate::stats::threshold::TOLERANCE;

/// Criteria with fewer respondents than this are not ranked.
pub const RANKED_FROM: u64 = 30;

/// One criterion in the ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct LowestCriterion {
    /// Place, from 1; equal where the shown upper bounds are equal, and then the next places stay empty.
    pub rank: usize,
    /// Whether another criterion shares the place.
    pub tied: bool,
    /// Field of service.
    pub field: String,
    /// Factor, or section of the sector's own.
    pub factor: String,
    /// Item.
    pub item: String,
    /// Its figure.
    pub estimate: Estimate,
}

/// All shown criteria of `report` with at least [`RANKED_FROM`] respondents, weakest first.
pub fn lowest_criteria(report: &IndexReport) -> Vec<LowestCriterion> {
    let minima: Vec<f64> = report.targets.iter().map(|target| target.minimum).collect();
    let mut ranked = Vec::new();
    for field in report.fields.iter().filter_map(|node| node.shown()) {
        for factor in field.factors.iter().filter_map(|node| node.shown()) {
            for criterion in factor.criteria.iter().filter_map(|node| node.shown()) {
                if criterion.respondents >= RANKED_FROM {
                    ranked.push(LowestCriterion {
                        rank: 0,
                        tied: false,
                        field: field.field.clone(),
                        factor: factor.factor.clone(),
                        item: criterion.item.clone(),
                        estimate: criterion.estimate.clone(),
                    });
                }
            }
        }
    }
    // Places of a tie are listed by value, then as the report lists them: the sort is stable.
    // Bounds that differ by noise alone are equal.
    let steps = |share: f64| (share / TOLERANCE).round();
    ranked.sort_by(|a, b| {
        let by_high = steps(a.estimate.high).total_cmp(&steps(b.estimate.high));
        by_high.then(steps(a.estimate.value).total_cmp(&steps(b.estimate.value)))
    });
    let shown: Vec<String> = ranked.iter().map(|criterion| percent_digits(criterion.estimate.high, &minima)).collect();
    for place in 0..ranked.len() {
        let tied_above = place > 0 && shown[place] == shown[place - 1];
        let tied_below = shown.get(place + 1) == Some(&shown[place]);
        ranked[place].rank = if tied_above { ranked[place - 1].rank } else { place + 1 };
        ranked[place].tied = tied_above || tied_below;
    }
    ranked
}

/// The ranked criteria that stand so to what is asked of their field, weakest first, with their places among all.
pub fn standing(report: &IndexReport, wanted: Stand) -> Vec<LowestCriterion> {
    let mut ranked = lowest_criteria(report);
    ranked.retain(|one| stand(report, &one.field, Some(&one.factor), one.estimate.value) == wanted);
    ranked
}
