//! Several means of one sample at once: domains (fields, communes), factors, periods. Their covariance through shared
//! clusters and persons, and what follows from it: differences, contrasts, composite indices.
//!
//! # Formula
//! Influences u of every mean are built on the full design (0 outside their domain); their covariance matrix V is the
//! matrix version of [`crate::stats::variance`].
//! ```text
//! contrast c:         variance cᵀ V c
//! difference i − j:   variance V_ii + V_jj − 2 V_ij
//! ```
//! Ignoring the covariance, as naive comparisons of published figures do, is wrong wherever domains share clusters or people.
//!
//! # Source
//! Lumley (2010) Complex Surveys, ch. 2.8, doi:10.1002/9780470580066.

use nalgebra::DMatrix;

use super::basics::{Confidence, Interval};
use super::design::Design;
use super::estimate::{Estimate, Moments, Responses};
use super::quantile::{normal_two_sided, student_sf, student_two_sided};
use super::variance::VarianceError;

/// Means with their covariance matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct JointMeans {
    /// The sums of each mean.
    pub moments: Vec<Moments>,
    /// The means, in the order asked for.
    pub means: Vec<f64>,
    /// Their covariance matrix.
    pub covariance: DMatrix<f64>,
    /// Degrees of freedom used for limits and tests.
    pub degrees_of_freedom: f64,
}

/// A difference of two means of one sample.
#[expect(clippy::struct_field_names, reason = "the difference of a difference has no better name")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// First − second.
    pub difference: f64,
    /// Standard error with the covariance.
    pub standard_error: f64,
    /// Standard error as if the two were independent, for comparison.
    pub standard_error_if_independent: f64,
    /// Degrees of freedom.
    pub degrees_of_freedom: f64,
}

impl Difference {
    /// Difference / standard error.
    ///
    /// # None
    /// When the standard error is 0.
    pub fn t(&self) -> Option<f64> {
        (self.standard_error > 0.0).then(|| self.difference / self.standard_error)
    }

    /// Two-sided p-value of t.
    ///
    /// # None
    /// When t is undefined or there are no degrees of freedom.
    pub fn p_two_sided(&self) -> Option<f64> {
        student_two_sided(self.t()?, self.degrees_of_freedom)
    }

    /// P(T ≥ t): small when the first is larger than the second.
    ///
    /// # None
    /// As [`Self::p_two_sided`].
    pub fn p_greater(&self) -> Option<f64> {
        student_sf(self.t()?, self.degrees_of_freedom)
    }

    /// Difference ± t·SE.
    ///
    /// # None
    /// Without degrees of freedom.
    pub fn interval(&self, confidence: Confidence) -> Option<Interval> {
        let t = confidence.student_critical(self.degrees_of_freedom)?;
        Some(Interval::around(self.difference, t * self.standard_error))
    }

    /// z and its two-sided p-value as if the two samples were independent.
    ///
    /// # None
    /// When that standard error is 0.
    pub fn z_if_independent(&self) -> Option<(f64, f64)> {
        (self.standard_error_if_independent > 0.0).then(|| {
            let z = self.difference / self.standard_error_if_independent;
            (z, normal_two_sided(z))
        })
    }
}

impl JointMeans {
    /// Standard errors of the means.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.max(0.0).sqrt()).collect()
    }

    /// Mean `first` − mean `second`.
    pub fn difference(&self, first: usize, second: usize) -> Difference {
        let v = &self.covariance;
        let independent = v[(first, first)] + v[(second, second)];
        Difference {
            difference: self.means[first] - self.means[second],
            standard_error: (independent - 2.0 * v[(first, second)]).max(0.0).sqrt(),
            standard_error_if_independent: independent.max(0.0).sqrt(),
            degrees_of_freedom: self.degrees_of_freedom,
        }
    }

    /// Σ c · mean with its variance cᵀ V c: a contrast, or a composite index when the c are its weights.
    pub fn contrast(&self, coefficients: &[f64]) -> Estimate {
        let value = self.means.iter().zip(coefficients).map(|(mean, c)| mean * c).sum();
        let mut variance = 0.0;
        for (i, a) in coefficients.iter().enumerate() {
            for (j, b) in coefficients.iter().enumerate() {
                variance += a * b * self.covariance[(i, j)];
            }
        }
        Estimate { value, variance, degrees_of_freedom: self.degrees_of_freedom }
    }

    /// Correlation of two of the estimates.
    ///
    /// # None
    /// When a variance is 0.
    pub fn correlation(&self, first: usize, second: usize) -> Option<f64> {
        let v = &self.covariance;
        let product = v[(first, first)] * v[(second, second)];
        (product > 0.0).then(|| v[(first, second)] / product.sqrt())
    }

    /// Logits of the shares with the covariance carried over by the derivative 1/(p(1−p)).
    ///
    /// # None
    /// When a share is not strictly between 0 and 1.
    #[must_use]
    pub fn on_logit_scale(&self) -> Option<Self> {
        let inside = self.means.iter().all(|p| *p > 0.0 && *p < 1.0);
        inside.then(|| {
            let slope: Vec<f64> = self.means.iter().map(|p| 1.0 / (p * (1.0 - p))).collect();
            let covariance =
                DMatrix::from_fn(slope.len(), slope.len(), |i, j| slope[i] * self.covariance[(i, j)] * slope[j]);
            Self {
                moments: self.moments.clone(),
                means: self.means.iter().map(|p| crate::stats::design_interval::logit(*p)).collect(),
                covariance,
                degrees_of_freedom: self.degrees_of_freedom,
            }
        })
    }
}

/// Whose degrees of freedom go with a set of means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DegreesOf {
    /// Those of the whole design: the convention for comparing domains.
    WholeDesign,
    /// Those of the rows that answered in any of the domains: the convention for one domain over time.
    Answered,
}

impl Design {
    /// The means of several sets of responses with their covariance.
    ///
    /// # None
    /// When one of the sets has no answer of positive weight.
    ///
    /// # Errors
    /// When a stratum is lonely and the design's rule is to fail.
    pub fn joint_means(&self, sets: &[Responses], degrees_of: DegreesOf) -> Result<Option<JointMeans>, VarianceError> {
        let mut moments = Vec::with_capacity(sets.len());
        let mut means = Vec::with_capacity(sets.len());
        let mut influences = Vec::with_capacity(sets.len());
        let mut inside = vec![false; self.n_rows()];
        for responses in sets {
            let of_set = self.moments(responses);
            let Some(mean) = of_set.mean() else {
                return Ok(None);
            };
            influences.push(self.mean_influence(responses, mean, of_set.weight));
            moments.push(of_set);
            means.push(mean);
            for (inside, count) in inside.iter_mut().zip(&responses.counts) {
                *inside |= *count > 0.0;
            }
        }
        let covariance = self.covariance(&influences, &inside)?;
        let degrees_of_freedom = match degrees_of {
            DegreesOf::WholeDesign => self.degrees_of_freedom(),
            DegreesOf::Answered => self.degrees_of_freedom_where(|row| inside[row]),
        };
        Ok(Some(JointMeans { moments, means, covariance, degrees_of_freedom }))
    }
}
