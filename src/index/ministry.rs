//! The figure as the ministry adds up: every criterion alike, the policy part included with a share of its own. An estimate from the same
//! answers, beside the plan's figure, and never a SIPAS that anybody published.
//!
//! What is known of the method, and where the share of the policy part comes from, stands in `docs/statistics.md`.

use std::collections::BTreeMap;

use super::input::{Cut, Part};
use super::reading::Reading;
use super::result::{Estimate, FieldResult, MinistryEstimate, Node, PartEstimate, SHOWN_FROM};
use super::sums::OTHER_FIELDS;
use crate::plan::{Respondents, Weights};
use crate::survey::Feed;

/// The estimate from the criteria that are shown.
pub(super) fn estimate(reading: &Reading<'_>, fields: &[Node<FieldResult>]) -> Option<MinistryEstimate> {
    let (mut service, mut policy) = (BTreeMap::new(), BTreeMap::new());
    for factor in fields.iter().filter_map(Node::shown).flat_map(|field| &field.factors).filter_map(Node::shown) {
        let part = if factor.factor == "policy" { &mut policy } else { &mut service };
        for criterion in factor.criteria.iter().filter_map(Node::shown) {
            let counts: &mut (u64, u64) = part.entry((factor.factor.as_str(), criterion.item.as_str())).or_default();
            counts.0 += criterion.levels[3] + criterion.levels[4];
            counts.1 += criterion.levels.iter().sum::<u64>();
        }
    }
    let service = part(reading, Feed::Sipas, &service);
    let policy = part(reading, Feed::Policy, &policy);
    let share = reading.plan.ministry_policy_share;
    let (value, reach) = match (&policy, &service) {
        (Some(policy), Some(service)) => {
            let both = |policy: f64, service: f64| (share * policy).hypot((1.0 - share) * service);
            let reach = (both(policy.reach.0, service.reach.0), both(policy.reach.1, service.reach.1));
            (share * policy.value + (1.0 - share) * service.value, reach)
        }
        (Some(only), None) | (None, Some(only)) => (only.value, only.reach),
        (None, None) => return None,
    };
    let confidence = reading.plan.confidence;
    let (low, high) = ((value - reach.0).max(0.0), (value + reach.1).min(1.0));
    Some(MinistryEstimate { value, low, high, confidence, policy, service, policy_share: share })
}

/// The mean of the criteria, each alike. The interval reaches as far as that of all answers to the part: both are means of the same
/// answers, with weights that differ little.
fn part(reading: &Reading<'_>, feed: Feed, criteria: &BTreeMap<(&str, &str), (u64, u64)>) -> Option<PartEstimate> {
    let rates: Vec<f64> = criteria.values().map(|(satisfied, answers)| *satisfied as f64 / *answers as f64).collect();
    let cut = Cut { feed, channel: None, respondents: Respondents::All };
    let mut sums = reading.rows.sum(&cut, &[], Part::Feed(feed));
    let shown = |total: u64| total >= SHOWN_FROM;
    let large: Vec<_> =
        sums.cells.iter().filter(|(_, total)| shown(total.respondents)).map(|(cell, _)| cell.clone()).collect();
    sums.keep(|cell| cell.0 != OTHER_FIELDS && large.contains(cell));
    let (Estimate { value, low, high, respondents, .. }, _) =
        sums.estimate(Weights::Respondents, reading.plan.confidence)?;
    if rates.is_empty() {
        return None;
    }
    let mean = rates.iter().sum::<f64>() / rates.len() as f64;
    Some(PartEstimate { value: mean, criteria: rates.len() as u64, respondents, reach: (value - low, high - value) })
}
