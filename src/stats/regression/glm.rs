//! Linear and logistic regression, with weights, and under a sampling design.
//!
//! # Formula
//! The weighted score Σ w x (y − μ) is 0 at the coefficients β; μ = xᵀβ (linear) or 1/(1 + e^(−xᵀβ)) (logistic).
//! ```text
//! information   A = Σ w v x xᵀ,   v = 1 or μ(1 − μ)
//! influence     A⁻¹ w x (y − μ)
//! covariance    that of the influences' sum under the design (the sandwich)
//! degrees of freedom   clusters − strata + 1 − (number of coefficients)
//! ```
//!
//! # Source
//! Binder (1983), doi:10.2307/1402588; Lumley, Scott (2017), doi:10.1214/16-STS605; R `survey::svyglm`.

use nalgebra::DMatrix;

use super::{DesignFit, RegressionError, after, checked_rows, cross_products, dot, influence, inverse, settled};
use crate::stats::design::Design;

/// Steps of Newton's method after which a fit is given up; a good one takes about ten.
const STEPS_MAX: u32 = 100;

/// What kind of outcome is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A number, explained linearly.
    Linear,
    /// Yes or no as 1 or 0 (or a share between), explained on the scale of log odds.
    Logistic,
}

/// A weighted fit without a design.
#[derive(Debug, Clone, PartialEq)]
pub struct GlmFit {
    /// Coefficients, in the order of the predictors.
    pub coefficients: Vec<f64>,
    /// μ of every row.
    pub fitted: Vec<f64>,
    inverse_information: DMatrix<f64>,
}

/// Fits `outcomes` by `rows` with `weights`; rows of weight 0 are fitted but count for nothing.
///
/// # Errors
/// When lists do not fit, there are fewer rows than predictors, predictors say the same, an outcome is not in 0..=1 (logistic), or the
/// outcomes are separated by the predictors.
pub fn fit(family: Family, rows: &[Vec<f64>], outcomes: &[f64], weights: &[f64]) -> Result<GlmFit, RegressionError> {
    let rows = checked_rows(rows, &[outcomes, weights])?;
    let bad = |at: usize| weights[at] < 0.0 || (family == Family::Logistic && !(0.0..=1.0).contains(&outcomes[at]));
    if let Some(at) = (0..rows.len()).find(|at| bad(*at)) {
        return Err(RegressionError::BadRow { row: at + 1 });
    }
    let (counted, k) = (weights.iter().filter(|weight| **weight > 0.0).count(), rows[0].len());
    if counted < k {
        return Err(RegressionError::TooFewRows { rows: counted, coefficients: k });
    }
    let mut state = State::at(family, &rows, outcomes, weights, vec![0.0; k]);
    let total = weights.iter().sum();
    for step_number in 0..STEPS_MAX {
        let inverse = state.inverse_information(family, &rows, weights).map_err(|error| after(step_number, error))?;
        let step = influence(&inverse, &state.score);
        let moved = |share: f64| state.coefficients.iter().zip(&step).map(|(b, step)| b + share * step).collect();
        let mut next = State::at(family, &rows, outcomes, weights, moved(1.0));
        let mut share = 1.0;
        while next.misfit > state.misfit + 1e-12 * state.misfit.abs() && share > 1e-6 {
            share /= 2.0;
            next = State::at(family, &rows, outcomes, weights, moved(share));
        }
        let settled =
            settled(&state.coefficients, &step, &state.score, total) || next.coefficients == state.coefficients;
        state = next;
        if settled {
            let inverse_information =
                state.inverse_information(family, &rows, weights).map_err(|error| after(step_number, error))?;
            return Ok(GlmFit { coefficients: state.coefficients, fitted: state.fitted, inverse_information });
        }
    }
    Err(RegressionError::NotConverged)
}

struct State {
    coefficients: Vec<f64>,
    fitted: Vec<f64>,
    score: Vec<f64>,
    /// What is minimised: half the weighted squares, or minus the log-likelihood.
    misfit: f64,
}

impl State {
    fn at(family: Family, rows: &[&[f64]], outcomes: &[f64], weights: &[f64], coefficients: Vec<f64>) -> Self {
        let mut score = vec![0.0; coefficients.len()];
        let mut misfit = 0.0;
        let mut fitted = Vec::with_capacity(rows.len());
        for ((row, y), weight) in rows.iter().zip(outcomes).zip(weights) {
            let linear = dot(row, &coefficients);
            let mean = match family {
                Family::Linear => linear,
                Family::Logistic => 1.0 / (1.0 + (-linear).exp()),
            };
            misfit += weight
                * match family {
                    Family::Linear => 0.5 * (y - linear).powi(2),
                    // ln(1 + e^η) − y η, without overflow.
                    Family::Logistic => linear.max(0.0) + (-linear.abs()).exp().ln_1p() - y * linear,
                };
            for (sum, x) in score.iter_mut().zip(*row) {
                *sum += weight * x * (y - mean);
            }
            fitted.push(mean);
        }
        Self { coefficients, fitted, score, misfit }
    }

