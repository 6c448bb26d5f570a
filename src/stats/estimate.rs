//! One design-based estimate at a time: means and shares of (pooled) answers, ratios and totals, with linearised standard
//! errors, design effects and effective sample sizes. Several at once, with their covariance: [`crate::stats::domains`].
//! Confidence limits of shares: [`crate::stats::design_interval`].
//!
//! # Formula (mean or share of answers)
//! Respondent i has weight w and, among the answers asked about, m answers with sum s and sum of squares q (for one item m
//! is 0 or 1). Inside the domain, and 0 outside:
//! ```text
//! p   = Σ w s / Σ w m
//! u_i = w_i (s_i − p m_i) / Σ w m                    influence
//! V   = variance of Σ u under the design
//! S²  = n/(n − 1) · Σ w (q − 2 p s + p² m) / Σ w m   n = Σ m over rows of positive weight
//! ```
//! V is that of [`crate::stats::variance`]. Pooling answers this way keeps all answers of a person, and all persons of a
//! cluster, together.
//!
//! # Source
//! Särndal, Swensson, Wretman (1992) Model Assisted Survey Sampling, ch. 5, doi:10.1007/978-1-4612-4378-6; Kish (1965) Survey Sampling, for the design
//! effect; Korn, Graubard (1998) Survey Methodology 24, 193–201, for the effective sample size.

use super::design::Design;
use super::quantile::student_quantile;
use super::variance::VarianceError;

/// What each row (respondent) answered among the answers asked about, restricted to a domain.
#[derive(Debug, Clone, PartialEq)]
pub struct Responses {
    /// m: number of answers; 0 = outside the domain or nothing answered.
    pub counts: Vec<f64>,
    /// s: sum of the answers' values (1/0 for satisfied or not, 1..=5 for scores).
    pub sums: Vec<f64>,
    /// q: sum of squares of the values.
    pub squares: Vec<f64>,
}

impl Responses {
    /// One answer a row, `None` where there is none or the row is outside the domain.
    pub fn single(values: &[Option<f64>]) -> Self {
        Self::pooled(&[values])
    }

    /// Answers to several items pooled: `items[j][i]` is the answer of row i to item j. All items have as many rows.
    pub fn pooled<T: AsRef<[Option<f64>]>>(items: &[T]) -> Self {
        let n_rows = items.first().map_or(0, |item| item.as_ref().len());
        let mut pooled = Self { counts: vec![0.0; n_rows], sums: vec![0.0; n_rows], squares: vec![0.0; n_rows] };
        for item in items {
            for (row, value) in item.as_ref().iter().enumerate() {
                if let Some(value) = value {
                    pooled.counts[row] += 1.0;
                    pooled.sums[row] += value;
                    pooled.squares[row] += value * value;
                }
            }
        }
        pooled
    }

    /// The same answers, of the rows for which `inside` is true.
    #[must_use]
    pub fn within(&self, inside: &[bool]) -> Self {
        let keep =
            |values: &[f64]| values.iter().zip(inside).map(|(value, keep)| if *keep { *value } else { 0.0 }).collect();
        Self { counts: keep(&self.counts), sums: keep(&self.sums), squares: keep(&self.squares) }
    }

    /// Which rows answered anything.
    pub fn answered(&self) -> Vec<bool> {
        self.counts.iter().map(|count| *count > 0.0).collect()
    }
}

/// The sums over a domain that a mean needs besides its variance. They can be collected row by row.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// Answers of rows with positive weight: n.
    pub answers: f64,
    /// Answers of all rows, weight 0 included, for Korn–Graubard's adjustment; after a calibration at least the number of
    /// rows of the design. R counts so; the limits move in the seventh digit.
    pub answers_listed: f64,
    /// Unweighted sum of the values: for shares, the number satisfied.
    pub sum: f64,
    /// Unweighted sum of squares of the values.
    pub squares: f64,
    /// Σ w m.
    pub weight: f64,
    /// Σ w² m.
    pub weight_squared: f64,
    /// Σ w s.
    pub weighted_sum: f64,
    /// Σ w q.
    pub weighted_squares: f64,
}

