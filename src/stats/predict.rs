//! Where a rate will stand when further respondents have answered: the predictive distribution of a share, given what is known
//! of it, and the chance that it ends above a minimum.
//!
//! # Model
//! The true rate has a beta distribution: Jeffreys's prior, Beta(½, ½), and the answers so far, counted at their effective
//! size n: Beta(½ + nR, ½ + n(1 − R)). Further respondents bring as much information each as those so far; the satisfied among
//! the m effective answers to come are beta-binomial. The final value is (nR + X) / (n + m).
//!
//! What it does not know: a change of the service, other people coming at the period's end, weights that shift.
//!
//! # Source
//! Predictive probability by beta-binomial: Lee and Liu (2008), A predictive probability design for phase II cancer clinical
//! trials, doi:10.1177/1740774508089279 (whose table 1 the tests reproduce); Spiegelhalter, Freedman, Blackburn (1986),
//! doi:10.1016/0197-2456(86)90003-6; Jeffreys's prior for a rate: Brown, Cai, Das Gupta (2001), doi:10.1214/ss/1009213286.

use statrs::function::gamma::ln_gamma;

use super::basics::{Confidence, Interval};
use super::proportion::wilson_effective;
use super::threshold::{falls_short, reaches as is_reached};
use super::weighted_rate::RateEstimate;

/// More effective answers to come than this are counted as this many: the prediction does not change any more.
pub const TO_COME_MAX: u64 = 50_000;

/// Where a rate may stand at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Bounds that hold the final value with the confidence asked for.
    pub interval: Interval,
    /// Chance that the final value is at or above the minimum.
    pub reaches: f64,
    /// Chance that the final interval lies at or above the minimum.
    pub settles_above: f64,
    /// Chance that the final interval lies below it.
    pub settles_below: f64,
}

/// The probabilities of 0, 1, … m successes among m, the rate being Beta(a, b).
///
/// # Formula
/// `P(X = k) = C(m, k) B(a + k, b + m − k) / B(a, b)`, each from the one before by the ratio
/// `(m − k)/(k + 1) · (a + k)/(b + m − k − 1)`, in logarithms.
///
/// # None
/// When a or b is not positive and finite.
pub fn beta_binomial(m: u64, a: f64, b: f64) -> Option<Vec<f64>> {
    if !(a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite()) {
        return None;
    }
    let total = m as f64;
    let mut log = ln_gamma(b + total) - ln_gamma(b) + ln_gamma(a + b) - ln_gamma(a + b + total);
    let mut masses = Vec::with_capacity(usize::try_from(m).unwrap_or(0) + 1);
    for k in 0..=m {
        masses.push(log.exp());
        let k = k as f64;
        if k < total {
            log += ((total - k) / (k + 1.0) * (a + k) / (b + total - k - 1.0)).ln();
        }
    }
    // Rounding of the first term is common to all.
    let sum: f64 = masses.iter().sum();
    for mass in &mut masses {
        *mass /= sum;
    }
    Some(masses)
}

