//! Quantiles of a population from a designed sample: the median waiting time, the quarter least satisfied.
//!
//! # Formula
//! ```text
//! quantile at p     the smallest value v with Σ w over values ≤ v at least p Σ w
//! limits            the quantiles at q ± t·SE(q), q being the estimated share of values ≤ v (Woodruff)
//! standard error    (upper limit − lower limit)/(2 t)
//! ```
//! t is Student's critical value on clusters − strata. The limits are values that occur, so they need not lie evenly about the quantile.
//!
//! # Source
//! Woodruff (1952), doi:10.1080/01621459.1952.10483443; Francisco, Fuller (1991), doi:10.1214/aos/1176347993; R `survey::svyquantile(qrule =
//! "math", interval.type = "mean")`.

use super::basics::{Confidence, Interval};
use super::design::Design;
use super::estimate::Responses;
use super::variance::VarianceError;

/// Sums of weights are compared with this relative slack, so that a quantile that falls exactly on a value is that value.
const SLACK: f64 = 1e-12;

/// A quantile with what is known of its precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileEstimate {
    /// The quantile, in the unit of the values.
    pub value: f64,
    /// Woodruff's limits.
    pub interval: Interval,
    /// Half of their distance, by t.
    pub standard_error: f64,
}

impl Design {
    /// The quantile of `values` at `probability`; `None` among the values is outside the domain or missing.
    ///
    /// # None
    /// When nobody of positive weight has a value, the probability is not strictly between 0 and 1, or no degrees of freedom are left.
    ///
    /// # Errors
    /// When a stratum is lonely and the design's rule is to fail.
    pub fn quantile(
        &self,
        values: &[Option<f64>],
        probability: f64,
        confidence: Confidence,
    ) -> Result<Option<QuantileEstimate>, VarianceError> {
        if !(probability > 0.0 && probability < 1.0) {
            return Ok(None);
        }
        let mut sorted: Vec<(f64, f64)> = values
            .iter()
            .zip(self.weights())
            .filter_map(|(value, weight)| value.filter(|_| *weight > 0.0).map(|value| (value, *weight)))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let Some(value) = at(&sorted, probability) else { return Ok(None) };
        let up_to: Vec<Option<f64>> =
            values.iter().map(|seen| seen.map(|seen| f64::from(u8::from(seen <= value)))).collect();
        let Some(share) = self.mean(&Responses::single(&up_to))? else { return Ok(None) };
        let Some(t) = confidence.student_critical(share.degrees_of_freedom) else { return Ok(None) };
        let half_width = t * share.standard_error();
        let limits = at(&sorted, share.mean - half_width).zip(at(&sorted, share.mean + half_width));
        Ok(limits.map(|(low, high)| QuantileEstimate {
            value,
            interval: Interval::new(low, high),
            standard_error: (high - low) / (2.0 * t),
        }))
    }
}

/// The first of the sorted (value, weight) at which the weights add up to `probability` of all; the last where none does.
fn at(sorted: &[(f64, f64)], probability: f64) -> Option<f64> {
    let wanted = probability * sorted.iter().map(|(_, weight)| weight).sum::<f64>() * (1.0 - SLACK);
    let mut below = 0.0;
    let reaches = |(_, weight): &&(f64, f64)| {
        below += weight;
        below >= wanted
    };
    sorted.iter().find(reaches).or(sorted.last()).map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::design::DesignColumns;

    #[test]
    fn the_median_of_ten_alike_is_the_fifth() {
        let design = Design::new(&DesignColumns { weights: &[0.1; 10], ..DesignColumns::default() }).expect("good");
        let values: Vec<Option<f64>> = [7, 3, 9, 1, 5, 10, 2, 8, 6, 4].map(|value| Some(f64::from(value))).to_vec();
        let median = design.quantile(&values, 0.5, Confidence::NINETY_FIVE).expect("no stratum").expect("values");
        assert!((median.value - 5.0).abs() < f64::EPSILON);
        // Share 0.5, SE √(0.25/9) = 1/6, t₉ = 2.262: shares 0.123 and 0.877, the second and the ninth.
        assert_eq!(median.interval, Interval::new(2.0, 9.0));
        assert!((median.standard_error - 7.0 / (2.0 * 2.262_157)).abs() < 1e-6);
    }

    #[test]
    fn heavy_values_draw_the_quantile_and_missing_ones_do_not_count() {
        let columns = DesignColumns { weights: &[1.0, 1.0, 8.0, 90.0], ..DesignColumns::default() };
        let design = Design::new(&columns).expect("good");
        let values = [Some(1.0), Some(2.0), Some(3.0), None];
        let median = design.quantile(&values, 0.5, Confidence::NINETY_FIVE).expect("no stratum").expect("values");
        assert!((median.value - 3.0).abs() < f64::EPSILON);
        assert_eq!(design.quantile(&[None; 4], 0.5, Confidence::NINETY_FIVE), Ok(None));
        assert_eq!(design.quantile(&values, 1.0, Confidence::NINETY_FIVE), Ok(None));
    }
}