impl Moments {
    /// Adds a row: its weight, number of answers, their sum and their sum of squares.
    #[inline]
    pub fn add(&mut self, weight: f64, count: f64, sum: f64, squares: f64) {
        self.answers_listed += count;
        if weight > 0.0 {
            self.answers += count;
            self.sum += sum;
            self.squares += squares;
            self.weight += weight * count;
            self.weight_squared += weight * weight * count;
            self.weighted_sum += weight * sum;
            self.weighted_squares += weight * squares;
        }
    }

    /// Adds the sums of another part of the same domain.
    pub fn merge(&mut self, other: &Self) {
        self.answers += other.answers;
        self.answers_listed += other.answers_listed;
        self.sum += other.sum;
        self.squares += other.squares;
        self.weight += other.weight;
        self.weight_squared += other.weight_squared;
        self.weighted_sum += other.weighted_sum;
        self.weighted_squares += other.weighted_squares;
    }

    /// p = Σ w s / Σ w m.
    ///
    /// # None
    /// Without an answer of positive weight.
    pub fn mean(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.weighted_sum / self.weight)
    }

    /// Unweighted mean of the answers.
    ///
    /// # None
    /// Without answers.
    pub fn plain_mean(&self) -> Option<f64> {
        (self.answers > 0.0).then(|| self.sum / self.answers)
    }

    /// Unweighted standard deviation of the answers, divisor n − 1.
    ///
    /// # None
    /// With fewer than two answers.
    pub fn plain_standard_deviation(&self) -> Option<f64> {
        (self.answers > 1.0).then(|| {
            let spread = self.squares - self.sum * self.sum / self.answers;
            (spread.max(0.0) / (self.answers - 1.0)).sqrt()
        })
    }
}

/// A weighted mean (for 0/1 values: a share, a fraction in 0..=1) with everything said about its precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanEstimate {
    /// The sums it rests on; `moments.answers` is n.
    pub moments: Moments,
    /// The estimate p.
    pub mean: f64,
    /// V, in the square of the values' unit.
    pub variance: f64,
    /// Clusters − strata of the domain.
    pub degrees_of_freedom: f64,
}

impl MeanEstimate {
    /// √V, in the unit of the values.
    pub fn standard_error(&self) -> f64 {
        self.variance.max(0.0).sqrt()
    }

    /// Standard error relative to the estimate.
    ///
    /// # None
    /// When the estimate is not positive.
    pub fn coefficient_of_variation(&self) -> Option<f64> {
        (self.mean > 0.0).then(|| self.standard_error() / self.mean)
    }

    /// S²: weighted variance of the values with divisor n − 1; its root is the standard deviation of the answers.
    ///
    /// # None
    /// With fewer than two answers.
    pub fn value_variance(&self) -> Option<f64> {
        let m = &self.moments;
        (m.answers > 1.0).then(|| {
            let spread =
                (m.weighted_squares - 2.0 * self.mean * m.weighted_sum + self.mean * self.mean * m.weight) / m.weight;
            m.answers / (m.answers - 1.0) * spread.max(0.0)
        })
    }

    /// Kish's design effect against simple random sampling **without** replacement from Σ w people:
    /// V / (S²/n · (1 − n/Σ w)). Ratio, 1 = as good as simple random sampling.
    ///
    /// # None
    /// With fewer than two answers, when all answers are equal, or when the weights do not add to more than n (then they
    /// are not expansion weights).
    pub fn design_effect(&self) -> Option<f64> {
        let not_sampled = 1.0 - self.moments.answers / self.moments.weight;
        let replace = self.design_effect_replace()?;
        (not_sampled > 0.0).then(|| replace / not_sampled)
    }

    /// The design effect against simple random sampling **with** replacement: V / (S²/n).
    ///
    /// # None
    /// With fewer than two answers or when all answers are equal.
    pub fn design_effect_replace(&self) -> Option<f64> {
        let simple = self.value_variance()? / self.moments.answers;
        let floor = 1e-28 * (self.mean * self.mean).max(f64::MIN_POSITIVE);
        (simple > floor).then(|| self.variance / simple)
    }

    /// The design effect of the total of the same answers, given the variance of that total: against simple random sampling without
    /// replacement, (Σ w)² S²/n · (1 − n/Σ w).
    ///
    /// # None
    /// As [`Self::design_effect`].
    pub fn design_effect_of_total(&self, variance_of_total: f64) -> Option<f64> {
        let of_mean = Self { variance: variance_of_total / (self.moments.weight * self.moments.weight), ..*self };
        of_mean.design_effect()
    }