/// Where `estimate` may stand after `more` further respondents, against `minimum`.
///
/// # None
/// When there is no estimate to speak of (no respondents), or the minimum is not strictly between 0 and 1.
pub fn predict(estimate: &RateEstimate, more: u64, minimum: f64) -> Option<Prediction> {
    if estimate.respondents == 0 || !(minimum > 0.0 && minimum < 1.0) {
        return None;
    }
    let confidence = Confidence::new(estimate.confidence)?;
    let so_far = estimate.effective_answers;
    let each = so_far / estimate.respondents as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and TO_COME_MAX")]
    let to_come = (more as f64 * each).round().clamp(0.0, TO_COME_MAX as f64) as u64;
    let satisfied = so_far * estimate.value;
    let masses = beta_binomial(to_come, 0.5 + satisfied, 0.5 + so_far - satisfied)?;
    let end = so_far + to_come as f64;
    // Degrees of freedom grow in step with respondents.
    let growth = end / so_far;
    let critical = confidence.student_critical(estimate.degrees_of_freedom * growth)?;
    let value = |k: usize| ((satisfied + k as f64) / end).clamp(0.0, 1.0);
    let (mut reaches, mut above, mut below) = (0.0, 0.0, 0.0);
    for (k, mass) in masses.iter().enumerate() {
        let last = wilson_effective(value(k), end, critical)?;
        reaches += if is_reached(value(k), minimum) { *mass } else { 0.0 };
        above += if is_reached(last.low, minimum) { *mass } else { 0.0 };
        below += if falls_short(last.high, minimum) { *mass } else { 0.0 };
    }
    let tail = (1.0 - estimate.confidence) / 2.0;
    let bound = |tail: f64| {
        let mut sum = 0.0;
        masses.iter().position(|mass| {
            sum += mass;
            sum >= tail
        })
    };
    let last = masses.len() - 1;
    let low = value(bound(tail).unwrap_or(0));
    let high = value(bound(1.0 - tail).unwrap_or(last));
    Some(Prediction { interval: Interval::new(low, high), reaches, settles_above: above, settles_below: below })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::weighted_rate::RateMethod;

    fn estimate(value: f64, respondents: u64, effective: f64) -> RateEstimate {
        RateEstimate {
            value,
            low: 0.0,
            high: 1.0,
            confidence: 0.95,
            method: RateMethod::ModelScore,
            respondents,
            answers: respondents,
            clusters: respondents,
            strata: 1,
            design_effect: Some(1.0),
            standard_error: 0.1,
            degrees_of_freedom: f64::INFINITY,
            effective_answers: effective,
        }
    }

    #[test]
    fn the_published_predictive_probability_comes_out() {
        // Lee and Liu (2008), table 1: 16 of 23 so far, 17 to come, prior Beta(0.6, 0.4); success from 12 of the 17 on: 0.5656.
        let masses = beta_binomial(17, 16.6, 7.4).expect("masses");
        assert!((masses[12..].iter().sum::<f64>() - 0.5656).abs() < 5e-5);
        // The same and single masses in exact fractions (Python): 0.5655588975248024; P(0 of 10) for Beta(8.5, 2.5).
        assert!((masses[12..].iter().sum::<f64>() - 0.565_558_897_524_802_4).abs() < 1e-12);
        let masses = beta_binomial(10, 8.5, 2.5).expect("masses");
        assert!((masses[0] - 0.000_153_541_564_941_406_25).abs() < 1e-15);
        assert!((masses[9] - 0.227_528_352_003_831_12).abs() < 1e-12);
        assert_eq!(beta_binomial(3, 0.0, 1.0), None);
        assert_eq!(beta_binomial(0, 2.0, 1.0), Some(vec![1.0]));
    }

    #[test]
    fn a_prediction_counted_out_by_hand() {
        // 16 of 20 so far, 10 to come: X ~ beta-binomial(10, 16.5, 4.5), final value (16 + X)/30. Exact fractions (Python):
        // P(X ≥ 8) = 0.6325674; cumulated 0.0272 at 4 and 0.0077 at 3, 0.8609 at 9: bounds 20/30 and 26/30.
        let prediction = predict(&estimate(0.8, 20, 20.0), 10, 0.8).expect("a prediction");
        assert!((prediction.reaches - 0.632_567_404_870_039_8).abs() < 1e-9);
        assert!((prediction.interval.low - 20.0 / 30.0).abs() < 1e-12);
        assert!((prediction.interval.high - 26.0 / 30.0).abs() < 1e-12);
        // Wilson at 30 with 1.96 (worked out apart): the lower limit is 0.7032 at 26 of 30 and 0.6644 at 25, so only
        // X = 10 (0.1391047) lies above 0.7; the upper one is 0.7813 at 19 and 0.8077 at 20: X ≤ 3 lies below 0.8.
        let low = predict(&estimate(0.8, 20, 20.0), 10, 0.7).expect("a prediction");
        assert!((low.settles_above - 0.139_104_711_789_002_97).abs() < 1e-9);
        assert!((prediction.settles_below - 0.007_657_662_562_761_588).abs() < 1e-9);
    }

    #[test]
    fn answers_that_hang_together_tell_less() {
        // Half the information of each: as 10 effective answers so far and 5 to come.
        let clustered = predict(&estimate(0.8, 20, 10.0), 10, 0.8).expect("a prediction");
        let plain = predict(&estimate(0.8, 10, 10.0), 5, 0.8).expect("a prediction");
        assert_eq!(clustered, plain);
        assert!(clustered.interval.low < 20.0 / 30.0);
    }

    #[test]
    fn without_anybody_to_come_the_value_is_where_it_is() {
        let prediction = predict(&estimate(0.8, 20, 20.0), 0, 0.75).expect("a prediction");
        assert_eq!((prediction.interval.low, prediction.interval.high, prediction.reaches), (0.8, 0.8, 1.0));
        assert_eq!(predict(&estimate(0.8, 0, 0.0), 10, 0.75), None);
        assert_eq!(predict(&estimate(0.8, 20, 20.0), 10, 1.0), None);
    }
}
