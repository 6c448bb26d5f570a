//! How many more respondents would settle whether a rate reaches its target.
//!
//! A verdict is out when the interval of [`mod@crate::stats::weighted_rate`] lies wholly at or above the target, or wholly below it.
//! Here is only the arithmetic of "when would it be"; the verdicts and their names belong to the index.

use super::basics::Confidence;
use super::quantile::normal_quantile;
use super::threshold::{falls_short, reaches};
use super::weighted_rate::RateEstimate;

/// More than this many further respondents counts as hopeless: about ten times the adults of a large ward.
pub const RESPONDENTS_TO_SETTLE_MAX: u64 = 100_000;

/// Whether the interval of an estimate no longer leaves the target open: lower limit at or above it, or upper limit below it.
pub fn is_settled(estimate: &RateEstimate, target: f64) -> bool {
    reaches(estimate.low, target) || falls_short(estimate.high, target)
}

/// How many **more** respondents would settle the verdict with probability `power`, if the true rate is the estimated one
/// and further respondents carry as much information each as those so far (same design effect, and days and points
/// growing in step with respondents).
///
/// `target` is a fraction, `power` a probability such as 0.8. 0 means that the verdict is out already.
///
/// # Formula
/// Wilson's limit passes the target t exactly when |p̂ − t| ≥ c √(t(1 − t)/n), n the effective size, c the critical value. With
/// p̂ normal around p this has the probability asked for when
/// `√n |p − t| ≥ c √(t(1 − t)) + z √(p(1 − p))`, z the normal quantile of the power. N respondents have n = N · `effective_answers` / `respondents`, and c is
/// Student's with degrees of freedom growing as N; the smallest whole N that suffices, less the respondents so far.
///
/// # Source
/// Fleiss, Levin, Paik (2003), Statistical Methods for Rates and Proportions, section 2.5, doi:10.1002/0471445428 (sample size for a
/// single proportion against a fixed value).
///
/// # None
/// When it is hopeless: the value equals the target, or more than [`RESPONDENTS_TO_SETTLE_MAX`] further respondents would
/// be needed. Also when the target or the power is not strictly between 0 and 1.
pub fn respondents_to_settle(estimate: &RateEstimate, target: f64, power: f64) -> Option<u64> {
    if is_settled(estimate, target) {
        return Some(0);
    }
    let confidence = Confidence::new(estimate.confidence)?;
    let z_power = normal_quantile(power)?;
    if !(target > 0.0 && target < 1.0) || estimate.respondents == 0 {
        return None;
    }
    let (value, distance) = (estimate.value, (estimate.value - target).abs());
    let respondents_so_far = estimate.respondents as f64;
    let information_each = estimate.effective_answers / respondents_so_far;
    let noise_at_target = (target * (1.0 - target)).sqrt();
    let noise_at_value = (value * (1.0 - value)).sqrt();
    let suffices = |more: u64| -> bool {
        let respondents = respondents_so_far + more as f64;
        let degrees_of_freedom = estimate.degrees_of_freedom * (respondents / respondents_so_far);
        let needed = confidence
            .student_critical(degrees_of_freedom)
            .map(|critical| critical * noise_at_target + z_power * noise_at_value);
        needed.is_some_and(|needed| (respondents * information_each).sqrt() * distance >= needed)
    };

    // The left side grows and the right side shrinks with N, so the smallest N is found by halving.
    if distance <= 0.0 || !suffices(RESPONDENTS_TO_SETTLE_MAX) {
        return None;
    }
    let (mut too_few, mut enough) = (0, RESPONDENTS_TO_SETTLE_MAX);
    while enough - too_few > 1 {
        let middle = u64::midpoint(too_few, enough);
        if suffices(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::weighted_rate::RateMethod;

    /// An estimate from `respondents` independent answers with limits wide enough to leave everything open.
    fn open_estimate(value: f64, respondents: u64, confidence: f64) -> RateEstimate {
        RateEstimate {
            value,
            low: 0.0,
            high: 1.0,
            confidence,
            method: RateMethod::ModelScore,
            respondents,
            answers: respondents,
            clusters: respondents,
            strata: 1,
            design_effect: Some(1.0),
            standard_error: 0.1,
            degrees_of_freedom: f64::INFINITY,
            effective_answers: respondents as f64,
        }
    }

    #[test]
    fn with_nobody_but_one_so_far_it_is_the_sample_size_of_the_one_sided_normal_test() {
        // golden g11 power1.*: n_normal for p0 (target), p1 (truth), one-sided alpha .05 (two-sided confidence .9), power .8:
        // .85/.9 -> 282.1167637409785; rounded up 283, of whom one is there.
        let estimate = open_estimate(0.9, 1, 0.9);
        assert_eq!(respondents_to_settle(&estimate, 0.85, 0.8), Some(282));
    }

    #[test]
    fn twice_the_design_effect_needs_twice_the_respondents() {
        let plain = open_estimate(0.9, 1, 0.9);
        let clustered = RateEstimate { effective_answers: 0.5, ..plain };
        // 2 * 282.1167637 = 564.23 (g11 as above), rounded up 565, of whom one is there.
        assert_eq!(respondents_to_settle(&clustered, 0.85, 0.8), Some(564));
    }

    #[test]
    fn a_value_on_its_target_is_hopeless() {
        assert_eq!(respondents_to_settle(&open_estimate(0.9, 50, 0.95), 0.9, 0.8), None);
        assert_eq!(respondents_to_settle(&open_estimate(0.9001, 50, 0.95), 0.9, 0.8), None);
    }

    #[test]
    fn a_verdict_that_is_out_needs_nobody() {
        let estimate = RateEstimate { low: 0.9, high: 0.95, ..open_estimate(0.92, 500, 0.95) };
        assert_eq!(respondents_to_settle(&estimate, 0.9, 0.8), Some(0));
        assert_eq!(respondents_to_settle(&estimate, 0.96, 0.8), Some(0));
        assert!(!is_settled(&estimate, 0.95), "an upper limit on the target leaves it open");
    }

    #[test]
    fn a_power_or_target_outside_the_unit_interval_has_no_answer() {
        let estimate = open_estimate(0.9, 50, 0.95);
        for power in [0.0, 1.0, 80.0, f64::NAN] {
            assert_eq!(respondents_to_settle(&estimate, 0.85, power), None);
        }
        assert_eq!(respondents_to_settle(&estimate, f64::NAN, 0.8), None);
    }
}