    /// Kish's effective number of answers, (Σ w)²/Σ w²: what unequal weights alone cost. Range 1..=n.
    pub fn kish_effective_n(&self) -> f64 {
        self.moments.weight * self.moments.weight / self.moments.weight_squared
    }

    /// Whether the limits of a share are undefined: p is 0 or 1, or the variance is 0 (a share within 1e-14).
    pub(crate) fn is_degenerate_share(&self) -> bool {
        !self.variance.is_finite() || self.variance <= 1e-28 || self.mean <= 1e-14 || self.mean >= 1.0 - 1e-14
    }

    /// p(1 − p)/V: the simple random sample that would be as precise. For shares only. Answers, not truncated at n.
    ///
    /// # None
    /// When p is 0 or 1 or the variance is 0.
    pub fn effective_n(&self) -> Option<f64> {
        (!self.is_degenerate_share()).then(|| self.mean * (1.0 - self.mean) / self.variance)
    }

    /// Korn and Graubard's effective n: [`Self::effective_n`] · (t₍ₙ₋₁₎/t₍df₎)² at `tail` (0.025 for 95 %), so that an
    /// exact interval made with it pays for the few degrees of freedom. Not truncated at n.
    ///
    /// # None
    /// As [`Self::effective_n`], and when n − 1 or the degrees of freedom are not positive.
    pub fn effective_n_korn_graubard(&self, tail: f64) -> Option<f64> {
        let of_answers = student_quantile(tail, self.moments.answers_listed - 1.0)?;
        let of_design = student_quantile(tail, self.degrees_of_freedom)?;
        Some(self.effective_n()? * (of_answers / of_design).powi(2))
    }
}

/// An estimate with its variance: a ratio, a total, a contrast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its variance.
    pub variance: f64,
    /// Degrees of freedom for t limits.
    pub degrees_of_freedom: f64,
}

impl Estimate {
    /// √V.
    pub fn standard_error(&self) -> f64 {
        self.variance.max(0.0).sqrt()
    }
}

impl Design {
    /// Mean or share of `responses` with its linearised variance.
    ///
    /// # None
    /// When nobody of positive weight answered.
    ///
    /// # Errors
    /// When a stratum is lonely and the design's rule is to fail.
    pub fn mean(&self, responses: &Responses) -> Result<Option<MeanEstimate>, VarianceError> {
        let mut moments = self.moments(responses);
        let Some(mean) = moments.mean() else {
            return Ok(None);
        };
        if self.residuals.is_some() {
            // After a calibration every row takes part in the variance, and R counts them all here.
            moments.answers_listed = moments.answers_listed.max(self.n_rows() as f64);
        }
        let influence = self.mean_influence(responses, mean, moments.weight);
        let inside = responses.answered();
        let variance = self.covariance(&[influence], &inside)?[(0, 0)];
        let degrees_of_freedom = self.degrees_of_freedom_where(|row| inside[row]);
        Ok(Some(MeanEstimate { moments, mean, variance, degrees_of_freedom }))
    }

    /// The sums of `responses` over the rows.
    pub fn moments(&self, responses: &Responses) -> Moments {
        let mut moments = Moments::default();
        for (row, &weight) in self.weights.iter().enumerate() {
            if responses.counts[row] > 0.0 {
                moments.add(weight, responses.counts[row], responses.sums[row], responses.squares[row]);
            }
        }
        moments
    }

    pub(crate) fn mean_influence(&self, responses: &Responses, mean: f64, weight_sum: f64) -> Vec<f64> {
        let rows = self.weights.iter().zip(&responses.sums).zip(&responses.counts);
        rows.map(|((weight, sum), count)| weight * (sum - mean * count) / weight_sum).collect()
    }

