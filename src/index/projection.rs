//! Where a target will stand at the end of its period, what contributions it down, and which points do.
//!
//! Everything here is made of figures that are shown anyway, and of words: nothing tells more than they do. See
//! `docs/decisions/0020-where-a-target-is-heading.md`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::asked::asks_everybody;
use super::result::{IndexReport, Node, Projection, Prospect, Reason, TargetResult, Verdict};
use crate::plan::{IndexKind, Period};
use crate::stats::RateEstimate;
use crate::stats::predict::predict;
use crate::stats::threshold::falls_short;

/// From this chance on a verdict is said to be likely.
pub const LIKELY_FROM: f64 = 0.9;

/// A minimum, and the share of the weight of which nothing is known: a verdict must hold whatever that part is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounded {
    pub(super) minimum: f64,
    pub(super) missing: f64,
}

impl Bounded {
    /// What the known part must reach to be met if all of the rest is at 0; none where it cannot.
    fn met_from(self) -> Option<f64> {
        let known = 1.0 - self.missing;
        (known > 0.0).then(|| self.minimum / known).filter(|minimum| *minimum <= 1.0)
    }

    /// Below what the known part must stay to be not met if all of the rest is at 1; none where it cannot.
    fn not_met_below(self) -> Option<f64> {
        let known = 1.0 - self.missing;
        (known > 0.0).then(|| (self.minimum - self.missing) / known).filter(|minimum| *minimum > 0.0)
    }

    /// The one of both that more answers of the known part could settle it by, the rate staying as it is.
    pub(super) fn nearest(self, value: f64) -> Option<f64> {
        let met = self.met_from().filter(|minimum| value >= *minimum);
        met.or_else(|| self.not_met_below().filter(|minimum| value < *minimum))
    }
}

/// The outlook of a figure; none before the period, after its cut-off, and where there is none to speak of.
pub(super) fn outlook(rate: &RateEstimate, period: &Period, today: NaiveDate, against: Bounded) -> Option<Projection> {
    if !period.contains(today) {
        return None;
    }
    let days = |from: NaiveDate, to: NaiveDate| u64::try_from(to.signed_duration_since(from).num_days()).unwrap_or(0);
    // Today is counted as past: its answers so far are all there are.
    let (past, days_left) = (days(period.from, today) + 1, days(today, period.to));
    let respondents_expected = rate.respondents * days_left / past;
    let predicted = |minimum| predict(rate, respondents_expected, minimum);
    let prediction = predicted(against.minimum)?;
    let (met, not_met) = if against.missing > 0.0 {
        let met = against.met_from().and_then(predicted).map_or(0.0, |against| against.settles_above);
        let not_met = against.not_met_below().and_then(predicted).map_or(0.0, |against| against.settles_below);
        (met, not_met)
    } else {
        (prediction.settles_above, prediction.settles_below)
    };
    let heading = if met >= LIKELY_FROM {
        Prospect::OnCourse
    } else if not_met >= LIKELY_FROM {
        Prospect::OutOfReach
    } else if 1.0 - met - not_met >= LIKELY_FROM {
        Prospect::Undecided
    } else {
        Prospect::AtRisk
    };
    Some(Projection {
        days_left,
        respondents_expected,
        low: prediction.interval.low,
        high: prediction.interval.high,
        reaches: prediction.reaches,
        met,
        not_met,
        heading,
    })
}

/// What more respondents could do for a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FurtherSample {
    /// It is out.
    Settled,
    /// So many more would bring it out, with the probability of [`super::SETTLING_POWER`].
    Needs(u64),
    /// More would be needed than can be asked in the period: so many cases are left.
    BeyondCases(u64),
    /// The rate is too near its minimum: no number of people that could be asked would.
    CannotBeSettled,
    /// Something else is missing first: answers, or fields with enough of them.
    Incomplete,
}

impl TargetResult {
    /// What more respondents could do for the verdict.
    pub fn further_sample(&self) -> FurtherSample {
        match (self.verdict, self.reason, self.respondents_to_settle) {
            (Verdict::Met | Verdict::NotMet, ..) => FurtherSample::Settled,
            (_, Some(Reason::NoData | Reason::SmallCell | Reason::AcrossBorder | Reason::Incomplete), _) => {
                FurtherSample::Incomplete
            }
            (_, None, Some(more)) => match self.respondents_left {
                Some(left) if left < more => FurtherSample::BeyondCases(left),
                _ => FurtherSample::Needs(more),
            },
            (_, None, None) if !self.missing_fields.is_empty() => FurtherSample::Incomplete,
            (_, None, None) => FurtherSample::CannotBeSettled,
        }
    }
}

/// What takes a target's figure below its minimum, in parts of the pooled rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Field.
    pub field: String,
    /// Item; none for the field as a whole.
    pub item: Option<String>,
    /// Its own rate, 0–1.
    pub value: f64,
    /// How much higher the pooled rate would be if this part were at the minimum, 0–1.
    pub shortfall: f64,
}

/// So many fields, and so many criteria, are named.
const NAMED: usize = 3;

/// The fields and criteria that pull a target down, the strongest first; fields before criteria.
///
/// # Formula
/// The pooled rate is `R = Σ W_f R_f`, so a field takes `W_f (t − R_f)` from it, t the minimum; all of them add up to t − R.
/// Within a field `R_f = Σ (m_i / M) R_i` over its criteria, m answers, so a criterion takes `W_f (m_i/M)(t − R_i)`: exact
/// where the field has one questionnaire. Only shown figures are used, and criteria only where the target asks for the answers of
/// everybody by every channel, as the criteria's figures do: a share of people is no mean of theirs.
pub fn contributions(report: &IndexReport, target: &TargetResult) -> Vec<Contribution> {
    let fields = target.by_field.iter().filter_map(Node::shown);
    let weighed: Vec<(&str, f64, f64)> =
        fields.filter_map(|field| Some((field.field.as_str(), field.estimate.value, field.weight?))).collect();
    let mut of_fields: Vec<Contribution> = weighed
        .iter()
        .map(|(field, value, weight)| Contribution {
            field: (*field).to_owned(),
            item: None,
            value: *value,
            shortfall: weight * (target.minimum - value),
        })
        .collect();
    let whole = asks_everybody(target) && target.index != IndexKind::Policy;
    let mut of_criteria = Vec::new();
    for (field, _, weight) in weighed.iter().filter(|_| whole) {
        let Some(shown) = report.fields.iter().filter_map(Node::shown).find(|known| known.field == *field) else {
            continue;
        };
        let factors = shown.factors.iter().filter_map(Node::shown);
        for criterion in factors.flat_map(|factor| &factor.criteria).filter_map(Node::shown) {
            let part = criterion.estimate.answers as f64 / shown.estimate.answers as f64;
            of_criteria.push(Contribution {
                field: (*field).to_owned(),
                item: Some(criterion.item.clone()),
                value: criterion.estimate.value,
                shortfall: weight * part * (target.minimum - criterion.estimate.value),
            });
        }
    }
    for contributions in [&mut of_fields, &mut of_criteria] {
        contributions.retain(|pull| pull.shortfall > 0.0 && falls_short(pull.value, target.minimum));
        contributions.sort_by(|a, b| b.shortfall.total_cmp(&a.shortfall));
        contributions.truncate(NAMED);
    }
    of_fields.extend(of_criteria);
    of_fields
}