    fn inverse_information(
        &self,
        family: Family,
        rows: &[&[f64]],
        weights: &[f64],
    ) -> Result<DMatrix<f64>, RegressionError> {
        let slope = |(mean, weight): (&f64, &f64)| match family {
            Family::Linear => *weight,
            Family::Logistic => weight * mean * (1.0 - mean),
        };
        let slopes: Vec<f64> = self.fitted.iter().zip(weights).map(slope).collect();
        inverse(&cross_products(rows, &slopes))
    }
}

/// What one row says of an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Predictors, an intercept among them.
    pub predictors: Vec<f64>,
    /// The outcome.
    pub outcome: f64,
}

impl Design {
    /// Regression of an outcome under the design; `None` in `observations` where the row is outside the domain or incomplete.
    ///
    /// # Errors
    /// As [`fit`], and when a stratum is lonely and the design's rule is to fail.
    pub fn regression(
        &self,
        family: Family,
        observations: &[Option<Observation>],
    ) -> Result<DesignFit, RegressionError> {
        if observations.len() != self.n_rows() {
            return Err(RegressionError::UnequalLengths);
        }
        let inside: Vec<usize> = (0..observations.len()).filter(|row| observations[*row].is_some()).collect();
        let taken = || observations.iter().flatten();
        let rows: Vec<Vec<f64>> = taken().map(|observation| observation.predictors.clone()).collect();
        let outcomes: Vec<f64> = taken().map(|observation| observation.outcome).collect();
        let weights: Vec<f64> = inside.iter().map(|row| self.weights()[*row]).collect();
        let fitted = fit(family, &rows, &outcomes, &weights)?;
        let k = fitted.coefficients.len();
        let mut influences = vec![vec![0.0; self.n_rows()]; k];
        for (at, row) in inside.iter().enumerate() {
            let residual = weights[at] * (outcomes[at] - fitted.fitted[at]);
            let score: Vec<f64> = rows[at].iter().map(|x| residual * x).collect();
            for (column, value) in influences.iter_mut().zip(influence(&fitted.inverse_information, &score)) {
                column[*row] = value;
            }
        }
        let is_inside: Vec<bool> = observations.iter().map(Option::is_some).collect();
        let covariance = self.covariance(&influences, &is_inside)?;
        let degrees_of_freedom = self.degrees_of_freedom_where(|row| is_inside[row]) + 1.0 - k as f64;
        Ok(DesignFit { coefficients: fitted.coefficients, covariance, degrees_of_freedom })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logistic_fit_of_two_groups_gives_their_log_odds() {
        // By hand: 3 of 4 and 1 of 4: log odds ln 3 and −ln 3.
        let rows: Vec<Vec<f64>> = (0..8).map(|at| vec![1.0, f64::from(u8::from(at >= 4))]).collect();
        let outcomes = [1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        let fit = fit(Family::Logistic, &rows, &outcomes, &[1.0; 8]).expect("a fit");
        assert!((fit.coefficients[0] - 3.0_f64.ln()).abs() < 1e-12);
        assert!((fit.coefficients[1] + 2.0 * 3.0_f64.ln()).abs() < 1e-12);
        assert!((fit.fitted[0] - 0.75).abs() < 1e-12);
    }

    #[test]
    fn separated_outcomes_have_no_best_coefficients() {
        let rows: Vec<Vec<f64>> = (0..8).map(|at| vec![1.0, f64::from(at)]).collect();
        let outcomes = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        assert_eq!(fit(Family::Logistic, &rows, &outcomes, &[1.0; 8]), Err(RegressionError::NotConverged));
    }

    #[test]
    fn outcomes_outside_zero_to_one_and_negative_weights_are_refused() {
        let rows = vec![vec![1.0]; 3];
        let refused = fit(Family::Logistic, &rows, &[0.0, 1.0, 2.0], &[1.0; 3]);
        assert_eq!(refused, Err(RegressionError::BadRow { row: 3 }));
        let refused = fit(Family::Linear, &rows, &[0.0, 1.0, 2.0], &[1.0, -1.0, 1.0]);
        assert_eq!(refused, Err(RegressionError::BadRow { row: 2 }));
    }
}