    /// R = Σ w y / Σ w x over the rows, with its linearised variance. Set both to 0 outside a domain.
    ///
    /// # Formula
    /// u = w (y − R x) / Σ w x.
    ///
    /// # None
    /// When Σ w x is 0.
    ///
    /// # Errors
    /// When a stratum is lonely and the design's rule is to fail.
    pub fn ratio(&self, numerator: &[f64], denominator: &[f64]) -> Result<Option<Estimate>, VarianceError> {
        let dot =
            |values: &[f64]| -> f64 { self.weights.iter().zip(values).map(|(weight, value)| weight * value).sum() };
        let (above, below) = (dot(numerator), dot(denominator));
        if below == 0.0 {
            return Ok(None);
        }
        let value = above / below;
        let rows = self.weights.iter().zip(numerator).zip(denominator);
        let influence = rows.map(|((weight, y), x)| weight * (y - value * x) / below).collect();
        let inside: Vec<bool> = numerator.iter().zip(denominator).map(|(y, x)| *y != 0.0 || *x != 0.0).collect();
        let variance = self.covariance(&[influence], &inside)?[(0, 0)];
        let degrees_of_freedom = self.degrees_of_freedom_where(|row| inside[row]);
        Ok(Some(Estimate { value, variance, degrees_of_freedom }))
    }

    /// T = Σ w y over the rows for which `inside` is true, with its variance (u = w y there, 0 elsewhere).
    ///
    /// # Errors
    /// When a stratum is lonely and the design's rule is to fail.
    pub fn total(&self, values: &[f64], inside: &[bool]) -> Result<Estimate, VarianceError> {
        let rows = self.weights.iter().zip(values).zip(inside);
        let influence: Vec<f64> =
            rows.map(|((weight, value), inside)| if *inside { weight * value } else { 0.0 }).collect();
        let value = influence.iter().sum();
        let variance = self.covariance(&[influence], inside)?[(0, 0)];
        let degrees_of_freedom = self.degrees_of_freedom_where(|row| inside[row]);
        Ok(Estimate { value, variance, degrees_of_freedom })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::design::DesignColumns;
    use crate::stats::variance::{LonelyCluster, LonelyRule};

    fn hand_columns() -> DesignColumns<'static> {
        DesignColumns {
            weights: &[2.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0],
            strata: Some(&[1, 1, 1, 1, 2, 2, 2, 2]),
            clusters: Some(&[1, 1, 2, 2, 3, 3, 4, 4]),
            ..DesignColumns::default()
        }
    }

    fn hand_answers() -> Responses {
        Responses::single(&[1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0].map(Some))
    }

    #[test]
    fn the_hand_case_of_the_reference_answers_comes_out() {
        // README of the golden answers, section 5: p = 0.6, V = 0.01, df = 2; with N = 4 in stratum 1 V = 0.005.
        let design = Design::new(&hand_columns()).expect("a good design");
        let share = design.mean(&hand_answers()).expect("no lonely stratum").expect("answers");
        assert!((share.mean - 0.6).abs() < 1e-15);
        assert!((share.variance - 0.01).abs() < 1e-15);
        assert!((share.degrees_of_freedom - 2.0).abs() < f64::EPSILON);
        let sizes = [4.0, 4.0, 4.0, 4.0, 6.0, 6.0, 6.0, 6.0];
        let design = Design::new(&DesignColumns { clusters_in_population: Some(&sizes), ..hand_columns() })
            .expect("a good design");
        let share = design.mean(&hand_answers()).expect("no lonely stratum").expect("answers");
        assert!((share.variance - 0.005).abs() < 1e-15);
    }

    #[test]
    fn a_stratum_of_one_cluster_is_refused_by_name_unless_a_rule_says_otherwise() {
        let columns = DesignColumns { strata: Some(&[1, 1, 1, 1, 2, 2, 7, 7]), ..hand_columns() };
        let design = Design::new(&columns).expect("a good design");
        let refusal = design.mean(&hand_answers()).expect_err("strata 2 and 7 are lonely");
        assert!(refusal.to_string().starts_with("stratum 2 has only one cluster"));
        let removed = LonelyRule { clusters: LonelyCluster::Remove, in_domains: false };
        let share = design.with_lonely_rule(removed).mean(&hand_answers()).expect("allowed").expect("answers");
        assert!((share.variance - 0.01).abs() < 1e-15);
    }

    #[test]
    fn nobody_answering_gives_no_estimate() {
        let design = Design::new(&hand_columns()).expect("a good design");
        assert_eq!(design.mean(&Responses::single(&[None; 8])), Ok(None));
    }
}
