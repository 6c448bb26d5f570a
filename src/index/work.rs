//! What is done about weak figures, as it stands beside them: remedies with the criterion before and after, tasks of the plan.

use super::result::{ChangeVerdict, Compared, CriterionResult, Estimate, IndexReport, Node, RemedyResult};
use crate::stats::basics::Interval;
use crate::stats::multiplicity::holm;
use crate::stats::quantile::normal_two_sided;
use crate::stats::regression_to_mean::{Measured, expected_change};
use crate::stats::two_sample::difference_of_rates;

/// Half of an interval at 95 % is so many standard errors.
const CRITICAL: f64 = 1.959_963_984_540_054;
/// A change is told from chance below this, with every remedy that is compared taken into account.
const LEVEL: f64 = 0.05;

/// Puts a criterion's figures of an earlier period and of a later one beside the remedy.
pub fn compare(remedy: &mut RemedyResult, earlier: &IndexReport, (after_period, now): (&str, &IndexReport)) {
    let Some([_, period, field, item]) = &remedy.criterion else { return };
    let (Some(before), Some(after)) = (criterion(earlier, field, item), criterion(now, field, item)) else { return };
    let with_interval = |estimate: &Estimate| (estimate.value, Interval::new(estimate.low, estimate.high));
    let bounds = difference_of_rates(with_interval(&after.estimate), with_interval(&before.estimate));
    let error = |estimate: &Estimate| (estimate.high - estimate.low) / (2.0 * CRITICAL);
    let difference = after.estimate.value - before.estimate.value;
    let joint = error(&before.estimate).hypot(error(&after.estimate));
    let all: Vec<(&str, &str, &CriterionResult)> = criteria(earlier).collect();
    let measured: Vec<Measured> = all
        .iter()
        .map(|(_, _, one)| Measured { value: one.estimate.value, standard_error: error(&one.estimate) })
        .collect();
    let picked = all.iter().position(|(of, id, _)| of == field && id == item);
    remedy.compared = Some(Compared {
        period: period.clone(),
        before: before.estimate.clone(),
        after_period: after_period.to_owned(),
        after: after.estimate.clone(),
        difference,
        low: bounds.low,
        high: bounds.high,
        p_value: if joint > 0.0 { normal_two_sided(difference / joint) } else { 1.0 },
        verdict: ChangeVerdict::CannotSay,
        expected_rise: picked.and_then(|place| expected_change(&measured, place)),
    });
}

/// Judges every comparison, corrected for how many there are.
pub fn judge(remedies: &mut [RemedyResult]) {
    let raw: Vec<Option<f64>> =
        remedies.iter().map(|remedy| remedy.compared.as_ref().map(|compared| compared.p_value)).collect();
    for (remedy, corrected) in remedies.iter_mut().zip(holm(&raw)) {
        let (Some(compared), Some(p_value)) = (&mut remedy.compared, corrected) else { continue };
        compared.p_value = p_value;
        compared.verdict = match p_value < LEVEL {
            true if compared.difference > 0.0 => ChangeVerdict::Better,
            true => ChangeVerdict::Worse,
            false => ChangeVerdict::CannotSay,
        };
    }
}

/// Field, item and figure of every criterion shown.
fn criteria(report: &IndexReport) -> impl Iterator<Item = (&str, &str, &CriterionResult)> {
    report.fields.iter().filter_map(Node::shown).flat_map(|field| {
        let factors = field.factors.iter().filter_map(Node::shown);
        let shown = factors.flat_map(|factor| factor.criteria.iter().filter_map(Node::shown));
        shown.map(|criterion| (field.field.as_str(), criterion.item.as_str(), criterion))
    })
}

fn criterion<'a>(report: &'a IndexReport, field: &str, item: &str) -> Option<&'a CriterionResult> {
    criteria(report).find(|(of, id, _)| *of == field && *id == item).map(|(_, _, found)| found)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::index::result::WorkState;
    use crate::stats::RateMethod;

    fn remedy(difference: f64, p_value: f64) -> RemedyResult {
        let estimate = Estimate {
            value: 0.8,
            low: 0.7,
            high: 0.9,
            confidence: 0.95,
            method: RateMethod::ALL[0],
            respondents: 100,
            answers: 100,
            clusters: 30,
            design_effect: None,
            modes: Vec::new(),
        };
        RemedyResult {
            number: 1,
            said: String::new(),
            work: String::new(),
            person: String::new(),
            office: String::new(),
            due: NaiveDate::default(),
            state: WorkState::Done,
            late: false,
            criterion: None,
            compared: Some(Compared {
                period: "2026-q1".to_owned(),
                before: estimate.clone(),
                after_period: "2026-q3".to_owned(),
                after: estimate,
                difference,
                low: 0.0,
                high: 0.0,
                p_value,
                verdict: ChangeVerdict::CannotSay,
                expected_rise: None,
            }),
        }
    }

    #[test]
    fn several_remedies_are_judged_together() {
        let verdicts = |mut remedies: Vec<RemedyResult>| {
            judge(&mut remedies);
            remedies.into_iter().map(|remedy| remedy.compared.expect("compared").verdict).collect::<Vec<_>>()
        };
        // Holm: 0.03 alone is below 0.05; the smaller of two counts twice, 0.06.
        assert_eq!(verdicts(vec![remedy(0.1, 0.03)]), [ChangeVerdict::Better]);
        assert_eq!(verdicts(vec![remedy(0.1, 0.03), remedy(0.1, 0.04)]), [ChangeVerdict::CannotSay; 2]);
        assert_eq!(verdicts(vec![remedy(-0.1, 0.001), remedy(0.1, 0.5)])[0], ChangeVerdict::Worse);
    }
}
